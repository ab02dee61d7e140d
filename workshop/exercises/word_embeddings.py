"""Lesson 01: counting neighbours, one step of training, and the geometry of word vectors."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workshop.checks.registry import exercise, lesson
from workshop.checks.slips import ARRAY, BAG, CHOICE, RANKING, parts
from workshop.vectors import analogy, cosine, glove_weights, nearest, pair_cosines
from workshop.vectors.agreement import spearman
from workshop.vectors.geometry import unit

lesson(
    "01_word_embeddings",
    title="Word embeddings",
    minutes=60,
    causes={
        "below": "fewer epochs or fewer articles than the recipe's, or pairs with unknown words counted as 0.",
        "above": "easier pairs than the fixed ones, or words left out of the comparison.",
    },
)
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


@exercise(
    "1.1",
    title="pair words with their neighbours",
    points=2,
    minutes=6,
    stars=1,
    room=True,
    answer=BAG,
    card=(["late", "ferry", "waits"], 1),
)
def skipgram_pairs(tokens: list[str], window: int) -> list[tuple[str, str]]:
    """Pair each word with the words at most `window` places before and after it."""
    pairs = []
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(len(tokens), i + window + 1)):
            if j != i:
                pairs.append((center, tokens[j]))
    return pairs


skipgram_pairs.tries(
    (["the", "late", "ferry", "waits"], 2),
    (["row", "row", "your", "boat"], 1),
    (["storm", "tide"], 5),
    (["ferry"], 2),
    ([], 2),
)
skipgram_pairs.draws(lambda rng: (draw_tokens(rng, 6, 9, 5), int(rng.integers(2, 4))))
skipgram_pairs.mistakes(
    (
        "if j != i",
        "if True",
        "each word is paired with itself too: the window includes its own place.",
        "skip the place in the middle of the window.",
    ),
    (
        "i + window + 1",
        "i + window",
        "the farthest word on the right is missing: range() and slices stop one before their end.",
        "move the end of the window by one.",
    ),
    (
        [("max(0, i - window)", "i"), ("min(len(tokens), i + window + 1)", "i")],
        "only the words on one side are taken: those after it, or those before.",
        "let the window reach `window` places to both sides, as far as the text does.",
    ),
    (
        "max(0, i - window)",
        "i - window",
        "words at the start are paired with words at the end: tokens[-1] is the last word.",
        "keep the start of the window from going below 0.",
    ),
    (
        "max(0, i - window)",
        "i - window if i >= window else i",
        "words near the start lose neighbours before them: a slice that begins at a negative number is empty.",
        "keep the start of the window from going below 0.",
    ),
    (
        [
            ("enumerate(tokens)", "[*enumerate(tokens)][window : len(tokens) - window]"),
            ("enumerate(tokens)", "[*enumerate(tokens)][: max(0, len(tokens) - window)]"),
        ],
        "only places with a full window get pairs: words near an end have fewer neighbours, but they have some.",
        "go through every place, and let the window be cut off by the text.",
    ),
    (
        "j != i",
        "tokens[j] != center",
        "a word that stands twice in the window is skipped: the words are compared, not their places.",
        "compare the two positions instead of the two words.",
    ),
    (
        "    return pairs",
        "        return pairs",
        "only the first word has got its pairs: `return` stands inside the loop over the words.",
        "move `return` to the left, so that it comes after both loops.",
    ),
)

cosine = exercise(
    "1.2",
    cosine,
    title="compare one word with many",
    points=2,
    minutes=6,
    stars=2,
    room=True,
    answer=ARRAY,
    card=(np.array([3.0, 4]), np.array([[6.0, 8], [4, -3], [-3, -4], [5, 0]])),
)
cosine.tries(
    (np.array([0, 2.0]), np.array([[3.0, 4], [0, 5]])),
    (np.array([3.0, 4]), np.array([[0.0, 0], [4, 3]])),
    (np.zeros(2), np.array([[3.0, 4], [0, 0]])),
    (np.array([2, 0, 0]), np.array([[1, 2, 2]])),
    (np.array([0.3, 0.4]), np.array([[0.3, 0.4], [0.8, 0.6], [5, 0]])),
    (np.array([1.0, 2, 2]), np.array([[1.0, 2, 2], [4, 3, 0], [2, 5, 1]])),
)
cosine.draws(lambda rng: (rng.integers(-4, 5, 4).astype(float), draw_space(rng, int(rng.integers(2, 7)), 4)[1]))
cosine.mistakes(
    (
        "V @ u / np.where(lengths == 0, 1, lengths)",
        "V @ u",
        "inner products: nothing is divided by the lengths, so long vectors win.",
        "divide by the length of u and by the length of each row of V.",
    ),
    (
        " * np.linalg.norm(u)",
        "",
        "the length of u is missing from the division.",
        "divide by both lengths: that of u and that of the row.",
    ),
    (
        "np.linalg.norm(V, axis=1) * ",
        "0 * V[:, 0] + ",
        "the lengths of the rows of V are missing from the division.",
        "divide by both lengths: that of u and that of the row.",
    ),
    (
        "np.where(lengths == 0, 1, lengths)",
        "np.linalg.norm(V, axis=1) * np.linalg.norm(u)",
        "it is divided by the lengths of the rows, then multiplied by that of u: a / b * c is (a / b) * c.",
        "put the product of the lengths in brackets.",
    ),
    (
        "axis=1",
        "axis=0",
        "the lengths are taken down the columns of V, not along its rows.",
        "there must be one length for each row, shape (N,); try the other axis.",
    ),
    (
        ", axis=1",
        "",
        "one length for the whole of V: norm() without an axis takes all its numbers together.",
        "there must be one length for each row, shape (N,); name the axis.",
    ),
    (
        "np.where(lengths == 0, 1, lengths)",
        "lengths",
        "a zero vector has length 0, and 0 / 0 is NaN.",
        "give a length of 0 a value that you may divide by; the product above it is 0 anyway.",
    ),
    (
        "np.where(lengths == 0, 1, lengths)",
        "np.where(lengths == 0, 1, lengths) ** 2",
        "the division is by squared lengths: the square root is missing.",
        "the length of [3, 4] is 5, not 25.",
    ),
    (
        "V @ u",
        "u @ V",
        "u and V can't be multiplied in this order: the last axis of the first must fit the first axis of the second.",
        "print both shapes. Each row of V is to meet u.",
    ),
    (
        [
            *(("np.where(lengths == 0, 1, lengths)", f"(lengths + {size})") for size in (1, 0.1, 0.01, 1e-3, 1e-4)),
            *(("np.where(lengths == 0, 1, lengths)", f"np.maximum(lengths, {size})") for size in (1, 0.1)),
            (
                "np.linalg.norm(V, axis=1) * np.linalg.norm(u)",
                "(np.linalg.norm(V, axis=1) + 1) * (np.linalg.norm(u) + 1)",
            ),
            (
                "np.linalg.norm(V, axis=1) * np.linalg.norm(u)",
                "(np.linalg.norm(V, axis=1) + .1) * (np.linalg.norm(u) + .1)",
            ),
        ],
        "what is added to the lengths against 0 is so large that it changes the other cosines.",
        "add much less, or treat a length of 0 by itself.",
    ),
)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-x)) without overflow."""
    return 0.5 * (1 + np.tanh(np.asarray(x) / 2))


