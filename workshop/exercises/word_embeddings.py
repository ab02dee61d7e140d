"""Lesson 01: counting neighbours, one step of training, and the geometry of word vectors."""

import numpy as np

from workshop.checks.registry import exercise, lesson
from workshop.checks.slips import ARRAY, BAG, CHOICE, RANKING, parts
from workshop.vectors import analogy, cosine, glove_weights, nearest, pair_cosines
from workshop.vectors.agreement import spearman
from workshop.vectors.geometry import unit

lesson(
    "01_word_embeddings",
    title="Word embeddings",
    minutes=85,
    seconds=75,
    libraries=("gensim.models", "gensim.test.utils"),
    causes={
        "below": "fewer epochs or fewer articles than the recipe's, or pairs with unknown words counted as 0.",
        "above": "easier pairs than the fixed ones, or words left out of the comparison.",
    },
)
STEP, AGREED = parts("center", "context", "negatives"), parts("the agreement", "the number of skipped pairs")
WORDS = ["sea", "tide", "ferry", "quay", "rope", "late", "storm", "island", "north", "ticket", "harbour", "deck"]
KEEP_OLD = "give the new vectors names of their own, and use the old ones on every right-hand side."
NORMALISE = "divide every row by its own length first: axis=1, keepdims=True."


def draw_tokens(rng: np.random.Generator, fewest: int, most: int, variety: int) -> list[str]:
    """Return a text of words drawn from a few, so that words come back."""
    return [WORDS[i] for i in rng.integers(0, variety, rng.integers(fewest, most + 1))]


def draw_space(rng: np.random.Generator, count: int, size: int) -> tuple[list[str], np.ndarray]:
    """Return words and vectors of small whole numbers, very different in length, none of them zero."""
    words = [WORDS[i] for i in rng.permutation(len(WORDS))[:count]]
    vectors = rng.integers(-3, 4, (count, size)) * rng.integers(1, 5, (count, 1))
    vectors[~vectors.any(axis=1), 0] = 2
    return words, vectors.astype(float)


@exercise("1.1", title="pair words with their neighbours", points=2, minutes=6, stars=1, room=True, answer=BAG)
def skipgram_pairs(tokens: list[str], window: int) -> list[tuple[str, str]]:
    """Pair each word with the words at most `window` places before and after it."""
    pairs = []
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(len(tokens), i + window + 1)):
            if j != i:
                pairs.append((center, tokens[j]))
    return pairs


skipgram_pairs.tries(
    (["late", "ferry", "waits"], 1), (["the", "late", "ferry", "waits"], 2), (["row", "row", "your", "boat"], 1),
    (["storm", "tide"], 5), (["ferry"], 2), ([], 2),
)  # fmt: skip
skipgram_pairs.draws(lambda rng: (draw_tokens(rng, 5, 7, 4), rng.integers(2, 4)))
skipgram_pairs.mistakes(
    ("if j != i", "if True", "each word is paired with itself too: the window includes its own place.",
     "skip the place in the middle of the window."),
    ("i + window + 1", "i + window",
     "the farthest word on the right is missing: range() and slices stop one before their end.",
     "move the end of the window by one."),
    ([("max(0, i - window)", "i"), ("min(len(tokens), i + window + 1)", "i")],
     "only the words on one side are taken: those after it, or those before.",
     "let the window reach `window` places to both sides, as far as the text does."),
    ("max(0, i - window)", "i - window",
     "words at the start are paired with words at the end: tokens[-1] is the last word.",
     "keep the start of the window from going below 0."),
    ("max(0, i - window)", "i - window if i >= window else i",
     "words near the start lose neighbours before them: a slice that begins at a negative number is empty.",
     "keep the start of the window from going below 0."),
    ("enumerate(tokens)", "[*enumerate(tokens)][window : len(tokens) - window]",
     "only places with a full window get pairs: words near an end have fewer neighbours, but they have some.",
     "go through every place, and let the window be cut off by the text."),
    ("j != i", "tokens[j] != center",
     "a word that stands twice in the window is skipped: the words are compared, not their places.",
     "compare the two positions instead of the two words."),
    ("    return pairs", "        return pairs",
     "only the first word has got its pairs: `return` stands inside the loop over the words.",
     "move `return` to the left, so that it comes after both loops."),
)  # fmt: skip

