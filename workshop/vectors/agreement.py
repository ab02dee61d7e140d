"""How well cosines agree with people: rank correlation on a fixed set of pairs, with an interval."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from workshop.errors import WorkshopError, take_list

Pair = tuple[str, str]


@dataclass(frozen=True)
class Agreement:
    """Spearman's rank correlation with people, -1 to 1, its 95 % bootstrap interval over pairs, and the pairs used."""

    value: float
    low: float
    high: float
    pairs: int


def shared_pairs(
    pairs: Sequence[Pair], ratings: np.ndarray, vocabularies: Sequence[Collection[str]]
) -> tuple[list[Pair], np.ndarray]:
    """Return the pairs of two different words that every vocabulary knows, with their ratings.

    Methods are compared on one set of pairs; each on its own would compare the sets.
    """
    pairs = take_list(pairs, "pairs", "[(first, second)]")
    known = [set(vocabulary) for vocabulary in vocabularies]
    kept = [
        row
        for row, (first, second) in enumerate(pairs)
        if first != second and all(first in words and second in words for words in known)
    ]
    return [pairs[row] for row in kept], np.asarray(ratings)[kept]


def pair_cosines(pairs: Sequence[Pair], words: Sequence[str], vectors: np.ndarray) -> np.ndarray:
    """Return the cosine of each pair, shape (P,), float64; a zero vector has cosine 0 with everything.

    Raises WorkshopError where a word has no vector.
    """
    pairs = take_list(pairs, "pairs", "[(first, second)]")
    index = {word: row for row, word in enumerate(words)}
    missing = sorted({word for pair in pairs for word in pair} - index.keys())
    if missing:
        raise WorkshopError(
            f"{len(missing)} words of the pairs have no vector: {', '.join(missing[:5])}. "
            "Keep the pairs that all methods know: shared_pairs(pairs, ratings, [words])."
        )
    sides = [np.asarray(vectors[[index[pair[side]] for pair in pairs]], dtype=np.float64) for side in (0, 1)]
    lengths = np.linalg.norm(sides[0], axis=1) * np.linalg.norm(sides[1], axis=1)
    return (sides[0] * sides[1]).sum(axis=1) / np.where(lengths == 0, 1, lengths)


def spearman_with_people(
    pairs: Sequence[Pair],
    ratings: np.ndarray,
    words: Sequence[str],
    vectors: np.ndarray,
    draws: int = 2000,
    seed: int = 0,
) -> Agreement:
    """Return how well cosines rank pairs as people do, with a 95 % interval from pairs drawn anew.

    pairs: P pairs that all have vectors (see `shared_pairs`), P at least 3; ratings: shape (P,).
    Raises WorkshopError where a word has no vector or there are too few pairs.
    """
    pairs = take_list(pairs, "pairs", "[(first, second)]")
    if len(pairs) < 3:
        raise WorkshopError(f"a rank correlation needs at least 3 pairs, got {len(pairs)}. Keep more words.")
    cosines = pair_cosines(pairs, words, vectors)
    return Agreement(float(spearman(cosines, ratings)), *bound_spearman(cosines, ratings, draws, seed), len(pairs))


def spearman(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return Spearman's correlation along the last axis, ties at their mean rank; 0 where one side is constant."""
    from scipy.stats import rankdata

    ranks = [rankdata(side, axis=-1) for side in (left, right)]
    left, right = (rank - rank.mean(axis=-1, keepdims=True) for rank in ranks)
    scale = np.sqrt((left**2).sum(axis=-1) * (right**2).sum(axis=-1))
    return (left * right).sum(axis=-1) / np.where(scale == 0, 1, scale)


def bound_spearman(cosines: np.ndarray, ratings: np.ndarray, draws: int, seed: int) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of Spearman's correlation, P pairs drawn with replacement."""
    from scipy.stats import bootstrap

    given = {"n_resamples": draws, "paired": True, "method": "percentile", "vectorized": True, "rng": seed}
    found = bootstrap((cosines, ratings), lambda *pair, axis: spearman(*pair), **given)
    return float(found.confidence_interval.low), float(found.confidence_interval.high)