@exercise(
    "1.3",
    title="take one step of skip-gram",
    points=2,
    minutes=12,
    stars=3,
    answer=parts("center", "context", "negatives"),
    card=(np.array([1.0, 0]), np.array([0, 1.0]), np.array([[0, 2.0]]), 1.0),
)
def negative_sampling_step(
    center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Take one gradient step on the skip-gram loss with negative sampling.

    center, context: (D,); negatives: (K, D). Returns the three after the step. Source: Mikolov et al. 2013, eq. 4.
    """
    pull = 1 - sigmoid(context @ center)
    push = sigmoid(negatives @ center)  # (K,)
    new_center = center + rate * (pull * context - push @ negatives)
    new_context = context + rate * pull * center
    new_negatives = negatives - rate * np.outer(push, center)
    return new_center, new_context, new_negatives


def draw_step(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Draw three vectors or more of numbers with one digit, and a rate."""
    size, count = rng.integers(2, 4), rng.integers(2, 4)
    draw = rng.normal(size=(2 + count, size)).round(1)
    return draw[0], draw[1], draw[2:], round(float(rng.uniform(0.1, 0.9)), 1)


negative_sampling_step.tries(
    (np.array([1.0, 2]), np.array([2.0, -1]), np.array([[0.0, 0], [4, -2]]), 0.5),
    (np.array([1.0, 1]), np.array([1.0, -1]), np.array([[1.0, 2], [2, 1], [-1, 0]]), 0.5),
    (np.array([1.0, 1]), np.array([1.0, 0]), np.array([[0, 1.0]]), 0.0),
    (np.array([3.0, 0]), np.array([-3.0, 1]), np.array([[3.0, 1], [-3, 0]]), 0.1),
)
negative_sampling_step.draws(draw_step)
negative_sampling_step.mistakes(
    (
        ("center + rate", "center - rate", "context + rate", "context - rate", "negatives - rate", "negatives + rate"),
        "the step goes uphill: the loss grows.",
        "subtract the gradient of the loss; the center must move towards its context.",
    ),
    (
        [
            ("pull * center", "pull * new_center", "np.outer(push, center)", "np.outer(push, new_center)"),
            ("rate * pull * center", "rate * (1 - sigmoid(context @ new_center)) * new_center")
            + ("np.outer(push, center)", "np.outer(sigmoid(negatives @ new_center), new_center)"),
        ],
        "context and negatives move by the new center: it was replaced before they had used the old one.",
        KEEP_OLD,
    ),
    (
        "pull * context - push @ negatives",
        "pull * (context + rate * pull * center) - push @ (negatives - rate * np.outer(push, center))",
        "the center moves by the new context and negatives: they were replaced before it had used the old ones.",
        KEEP_OLD,
    ),
    (
        "context - push",
        "context + push",
        "the center moves towards the negatives.",
        "turn the sign of their part in the center's step.",
    ),
    (
        "negatives - rate",
        "negatives + rate",
        "the negatives move towards the center.",
        "turn the sign of the negatives' step.",
    ),
    (
        "center + rate * (pull * context - push",
        "center - rate * (pull * context + push",
        "the center moves away from its context, as from the negatives: the signs of the two parts are mixed up.",
        "with pull = 1 - σ, a strength, the context's part is added and the negatives' parts are subtracted.",
    ),
    (
        "1 - sigmoid(context",
        "sigmoid(context",
        "the context pulls by its sigmoid: the better the pair fits already, the harder it pulls.",
        "the pull is the error: how far the sigmoid still is from its target, which is 1 for the context.",
    ),
    (
        "push = sigmoid(",
        "push = 1 - sigmoid(",
        "the negatives push by 1 minus their sigmoid, as the context pulls: the nearest ones hardly move.",
        "the push is the error: how far the sigmoid still is from its target, which is 0 for a negative.",
    ),
    (
        ("sigmoid(context", "sigmoid(-context", "sigmoid(negatives", "sigmoid(-negatives"),
        "the sigmoid is turned round: it falls where it should rise.",
        "look at the sign inside exp(): of a large x the sigmoid is nearly 1.",
    ),
    (
        ("sigmoid(context", "(context", "sigmoid(negatives", "(negatives"),
        "the inner products are used as they are, without the sigmoid.",
        "send each inner product through 1 / (1 + exp(-x)) first.",
    ),
    (
        [
            ("push @ negatives", "push @ negatives / len(push)"),
            ("push @ negatives", "push @ negatives / len(push)", "np.outer(push,", "np.outer(push / len(push),"),
        ],
        "the negatives' pushes are averaged: the loss is a sum over the negatives.",
        "add the pushes up, without dividing by their number.",
    ),
    (
        [("push @ negatives", f"push[{place}] * negatives[{place}]") for place in (-1, 0)],
        "only one of the negatives pushes the center: each replaces the one before.",
        "add the pushes up.",
    ),
    (
        ("rate * (pull", "1 * (pull", "rate * pull", "pull", "rate * np", "1 * np"),
        "the learning rate isn't used.",
        "multiply each step by `rate`.",
    ),
    (
        lambda center, context, negatives, rate: [
            old - rate * (np.logaddexp(0, -context @ center) + np.logaddexp(0, negatives @ center).sum())
            for old in (center, context, negatives)
        ],
        "the loss itself is subtracted: one number, the same for all. Its slope says which way each vector must move.",
        "take the gradient of the loss for each of the three; the direction under the card says what it is made of.",
    ),
)


@exercise(
    "1.4",
    title="count neighbours by distance",
    points=2,
    minutes=8,
    stars=2,
    answer=ARRAY,
    card=(["late", "ferry", "waits"], ["ferry", "late", "waits"], 2),
)
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
    (["row", "row", "your", "boat"], ["boat", "row", "your"], 2),
    (["late", "old", "ferry"], ["ferry", "late"], 2),
    (["late"], ["ferry", "late"], 2),
)
cooccurrence.draws(
    lambda rng: (draw_tokens(rng, 7, 10, 4), [WORDS[i] for i in rng.permutation(4)[:3]], int(rng.integers(2, 5)))
)
cooccurrence.mistakes(
    (
        "1 / abs(i - j)",
        "1",
        "every neighbour counts 1, the far ones as much as the next.",
        "add 1 divided by the distance between the two places.",
    ),
    (
        [("abs(i - j)", "(j - i)"), ("abs(i - j)", "(i - j)")],
        "neighbours on one side count less than nothing: a distance is never negative.",
        "take the distance without its sign.",
    ),
    (
        "abs(i - j)",
        "(abs(i - j) + 1)",
        "every weight is too small: the next word counts 1/2, as if it stood two places away.",
        "the distance to the next word is 1.",
    ),
    (
        "abs(i - j)",
        "(i - j) ** 2",
        "the weight falls with the square of the distance.",
        "check the weight of two words that stand two places apart: it is 1/2.",
    ),
    (
        [("max(0, i - window)", "i"), ("min(len(tokens), i + window + 1)", "i")],
        "one-sided: only neighbours on one side of the word are counted, so the matrix isn't symmetric.",
        "count each pair in both directions.",
    ),
    (
        "max(0, i - window)",
        "i - window",
        "words at the start meet words at the end: tokens[-1] is the last word.",
        "keep the start of the window from going below 0.",
    ),
    (
        "1 / abs(i - j)",
        "2 / abs(i - j)",
        "everything counts double: each pair is met from both of its ends, and each time both cells get their share.",
        "either go through both sides and fill one cell, or through one side and fill two.",
    ),
    (
        "+=",
        "=",
        "a later meeting replaces the earlier one (=) instead of adding to it.",
        "add to what the cell holds already.",
    ),
    (
        "enumerate(tokens)",
        "enumerate(tokens := [word for word in tokens if word in row])",
        "words outside the vocabulary are removed first, so their neighbours move closer together.",
        "keep every word at its place, and skip the unknown ones only when you count.",
    ),
    (
        "j != i and",
        "tokens[j] != center and",
        "a word that stands twice in the window is skipped: the words are compared, not their places.",
        "compare the two positions instead of the two words.",
    ),
    (
        [("    return counts", "        return counts"), ("    return counts", "            return counts")],
        "only the first word is counted, if any: `return` stands inside a loop.",
        "move `return` to the left, so that it comes after both loops.",
    ),
)

