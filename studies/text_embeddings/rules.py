"""The rules of the claims of lesson 02; what had been seen when a rule took this form stands at its head."""

from collections.abc import Mapping

from studies.grouped import Figure
from workshop.score.claims import TRUE_BY_CONSTRUCTION

MEDIUM = 0.3
MARGIN = 0.02
HELD, LIMITED, FAILED, OPEN = "holds", "holds within limits", "does not hold", "can't tell"
SEEN = (
    "Seen before: all of it, in a first measurement in which TF-IDF, BM25 and averages counted different words and "
    "BM25 had only its usual b = 0.75 (MiniLM's 192 numbers as int8 found 0.19 [0.14, 0.24] more than TF-IDF in a "
    "byte a number, at 2.26 MB against 0.68); and that BM25 on TF-IDF's words with b = 0 finds about 0.10 more than "
    "TF-IDF. "
)
AT_FIRST = (
    "Seen before: whether the right document, or a passage with the answer, is among the first five for TF-IDF, BM25 "
    "and MiniLM on all 64 documents (paraphrases in the haystack: 0.45, 0.40 and 0.68 with the answer). "
)

RULES = {
    "C03": (
        f"{SEEN}"
        "Bags of words (TF-IDF with words of 1, 2 or 5 and more passages, BM25 with b of 0.75, 0.5, 0.25 and 0, all on "
        "the same words; as float32 or in one byte a number) "
        "against MiniLM's vectors (384, 192, 128, 64 or 32 numbers, cut by PCA; as float32 or int8). Of each family "
        "the smallest form is taken whose recall@5 on paraphrases in the haystack of 10,000 passages is within 0.02 of "
        "the family's best, chosen on the 10 documents of the split train. Three parts: fewer bytes for the passages, "
        "with the words or PCA's axes; recall@5 on the paraphrases of the other 54 documents not lower by 0.02 (the "
        "whole 95 % interval, documents drawn anew); milliseconds a query, encoding included, no higher. Holds: all "
        "three. Holds within limits: some. Does not hold: none, and recall lower over the whole interval. Can't tell: "
        "otherwise. The encoder's own 90 MB are told beside it. The pilot's ten documents say that a difference of "
        "about 0.07 can be detected."
    ),
    "C04": (
        "Seen before: a first measurement in which averages and Doc2Vec counted function words too, and MiniLM's lead "
        "over TF-IDF, 0.07 [-0.04, 0.19]; averages of content words reached about 0.64. Known from published work: on "
        "these stories counted words reach about 0.5, the best methods of 2005 about 0.6. "
        "50 news stories whose likeness people rated, 1,225 pairs; Pearson's correlation of cosines and mean ratings. "
        "Three families: the mean of skip-gram's word vectors, Doc2Vec (PV-DBOW), both trained ten times on the same "
        "350 stories by one recipe, on the words that TF-IDF counts, and MiniLM, which reads the whole stories. Beside "
        "it stands the area under the curve for pairs rated 3 or more. A family passes if its correlation is above 0.3 "
        "and its difference from TF-IDF above 0, both over the whole 95 % interval (stories drawn anew with all their "
        "pairs, and seeds). "
        "Holds: all three. Holds within limits: some. Does not hold: no difference is above 0 and no interval of a "
        "correlation reaches 0.3. Can't tell: otherwise. 50 passages of the handbook, in place of stories, say that "
        "a difference of about 0.16 can be detected four times out of five: a smaller lead over TF-IDF will often "
        "give can't tell."
    ),
    "C05": (
        "Seen before: the generator of the baskets, which puts the effect in. "
        "Of the 600 latest of 3,000 generated baskets one item is taken away; is it among five recommended from the "
        "others? Item vectors (skip-gram on the 2,400 earlier baskets, ten seeds) against popularity and against "
        "counts of what was bought together. The verdict is true by construction, whatever comes out. If two methods "
        "disagree on a quarter of the baskets, a difference of about 0.06 can be detected."
    ),
    "C27": (
        "Seen before: a first measurement whose context counted function words too: (a) -0.00 [-0.03, 0.03], (b) 0.03 "
        "[-0.00, 0.06]. Separation: the mean cosine of a word's vectors within a sense minus that across, 12 sentences "
        "a word. Six house words of two senses, six control words of one, from the same two sources. (a) MiniLM's "
        "vector of the house word in its sentence against the mean of the static vectors of the sentence's other "
        "content words (MiniLM's own "
        "table; the word's own static vector separates nothing). (b) The house words against the control words, both "
        "in MiniLM, where the source stands in for the sense. Holds: both differences above 0 over the whole 95 % "
        "interval (words drawn anew, and sentences within each sense). Holds within limits: one. Does not hold: both "
        "below 0.02 over the whole interval. Can't tell: otherwise. Six other words whose sentences were split at "
        "random say that a difference of 0.01 can be detected at best: real words differ more."
    ),
    "C29": (
        f"{AT_FIRST}Nothing had been seen with fewer dimensions. "
        "recall@5 on paraphrases of 54 documents in the haystack of 10,000 passages, documents drawn anew: MiniLM cut "
        "from 384 to 128 numbers by PCA fitted on the passages alone, and MiniLM's 384 numbers as int8, each minus the "
        "whole in float32. Holds: both differences above -0.02 over the whole 95 % interval. Holds within limits: one. "
        "Does not hold: both below -0.02 over the whole interval. Can't tell: otherwise. The pilot's ten documents say "
        "that a loss of about 0.03 can be detected at 128: so if there is no loss at all, can't tell is likely for "
        "that part. Of int8 the pilot says nothing: its Wikipedia vectors were int8 already."
    ),
}

