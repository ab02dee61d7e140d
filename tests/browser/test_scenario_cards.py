"""The scenario cards in a real JupyterLab: chosen with the mouse and with keys alone, and turned over."""

import dataclasses
import json

import pytest

from tests.workshop.test_scenario_cards import make_rows

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CARDS = """\
import json
from workshop.score import Row
from workshop.widgets import scenario_cards

rows = [Row(**row) for row in json.loads({rows!r})]
scenario_cards(rows, room=True)
"""


@pytest.fixture
def notebook(open_cell):
    """Open a notebook with nothing but the four cards of the room."""
    return open_cell(CARDS.format(rows=json.dumps([dataclasses.asdict(row) for row in make_rows()])))


def test_a_click_shows_the_reason_then_the_best_supported_with_its_cells(notebook):
    output = notebook.active.locator(".jp-Cell-outputArea")
    card, reply = output.locator("[role=status]").first, output.locator("[role=status]").last
    card.get_by_text("Card 1 of 4: Sixty answers, once").wait_for()
    assert [button.inner_text() for button in output.locator("button").all()] == [
        *("prompt", "LoRA", "retrieval", "both", "neither"),
        *("← back", "forward →"),
    ]
    output.get_by_role("button", name="LoRA").click()
    reply.get_by_text("You chose LoRA: not what fits best here.").wait_for()
    told = reply.inner_text()
    assert told.index("450 s of training is never repaid") < told.index("Best supported: prompt.")
    assert told.index("Best supported: prompt.") < told.index("format\tprompt\t1.00 [0.90, 1.00]")
    output.get_by_role("button", name="✔ LoRA").wait_for()
    output.get_by_text("1 of 4 chosen: 0 best supported, 0 defensible too, 1 to think over").wait_for()
    notebook.picture("scenario_cards")
    output.get_by_role("button", name="← back").click()
    card.get_by_text("Card 4 of 4").wait_for()
    assert "Best supported" not in output.inner_text()


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_keys_alone_choose_and_turn(notebook, key):
    output = notebook.active.locator(".jp-Cell-outputArea")
    card, reply = output.locator("[role=status]").first, output.locator("[role=status]").last
    card.get_by_text("Card 1 of 4").wait_for()
    output.get_by_role("button", name="neither").focus()
    notebook.page.keyboard.press("Tab")
    notebook.page.keyboard.press("Tab")
    notebook.page.keyboard.press(key)
    card.get_by_text("Card 2 of 4: Letters in the house voice").wait_for()
    for _ in range(3):
        notebook.page.keyboard.press("Shift+Tab")
    notebook.page.keyboard.press(key)
    reply.get_by_text("You chose both: defensible too.").wait_for()
    assert "Best supported: LoRA." in reply.inner_text()
    notebook.picture(f"scenario_cards_{key}")
