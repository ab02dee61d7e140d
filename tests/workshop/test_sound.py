"""A check that can't judge is found before anybody is marked by it."""

import pytest

from backstage.hidden import run_hidden
from workshop.checks import run_check
from workshop.checks.ask import CheckBroken
from workshop.checks.faults import call_reference
from workshop.checks.local import local_caller
from workshop.checks.registry import LESSONS, Exercise, list_exercises
from workshop.checks.slips import SCALAR
from workshop.errors import NotYet, WorkshopError


def make(reference):
    exercise = Exercise("9.9", "00_start_here", reference, "broken", 1, 1, 1, SCALAR, function="f")
    exercise.tries((1.0,))
    exercise.draws(lambda rng: (float(rng.integers(2, 100)),))
    return exercise


@pytest.mark.parametrize("lesson", LESSONS, ids=[one.stem for one in LESSONS])
def test_every_check_of_ours_can_judge(lesson):
    for exercise in list_exercises(lesson.stem):
        run_check(exercise, call_reference(exercise))
        run_hidden(exercise, call_reference(exercise), secret=b"s" * 32)


def test_a_reference_that_fails_is_named():
    exercise = make(lambda x: 1 / 0)
    with pytest.raises(CheckBroken, match=r"Exercise 9\.9 – broken: this check can't judge") as problem:
        run_check(exercise, local_caller(abs))
    assert "its own reference ends in ZeroDivisionError" in str(problem.value.__cause__)


def test_a_check_of_its_own_that_breaks_is_named():
    broken = make(abs)
    broken.checks(lambda ask: ask.undefined)
    with pytest.raises(CheckBroken, match="AttributeError"):
        run_check(broken, call_reference(broken))


def test_a_check_that_asks_for_an_error_can_judge():
    exercise = make(abs)
    exercise.checks(lambda ask: ask.refuses([(-2.0,)], [("two",)], "TypeError", "x is a text", "raise it."))
    run_check(exercise, call_reference(exercise))
    with pytest.raises(NotYet, match=r"Expected: f\('two'\) raises a TypeError"):
        run_check(exercise, local_caller(lambda x: 2.0))


def test_what_is_broken_is_no_diagnosis_of_a_learner():
    assert issubclass(CheckBroken, WorkshopError)
    assert not issubclass(CheckBroken, NotYet)
