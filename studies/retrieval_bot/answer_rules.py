"""The rules of lesson 05's claims about answers, written before their measurement; each says first what was seen."""

from collections.abc import Sequence

from studies.prompt_or_lora.power import half_width
from studies.prompt_or_lora.rules import Estimate

GAIN, NO_GAIN = 0.10, 0.05
FALL, RIGHT_LOST = 0.05, 0.05
HARM, NO_HARM = 0.05, 0.02
# 120 questions of 40 documents: the interval of a share is wider by the root of about this.
DOCUMENTS = 1.4
# Arms differ in being right on about 40 of 100 questions.
ANSWERS = half_width(120, 0.40, DOCUMENTS)
# With a passage either way, on about 30 of 100.
SEARCHES = half_width(120, 0.30, DOCUMENTS)
UNANSWERABLE = half_width(60, 0.30)
# Where one arm is always wrong, only the other can differ.
CEILING = half_width(120, 0.05)

SEEN = (
    "Seen before: on 80 of the 120 questions, with three passages or the right one, how often the answer stands in the "
    "first 12 words of the reply (plain model 0.00 without a passage, 0.40 with the right one, 0.26 with three found; "
    "the adapter reader 0.62 and 0.50), and that on the 60 questions without an answer the plain model abstains on "
    "none and reader on 0.43. "
)
SCORE = (
    "An answer is right where the truth stands, word for word, in the reply's first 12 words. Greedy; 120 questions of "
    "40 documents that no adapter was trained on, documents drawn anew. How many passages are read, one or three, was "
    "chosen with the plain model on 40 questions of `train`, and is the same for all. "
)
RULES = {
    "C14": (
        SEEN + SCORE + "Retrieved passages (MiniLM) minus as many random ones of other documents, for the plain model "
        "and for reader. Without a passage and with the right one stand beside it. Holds: both differences above "
        f"{GAIN} over the whole 95 % interval. Holds within limits: one. Does not hold: both below {NO_GAIN}. Can't "
        f"tell: otherwise. A difference below {GAIN + ANSWERS:.2f} can't be told from {GAIN}."
    ),
    "C15": (
        SEEN + SCORE + "Wrong means neither right nor abstained. The plain model with retrieved passages minus without "
        "any: its share of wrong answers on the 120 questions, and on 60 that no document answers, where only "
        "abstaining isn't wrong. Holds: both fall by more than "
        f"{FALL} over the whole interval, and the share of right answers doesn't fall. Holds within limits: one. Does "
        f"not hold: both by less than {FALL}. Can't tell: otherwise. 'Prevents' is said only where the share of wrong "
        f"answers is below {FALL} over the whole interval. The adapter reader stands apart, since abstaining was "
        f"trained in. A fall below {FALL + UNANSWERABLE:.2f} on the questions without an answer can't be told from "
        f"{FALL}."
    ),
    "C30": (
        SEEN + SCORE + "The seeds of this claim call retrieval 'embedding'. Passages of three origins through the same "
        "reader, the adapter: random, BM25 on stems, MiniLM. The passage gives the facts: the better of the two minus "
        f"random above {GAIN} over the whole interval. The vector does: MiniLM minus BM25 above 0 over the whole "
        "interval, on the questions and on the same 120 in other words. Holds: both (the second in both wordings). "
        f"Holds within limits: the first only. Does not hold: the first below {GAIN}. Can't tell: otherwise. MiniLM "
        f"minus BM25 below {SEARCHES:.2f} can't be told from none."
    ),
    "C31": (
        "Seen before: the adapter facts answers 20 questions of `train` that it was never taught, all wrongly, over "
        "three seeds; the plain model answers nothing rightly without a passage and never abstained on 80 questions. "
        "So the plain model was expected to be wrong on nearly all, and there is little room for harm. Share of wrong "
        "answers (not abstained) on the 60 questions that no document answers, each in two wordings, without a "
        "passage: facts minus plain, questions drawn anew. Does not hold (tuning facts in does harm): above "
        f"{HARM} over the whole interval. Holds: below {NO_HARM} over the whole interval. Can't tell: otherwise. A "
        f"difference below {HARM + CEILING:.2f} can't be told from {HARM}. Beside it, from lesson 04: with the right "
        "passage facts is right on 0.03, the plain model on 0.40."
    ),
}
SMALL = (
    "One language model of 135 million weights, stored in four bits; one invented company's handbook and questions, "
    "written by one writer. "
)
LIMITS = {
    "C14": SMALL + "Passages of at most 80 words; one seed of reader; that a reply holds the truth doesn't mean that "
    "the rest of it is right.",
    "C15": SMALL + "A larger model abstains by itself; what is right beyond the words that are looked for isn't known.",
    "C30": SMALL + "Questions of a handbook in plain words; where wordings lie further apart, vectors may do more.",
    "C31": SMALL
    + "The plain model makes up nearly everything without a passage already, so this can hardly show harm; "
    "what tuning facts costs in reading stands beside it.",
}


def judge_passages(gains: Sequence[Estimate]) -> str:
    """Return the verdict on C14. gains: retrieved minus random, of each reader."""
    return _all_or_some([one.low > GAIN for one in gains], all(one.high < NO_GAIN for one in gains))


def judge_grounding(falls: Sequence[Estimate], right: Estimate) -> str:
    """Return the verdict on C15. falls: of the share of wrong answers, with and without an answer in the handbook.

    right: what the share of right answers gains.
    """
    shown = [one.low > FALL for one in falls]
    verdict = _all_or_some(shown, all(one.high < FALL for one in falls))
    return "holds within limits" if verdict == "holds" and right.low < -RIGHT_LOST else verdict


def judge_vectors(passages: Estimate, vectors: Sequence[Estimate]) -> str:
    """Return the verdict on C30. passages: best minus random. vectors: MiniLM minus BM25, of each wording."""
    if passages.low > GAIN:
        return "holds" if all(one.low > 0 for one in vectors) else "holds within limits"
    return "does not hold" if passages.high < GAIN else "can't tell"


def judge_harm(more: Estimate) -> str:
    """Return the verdict on C31. more: wrong answers with facts tuned in, minus without."""
    if more.low > HARM:
        return "does not hold"
    return "holds" if more.high < NO_HARM else "can't tell"


def _all_or_some(shown: Sequence[bool], against: bool) -> str:
    if any(shown):
        return "holds" if all(shown) else "holds within limits"
    return "does not hold" if against else "can't tell"
