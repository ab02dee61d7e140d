"""Intervals for lesson 01: pairs are drawn anew, the same for all methods, seeds and sizes that are compared."""

from collections.abc import Sequence

import numpy as np

from studies.word_embeddings.rules import Estimate
from workshop.vectors.agreement import bootstrap_spearman, spearman

Pair = tuple[str, str]


def estimate(value: float, spread: np.ndarray) -> Estimate:
    """Return a figure with the middle 95 % of its bootstrap."""
    low, high = np.percentile(spread, [2.5, 97.5])
    return Estimate(float(value), float(low), float(high))


def agree_over_seeds(cosines: Sequence[np.ndarray], ratings: np.ndarray, draws: int) -> tuple[float, np.ndarray]:
    """Return the mean Spearman correlation over seeds and its bootstrap over pairs, shape (draws,).

    cosines: of each seed, shape (P,). The pairs drawn are the same for every call with as many pairs.
    """
    value = np.mean([spearman(one, ratings) for one in cosines])
    return float(value), np.mean([bootstrap_spearman(one, ratings, draws, seed=0) for one in cosines], axis=0)


def score_sizes(
    tables: Sequence[Sequence[np.ndarray]],
    ratings: Sequence[Sequence[np.ndarray]],
    pairs: Sequence[Sequence[Sequence[Pair]]],
    draws: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean score of each cell of a sweep, shape (cells,), and its bootstrap, shape (draws, cells).

    tables[d][y]: cosines of draw d on yardstick y, shape (cells, P); ratings[d][y]: shape (P,); pairs[d][y]: the P
    pairs. The score is the mean Spearman over yardsticks and draws. The bootstrap draws the texts anew, and the pairs
    by their words, since the draws of the text share most of them.
    """
    yardsticks = range(len(tables[0]))
    own = np.array([_score(tables[d], ratings[d], [slice(None)] * len(yardsticks)) for d in range(len(tables))])
    everything = [sorted({pair for one in pairs for pair in one[y]}) for y in yardsticks]
    index = [{pair: row for row, pair in enumerate(known)} for known in everything]
    places = [[np.array([index[y][pair] for pair in one[y]]) for y in yardsticks] for one in pairs]
    chance = np.random.default_rng(0)
    spread = np.empty((draws, own.shape[1]))
    for draw in range(draws):
        times = [np.bincount(chance.integers(0, len(known), len(known)), minlength=len(known)) for known in everything]
        texts, copies = np.unique(chance.integers(0, len(tables), len(tables)), return_counts=True)
        scores = [
            _score(tables[d], ratings[d], [np.repeat(np.arange(len(p)), times[y][p]) for y, p in enumerate(places[d])])
            for d in texts
        ]
        spread[draw] = np.average(scores, axis=0, weights=copies)
    return own.mean(axis=0), spread


def _score(
    table: Sequence[np.ndarray], ratings: Sequence[np.ndarray], rows: Sequence[np.ndarray | slice]
) -> np.ndarray:
    """Return the mean Spearman over yardsticks on some rows of pairs, shape (cells,)."""
    columns = zip(table, ratings, rows, strict=True)
    return np.mean([spearman(cosines[:, kept], people[None, kept]) for cosines, people, kept in columns], axis=0)


def wilson_interval(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of n cases. Source: Wilson 1927."""
    z = 1.959964
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