cosine = exercise(
    "1.2", cosine, title="compare one word with many", points=2, minutes=6, stars=2, room=True, answer=ARRAY
)
cosine.tries(
    (np.array([3.0, 4]), np.array([[6.0, 8], [4, -3], [-3, -4], [5, 0]])),
    (np.array([0, 2.0]), np.array([[3.0, 4], [0, 5]])), (np.array([3.0, 4]), np.array([[0.0, 0], [4, 3]])),
    (np.zeros(2), np.array([[3.0, 4], [0, 0]])), (np.array([2, 0, 0]), np.array([[1, 2, 2]])),
    (np.array([0.3, 0.4]), np.array([[0.3, 0.4], [0.8, 0.6], [5, 0]])),
    (np.array([1.0, 2, 2]), np.array([[1.0, 2, 2], [4, 3, 0], [2, 5, 1]])),
)  # fmt: skip
cosine.draws(lambda rng: (rng.integers(-4, 5, 4).astype(float), draw_space(rng, rng.integers(2, 7), 4)[1]))
cosine.mistakes(
    ("V @ u / np.where(lengths == 0, 1, lengths)", "V @ u",
     "inner products: nothing is divided by the lengths, so long vectors win.",
     "divide by the length of u and by the length of each row of V."),
    ("np.linalg.norm(V, axis=1) * np.linalg.norm(u)", "(V**2).sum(axis=1) * (u**2).sum()",
     "it is divided by squares of the lengths: a length is the root of the added squares.", "take the root of each."),
    (" * np.linalg.norm(u)", "", "the length of u is missing from the division.",
     "divide by both lengths: that of u and that of the row."),
    ("np.linalg.norm(V, axis=1) * ", "0 * V[:, 0] + ", "the lengths of the rows of V are missing from the division.",
     "divide by both lengths: that of u and that of the row."),
    ("np.where(lengths == 0, 1, lengths)", "np.linalg.norm(V, axis=1) * np.linalg.norm(u)",
     "it is divided by the lengths of the rows, then multiplied by that of u: a / b * c is (a / b) * c.",
     "put the product of the lengths in brackets."),
    ("axis=1", "axis=0", "the lengths are taken down the columns of V, not along its rows.",
     "there must be one length for each row, shape (N,); try the other axis."),
    (", axis=1", "", "one length for the whole of V: norm() without an axis takes all its numbers together.",
     "there must be one length for each row, shape (N,); name the axis."),
    ("np.where(lengths == 0, 1, lengths)", "lengths", "a zero vector has length 0, and 0 / 0 is NaN.",
     "give a length of 0 a value that you may divide by; the product above it is 0 anyway."),
    ([("np.where(lengths == 0, 1, lengths)", f"(lengths + {size})") for size in (1, 0.1, 0.01, 1e-3, 1e-4)]
     + [("np.where(lengths == 0, 1, lengths)", "np.maximum(lengths, 1)")]
     + [("axis=1) * np.linalg.norm(u)", f"axis=1) * (np.linalg.norm(u) + {e}) + {e} * (np.linalg.norm(u) + {e})")
        for e in (1, 0.1)],
     "what is added to the lengths against 0 is so large that it changes the other cosines.",
     "add much less, or treat a length of 0 by itself."),
)  # fmt: skip


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-x)) without overflow."""
    return 0.5 * (1 + np.tanh(np.asarray(x) / 2))


@exercise("1.3", title="take one step of skip-gram", points=2, minutes=12, stars=3, answer=STEP)
def negative_sampling_step(
    center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Take one gradient step on the loss of skip-gram, negatives (K, D). Source: Mikolov et al. 2013, eq. 4."""
    pull = 1 - sigmoid(context @ center)
    push = sigmoid(negatives @ center)  # (K,)
    new_center = center + rate * (pull * context - push @ negatives)
    new_context = context + rate * pull * center
    new_negatives = negatives - rate * np.outer(push, center)
    return new_center, new_context, new_negatives


