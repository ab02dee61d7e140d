"""Every bad reply gives one diagnosis that says what to do."""

import math

import numpy as np
import pytest

from workshop import check
from workshop.checks.ask import Ask, CheckBroken
from workshop.checks.local import local_caller
from workshop.checks.mistakes import never_ends
from workshop.checks.registry import Exercise, find_exercise
from workshop.checks.slips import ARRAY, BAG, RANKING, SCALAR
from workshop.errors import NotWritten, NotYet, WorkshopError

TWICE = (lambda x: 2 * x, "everything counts double.", "count once.")
SQUARE = (lambda x: x * x, "the number is squared.", "leave out the power.")
CRASH = (lambda x: 1 / 0, "a division by nothing.", "look at zero.")
LIKELY = 1


def make(*inputs, answer=SCALAR, mistakes=(), reference=lambda x, *_: x):
    """Return an exercise of a function `same` that gives its argument back."""
    exercise = Exercise(
        "9.9", "00_start_here", reference, "give it back", 1, 1, 1, answer, function="same", seconds=0.3
    )
    exercise.tries(*inputs or [(2.0,), (3.0,)])
    exercise.mistakes(*mistakes)
    return exercise


def ask(function, exercise):
    return Ask(exercise, local_caller(function, exercise.seconds))


def diagnose(function, *inputs, mistakes=(TWICE, SQUARE, CRASH), answer=SCALAR):
    exercise = make(*inputs, answer=answer, mistakes=mistakes)
    with pytest.raises(NotYet) as problem:
        exercise.check(ask(function, exercise))
    text = str(problem.value)
    assert [line.split(":")[0].strip() for line in text.splitlines()[1:] if line[2] != " "] == [
        *("Expected", "Got", "Likely", "Next"),
    ]
    return text


def print_only(x):
    print(x)


def fail():
    raise RuntimeError("of an unheard-of kind")


def spin(x):
    while True:
        pass


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x: None, "the `return` is missing"),
        (print_only, "print() instead of return"),
        (spin, "returns within 0.3 s"),
        (lambda x: {x}, "an iterator, a set or an object"),
        (lambda x: iter([x]), "an iterator, a set or an object"),
        (lambda x: x["a"], "TypeError"),
        (lambda x: undefined, "a name is misspelt"),  # noqa: F821
        (lambda x: exit(), "exit() or quit() is called"),
        (lambda x: float("nan"), "a NaN"),
        (lambda x: "2", "a str is returned where a float is expected"),
        (lambda x: [x, x], "shape (2,) instead of ()"),
        (lambda x: x + 1, "none of the usual mistakes fits"),
        (lambda x: 1 // 0, "a division by nothing."),
        (lambda x: [][1], "an index points past the end"),
        (lambda x: np.ones(3)[np.array([])], "an array of floats is used as places"),
        (lambda x: fail(), "the error text says what Python could not do"),
        (lambda x: None + x, "two values of kinds that don't go together"),
        (lambda x: min(5), "goes through a single number or None"),
        (lambda x: range("a"), "a place or a count must be a whole number"),
        (lambda x: x.size, "another kind than the method or attribute needs"),
        (lambda x: x(x), "round brackets call a function"),
        (lambda x: np.ones(2).sum(axis=4), "an axis is named that the array hasn't"),
        (lambda x: np.ones(2).reshape(), "too few, too many or unknown arguments"),
        (lambda x: max([]), "the list is empty"),
        (lambda x: {}[[]], "a list or an array is used as a key"),
        (lambda: 1, "a function is called with more or fewer arguments than it takes"),
        (lambda x: [1].append(x).count(1), "None is used as if it were a value"),
    ],
)
def test_bad_reply_is_diagnosed(function, said):
    assert said in diagnose(function)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x: x if x > 1 else 1, "an array of many numbers"),
        (lambda x: min(x, 1), "an array of many numbers"),
        (lambda x: x + np.ones(3), "two arrays whose shapes don't fit"),
        (lambda x: x @ np.ones((4, 4)), "two arrays are multiplied whose shapes don't fit"),
        (lambda x: math.exp(x), "a function for one number"),
    ],
)
def test_an_error_with_arrays_is_explained_by_its_text(function, said):
    assert said in diagnose(function, (np.ones(2),))


