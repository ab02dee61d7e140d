"""Edits make functions; every registered mistake ends soon and is one, on all tries and twenty draws."""

import time

import numpy as np
import pytest
import scipy.stats  # noqa: F401 (what a learner's notebook has imported, and a mistake uses)

from workshop.checks.edits import edit, join, make_mistake, split_source
from workshop.checks.mistakes import Mistake
from workshop.checks.protocol import plain
from workshop.checks.registry import LESSONS, list_exercises

pytestmark = pytest.mark.slow

SECONDS, DRAWS = 0.1, 20
KNOWN = [
    pytest.param(one, mistake, id=f"{one.id}-{place}")
    for lesson in LESSONS
    for one in list_exercises(lesson.stem)
    for place, mistake in enumerate(one.known)
]
LIMIT = 3


def same(function):
    """Decorate and change nothing."""
    return function


@same
def add_up(numbers: list[int], most: int = 9) -> int:
    """Add up numbers; the word total stands here too."""
    total = 0
    for number in numbers[:most]:
        total += min(number, LIMIT)
    return total


def test_an_edit_is_compiled_in_the_globals_of_its_reference():
    assert edit(add_up, (("total += min", "total -= min"),))([1, 7]) == -4
    assert edit(add_up, (("[:most]", "[1:most]"),))([1, 7]) == 3
    assert edit(add_up, ((", LIMIT", ", LIMIT + 1"), ("total = 0", "total = 100")))([1, 7]) == 105
    assert add_up([1, 7]) == 4


def test_docstring_signature_and_decorators_are_left_alone():
    head, body = split_source(add_up)
    assert head == "def add_up(numbers, most=9):\n"
    assert "The word" not in body
    assert "same" not in body
    for piece in ("numbers: list", "Add up", "@same"):
        with pytest.raises(ValueError, match=r"occurs 0 times in the body of add_up"):
            edit(add_up, ((piece, ""),))


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ((("total", "sum"),), "'total' occurs 3 times"),
        ((("product", "sum"),), "'product' occurs 0 times"),
        ((("total = 0", "total = ("),), "is no Python"),
        ((("total += min(number", "x"), ("number, LIMIT", "y")), "overlap"),
    ],
)
def test_an_edit_that_can_not_be_made_is_refused(pieces, said):
    with pytest.raises(ValueError, match=said):
        edit(add_up, pieces)


def test_a_specification_has_one_way_or_several():
    (one,) = make_mistake(add_up, ("total = 0", "total = 1", "it begins at 1.", "begin at 0."))
    assert (one.function([2]), one.likely, one.next, one.pieces) == (
        *(3, "it begins at 1.", "begin at 0."),
        (("total = 0", "total = 1"),),
    )
    both, function = make_mistake(add_up, ([("total = 0", "total = 1", ", LIMIT", ", 0"), len], "x.", "y."))
    assert (both.function([2, 2]), function.function([2, 2])) == (1, 2)
    assert function.pieces == ()
    (together,) = make_mistake(add_up, (("total = 0", "total = 1", ", LIMIT", ", 0"), "x.", "y."))
    assert together.function([2, 2]) == 1


def test_two_mistakes_are_joined_where_they_touch_other_places():
    first, second = (make_mistake(add_up, (*pieces, "x.", "y."))[0] for pieces in ((", LIMIT", ""), ("= 0", "= 1")))
    clash = make_mistake(add_up, ("min(number, LIMIT)", "number", "x.", "y."))[0]
    assert join(add_up, clash, second)([2, 7]) == 10
    assert join(add_up, first, clash) is None
    assert join(add_up, first, Mistake(len, "x.", "y.")) is None


@pytest.mark.parametrize(("exercise", "mistake"), KNOWN)
def test_every_mistake_ends_soon_and_is_one(exercise, mistake):
    rng = np.random.default_rng(1)
    inputs = exercise.inputs(rng) + [exercise.draw(rng) for _ in range(DRAWS)]
    different = 0
    for arguments in map(plain, inputs):
        want, start = plain(exercise.solve(*arguments)), time.process_time()
        made = mistake.attempt(arguments)
        assert time.process_time() - start < SECONDS
        assert made.error_type != "NameError", "a name that the reference's file doesn't have"
        different += bool(made.error_type) or not exercise.answer.rule.same(made.value, want)
    assert different


@pytest.mark.parametrize("lesson", LESSONS, ids=[one.stem for one in LESSONS])
def test_likely_and_next_are_sentences_and_tell_mistakes_apart(lesson):
    for exercise in list_exercises(lesson.stem):
        said = {(one.likely, one.next) for one in exercise.known}
        assert len({likely for likely, _ in said}) == len(said), exercise.id
        assert all(text.endswith((".", "?")) for pair in said for text in pair), exercise.id
