"""The tag box splits as the entities are split, frames what was found, and loses nothing where the tagger fails."""

import re
import sys
from html import unescape

import pytest

from workshop.data import load_task
from workshop.widgets import tag_box
from workshop.widgets.tag_box import NOTHING, START, TOKEN, build_box, draw_names, mark_names

MODULE = sys.modules["workshop.widgets.tag_box"]


def find(tokens):
    """Find Fennel as a ship, and crowns with what stands before."""
    found = {(place, place + 1): "ship" for place, token in enumerate(tokens) if token == "Fennel"}
    return found | {(place - 1, place + 1): "amount" for place, token in enumerate(tokens) if token == "crowns"}


def text_of(html):
    return unescape(re.sub("<[^>]*>", "", html))


def test_texts_are_split_as_the_entities_are():
    assert TOKEN.findall("The purser's mate paid 3,400 crowns at 7:35; wi-fi isn't on (D4).") == [
        *("The", "purser", "'s", "mate", "paid", "3,400", "crowns", "at", "7:35", ";"),
        *("wi-fi", "isn", "'t", "on", "(", "D4", ")", "."),
    ]
    for row in load_task("entities"):
        assert tuple(TOKEN.findall(" ".join(row.tokens))) == row.tokens


def test_names_are_framed_in_the_text_as_typed():
    assert mark_names(find, "The  Fennel's 3,400 crowns!") == [
        *(("The  ", ""), ("Fennel", "ship"), ("'s ", ""), ("3,400 crowns", "amount"), ("!", ""))
    ]
    drawn = draw_names(find, "The Fennel's 3,400 crowns!")
    assert drawn["text/plain"] == "The [Fennel: ship]'s [3,400 crowns: amount]!\nNames: 1 × ship, 1 × amount."
    assert "Fennel <small><b>ship</b></small>" in drawn["text/html"]
    assert 'role="status"' in drawn["text/html"]


def test_the_legend_has_every_kind():
    legend = draw_names(find, "x")["text/html"].rpartition("Kinds:")[2]
    kinds = {kind for row in load_task("entities") for _, _, kind in row.spans}
    assert set(text_of(legend).split()) == kinds
    assert len(set(re.findall("solid (#[0-9A-F]{6})", legend))) == len(kinds)


@pytest.mark.parametrize("text", ["no name here", "", "   "])
def test_one_line_says_that_nothing_is_found(text):
    assert draw_names(find, text)["text/plain"] == f"{text}\n{NOTHING}"


def fail(tokens):
    raise ValueError("expected 3 labels,\ngot <2>")


@pytest.mark.parametrize(
    ("tagger", "said"),
    [
        (fail, "expected 3 labels, got <2>"),
        (lambda tokens: [(0, 1, "ship")], "expected (start, end) to kind from find, as read_tags gives it, got [(0, 1"),
        (lambda tokens: {(0, 9): "ship"}, "within the 4 tokens, got 0 to 9, 'ship'."),
        (lambda tokens: {(1, 1): "ship"}, "got 1 to 1"),
        (lambda tokens: {(0, 2): "ship", (1, 2): "role"}, "spans that are apart"),
        (lambda tokens: {3: "ship"}, "cannot unpack"),
        (lambda tokens: exec("raise NotImplementedError"), "NotImplementedError"),
    ],
)
def test_what_fails_is_said_in_a_line_below_the_text(tagger, said):
    drawn = draw_names(tagger, "Fennel <b>")
    assert drawn["text/plain"].splitlines()[0] == "Fennel <b>"
    assert said in drawn["text/plain"].splitlines()[1]
    assert len(drawn["text/plain"].splitlines()) == 2
    assert text_of(drawn["text/html"]).startswith("Fennel <b>⚠ ")


def test_hostile_text_and_kinds_are_written_not_run():
    text = "<img src=x onerror=alert(1)> & Fennel </div><script>"
    html = draw_names(lambda tokens: {(0, 2): "<b onclick='x'>"}, text)["text/html"]
    assert not re.search(r"<(img|script|b onclick)", html)
    assert html.count("<div") == html.count("</div>") == 1
    shown = text_of(html)
    assert shown.startswith("<img <b onclick='x'> src=x onerror=alert(1)> & Fennel </div><script>")


def test_the_still_is_shown_where_there_are_no_widgets(capsys):
    tag_box(find, "The Fennel left.")
    tag_box(find, still=True)
    told = capsys.readouterr().out
    assert told == f"The [Fennel: ship] left.\nNames: 1 × ship.\n{draw_names(find, START)['text/plain']}\n"


def test_typing_finds_at_once_and_the_field_keeps_its_text():
    pytest.importorskip("ipywidgets")
    box = build_box(find, "The Fennel left.")
    field, shown = box.children
    assert field.continuous_update
    assert "1 × ship" in shown.value
    field.value = "The Fennel left for 3 crowns."
    assert "1 × ship, 1 × amount" in shown.value
    field.value = ""
    assert NOTHING in shown.value


def test_after_an_error_the_next_text_is_found():
    pytest.importorskip("ipywidgets")

    def fragile(tokens):
        return find(tokens) if len(tokens) < 5 else fail(tokens)

    field, shown = build_box(fragile, "The Fennel").children
    field.value = "The Fennel left us at home"
    assert "got &lt;2&gt;" in shown.value
    assert field.value == "The Fennel left us at home"
    field.value = "Fennel"
    assert "1 × ship" in shown.value


def test_it_goes_through_the_widgets_display_in_a_notebook(monkeypatch):
    pytest.importorskip("ipywidgets")
    shown = []
    monkeypatch.setattr(
        MODULE, "show_with_still", lambda picture, build, still: shown.append((picture, build(), still))
    )
    tag_box(find, "Fennel", still=False)
    [(picture, box, still)] = shown
    assert picture["text/html"] == box.children[1].value
    assert not still
