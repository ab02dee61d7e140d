"""The store box in a real JupyterLab: a question is asked of three stores, and one that fails says so in its column."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOX = """\
from workshop.widgets import store_box

PAGES = ["Our boat left late. What do I get? After an hour you get half of the fare back, after two hours all of it. "
         "Show the ticket at any counter within thirty days.",
         "Refunds are paid in crowns.", "Seals on the <b>rocks</b>."]


def make_store(rule, stops=True):
    def find(question):
        if stops and "stop" in question:
            raise ValueError("the store was stopped at <b>")
        cosines = [len(set(question) & set(page)) / len(set(question + page)) for page in PAGES]
        found = [(page, rule(cosine), cosine) for page, cosine in zip(PAGES, cosines)]
        return found if stops or "turn" not in question else found[::-1]

    return find


store_box({"LangChain": make_store(lambda cosine: 2 - 2 * cosine), "Chroma": make_store(lambda cosine: 1 - cosine),
           "Qdrant": make_store(lambda cosine: cosine, stops=False)})
"""
SAME = "All stores found the same 3 passages, in the same order."
COLUMNS = "box => [...box.querySelectorAll('div[style*=\"border-top\"]')]"
MARKS = f"box => ({COLUMNS})(box).map(one => [...one.querySelectorAll('b[style]')].map(b => b.innerText).join(''))"
TOPS = f"box => ({COLUMNS})(box).map(one => Math.round(one.getBoundingClientRect().top))"
BARS = "bars => bars.map(bar => bar.getBoundingClientRect().width / bar.parentElement.getBoundingClientRect().width)"


@pytest.fixture
def box(open_cell):
    """Open a notebook with nothing but a store box."""
    return open_cell(BOX)


def test_a_question_is_asked_of_all_stores_on_enter(box):
    output = box.active.locator(".jp-Cell-outputArea")
    shown = output.locator(".widget-html").last
    output.get_by_text(SAME).wait_for()
    field = output.locator("input[type=text]")
    assert field.input_value() == "My boat was delayed. What do I get?"
    assert shown.evaluate(MARKS) == ["ABC"] * 3
    assert len(set(shown.evaluate(TOPS))) == 1, "columns stand side by side"
    cosines = [float(one.split()[-1]) for one in shown.get_by_text("cosine 0.").all_inner_texts()]
    assert shown.locator("span.cosine").evaluate_all(BARS) == pytest.approx(cosines, abs=0.01)
    box.picture("store_box")
    before = shown.inner_html()
    field.fill("turn the boat")
    box.page.wait_for_timeout(800)
    assert shown.inner_html() == before, "nothing is asked before Enter"
    field.press("Enter")
    output.get_by_text("in different orders: LangChain A B C; Chroma A B C; Qdrant C B A.").wait_for()
    assert shown.evaluate(MARKS) == ["ABC", "ABC", "CBA"]
    box.page.set_viewport_size({"width": 700, "height": 900})
    box.page.wait_for_timeout(500)
    assert shown.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    box.picture("store_box_700")


def test_errors_markup_and_an_empty_question_are_shown(box):
    output = box.active.locator(".jp-Cell-outputArea")
    shown = output.locator(".widget-html").last
    field = output.locator("input[type=text]")
    output.get_by_text("Seals on the <b>rocks</b>.").first.wait_for()
    field.fill("stop the boat")
    field.press("Enter")
    output.get_by_text("1 of 3 stores answered.").wait_for()
    assert shown.get_by_text("the store was stopped at <b>").count() == 2
    assert shown.evaluate(MARKS)[2] == "ABC"
    box.picture("store_box_error")
    field.fill("  ")
    field.press("Enter")
    output.get_by_text("Type a question, press Enter.").wait_for()
    field.fill("the boat")
    field.press("Enter")
    output.get_by_text(SAME).wait_for()