glove_weights = exercise(
    "1.5",
    glove_weights,
    title="weigh the counts as GloVe does",
    points=1,
    minutes=4,
    stars=1,
    answer=ARRAY,
    card=(np.array([0.0, 25, 100, 400]), 100, 0.5),
)
glove_weights.tries(
    (np.array([[50.0, 2], [8, 0]]), 8, 0.5),
    (np.array([0, 1, 16, 81]), 81, 0.25),
    (np.array([0.5]), 2, 2.0),
)
glove_weights.draws(lambda rng: (rng.integers(0, 40, (2, 3)), 20, round(float(rng.uniform(0.3, 0.9)), 2)))
glove_weights.mistakes(
    (
        "np.minimum(counts / x_max, 1)",
        "(counts / x_max)",
        "weights above 1: frequent pairs aren't capped.",
        "from x_max on, every weight is 1.",
    ),
    (
        "np.minimum(counts / x_max, 1)",
        "np.where(counts == 0, 1, np.minimum(counts / x_max, 1))",
        "pairs that were never seen get the full weight: their logarithm would be minus infinity.",
        "look at a count of 0: it must weigh 0.",
    ),
    (
        [("counts / x_max", "(counts + 1) / x_max"), ("counts / x_max", "np.maximum(counts, 1) / x_max")],
        "1 is added to the counts, or stands for 0, so pairs that were never seen weigh something.",
        "use the counts as they are; nothing has to be kept from 0 here.",
    ),
    (
        "np.minimum(counts / x_max, 1)",
        "np.where(counts < x_max, counts / x_max, 0)",
        "frequent pairs weigh nothing: above x_max the weight is 0.",
        "from x_max on, every weight is 1.",
    ),
    (
        "counts / x_max, 1",
        "counts, x_max",
        "the counts are capped but not divided by x_max.",
        "bring the counts to the range from 0 to 1 before the power.",
    ),
    (
        [
            lambda counts, x_max, alpha: np.minimum(counts**alpha / x_max, 1),
            lambda counts, x_max, alpha: np.minimum(counts / x_max**alpha, 1),
            lambda counts, x_max, alpha: np.where(counts < x_max, counts**alpha / x_max, 1),
            lambda counts, x_max, alpha: np.where(counts < x_max, counts / x_max**alpha, 1),
            lambda counts, x_max, alpha: np.where(counts <= x_max, counts**alpha / x_max, 1),
            lambda counts, x_max, alpha: np.where(counts <= x_max, counts / x_max**alpha, 1),
            lambda counts, x_max, alpha: np.minimum(counts, x_max) / x_max**alpha,
        ],
        "the power is taken before the division: ** binds tighter than * and /.",
        "put counts / x_max in brackets.",
    ),
    (
        " ** alpha",
        "",
        "alpha isn't used: the weight grows in a straight line.",
        "raise the share to the power alpha.",
    ),
    (
        [("counts / x_max, 1) ** alpha", "alpha * counts / x_max, 1)"), (" ** alpha", " * alpha")],
        "alpha is multiplied, not used as a power.",
        "raising to a power is ** in Python.",
    ),
    (
        ("x_max", "100", "alpha", "0.75"),
        "the published values 100 and 0.75 are used, whatever is given.",
        "use the arguments x_max and alpha.",
    ),
    (
        "counts / x_max",
        "counts // x_max",
        "// divides without a rest, so all counts below x_max weigh 0.",
        "divide with a single /.",
    ),
)

