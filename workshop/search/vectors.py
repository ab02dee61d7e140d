"""Exact search by vectors: every query with every document, in one product."""

import numpy as np

from workshop.vectors.geometry import unit


def top_k(queries: np.ndarray, documents: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the k documents with the highest cosine to each query, the best first.

    queries: (Q, D). documents: (N, D); neither needs length 1, a zero vector has cosine 0 with all.
    Returns ids, the documents' rows, int64, and their cosines, both (Q, min(k, N)); ties go to the lower id.
    """
    scores = unit(queries) @ unit(documents).T  # (Q, N)
    ids = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return ids, np.take_along_axis(scores, ids, axis=1)
