"""The glass bot and the chat box in a real JupyterLab, with a small random model that takes its time."""

import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOME = Path(__file__).resolve().parents[2]
WAIT = 60_000
BOT = f"""\
import sys, tempfile, time
from pathlib import Path
sys.path.insert(0, {str(HOME)!r})
from tests.workshop.tiny_models import make_llama
from workshop.data import Passage
from workshop.models import open_language_model
from workshop.settings import Settings
from workshop.widgets import chat_box, glass_bot

tokenizer, model = open_language_model(make_llama(Path(tempfile.mkdtemp()), context=1024), Settings(device="cpu"))
steps = [0]


def write_slowly(layer, read, logits):
    "A blank after every fifth byte, no end, and 30 milliseconds a token."
    time.sleep(0.03)
    steps[0] += 1
    logits[..., 0] -= 1e4
    logits[..., tokenizer.encode(" ")[0]] += 1e4 * (steps[0] % 5 == 0)
    return logits


class Retriever:
    def invoke_with_scores(self, question):
        texts = {{"ferries": "The boat leaves at 7:35.", "fares": "A dog pays half.", "seals": "One two three four."}}
        return [(Passage(name, text), 0.9 - 0.2 * n) for n, (name, text) in enumerate(texts.items())]

    invoke = None


hook = model.lm_head.register_forward_hook(write_slowly)
"""


@pytest.fixture
def open_bot(page, open_cell):
    """Return a function that opens a notebook with a bot and one of its widgets, and closes it in the end."""
    opened = []

    def run(call):
        opened.append(open_cell(BOT + call))
        return opened[0]

    yield run
    page.set_viewport_size({"width": 1280, "height": 900})
    opened[0].close()


def find_overflows(output) -> list[str]:
    """Return what is wider than the widget, and buttons that are cut; the page has half a second to settle."""
    output.page.wait_for_timeout(500)
    return output.locator(".widget-vbox").first.evaluate(
        "box => [...box.querySelectorAll('*')].filter("
        "one => one.getBoundingClientRect().right > box.getBoundingClientRect().right + 3"
        " || (one.matches('button') && one.scrollWidth > one.clientWidth + 1))"
        ".map(one => one.outerHTML.slice(0, 120))"
    )


def test_the_glass_bot_answers_what_is_typed_and_what_is_clicked(open_bot):
    book = open_bot('glass_bot(tokenizer, model, Retriever(), ["Who?", "When?"], budget=9, max_new_tokens=8)')
    output = book.active.locator(".jp-Cell-outputArea")
    output.get_by_text("[1] ferries · score 0.900").wait_for()
    assert output.get_by_text("left out of the prompt").count() == 1
    prompt = output.get_by_role("region", name="The prompt")
    assert prompt.inner_text().startswith("<|user|>Passages:\nThe boat leaves at 7:35.\nA dog pays half.\n\nQuestion:")
    output.get_by_role("button", name="When?").focus()
    book.page.keyboard.press("Enter")
    output.get_by_text("Question: When?").first.wait_for()
    output.get_by_text("Answered below.").wait_for()
    field = output.locator("input[type=text]")
    field.fill("Where <b>?")
    field.press("Enter")
    output.get_by_text("Question: Where <b>?").first.wait_for()
    field.fill("half a quest")
    field.blur()
    output.get_by_text("Answered below.").wait_for()
    book.page.wait_for_timeout(500)
    assert "half a quest" not in prompt.inner_text()
    for width in (1000, 700):
        book.page.set_viewport_size({"width": width, "height": 1100})
        assert find_overflows(output) == []
        book.picture(f"glass_bot_{width}")


def test_the_chat_box_writes_and_stops(open_bot):
    book = open_bot('chat_box(tokenizer, model, Retriever(), start="Who?", max_new_tokens=300)')
    output = book.active.locator(".jp-Cell-outputArea")
    field, log = output.locator("input[type=text]"), output.get_by_role("log")
    stop = output.get_by_role("button", name="Stop")
    output.get_by_text("Sources: ferries [1], fares [2], seals [3].").wait_for()
    assert stop.is_disabled()
    field.fill("And when?")
    field.press("Enter")
    log.get_by_text("And when?").wait_for()
    assert field.is_disabled()
    assert output.get_by_role("button", name="Ask").is_disabled()
    lengths = []
    for _ in range(3):
        lengths.append(len(log.inner_text()))
        book.page.wait_for_timeout(700)
    assert lengths == sorted(set(lengths)), "the answer grows while it is written"
    book.picture("chat_box_writing")
    before = time.monotonic()
    stop.click()
    output.get_by_text("The answer is stopped.").wait_for()
    assert time.monotonic() - before < 5, "an answer of 300 tokens takes 9 seconds"
    assert field.is_enabled()
    assert field.input_value() == ""
    assert stop.is_disabled()
    assert "Who?" in log.inner_text()
    for width in (1000, 700):
        book.page.set_viewport_size({"width": width, "height": 1100})
        assert find_overflows(output) == []
        book.picture(f"chat_box_{width}")