SPACE = (["sea", "ocean", "port", "rope"], np.array([[1.0, 0], [2, 1], [3, 4], [-1, 0]]))
TWINS = np.array([[1.0, 2], [1, 2], [2, 1]])


def draw_nearest(rng: np.random.Generator) -> tuple[str, list[str], np.ndarray, int]:
    """Draw a space in which no two words are about equally near to the first one."""
    while True:
        words, vectors = draw_space(rng, int(rng.integers(6, 9)), 3)
        if np.diff(np.sort(cosine(vectors[0], vectors))).min() > 0.01:
            return words[0], words, vectors, 4


nearest = exercise(
    "1.6",
    nearest,
    title="find the nearest words",
    points=2,
    minutes=6,
    stars=2,
    room=True,
    answer=RANKING,
    card=("sea", *SPACE, 2),
)
nearest.tries(
    ("rope", *SPACE, 3),
    ("ship", ["boat", "ship", "rope"], TWINS, 1),
    ("ship", ["ship", "boat", "rope"], TWINS, 1),
    ("sea", *SPACE, 9),
    ("sea", ["sea"], SPACE[1][:1], 2),
)
nearest.draws(draw_nearest, times=3)
nearest.mistakes(
    (
        "-cosine(vectors[words.index(word)], vectors)",
        "-vectors @ vectors[words.index(word)]",
        "the ranking is by inner products, so long vectors come first.",
        NORMALISE,
    ),
    (
        [
            ("[words[i] for i in order if words[i] != word][:k]", "[words[i] for i in order][1 : k + 1]"),
            (
                "order if words[i] != word][:k]",
                "np.argsort(cosine(vectors[words.index(word)], vectors))[::-1]][1 : k + 1]",
            ),
        ],
        "the first of the ranking is dropped unseen; where another word has the same direction, that may be the one.",
        "leave out the word itself by its name or its place.",
    ),
    (
        "][:k]",
        "][: max(k - 1, 0)]",
        "one word is missing: k were taken first, and then the word itself was removed from them.",
        "remove first, then take k.",
    ),
    (
        "-cosine",
        "cosine",
        "the farthest words come first: argsort() sorts upwards.",
        "turn the order round.",
    ),
    (
        "-cosine(vectors[words.index(word)], vectors)",
        "np.linalg.norm(vectors - vectors[words.index(word)], axis=1)",
        "the ranking is by straight-line distance, in which the lengths of the vectors count.",
        NORMALISE,
    ),
    (
        "-cosine(vectors[words.index(word)], vectors)",
        "-(vectors / np.linalg.norm(vectors, axis=0) ** 2) @ vectors[words.index(word)]",
        "the columns are brought to length 1, not the rows: the lengths are taken along the wrong axis.",
        "there must be one length for each word; try the other axis.",
    ),
)


