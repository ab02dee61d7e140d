"""A check that can't judge is found before anybody is marked by it."""

import numpy as np
import pytest

from workshop.checks.registry import LESSONS, Exercise, find_exercise, list_exercises
from workshop.checks.slips import SCALAR
from workshop.checks.sound import CheckBroken, prove_check, prove_checks
from workshop.errors import NotYet, WorkshopError


def make(reference):
    exercise = Exercise("9.9", "00_start_here", reference, "broken", 1, 1, 1, SCALAR, function="f")
    exercise.tries((1.0,))
    exercise.draws(lambda rng: (float(rng.integers(2, 100)),))
    return exercise


@pytest.mark.parametrize("lesson", LESSONS, ids=[one.stem for one in LESSONS])
def test_every_check_of_ours_can_judge(lesson):
    prove_checks(list_exercises(lesson.stem), secret=b"s" * 32)


def test_a_reference_that_fails_is_named():
    with pytest.raises(CheckBroken, match=r"Exercise 9\.9 – broken: this check can't judge.*ZeroDivisionError"):
        prove_checks([find_exercise("0.1"), make(lambda x: 1 / 0)])


def test_a_reference_that_fails_on_hidden_inputs_alone_is_found_with_the_secret():
    exercise = make(lambda x: x if x == 1 else [][1])
    exercise.draws(lambda rng: (1.0 + int(rng.integers(0, 2**62) != first),), times=1)
    first = np.random.default_rng(0).integers(0, 2**62)
    prove_checks([exercise])
    with pytest.raises(CheckBroken, match="IndexError"):
        prove_checks([exercise], secret=b"s" * 32)


def test_a_check_of_its_own_that_breaks_or_refuses_is_named():
    broken, strict = make(abs), make(abs)
    broken.checks(lambda ask: ask.undefined)
    strict.checks(lambda ask: ask.true(ask(2.0) == 3, "3.", "2.", "it isn't 3.", "return 3."))
    with pytest.raises(CheckBroken, match="AttributeError"):
        prove_check(broken)
    with pytest.raises(CheckBroken, match="it refuses its own reference"):
        prove_check(strict)


def test_what_is_broken_is_no_diagnosis_of_a_learner():
    assert issubclass(CheckBroken, WorkshopError)
    assert not issubclass(CheckBroken, NotYet)
