"""Lesson 02's pictures say in words what they show, and refuse what doesn't fit."""

import numpy as np

from workshop.plots import alternative_text, plot_attention, plot_bytes, plot_scores, plot_way
from workshop.plots.style import to_png
from workshop.score.results import Row


def form(method, value, megabytes):
    return Row("02", method, "forms", "recall@5", value, value - 0.05, value + 0.05, megabytes=megabytes)


def test_the_way_says_how_much_of_a_page_is_read():
    figure = plot_way(["[CLS]", "late", "[SEP]"], np.linspace(-1, 1, 384), total=397, read=256)
    assert "of a page of 397 tokens only 256 do" in alternative_text(figure)
    assert to_png(figure).startswith(b"\x89PNG")


def test_attention_names_what_a_token_looks_at_most():
    weights = np.array([0.1, 0.05, 0.25, 0.6])
    figure = plot_attention([(["[CLS]", "a", "drag", "late"], 2, weights)])
    assert "drag looks most at late, [CLS], a" in alternative_text(figure)


def test_bytes_are_on_a_logarithmic_axis_and_the_smallest_and_best_are_named():
    figure = plot_bytes([form("MiniLM, 384, float32", 0.7, 15), form("TF-IDF, words, int8", 0.4, 0.5)], most=90)
    assert figure.axes[0].get_xscale() == "log"
    assert "finds 0.40 with 0.50 MB (TF-IDF, words, int8); the best finds 0.70" in alternative_text(figure)


def test_scores_stand_beside_what_was_found():
    figure = plot_scores("late?", {"TF-IDF": [("Our boat left late", 0.4)], "MiniLM": [("Seals", 0.9)]})
    assert alternative_text(figure) == "late?. TF-IDF: Our boat left late 0.40. MiniLM: Seals 0.90."
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["TF-IDF", "MiniLM"]
    three = plot_scores("next", {f"step {step}": [("a", 0.5)] for step in (1, 2, 3)}, x="probability")
    assert [(panel.get_title(loc="left"), panel.get_xlabel()) for panel in three.axes] == [
        (f"step {step}", "probability") for step in (1, 2, 3)
    ]


def test_the_search_box_leaves_a_still_picture_with_its_words(capsys):
    from workshop.widgets import search_box

    search_box(["boat", "seal"], {"one": lambda query: np.array([0.1, 0.8])}, start="seals?", k=1)
    assert capsys.readouterr().out == "seals?. one: seal 0.80.\n"


def test_the_search_box_says_where_nothing_is_found(capsys):
    from workshop.widgets import search_box

    search_box(["boat", "seal"], {"one": lambda query: np.zeros(2)}, start="Fähre?")
    assert capsys.readouterr().out == "Fähre?. one: nothing found: no word of it is counted 0.00.\n"
