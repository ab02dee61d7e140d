"""Verdicts follow from the rules alone."""

import pytest

from studies.word_embeddings.rules import RULES, Estimate, judge_bias, judge_capture, judge_size
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
    ("schedules", "verdict"),
    [
        ([near(0.01, 0.2), near(0.02, 0.1)], "holds"),
        ([near(0.01, 0.2), near(-0.02, 0.1)], "holds within limits"),
        ([near(-0.1, 0.04), near(-0.05, 0.02)], "does not hold"),
        ([near(-0.1, 0.2), near(-0.05, 0.02)], "can't tell"),
    ],
)
def test_size(schedules, verdict):
    assert judge_size(schedules) == verdict


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "holds"),
        ({"career": (1.0, 1.5, 0.2)}, "holds within limits"),
        ({"career": (0.4, 0.8, 0.001)}, "holds within limits"),
        (dict.fromkeys(("career", "science", "work"), (0.1, 0.4, 0.3)), "does not hold"),
        (dict.fromkeys(("career", "science", "work"), (0.1, 0.9, 0.3)), "can't tell"),
        ({"flowers": (0.3, 0.9, 0.2)}, "can't tell"),
        ({"months": (0.9, 1.4, 0.01)}, "can't tell"),
    ],
)
def test_bias(changes, verdict):
    strong, none = (1.2, 1.6, 0.001), (0.1, 0.6, 0.4)
    tests = {**dict.fromkeys(("flowers", "career", "science", "work"), strong), "months": none, **changes}
    assert judge_bias(tests) == verdict


def test_rules_name_every_verdict_that_they_can_give():
    possible = [verdict for verdict in VERDICTS if verdict != "true by construction"]
    assert [(name, one) for name, rule in RULES.items() for one in possible if one not in rule.lower()] == []
