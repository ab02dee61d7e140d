"""The numbers behind the word map: cosines, neighbours, analogies, and the plane that words are drawn on."""

import difflib
from collections.abc import Sequence

import numpy as np

from workshop.errors import WorkshopError
from workshop.vectors import geometry


class WordSpace:
    """Words with their vectors, scaled to length 1.

    words: V words. vectors: shape (V, D), float32, rows of length 1; a zero vector stays zero.
    """

    def __init__(self, words: Sequence[str], vectors: np.ndarray) -> None:
        self.words = list(words)
        raw = np.asarray(vectors, dtype=np.float32)
        if raw.ndim != 2 or len(raw) != len(self.words) or not len(raw) or raw.shape[1] < 2:
            raise WorkshopError(
                f"expected a vector for each of the {len(self.words)} words, shape ({len(self.words)}, D), "
                f"D at least 2, got {raw.shape}. Pass the words in the order of the vectors' rows."
            )
        self._raw = np.asarray(vectors).view()
        self._raw.flags.writeable = False
        self.vectors = geometry.unit(raw)
        self.index = {word: row for row, word in enumerate(self.words)}

    def given(self) -> tuple[list[str], np.ndarray]:
        """Return the words and the vectors as they came, neither scaled nor writable: what learners' functions get."""
        return list(self.words), self._raw

    def find(self, text: str) -> str:
        """Return the word that is meant, its lower-case form included; raise WorkshopError with near ones."""
        word = text.strip()
        for form in (word, word.lower()):
            if form in self.index:
                return form
        near = difflib.get_close_matches(word.lower(), self.words, n=3, cutoff=0.7)
        hint = f" Near: {', '.join(near)}." if near else " Try another word."
        raise WorkshopError(f"{word!r} is not among the {len(self.words):,} words.{hint}")

    def cosines(self, word: str) -> np.ndarray:
        """Return the cosine of a word with every word, shape (V,)."""
        return geometry.cosine(self.vectors[self.index[word]], self.vectors)

    def nearest(self, word: str, k: int) -> list[str]:
        """Return the k words with the largest cosine, the word itself left out."""
        return geometry.nearest(word, self.words, self.vectors, k)

    def analogy(self, a: str, b: str, c: str) -> list[tuple[str, float]]:
        """Return the best words for b − a + c with cosines: the three left out, then any word.

        Raises WorkshopError where there is no word but the three.
        """
        if not set(self.words) - {a, b, c}:
            raise WorkshopError(
                f"{a}, {b} and {c} are all the words there are, so none is left to answer with. Pass more words."
            )
        start, end, third = (self.vectors[self.index[word]] for word in (a, b, c))
        scores = geometry.cosine(end - start + third, self.vectors)
        best = geometry.analogy(a, b, c, self.words, self.vectors)
        return [(self.words[row], float(scores[row])) for row in (self.index[best], int(np.argmax(scores)))]


class Plane:
    """The two directions in which some words differ most (principal components).

    space: all words. shown: the words that the plane is fitted to, at least 3.
    share: how much of their spread the plane keeps, 0 to 1.
    """

    def __init__(self, space: WordSpace, shown: Sequence[str]) -> None:
        points = space.vectors[[space.index[word] for word in shown]]
        self.space = space
        self.centre = points.mean(axis=0)
        _, sizes, directions = np.linalg.svd(points - self.centre, full_matrices=False)
        signs = np.where(directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)] < 0, -1, 1)
        self.directions = (directions * signs[:, None])[:2]
        self.share = float((sizes[:2] ** 2).sum() / max((sizes**2).sum(), 1e-12))

    def place(self, words: Sequence[str]) -> np.ndarray:
        """Return where words lie on the plane, shape (N, 2)."""
        rows = [self.space.index[word] for word in words]
        return (self.space.vectors[rows] - self.centre) @ self.directions.T
