"""The usual mistakes with people's ratings: 1.9."""

from collections.abc import Callable

import numpy as np

from workshop.checks.ask import Mistake
from workshop.checks.word_embeddings.nearest_mistakes import AXIS_DROPPED, norm
from workshop.checks.word_embeddings.references import agreement_with_people, cosine


def _agree(
    measure: Callable[[np.ndarray, np.ndarray], float],
    score: Callable[[np.ndarray, np.ndarray], float] = lambda u, v: cosine(u, v[None])[0],
    unknown: float | None = None,
) -> Callable[..., tuple[float, int]]:
    """Return `agreement_with_people` with a correlation and a score of one's own.

    unknown: the score of a pair with an unknown word; without it such pairs are skipped.
    """

    def agree(pairs: list, ratings: np.ndarray, words: list[str], vectors: np.ndarray) -> tuple[float, int]:
        scores = [
            score(*vectors[[words.index(word) for word in pair]]) if set(pair) <= set(words) else unknown
            for pair in pairs
        ]
        kept = [i for i, value in enumerate(scores) if value is not None]
        skipped = sum(not set(pair) <= set(words) for pair in pairs)
        return measure(np.array([scores[i] for i in kept]), ratings[kept]), skipped

    return agree


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """Return Spearman's correlation."""
    from scipy.stats import spearmanr

    return float(spearmanr(x, y).statistic)


def _rank_by_place(x: np.ndarray, y: np.ndarray) -> float:
    """Return the correlation of ranks in which equal values are ranked by their place."""
    return float(np.corrcoef(np.argsort(np.argsort(x, kind="stable")), np.argsort(np.argsort(y, kind="stable")))[0, 1])


def _misaligned(pairs: list, ratings: np.ndarray, words: list[str], vectors: np.ndarray) -> tuple[float, int]:
    """Take the first ratings instead of those of the pairs that were kept."""
    kept = [pair for pair in pairs if set(pair) <= set(words)]
    value, _ = agreement_with_people(kept, ratings[: len(kept)], words, vectors)
    return value, len(pairs) - len(kept)


def _then(change: Callable[[float, int, int], tuple]) -> Callable[..., tuple]:
    """Return the right answer changed by a function of (agreement, skipped, number of pairs)."""
    return lambda pairs, ratings, words, vectors: change(
        *agreement_with_people(pairs, ratings, words, vectors), len(pairs)
    )


def _look_up(find: Callable[[list[str]], Callable[[str], int]]) -> Callable[..., tuple[float, int]]:
    """Return the mistake of looking every word up, which raises an error for an unknown one."""

    def agree(pairs: list, ratings: np.ndarray, words: list[str], vectors: np.ndarray) -> tuple[float, int]:
        row = find(words)
        for pair in pairs:
            list(map(row, pair))
        return agreement_with_people(pairs, ratings, words, vectors)

    return agree


def _p_value(x: np.ndarray, y: np.ndarray) -> float:
    """Return the p-value of Spearman's correlation."""
    from scipy.stats import spearmanr

    return float(spearmanr(x, y).pvalue)


def _both(x: np.ndarray, y: np.ndarray) -> list[float]:
    """Return Spearman's correlation and its p-value."""
    return [spearman(x, y), _p_value(x, y)]


def _ratings_kept(pairs: list, ratings: np.ndarray, words: list[str], vectors: np.ndarray) -> float:
    """Compare the cosines of the known pairs with all ratings, which raises an error where a pair is unknown."""
    known = [pair for pair in pairs if set(pair) <= set(words)]
    return spearman(np.arange(len(known), dtype=float), ratings)


