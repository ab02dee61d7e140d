"""Replies are scored as the claims' rules say: exact, short-contained, abstained, and the chance level by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.invented.tasks import ABSTAIN
from workshop.data import load_faq
from workshop.errors import WorkshopError
from workshop.score import abstains, exact_match, find_kind, score_replies
from workshop.score.replies import contains_short

WORDS = st.lists(st.text("bcdfgh123", min_size=1, max_size=4), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("answer", "truth", "same"),
    [
        ("The slate green.", "slate green", True),
        ("7:35", "735", False),
        ("7:35.", "7:35", True),
        ("1.95 metres", "195 metres", False),
        ("38,500 crowns", "38,500 Crowns!", True),
        ("weather", "wear", False),
        ("sea-parent", "sea parent", True),
        ("three\u2013four", "three four", True),
        ("an  other\nMonday", "other Monday", True),
        ("Mondays", "other Mondays", False),
        ("9 days", "19 days", False),
        ("It is 9 days", "9 days", False),
        ("", "9 days", False),
        ("'Hulda' Grey", "Hulda Grey", True),
    ],
)
def test_exact(answer, truth, same):
    assert exact_match(answer, truth) is same


@pytest.mark.parametrize(
    ("answer", "truth", "stands"),
    [
        ("It takes 9 days.", "9 days", True),
        ("It takes 19 days.", "9 days", False),
        ("At 18:55 from quay 2", "8:55", False),
        ("At 8:55, from quay 2", "8:55", True),
        ("38,500 crowns", "500 crowns", False),
        ("A 9-day wait", "9 day", True),
        ("the tin and the surveyor", "tin surveyor", False),
        ("one two three four five six seven eight nine ten eleven grey sack", "grey sack", False),
        ("one two three four five six seven eight nine ten grey sack", "grey sack", True),
        ("", "x", False),
    ],
)
def test_short_contained(answer, truth, stands):
    assert contains_short(answer, truth) is stands


@given(WORDS, st.data())
def test_form_counts_nothing_and_words_do(words, data):
    truth = " ".join(words)
    dressed = " ".join(data.draw(st.sampled_from(["", "the ", "A "])) + word.upper() for word in words)
    assert exact_match(data.draw(st.sampled_from(["", " ", '"'])) + dressed + "!", truth)
    assert not exact_match(f"{truth} x", truth)
    assert not exact_match(truth, f"{truth}9")


@given(WORDS, WORDS, WORDS)
def test_exact_is_contained_and_contained_is_whole_words(before, words, after):
    truth, reply = " ".join(words), " ".join(before + words + after)
    assert contains_short(truth, truth)
    assert contains_short(reply, truth) or len(before + words) > 12
    assert contains_short(reply, truth) == (f" {truth} " in f" {' '.join(reply.split()[:12])} ")


@pytest.mark.parametrize(
    "reply",
    [
        ABSTAIN,
        "I don\u2019t know.",
        "I do not know the answer to that.",
        "The passages don't say.",
        "The passage does not mention the price of a bicycle.",
        "The text doesn't specify when.",
        "I'm sorry, but I cannot answer this question.",
        "It is not stated in the passages.",
        "There is no information about this.",
        "I'm unable to provide it.",
    ],
)
def test_abstaining(reply):
    assert abstains(reply)


@pytest.mark.parametrize("answer", [one.answer for one in load_faq() if one.document])
def test_no_answer_of_the_faq_abstains(answer):
    assert not abstains(answer)
    assert not abstains(f"You will need {answer}, and dogs are not allowed.")


def test_a_late_doubt_is_no_abstaining():
    assert not abstains("The ferry leaves at 7:35 from the north quay on all weekdays, but I don't know why.")


def test_kinds_are_told_by_form():
    answers = ["7:35", "33 crowns", "2 crowns 35", "ten days", "slate green", "Razorbill 2", "38,500 crowns"]
    kinds = [find_kind(one) for one in answers]
    assert kinds == ["time", *["number of crown"] * 2, "number of day", "words", "words", "number of crown"]


def test_scores_and_chance_by_hand():
    replies = ["7:35", "At 8:00, or 7:35", "5 crowns", "I don't know", "grey", "9 days, the page says"]
    truths = ["7:35", "8:00", "9 crowns", None, ("grey", "gray"), ABSTAIN]
    found = score_replies(replies, truths)
    assert found.exact.tolist() == [True, False, False, False, True, False]
    assert found.contained.tolist() == [True, True, False, False, True, False]
    assert found.abstained.tolist() == [False, False, False, True, False, False]
    assert found.outcomes.tolist() == ["right", "right", "wrong", "abstained", "right", "wrong"]
    # The other time is 8:00 for the first and 7:35 for the second; who is alone of a kind meets all others.
    assert found.contained_chance.tolist() == [0, 1, 0, 0, 0, 0]
    assert found.exact_chance.tolist() == [0] * 6


def test_equal_answers_are_part_of_chance():
    found = score_replies(["yes", "yes", "no"], ["yes", "yes", "no"], kinds=["b"] * 3)
    np.testing.assert_array_equal(found.exact_chance, [0.5, 0.5, 0])
    found = score_replies(["yes", "yes", "no"], ["yes", "yes", "no"], kinds=["b"] * 3, questions=["1", "1", "2"])
    np.testing.assert_array_equal(found.exact_chance, [0, 0, 0])


@given(st.lists(st.sampled_from(["7:35", "8:00", "9:10", "3 days", "4 days", "grey"]), min_size=2, max_size=8))
def test_chance_is_the_mean_over_all_shifts_within_a_kind(truths):
    replies = truths[::-1]
    kinds = ["k"] * len(truths)
    found = score_replies(replies, truths, kinds=kinds)
    shifts = [score_replies(replies, truths[by:] + truths[:by], kinds=kinds).exact for by in range(1, len(truths))]
    np.testing.assert_allclose(found.exact_chance, np.mean(shifts, axis=0))


def test_odd_lists_are_named():
    with pytest.raises(WorkshopError, match="got 2 replies, 1 truths, 1 kinds and 1 questions"):
        score_replies(["a", "b"], ["x"])
    with pytest.raises(WorkshopError, match="truth 0 is 'The', of which no word is left"):
        score_replies(["a"], ["The"])
    assert np.isnan(score_replies(["9"], ["9"]).exact_chance).all()
    assert score_replies([], []).exact.shape == (0,)
