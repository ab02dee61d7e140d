import numpy as np
import pytest

from workshop.errors import WorkshopError
from workshop.widgets import confusion, confusion_map
from workshop.widgets.confusion import Confusion, build_buttons, draw_still

TRUTH = ["calm", "calm", "angry", "angry", "angry", "worried"]
SAID = ["calm", "angry", "calm", "calm", "angry", "worried"]
TEXTS = ["first", "second", "third", "<b>fourth</b>", "fifth", "sixth"]
SURE = [0.9, 0.5, 0.4, 0.8, 0.7, 0.6]


@pytest.fixture
def table():
    return Confusion(TRUTH, SAID, TEXTS, SURE)


def find(widget, kind):
    inside = [found for child in getattr(widget, "children", ()) for found in find(child, kind)]
    return ([widget] if type(widget).__name__ == kind else []) + inside


def test_counts_are_scikit_learns(table):
    from sklearn.metrics import confusion_matrix

    counts = [[table.count(true, said) for said in table.classes] for true in table.classes]
    assert table.classes == ["angry", "calm", "worried"]
    assert np.array_equal(counts, confusion_matrix(TRUTH, SAID))


def test_the_largest_mistake_is_open_the_surest_first_and_escaped(table):
    assert table.largest() == ("angry", "calm")
    still = draw_still(table, *table.largest())
    assert still["text/plain"].splitlines() == [
        "3 of 6 are right. True angry, called calm: 2.",
        "  <b>fourth</b>",
        "  third",
    ]
    assert "<b>80%</b> &lt;b&gt;fourth&lt;/b&gt;" in still["text/html"]
    assert "<b>fourth" not in still["text/html"]


def test_without_a_mistake_the_first_right_cell_is_open():
    table = Confusion(["a", "b"], ["a", "b"], ["one", "two"])
    assert table.largest() == ("a", "a")
    assert "rightly called a: 1" in table.describe(*table.largest())
    assert Confusion(["a"], ["a"], ["one"]).largest() == ("a", "a")


def test_long_lists_are_cut_and_say_so():
    many = Confusion(["a"] * 11, ["b"] * 11, [f"text {n}" for n in range(11)])
    shown = confusion.list_texts(many, "a", "b")
    assert shown.count("<li>") == confusion.MOST_TEXTS
    assert "and 3 more" in shown


def test_a_click_opens_the_texts_of_its_cell(table):
    pytest.importorskip("ipywidgets")
    form = build_buttons(table)
    buttons = find(form, "Button")
    assert [button.description for button in buttons] == ["1", "2", "·", "1", "1", "·", "·", "·", "1"]
    opened = find(form, "HTML")[-1]
    assert "fourth" in opened.value
    buttons[3].click()
    assert "True calm, called angry: 1." in opened.value
    assert "second" in opened.value
    assert "fourth" not in opened.value


def test_darker_where_more_and_no_mistake_is_white(table):
    assert confusion._shade(table, "worried", "calm") == "#ffffff"
    blue, orange = confusion._shade(table, "calm", "calm"), confusion._shade(table, "angry", "calm")
    assert blue != orange != "#ffffff"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ((["a"], ["a", "b"], ["x"]), "one truth, prediction and text for each row"),
        (([], [], []), "one truth, prediction and text for each row"),
        ((list("abcdefghijklm"), list("abcdefghijklm"), ["x"] * 13), "13 classes are too many"),
    ],
)
def test_what_cant_be_shown_is_said(columns, said):
    with pytest.raises(WorkshopError, match=said):
        confusion_map(*columns)
    if columns[0]:
        return
    with pytest.raises(WorkshopError, match=said):
        confusion_map(["a"], ["a"], ["x"], sure=[0.5, 0.6])


def test_outside_notebooks_it_is_text(capsys):
    confusion_map(TRUTH, SAID, TEXTS, sure=np.array(SURE))
    assert "called calm: 2." in capsys.readouterr().out
