"""Verdicts follow from the rules alone."""

import pytest

from studies.word_embeddings.rules import RULES, Estimate, judge_associations, judge_capture, judge_size
from workshop.score.results import VERDICTS


def near(low, high):
    return Estimate((low + high) / 2, low, high)


GOOD, POOR, WIDE = near(0.4, 0.6), near(0.1, 0.25), near(0.2, 0.5)
ABOVE, LEVEL = near(0.2, 0.5), near(-0.1, 0.1)


@pytest.mark.parametrize(
    ("trials", "verdict"),
    [
        ([(GOOD, ABOVE)] * 4, "holds"),
        ([(GOOD, ABOVE), (POOR, ABOVE), (GOOD, ABOVE), (POOR, LEVEL)], "holds within limits"),
        ([(GOOD, LEVEL)] * 4, "can't tell"),
        ([(POOR, ABOVE)] * 4, "does not hold"),
        ([(WIDE, ABOVE), (POOR, ABOVE)], "can't tell"),
    ],
)
def test_capture(trials, verdict):
    assert judge_capture(trials) == verdict


@pytest.mark.parametrize(
    ("gain", "each", "verdict"),
    [
        (near(0.01, 0.2), (0.1, 0.05), "holds"),
        (near(0.01, 0.2), (0.2, -0.01), "holds within limits"),
        (near(-0.1, 0.04), (0.1, 0.05), "does not hold"),
        (near(-0.1, 0.2), (0.1, 0.05), "can't tell"),
    ],
)
def test_size(gain, each, verdict):
    assert judge_size(gain, each) == verdict


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "holds within limits"),
        ({"career": (1.0, 0.2), "work": (0.4, 0.001)}, "holds within limits"),
        (dict.fromkeys(("career", "science", "work"), (0.4, 0.001)), "can't tell"),
        (dict.fromkeys(("career", "science", "work"), (-0.1, 0.6)), "can't tell"),
        ({"flowers": (0.3, 0.2)}, "can't tell"),
        ({"months": (0.9, 0.01)}, "can't tell"),
    ],
)
def test_associations_in_one_table_can_not_settle_the_claim(changes, verdict):
    strong, none = (1.2, 0.001), (0.1, 0.4)
    tests = {**dict.fromkeys(("flowers", "career", "science", "work"), strong), "months": none, **changes}
    assert judge_associations(tests) == verdict


def test_rules_name_every_verdict_that_they_can_give():
    possible = [verdict for verdict in VERDICTS if verdict != "true by construction"]
    assert [(name, one) for name, rule in RULES.items() for one in possible if one not in rule.lower()] == []


def test_what_had_been_seen_stands_at_the_head_of_the_rule():
    assert all(rule.startswith("Seen before: ") for rule in RULES.values())
