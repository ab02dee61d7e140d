"""The rules of lesson 06's claims, written before their measurement; each says first what was seen."""

from collections.abc import Sequence

from studies.prompt_or_lora.power import half_width, share_width
from studies.prompt_or_lora.rules import Estimate, weaker

NEW, CONFLICT = 0.10, 0.0
DROP = 0.05
MOST = 0.8
STUDIED = 0.03
ADDED, INTERACTS, NOTHING = 0.0, -0.05, 0.02
# Two questions of a document, or five, count as fewer: the interval is wider by the root of about this.
DOCUMENTS = 1.4
# 60 changed questions of 14 documents; of the old answer, seen in few replies.
CHANGED, OLD = half_width(60, 0.4, 2.0), half_width(60, 0.1, 2.0)
# 120 questions, the same reader behind other passages.
AMONG = half_width(120, 0.10, DOCUMENTS)
# Reading gained 0.22 by tuning on these 120 questions; two arms differ on about 35 of 100.
READING_SHARE = share_width(half_width(120, 0.35, DOCUMENTS), 0.22)
# 80 questions, three seeds of each half; two adapters differ on about 30 of 100.
CROSSED = half_width(80, 0.30, DOCUMENTS)
# C20: 120 questions of `unseen`, 80 as JSON, and thirty known facts of ten documents, which count as about 20.
UNSEEN, AS_JSON, KNOWN = half_width(120, 0.40, DOCUMENTS), half_width(80, 0.45, DOCUMENTS), half_width(20, 0.5)

SEEN = (
    "Seen before: a first measurement of this lesson, whose replies are not kept, with other trainings, other known "
    "facts and other prompts gave "
)
SCORE = (
    "An answer is right where the truth stands, word for word, in the reply's first 12 words. Greedy; documents drawn "
    "anew, and training seeds where there are several. "
)
RULES = {
    "C16": (
        SEEN + "new answers +0.70 [0.56, 0.82] and, of a model that had studied the old pages, old answers +0.03 "
        "[0.00, 0.13]; lesson 05 had measured 0.73 old answers before the pages were exchanged and 0.70 new ones "
        "after. " + SCORE + "60 questions of 14 documents whose answer the second edition changes. (a) The adapter "
        "reader with the second edition's passages minus with the first's: new answers. (b) Reader trained further on "
        "the first edition's sixty answers, three seeds, minus reader itself, both behind the second edition's "
        f"passages: old answers. Holds: (a) above {NEW:.2f} and (b) above 0 over the whole 95 % interval. Holds within "
        f"limits: (a) only. Does not hold: (a) below {NEW:.2f}. Can't tell: otherwise. Beside them the seconds to tune "
        f"again and to index again. In (a) a gain below {NEW + CHANGED:.2f} can't be told from {NEW:.2f}, in (b) one "
        f"below {OLD:.2f} from none."
    ),
    "C17/06": (
        SEEN + "952 s against 12,978 s for a year of weekly changes at 1,000 questions, 83,319 against 23,609 at "
        "100,000, and 0.00 [-0.04, 0.05] fewer right answers among 10,000 passages; lesson 05 had found 0.045 of "
        "recall@5 lost there. " + SCORE + "(a) Seconds in all of a year in which the facts change 52 times, set-up, "
        "answers and refreshing together: the plain model with passages against a model with all facts tuned in, at "
        "1,000 and at 100,000 questions. (b) Right answers of reader on 120 questions of 40 documents, three passages "
        "found in the handbook minus found among 10,000, the others being Wikipedia's. Holds: cheaper at both counts "
        f"in every repeat, and (b) below {DROP} over the whole interval. Holds within limits: one of the two. Does not "
        f"hold: dearer at both counts, and (b) above {DROP}. Can't tell: otherwise. A drop below {AMONG:.2f} can't be "
        "told from none; the other passages are about other things, so they are easy to tell apart."
    ),
    "C18/06": (
        SEEN + "0.11 [-0.41, 0.47] of reader's gain. " + SCORE + "Four wordings and 0, 1 or 3 examples, each with its "
        "right passage, chosen on 24 questions of `train` by the plain model's right answers, told on 120 questions of "
        "`unseen`, all behind the same three passages. Which share of what the adapter reader gains over the plain "
        f"model with the plain wording does the best prompt reach? Holds: above {MOST} over the whole interval. Does "
        f"not hold: below {MOST}. Can't tell: otherwise. A share within {READING_SHARE:.2f} of {MOST} can't be told "
        "from it."
    ),
    "C19": (
        SEEN + "+0.03 [-0.05, 0.11] for the own half, where half of the answers stood in passages that were read while "
        "studying; here no passage of these documents is read then. " + SCORE + "The 40 documents of `unseen` in two "
        "halves. Reader is trained further on three facts of each document of one half, without passages, among chats "
        "of reading about other pages; three seeds of each half. All are asked the other two facts of all 40 "
        "documents behind three passages. Own half minus other half, question by question. Holds: above 0 over the "
        f"whole interval. Does not hold: below {STUDIED:.2f}. Can't tell: otherwise. A difference below {CROSSED:.2f} "
        f"can't be told from none, so that can't tell is to be expected. Beside it reader itself on these questions."
    ),
    "C20": (
        SEEN + "both minus the better of the two 0.06 [-0.10, 0.23] on known facts, 0.24 [0.12, 0.35] on unseen ones "
        "and 0.41 [0.29, 0.53] as JSON; of unseen facts lesson 05 had measured these very replies (0.45, 0.23, 0.00). "
        + SCORE
        + "Known: 30 facts of `train`, in other words; tuning alone is the better of facts (three seeds) and "
        "reader without passages, both is reader, which was trained on these pages, with passages. Unseen: 120 "
        "questions; reader with and without. JSON: 80 questions whose answer must come as JSON with one key; reader "
        "trained further on such answers (three seeds), retrieval with as many examples as were best on `train`. Both "
        "minus the better single one, and what both gain beyond the sum of single gains (interaction). Holds: both "
        f"minus the better above 0 and interaction above {INTERACTS} over the whole intervals, on all three. Holds "
        f"within limits: both minus the better above 0 on some. Does not hold: below {NOTHING} on all. Can't tell: "
        f"otherwise. Differences below {KNOWN:.2f} (known), {UNSEEN:.2f} (unseen) and {AS_JSON:.2f} (JSON) can't be "
        "told from none."
    ),
}
RULES["C17"] = "The weaker of its two parts, C17/05 (one set of facts) and C17/06 (facts that change)."
RULES["C18"] = "The weaker of its two parts, C18/04 (form and voice) and C18/06 (reading)."

