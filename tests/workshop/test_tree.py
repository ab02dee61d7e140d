"""The decision tree: it says what the grid's figures say, at every need."""

import dataclasses
import random

import pytest

from tests.workshop.grid_rows import make_grid, make_row
from workshop.errors import WorkshopError
from workshop.score.tree import METHODS, TASKS, build_tree, find_best, find_clear, find_grid, list_leaves, say_need

# Any order of prices in which the bare prompt comes first.
PRICES = (("prompt", "retrieval", "both", "LoRA"), ("prompt", "LoRA", "retrieval", "both"))


def cheapest_that_meets(rows, task, need, order):
    """Return what exercise 6.4 asks for: the cheapest method whose low end reaches the need."""
    lows = {row.method: row.low for row in rows if row.task == task}
    return next((method for method in order if lows[method] is not None and lows[method] >= need), None)


def draw_grid(seed):
    draw = random.Random(seed)
    return [
        make_row(task, method, round(draw.random() ** 2, 2), draw.choice([0.02, 0.1, 0.3]))
        for task in TASKS
        for method in METHODS
    ]


def leaves_by_choice(tree):
    return [(leaf.choice, [(cell.task, cell.method) for cell in leaf.cells]) for leaf in list_leaves(tree)]


def test_the_tree_leads_where_the_figures_do():
    tree = build_tree(make_grid(), need=0.5)
    assert leaves_by_choice(tree) == [
        ("both", [("facts in JSON", "both")]),
        ("retrieval", []),
        ("both", [("unseen facts", "both"), ("changed facts", "both")]),
        ("prompt", [("format", "prompt")]),
        ("LoRA", [("voice", "LoRA"), ("judgement", "LoRA")]),
        ("the nearest examples in the prompt", [("voice", "retrieval"), ("judgement", "retrieval")]),
    ]
    text = str(tree)
    assert "facts in JSON, both: 0.51 [0.41, 0.61]; its low end is below your need of 0.50" in text
    assert "→ both, but only for changed facts." in text
    assert "yes: format" in text


def test_a_lower_need_leads_to_retrieval():
    tree = build_tree(make_grid(), need=0.1)
    assert leaves_by_choice(tree)[1:3] == [
        ("retrieval", [("unseen facts", "retrieval"), ("changed facts", "retrieval")]),
        ("both", []),
    ]
    assert "both reaches it too" in str(tree)


def test_each_task_of_facts_goes_its_own_way():
    rows = make_grid(retrieval={"unseen facts": 0.7})
    retrieval, both = list_leaves(build_tree(rows, need=0.5))[1:3]
    assert [cell.task for cell in retrieval.cells] == ["unseen facts"]
    assert [cell.task for cell in both.cells] == ["changed facts"]


@pytest.mark.parametrize("need", [0, 0.05, 0.2, 0.5, 0.75, 1])
@pytest.mark.parametrize("seed", range(6))
def test_the_tree_never_contradicts_the_cheapest_that_meets(need, seed):
    for order in PRICES:
        check_against(draw_grid(seed), need, order)


def check_against(rows, need, order):
    grid, leaves = find_grid(rows), list_leaves(build_tree(rows, need))
    for leaf in leaves:
        for cell in leaf.cells:
            assert cell.meets == (grid[cell.task, cell.method].low >= need)
            assert cell.meets == ("below your need" not in str(cell))
            wanted = cheapest_that_meets(rows, cell.task, need, order)
            if wanted is None:
                assert not cell.meets
            elif wanted != cell.method:
                assert f"{wanted} " in str(cell).partition(";")[2]
    for leaf in leaves[:-1]:  # the last shows examples where there are few: it has no other method to offer
        for cell in leaf.cells:
            assert cell.meets == (cheapest_that_meets(rows, cell.task, need, order) is not None)
            if cheapest_that_meets(rows, cell.task, need, order) == "prompt":
                assert cell.method == "prompt"


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_chosen_that_another_surely_beats(seed):
    rows = draw_grid(seed)
    grid = find_grid(rows)
    for leaf in list_leaves(build_tree(rows, need=1))[:-1]:
        for cell in leaf.cells:
            assert max(grid[cell.task, method].low for method in METHODS) <= cell.high


def test_every_task_has_its_place_whatever_the_need():
    for need in (0, 0.3, 0.6, 1):
        leaves = list_leaves(build_tree(make_grid(), need))
        facts = [cell.task for leaf in leaves[1:3] for cell in leaf.cells]
        behaviour = [cell.task for leaf in leaves[3:5] for cell in leaf.cells]
        assert sorted(facts) == ["changed facts", "unseen facts"]
        assert sorted(behaviour) == ["format", "judgement", "voice"]


def test_digits_show_on_which_side_of_the_need_a_low_end_lies():
    rows = [
        dataclasses.replace(row, low=0.4996) if (row.task, row.method) == ("facts in JSON", "both") else row
        for row in make_grid()
    ]
    [cell] = list_leaves(build_tree(rows, 0.5))[0].cells
    assert str(cell) == "facts in JSON, both: 0.5100 [0.4996, 0.6100]; its low end is below your need of 0.5000"


def test_a_figure_without_an_interval_does_not_count():
    rows = [dataclasses.replace(row, low=None, high=None) if row.task == "format" else row for row in make_grid()]
    text = str(build_tree(rows, 0.5))
    assert "format, prompt: 1.00; no interval, so it doesn't count" in text
    assert "yes: no task" in text.partition("Does a prompt reach")[2]


@pytest.mark.parametrize("need", [50, -0.1, float("nan")])
def test_a_need_is_a_share(need):
    with pytest.raises(WorkshopError, match="expected a need from 0 to 1"):
        build_tree(make_grid(), need)


def test_a_missing_cell_is_named():
    rows = [row for row in make_grid() if (row.task, row.method) != ("voice", "LoRA")]
    with pytest.raises(WorkshopError, match="lacks LoRA on 'voice' \\(1 in all\\)"):
        build_tree(rows)


def test_the_best_of_a_line_and_who_is_clear_of_the_others():
    grid = find_grid(make_grid())
    assert find_best(grid, "voice") == ["LoRA", "both"]
    assert find_best(grid, "format") == list(METHODS)
    assert (find_clear(grid, "voice"), find_clear(grid, "changed facts")) == (None, "both")
    assert find_best({}, "voice") == []
    bare = {key: dataclasses.replace(row, low=None, high=None) for key, row in grid.items()}
    assert find_clear(bare, "changed facts") is None
    assert find_best(bare, "changed facts") == ["both"]


def test_a_need_keeps_its_digits():
    assert [say_need(one) for one in (0.5, 0.555, 1)] == ["0.50", "0.555", "1.00"]