negative_sampling_step.tries(
    (np.array([1.0, 0]), np.array([0, 1.0]), np.array([[0, 2.0]]), 1.0),
    (np.array([1.0, 2]), np.array([2.0, -1]), np.array([[0.0, 0], [4, -2]]), 0.5),
    (np.array([1.0, 1]), np.array([1.0, -1]), np.array([[1.0, 2], [2, 1], [-1, 0]]), 0.5),
    (np.array([1.0, 1]), np.array([1.0, 0]), np.array([[0, 1.0]]), 0.0),
    (np.array([3.0, 0]), np.array([-3.0, 1]), np.array([[3.0, 1], [-3, 0]]), 0.1),
)
negative_sampling_step.draws(
    lambda rng: (*rng.normal(size=(2, 2)).round(1), rng.normal(size=(3, 2)).round(1), rng.choice([0.1, 0.5]))
)
negative_sampling_step.mistakes(
    (("center + rate", "center - rate", "context + rate", "context - rate", "negatives - rate", "negatives + rate"),
     "the step goes uphill: the loss grows.",
     "subtract the gradient of the loss; the center must move towards its context."),
    ([("pull * center", "pull * new_center", "np.outer(push, center)", "np.outer(push, new_center)"),
      ("pull * center", "(1 - sigmoid(context @ new_center)) * new_center",
       "np.outer(push, center)", "np.outer(sigmoid(negatives @ new_center), new_center)")],
     "context and negatives move by the new center: it was replaced before they had used the old one.", KEEP_OLD),
    ("pull * context - push @ negatives",
     "pull * (context + rate * pull * center) - push @ (negatives - rate * np.outer(push, center))",
     "the center moves by the new context and negatives: they were replaced before it had used the old ones.",
     KEEP_OLD),
    ("context - push", "context + push", "the center moves towards the negatives.",
     "turn the sign of their part in the center's step."),
    ("negatives - rate", "negatives + rate", "the negatives move towards the center.",
     "turn the sign of the negatives' step."),
    ([("center + rate * (pull * context - push", "center - rate * (pull * context + push"),
      ("1 - sigmoid(context", "-1 + sigmoid(context")],
     "the center moves away from its context, as from the negatives: the signs of the two parts are mixed up.",
     "with pull = 1 - σ, a strength, the context's part is added and the negatives' parts are subtracted."),
    ("1 - sigmoid(context", "sigmoid(context",
     "the context pulls by its sigmoid: the better the pair fits already, the harder it pulls.",
     "the pull is the error: how far the sigmoid still is from its target, which is 1 for the context."),
    ("push = sigmoid(", "push = 1 - sigmoid(",
     "the negatives push by 1 minus their sigmoid, as the context pulls: the nearest ones hardly move.",
     "the push is the error: how far the sigmoid still is from its target, which is 0 for a negative."),
    (("sigmoid(context", "sigmoid(-context", "sigmoid(negatives", "sigmoid(-negatives"),
     "the sigmoid is turned round: it falls where it should rise.",
     "look at the sign inside exp(): of a large x the sigmoid is nearly 1."),
    (("sigmoid(context", "(context", "sigmoid(negatives", "(negatives"),
     "the inner products are used as they are, without the sigmoid.",
     "send each inner product through 1 / (1 + exp(-x)) first."),
    ([("push @ negatives", "push @ negatives / len(push)"),
      ("push @ negatives", "push @ negatives / len(push)", "np.outer(push,", "np.outer(push / len(push),")],
     "the negatives' pushes are averaged: the loss is a sum over the negatives.",
     "add the pushes up, without dividing by their number."),
    ([("push @ negatives", f"push[{place}] * negatives[{place}]") for place in (-1, 0)],
     "only one of the negatives pushes the center: each replaces the one before.", "add the pushes up."),
    ("return new_center, new_context, new_negatives",
     "return [old + rate * (np.log(1 - pull) + np.log(1 - push).sum()) for old in (center, context, negatives)]",
     "the loss itself is subtracted: one number, the same for all. Its slope says which way each vector must move.",
     "take the gradient of the loss for each of the three; the direction under the card says what it is made of."),
)  # fmt: skip


