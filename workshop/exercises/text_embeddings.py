"""Lesson 02: attention, one vector for a text, search and how well it finds, senses, and items as vectors."""

import numpy as np

from workshop.checks.registry import exercise, lesson
from workshop.checks.slips import ARRAY, RANKING, SCALAR, parts
from workshop.models import pool_mean
from workshop.search import mean_reciprocal_rank, recall_at_k, top_k
from workshop.vectors.geometry import unit

lesson(
    "02_text_embeddings",
    title="Text embeddings and search",
    minutes=70,
    seconds=60,
    extra="text",
    libraries=("scipy.special", "sklearn.metrics.pairwise"),
    causes={
        "below": "fewer epochs or fewer stories than the recipe's.",
        "above": "a longer training, or other stories than the 350.",
    },
)
FOUND = parts("the ids", "the scores")
NORMALISE = "divide every row by its own length first: axis=1, keepdims=True."
AFTER_LOOP = "move `return` to the left, so that it comes after the loop."
COLUMNS = "the columns are brought to length 1, not the rows: the lengths are taken along the wrong axis."
OTHER_AXIS = "there must be one length for each row; try the other axis."
UPWARDS = "the farthest come first: argsort() sorts upwards."


def draw_rows(rng: np.random.Generator, count: int, size: int) -> np.ndarray:
    """Return vectors of small whole numbers, very different in length, none of them zero."""
    rows = rng.integers(-3, 4, (count, size)) * rng.integers(1, 5, (count, 1))
    rows[~rows.any(axis=1), 0] = 2
    return rows.astype(float)


