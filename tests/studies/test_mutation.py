"""The mutation engine tells equal, caught and missed apart; its short form holds for every exercise."""

import sys
import time

import pytest

from backstage.lessons.source import read_lesson
from studies.keep import read_measured
from studies.mutation import study as mutation
from studies.mutation.mutants import make_mutants
from workshop.checks.registry import LESSONS, list_exercises
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
    monkeypatch.setattr(mutation, "run_check", lambda exercise, caller: None)
    found = mutation.judge_exercise(cell, mutation.import_all(cells), 6)
    assert found[mutation.MISSED]
    assert not found[mutation.CAUGHT]


def test_child_that_never_ends_is_killed_and_a_broken_one_is_told():
    start = time.monotonic()
    assert mutation.run_forked(lambda: time.sleep(60) or "late", 0.2) is None
    assert time.monotonic() - start < 30
    with pytest.raises(WorkshopError, match="ZeroDivisionError"):
        mutation.run_forked(lambda: str(1 / 0), 5)


def test_short_form_catches_nine_of_ten():
    rows = mutation.measure(short=True).select(metric="share caught")
    differing = sum(row.n for row in rows)
    assert differing > 2 * len(rows)
    assert sum(row.value * row.n for row in rows) >= mutation.GOAL * differing


def test_every_exercise_has_its_measured_score_of_at_least_nine_of_ten():
    rows = read_measured(mutation.STEM).select(metric="share caught")
    assert sorted(row.task for row in rows) == sorted(
        one.id for lesson in LESSONS for one in list_exercises(lesson.stem)
    )
    assert all(row.value >= mutation.GOAL for row in rows)