@exercise("1.4", title="count neighbours by distance", points=2, minutes=8, stars=2, answer=ARRAY)
def cooccurrence(tokens: list[str], vocabulary: list[str], window: int) -> np.ndarray:
    """Count neighbours in both directions, each weighted by 1 / distance; shape (V, V)."""
    row = {word: place for place, word in enumerate(vocabulary)}
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(len(tokens), i + window + 1)):
            if j != i and center in row and tokens[j] in row:
                counts[row[center], row[tokens[j]]] += 1 / abs(i - j)
    return counts


cooccurrence.tries(
    (["late", "ferry", "waits"], ["ferry", "late", "waits"], 2),
    (["row", "row", "your", "boat"], ["boat", "row", "your"], 2), (["late", "old", "ferry"], ["ferry", "late"], 2),
    (["late"], ["ferry", "late"], 2),
)  # fmt: skip
cooccurrence.draws(
    lambda rng: (draw_tokens(rng, 7, 10, 4), [WORDS[i] for i in rng.permutation(4)[:3]], rng.integers(2, 5))
)
cooccurrence.mistakes(
    ("1 / abs(i - j)", "1", "every neighbour counts 1, the far ones as much as the next.",
     "add 1 divided by the distance between the two places."),
    ([("abs(i - j)", "(j - i)"), ("abs(i - j)", "(i - j)")],
     "neighbours on one side count less than nothing: a distance is never negative.",
     "take the distance without its sign."),
    ("abs(i - j)", "(abs(i - j) + 1)",
     "every weight is too small: the next word counts 1/2, as if it stood two places away.",
     "the distance to the next word is 1."),
    ([("max(0, i - window)", "i"), ("min(len(tokens), i + window + 1)", "i")],
     "one-sided: only neighbours on one side of the word are counted, so the matrix isn't symmetric.",
     "count each pair in both directions."),
    ("max(0, i - window)", "i - window", "words at the start meet words at the end: tokens[-1] is the last word.",
     "keep the start of the window from going below 0."),
    ("+=", "=", "a later meeting replaces the earlier one (=) instead of adding to it.",
     "add to what the cell holds already."),
    ("enumerate(tokens)", "enumerate(tokens := [word for word in tokens if word in row])",
     "words outside the vocabulary are removed first, so their neighbours move closer together.",
     "keep every word at its place, and skip the unknown ones only when you count."),
    ("j != i and", "tokens[j] != center and",
     "a word that stands twice in the window is skipped: the words are compared, not their places.",
     "compare the two positions instead of the two words."),
    ([("    return counts", "        return counts"), ("    return counts", "            return counts")],
     "only the first word is counted, if any: `return` stands inside a loop.",
     "move `return` to the left, so that it comes after both loops."),
)  # fmt: skip

