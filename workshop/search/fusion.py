"""Join rankings that were made in different ways, such as by words and by vectors."""

from collections.abc import Sequence

import numpy as np

from workshop.errors import WorkshopError


def fuse_rankings(rankings: Sequence[Sequence[int]], constant: float = 60) -> list[int]:
    """Return all ids, best first, by reciprocal rank fusion: the sum over rankings of 1 / (constant + rank).

    rankings: lists of ids, best first, ranks from 1. An id that a ranking lacks gets nothing from it; ties go to the
    lower id. constant: how little the first places count above later ones. Source: Cormack and others 2009.
    """
    totals: dict[int, float] = {}
    for ranking in rankings:
        for place, found in enumerate(ranking, start=1):
            totals[found] = totals.get(found, 0.0) + 1 / (constant + place)
    return sorted(totals, key=lambda found: (-totals[found], found))


def fuse_scores(*scores: np.ndarray) -> np.ndarray:
    """Return the mean of several methods' z-scores, shape (N,) or (Q, N), float64, the higher the better.

    scores: an array a method, all of one shape. Each query's row has its mean taken away and is divided by its standard
    deviation, so that methods on unlike scales count alike, and one that is sure of a passage counts more for it, which
    ranks can't tell. A row of equal scores counts 0. Raises WorkshopError for shapes that differ, NaN and infinity.
    Source: Montague and Aslam 2001 (zero mean, unit variance).
    """
    shapes = [np.shape(one) for one in scores]
    fit = len(set(shapes)) == 1 and len(shapes[0]) in (1, 2) and 0 not in shapes[0]
    if not fit or not np.isfinite(scores).all():
        got = "NaN or infinity" if fit else f"shapes {shapes}"
        raise WorkshopError(
            f"expected finite scores, all (N,) or (Q, N), got {got}. Score the same passages each time."
        )
    table = np.array(scores, dtype=np.float64)  # (methods, …, N)
    equal = np.ptp(table, axis=-1, keepdims=True) == 0
    apart = np.where(equal, 0, table - table.mean(axis=-1, keepdims=True))
    return (apart / np.where(equal, 1, table.std(axis=-1, keepdims=True))).mean(axis=0)
