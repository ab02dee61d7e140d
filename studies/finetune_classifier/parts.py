"""Claims that two lessons measure: the whole takes the weaker verdict of its parts."""

import dataclasses

from studies.finetune_classifier.rules import LIMITS, RULES, weaker
from studies.keep import read_measured
from workshop.score.results import Claim

FIRST, PART = "01_word_embeddings", "C21/01"


def whole_of_c21(mine: Claim) -> Claim:
    """Return C21: the figure of this lesson's part, and the weaker of both parts' verdicts."""
    first = read_measured(FIRST).claims[PART]
    measured = f"{mine.measure} (this lesson's part: {mine.verdict}; lesson 01's: {first.verdict})"
    verdict = weaker([first.verdict, mine.verdict])
    return dataclasses.replace(mine, measure=measured, rule=RULES["C21"], verdict=verdict, limits=LIMITS["C21"])
