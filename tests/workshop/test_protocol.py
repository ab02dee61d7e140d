"""Plain values: what reduces to what, and when two are the same."""

import collections
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.checks.protocol import MAX_DEPTH, NotPlainError, equal, plain
from workshop.checks.values import describe, matches

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
)
numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6)


@given(values)
def test_plain_twice_is_plain_once(value):
    once = plain(value)
    assert equal(plain(once), once)


@given(values)
def test_every_value_equals_and_matches_itself(value):
    assert equal(plain(value), plain(value))
    assert matches(plain(value), plain(value))


@given(values)
def test_description_is_one_short_line(value):
    assert len(describe(plain(value))) < 200


@given(numbers)
def test_list_of_numbers_matches_its_array_but_is_not_equal(items):
    assert matches(items, np.array(items))
    assert matches(np.float32(items), np.array(items))
    assert not equal(items, np.array(items))


@given(numbers)
def test_another_value_does_not_match(items):
    other = [items[0] + max(1.0, abs(items[0])), *items[1:]]
    assert not matches(other, items)
    assert not matches(np.array(other), np.array(items))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, (2, 3)), [1, [2, 3]]),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array(2.5), 2.5),
        (np.array(["a", "b"]), ["a", "b"]),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        ({(1, np.int32(2)): 3}, {(1, 2): 3}),
    ],
)
def test_subclasses_become_their_base(value, expected):
    got = plain(value)
    assert got == expected
    assert type(got) is type(expected)


def test_nan_equals_nan():
    assert equal(plain([math.nan]), plain([np.float32("nan")]))
    assert matches(np.array([math.nan, 1]), np.array([math.nan, 1]))


def test_shape_and_dtype_count_for_equal():
    assert not equal(np.zeros(2), np.zeros((1, 2)))
    assert not equal(np.zeros(2), np.zeros(2, dtype=np.float32))


def test_too_deep_is_not_plain():
    value: list = []
    value.append(value)
    with pytest.raises(NotPlainError, match=str(MAX_DEPTH)):
        plain(value)


@pytest.mark.parametrize("value", [{1}, object(), iter([]), 1j, np.array([1j])])
def test_others_are_not_plain(value):
    with pytest.raises(NotPlainError):
        plain(value)


@pytest.mark.parametrize("value", [["2"], [None], "2"])
def test_text_or_nothing_is_no_number(value):
    assert not matches(value, np.array([2.0]))
    assert not matches(value, np.array([math.nan]))
    assert not matches(value, 2.0)