def draw_analogy(rng: np.random.Generator) -> tuple[str, str, str, list[str], np.ndarray]:
    """Draw three words and a space in which one answer is clearly the best."""
    while True:
        count = int(rng.integers(5, 9))
        words, vectors = draw_space(rng, count, 3)
        a, b, c = rng.permutation(count)[:3]
        step = unit(vectors)[b] - unit(vectors)[a] + unit(vectors)[c]
        if np.ptp(np.sort(cosine(step, np.delete(vectors, [a, b, c], axis=0)))[-2:]) > 0.02:
            return words[a], words[b], words[c], words, vectors


analogy = exercise(
    "1.7",
    analogy,
    title="complete the analogy",
    points=2,
    minutes=7,
    stars=2,
    room=True,
    answer=CHOICE,
    card=(
        *("man", "king", "woman", ["man", "king", "woman", "queen", "boat"]),
        np.array([[2.0, 0, 0], [3, 0, 4], [0, 5, 0], [0, 3, 4], [0, 0, 9]]),
    ),
)
FOUR = ["sea", "tide", "rope", "quay", "deck"]
analogy.tries(
    ("sea", "tide", "rope", ["boat", *FOUR[:4]], np.array([[-1.0, 0], [1, 0], [1, 0.1], [1, 0.2], [0, 1]])),
    (
        *("tide", "sea", "rope", ["tide", "rope", "sea", "quay", "boat"]),
        np.array([[0, 1.0], [0.8, 0.6], [1, 0], [-2, 0.2], [-0.9, 0.45]]),
    ),
    ("sea", "tide", "rope", FOUR[:4], np.array([[1.0, 0], [1, 0.1], [1, 0.2], [0, 1]])),
    ("sea", "tide", "rope", FOUR, np.array([[1.0, 0, 0], [0, 4, 0], [0, 0, 1], [-5, 10, 10], [0, 12, 9]])),
    ("sea", "tide", "rope", FOUR, np.array([[0, 15.0], [-2, 15], [-3, 15], [-1, 5], [-3, -5]])),
)
analogy.draws(draw_analogy, times=7)
analogy.mistakes(
    (
        "scores[rows] = -np.inf",
        "pass",
        "one of the three given words is the answer: they are nearly always the nearest themselves.",
        "leave a, b and c out of the candidates.",
    ),
    (
        [("scores[rows]", f"scores[{some}]") for some in ("rows[2]", "rows[1]", "rows[1:]", "rows[:2]", "rows[0]")],
        "one of the three given words may still be the answer: not all of them are left out.",
        "leave out all three.",
    ),
    (
        "unit(vectors)",
        "vectors",
        "the vectors keep their lengths: nothing is divided, or all by one number, as norm() without an axis gives it.",
        NORMALISE,
    ),
    (
        ("unit(vectors)", "unit(raw := vectors)")
        + ("(vectors[rows[1]] - vectors[rows[0]] + vectors[rows[2]])", "(raw[rows[1]] - raw[rows[0]] + raw[rows[2]])"),
        "b - a + c is made of vectors with their old lengths; only the candidates have length 1.",
        "bring every vector to length 1 before you add and subtract.",
    ),
    (
        ("unit(vectors)", "unit(raw := vectors)", "vectors @", "raw @"),
        "the candidates keep their lengths, so a long vector wins.",
        "compare with the candidates' vectors of length 1.",
    ),
    (
        "vectors[rows[1]] - vectors[rows[0]]",
        "vectors[rows[0]] - vectors[rows[1]]",
        "a and b are exchanged: this is a - b + c.",
        "the step leads from a to b; take it from c.",
    ),
    (
        "+ vectors[rows[2]]",
        "- vectors[rows[2]]",
        "c is subtracted: this is b - a - c.",
        "the step leads from a to b; take it from c.",
    ),
    (
        [("-np.inf", "0"), ("-np.inf", "-1")],
        "the three given words get a score that others can fall below, so where all are far away one of them wins.",
        "give them a score below all that can occur, or leave them out of the candidates.",
    ),
    (
        "unit(vectors)",
        "vectors / np.linalg.norm(vectors, axis=0)",
        "the columns are brought to length 1, not the rows: the lengths are taken along the wrong axis.",
        "there must be one length for each word; try the other axis.",
    ),
)


