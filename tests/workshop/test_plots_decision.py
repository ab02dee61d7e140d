"""Pictures of lesson 06: they say and show what the rows say."""

import numpy as np
import pytest

from tests.workshop.grid_rows import make_grid, make_row
from workshop.errors import WorkshopError
from workshop.plots import alternative_text, plot_break_even, plot_grid, plot_tree, plot_year
from workshop.plots.style import to_png
from workshop.score.results import Row
from workshop.score.tree import METHODS, TASKS, build_tree, list_leaves

WAYS = {"LoRA": (100.0, 1.0), "retrieval": (10.0, 4.0)}
YEAR = {"LoRA": (100.0, 0.5, 20.0), "retrieval": (10.0, 2.0, 1.0)}


def texts(figure):
    return [one.get_text() for one in figure.axes[0].texts]


def test_the_grid_has_each_cell_and_counts_who_is_clear():
    figure = plot_grid(make_grid())
    [axes] = figure.axes
    assert [one.get_text() for one in axes.get_yticklabels()] == list(TASKS)
    assert [one.get_text() for one in axes.get_xticklabels()] == list(METHODS)
    assert axes.images[0].get_array().shape == (9, 4)
    assert texts(figure)[::2].count("0.85") == 2
    told = alternative_text(figure)
    # Clear by hand: both of unseen facts, changed facts and facts in JSON; LoRA of abstaining.
    assert "of 9 lines: both: 3, LoRA: 1, no method: 5." in told
    assert "changed facts: prompt 0.00 [0.00, 0.10], LoRA 0.01 [0.00, 0.11], retrieval 0.28 [0.18, 0.38]" in told
    assert "share of refusals where nothing answers" in axes.get_xlabel()
    assert "yours" not in told.lower()


def test_what_cant_be_told_from_the_best_is_bold():
    figure = plot_grid([row for row in make_grid() if row.task == "voice"])
    bold = [one.get_text() for one in figure.axes[0].texts if one.get_weight() == "bold"]
    assert bold == ["0.85", "0.81"]
    assert len(figure.axes[0].patches) == 2


def test_one_method_that_wins_every_line_is_named():
    rows = [make_row(task, method, 0.9 if method == "both" else 0.3) for task in TASKS for method in METHODS]
    assert alternative_text(plot_grid(rows)).startswith("both is clear of the others in every line.")


def test_the_learners_own_share_stands_in_its_cell():
    own = [make_row("voice", "LoRA", 0.25), Row("05", "LoRA", "voice", "right", 0.99), Row("06", "x", "y", "z", 1)]
    own.append(make_row("format", "LoRA", 0.5, source="caught up"))
    figure = plot_grid(make_grid(), own=own)
    [mine] = [one for one in figure.axes[0].texts if "yours" in one.get_text()]
    assert mine.get_text() == "◆ yours 0.25"
    assert (round(mine.get_position()[0]), round(mine.get_position()[1])) == (1, TASKS.index("voice"))
    assert "Yours, voice, LoRA: 0.25." in alternative_text(figure)
    assert to_png(figure)[:4] == b"\x89PNG"


def test_a_grid_without_rows_is_refused():
    with pytest.raises(WorkshopError, match="no row belongs in the grid"):
        plot_grid([Row("05", "LoRA", "voice", "right", 0.5)])


def test_break_even_is_told_and_lies_on_both_lines():
    figure = plot_break_even(WAYS, (1, 1000), unit="min")
    [axes] = figure.axes
    assert alternative_text(figure).startswith("Retrieval is cheaper below 30 questions, LoRA from there on.")
    assert texts(figure) == ["30 questions"]
    [dot] = [line for line in axes.lines if line.get_marker() == "o"]
    assert (*dot.get_xdata(), *dot.get_ydata()) == (30, 130)
    for line in axes.lines[:2]:
        setup, each = WAYS[line.get_label()]
        assert np.allclose(line.get_ydata(), setup + each * np.array(line.get_xdata()))
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert "min" in axes.get_ylabel()


@pytest.mark.parametrize("ends", [(1, 1000), (1, 40), (25, 10_000), (1, 2)])
def test_the_label_lies_on_no_line_and_inside_the_picture(ends):
    figure = plot_break_even(WAYS, ends)
    figure.canvas.draw()
    [axes] = figure.axes
    box = axes.texts[0].get_window_extent(figure.canvas.get_renderer())
    frame = axes.get_window_extent()
    assert frame.x0 <= box.x0 < box.x1 <= frame.x1
    assert frame.y0 <= box.y0 < box.y1 <= frame.y1
    for line in axes.lines[:2]:
        xs, ys = axes.transData.transform(np.column_stack([line.get_xdata(), line.get_ydata()])).T
        across = np.linspace(box.x0, box.x1, 50)
        heights = np.interp(across, xs, ys)
        assert not ((heights > box.y0) & (heights < box.y1)).any()


