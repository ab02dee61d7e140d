"""Proofs of lesson 00's exercise."""

from collections import Counter

from tests.exercises.proofs import Answers, prove

wrong, right = Answers(), Answers()


@wrong("0.1", "'The' and 'the' are counted as two words.")
def case_kept(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


@wrong("0.1", "split(' ') cuts at every single space")
def split_at_single_spaces(text):
    words = text.lower().split(" ")
    return {word: words.count(word) for word in words}


@wrong("0.1", "a key is looked up that may be missing")
def no_start(text):
    counts = {}
    for word in text.lower().split():
        counts[word] += 1
    return counts


@right("0.1")
def counter(text):
    return Counter(text.lower().split())


test_stub_fails, test_solution_passes, test_wrong_answer, test_other_right_answer, test_proven = prove(
    "00_start_here", wrong, right
)
