"""The usual mistakes with analogies: 1.7."""

from collections.abc import Callable

import numpy as np

from workshop.checks.ask import Mistake
from workshop.checks.word_embeddings.nearest_mistakes import AXIS_DROPPED, COLUMNS_SCALED
from workshop.checks.word_embeddings.references import analogy


def unit(vectors: np.ndarray) -> np.ndarray:
    """Return vectors of length 1, shape (N, D)."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _solve(
    signs: tuple[int, int, int] = (-1, 1, 1),
    excluded: tuple[int, ...] = (0, 1, 2),
    given: Callable[[np.ndarray], np.ndarray] = unit,
    candidates: Callable[[np.ndarray], np.ndarray] = unit,
    excluded_score: float = -np.inf,
) -> Callable[..., str]:
    """Return `analogy` with signs, exclusions and normalisations of one's own."""

    def solve(a: str, b: str, c: str, words: list[str], vectors: np.ndarray) -> str:
        rows = [words.index(word) for word in (a, b, c)]
        scores = candidates(vectors) @ (np.array(signs) @ given(vectors)[rows])
        scores[[rows[i] for i in excluded]] = excluded_score
        return words[int(np.argmax(scores))]

    return solve


def same(vectors: np.ndarray) -> np.ndarray:
    """Return the vectors as they are."""
    return vectors


def scale_columns(vectors: np.ndarray) -> np.ndarray:
    """Return vectors whose columns have length 1."""
    return vectors / np.linalg.norm(vectors, axis=0)


LOW_SCORE = (
    "the three given words get a score that others can fall below, so where all are far away one of the three wins.",
    "give them a score below all that can occur, or leave them out of the candidates.",
)
ANALOGY = (
    Mistake(
        "inputs_kept",
        _solve(excluded=()),
        "one of the three given words is the answer: they are nearly always the nearest themselves.",
        "leave a, b and c out of the candidates.",
    ),
    Mistake(
        "only_c_excluded",
        _solve(excluded=(2,)),
        "a or b may still be the answer: only c is left out.",
        "leave out all three.",
    ),
    Mistake(
        "only_b_excluded",
        _solve(excluded=(1,)),
        "a or c may still be the answer: only b is left out.",
        "leave out all three.",
    ),
    Mistake(
        "a_not_excluded",
        _solve(excluded=(1, 2)),
        "a may still be the answer: only b and c are left out.",
        "leave out all three.",
    ),
    Mistake(
        "unnormalised",
        _solve(given=same, candidates=same),
        "the vectors keep their lengths, so the longest has the most to say.",
        "bring every vector to length 1 first.",
    ),
    Mistake(
        "sum_unnormalised",
        _solve(given=same),
        "b - a + c is made of vectors with their old lengths; only the candidates have length 1.",
        "bring every vector to length 1 before you add and subtract.",
    ),
    Mistake(
        "candidates_unnormalised",
        _solve(candidates=same),
        "the candidates keep their lengths, so a long vector wins.",
        "compare with the candidates' vectors of length 1.",
    ),
    Mistake(
        "turned_round",
        _solve(signs=(1, -1, 1)),
        "a and b are exchanged: this is a - b + c.",
        "the step leads from a to b; take it from c.",
    ),
    Mistake(
        "all_added",
        _solve(signs=(1, 1, 1)),
        "all three are added; nothing is subtracted.",
        "the step from a to b is a difference.",
    ),
    Mistake(
        "c_subtracted",
        _solve(signs=(1, 1, -1)),
        "c is subtracted: this is a + b - c.",
        "the step leads from a to b; take it from c.",
    ),
    Mistake(
        "c_not_used",
        _solve(signs=(-1, 1, 0)),
        "c isn't used: this is the step from a to b alone.",
        "take the step from c.",
    ),
    Mistake(
        "farthest",
        _solve(signs=(1, -1, -1)),
        "the farthest word is returned, not the nearest.",
        "take the highest cosine.",
    ),
    Mistake(
        "number_returned",
        lambda a, b, c, words, vectors: words.index(analogy(a, b, c, words, vectors)),
        "the place of the word is returned, not the word.",
        "look the place up in `words`.",
    ),
    Mistake(
        "a_and_c_subtracted",
        _solve(signs=(-1, 1, -1)),
        "c is subtracted: this is b - a - c.",
        "the step leads from a to b; take it from c.",
    ),
    Mistake("excluded_by_0", _solve(excluded_score=0.0), *LOW_SCORE),
    Mistake("excluded_by_minus_1", _solve(excluded_score=-1.0), *LOW_SCORE),
    Mistake("columns_scaled", _solve(given=scale_columns, candidates=scale_columns), *COLUMNS_SCALED),
    Mistake("axis_dropped", lambda a, b, c, words, vectors: vectors / np.linalg.norm(vectors, axis=1), *AXIS_DROPPED),
)
