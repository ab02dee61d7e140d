"""The store box marks a passage alike in all stores, says whether they agree, and keeps errors in their column."""

import re
import sys
from html import unescape

import pytest

from workshop.errors import WorkshopError
from workshop.plots.stacks import find_colour
from workshop.widgets import store_box
from workshop.widgets.store_box import COLOURS, EMPTY, MOST_LETTERS, QUESTION, build_stores, compare_stores, draw_stores

MODULE = sys.modules["workshop.widgets.store_box"]
TEXTS = ["Our boat left late. What do I get?", "Refunds for late boats", "Seals on the rocks"]
COSINES = [0.5245, 0.5132, 0.4851]


def make_store(rule, order=(0, 1, 2)):
    return lambda question: [(TEXTS[one], rule(COSINES[one]), COSINES[one]) for one in order]


STORES = {
    "LangChain": make_store(lambda cosine: 2 - 2 * cosine),
    "Chroma": make_store(lambda cosine: 1 - cosine),
    "Qdrant": make_store(lambda cosine: cosine),
}


def fail(question):
    raise ValueError("no collection\nnamed <b>")


def text_of(html):
    return unescape(re.sub("<[^>]*>", "", html))


def columns_of(html):
    """Return each store's column: marks, printed numbers, widths of the bars in percent."""
    parts = html.split("border-top:5px solid")[1:]
    marks = [re.findall(r"padding:0 6px\">(\w+)</b>", one) for one in parts]
    printed = [[float(number) for number in re.findall(r"prints <b>([-\d.]+)", one)] for one in parts]
    return marks, printed, [[float(width) for width in re.findall(r"width:([-\d.]+)%;back", one)] for one in parts]


def test_a_passage_has_the_same_letter_colour_and_bar_in_each_store():
    drawn = draw_stores(STORES, QUESTION)
    marks, printed, widths = columns_of(drawn["text/html"])
    assert marks == [["A", "B", "C"]] * 3
    assert printed == [[0.951, 0.9736, 1.0298], [0.4755, 0.4868, 0.5149], COSINES]
    assert widths == [[52.4, 51.3, 48.5]] * 3 or widths == [[52.5, 51.3, 48.5]] * 3
    colours = [re.findall(r"2px solid (#\w{6})", one) for one in drawn["text/html"].split("border-top:5px solid")[1:]]
    assert colours[0] == colours[1] == colours[2]
    assert len(set(colours[0])) == 3
    heads = re.findall(r"border-top:5px solid (#\w{6});[^>]*><b>(\w+)", drawn["text/html"])
    assert heads == [(find_colour(name), name) for name in STORES]
    assert not {find_colour(name) for name in STORES} & set(COLOURS)
    assert 'role="status"' in drawn["text/html"]


def test_the_plain_text_says_the_same():
    lines = draw_stores(STORES, "late?")["text/plain"].splitlines()
    assert lines == [
        "late?",
        "LangChain: A 0.9510; B 0.9736; C 1.0298",
        "Chroma: A 0.4755; B 0.4868; C 0.5149",
        "Qdrant: A 0.5245; B 0.5132; C 0.4851",
        *(f"{mark}: {text}" for mark, text in zip("ABC", TEXTS, strict=True)),
        "All stores found the same 3 passages, in the same order.",
    ]


def test_white_space_makes_no_other_passage():
    spaced = {"Qdrant": lambda question: [("Seals  on\nthe rocks ", 0.5, 0.5)], "Chroma": make_store(float, (2,))}
    assert columns_of(draw_stores(spaced, "x")["text/html"])[0] == [["A"], ["A"]]


