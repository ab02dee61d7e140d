"""How well rankings find what is relevant: recall at k, and the mean reciprocal rank."""

from collections.abc import Collection, Sequence
from typing import Any


def recall_at_k(rankings: Sequence[Sequence[Any]], relevant: Sequence[Collection[Any]], k: int) -> float:
    """Return the mean share of each query's relevant documents that its first k results hold.

    rankings: for each of Q queries, ids with the best first. relevant: Q collections of ids, none of them empty.
    An id that comes twice counts once. Raises ValueError where the two differ in length.
    """
    shares = []
    for ranking, wanted in zip(rankings, relevant, strict=True):
        found = set(ranking[:k]) & set(wanted)
        shares.append(len(found) / len(set(wanted)))
    return sum(shares) / len(shares)


def mean_reciprocal_rank(rankings: Sequence[Sequence[Any]], relevant: Sequence[Collection[Any]]) -> float:
    """Return the mean over queries of 1 / the rank of the first relevant document, 0 where none is found.

    rankings: for each of Q queries, ids with the best first, at rank 1. relevant: Q collections of ids.
    Raises ValueError where the two differ in length. Source: Voorhees 1999, TREC-8 question answering.
    """
    total = 0.0
    for ranking, wanted in zip(rankings, relevant, strict=True):
        for rank, found in enumerate(ranking, start=1):
            if found in wanted:
                total += 1 / rank
                break
    return total / len(rankings)
