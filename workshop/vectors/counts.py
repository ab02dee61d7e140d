"""Word vectors by counting neighbours: co-occurrence, positive pointwise mutual information, SVD."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from workshop.errors import take_list
from workshop.threads import use_threads


def choose_vocabulary(
    sentences: Iterable[Sequence[str]], size: int, keep: Iterable[str] = (), fewest: int = 5
) -> list[str]:
    """Return the most frequent words, and of the words to keep those that occur often enough.

    size: how many frequent words. keep: further words, such as those that people rated. fewest: their least count.
    Returns V words, the most frequent first; ties in alphabetical order.
    """
    counts = Counter(word for sentence in sentences for word in sentence)
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    wanted = set(keep)
    return ordered[:size] + [word for word in ordered[size:] if word in wanted and counts[word] >= fewest]


def cut_text(sentences: Iterable[Sequence[str]], vocabulary: Iterable[str]) -> list[list[str]]:
    """Return the sentences with the words of the vocabulary alone: what is left moves together, as word2vec does it.

    Methods that are compared get the same cut text: the same words as centres and as neighbours.
    """
    known = set(vocabulary)
    return [[word for word in sentence if word in known] for sentence in sentences]


def thin_text(
    sentences: Sequence[Sequence[str]], sample: float = 1e-4, passes: int = 10, seed: int = 0
) -> list[list[str]]:
    """Return the text `passes` times over, very frequent words dropped at random each time, as word2vec does it.

    sample: t; a word that makes up a share f of the text stays with probability sqrt(t / f) + t / f, at most 1.
    Source: the word2vec program of Mikolov et al. 2013, which gensim follows.
    """
    counts = Counter(word for sentence in sentences for word in sentence)
    total = sum(counts.values())
    kept = {word: (sample * total / count) ** 0.5 + sample * total / count for word, count in counts.items()}
    chance = np.random.default_rng(seed)
    thinned = []
    for _ in range(passes):
        luck = iter(chance.random(total).tolist())
        thinned += [[word for word in sentence if next(luck) < kept[word]] for sentence in sentences]
    return thinned


def count_neighbours(sentences: Iterable[Sequence[str]], vocabulary: Sequence[str], window: int) -> np.ndarray:
    """Count how often words stand near each other, a pair at distance d counting 1/d.

    window: the largest distance in words; other words keep their place between; sentences are not crossed.
    Returns counts, shape (V, V), float32, symmetric. Source: Pennington et al. 2014, section 4.2.
    """
    vocabulary = take_list(vocabulary, "words", "[word]")
    index = {word: row for row, word in enumerate(vocabulary)}
    size = len(vocabulary)
    counts = np.zeros(size * size)
    ids = []
    for sentence in sentences:
        ids.extend(index.get(word, -1) for word in sentence)
        ids.extend([-1] * window)  # so that no window reaches into the next sentence
    words = np.array(ids)
    for distance in range(1, window + 1):
        left, right = words[:-distance], words[distance:]
        known = (left >= 0) & (right >= 0)
        counts += np.bincount(left[known] * size + right[known], minlength=size * size) / distance
    square = counts.reshape(size, size).astype(np.float32)
    return square + square.T


def positive_pmi(counts: np.ndarray, smoothing: float = 0.75) -> np.ndarray:
    """Return how much more often words meet than by chance: max(0, log p(w, c) / (p(w) p(c))).

    counts: shape (V, V), not negative. smoothing: exponent on the counts of contexts, which tames rare ones.
    Returns shape (V, V), float32; 0 where words never meet. Source: Levy, Goldberg and Dagan 2015, section 3.
    """
    contexts = counts.sum(axis=0, dtype=np.float64) ** smoothing
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = (contexts / contexts.sum()).astype(np.float32)
        by_chance = np.outer(counts.sum(axis=1), shares)
        # fmax takes 0 where 0 / 0 is no number.
        return np.fmax(np.log(counts / by_chance), 0).astype(np.float32, copy=False)


def svd_vectors(table: np.ndarray, dimensions: int, seed: int = 0) -> np.ndarray:
    """Squeeze a table of words against contexts into fewer dimensions.

    table: shape (V, C). seed: of the randomised solver. Returns shape (V, D), float32: the left singular vectors times
    the square roots of the singular values. Source: Levy, Goldberg and Dagan 2015, section 3.3.
    """
    from sklearn.utils.extmath import randomized_svd

    left, sizes, _ = randomized_svd(table, n_components=dimensions, random_state=seed)
    return (left * np.sqrt(sizes)).astype(np.float32)


def ppmi_vectors(counts: np.ndarray, dimensions: int = 100, seed: int = 0) -> np.ndarray:
    """Return word vectors from counts of neighbours, shape (V, D), float32: PPMI, then SVD."""
    with use_threads(1):  # with two it takes twice as long: see threads.py
        return svd_vectors(positive_pmi(counts), dimensions, seed)


def random_vectors(words: Sequence[str], dimensions: int = 100, seed: int = 0) -> np.ndarray:
    """Return vectors that know nothing, shape (V, D), float32: the baseline of every comparison."""
    return np.random.default_rng(seed).standard_normal(
        (len(take_list(words, "words", "[word]")), dimensions), dtype=np.float32
    )
