"""What is near what: vectors of length 1, cosines, the nearest words, and the arithmetic of analogies."""

import numpy as np


def unit(vectors: np.ndarray) -> np.ndarray:
    """Return vectors (N, D) brought to length 1; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths == 0, 1, lengths)


def cosine(u: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Return the cosine of u (D,) with each row of V (N, D), shape (N,); 0 where a vector is zero."""
    lengths = np.linalg.norm(V, axis=1) * np.linalg.norm(u)
    return V @ u / np.where(lengths == 0, 1, lengths)


def nearest(word: str, words: list[str], vectors: np.ndarray, k: int) -> list[str]:
    """Return the k words with the highest cosine to a word, nearest first, without itself.

    words: V words. vectors: (V, D). Returns at most k words; ties in the order of `words`.
    """
    order = np.argsort(-cosine(vectors[words.index(word)], vectors), kind="stable")
    return [words[i] for i in order if words[i] != word][:k]


def analogy(a: str, b: str, c: str, words: list[str], vectors: np.ndarray) -> str:
    """Return the word that is to c as b is to a: the nearest to b - a + c of unit vectors, none of the three.

    words: V words, one at least besides the three. vectors: (V, D). Source: Mikolov et al. 2013.
    """
    vectors = unit(vectors)
    rows = [words.index(word) for word in (a, b, c)]
    scores = vectors @ (vectors[rows[1]] - vectors[rows[0]] + vectors[rows[2]])
    scores[rows] = -np.inf
    return words[int(np.argmax(scores))]
