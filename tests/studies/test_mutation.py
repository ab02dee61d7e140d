"""The mutation engine tells equal, caught and missed apart; its short form holds for every exercise."""

import sys
import time

import numpy as np
import pytest

from backstage.lessons.source import read_lesson
from studies.keep import read_measured
from studies.mutation import study as mutation
from studies.mutation.mutants import Mutant, make_mutants
from workshop.checks.registry import LESSONS, find_exercise, list_exercises
from workshop.errors import WorkshopError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
SOURCE = '''def f(items, n):
    """Say."""
    total = 0
    for x in items[:n]:
        total += x * 2
    return total
'''


def test_mutants_are_different_chosen_by_seed_and_leave_the_docstring():
    mutants = make_mutants(SOURCE, 100)
    assert len({mutant.source for mutant in mutants}) == len(mutants) > 6
    assert all("Say." in mutant.source for mutant in mutants)
    assert make_mutants(SOURCE, 3, seed=1) == make_mutants(SOURCE, 3, seed=1)
    assert len(make_mutants(SOURCE, 3)) == 3


def test_a_weak_check_misses_mutants(monkeypatch):
    cells = read_lesson("01_word_embeddings")
    cell = next(cell for cell in cells if cell.role == "function" and cell.exercise.id == "1.1")
    monkeypatch.setattr(mutation, "run_check", lambda exercise, caller, seed=0: None)
    found = mutation.judge_exercise(cell, mutation.import_all(cells), 6)
    assert found[mutation.MISSED]
    assert not found[mutation.CAUGHT] + found[mutation.NAMED]


def test_child_that_never_ends_is_killed_and_a_broken_one_is_told():
    start = time.monotonic()
    assert mutation.run_forked(lambda: time.sleep(60) or "late", 0.2) is None
    assert time.monotonic() - start < 30
    with pytest.raises(WorkshopError, match="ZeroDivisionError"):
        mutation.run_forked(lambda: str(1 / 0), 5)


def test_a_mutant_is_named_where_its_message_says_a_cause():
    cells = read_lesson("01_word_embeddings")
    cell = next(cell for cell in cells if cell.role == "function" and cell.exercise.id == "1.5")
    namespace = mutation.import_all(cells)
    own = dict(namespace)
    exec(cell.text, own)
    probes = mutation.make_probes(cell.exercise, own["glove_weights"])

    def judge(body):
        source = f"def glove_weights(counts, x_max, alpha):\n    {body}"
        return mutation.judge(cell.exercise, Mutant("", source), namespace, probes)

    assert judge("return np.minimum(counts / x_max, 1) ** alpha") == mutation.EQUAL
    assert judge("return (counts / x_max) ** alpha") == mutation.NAMED
    assert judge("return np.minimum(counts / x_max, 1) ** alpha + np.arange(counts.size).reshape(counts.shape)") == (
        mutation.CAUGHT
    )
    assert judge("return counts.of_an_unheard_of_name") == mutation.NAMED
    assert judge("raise RuntimeError('of an unheard-of kind')") == mutation.CAUGHT


def test_probes_are_what_the_check_asks_and_what_the_exercise_draws():
    exercise = find_exercise("1.1")
    probes = mutation.make_probes(exercise, exercise.reference)
    asked = len(exercise.inputs(np.random.default_rng(0))) * len(mutation.CHECK_SEEDS)
    assert len(probes) == asked + mutation.RANDOM_INPUTS
    assert len({repr(probe.arguments) for probe in probes}) > mutation.RANDOM_INPUTS


def test_a_changed_reference_makes_the_figures_stale_wherever_it_lies():
    assert {"workshop/exercises/word_embeddings", "workshop/vectors/geometry", "workshop/vectors/glove"} <= {
        *mutation.INPUTS
    }


@pytest.mark.slow
def test_short_form_catches_nine_of_ten_and_names_most():
    rows = mutation.measure(short=True).rows
    caught, named = ([row for row in rows if row.metric == f"share {what}"] for what in ("caught", "named"))
    differing = sum(row.n for row in caught)
    assert differing > 2 * len(caught)
    assert sum(row.value * row.n for row in caught) >= mutation.CAUGHT_GOAL * differing
    assert sum(row.value * row.n for row in named) >= mutation.NAMED_GOAL * sum(row.n for row in named)


@pytest.mark.parametrize(("what", "goal"), [("caught", mutation.CAUGHT_GOAL), ("named", mutation.NAMED_GOAL)])
def test_every_exercise_has_its_measured_scores(what, goal):
    rows = read_measured(mutation.STEM).select(metric=f"share {what}")
    assert sorted(row.task for row in rows) == sorted(
        one.id for lesson in LESSONS for one in list_exercises(lesson.stem)
    )
    assert [row.task for row in rows if row.value < goal] == []


@pytest.mark.parametrize("lesson", [one.stem[:2] for one in LESSONS])
def test_four_of_five_caught_are_named_over_each_lesson(lesson):
    assert mutation.share_named(read_measured(mutation.STEM).rows, lesson) >= mutation.NAMED_LESSON_GOAL