@exercise(
    "1.8",
    title="cut a word into pieces",
    points=1,
    minutes=5,
    stars=1,
    answer=BAG,
    card=("quay", 3, 4),
)
def character_ngrams(word: str, shortest: int, longest: int) -> list[str]:
    """Cut <word> into all n-grams from the shortest to the longest. Source: Bojanowski et al. 2017."""
    marked = f"<{word}>"
    sizes = range(shortest, longest + 1)
    return [marked[i : i + size] for size in sizes for i in range(len(marked) - size + 1)]


character_ngrams.tries(("banana", 3, 5), ("sea", 2, 3), ("a", 3, 6), ("ferry", 2, 2))
character_ngrams.draws(
    lambda rng: ("".join(rng.choice([*"abn"], rng.integers(3, 9))), int(rng.integers(2, 4)), int(rng.integers(4, 7)))
)
character_ngrams.mistakes(
    (
        'f"<{word}>"',
        "word",
        "the marks < and > are missing, so the start of a word looks like its middle.",
        "put the marks around the word before you cut it.",
    ),
    (
        'f"<{word}>"',
        'f"{word}>"',
        "the mark < at the start of the word is missing.",
        "put a mark at each end of the word before you cut it.",
    ),
    (
        "longest + 1",
        "longest",
        "the pieces of the longest size are missing: range() stops one before its end.",
        "let the last size be `longest` itself.",
    ),
    (
        "size + 1",
        "size",
        "the last piece of every size is missing, the one that ends with >.",
        "is the mark > there? Then count by hand how many pieces of 3 letters fit into a text of 6.",
    ),
    (
        "len(marked) - size + 1",
        "len(marked)",
        "stumps at the end: a slice beyond the end of a text is shorter than asked for.",
        "stop where a whole piece still fits.",
    ),
    (
        "range(shortest, longest + 1)",
        "[shortest]",
        "only the pieces of the shortest size are there.",
        "repeat the cutting for every size up to `longest`. Does `return` stand inside the loop?",
    ),
    (
        [
            ("range(shortest, longest + 1)", "sorted({shortest, longest})"),
            ("range(shortest, longest + 1)", "[longest]"),
        ],
        "only the pieces of the shortest and the longest size are there, or those of one of them.",
        "go through the sizes between them too.",
    ),
)


