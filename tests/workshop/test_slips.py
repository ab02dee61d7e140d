"""Slips by kind of answer: each is found on an exercise that knows no mistake of its own, and says what it is."""

import math

import numpy as np
import pytest

from studies.mutation.study import is_named
from workshop.checks.ask import Ask
from workshop.checks.local import local_caller
from workshop.checks.registry import Exercise
from workshop.checks.slips import (
    ARRAY,
    BAG,
    CHOICE,
    COUNTS,
    LABELS,
    MESSAGES,
    RANKING,
    SCALAR,
    TEXT,
    parts,
)
from workshop.errors import NotYet

A, B = np.array([[1.0, 2.5], [3, 4]]), np.array([[0.5, -2], [6, 7]])
NAMES = ["sea", "tide", "rope", "quay"]


def say(answer, reference, function, *inputs, mistakes=()):
    """Return what a wrong function of a bare exercise is told to be."""
    exercise = Exercise("9.9", "00_start_here", reference, "bare", 1, 1, 1, answer, function="f", seconds=1)
    exercise.tries(*inputs)
    exercise.mistakes(*mistakes)
    with pytest.raises(NotYet) as problem:
        exercise.check(Ask(exercise, local_caller(function, 1)))
    text = str(problem.value)
    assert is_named(problem.value), text
    return text.partition("Likely:")[2].strip()


def pick(names, k):
    return names[:k]


def first_best(names, scores):
    return names[int(np.argmax(scores))]


def count(words):
    return {word: words.count(word) for word in words}


def move(center, rate, speed):
    return center + rate * speed, float(speed.sum())