@pytest.mark.parametrize("way", [(100.0, 4.0), (100.0, 5.0), (10.0, 4.0), (10.0, 5.0)])
def test_lines_that_never_cross_are_told(way):
    figure = plot_break_even({"LoRA": way, "retrieval": (10.0, 4.0)}, (1, 1000))
    said = alternative_text(figure).partition(".")[0]
    assert said in {"Retrieval costs no more than LoRA at any number of questions"} | (
        {"LoRA costs no more than retrieval at any number of questions"} if way == (10.0, 4.0) else set()
    )
    assert texts(figure) == []


@pytest.mark.parametrize(
    ("ways", "questions"),
    [
        ({"LoRA": (1, 1)}, (1, 10)),
        (WAYS, ()),
        (WAYS, (0, 10)),
        (WAYS | {"LoRA": (-1, 1)}, (1, 10)),
        (WAYS | {"LoRA": (0, 0)}, (1, 10)),
        (WAYS | {"LoRA": (0, float("nan"))}, (1, 10)),
        (WAYS | {"LoRA": (1, 1, 1)}, (1, 10)),
    ],
)
def test_costs_that_cant_be_drawn_are_refused(ways, questions):
    with pytest.raises(WorkshopError, match="expected"):
        plot_break_even(ways, questions)


@pytest.mark.parametrize("changes", [0, 1, 7, 52])
def test_a_year_ends_at_the_total(changes):
    figure = plot_year(YEAR, (100, 5000), changes)
    for axes, questions in zip(figure.axes, (100, 5000), strict=True):
        for line, (name, (setup, each, refresh)) in zip(axes.lines, YEAR.items(), strict=True):
            weeks, seconds = np.array(line.get_xdata()), np.array(line.get_ydata())
            total = setup + each * questions + refresh * changes
            assert (weeks[0], seconds[0], weeks[-1], seconds[-1]) == (0, setup, 52, pytest.approx(total))
            assert line.get_label() == f"{name}: {total:,.0f} s"
            steps = seconds[1:][np.diff(weeks) == 0] - seconds[:-1][np.diff(weeks) == 0]
            assert steps.sum() == pytest.approx(refresh * changes)
            assert np.allclose(np.diff(weeks)[np.diff(weeks) > 0], 52 / max(changes, 1))
    # By hand, with 52: 100 + 50 + 1040 and 10 + 200 + 52.
    assert changes != 52 or "100 questions: retrieval 262 s, LoRA 1,190 s;" in alternative_text(figure)


def test_one_number_of_questions_is_one_panel():
    figure = plot_year({"LoRA": YEAR["LoRA"]}, 100)
    assert len(figure.axes) == 1
    assert alternative_text(figure).startswith("A year with 52 changes, total of 100 questions: LoRA 1,190 s.")


@pytest.mark.parametrize(
    ("ways", "questions", "changes"),
    [({}, 100, 52), (YEAR, [], 52), (YEAR, -1, 52), (YEAR, 1, -1), ({"LoRA": (1, 2)}, 1, 1)],
)
def test_a_year_that_cant_be_drawn_is_refused(ways, questions, changes):
    with pytest.raises(WorkshopError, match="expected"):
        plot_year(ways, questions, changes)


@pytest.mark.parametrize("need", [0.0, 0.5, 0.95])
def test_the_tree_shows_each_figure_and_no_box_covers_another(need):
    tree = build_tree(make_grid(), need)
    figure = plot_tree(tree)
    drawn = " ".join(" ".join(texts(figure)).split())
    for leaf in list_leaves(tree):
        assert leaf.heading in drawn
        assert all(str(cell) in drawn for cell in leaf.cells)
    boxes = [patch.get_window_extent() for patch in figure.axes[0].patches]
    assert len(boxes) == 11
    assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[:place])
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    for text in figure.axes[0].texts:
        inside = text.get_window_extent(renderer)
        assert any(box.x0 <= inside.x0 and inside.x1 <= box.x1 for box in boxes if box.overlaps(inside)), text


def test_the_trees_title_counts_the_tasks_with_an_answer():
    told = [alternative_text(plot_tree(build_tree(make_grid(), need))) for need in (0.5, 0.1, 1.0)]
    assert told[0].startswith(
        "At a need of 0.50 the figures back an answer for 3 of 6 tasks: changed facts, format, voice."
    )
    assert told[1].startswith("At a need of 0.10 the figures back an answer for all 6 tasks.")
    assert told[2].startswith("At a need of 1.00 the figures back an answer for none of 6 tasks.")