@exercise(
    "1.9",
    title="ask whether people agree",
    points=2,
    minutes=8,
    stars=3,
    answer=parts("the agreement", "the number of skipped pairs"),
    card=([("sea", "ocean"), ("sea", "moon"), ("sea", "port"), ("sea", "rope")], np.array([9.0, 1, 2, 5]), *SPACE),
)
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


def _scored(score: Callable[[np.ndarray, np.ndarray], float]) -> Callable[..., tuple[float, int]]:
    """Return `agreement_with_people` with a score of two vectors in the place of their cosine."""

    def agree(pairs: list, ratings: np.ndarray, words: list[str], vectors: np.ndarray) -> tuple[float, int]:
        known = [i for i, pair in enumerate(pairs) if set(pair) <= set(words)]
        scores = [score(*vectors[[words.index(word) for word in pairs[i]]]) for i in known]
        return float(spearman(np.array(scores), ratings[known])), len(pairs) - len(known)

    return agree


def _library(choose: Callable[[Any, int], Any]) -> Callable[..., Any]:
    """Return `agreement_with_people` with something else of the library's result, and the number of skipped pairs."""

    def agree(pairs: list, ratings: np.ndarray, words: list[str], vectors: np.ndarray) -> Any:
        from scipy.stats import spearmanr

        known = [i for i, pair in enumerate(pairs) if set(pair) <= set(words)]
        cosines = pair_cosines([pairs[i] for i in known], words, vectors)
        return choose(spearmanr(cosines, ratings[known]), len(pairs) - len(known))

    return agree