CHATS = [{"role": r, "content": c} for r, c in (("system", "be kind"), ("user", "hello"), ("assistant", "hi"))]
OTHER = [*CHATS, {"role": "user", "content": "bye"}]
MOVED = (np.array([1.0, 2]), 0.5, np.array([4.0, 2])), (np.array([0.0, 1]), 0.25, np.array([1.0, -3]))
CASES = {
    "bag each once": (BAG, sorted, lambda x: sorted(set(x)), ([1, 1, 2],), "an item that occurs several times"),
    "bag doubled": (BAG, sorted, lambda x: [*x, *x], ([1, 2],), "every item stands there twice"),
    "bag turned": (BAG, lambda x: x, lambda x: [p[::-1] for p in x], ([["a", "b"]],), "the parts of each item"),
    "bag flat": (BAG, lambda x: x, lambda x: [*x[0], *x[1]], ([["a", "b"], ["c", "d"]],), "the items are taken apart"),
    "bag first": (BAG, sorted, lambda x: [min(x)], ([1, 2],), "only the first item is there"),
    "bag empty": (BAG, sorted, lambda x: [], ([1, 2],), "nothing is in the list"),
    "bag missing": (BAG, sorted, lambda x: sorted(x)[:2], ([1, 2, 3],), "some items are missing"),
    "bag too many": (BAG, sorted, lambda x: [*x, 9], ([1, 2, 3],), "there are items too many"),
    "ranking short": (RANKING, pick, lambda x, k: x[: k - 1], (NAMES, 3), "`k` is used as if it were one too small"),
    "ranking long": (RANKING, pick, lambda x, k: x[: k + 1], (NAMES, 2), "`k` is used as if it were one too large"),
    "ranking turned": (RANKING, pick, lambda x, k: x[:k][::-1], (NAMES, 3), "the right items, but the best comes last"),
    "ranking places": (RANKING, pick, lambda x, k: [*range(k)], (NAMES, 3), "places are returned"),
    "ranking scores": (RANKING, pick, lambda x, k: [0.5] * k, (NAMES, 2), "the scores are returned, not the names"),
    "ranking pairs": (RANKING, pick, lambda x, k: [(n, 1.0) for n in x[:k]], (NAMES, 2), "the scores are returned tog"),
    "ranking dict": (RANKING, pick, lambda x, k: dict.fromkeys(x[:k], 1.0), (NAMES, 2), "the scores are returned tog"),
    "ranking mixed": (RANKING, pick, lambda x, k: [x[1], x[0], x[2]], (NAMES, 3), "the right items, in another order"),
    "choice place": (
        CHOICE,
        first_best,
        lambda n, s: int(np.argmax(s)),
        (NAMES, np.arange(4.0)),
        "places are returned",
    ),
    "counts once": (COUNTS, count, lambda x: dict.fromkeys(x, 1), (["a", "a", "b"],), "every one counts 1"),
    "counts from 0": (
        COUNTS,
        count,
        lambda x: {w: x.count(w) - 1 for w in x},
        (["a", "a", "b"],),
        "every count is one too l",
    ),
    "counts from 1": (
        COUNTS,
        count,
        lambda x: {w: x.count(w) + 1 for w in x},
        (["a", "a", "b"],),
        "every count is one too h",
    ),
    "counts none": (COUNTS, count, lambda x: {}, (["a"],), "nothing is counted"),
    "counts length": (COUNTS, count, lambda x: len(set(x)), (["a", "b", "b"],), "how many there are is returned"),
    "counts pairs": (COUNTS, count, lambda x: [*count(x).items()], (["a", "b"],), "a list of pairs is returned"),
    "counts case": (COUNTS, count, lambda x: count([w.upper() for w in x]), (["a"],), "the keys are in another case"),
    "array turned": (ARRAY, lambda x: x, lambda x: x.T, (A,), "rows and columns are exchanged"),
    "array flat": (ARRAY, lambda x: 2 * x, lambda x: (2 * x).ravel(), (A,), "all numbers stand in one row"),
    "array sign": (ARRAY, lambda x: 2 * x, lambda x: -2 * x, (A,), "the sign is turned"),
    "array abs": (ARRAY, lambda x: 2 * x, lambda x: abs(2 * x), (B,), "the sign is lost"),
    "array 1 minus": (ARRAY, lambda x: x / 9, lambda x: 1 - x / 9, (A,), "it is 1 minus the right number"),
    "array squares": (ARRAY, lambda x: 2 * x, lambda x: 4 * x**2, (A,), "the right numbers are squared"),
    "array whole": (ARRAY, lambda x: x / 2, lambda x: (x / 2).astype(int), (A,), "the array is made for whole numbers"),
    "array rounded": (ARRAY, lambda x: x / 7, lambda x: np.round(x / 7, 1), (A,), "the numbers are rounded"),
    "array triangle": (ARRAY, lambda x: x + x.T, lambda x: np.triu(x + x.T), (A,), "one-sided: the lower triangle"),
    "array one row": (
        ARRAY,
        lambda x: 2 * x,
        lambda x: [[*(2 * x).sum(axis=0)]] * 2,
        (A,),
        "all rows are the same one",
    ),
    "array sum": (ARRAY, lambda x: 2 * x, lambda x: (2 * x).sum(), (A,), "everything is added up to one number"),
    "array same": (ARRAY, lambda x: 2 * x, lambda x: np.full(x.shape, 7), (A,), "every number is the same"),
    "array factor": (ARRAY, lambda x: x + 1, lambda x: 2 * (x + 1), (A,), "every number is twice the right one"),
    "array other way": (
        ARRAY,
        lambda x: x - x.mean(axis=0),
        lambda x: x + x.mean(axis=0),
        (A,),
        "what must be subtracted",
    ),
    "array too far": (
        ARRAY,
        lambda x: x - x.mean(axis=0),
        lambda x: x - x.sum(axis=0),
        (A,),
        "subtracted is twice what",
    ),
    "array diagonal": (ARRAY, lambda x: 2 * x, lambda x: 2 * x + np.eye(2), (A,), "only the diagonal is wrong"),
    "array zeros": (
        ARRAY,
        np.sqrt,
        lambda x: np.sqrt(x) + (x == 0),
        (np.arange(5.0),),
        "right but for those that must",
    ),
    "array signs": (
        ARRAY,
        lambda x: 2 * x,
        lambda x: 2 * x * [1, -1],
        (A,),
        "the sizes are right, but the sign of some",
    ),
    "array input": (ARRAY, lambda x: 2 * x, lambda x: x, (A,), "the input is returned unchanged"),
    "scalar percent": (
        SCALAR,
        lambda x: x,
        lambda x: 100 * x,
        (0.25,),
        "every number is a hundred times the right one",
    ),
    "scalar upside": (SCALAR, lambda x: x, lambda x: 1 / x, (0.25,), "it is 1 divided by the right number"),
    "scalar rounded": (SCALAR, lambda x: x, round, (2.25,), "the numbers are rounded"),
    "labels inverted": (LABELS, lambda x: x, lambda x: [1 - i for i in x], ([1, 0, 0, 0],), "the mask is inverted"),
    "labels early": (LABELS, lambda x: [0, *x[:-1]], lambda x: x, ([5, 6, 7, 8],), "the input is returned unchanged"),
    "text case": (TEXT, str.title, lambda x: x.title().lower(), ("sea rope",), "the case of the letters is lost"),
    "text ends": (TEXT, lambda x: f" {x}", str.strip, ("sea",), "white space at the ends is lost"),
    "text line": (TEXT, lambda x: f"{x}\n", lambda x: x, ("sea",), "white space at the ends is lost"),
    "text quotes": (TEXT, lambda x: x * 2, lambda x: repr(x * 2), ("sea",), "the text stands in quotes"),
    "text blanks": (TEXT, "\n".join, " ".join, (NAMES,), "lines are joined with blanks"),
    "messages roles": (
        *(MESSAGES, lambda x: x[:2], lambda x: [x[0], x[1] | {"role": "assistant"}], (CHATS,)),
        "the roles of user and assistant are exchanged",
    ),
    "messages system": (MESSAGES, lambda x: x[:2], lambda x: x[1:2], (CHATS,), "the system message is missing"),
    "messages texts": (
        *(MESSAGES, lambda x: x[:2], lambda x: [one["content"] for one in x[:2]], (CHATS,)),
        "the texts are there without their roles",
    ),
}


