"""The word map in a real JupyterLab: pick a word, see its neighbours, solve an analogy."""

import pytest

from tests.browser.driver import Notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Four pairs whose second word is the first one moved along the last direction.
MAP = """\
import numpy as np
from workshop.widgets import word_map

words = ["ferry", "ferries", "island", "islands", "harbour", "harbours", "ticket", "tickets"]
vectors = np.repeat(np.eye(4), 2, axis=0) + 0.1 * np.eye(4)[[1, 1, 0, 0, 0, 0, 2, 2]]
vectors = np.hstack([vectors, np.tile([[0.0], [1.0]], (4, 1))])
word_map(words, vectors, start="ferry", k=3)
"""


@pytest.fixture
def notebook(open_cell):
    """Open a notebook with nothing but a word map."""
    return open_cell(MAP)


def test_a_word_is_picked_and_its_neighbours_are_shown(notebook):
    output = notebook.active.locator(".jp-Cell-outputArea")
    output.locator("svg", has_text="closest to ferry").last.wait_for()
    word = output.locator("input[type=text]").first
    word.fill("ticket")
    word.press("Enter")
    picture = output.locator("svg", has_text="closest to ticket").last
    picture.wait_for()
    assert "tickets" in picture.text_content().partition("closest to ticket")[2]
    notebook.picture("word_map_neighbours")


def test_an_unknown_word_is_answered_in_words(notebook):
    output = notebook.active.locator(".jp-Cell-outputArea")
    word = output.locator("input[type=text]").first
    word.fill("ferri")
    word.press("Enter")
    problem = output.locator("[role=status]", has_text="is not among the 8 words")
    problem.wait_for()
    assert "Near: ferr" in problem.inner_text()


def test_an_analogy_is_solved(notebook):
    output = notebook.active.locator(".jp-Cell-outputArea")
    for field, text in zip((1, 2, 3), ("ferry", "ferries", "island"), strict=True):
        output.locator("input[type=text]").nth(field).fill(text)
    output.locator("button", has_text="is to … ?").click()
    output.get_by_text("→ islands").first.wait_for()
    notebook.picture("word_map_analogy")


def test_the_map_of_lesson_01_searches_all_its_words(page, server):
    lesson = Notebook(page, server, "01_word_embeddings.ipynb")
    stubs = ("def cosine(", "def nearest(", "def analogy(")
    for cell in ("workshop.setup()", *stubs[:2], "load_token_embeddings(settings)", stubs[2], "word_map("):
        lesson.go_to(cell)
        lesson.run()
    output = lesson.active.locator(".jp-Cell-outputArea")
    output.locator("svg", has_text="closest to river").last.wait_for()
    word = output.locator("input[type=text]").first
    word.fill("ferry")
    word.press("Enter")
    picture = output.locator("svg", has_text="closest to ferry").last
    picture.wait_for()
    neighbours = picture.text_content().partition("closest to ferry")[2]
    assert any(near in neighbours for near in ("boat", "ship", "ferries", "harbour", "harbor"))
    lesson.picture("01_word_map")