LIMITS = {
    "C03": (
        "One company's invented handbook among 9,520 short sentences of Wikipedia about other things. Both kinds of "
        "index could be packed more tightly. The encoder is 90 MB and counts for nothing in the bytes."
    ),
    "C04": (
        "50 stories of one kind, 45 to 126 words each, and two families that learnt from 350 stories alone; Doc2Vec "
        "and skip-gram by one untuned recipe. People's mean rating, not a single reader, is what is met."
    ),
    "C05": (
        "The baskets were generated from hidden reasons: items with a common reason are bought together because the "
        "generator says so. Nothing follows for real shoppers, or for use beside language."
    ),
    "C27": (
        "Six house words, twelve sentences each, chosen by those who invented the company; one encoder. Sentences of "
        "two sources differ in style too, which the control words measure, but not for the same words."
    ),
    "C29": (
        "One encoder, one handbook, distractors about other things. Cutting was fitted on the passages that are "
        "searched, as one would."
    ),
}


def bounds(figure: Figure) -> tuple[float, float]:
    """Return the ends of a figure's 95 % interval."""
    return figure.interval


def judge_price(fewer_bytes: bool, recall: Figure, no_slower: bool) -> str:
    """Return the verdict on C03. recall: of the dense form minus the sparse one."""
    low, high = bounds(recall)
    parts = (fewer_bytes, low > -MARGIN, no_slower)
    if all(parts):
        return HELD
    if any(parts):
        return LIMITED
    return FAILED if high < -MARGIN else OPEN


def judge_documents(families: Mapping[str, tuple[Figure, Figure]]) -> str:
    """Return the verdict on C04. families: of each the correlation and its difference from TF-IDF."""
    ahead = [bounds(lead)[0] > 0 for _, lead in families.values()]
    passed = [first and bounds(own)[0] > MEDIUM for first, (own, _) in zip(ahead, families.values(), strict=True)]
    if all(passed):
        return HELD
    if any(passed):
        return LIMITED
    return FAILED if not any(ahead) and all(bounds(own)[1] < MEDIUM for own, _ in families.values()) else OPEN


def judge_baskets() -> str:
    """Return the verdict on C05: the baskets were generated with the effect in them."""
    return TRUE_BY_CONSTRUCTION


def judge_senses(over_context: Figure, over_control: Figure) -> str:
    """Return the verdict on C27."""
    above = [bounds(one)[0] > 0 for one in (over_context, over_control)]
    if all(above):
        return HELD
    if any(above):
        return LIMITED
    return FAILED if all(bounds(one)[1] < MARGIN for one in (over_context, over_control)) else OPEN


def judge_cut(cut: Figure, small: Figure) -> str:
    """Return the verdict on C29. cut: 128 numbers minus all; small: int8 minus float32."""
    kept = [bounds(one)[0] > -MARGIN for one in (cut, small)]
    if all(kept):
        return HELD
    if any(kept):
        return LIMITED
    return FAILED if all(bounds(one)[1] < -MARGIN for one in (cut, small)) else OPEN