glove_weights = exercise(
    "1.5", glove_weights, title="weigh the counts as GloVe does", points=1, minutes=4, stars=1, answer=ARRAY
)
glove_weights.tries(
    (np.array([0.0, 25, 100, 400]), 100, 0.5), (np.array([[50.0, 2], [8, 0]]), 8, 0.5),
    (np.array([0, 1, 16, 81]), 81, 0.25), (np.array([0.5]), 2, 2.0),
)  # fmt: skip
glove_weights.draws(lambda rng: (rng.integers(0, 40, (2, 3)), 20, round(rng.uniform(0.3, 0.9), 2)))
POWERS = ("counts**alpha / x_max", "counts / x_max**alpha")
CAPPED = ("np.minimum({}, 1)", "np.where(counts <= x_max, {}, 1)", "np.where(counts < x_max, {}, 1)")
glove_weights.mistakes(
    ("np.minimum(counts / x_max, 1)", "(counts / x_max)", "weights above 1: frequent pairs aren't capped.",
     "from x_max on, every weight is 1."),
    ("np.minimum(counts / x_max, 1)", "np.where(counts == 0, 1, np.minimum(counts / x_max, 1))",
     "pairs that were never seen get the full weight: their logarithm would be minus infinity.",
     "look at a count of 0: it must weigh 0."),
    ([("counts / x_max", "(counts + 1) / x_max"), ("counts / x_max", "np.maximum(counts, 1) / x_max")],
     "1 is added to the counts, or stands for 0, so pairs that were never seen weigh something.",
     "use the counts as they are; nothing has to be kept from 0 here."),
    ("np.minimum(counts / x_max, 1)", "np.where(counts < x_max, counts / x_max, 0)",
     "frequent pairs weigh nothing: above x_max the weight is 0.", "from x_max on, every weight is 1."),
    ([("np.minimum(counts / x_max, 1) ** alpha", form.format(power)) for form in CAPPED for power in POWERS]
     + [("np.minimum(counts / x_max, 1) ** alpha", "np.minimum(counts, x_max) / x_max**alpha")],
     "the power is taken before the division: ** binds tighter than * and /.", "put counts / x_max in brackets."),
    (" ** alpha", "", "alpha isn't used: the weight grows in a straight line.", "raise the share to the power alpha."),
    ([("counts / x_max, 1) ** alpha", "alpha * counts / x_max, 1)"), (" ** alpha", " * alpha")],
     "alpha is multiplied, not used as a power.", "raising to a power is ** in Python."),
    (("x_max", "100", "alpha", "0.75"), "the published values 100 and 0.75 are used, whatever is given.",
     "use the arguments x_max and alpha."),
    ("counts / x_max", "counts // x_max", "// divides without a rest, so all counts below x_max weigh 0.",
     "divide with a single /."),
)  # fmt: skip

SPACE = (["sea", "ocean", "port", "rope"], np.array([[1.0, 0], [2, 1], [3, 4], [-1, 0]]))


def draw_nearest(rng: np.random.Generator) -> tuple[str, list[str], np.ndarray, int]:
    """Draw a space in which no two words are about equally near to the first one, nor have the same product with it."""
    while True:
        words, vectors = draw_space(rng, rng.integers(6, 9), 3)
        scores = np.sort([cosine(vectors[0], vectors), vectors @ vectors[0]])
        if np.diff(scores).min() > 0.01:
            return words[0], words, vectors, 4


