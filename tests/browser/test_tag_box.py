"""The tag box in a real JupyterLab: names are framed while one types, and an error costs nothing."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOX = """\
from workshop.widgets import tag_box

KINDS = {"Fennel": "ship", "Kettlewick": "place", "steward": "role", "D4": "route", "Puffin": "system"}


def find(tokens):
    if "stop" in tokens:
        raise ValueError("the tagger was stopped at <b>")
    found = {(place, place + 1): KINDS[token] for place, token in enumerate(tokens) if token in KINDS}
    return found | {(place - 1, place + 1): "amount" for place, token in enumerate(tokens) if token == "crowns"}


tag_box(find, "The Fennel left.")
"""
FRAMED = "box => [...box.querySelectorAll('small b')].map(one => one.parentElement.parentElement.innerText)"


@pytest.fixture
def box(open_cell):
    """Open a notebook with nothing but a tag box."""
    return open_cell(BOX)


def test_names_appear_while_one_types(box):
    output = box.active.locator(".jp-Cell-outputArea")
    output.get_by_text("Names: 1 × ship.").wait_for()
    field = output.locator("input[type=text]")
    assert field.input_value() == "The Fennel left."
    field.fill("")
    output.get_by_text("No name found.").wait_for()
    typed = "The steward of the Fennel took D4 to Kettlewick, 3,400 crowns into the Puffin."
    field.press_sequentially(typed, delay=10)
    output.get_by_text("Names: 1 × role, 1 × ship, 1 × route, 1 × place, 1 × amount, 1 × system.").wait_for()
    assert field.input_value() == typed, "no letter is lost while the tagger works"
    framed = output.locator(".widget-html").evaluate(FRAMED)
    assert [" ".join(one.split()) for one in framed] == [
        *("steward role", "Fennel ship", "D4 route", "Kettlewick place", "3,400 crowns amount", "Puffin system")
    ]
    box.picture("tag_box")
    box.page.set_viewport_size({"width": 700, "height": 900})
    box.page.wait_for_timeout(500)
    assert output.locator(".widget-html").evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    parts = "names => names.map(name => name.parentElement.parentElement.getClientRects().length)"
    assert output.locator(".widget-html small b").evaluate_all(parts) == [1] * 6, "no frame is torn at a line's end"
    box.picture("tag_box_700")


def test_errors_and_markup_are_shown_as_text(box):
    output = box.active.locator(".jp-Cell-outputArea")
    field = output.locator("input[type=text]")
    output.get_by_text("Names: 1 × ship.").wait_for()
    field.fill("<img src=x onerror=\"document.title='run'\"> Fennel")
    output.get_by_text("<img src=x onerror=").wait_for()
    output.get_by_text("Names: 1 × ship.").wait_for()
    assert output.locator(".widget-html img").count() == 0
    assert box.page.title() != "run"
    field.fill("stop the Fennel")
    output.get_by_text("the tagger was stopped at <b>").wait_for()
    assert field.input_value() == "stop the Fennel"
    box.picture("tag_box_error")
    field.fill("the Fennel")
    output.get_by_text("Names: 1 × ship.").wait_for()
