"""The rules of the claims that lesson 05's searches decide; what had been seen when a rule was written stands first."""

from collections.abc import Mapping, Sequence

from studies.grouped import Figure

HELD, LIMITED, FAILED, OPEN = "holds", "holds within limits", "does not hold", "can't tell"
MOST_LOST, MOST_TIME, LEAST_GAIN = 0.05, 0.10, 0.02

RULES = {
    "C17/05": (
        "Seen before: lesson 02's recall of MiniLM in the handbook and among 10,000 passages, on all 64 documents; an "
        "answer on one passage takes about 0.4 s on one thread, and the shipped adapter of 30 facts took 122 s. "
        "Three parts. (a) Total seconds, all timed in one process on one thread, three times over: retrieval "
        "(the handbook encoded once; each question encoded, searched for, and answered on three passages by the model "
        "as it comes) lower than tuning (the 340 facts of the FAQ tuned in as the shipped adapter of facts was, each "
        "16 times; each question answered without passages by that adapter), at 1,000 and at 100,000 questions, in all "
        "three. Whether answers are right doesn't count here, which favours tuning. (b) recall@5 of MiniLM on 500 real "
        "passages minus that on 10,000, all wordings of the 40 documents of unseen: the whole 95 % interval, documents "
        "drawn anew, below 0.05. (c) An exact search of 100,000 vectors takes less than 10 % of the seconds of an "
        "answer on passages, in all three. Holds: all three parts. Holds within limits: some. Does not hold: retrieval "
        "costs more at both counts, the loss is above 0.05 over the whole interval, and the search takes 10 % or more. "
        "Can't tell: otherwise. On the ten documents of train the loss is 0.048, close to the margin, and their spread "
        "says that a loss of 0.014 can be detected."
    ),
    "C26": (
        "Seen before: nothing of a tuned encoder on unseen. MiniLM is tuned on the 240 wordings of the questions of "
        "train and their passages (in-batch negatives, batches of 16 without the same passage twice, rate 5e-5, three "
        "epochs, AdamW: the library's defaults, nothing else was tried), three seeds. recall@1 on all wordings of the "
        "40 documents of unseen, tuned minus not tuned, in the handbook and in the haystack of 10,000 passages, "
        "everything encoded afresh. Holds: both differences above 0 over the whole 95 % interval (documents and seeds "
        "drawn anew). Holds within limits: one. Does not hold: both below 0.02 over the whole interval. Can't tell: "
        "otherwise. Tuned on five documents of train and tried on the five others, both ways, the spread says that a "
        "difference of 0.038 can be detected, and the mean is 0.041. The correlation with people on the Lee stories "
        "and the reviews' accuracy stand beside it and decide nothing."
    ),
    "C30": (
        "Seen before: lesson 02's recall of MiniLM and of BM25 on words, on all 64 documents. The vectors' part: "
        "recall@3 in the handbook (the bot reads three passages), MiniLM minus BM25 on stems, which is the stronger "
        "search by words, on the questions and on the paraphrases of the 40 documents of unseen, each by itself. "
        "Vectors find more where a difference is above 0 over the whole 95 % interval, documents drawn anew. The "
        "ten documents of train say that 0.091 can be detected on questions (there it is -0.050) and 0.081 can be "
        "detected on paraphrases (0.122)."
    ),
}

LIMITS = {
    "C17/05": (
        "One small model on one thread, one handbook; a larger model or a graphics card moves the seconds. The other "
        "passages are Wikipedia's, about other things, so they are easy to tell apart: a larger handbook of one "
        "company would be harder. The 100,000 vectors are made near real ones and say nothing but milliseconds. "
        "Tuning's seconds are eight timed steps, multiplied."
    ),
    "C26": (
        "80 questions of ten documents, one encoder, one recipe, one company's words; the questions of unseen were "
        "written by the same hands as those of train."
    ),
    "C30": "One handbook of 480 passages, one encoder; the questions were written with the passage in view.",
}


def judge_scaling(cheaper: Sequence[bool], dearer: Sequence[bool], drop: Figure, shares: Sequence[float]) -> str:
    """Return the verdict on C17's part. cheaper, dearer: at each count, in every repeat. shares: of an answer."""
    low, high = drop.interval
    parts = (all(cheaper), high < MOST_LOST, max(shares) < MOST_TIME)
    if all(parts):
        return HELD
    if any(parts):
        return LIMITED
    return FAILED if all(dearer) and low > MOST_LOST and min(shares) >= MOST_TIME else OPEN


def judge_tuned(handbook: Figure, haystack: Figure) -> str:
    """Return the verdict on C26, of recall@1 tuned minus not tuned."""
    gained = [one.interval[0] > 0 for one in (handbook, haystack)]
    if all(gained):
        return HELD
    if any(gained):
        return LIMITED
    return FAILED if all(one.interval[1] < LEAST_GAIN for one in (handbook, haystack)) else OPEN


def find_gains(vectors: Mapping[str, Figure]) -> list[str]:
    """Return on which kinds of wordings vectors find more than words do: C30's second part."""
    return [kind for kind, gap in vectors.items() if gap.interval[0] > 0]
