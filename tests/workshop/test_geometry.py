"""Cosines, neighbours and analogies against scikit-learn and gensim."""

import numpy as np

from workshop.vectors import analogy, cosine, nearest
from workshop.vectors.geometry import unit

WORDS = ["sea", "tide", "ferry", "quay", "rope", "late", "storm", "island"]


def test_cosine_agrees_with_scikit_learn():
    from sklearn.metrics.pairwise import cosine_similarity

    rng = np.random.default_rng(3)
    rows = np.vstack([rng.normal(size=(5, 4)) * 1e-3, rng.normal(size=(5, 4)) * 1e3, np.zeros((1, 4))])
    assert np.allclose(cosine(rows[0], rows), cosine_similarity(rows[:1], rows)[0])


def test_neighbours_agree_with_gensim():
    from gensim.models import KeyedVectors

    vectors = np.random.default_rng(5).normal(size=(8, 4))
    keyed = KeyedVectors(4)
    keyed.add_vectors(WORDS, vectors)
    for word in WORDS:
        assert nearest(word, WORDS, vectors, 3) == [found for found, _ in keyed.most_similar(word, topn=3)]
    for a, b, c in (WORDS[:3], WORDS[2:5], WORDS[5:]):
        best = keyed.most_similar(positive=[b, c], negative=[a], topn=1)[0][0]
        assert analogy(a, b, c, WORDS, vectors) == best


def test_a_zero_vector_stays_zero_and_has_cosine_0():
    rows = np.array([[3.0, 4], [0, 0]])
    assert unit(rows).tolist() == [[0.6, 0.8], [0, 0]]
    assert cosine(rows[1], rows).tolist() == [0, 0]
    assert nearest("sea", ["sea", "tide", "rope"], np.array([[1.0, 0], [0, 0], [-1, 0]]), 5) == ["tide", "rope"]
