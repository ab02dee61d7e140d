"""Times and prices in words, and the numbers of these words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.data import SPOKEN, code_words, list_prices, list_times, say_price, say_time


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("7:35", "seven thirty five"),
        ("7:05", "seven oh five"),
        ("0:00", "zero sharp"),
        ("23:10", "twenty three ten"),
        ("20:20", "twenty twenty"),
    ],
)
def test_times_are_said_as_announcers_do(time, words):
    assert say_time(time) == words


@pytest.mark.parametrize(
    ("price", "words"),
    [
        ("12.40", "twelve crowns forty"),
        ("1.05", "one crown and five"),
        ("12.00", "twelve crowns only"),
        ("0.60", "zero crowns sixty"),
        ("85.95", "eighty five crowns ninety five"),
    ],
)
def test_prices_are_said_as_announcers_do(price, words):
    assert say_price(price) == words


@pytest.mark.parametrize(("list_all", "say", "count"), [(list_times, say_time, 1440), (list_prices, say_price, 2000)])
def test_all_have_words_of_their_own_and_words_have_numbers(list_all, say, count):
    said = [say(one) for one in list_all()]
    assert len(set(said)) == len(said) == count
    for text, words in zip(list_all(), said, strict=True):
        assert [SPOKEN[one] for one in code_words(text)] == [*text, "</s>"]
        assert [SPOKEN[one] for one in code_words(words.split())] == [*words.split(), "</s>"]


def test_each_word_has_one_number():
    assert len(set(SPOKEN)) == len(SPOKEN)


@given(st.text(alphabet="xyz!", min_size=1))
def test_what_has_no_number_is_refused(text):
    with pytest.raises(ValueError, match="not in tuple"):
        code_words(text)
