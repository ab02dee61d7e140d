"""Right answers to 1.2, 1.6, 1.7 and 1.9."""

import numpy as np


def cosine(u: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Return the cosine of u (D,) with each row of V (N, D), shape (N,); 0 where a vector is zero."""
    lengths = np.linalg.norm(V, axis=1) * np.linalg.norm(u)
    return V @ u / np.where(lengths == 0, 1, lengths)


def nearest(word: str, words: list[str], vectors: np.ndarray, k: int) -> list[str]:
    """Return the k words with the highest cosine to a word, nearest first, without itself."""
    similar = cosine(vectors[words.index(word)], vectors)
    order = np.argsort(-similar, kind="stable")
    return [words[i] for i in order if words[i] != word][:k]


def analogy(a: str, b: str, c: str, words: list[str], vectors: np.ndarray) -> str:
    """Return the word nearest to b - a + c of unit vectors, other than the three. Source: Mikolov et al. 2013."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    row = words.index
    scores = unit @ (unit[row(b)] - unit[row(a)] + unit[row(c)])
    scores[[row(a), row(b), row(c)]] = -np.inf
    return words[int(np.argmax(scores))]


def agreement_with_people(
    pairs: list[tuple[str, str]], ratings: np.ndarray, words: list[str], vectors: np.ndarray
) -> tuple[float, int]:
    """Return Spearman's correlation of cosines with ratings, and how many pairs were skipped as unknown."""
    from scipy.stats import spearmanr

    row = {word: place for place, word in enumerate(words)}
    known = [i for i, pair in enumerate(pairs) if row.keys() >= set(pair)]
    similar = [cosine(vectors[row[pairs[i][0]]], vectors[[row[pairs[i][1]]]])[0] for i in known]
    return float(spearmanr(similar, np.asarray(ratings)[known]).statistic), len(pairs) - len(known)