agreement_with_people.tries(
    (
        [("sun", "sea"), ("sea", "port"), ("sea", "rope"), ("ocean", "port")],
        *(np.array([8.0, 5, 5, 9]), *SPACE),
    ),
    ([("sea", "ocean"), ("sea", "port"), ("sea", "rope")], np.array([9.0, 6, 0]), *SPACE),
)
agreement_with_people.draws(draw_ratings, times=3)
agreement_with_people.mistakes(
    (
        [
            (
                old := "cosines, ratings[known]",
                new := "[cosines[known.index(i)] if i in known else 0 for i in range(len(pairs))], ratings",
            ),
            (old, new, "len(pairs) - len(known)", "0"),
        ],
        "pairs with an unknown word are scored 0, as if people found them unrelated.",
        "leave such pairs out of both lists, and count them.",
    ),
    (
        "spearman(cosines, ratings[known])",
        "np.corrcoef(cosines, ratings[known])[0, 1]",
        "Pearson's correlation, which compares the numbers; Spearman's compares their ranks.",
        "use the rank correlation.",
    ),
    (
        "ratings[known]",
        "ratings[: len(known)]",
        "the ratings have slipped: after a skipped pair, each pair is compared with the rating of another.",
        "skip the rating together with its pair.",
    ),
    (
        "len(pairs) - len(known)",
        "len(known)",
        "the second number counts the pairs that were used.",
        "return how many were skipped.",
    ),
    (
        "len(pairs) - len(known)",
        "0",
        "the number of skipped pairs stays 0.",
        "count a pair when you skip it.",
    ),
    (
        _scored(lambda u, v: float(u @ v)),
        "pairs are scored by inner products, so long vectors score high.",
        "score a pair by the cosine of its two vectors.",
    ),
    (
        _scored(lambda u, v: float(np.linalg.norm(u - v))),
        "pairs are scored by their distance, which falls where likeness grows, and in which lengths count.",
        "score a pair by the cosine of its two vectors.",
    ),
    (
        "spearman(cosines, ratings[known])",
        "np.corrcoef(*(np.argsort(np.argsort(x, kind='stable')) for x in (cosines, ratings[known])))[0, 1]",
        "equal ratings get different ranks, by their place in the list.",
        "let equal values share the mean of their ranks; a library's function does.",
    ),
    (
        [_library(lambda result, skipped: (result, skipped)), _library(lambda result, skipped: result)],
        "the library's whole result is returned: the correlation together with its p-value.",
        "take the correlation out of it, and return that and the number of skipped pairs.",
    ),
    (
        _library(lambda result, skipped: (result.pvalue, skipped)),
        "the p-value is returned: how often chance alone would give as much, not how strong the agreement is.",
        "take the other part of the library's result.",
    ),
)