def test_the_call_to_try_makes_the_same_error():
    text = diagnose(lambda x, y: x.undefined, (np.array([[1.0, 1 / 3], [0, -2]]), 2.0), mistakes=())
    assert "call same(np.array([[1.0, 0.3333], [0.0, -2.0]]), 2.0) in a cell of its own" in text


def test_no_call_is_offered_where_its_arguments_are_too_long():
    text = diagnose(lambda x: x.undefined, (np.arange(40.0),), mistakes=())
    assert "call same(" not in text
    assert "try that line with small values of your own" in text


def test_an_error_of_another_kind_does_not_name_the_mistake():
    shapes = (lambda x: x + np.ones(3), "a row too many.", "count the rows.")
    assert shapes[LIKELY] in diagnose(lambda x: x + np.ones(5), (np.ones(2),), mistakes=(shapes,), answer=ARRAY)
    assert shapes[LIKELY] not in diagnose(lambda x: [1].index("sea"), (np.ones(2),), mistakes=(shapes,), answer=ARRAY)


def test_a_mistake_may_be_one_that_never_ends():
    endless = (never_ends, "the loop's condition stays true.", "change what it looks at.")
    assert endless[LIKELY] in diagnose(spin, mistakes=(endless,))
    assert endless[LIKELY] not in diagnose(lambda x: 1 / 0, mistakes=(endless,))


def test_a_mistake_that_breaks_is_no_explanation_and_breaks_nothing():
    def broken(x):
        raise AttributeError("of the workshop's own")

    assert "none of the usual mistakes fits" in diagnose(lambda x: x + 1, mistakes=((broken, "this is it.", "no."),))


@pytest.mark.parametrize(
    ("function", "given"),
    [
        (lambda x: x * 1.0002, (np.array([1.0, 3.0]),)),
        (lambda x: np.where(np.arange(40.0) == 30, 0, x), (np.arange(40.0),)),
        (lambda x: [*x[:30], "b", *x[31:]], (["a"] * 60,)),
        (lambda x: np.zeros((0, 2)), (np.zeros(0),)),
    ],
    ids=["fourth digit", "late in an array", "late in a list", "shape"],
)
def test_expected_and_got_never_look_the_same(function, given):
    text = diagnose(function, given, mistakes=(), answer=RANKING if isinstance(given[0], list) else ARRAY)
    expected, _, got = text.partition("Got:")
    got = got.partition("  Likely:")[0].strip()
    assert not expected.strip().rstrip(".").endswith(got)


def test_changed_argument_is_diagnosed():
    def add(x):
        x += 1
        return x - 1

    assert "the function writes into its input" in diagnose(add, (np.zeros(2),))


def test_stub_is_told_from_other_errors():
    def stub(x):
        raise NotImplementedError("Exercise 9.9")

    exercise = make((1,))
    with pytest.raises(NotWritten, match="it isn't written yet"):
        exercise.check(ask(stub, exercise))


def test_mistake_that_explains_every_answer_is_named():
    assert SQUARE[LIKELY] in diagnose(lambda x: x * x, (2.0,), (3.0,), (5.0,))
    assert TWICE[LIKELY] in diagnose(lambda x: 2 * x, (2.0,), (3.0,), (5.0,))


