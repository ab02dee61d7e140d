"""Proofs of lesson 00's check."""

import re
from collections import Counter, defaultdict

import pytest

from tests.checks.proofs import (
    SEEDS,
    Answers,
    assert_every_exercise_proven,
    assert_other_right_answer,
    assert_solution_passes,
    assert_stub_fails,
    assert_wrong_answer,
    exercise_params,
)

STEM = "00_start_here"
wrong, right = Answers(), Answers()


@wrong("0.1", "'The' and 'the' are counted as two words.")
def case_kept(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


@wrong("0.1", "the letters are counted")
def letters_counted(text):
    counts = defaultdict(int)
    for word in text.lower():
        counts[word] += 1
    return counts


@wrong("0.1", "split(' ') cuts at every single space")
def split_at_single_spaces(text):
    words = text.lower().split(" ")
    return {word: words.count(word) for word in words}


@wrong("0.1", "every word counts 1")
def each_word_once(text):
    counts = {}
    for word in text.lower().split():
        counts[word] = 0
        counts[word] += 1
    return counts


@wrong("0.1", "a key is looked up that may be missing")
def no_start(text):
    counts = {}
    for word in text.lower().split():
        counts[word] += 1
    return counts


@wrong("0.1", "commas, full stops and other marks are taken off")
def punctuation_stripped(text):
    counts = {}
    for word in text.lower().split():
        word = word.strip(".,!?;:")
        counts[word] = counts.get(word, 0) + 1
    return counts


@wrong("0.1", "commas, full stops and other marks are taken off")
def punctuation_removed(text):
    for mark in ".,!?":
        text = text.replace(mark, "")
    return Counter(text.lower().split())


@wrong("0.1", "commas, full stops and other marks are taken off")
def word_characters(text):
    return Counter(re.findall(r"\w+", text.lower()))


@wrong("0.1", "a word is counted inside other words too")
def parts_of_words_counted(text):
    text = text.lower()
    return {word: text.count(word) for word in text.split()}


@wrong("0.1", "every count is one too low")
def counted_from_0(text):
    counts = {}
    for word in text.lower().split():
        counts[word] = counts[word] + 1 if word in counts else 0
    return counts


@wrong("0.1", "only the first word is counted")
def returned_in_loop(text):
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
        return counts


@wrong("0.1", "print() instead of return")
def printed(text):
    print(Counter(text.lower().split()))


@right("0.1")
def counter(text):
    return Counter(text.lower().split())


@right("0.1")
def sets_and_count(text):
    words = [word.casefold() for word in re.findall(r"\S+", text)]
    return {word: words.count(word) for word in set(words)}


@pytest.mark.parametrize("exercise", exercise_params(STEM))
def test_stub_fails(exercise):
    assert_stub_fails(exercise)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("exercise", exercise_params(STEM))
def test_solution_passes(exercise, seed):
    assert_solution_passes(exercise, seed)


@pytest.mark.parametrize("answer", wrong.params())
def test_wrong_answer(answer):
    assert_wrong_answer(answer)


@pytest.mark.parametrize("answer", right.params())
def test_other_right_answer(answer):
    assert_other_right_answer(answer)


def test_every_exercise_is_proven():
    assert_every_exercise_proven(STEM, wrong, right)
