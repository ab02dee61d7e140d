"""The usual mistakes with cosines and neighbours: 1.2 and 1.6."""

from collections.abc import Callable

import numpy as np

from workshop.checks.ask import Mistake
from workshop.checks.word_embeddings.references import cosine, nearest

norm = np.linalg.norm

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
)


def _rank(score: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[..., list[str]]:
    """Return `nearest` with a score of one's own, the highest first."""

    def rank(word: str, words: list[str], vectors: np.ndarray, k: int) -> list[str]:
        order = np.argsort(-score(vectors[words.index(word)], vectors), kind="stable")
        return [words[i] for i in order if words[i] != word][:k]

    return rank


def _drop_first(word: str, words: list[str], vectors: np.ndarray, k: int, *, backwards: bool = False) -> list[str]:
    """Leave out the first of the ranking, whichever word it is."""
    similar = np.round(cosine(vectors[words.index(word)], vectors), 9)
    order = np.argsort(similar, kind="stable")[::-1] if backwards else np.argsort(-similar, kind="stable")
    return [words[i] for i in order[1 : k + 1]]


DROPPED = (
    "the first of the ranking is dropped unseen; where another word has the same direction, that may be the one.",
    "leave out the word itself by its name or its place.",
)
NEAREST = (
    Mistake(
        "itself_included",
        lambda word, words, vectors, k: [word, *nearest(word, words, vectors, len(words))][:k],
        "the word itself is in the list: nothing is nearer to it.",
        "leave the word out before you take the first k.",
    ),
    Mistake(
        "unnormalised",
        _rank(lambda u, V: V @ u),
        "the ranking is by inner products, so long vectors come first.",
        "rank by cosines: bring all vectors to length 1 first.",
    ),
    Mistake(
        "farthest_first",
        _rank(lambda u, V: -cosine(u, V)),
        "the farthest words come first: argsort() sorts upwards.",
        "turn the order round.",
    ),
    Mistake(
        "euclidean",
        _rank(lambda u, V: -norm(V - u, axis=1)),
        "the ranking is by straight-line distance, in which the lengths of the vectors count.",
        "rank by cosines: bring all vectors to length 1 first.",
    ),
    Mistake(
        "one_too_few",
        lambda word, words, vectors, k: nearest(word, words, vectors, max(k - 1, 0)),
        "one word is missing: k were taken first, and then the word itself was removed from them.",
        "remove first, then take k.",
    ),
    Mistake(
        "one_too_many",
        lambda word, words, vectors, k: nearest(word, words, vectors, k + 1),
        "one word too many.",
        "count what stands between the two ends of your slice.",
    ),
    Mistake(
        "numbers_returned",
        lambda word, words, vectors, k: [words.index(found) for found in nearest(word, words, vectors, k)],
        "the places of the words are returned, not the words.",
        "look each place up in `words`.",
    ),
    Mistake(
        "backwards",
        lambda word, words, vectors, k: nearest(word, words, vectors, k)[::-1],
        "the right words, but the nearest comes last.",
        "begin with the highest cosine.",
    ),
    Mistake("first_dropped", _drop_first, *DROPPED),
    Mistake("last_dropped", lambda *arguments: _drop_first(*arguments, backwards=True), *DROPPED),
)