def test_a_word_met_by_chance_names_no_mistake():
    first = (lambda x: x[0], "the first is taken.", "take the last.")
    exercise = make(
        (["a", "a", "b"],), (["c", "d", "e"],), (["f", "g", "h"],), mistakes=(first,), reference=lambda x: x[-1]
    )
    with pytest.raises(NotYet) as problem:
        exercise.check(ask(lambda words: words[len(words) // 2], exercise))
    assert first[LIKELY] not in str(problem.value)
    assert "none of the usual mistakes fits" in str(problem.value)


def test_order_is_free_in_a_bag_alone():
    bag, ranking = (make(([1, 2],), answer=answer) for answer in (BAG, RANKING))
    bag.check(ask(lambda x: [2, 1], bag))
    for exercise, value in ((ranking, [2, 1]), (bag, [1, 2, 2])):
        with pytest.raises(NotYet):
            exercise.check(ask(lambda x, value=value: value, exercise))


def root(x):
    if x < 0:
        raise ValueError("less than 0")
    return math.sqrt(x)


def returns_the_error(x):
    return ValueError("less than 0") if x < 0 else math.sqrt(x)


def raises_too_often(x):
    if x < 4:
        raise ValueError("less than 0")
    return math.sqrt(x)


def asserts(x):
    assert x >= 0
    return math.sqrt(x)


@pytest.mark.parametrize(
    ("function", "expected", "likely"),
    [
        (lambda x: math.sqrt(abs(x)), "same(-1.0) raises a ValueError", "x < 0 raises no error"),
        (lambda x: spin(x) if x < 0 else math.sqrt(x), "same(-1.0) raises", "where x < 0, a loop never ends"),
        (returns_the_error, "same(-1.0) raises a ValueError", "an error is returned, not raised"),
        (asserts, "same(-1.0) raises a ValueError", "another error is raised"),
        (raises_too_often, "same(2.0) returns a value, and raises nothing", "your `raise` comes too often"),
        (lambda x: math.sqrt(x) / 2, "same(2.0) returns 1.414", "every number is half the right one"),
        (lambda x: 1 / 0, "same(2.0) returns a value.", "a division by zero"),
    ],
)
def test_what_must_be_refused_is_asked_after_the_rest(function, expected, likely):
    exercise = make(reference=root)
    exercise.checks(lambda ask: ask.refuses(exercise.inputs(ask.rng), [(-1.0,)], "ValueError", "x < 0", "raise it."))
    exercise.check(ask(root, exercise))
    with pytest.raises(NotYet) as problem:
        exercise.check(ask(function, exercise))
    assert f"Expected: {expected}" in str(problem.value)
    assert f"Likely:   {likely}" in str(problem.value)


def test_no_question_is_asked_twice():
    """What is asked follows the order in which the grader foresees it, also where a wrong answer is explained."""
    asked = []
    exercise = make((2.0,), (3.0,), (5.0,), mistakes=(TWICE, SQUARE))
    with pytest.raises(NotYet):
        exercise.check(ask(lambda x: asked.append(x) or x * x, exercise))
    assert asked == [2.0, 3.0, 5.0]


def test_a_check_that_can_not_judge_says_so_and_blames_nobody():
    exercise = make((2.0,), reference=lambda x: 1 / 0)
    with pytest.raises(CheckBroken, match=r"can't judge, whatever the answer: .* ZeroDivisionError.* For the teacher"):
        exercise.check(ask(lambda x: x, exercise))


def test_arguments_are_lists_as_in_the_grader():
    exercise = make((((1, 2), (3,)),), answer=RANKING, reference=lambda x: [True, True])
    exercise.check(ask(lambda x: [isinstance(each, list) for each in x], exercise))


def test_none_may_be_the_right_answer():
    exercise = make((1,), reference=lambda x: None)
    exercise.check(ask(lambda x: None, exercise))


def test_inputs_do_not_follow_the_learners_seed():
    def draw():
        np.random.seed(0)
        return Ask(find_exercise("1.2"), local_caller(lambda *_: 0), 5).rng.normal()

    np.random.seed(1)
    assert draw() == Ask(find_exercise("1.2"), local_caller(lambda *_: 0), 5).rng.normal()


def test_a_call_instead_of_the_function_is_explained():
    with pytest.raises(WorkshopError, match=r"Write cosine, not cosine\(\.\.\.\)"):
        check.word_embeddings.cosine(np.zeros(2))


def test_misspelt_check_offers_the_known_ones():
    with pytest.raises(WorkshopError, match="Did you mean 'cosine'"):
        check.word_embeddings.cosin(lambda: None)


def test_a_check_without_brackets_says_how_to_call_it():
    shown = repr(check.start_here.count_words)
    assert shown.endswith("Call it: check.start_here.count_words(count_words)")
    assert callable(check.start_here.count_words)