@pytest.mark.parametrize(
    ("found", "total", "said"),
    [
        ({"a": "AB", "b": "AB"}, 2, "All stores found the same 2 passages, in the same order."),
        ({"a": "A", "b": "A"}, 2, "All stores found the same 1 passage, in the same order."),
        ({"a": "AB", "b": "BA"}, 2, "All stores found the same 2 passages, in different orders: a A B; b B A."),
        ({"a": "AB", "b": "AB"}, 3, "2 of 3 stores answered. They found the same 2 passages, in the same order."),
        ({"a": "ABC", "b": "AB", "c": "AD"}, 3, "Not found by all: B (only a, b); C (only a); D (only c)."),
        ({"a": "AB", "b": "A"}, 3, "2 of 3 stores answered. Not found by all: B (only a)."),
        ({"a": "AB", "b": ""}, 2, "Not found by all: A (only a); B (only a)."),
        ({"a": "AB"}, 2, "1 of 2 stores answered. Nothing to compare."),
        ({"a": "AB"}, 1, "Nothing to compare."),
        ({"a": "", "b": ""}, 2, "Nothing to compare."),
        ({}, 2, "0 of 2 stores answered. Nothing to compare."),
    ],
)
def test_the_line_says_whether_the_stores_agree(found, total, said):
    assert compare_stores({name: list(marks) for name, marks in found.items()}, total) == said


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (fail, "no collection named <b>"),
        (lambda question: [("a", 0.5)], "not enough values to unpack"),
        (lambda question: [("a", "near", 0.5)], "could not convert string to float: 'near'"),
        (lambda question: [(None, 0.5, 0.5)], "'NoneType' object has no attribute 'split'"),
        (lambda question: None, "'NoneType' object is not iterable"),
        (lambda question: exec("raise NotImplementedError"), "NotImplementedError"),
        (lambda question: [], "Nothing found."),
    ],
)
def test_what_a_store_raises_stands_in_its_column_and_the_others_answer(broken, said):
    drawn = draw_stores({"LangChain": STORES["LangChain"], "Chroma": broken, "Qdrant": STORES["Qdrant"]}, "x")
    one, other, third = drawn["text/html"].split("border-top:5px solid")[1:]
    assert said in text_of(f"<{other}")
    assert said not in text_of(f"<{one}") + text_of(f"<{third}")
    assert columns_of(drawn["text/html"])[0] == [["A", "B", "C"], [], ["A", "B", "C"]]
    assert f"Chroma: {said}" in drawn["text/plain"]
    assert ("⚠" in other) == (said != "Nothing found.")


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_an_empty_question_asks_no_store(question):
    drawn = draw_stores({"Chroma": pytest.fail}, question)
    assert drawn["text/plain"] == text_of(drawn["text/html"]) == EMPTY


def test_hostile_texts_names_and_errors_are_written_not_run():
    hostile = "<img src=x onerror=alert(1)></div><script>"
    stores = {f"Chroma {hostile}": lambda question: [(hostile, 0.5, 0.5)], "Qdrant": fail}
    html = draw_stores(stores, hostile)["text/html"]
    assert not re.search(r"<(img|script)", html)
    assert html.count("<div") == html.count("</div>")
    assert text_of(html).count(hostile) == 2


def test_long_passages_are_cut_after_they_are_compared_and_bars_stay_inside():
    long = "a " * MOST_LETTERS
    drawn = draw_stores({"a": lambda q: [(long + "x", 1.7, 1.7)], "b": lambda q: [(long + "y", -0.2, -0.2)]}, "x")
    marks, _, widths = columns_of(drawn["text/html"])
    assert marks == [["A"], ["B"]]
    assert widths == [[100], [0]]
    assert long[:MOST_LETTERS] + "…" in drawn["text/html"]
    assert long not in drawn["text/html"]


def test_the_still_is_shown_where_there_are_no_widgets(capsys):
    store_box(STORES)
    store_box(STORES, "late?", still=True)
    told = capsys.readouterr().out
    assert told == "".join(draw_stores(STORES, one)["text/plain"] + "\n" for one in (QUESTION, "late?"))
    with pytest.raises(WorkshopError, match="expected stores by name, got none"):
        store_box({})


def test_enter_asks_and_after_an_error_the_next_question_is_answered():
    pytest.importorskip("ipywidgets")
    fragile = {"Chroma": lambda question: fail(question) if "stop" in question else STORES["Chroma"](question)}
    field, shown = build_stores(fragile, QUESTION, draw_stores(fragile, QUESTION)).children
    assert field.value == QUESTION
    assert not field.continuous_update
    assert columns_of(shown.value)[0] == [["A", "B", "C"]]
    field.value = "stop"
    assert "no collection named &lt;b&gt;" in shown.value
    assert field.value == "stop"
    field.value = " "
    assert EMPTY in shown.value
    field.value = "late?"
    assert columns_of(shown.value)[0] == [["A", "B", "C"]]


def test_it_goes_through_the_widgets_display_in_a_notebook(monkeypatch):
    pytest.importorskip("ipywidgets")
    shown = []
    monkeypatch.setattr(
        MODULE, "show_with_still", lambda picture, build, still: shown.append((picture, build(), still))
    )
    store_box(STORES, "late?")
    [(picture, box, still)] = shown
    assert picture["text/html"] == box.children[1].value
    assert not still
