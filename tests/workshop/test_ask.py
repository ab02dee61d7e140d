"""Every bad reply gives one diagnosis that says what to do."""

import math

import numpy as np
import pytest

from workshop import check
from workshop.checks.ask import Ask, Mistake
from workshop.checks.local import local_caller
from workshop.checks.mistakes import is_whole
from workshop.checks.registry import Exercise, find_exercise
from workshop.errors import NotWritten, NotYet, WorkshopError

TWICE = Mistake("twice", lambda x: 2 * x, "everything counts double.", "count once.")
SQUARE = Mistake("square", lambda x: x * x, "the number is squared.", "leave out the power.")
CRASH = Mistake("crash", lambda x: 1 / 0, "a division by nothing.", "look at zero.")


def ask(function):
    exercise = Exercise(
        "9.9", "00_start_here", "same", "give it back", 1, 1, 1, lambda _: None, lambda x: x, seconds=0.3
    )
    return Ask(exercise, local_caller(function, exercise.seconds))


def diagnose(function, *inputs, mistakes=(TWICE, SQUARE, CRASH)):
    with pytest.raises(NotYet) as problem:
        ask(function).each(inputs or [(2.0,), (3.0,)], lambda x, *_: x, mistakes)
    text = str(problem.value)
    assert [line.split(":")[0].strip() for line in text.splitlines()[1:]] == ["Expected", "Got", "Likely", "Next"]
    return text


def print_only(x):
    print(x)


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
        (lambda x: [][1], "an index runs past the end"),
        (lambda x: None + x, "the error text says what Python could not do"),
        (lambda: 1, "the function takes other arguments than the card gives"),
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
    shapes = Mistake("shapes", lambda x: x + np.ones(3), "a row too many.", "count the rows.")
    assert shapes.likely in diagnose(lambda x: x + np.ones(5), (np.ones(2),), mistakes=(shapes,))
    assert shapes.likely not in diagnose(lambda x: [1].index("sea"), (np.ones(2),), mistakes=(shapes,))


def test_a_mistake_may_need_a_sign_in_the_answer():
    cut = Mistake("cut", np.floor, "the fractions are cut off.", "make an array of floats.", is_whole)
    assert cut.likely in diagnose(lambda x: x.astype(int), (np.array([1.5]),), mistakes=(cut,))
    assert cut.likely not in diagnose(np.floor, (np.array([1.5]),), mistakes=(cut,))


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
    lines = dict(line.strip().split(":", 1) for line in diagnose(function, given, mistakes=()).splitlines()[1:])
    assert not lines["Expected"].rstrip(".").endswith(lines["Got"].strip())


def test_changed_argument_is_diagnosed():
    def add(x):
        x += 1
        return x - 1

    assert "the function writes into its input" in diagnose(add, (np.zeros(2),))


def test_stub_is_told_from_other_errors():
    def stub(x):
        raise NotImplementedError("Exercise 9.9")

    with pytest.raises(NotWritten, match="it isn't written yet"):
        ask(stub).each([(1,)], lambda x: x)


def test_mistake_that_explains_most_answers_is_named():
    assert SQUARE.likely in diagnose(lambda x: x * x, (2.0,), (3.0,), (5.0,))
    assert TWICE.likely in diagnose(lambda x: 2 * x, (2.0,), (3.0,), (5.0,))


def test_a_word_met_by_chance_names_no_mistake():
    first = Mistake("first", lambda x: x[0], "the first is taken.", "take the last.")

    def mostly_middle(words):
        return words[len(words) // 2]

    inputs = [(["a", "a", "b"],), (["c", "d", "e"],), (["f", "g", "h"],)]
    with pytest.raises(NotYet) as problem:
        ask(mostly_middle).each(inputs, lambda x: x[-1], (first,))
    assert first.likely not in str(problem.value)
    assert "none of the usual mistakes fits" in str(problem.value)


def test_order_is_free_where_the_check_says_so():
    ask(lambda x: [2, 1]).each([([1, 2],)], lambda x: x, unordered=True)
    with pytest.raises(NotYet):
        ask(lambda x: [2, 1]).each([([1, 2],)], lambda x: x)
    with pytest.raises(NotYet):
        ask(lambda x: [1, 2, 2]).each([([1, 2],)], lambda x: x, unordered=True)


def test_arguments_are_lists_as_in_the_grader():
    ask(lambda x: [isinstance(each, list) for each in x]).each([(((1, 2), (3,)),)], lambda x: [True, True])


def test_none_may_be_the_right_answer():
    ask(lambda x: None).each([(1,)], lambda x: None)


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
