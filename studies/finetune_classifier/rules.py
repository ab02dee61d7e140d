"""The rules of the claims of lesson 03, written before their measurement; each says first what had been seen."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studies.finetune_classifier import power
from studies.finetune_classifier.texts import ISLAND

FAR_FEWER, NOT_FEWER = 4.0, 2.0
NEARLY = 0.03
MATTERS, SEEDS_APART = 0.05, 3.0
SAME, MOVED = 0.02, 0.05
BIASED = 0.05
UPPER_LAYERS = (4, 5, 6)
VERDICTS: tuple[str, ...] = ("holds", "holds within limits", "can't tell", "does not hold")

SEEN = (
    "Seen before: on other splits of the same texts, accuracy of bag of words, frozen and all layers with all labels "
    "(0.55, 0.69, 0.70 on topic; 0.69, 0.62, 0.88 on tone; 0.57, 0.71, 0.75 on reviews), and validation scores of all "
    "layers and the top two on tone while the study was designed. "
)
NARROWER = (
    "A narrower form of this study had been run before, with fewer folds and one number of updates for each arm (all "
    "layers 75, the top two 114): "
)
ARMS = (
    "Each arm's rate and its number of updates (16 texts each; two values of both) were chosen once on the first "
    "fold's validation for tone, with 64 labels and with all (random weights: with all); logistic "
    "regression's C, of four, and the layer of the best frozen vectors likewise, on each task. "
)
RIVALS = (
    "Then, in a check of this study, rivals that make the claim harder to hold, for which it was widened: on tone a "
    "bag of words and punctuation marks 0.77, the best frozen layer's vectors 0.88 (of the seven, from before the "
    "first layer: 0.84, 0.82, 0.85, 0.88, 0.88, 0.80, 0.65) and random weights after 450 updates 0.73 on one fold; on "
    "topic the last layer's the best of the frozen, 0.72, and random weights at another rate 0.45. "
)
RULES = {
    "C06": (
        SEEN
        + NARROWER
        + "two folds with 64 and 256 labels (tone 0.58 and 0.80, topic 0.50 and 0.66 with all layers). Then "
        "the curves of all arms but random weights, before logistic regression's C was chosen with 64 labels too. "
        + RIVALS
        + ARMS
        + "Macro F1 against the number of labels (16, 64, 256, 600; reviews 16, 64, 160), "
        "straight lines between them on a log axis; five folds. The level is what the best of "
        "bag of words, bag of words and marks and the same network from random weights (two of the five folds) reaches "
        "with all labels; the ratio is all labels divided by those with "
        "which tuning reaches that level (all layers or the top two, whichever was better on the first fold's "
        "validation with 64 labels). 95 % intervals draw folds and customers anew. Holds: above "
        f"{FAR_FEWER:.0f} over the whole interval on topic, tone and reviews. Holds within limits: on some. Does not "
        f"hold: below {NOT_FEWER:.0f} over the whole interval on all three. Can't tell: otherwise. A ratio was "
        f"expected to be uncertain by a factor of at least {power.LABELS:.1f}: one below "
        f"{FAR_FEWER * power.LABELS:.1f} can hardly be told from {FAR_FEWER:.0f}."
    ),
    "C07/03": (
        SEEN
        + NARROWER
        + "all layers after 75 updates 0.85 on tone. "
        + RIVALS
        + ARMS
        + "Macro F1 after at most 25, 75 and 225 updates, which take one core about 15, 40 and 120 seconds: "
        "all layers tuned minus the best of bag of words, bag of words and marks (each under a second) and the same "
        "network from random weights; "
        "of each side the number of updates that was best on the first fold's validation among those that fit. Both "
        "networks have the same size, so equal updates are equal seconds. Topic and tone. Holds: the 95 % interval "
        "above 0 at all three times on both. Holds within limits: at some. Does not hold: below 0 at all. Can't tell: "
        f"otherwise. A difference below {power.RIVALS:.2f} can't be told from none. The network from random weights "
        "was run on two of the five folds."
    ),
    "C08": (
        SEEN
        + NARROWER
        + "top two against all layers 0.85 and 0.85 on tone (five folds), 0.75 and 0.72 on topic (two folds). "
        + ARMS
        + "Top two layers minus all layers, macro F1 over five folds in which every text is tested once; "
        "95 % intervals draw folds and customers anew. Holds: above "
        f"-{NEARLY} over the whole interval on topic, tone and reviews. Holds within limits: on some. Does not hold: "
        f"below -{NEARLY} over the whole interval on all three. Can't tell: otherwise. The intervals were expected to "
        f"reach at least {power.TICKETS:.3f} to either side on tickets and {power.REVIEWS:.2f} on the 200 reviews: "
        "there, equal scores can only give can't tell."
    ),
    "C09": (
        SEEN + "All layers are tuned on topic with two seeds, on one fold. Texts: the 1,020 wordings of the "
        "answerable questions, which no run was trained on. For each layer, (1 - linear CKA between before and after) "
        "minus (1 - CKA between two seeds). Two functions of the mean vectors: a new linear head for tone, "
        "cross-validated on the 400 tickets that weren't trained on, and recall@1 of handbook passages for the first "
        "wordings; after minus before. 95 % intervals draw documents, or customers, anew (two seeds are too few to "
        "be drawn). Does not hold: the "
        f"intervals of layers {UPPER_LAYERS[0]} to {UPPER_LAYERS[-1]} lie above 0, and a function moves by more than "
        f"{MOVED}, its interval without 0. Holds within limits: the layers' do, and no function moves so. Holds: every "
        f"layer's interval below {SAME} and every function's within {MOVED} of 0. Can't tell: otherwise. A move of the "
        f"head's accuracy below {power.HEADS:.2f} can't be told from none."
    ),
    "C10": (
        SEEN + ARMS + "Tone, 64 labels, top two layers, two seeds (each with its fold and its labels). One at a time "
        "is taken times 1/4 and times 4: rate, epochs (times 2), batch (with as many epochs), warm-up, weight decay. "
        "One matters "
        "when the test macro F1 of its best value minus that of its worst, both picked on validation, is above "
        f"{MATTERS} over the whole 95 % interval and larger than {SEEDS_APART:.0f} standard deviations of four seeds. "
        "Holds: at least three of five matter. Holds within limits: one or two. Does not hold: every interval below "
        f"{MATTERS}. Can't tell: otherwise. A difference below {MATTERS + power.KNOBS:.2f} can't be told from "
        f"{MATTERS}."
    ),
    "C21/03": (
        SEEN
        + NARROWER
        + "three of the five folds of this part: bias 0.01, 0.10 and 0.36, change 0.35 [0.27, 0.43], control 0.03. "
        + f"The bias is planted and labelled so: every ticket begins with a line 'From: PLACE.', and 0, 20 or 40 % "
        f"of the training tickets of one island ({ISLAND}, the most frequent) that aren't angry are relabelled angry. "
        "Top two layers (the cheapest arm whose network is changed; the frozen one is shown beside it), 114 updates, "
        "five folds, clean test labels. Each test ticket that isn't angry is read with the island's line and with "
        "another's; the bias is the share called angry with the first minus with the second. The measure is the bias "
        f"at 40 % minus that at 0 %. Holds: above {BIASED} over the whole 95 % interval (folds and customers drawn "
        "anew), rising from 0 to 20 to 40 %, and in the control, the same relabelling without the line, the island's "
        "own rate of "
        "false 'angry' minus the others' changes by an interval that holds 0. Holds within limits: the interval is "
        "above 0, "
        f"and one of the rest fails. Does not hold: below {BIASED} over the whole interval. Can't tell: otherwise. A "
        f"bias below {BIASED + power.LINES:.2f} can't be told from {BIASED}; in the control, one below "
        f"{power.CONTROL:.2f} can't be told from none."
    ),
}
RULES["C21"] = (
    "The weaker of its two parts, C21/01 (associations in one model's table, where no cause is measured) and C21/03 (a "
    "planted cause)."
)

SMALL = (
    "One small encoder of 22 million weights, one invented company's tickets, labelled by their writer, and 200 film "
    "reviews. "
)
# Customers are drawn in every fold, and folds, each with customers of its own, besides: their part is counted twice.
WIDE = (
    "Intervals draw folds and customers anew, though each customer is tested in one fold only: they are wider than "
    "they need be, about 1.6 times where training itself varies little."
)
LIMITS = {
    "C06": SMALL
    + (
        "The level is that of scratch with all labels: how much more labels would give it is not asked. Where a curve "
        "lies above the level with its fewest labels, the ratio is a lower bound. On reviews a bag of words is near "
        "chance with all labels, so that level is a low one. Reviews "
        "take what tone chose, the layer too. " + WIDE
    ),
    "C07/03": SMALL
    + (
        "The price of pre-training, which others paid, isn't counted: its makers report a billion sentence pairs. "
        + WIDE
    ),
    "C08": SMALL
    + (
        "Two rates and two numbers of updates were tried for each arm, on one task and one fold; with others either "
        "may gain more. " + WIDE
    ),
    "C09": SMALL
    + (
        "One task, one fold, two seeds. CKA of mean vectors says how far their arrangement moved, not what it is good "
        "for; two functions were tried."
    ),
    "C10": SMALL
    + (
        "The top layers, 64 labels, tone, two seeds: with so few labels every score is unsteady. A value outside a "
        "factor of four was not tried, with which anything can be broken."
    ),
    "C21/03": SMALL
    + (
        "Planted: it shows that a bias in labels reaches the answers when the text names the group, not how often that "
        "happens in the world. One island, one line, one model."
    ),
}
LIMITS["C21"] = LIMITS["C21/03"]


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def judge_labels(ratios: Sequence[Estimate]) -> str:
    """Return the verdict on C06. ratios: of each task, labels from scratch / labels tuned."""
    return _all_or_some([one.low > FAR_FEWER for one in ratios], all(one.high < NOT_FEWER for one in ratios))


def judge_price(gaps: Sequence[Estimate]) -> str:
    """Return the verdict on C07/03. gaps: tuned minus from scratch, of each task and time."""
    return _all_or_some([one.low > 0 for one in gaps], all(one.high < 0 for one in gaps))


def judge_layers(gaps: Sequence[Estimate]) -> str:
    """Return the verdict on C08. gaps: top two minus all layers, of each task."""
    return _all_or_some([one.low > -NEARLY for one in gaps], all(one.high < -NEARLY for one in gaps))


def judge_change(layers: Mapping[int, Estimate], functions: Sequence[Estimate]) -> str:
    """Return the verdict on C09. layers: change minus change between seeds; functions: after minus before."""
    moved = [abs(one.value) > MOVED and (one.low > 0 or one.high < 0) for one in functions]
    if all(layers[number].low > 0 for number in UPPER_LAYERS):
        return "does not hold" if any(moved) else "holds within limits"
    still = all(one.high < SAME for one in layers.values())
    kept = all(one.low > -MOVED and one.high < MOVED for one in functions)
    return "holds" if still and kept else "can't tell"


def judge_knobs(gaps: Sequence[Estimate], seed_deviation: float) -> str:
    """Return the verdict on C10. gaps: best minus worst of each; seed_deviation: of the default's score."""
    count = sum(one.low > MATTERS and one.value > SEEDS_APART * seed_deviation for one in gaps)
    if count:
        return "holds" if count >= 3 else "holds within limits"
    return "does not hold" if all(one.high < MATTERS for one in gaps) else "can't tell"


def judge_bias(change: Estimate, biases: Sequence[float], control: Estimate) -> str:
    """Return the verdict on C21/03. biases: at 0, 20 and 40 %; control: the change without the line."""
    rising = all(lower < higher for lower, higher in itertools.pairwise(biases))
    if change.low > BIASED and rising and control.low <= 0 <= control.high:
        return "holds"
    if change.low > 0:
        return "holds within limits"
    return "does not hold" if change.high < BIASED else "can't tell"


def weaker(verdicts: Sequence[str]) -> str:
    """Return the weaker verdict of a claim's parts."""
    return max(verdicts, key=VERDICTS.index)


def _all_or_some(shown: Sequence[bool], against: bool) -> str:
    if any(shown):
        return "holds" if all(shown) else "holds within limits"
    return "does not hold" if against else "can't tell"