nearest = exercise(
    "1.6", nearest, title="find the nearest words", points=2, minutes=6, stars=2, room=True, answer=RANKING
)
nearest.tries(
    ("sea", *SPACE, 2), ("rope", *SPACE, 3),
    ("ship", ["boat", "ship", "rope"], np.array([[1.0, 2], [1, 2], [2, 1]]), 1),
    ("ship", ["ship", "boat", "rope"], np.array([[1.0, 2], [1, 2], [2, 1]]), 1), ("sea", *SPACE, 9),
    ("sea", ["sea"], SPACE[1][:1], 2),
)  # fmt: skip
nearest.draws(draw_nearest, times=3)
nearest.mistakes(
    ("-cosine(vectors[words.index(word)], vectors)", "-vectors @ vectors[words.index(word)]",
     "the ranking is by inner products, so long vectors come first.", NORMALISE),
    ([("[words[i] for i in order if words[i] != word][:k]", "[words[i] for i in order][1 : k + 1]"),
      ("order if words[i] != word][:k]", "np.argsort(cosine(vectors[words.index(word)], vectors))[::-1]][1 : k + 1]")],
     "the first of the ranking is dropped unseen; where another word has the same direction, that may be the one.",
     "leave out the word itself by its name or its place."),
    ("][:k]", "][: max(k - 1, 0)]",
     "one word is missing: k were taken first, and then the word itself was removed from them.",
     "remove first, then take k."),
    ("-cosine", "cosine", "the farthest words come first: argsort() sorts upwards.", "turn the order round."),
    ("-cosine(vectors[words.index(word)], vectors)", "np.linalg.norm(vectors - vectors[words.index(word)], axis=1)",
     "the ranking is by straight-line distance, in which the lengths of the vectors count.", NORMALISE),
    ("-cosine(vectors[words.index(word)], vectors)",
     "-(vectors / np.linalg.norm(vectors, axis=0) ** 2) @ vectors[words.index(word)]",
     "the columns are brought to length 1, not the rows: the lengths are taken along the wrong axis.",
     "there must be one length for each word; try the other axis."),
)  # fmt: skip


def draw_analogy(rng: np.random.Generator) -> tuple[str, str, str, list[str], np.ndarray]:
    """Draw three words and a space in which one answer is clearly the best."""
    while True:
        count = rng.integers(5, 9)
        words, vectors = draw_space(rng, count, 3)
        a, b, c = rng.permutation(count)[:3]
        step = unit(vectors)[b] - unit(vectors)[a] + unit(vectors)[c]
        if np.ptp(np.sort(cosine(step, np.delete(vectors, [a, b, c], axis=0)))[-2:]) > 0.02:
            return words[a], words[b], words[c], words, vectors


analogy = exercise("1.7", analogy, title="complete the analogy", points=2, minutes=7, stars=2, room=True, answer=CHOICE)
ROYAL = ["man", "king", "woman", "queen", "boat"]
FIVE = ["sea", "tide", "rope", "quay", "deck"]
analogy.tries(
    (*ROYAL[:3], ROYAL, np.array([[2.0, 0, 0], [3, 0, 4], [0, 5, 0], [0, 3, 4], [0, 0, 9]])),
    (*FIVE[:3], [FIVE[4], *FIVE[:4]], np.array([[-1.0, 0], [1, 0], [1, 0.1], [1, 0.2], [0, 1]])),
    ("tide", "sea", "rope", FIVE, np.array([[1.0, 0], [0, 1], [0.8, 0.6], [-2, 0.2], [-0.9, 0.45]])),
    (*FIVE[:3], FIVE[:4], np.array([[1.0, 0], [1, 0.1], [1, 0.2], [0, 1]])),
    (*FIVE[:3], FIVE, np.array([[1.0, 0, 0], [0, 4, 0], [0, 0, 1], [-5, 10, 10], [0, 12, 9]])),
    (*FIVE[:3], FIVE, np.array([[0, 15.0], [-2, 15], [-3, 15], [-1, 5], [-3, -5]])),
)
analogy.draws(draw_analogy, times=7)
analogy.mistakes(
    ("scores[rows] = -np.inf", "pass",
     "one of the three given words is the answer: they are nearly always the nearest themselves.",
     "leave a, b and c out of the candidates."),
    ([("scores[rows]", f"scores[{some}]") for some in ("rows[2]", "rows[1]", "rows[1:]", "rows[:2]", "rows[0]")],
     "one of the three given words may still be the answer: not all of them are left out.", "leave out all three."),
    ("unit(vectors)", "vectors",
     "the vectors keep their lengths: nothing is divided, or all by one number, as norm() without an axis gives it.",
     NORMALISE),
    (("unit(vectors)", "unit(raw := vectors)",
      "(vectors[rows[1]] - vectors[rows[0]] + vectors[rows[2]])", "(raw[rows[1]] - raw[rows[0]] + raw[rows[2]])"),
     "b - a + c is made of vectors with their old lengths; only the candidates have length 1.",
     "bring every vector to length 1 before you add and subtract."),
    ("vectors[rows[1]] - vectors[rows[0]]", "vectors[rows[0]] - vectors[rows[1]]",
     "a and b are exchanged: this is a - b + c.", "the step leads from a to b; take it from c."),
    ("+ vectors[rows[2]]", "- vectors[rows[2]]", "c is subtracted: this is b - a - c.",
     "the step leads from a to b; take it from c."),
    ([("-np.inf", "0"), ("-np.inf", "-1")],
     "the three given words get a score that others can fall below, so where all are far away one of them wins.",
     "give them a score below all that can occur, or leave them out of the candidates."),
    ("unit(vectors)", "vectors / np.linalg.norm(vectors, axis=0)",
     "the columns are brought to length 1, not the rows: the lengths are taken along the wrong axis.",
     "there must be one length for each word; try the other axis."),
)  # fmt: skip


