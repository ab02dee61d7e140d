"""The usual mistakes with cosines: 1.2."""

from collections.abc import Iterator

import numpy as np

from workshop.checks.ask import Mistake
from workshop.checks.word_embeddings.references import cosine

norm = np.linalg.norm
EPSILONS = (1.0, 0.1, 0.01, 1e-3, 1e-4)


def _with_epsilon(epsilon: float) -> Iterator[Mistake]:
    """Yield the mistakes of adding so much to a length: to their product, to each, or as its least value."""
    ways = (
        lambda u, V: V @ u / (norm(V, axis=1) * norm(u) + epsilon),
        lambda u, V: V @ u / ((norm(V, axis=1) + epsilon) * (norm(u) + epsilon)),
        lambda u, V: V @ u / np.maximum(norm(V, axis=1) * norm(u), epsilon),
    )
    for number, way in enumerate(ways):
        yield Mistake(
            f"epsilon_{number}_{epsilon:g}",
            way,
            "what is added to the lengths against 0 is so large that it changes the other cosines.",
            "add much less, or treat a length of 0 by itself.",
        )


TURNED_PRODUCT = (
    "u and V can't be multiplied in this order: the last axis of the first must be as long as the first of the second.",
    "print both shapes. Each row of V is to meet u.",
)
COSINE = (
    Mistake(
        "norm_missing",
        lambda u, V: V @ u,
        "inner products: nothing is divided by the lengths, so long vectors win.",
        "divide by the length of u and by the length of each row of V.",
    ),
    Mistake(
        "norm_of_u_missing",
        lambda u, V: V @ u / norm(V, axis=1),
        "the length of u is missing from the division.",
        "divide by both lengths: that of u and that of the row.",
    ),
    Mistake(
        "norm_of_rows_missing",
        lambda u, V: V @ u / norm(u),
        "the lengths of the rows of V are missing from the division.",
        "divide by both lengths: that of u and that of the row.",
    ),
    Mistake(
        "multiplied_by_norm_of_u",
        lambda u, V: V @ u / norm(V, axis=1) * norm(u),
        "it is divided by the lengths of the rows, then multiplied by that of u: a / b * c is (a / b) * c.",
        "put the product of the lengths in brackets.",
    ),
    Mistake(
        "wrong_axis",
        lambda u, V: V @ u / (norm(V, axis=0) * norm(u)),
        "the lengths are taken down the columns of V, not along its rows.",
        "there must be one length for each row, shape (N,); try the other axis.",
    ),
    Mistake(
        "one_norm_for_all",
        lambda u, V: V @ u / (norm(V) * norm(u)),
        "one length for the whole of V: norm() without an axis takes all its numbers together.",
        "there must be one length for each row, shape (N,); name the axis.",
    ),
    Mistake(
        "zero_gives_nan",
        lambda u, V: V @ u / (norm(V, axis=1) * norm(u)),
        "a zero vector has length 0, and 0 / 0 is NaN.",
        "give a length of 0 a value that you may divide by; the product above it is 0 anyway.",
    ),
    Mistake(
        "square_root_missing",
        lambda u, V: V @ u / np.maximum((V**2).sum(axis=1) * (u**2).sum(), 1e-12),
        "the division is by squared lengths: the square root is missing.",
        "the length of [3, 4] is 5, not 25.",
    ),
    Mistake(
        "distance",
        lambda u, V: 1 - cosine(u, V),
        "1 minus the cosine: a distance, which is 0 for the same direction.",
        "return the cosine itself: 1 for the same direction.",
    ),
    Mistake(
        "sign_lost",
        lambda u, V: np.abs(cosine(u, V)),
        "the sign is lost: opposite directions count as the same.",
        "leave out abs(): opposite directions have the cosine -1.",
    ),
    Mistake("turned_operator", lambda u, V: u @ V, *TURNED_PRODUCT),
    Mistake("turned_dot", lambda u, V: np.dot(u, V), *TURNED_PRODUCT),
    Mistake(
        "axis_not_kept",
        lambda u, V: (V / norm(V, axis=1)) @ u,
        "V is divided by its lengths, but norm() has dropped an axis: they have the shape (N,), not (N, 1).",
        "keep the axis of length 1 when you take the norm.",
    ),
    *(mistake for epsilon in EPSILONS for mistake in _with_epsilon(epsilon)),
)
