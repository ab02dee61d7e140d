"""Join rankings that were made in different ways, such as by words and by vectors."""

from collections.abc import Sequence


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