@exercise("1.8", title="cut a word into pieces", points=1, minutes=5, stars=1, answer=BAG)
def character_ngrams(word: str, shortest: int, longest: int) -> list[str]:
    """Cut <word> into all n-grams from the shortest to the longest. Source: Bojanowski et al. 2017."""
    marked = f"<{word}>"
    sizes = range(shortest, longest + 1)
    return [marked[i : i + size] for size in sizes for i in range(len(marked) - size + 1)]


character_ngrams.tries(
    ("quay", 3, 4), ("banana", 3, 5), ("sea", 2, 3), ("a", 3, 6), ("ferry", 2, 2),
)  # fmt: skip
character_ngrams.draws(lambda rng: ("".join(rng.choice([*"abn"], 7)), rng.integers(2, 4), rng.integers(4, 7)))
character_ngrams.mistakes(
    ([('f"<{word}>"', "word"), ('f"<{word}>"', 'f"{word}>"')],
     "the marks < and > are missing, or the first of them, so the start of a word looks like its middle.",
     "put a mark at each end of the word before you cut it."),
    ("longest + 1", "longest", "the pieces of the longest size are missing: range() stops one before its end.",
     "let the last size be `longest` itself."),
    ("size + 1", "size", "the last piece of every size is missing, the one that ends with >.",
     "is the mark > there? Then count by hand how many pieces of 3 letters fit into a text of 6."),
    ("len(marked) - size + 1", "len(marked)",
     "stumps at the end: a slice beyond the end of a text is shorter than asked for.",
     "stop where a whole piece still fits."),
    ([("range(shortest, longest + 1)", sizes) for sizes in ("[shortest]", "[longest]", "sorted({shortest, longest})")],
     "only the pieces of one or two sizes are there: the shortest, the longest, or both.",
     "repeat the cutting for every size from `shortest` up to `longest`. Does `return` stand inside the loop?"),
)  # fmt: skip


@exercise("1.9", title="ask whether people agree", points=2, minutes=8, stars=3, answer=AGREED)
def agreement_with_people(
    pairs: list[tuple[str, str]], ratings: np.ndarray, words: list[str], vectors: np.ndarray
) -> tuple[float, int]:
    """Return Spearman's correlation of cosines with ratings, and how many pairs were skipped as unknown."""
    known = [i for i, (first, second) in enumerate(pairs) if first in words and second in words]
    cosines = pair_cosines([pairs[i] for i in known], words, vectors)
    return float(spearman(cosines, ratings[known])), len(pairs) - len(known)


