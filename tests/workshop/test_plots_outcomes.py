"""Pictures of what became of questions."""

import pytest

from workshop.errors import WorkshopError
from workshop.plots import plot_outcomes
from workshop.plots.style import alternative_text, to_png
from workshop.score.results import Row

SHARES = {"right": 0.5, "wrong": 0.2, "abstained": 0.3}
ROWS = [Row("05", name, "open", metric, value) for name in ("plain", "reader") for metric, value in SHARES.items()]
ROWS += [Row("05", "plain", "silent", "wrong", 1.0)]


def test_bars_add_up_and_are_told_in_words():
    figure = plot_outcomes(ROWS, {"open": "with an answer", "silent": "without"}, title="Who is right?")
    assert to_png(figure)[:4] == b"\x89PNG"
    told = alternative_text(figure)
    assert "plain, with an answer: right 0.50, abstained 0.30, wrong 0.20" in told
    assert "plain, without: right 0.00, abstained 0.00, wrong 1.00" in told
    [axes] = figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == [
        "plain: with an answer",
        "plain: without",
        "reader: with an answer",
    ]
    ends = {}
    for bar in axes.patches:
        ends[bar.get_y()] = max(ends.get(bar.get_y(), 0), bar.get_x() + bar.get_width())
    assert all(end == pytest.approx(1) for end in ends.values())


def test_a_task_without_rows_is_named():
    with pytest.raises(WorkshopError, match="there are no rows of some of"):
        plot_outcomes(ROWS, {"open": "with", "elsewhere": "?"}, title="?")
