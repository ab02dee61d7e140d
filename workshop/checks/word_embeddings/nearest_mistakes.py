"""The usual mistakes with neighbours: 1.6."""

from collections.abc import Callable

import numpy as np

from workshop.checks.ask import Mistake
from workshop.checks.word_embeddings.references import cosine, nearest

norm = np.linalg.norm


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


def _with_scores(word: str, words: list[str], vectors: np.ndarray, k: int) -> list[tuple[str, float]]:
    """Return each of the nearest words with its cosine."""
    similar = cosine(vectors[words.index(word)], vectors)
    return [(found, float(similar[words.index(found)])) for found in nearest(word, words, vectors, k)]


SCORES_TOO = ("the cosines are returned together with the words.", "return the words alone.")
COLUMNS_SCALED = (
    "the columns are brought to length 1, not the rows: the lengths are taken along the wrong axis.",
    "there must be one length for each word; try the other axis.",
)
AXIS_DROPPED = (
    "the vectors are divided by their lengths, but norm() has dropped an axis: these have the shape (V,), not (V, 1).",
    "keep the axis of length 1 when you take the norm.",
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
    Mistake(
        "itself_last",
        lambda word, words, vectors, k: [*nearest(word, words, vectors, k), word][:k],
        "the word itself comes last: a low score puts it there, but k reaches so far.",
        "leave the word out before you take the first k.",
    ),
    Mistake("word_and_score", _with_scores, *SCORES_TOO),
    Mistake("score_and_word", lambda *arguments: [pair[::-1] for pair in _with_scores(*arguments)], *SCORES_TOO),
    Mistake("scores_by_word", lambda *arguments: dict(_with_scores(*arguments)), *SCORES_TOO),
    Mistake(
        "scores_alone",
        lambda *arguments: [score for _, score in _with_scores(*arguments)],
        "the cosines are returned, not the words.",
        "sort places or words by their cosines, and return words.",
    ),
    Mistake("columns_scaled", _rank(lambda u, V: (V / norm(V, axis=0)) @ (u / norm(V, axis=0))), *COLUMNS_SCALED),
    Mistake("axis_dropped", lambda word, words, vectors, k: vectors / norm(vectors, axis=1), *AXIS_DROPPED),
)