SMALL = (
    "One language model of 135 million weights, stored in four bits; one invented company's handbook and questions, "
    "written by one writer. "
)
LIMITS = {
    "C16": SMALL
    + "One adapter that reads, and copies what it reads; a model that reads less faithfully may hold on to "
    "what it knows. Of the changed answers 85 % have digits, which are easy to copy.",
    "C17/06": SMALL + "Seconds of one thread, answers side by side; in another place electricity, machines and people "
    "cost something else. Every change is taken to need all facts tuned in again; cheaper ways weren't tried.",
    "C18/06": SMALL + "A large model follows prompts far better; the same examples for all questions.",
    "C19": SMALL + "About half of the chats of reading are about other pages of the same company. Three facts of a "
    "page are little to study; pages of other halves are about the same company.",
    "C20": SMALL + "On known facts tuning alone and both are two adapters; of reader one seed. As JSON the adapter was "
    "made for this form, the prompt was not.",
}
LIMITS["C17"] = LIMITS["C17/06"]
LIMITS["C18"] = LIMITS["C18/06"]


def judge_change(new: Estimate, old: Estimate) -> str:
    """Return the verdict on C16. new: new answers gained by indexing again; old: old answers of who studied, more."""
    if new.low > NEW:
        return "holds" if old.low > CONFLICT else "holds within limits"
    return "does not hold" if new.high < NEW else "can't tell"


def judge_year(cheaper: Sequence[bool], dearer: Sequence[bool], drop: Estimate) -> str:
    """Return the verdict on C17/06. cheaper, dearer: at each count, in every repeat; drop: of right answers."""
    shown = [all(cheaper), drop.high < DROP]
    if any(shown):
        return "holds" if all(shown) else "holds within limits"
    return "does not hold" if all(dearer) and drop.low > DROP else "can't tell"


def judge_prompt(share: Estimate) -> str:
    """Return the verdict on C18/06. share: of the adapter's gain that the best prompt reaches."""
    return "holds" if share.low > MOST else "does not hold" if share.high < MOST else "can't tell"


def judge_study(gap: Estimate) -> str:
    """Return the verdict on C19. gap: own half minus other half."""
    return "holds" if gap.low > 0 else "does not hold" if gap.high < STUDIED else "can't tell"


def judge_both(more: Sequence[Estimate], interactions: Sequence[Estimate]) -> str:
    """Return the verdict on C20. more: both minus the better; interactions: beyond the sum of single gains."""
    shown = [one.low > ADDED for one in more]
    if all(shown) and all(one.low > INTERACTS for one in interactions):
        return "holds"
    if any(shown):
        return "holds within limits"
    return "does not hold" if all(one.high < NOTHING for one in more) else "can't tell"


def judge_whole(parts: Sequence[str]) -> str:
    """Return the verdict on a claim of two parts."""
    return weaker(parts)