def draw_ratings(rng: np.random.Generator) -> tuple[list[tuple[str, str]], np.ndarray, list[str], np.ndarray]:
    """Draw pairs, two with an unknown word, and whole ratings, some of them equal; no two cosines nearly equal."""
    while True:
        words, vectors = draw_space(rng, 6, 3)
        pairs = [(words[i], words[j]) for i, j in ((0, 1), (2, 3), (4, 5), (0, 3), (2, 5))]
        if np.diff(np.sort(pair_cosines(pairs, words, vectors))).min() > 0.01:
            pairs = [*pairs[:2], ("lantern", words[1]), *pairs[2:], (words[2], "lantern")]
            return pairs, np.array([9.0, 1, *rng.integers(0, 11, len(pairs) - 2)]), words, vectors


ALL_SCORED = "[cosines[known.index(i)] if i in known else 0 for i in range(len(pairs))], ratings"
COSINES = "pair_cosines([pairs[i] for i in known], words, vectors)"
VECTORS = "for u, v in (vectors[[words.index(word) for word in pairs[i]]] for i in known)]"
LIBRARY = ("cosines = ", "from scipy.stats import spearmanr\n    cosines = ")
agreement_with_people.tries(
    ([("sea", "ocean"), ("sea", "moon"), ("sea", "port"), ("sea", "rope")], np.array([9.0, 1, 2, 5]), *SPACE),
    ([("sun", "sea"), ("sea", "port"), ("sea", "rope"), ("ocean", "port")], np.array([8.0, 5, 5, 9]), *SPACE),
    ([("sea", "ocean"), ("sea", "port"), ("sea", "rope")], np.array([9.0, 6, 0]), *SPACE),
)
agreement_with_people.draws(draw_ratings, times=3)
agreement_with_people.mistakes(
    ([("cosines, ratings[known]", ALL_SCORED), ("cosines, ratings[known]", ALL_SCORED, "len(pairs) - len(known)", "0")],
     "pairs with an unknown word are scored 0, as if people found them unrelated.",
     "leave such pairs out of both lists, and count them."),
    ("spearman(cosines, ratings[known])", "np.corrcoef(cosines, ratings[known])[0, 1]",
     "Pearson's correlation, which compares the numbers; Spearman's compares their ranks.",
     "use the rank correlation."),
    ("ratings[known]", "ratings[: len(known)]",
     "the ratings have slipped: after a skipped pair, each pair is compared with the rating of another.",
     "skip the rating together with its pair."),
    ("len(pairs) - len(known)", "len(known)", "the second number counts the pairs that were used.",
     "return how many were skipped."),
    (COSINES, f"[u @ v {VECTORS}", "pairs are scored by inner products, so long vectors score high.",
     "score a pair by the cosine of its two vectors."),
    (COSINES, f"[np.linalg.norm(u - v) {VECTORS}",
     "pairs are scored by their distance, which falls where likeness grows, and in which lengths count.",
     "score a pair by the cosine of its two vectors."),
    ("spearman(cosines, ratings[known])",
     "np.corrcoef(*(np.argsort(np.argsort(x, kind='stable')) for x in (cosines, ratings[known])))[0, 1]",
     "equal ratings get different ranks, by their place in the list.",
     "let equal values share the mean of their ranks; a library's function does."),
    ([(*LIBRARY, "float(spearman(cosines, ratings[known]))", "list(spearmanr(cosines, ratings[known]))"),
      (*LIBRARY, "float(spearman(cosines, ratings[known])), len(pairs) - len(known)",
       "list(spearmanr(cosines, ratings[known]))")],
     "the library's whole result is returned: the correlation together with its p-value.",
     "take the correlation out of it, and return that and the number of skipped pairs."),
    ((*LIBRARY, "float(spearman(cosines, ratings[known]))", "spearmanr(cosines, ratings[known])[1]"),
     "the p-value is returned: how often chance alone would give as much, not how strong the agreement is.",
     "take the other part of the library's result."),
)  # fmt: skip