@exercise("2.1", title="let one token look at the others", points=3, minutes=8, stars=2, room=True, answer=ARRAY)
def attend(query: np.ndarray, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mix values (T, E) by softmax(keys (T, D) @ query (D,) / sqrt(D)). Source: Vaswani et al. 2017, eq. 1."""
    scores = keys @ query / np.sqrt(len(query))  # (T,)
    weights = np.exp(scores - scores.max())
    return (weights / weights.sum()) @ values


attend.tries(
    (np.array([0.0, 0]), np.array([[1.0, 0], [0, 1]]), np.array([[2.0, 0], [4, 6]])),
    (np.array([2.0, 0, 0, 0]), np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [-1, 0, 0, 1]]), np.array([[1.0], [2], [4]])),
    (np.array([1.0, -1]), np.array([[1.0, 0], [0, 1], [2, 2]]), np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])),
    (np.array([1000.0, 0]), np.array([[3.0, 0], [3, 1], [1, 1]]), np.array([[2.0], [4], [9]])),
    (np.array([-1000.0, 0]), np.array([[2.0, 1], [1, 5]]), np.array([[3.0, 1, 0], [5, 2, 7]])),
    (np.array([1000.0, 0]), np.array([[3.0, 0], [-3, 1], [-2, 1]]), np.array([[2.0], [4], [9]])),
    (np.array([2.0, 1]), np.array([[1.0, 3]]), np.array([[7.0, 8, 9]])),
)  # fmt: skip
attend.draws(
    lambda rng: (rng.integers(-2, 3, 4), rng.integers(-1, 2, (3, 4)), 1.0 * rng.integers(0, 9, (3, 2))), times=3
)
SHIFTED, SHARED, MIX = "scores - scores.max()", "weights / weights.sum()", "(weights / weights.sum()) @ values"
attend.mistakes(
    (" / np.sqrt(len(query))", "", "the scores aren't divided by √D, so the best key takes too much.",
     "divide the scores by the root of the length of `query`, before exp()."),
    ([("np.sqrt(len(query))", "len(query)"), ("np.sqrt(len(query))", "np.sqrt(len(keys))"),
      ("np.sqrt(len(query))", "len(keys)")],
     "the scores are divided by another number than √D: by D itself, or by how many keys there are.",
     "D is how many numbers `query` has; take the root of that."),
    (" / np.sqrt(len(query))", " / (np.linalg.norm(query) * np.linalg.norm(keys, axis=1))",
     "the scores are cosines: attention takes inner products divided by √D.",
     "leave the lengths of query and keys in; divide by the root of D alone."),
    ([(f"np.exp({SHIFTED})", "scores"), (f"np.exp({SHIFTED})", "scores", SHARED, "weights")],
     "the scores themselves are the weights, without exp(): some are negative, and a sum of 0 gives NaN.",
     "take np.exp() of each score, then divide by their sum."),
    ([(SHIFTED, "scores"), (SHIFTED, "np.minimum(scores, 700)"), (SHIFTED, "np.clip(scores, -700, 700)"),
      (SHIFTED, "scores - scores.mean()")],
     "exp() overflows: of 1,000 it is infinite, and infinity divided by infinity is NaN.",
     "subtract the largest score from all scores before exp(): the weights stay the same."),
    (SHIFTED, "scores / scores.max()", "the scores are divided by the largest one, which changes the weights.",
     "subtract the largest score instead: a common factor in all weights goes out when you divide by their sum."),
    (SHIFTED, "scores.max() - scores", "the sign inside exp() is turned: the worst key gets the largest weight.",
     "subtract the largest score from each score, not the other way round."),
    ([(SHARED, "weights"), (SHARED, "weights", SHIFTED, "scores"), ("weights.sum()", "len(weights)")],
     "the weights don't add up to 1: they aren't divided by their sum.", "divide each weight by the sum of all."),
    (MIX, "values[weights.argmax()]", "only the best key's value is taken.", "weigh all rows of `values`, and add up."),
    ([(MIX, f"({MIX}) / len(values)"), (MIX, "(weights @ values) / len(values)")],
     "the weighted values are averaged: the weights have done that already, since they add up to 1.",
     "add the weighted rows up, and divide by nothing more."),
    (MIX, "values @ (weights / weights.sum())",
     "each row of `values` is added up with the weights: along E, its numbers, not along T, the tokens.",
     "weights @ values adds up the rows, each times its weight."),
    ("@ values", "@ keys", "the keys are mixed, not the values.",
     "the keys only say how much; what is mixed are the rows of `values`."),
    (" @ values", "", "the weights are returned, not the mix of the values.", "weigh the rows of `values` with them."),
    (MIX, "(weights / weights.sum() * values).sum(axis=0)",
     "the weights (T,) are laid along the rows of `values` (T, E): numpy compares shapes from the right.",
     "one weight belongs to a whole row: @ does that, or weights of shape (T, 1)."),
)  # fmt: skip

mean_pool = exercise("2.2", pool_mean, function="mean_pool", title="make one vector of many tokens", points=2,
                     minutes=7, stars=2, room=True, answer=ARRAY)  # fmt: skip
TOKENS = np.array([[[1.0, 2], [3, 4], [8, 0]], [[2, 6], [0, 5], [5, 1]]])
mean_pool.tries(
    (np.array([[[1.0, 2], [3, 4], [9, 9]]]), np.array([[1, 1, 0]])), (TOKENS, np.array([[1, 1, 0], [1, 1, 1]])),
    (TOKENS, np.array([[True, False, False], [True, True, False]])), (TOKENS, np.array([[0, 1, 1], [1, 0, 1]])),
    (TOKENS, np.array([[1, 0, 0], [0, 0, 0]])), (TOKENS.reshape(1, 4, 3), np.array([[1, 1, 1, 0]])),
    (TOKENS[:, :2], np.array([[1, 0], [1, 1]])),
)  # fmt: skip
mean_pool.draws(lambda rng: (rng.integers(0, 10, (2, 3, 2)).astype(float), rng.integers(0, 2, (2, 3))))
SUM, COUNT = "(token_vectors * marks).sum(1)", "marks.sum(1).clip(min=1)"
mean_pool.mistakes(
    ([(f"{SUM} / {COUNT}", "token_vectors.mean(1)"), (f"{SUM} / {COUNT}", "(token_vectors * (1 + 0 * marks)).mean(1)")],
     "padding is averaged in: every token counts, whatever the mask says.",
     "multiply each token's vector by its mark first, so that padding adds nothing."),
    ("token_vectors * marks", "token_vectors", "padding is added in: only the division uses the mask.",
     "multiply each token's vector by its mark, then add up."),
    (COUNT, "mask.shape[1]", "the sum is divided by T, all places of the row: padding counts as a token.",
     "divide by how many tokens of that text the mask marks."),
    ([(f"{SUM} / {COUNT}", "token_vectors[:, 0]"), (f"{SUM} / {COUNT}", "token_vectors[:, 0] * marks[:, 0]")],
     "only the first token's vector is returned.", "average over all the tokens that the mask marks."),
    ([("mask[:, :, None]", "mask"), (SUM, "(token_vectors * mask).sum(1)"),
      ("mask[:, :, None]", "np.broadcast_to(mask[:, None, :], token_vectors.shape)")],
     "the mask (N, T) is laid along the last axis of the vectors (N, T, D): numpy compares shapes from the right.",
     "give the mask a last axis of length 1: mask[:, :, None] has shape (N, T, 1)."),
    (COUNT, "mask.sum(1).clip(min=1)", "the counts (N,) divide the columns of the sums (N, D), if they fit at all.",
     "each count belongs to a row: give the counts the shape (N, 1)."),
    (".clip(min=1)", "", "a text without a token: nothing marked, and 0 / 0 is NaN.",
     "give a count of 0 a value that you may divide by; the sum above it is 0 anyway."),
    (f" / {COUNT}", "", "the vectors are added up, but not divided.", "divide by how many tokens the mask marks."),
    ("marks.sum(1)", "marks.sum()", "all texts are divided by one number, the tokens of all of them together.",
     "count the marks of each text by itself: there must be N counts."),
    ([(SUM, "(token_vectors * marks).sum(0)"), (SUM, "(token_vectors * marks).sum(2)")],
     "it is added up over the wrong axis: over the texts, or over the numbers of a vector.",
     "the tokens stand along axis 1 of (N, T, D)."),
    ([lambda vectors, mask: [rows[marks].mean(axis=0) for rows, marks in zip(vectors, mask, strict=True)],
      lambda vectors, mask: [rows[m].sum(axis=0) / max(1, m.sum()) for rows, m in zip(vectors, mask, strict=True)]],
     "a mask of 0 and 1 is used as an index: it picks rows 0 and 1, again and again. Only True and False choose.",
     "turn it into truth values first, or multiply by it."),
    (lambda vectors, mask: [rows[:n].sum(axis=0) / max(1, n) for rows, n in zip(vectors, mask.sum(1), strict=True)],
     "the first tokens are taken, as many as are marked: padding may stand in front, or between.",
     "take the tokens that are marked, wherever they stand."),
)  # fmt: skip


def draw_search(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, int]:
    """Draw queries and documents so that no two documents are about equally near, nor have the same product."""
    while True:
        queries, documents = draw_rows(rng, 2, 2), draw_rows(rng, 6, 2)
        scores = np.sort([unit(queries) @ unit(documents).T, queries @ documents.T])
        if np.diff(scores).min() > 0.01:
            return queries, documents, int(rng.integers(2, 5))


top_k = exercise(
    "2.3", top_k, title="search: the k best for each query", points=2, minutes=6, stars=2, room=True, answer=FOUND
)
SIX = np.array([[3.0, 4], [0, 1], [4, 3], [-1, 0], [12, 5], [2, 0]])
# Level documents are the same row: those of another length could be told apart by how somebody's division rounds.
LEVEL = np.array([[2.0, 0] if place % 4 else [0, 3.0] for place in range(20)])
top_k.tries(
    (np.array([[1.0, 0], [0, 2]]), np.array([[2.0, 0], [3, 4], [0, 5]]), 2), (np.array([[2.0, 0], [0, -3]]), SIX, 3),
    (np.array([[3.0, 0, 4]]), np.array([[0.0, 0, 7], [1, 0, 0]]), 9), (np.array([[4.0, 3], [1, 0]]), LEVEL, 8),
)  # fmt: skip
top_k.draws(draw_search)
TOP, PICK = 'np.argsort(-scores, axis=1, kind="stable")[:, :k]', "np.take_along_axis(scores, ids, axis=1)"
PRODUCT = "unit(queries) @ unit(documents).T"
top_k.mistakes(
    ([("unit(documents)", "documents"), (PRODUCT, "queries @ documents.T")],
     "inner products: the documents keep their lengths, so long ones win.", NORMALISE),
    ([(PRODUCT, "(queries / np.linalg.norm(queries)) @ (documents / np.linalg.norm(documents)).T"),
      ("unit(documents)", "(documents / np.linalg.norm(documents))"),
      ("unit(queries)", "(queries / np.linalg.norm(queries))")],
     "norm() without an axis gives one number for the whole table: all rows are divided by the same.", NORMALISE),
    ("unit(queries)", "queries", "the queries keep their lengths, so the scores aren't cosines.", NORMALISE),
    ([("unit(documents)", "(documents / np.linalg.norm(documents, axis=0))"),
      ("unit(queries)", "(queries / np.linalg.norm(queries, axis=0))"),
      (PRODUCT, "(queries / np.linalg.norm(queries, axis=0)) @ (documents / np.linalg.norm(documents, axis=0)).T")],
     COLUMNS, OTHER_AXIS),
    ([("unit(queries)", "(queries / np.linalg.norm(queries, axis=1))"),
      (PRODUCT, "(queries / np.linalg.norm(queries, axis=1)) @ (documents / np.linalg.norm(documents, axis=1)).T")],
     "the lengths have lost their axis: shape (Q,) divides the columns of (Q, D), if it fits at all.",
     "keep the axis, as shape (Q, 1): keepdims=True."),
    (TOP, "np.argpartition(-scores, k, axis=1)[:, :k]",
     "argpartition() needs more documents than k: there may be fewer, and it doesn't sort either.",
     "sort with argsort(); a slice takes what there is."),
    ([(TOP, "np.argsort(scores, axis=1, kind='stable')[:, -k:]"), (TOP, "np.argsort(scores, axis=1)[:, -k:]")],
     "the best comes last: argsort() sorts upwards, and its end isn't turned round.", "begin with the highest score."),
    ([(TOP, f"np.argsort(scores, axis=1{kind})[:, ::-1][:, :k]") for kind in (", kind='stable'", "")],
     "equal scores: the higher id comes first, since turning a sorted list round turns the ties round too.",
     'sort the scores with their sign turned, kind="stable".'),
    ([(', kind="stable"', ""), (TOP, "np.argpartition(-scores, min(k, scores.shape[1]) - 1, axis=1)[:, :k]"),
      (TOP, "np.argpartition(-scores, min(k, scores.shape[1] - 1), axis=1)[:, :k]"),
      (TOP, "np.argpartition(scores, -min(k, scores.shape[1]), axis=1)[:, -k:]")],
     "the right documents, not in order: argsort() leaves equal scores in any order, and argpartition() sorts nothing.",
     'sort all, with argsort() and kind="stable": of equal scores the lower id then comes first.'),
    ("-scores", "scores", UPWARDS, "turn the order round."),
    ([(PICK, "scores[:, ids]"), (PICK, "scores[:, ids[0]]"), (PICK, "scores[:, :k]")],
     "the scores aren't those of the ids beside them: each row must pick with its own ids.",
     "np.take_along_axis(scores, ids, axis=1) picks row by row."),
    ([(PICK, f"-{PICK}"), (PICK, f"1 - {PICK}")], "the ids are right, but the scores are turned: they must be cosines.",
     "turn the sign only for the sorting."),
    (PICK, "scores", "the scores of all documents are returned.", "keep those of each row's k ids, in their order."),
    ([(PRODUCT, "(unit(documents) @ unit(queries).T)"), ("axis=1, kind", "axis=0, kind")],
     "each document gets a ranking of the queries: the table is turned, or sorted along the wrong axis.",
     "the table must have a row for each query, shape (Q, N), and is sorted along its rows."),
    (PRODUCT, "-np.linalg.norm(queries[:, None] - documents[None], axis=2)",
     "the ranking is by straight-line distance, in which the lengths of the vectors count.", NORMALISE),
    (f"ids, {PICK}", f"np.stack([ids, {PICK}], axis=2)", "each query gets pairs of id and score.",
     "return two tables: that of the ids, and that of the scores."),
    ("[:, :k]", "", "all documents are ranked: k isn't used.", "keep the first k of every row."),
    ("[:, :k]", "[:k]", "the slice takes k queries, not k documents.", "leave the rows whole: [:, :k] cuts each row."),
)  # fmt: skip


def draw_rankings(rng: np.random.Generator) -> tuple[list[list[int]], list[list[int]]]:
    """Draw three rankings of six ids, in some of which an id comes twice, and one to three relevant ids for each."""
    rankings = [rng.permutation(8)[:6].tolist() for _ in range(3)]
    rankings[1][1] = rankings[1][0]
    relevant = [rng.permutation(8)[: rng.integers(1, 4)].tolist() for _ in range(3)]
    return rankings, [*relevant[:1], list({*relevant[1], rankings[1][0]}), *relevant[2:]]


recall_at_k = exercise(
    "2.4", recall_at_k, title="count what is found", points=2, minutes=5, stars=1, room=True, answer=SCALAR
)
recall_at_k.tries(
    ([[4, 2, 7], [1, 3, 5]], [[2], [5, 3]], 2), ([[6, 6, 1, 2], [4, 8]], [[6, 2], [8, 5, 7]], 2),
    ([[1, 2, 3], [4, 5, 6]], [[9, 3, 2], [7]], 3), ([[2], [3, 1]], [[2, 5], [1, 3]], 9),
    ([[5, 1, 9, 2]], [[1, 2, 5, 6]], 2), ([[5, 5, 5, 1]], [[5, 1]], 3),
)  # fmt: skip
recall_at_k.draws(lambda rng: (*draw_rankings(rng), rng.integers(2, 5)))
SHARE, MEAN = "len(found) / len(set(wanted))", "sum(shares) / len(shares)"
BY_RELEVANT = "divide by how many ids are relevant to that query."
recall_at_k.mistakes(
    ([("/ len(set(wanted))", "/ k"), ("/ len(set(wanted))", "/ len(ranking[:k])")],
     "the hits are divided by k: that is precision at k, the share of the results that are right.", BY_RELEVANT),
    ("/ len(set(wanted))", "/ min(k, len(wanted))",
     "it is divided by k where more than k are relevant: recall counts all of them.", BY_RELEVANT),
    (SHARE, "(len(found) > 0)", "any hit counts 1: a query with one of three found counts as if all were.",
     "count the share of its relevant ids that are found."),
    ("len(found) / ", "sum(one in wanted for one in ranking[:k]) / ",
     "an id that comes twice in the results counts twice.", "count different ids: a set keeps each once."),
    ("ranking[:k]", "ranking", "the whole ranking is searched: k isn't used.", "look at the first k results only."),
    (MEAN, "sum(s * len({*w}) for s, w in zip(shares, relevant)) / sum(len({*w}) for w in relevant)",
     "all queries are thrown together, so one with many relevant ids counts more.",
     "take the share of each query first, then the mean of the shares."),
    ([(MEAN, "sum(shares)"), (MEAN, "(sum(shares) / k)")],
     "the shares are added up, but not divided by how many queries there are.", "take their mean."),
    ([("shares.append(", "found and shares.append(", "/ len(shares)", "/ max(1, len(shares))"),
      ("shares.append(", "found and shares.append(")],
     "queries that find nothing are left out of the mean.", "a query that finds nothing counts 0."),
    ([("    return", "        return"), (MEAN, "shares[0]")],
     "only the first query is counted: `return` stands inside the loop.", AFTER_LOOP),
    (MEAN, "shares", "the share of each query is returned.", "return their mean, one number."),
)  # fmt: skip

mean_reciprocal_rank = exercise(
    "2.5", mean_reciprocal_rank, title="how high the first hit stands", points=1, minutes=5, stars=1, answer=SCALAR
)
mean_reciprocal_rank.tries(
    ([[4, 2, 7], [1, 3, 5]], [[2], [1, 5]]), ([[8, 3], [6, 7]], [[1], [6]]), ([[5, 9, 2, 4]], [[4, 2]]),
    ([[1, 2], [3, 4], [5, 6]], [[9], [8], [7]]), ([[2, 3, 2, 1], [], [7, 1]], [[1, 2], [5], [1]]),
)  # fmt: skip
mean_reciprocal_rank.draws(draw_rankings, times=3)
HITS = "sum(any(one in w for one in r) for r, w in zip(rankings, relevant))"
FIRST = "[next((p for p, one in enumerate(r, 1) if one in w), 0) for r, w in zip(rankings, relevant)]"
mean_reciprocal_rank.mistakes(
    ([("start=1", "start=0"), ("start=1", "start=0", "1 / rank", "1 / max(rank, 1)")],
     "ranks are counted from 0: enumerate() begins there, and the best has rank 1.", "count the ranks from 1."),
    ("1 / rank", "1 / (rank + 1)", "ranks are counted from 2: 1 is added once too often.",
     "the first of the ranking has rank 1."),
    ([("/ len(rankings)", f"/ {HITS}"), ("/ len(rankings)", f"/ max(1, {HITS})")],
     "queries without a hit are left out of the mean.", "a query without a hit counts 0, and counts as a query."),
    ([("total / len(rankings)", each) for each in (f"{HITS} / sum({FIRST})", f"{HITS} / max(1, sum({FIRST}))")],
     "1 divided by the mean rank.", "take 1 / rank for each query first, then the mean of these."),
    ("1 / rank", "rank", "ranks are averaged, not their reciprocals.", "add 1 / rank for each query."),
    ("break", "continue", "every hit is added: only the first one of a query counts.",
     "leave the inner loop at the first hit."),
    (("total += 1 / rank", "last = 1 / rank", "break", "continue", "for rank,", "last = 0.0\n        for rank,",
      "    return total", "        total += last\n    return total"),
     "the last hit of a query counts: each replaces the one before.", "only the first hit counts: stop there."),
    ("+=", "=", "only the last query with a hit counts: = replaces the sum so far, += adds to it.", "add them up."),
    ("if found in wanted", "if found == wanted[0]", "only the first relevant id is looked for.",
     "any of a query's relevant ids is a hit."),
    (" / len(rankings)", "", "the reciprocals aren't divided by how many queries there are.", "take their mean."),
    ("    return", "        return", "only the first query is counted: `return` stands inside the loop.", AFTER_LOOP),
)  # fmt: skip


@exercise("2.6", title="average the words of a text", points=1, minutes=4, stars=1, answer=ARRAY)
def average_vector(tokens: list[str], words: list[str], vectors: np.ndarray) -> np.ndarray:
    """Return the mean of the known tokens' vectors, shape (D,); zeros where none is known."""
    row = {word: place for place, word in enumerate(words)}
    known = [row[token] for token in tokens if token in row]
    return vectors[known].mean(axis=0) if known else np.zeros(vectors.shape[1])


BOAT = ["boat", "late", "sea"], np.array([[2.0, 0], [4, 6], [1, 9]])
average_vector.tries(
    (["my", "boat", "late"], *BOAT), (["sea", "boat", "boat"], *BOAT), (["my", "quay"], *BOAT), ([], *BOAT),
    (["late"], ["late"], np.array([[1.0, 2, 3]])), (["quay", "sea", "sea", "late", "my"], *BOAT),
)  # fmt: skip
NOUNS = ["boat", "late", "sea", "rope", "quay", "tide"]
average_vector.draws(lambda rng: ([*rng.choice(NOUNS, 7)], NOUNS[:4], 1.0 * rng.integers(0, 10, (4, 3))))
AVERAGE = "vectors[known].mean(axis=0) if known else np.zeros(vectors.shape[1])"
average_vector.mistakes(
    ([("vectors[known].mean(axis=0)", "vectors[known].sum(axis=0) / len(tokens)"),
      (AVERAGE, "vectors[known].sum(axis=0) / len(tokens)")],
     "the sum is divided by all tokens: unknown ones count as if their vector were zero.",
     "divide by how many tokens are known."),
    ("in tokens if", "in dict.fromkeys(tokens) if", "a token that comes twice counts once, as in a set.",
     "let every token count as often as it comes."),
    ([(AVERAGE, f"{mean}(known)") for mean in ("vectors[known].mean(axis=0) + 0 * len", "sum(vectors[known]) / len")]
     + [(AVERAGE, "np.mean([*vectors[known]], axis=0)")],
     "no token is known: a mean of nothing is 0 / 0.", "return zeros where nothing is known."),
    ([("np.zeros(vectors.shape[1])", one) for one in ("0.0", "[]", "np.zeros(len(vectors))", "vectors[:0]")],
     "where no token is known, something else than D zeros is returned.",
     "one zero for each column of `vectors`: np.zeros(vectors.shape[1])."),
    ("mean(axis=0)", "sum(axis=0)", "the vectors are added up, but not divided.", "take their mean."),
    ([("mean(axis=0)", "mean(axis=1)"), ("mean(axis=0)", "mean()")],
     "the mean is taken over the numbers of a vector, not over the tokens.", "the tokens stand along axis 0."),
    ("vectors[known].mean(axis=0) if", "unit(vectors)[known].mean(axis=0) if",
     "the vectors are brought to length 1 first.", "average them as they are."),
    ([("if token in row]", "if token in row][:1]"), ("if token in row]", "if token in row][-1:]")],
     "only one token counts, the first or the last that is known.", "add all of them up before you return."),
    ("vectors[known]", "vectors[[*range(len(known))]]", "the first rows are averaged, not those of the tokens.",
     "look up each token's row: where does it stand in `words`?"),
)  # fmt: skip


@exercise("2.7", title="tell senses apart", points=3, minutes=8, stars=3, answer=SCALAR)
def sense_separation(vectors: np.ndarray, senses: list[str]) -> float:
    """Return the mean cosine of pairs (N vectors) of one sense minus that of pairs of two; every pair once."""
    cosines = unit(vectors) @ unit(vectors).T  # (N, N)
    i, j = np.triu_indices(len(senses), 1)
    same = np.array([senses[a] == senses[b] for a, b in zip(i, j, strict=True)])
    pairs = cosines[i, j]
    return float(pairs[same].mean() - pairs[~same].mean())


def draw_senses(rng: np.random.Generator) -> tuple[np.ndarray, list[str]]:
    """Draw vectors of two or three senses, of different numbers."""
    senses = ["house", "plain", "house", "plain", "house", "ship", "ship"][: rng.choice([5, 7])]
    return draw_rows(rng, len(senses), 3), [senses[i] for i in rng.permutation(len(senses))]


sense_separation.tries(
    (np.array([[1.0, 0], [3, 4], [0, 2], [0, 5]]), ["house", "house", "plain", "plain"]),
    (np.array([[3.0, 4], [0, 2], [8, 6], [4, 3], [5, 0]]), ["plain", "house", "plain", "house", "plain"]),
)
sense_separation.draws(draw_senses, times=3)
TABLE = "unit(vectors) @ unit(vectors).T"
ANY, ORDERED, ALL = "np.triu_indices(len(senses), 1)", "np.indices(cosines.shape).reshape(2, -1)", "pairs[~same].mean()"
BY_SENSE = "np.mean([pairs[[senses[a] == senses[b] == one for a, b in zip(i, j)]].mean() for one in {*senses}])"
sense_separation.mistakes(
    ([("senses), 1)", "senses), 0)"), (ANY, ORDERED)],
     "each vector is paired with itself too: its cosine of 1 makes every sense look close.", "take pairs i < j only."),
    ([(TABLE, "vectors @ vectors.T"), (TABLE, "vectors @ vectors.T / np.linalg.norm(vectors) ** 2")],
     "inner products: the vectors keep their lengths, so long ones decide.", NORMALISE),
    (TABLE, "(raw := vectors / np.linalg.norm(vectors, axis=0)) @ raw.T", COLUMNS, OTHER_AXIS),
    ([(ALL, "pairs.mean()"), (ANY, ORDERED, ALL, "pairs.mean()"), (ALL, "cosines.mean()")],
     "within minus all: pairs of one sense are in both means.", "the second mean is over pairs of two senses alone."),
    (f" - {ALL}", "", "only the pairs of one sense are looked at.", "subtract the mean over pairs of two senses."),
    ("pairs[same].mean() - ", "", "only the pairs of two senses are looked at.",
     "subtract it from the mean over pairs of one sense."),
    (("pairs[same].mean()", "pairs[same].sum()", ALL, "pairs[~same].sum()"),
     "the cosines are added up, but not divided by how many pairs there are.", "take the mean of each kind of pair."),
    ("pairs[same].mean()", BY_SENSE, "the mean is taken within each sense first, so that a small sense counts as much.",
     "pool: put all pairs of one sense into one list, whichever sense it is."),
    ([(TABLE, f"{sign}np.linalg.norm(vectors[:, None] - vectors, axis=2)") for sign in ("", "-")],
     "distances are compared, in which the lengths of the vectors count.", "use the cosine of each pair."),
    ("mean() - pairs", "mean() / pairs", "the two means are divided.", "subtract one from the other."),
)  # fmt: skip


def draw_basket(rng: np.random.Generator) -> tuple[list[str], list[str], np.ndarray, int]:
    """Draw a basket with an unknown item, and a space in which no two items score about the same."""
    while True:
        vectors, (one, other, *rest) = draw_rows(rng, 7, 3), rng.permutation(7)
        scores = np.sort([(each @ (each[one] + each[other]))[rest] for each in (unit(vectors), vectors)])
        if np.diff(scores).min() > 0.01:
            return [GOODS[one], "lamp", GOODS[other]], GOODS, vectors, int(rng.integers(2, 4))


@exercise("2.8", title="recommend what goes with a basket", points=2, minutes=5, stars=2, answer=RANKING)
def recommend(basket: list[str], items: list[str], vectors: np.ndarray, k: int) -> list[str]:
    """Return the k items with the highest cosine to the sum of the basket's unit vectors, none of the basket."""
    units = unit(vectors)
    rows = [items.index(item) for item in basket if item in items]
    scores = units @ units[rows].sum(axis=0)
    order = np.argsort(-scores, kind="stable")
    return [items[i] for i in order if rows and items[i] not in basket][:k]


GOODS = ["tea", "scone", "map", "rope", "soap", "jam", "cup"]
SHELF = ["tea", "map", "scone", "rope", "jam"], np.array([[2.0, 0], [0, 1], [2, 1], [4, -1], [-1, 3]])
recommend.tries(
    (["tea", "map"], *SHELF, 2), (["jam"], *SHELF, 3), (["lamp", "scone"], *SHELF, 2), (["lamp"], *SHELF, 2),
    (["tea", "lamp", "jam"], *SHELF, 9), (["scone", "map", "tea"], *SHELF, 1), ([], *SHELF, 3),
)  # fmt: skip
recommend.draws(draw_basket, times=4)
SUMMED, TAKEN = "units[rows].sum(axis=0)", "order if rows and items[i] not in basket][:k]"
recommend.mistakes(
    (" and items[i] not in basket", "", "what is in the basket already is recommended.", "leave out what is in it."),
    (TAKEN, "order[:k] if rows and items[i] not in basket]",
     "items are missing: k were taken first, and then those of the basket were removed from them.",
     "remove first, then take k."),
    (TAKEN, "order if rows][len(rows) : len(rows) + k]",
     "the first of the ranking are dropped unseen, as many as the basket has; others may stand there.",
     "leave out the basket's items by their names."),
    (SUMMED, "units[rows[-1:]].sum(axis=0)", "only the last item of the basket is used.", "add up all their vectors."),
    (SUMMED, "units[rows[:1]].sum(axis=0)", "only the first item of the basket is used.", "add up all their vectors."),
    ([("unit(vectors)", "vectors"), ("unit(vectors)", "vectors / np.linalg.norm(vectors)"),
      ("units @ units", "vectors @ units")], "the vectors keep their lengths, so long ones win.", NORMALISE),
    (SUMMED, "vectors[rows].sum(axis=0)", "the basket is added up with the old lengths of its vectors.",
     "bring every vector to length 1 before you add."),
    ("units @ units[rows].sum(axis=0)", "(units @ units[rows].T).max(axis=1, initial=-9)",
     "an item's score is its likeness to the nearest of the basket, not to all of it.",
     "add up the basket's vectors, and compare with that."),
    ("rows and ", "", "nothing of the basket is known, and something is recommended all the same.",
     "return an empty list then."),
    ("-scores", "scores", UPWARDS, "turn the order round."),
    ("unit(vectors)", "vectors / np.linalg.norm(vectors, axis=0)", COLUMNS, OTHER_AXIS),
)  # fmt: skip
