"""What an exercise draws: one source for checks, hidden tests, mutants and these properties."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exercises.proofs import diagnose, load_functions
from workshop.checks.protocol import equal, plain
from workshop.checks.registry import LESSONS, list_exercises

pytestmark = pytest.mark.slow

EXERCISES = [pytest.param(one, id=one.id) for lesson in LESSONS for one in list_exercises(lesson.stem)]
CHECK_SECONDS = 1.0


@pytest.mark.parametrize("exercise", EXERCISES)
@given(seed=st.integers(0, 2**63))
@settings(max_examples=30, deadline=None)
def test_solution_and_reference_agree_on_every_draw(exercise, seed):
    arguments = plain(exercise.draw(np.random.default_rng(seed)))
    solution = load_functions(exercise.lesson, solved=True)[exercise.id]
    assert exercise.answer.rule.same(plain(solution(*arguments)), plain(exercise.solve(*arguments)))


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_seed_draws_the_same_again_and_others_differ(exercise):
    drawn = [plain(exercise.draw(np.random.default_rng(seed))) for seed in (1, 1, 2, 3)]
    assert equal(drawn[0], drawn[1])
    assert not equal(drawn[2], drawn[3])


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("strange", [float("nan"), "text", [], {}, [[1], 2], np.zeros((2, 2)), True, 10**400])
def test_nothing_that_is_returned_breaks_a_diagnosis_or_takes_long(exercise, strange):
    diagnose(exercise, lambda *_: strange)  # what is imported by a mistake is imported now
    start = time.process_time()
    assert diagnose(exercise, lambda *_: strange) is not None
    assert time.process_time() - start < CHECK_SECONDS
