"""The search box in a real JupyterLab: ask, and see what both searches find."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOX = """\
import numpy as np
from workshop.search import TfidfSearch
from workshop.widgets import search_box

passages = ["Our boat left late", "Refunds for late boats", "Seals on the rocks", "Dogs pay half"]
tfidf = TfidfSearch(passages)
letters = lambda query: np.array([len(set(query) & set(text)) / len(set(query + text)) for text in passages])
search_box(passages, {"words": lambda query: tfidf.score([query])[0], "letters": letters}, start="late boat", k=3)
"""


@pytest.fixture
def box(open_cell):
    """Open a notebook with nothing but a search box."""
    return open_cell(BOX)


def test_a_question_is_asked_and_both_searches_answer(box):
    output = box.active.locator(".jp-Cell-outputArea")
    picture = output.locator("img").last
    picture.wait_for()
    before = picture.get_attribute("src")
    field = output.locator("input[type=text]").first
    assert field.input_value() == "late boat"
    field.fill("seals")
    field.press("Enter")
    found = output.locator("img[alt^='seals. words: Seals on the rocks']")
    found.wait_for()
    assert "letters: " in found.get_attribute("alt")
    assert found.get_attribute("src") != before
    box.picture("search_box")


def test_an_empty_question_changes_nothing(box):
    output = box.active.locator(".jp-Cell-outputArea")
    output.locator("img").last.wait_for()
    before = output.locator("img").last.get_attribute("src")
    field = output.locator("input[type=text]").first
    field.fill("   ")
    field.press("Enter")
    box.page.wait_for_timeout(1000)
    assert output.locator("img").last.get_attribute("src") == before
