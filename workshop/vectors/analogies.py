"""Analogies a : b = c : ?, answered by the word nearest to b - a + c."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workshop.vectors.geometry import unit

Question = tuple[str, str, str, str]


@dataclass(frozen=True)
class AnalogyScore:
    """Shares of right answers, 0 to 1.

    excluded: with the three words of the question barred from the answer, as papers report; included: without that.
    repeated: how often, without it, the answer is one of the question's own words. third_alone: with the words barred,
    the word nearest to c, without b - a. n: questions whose words are known.
    """

    excluded: float
    included: float
    repeated: float
    third_alone: float
    n: int


def score_analogies(
    questions: Sequence[Question], words: Sequence[str], vectors: np.ndarray, batch: int = 256
) -> AnalogyScore:
    """Answer the questions whose four words have vectors, with and without the question's words barred.

    vectors: shape (V, D). Where no question is known all shares are nan. Source: Mikolov et al. 2013 (3CosAdd).
    """
    index = {word: row for row, word in enumerate(words)}
    known = np.array([[index[word] for word in one] for one in questions if all(word in index for word in one)])
    if not len(known):
        return AnalogyScore(*[float("nan")] * 4, 0)
    scaled = unit(vectors)
    answers = [_answer(known[start : start + batch], scaled) for start in range(0, len(known), batch)]
    barred, free, alone = (np.concatenate(column) for column in zip(*answers, strict=True))
    own = (free[:, None] == known[:, :3]).any(axis=1)
    right = known[:, 3]
    shares = [float(hits.mean()) for hits in (barred == right, free == right, own, alone == right)]
    return AnalogyScore(*shares, len(known))


def _answer(rows: np.ndarray, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the best row with the words barred, without, and barred for c alone, each of shape (questions,)."""
    a, b, c = (vectors[rows[:, column]] for column in range(3))
    scores, alone = (b - a + c) @ vectors.T, c @ vectors.T
    free = scores.argmax(axis=1)
    for table in (scores, alone):
        np.put_along_axis(table, rows[:, :3], -np.inf, axis=1)
    return scores.argmax(axis=1), free, alone.argmax(axis=1)
