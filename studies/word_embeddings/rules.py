"""The rules of the claims of lesson 01, written before this measurement; each begins with what had been seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MEDIUM = 0.3
SMALL_GAIN = 0.05
SURE = 0.01
UNSURE = 0.05
MEDIUM_EFFECT = 0.5
SOCIAL = ("career", "science", "work")
# What stands for this lesson's part of a claim that a later lesson measures too.
ASSOCIATIONS_CLAIM = "C21/01"

RULES = {
    "C01": (
        "Seen before: these methods on these pairs, with more words for some than for others, and one trial with "
        "the same words for skip-gram and counting. Skip-gram and CBOW are each tried on WordSim-353 (how "
        "related) and SimLex-999 (how similar), trained like all methods on one text cut to one vocabulary, "
        "thinned by one formula, 10 passes, window 8, ten seeds. One captures a yardstick when its Spearman "
        "correlation with people is above 0.3 (a medium correlation) over the whole 95 % interval and its "
        "difference from random vectors is above 0 over the whole of its own. Both intervals draw the rated words"
        " anew, with all their pairs, and the seeds. Holds: all four. Holds within limits: some, not all. Does "
        "not hold: none, and no interval reaches above 0.3. Can't tell: none, but one does. The lead over "
        "counting is reported beside it with its own interval and decides nothing; below about 0.15 it can't be "
        "told from none."
    ),
    "C02": (
        "Seen before: the same measure on five other draws of the text: 0.065 [-0.004, 0.137] at equal updates, "
        "drawing pairs anew instead of words. "
        "The gain of a larger size is the mean score at 100 and 200 dimensions minus that at 10 and 25 (score: mean "
        "Spearman on WordSim-353 and SimLex-999, on each draw's pairs known at every share). The measure is the gain "
        "with all of the text minus the gain with 5 % of it, at equal updates (200 epochs of 5 % for 10 of all), 95 % "
        "interval by drawing anew the texts and the rated words with all their pairs. Holds: above 0 over the whole "
        "interval, and the value above 0 on each list. Holds within limits: the interval above 0, but not both values. "
        "Does not hold: below 0.05 over the whole interval. Can't tell: otherwise. The interval was expected to reach "
        "about 0.1 to either side, so a difference below that can only give can't tell."
    ),
    ASSOCIATIONS_CLAIM: (
        "Seen before: the same tests on the same table. "
        "Association tests on MiniLM's token embeddings: career against family words, science against arts words, and "
        "twenty occupations, ten that mostly men and ten that mostly women do, each towards he or she. The instrument "
        "must work: flowers against insects found pleasant (p < 0.01), odd against even months not found to lean "
        "(p > 0.05). Found: p < 0.01 in 10,000 regroupings and effect size above 0.5. Holds within limits: the "
        "instrument works and at least one of the three is found: the table has such associations. Can't tell: "
        "otherwise. Holds and does not hold are out of reach: the claim speaks of training data, and none is examined "
        "here; lesson 03 plants a cause. With 8 words against 8 an effect below about 1.1 is rarely found."
    ),
}


LIMITS = {
    "C01": (
        "One text of 458 thousand words, of which 372 thousand are kept. Epochs, window and GloVe's settings were "
        "chosen after a look at scores on "
        "these same pairs, and the rule was written after that look: the scores flatter a little. All methods share "
        "words, window, thinning and passes, but near neighbours weigh 1/distance where they are counted and "
        "(9 - distance)/8 where word2vec draws its windows. Drawing words errs on the wide side, since a pair stays "
        "only where both of its words are drawn."
    ),
    "C02": (
        "One text and skip-gram alone, up to 200 dimensions; published vectors are trained on thousands of times as "
        "much. Equal updates mean that 5 % of the text is read 200 times, which may be too often."
    ),
    ASSOCIATIONS_CLAIM: (
        "One model's table of English words, word lists of our own, three tests with few words each. What that model "
        "was trained on was not examined, so nothing is said about where its associations come from."
    ),
}


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def judge_capture(trials: Sequence[tuple[Estimate, Estimate]]) -> str:
    """Return the verdict on C01. trials: of each method and yardstick, the correlation and what it adds to random."""
    captured = [own.low > MEDIUM and above_random.low > 0 for own, above_random in trials]
    if all(captured):
        return "holds"
    if any(captured):
        return "holds within limits"
    return "can't tell" if any(own.high > MEDIUM for own, _ in trials) else "does not hold"


def judge_size(gain: Estimate, each: Sequence[float]) -> str:
    """Return the verdict on C02. gain: what all of the text adds to the gain of size; each: on each yardstick alone."""
    if gain.low > 0:
        return "holds" if min(each) > 0 else "holds within limits"
    return "does not hold" if gain.high < SMALL_GAIN else "can't tell"


def judge_associations(tests: Mapping[str, tuple[float, float]]) -> str:
    """Return the verdict on this lesson's part of C21. tests: effect size and p, by the name of the test."""
    works = tests["flowers"][1] < SURE and tests["months"][1] > UNSURE
    found = [tests[name][0] > MEDIUM_EFFECT and tests[name][1] < SURE for name in SOCIAL]
    return "holds within limits" if works and any(found) else "can't tell"