LOOKED_UP = (
    "a word that has no vector is looked up in `words`.",
    "ask first whether both words are there; skip the pair and count it otherwise.",
)
WHOLE_RESULT = (
    "the library's whole result is returned: the correlation together with its p-value.",
    "take the correlation out of it, and return that and the number of skipped pairs.",
)
AGREEMENT = (
    Mistake(
        "unknown_scored_0",
        _agree(spearman, unknown=0.0),
        "pairs with an unknown word are scored 0, as if people found them unrelated.",
        "leave such pairs out of both lists, and count them.",
    ),
    Mistake(
        "unknown_scored_0_counted_0",
        lambda *arguments: (_agree(spearman, unknown=0.0)(*arguments)[0], 0),
        "pairs with an unknown word are scored 0, and none counts as skipped.",
        "leave such pairs out of both lists, and count them.",
    ),
    Mistake(
        "pearson",
        _agree(lambda x, y: float(np.corrcoef(x, y)[0, 1])),
        "Pearson's correlation, which compares the numbers; Spearman's compares their ranks.",
        "use the rank correlation.",
    ),
    Mistake(
        "inner_product",
        _agree(spearman, lambda u, v: float(u @ v)),
        "pairs are scored by inner products, so long vectors score high.",
        "score a pair by the cosine of its two vectors.",
    ),
    Mistake(
        "distance",
        _agree(spearman, lambda u, v: -cosine(u, v[None])[0]),
        "the sign is turned: distances fall where likeness grows.",
        "score a pair by the cosine itself.",
    ),
    Mistake(
        "straight_line",
        _agree(spearman, lambda u, v: float(norm(u - v))),
        "pairs are scored by their distance, which falls where likeness grows, and in which lengths count.",
        "score a pair by the cosine of its two vectors.",
    ),
    Mistake(
        "ties_by_place",
        _agree(_rank_by_place),
        "equal ratings get different ranks, by their place in the list.",
        "let equal values share the mean of their ranks; a library's function does.",
    ),
    Mistake(
        "ratings_misaligned",
        _misaligned,
        "the ratings have slipped: after a skipped pair, each pair is compared with the rating of another.",
        "skip the rating together with its pair.",
    ),
    Mistake(
        "kept_returned",
        _then(lambda agreement, skipped, count: (agreement, count - skipped)),
        "the second number counts the pairs that were used.",
        "return how many were skipped.",
    ),
    Mistake(
        "skipped_not_counted",
        _then(lambda agreement, skipped, count: (agreement, 0)),
        "the number of skipped pairs stays 0.",
        "count a pair when you skip it.",
    ),
    Mistake(
        "number_alone",
        _then(lambda agreement, skipped, count: agreement),
        "one number is returned where two are expected.",
        "return the agreement and the number of skipped pairs.",
    ),
    Mistake("looked_up_in_dict", _look_up(lambda words: {w: i for i, w in enumerate(words)}.__getitem__), *LOOKED_UP),
    Mistake("looked_up_in_list", _look_up(lambda words: words.index), *LOOKED_UP),
    Mistake(
        "ratings_kept",
        _ratings_kept,
        "all ratings are compared with the cosines of some pairs: the two lists differ in length.",
        "skip the rating together with its pair.",
    ),
    Mistake("axis_dropped", lambda pairs, ratings, words, vectors: vectors / norm(vectors, axis=1), *AXIS_DROPPED),
    Mistake(
        "values_swapped",
        _then(lambda agreement, skipped, count: (skipped, agreement)),
        "the two values stand the wrong way round.",
        "return the agreement first, then the number of skipped pairs.",
    ),
    Mistake("result_returned", _agree(_both), *WHOLE_RESULT),
    Mistake("result_returned_alone", lambda *arguments: _agree(_both)(*arguments)[0], *WHOLE_RESULT),
    Mistake(
        "result_and_skipped_flat",
        lambda *arguments: [*_agree(_both)(*arguments)[0], _agree(_both)(*arguments)[1]],
        *WHOLE_RESULT,
    ),
    Mistake(
        "p_value",
        _agree(_p_value),
        "the p-value is returned: how often chance alone would give as much, not how strong the agreement is.",
        "take the other part of the library's result.",
    ),
)