@pytest.mark.parametrize(("answer", "reference", "function", "given", "said"), CASES.values(), ids=CASES)
def test_slip_is_named(answer, reference, function, given, said):
    assert said in say(answer, reference, function, given)


def test_labels_that_stand_one_place_too_late_or_early():
    def shift(x):
        return [0, *x, 0]

    for function, side in ((lambda x: [*x, 0, 9], "early"), (lambda x: [9, 0, *x], "late")):
        assert f"everything stands one place too {side}" in say(LABELS, shift, function, ([5, 6, 7, 8],))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda c, r, s: (c, float(s.sum())), "center stays where it was."),
        (lambda c, r, s: (c - r * s, float(s.sum())), "center moves the wrong way: a sign is turned."),
        (lambda c, r, s: (c + 2 * r * s, float(s.sum())), "center moves by twice what it should."),
        (lambda c, r, s: (c + r * s[::-1], float(s.sum())), "center moves in another direction than it should"),
        (lambda c, r, s: (float(s.sum()), c + r * s), "center and total stand the wrong way round."),
        (lambda c, r, s: c + r * s, "only one part is returned, center."),
        (lambda c, r, s: (c + r * s, -float(s.sum())), "total: the sign is turned."),
        (lambda c, r, s: (c + r * s, float(s.sum()) + 1), "total is the first part that is wrong: too large."),
    ],
)
def test_first_wrong_part_is_named_with_how_it_stands_to_the_right_one(function, said):
    assert said in say(parts("center", "total"), move, function, *MOVED)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (
            lambda rows: (len(rows), [[*row, 0] for row in rows]),
            "first part that is wrong: its rows are too long",
        ),
        (
            lambda rows: (len(rows), [row[1:] for row in rows]),
            "first part that is wrong: its rows are too short",
        ),
        (lambda rows: (len(rows), [[*rows[0], 0], *rows[1:]]), "its rows differ in length"),
        (lambda rows: (len(rows), np.array(rows)[:, ::-1] + 1), "the lengths are right, some values aren't"),
        (lambda rows: (len(rows), rows[1:]), "table has 1 rows instead of 2"),
    ],
)
def test_of_a_part_with_rows_their_number_lengths_or_values_are_named(function, said):
    assert said in say(parts("count", "table"), lambda rows: (len(rows), rows), function, ([[1, 2], [3, 5]],))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (
            lambda x, low, high: [i for i in x if 2 <= i <= high],
            "a number of the card's example stands in the function",
        ),
        (lambda x, low, high: [i for i in x if 2 <= i <= 4], "numbers of the card's example stand in the function"),
        (lambda x, low, high: [2, 3, 4], "the answer to the card's example is returned"),
    ],
)
def test_what_the_card_shows_is_written_into_the_function(function, said):
    def between(x, low, high):
        return [i for i in x if low <= i <= high]

    inputs = [([1, 2, 3, 4, 5], 2, 4), ([1, 2, 3, 4, 5, 6], 3, 6), ([0, 2, 5, 3, 1, 7], 1, 5)]
    assert said in say(BAG, between, function, *inputs)


def double_and_add(numbers):
    total = 1
    for number in numbers:
        total += 2 * number
    return total


DOUBLED = ("2 * number", "number", "nothing is doubled.", "double it.")
STARTED = ("total = 1", "total = 0", "it begins at 0.", "begin at 1.")


def test_two_mistakes_at_once_are_found_and_the_first_is_named_first():
    inputs = ([1.0, 2],), ([3.0],), ([],)
    said = say(SCALAR, double_and_add, lambda x: math.fsum(x), *inputs, mistakes=(DOUBLED, STARTED))
    assert said.startswith("two things at once. First: nothing is doubled. Then: it begins at 0.")
    assert "double it." in said


def test_a_mistake_and_a_slip_at_once_are_found():
    inputs = ([1.0, 2],), ([3.0],), ([],)
    said = say(SCALAR, double_and_add, lambda x: -(1 + math.fsum(x)), *inputs, mistakes=(DOUBLED, STARTED))
    assert said.startswith("two things at once. First: nothing is doubled. Then: the sign is turned.")


def test_one_mistake_is_never_told_as_two():
    said = say(SCALAR, double_and_add, lambda x: 1 + math.fsum(x), ([1.0, 2],), ([3.0],), mistakes=(DOUBLED, STARTED))
    assert said.startswith("nothing is doubled.")
