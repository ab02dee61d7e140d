"""Search by vectors and its measures against scikit-learn."""

import numpy as np
import pytest

from workshop.search import mean_reciprocal_rank, recall_at_k, top_k


@pytest.fixture
def spaces():
    """Return queries (6, 4) and documents (30, 4), of lengths from a thousandth to a thousand."""
    rng = np.random.default_rng(3)
    return rng.normal(size=(6, 4)) * 1e3, rng.normal(size=(30, 4)) * 10.0 ** rng.integers(-3, 4, (30, 1))


@pytest.mark.parametrize("k", [1, 7, 30])
def test_top_k_agrees_with_scikit_learn(spaces, k):
    from sklearn.neighbors import NearestNeighbors

    queries, documents = spaces
    distances, wanted = NearestNeighbors(metric="cosine").fit(documents).kneighbors(queries, n_neighbors=k)
    ids, scores = top_k(queries, documents, k)
    assert ids.tolist() == wanted.tolist()
    assert np.allclose(scores, 1 - distances)


def test_top_k_gives_ties_to_the_lower_id_and_no_more_than_there_are():
    ids, scores = top_k(np.array([[3.0, 4]]), np.array([[0, 0], [1.0, 0], [0, 2], [5, 0], [0, 1], [0, -1]]), 9)
    assert ids.tolist() == [[2, 4, 1, 3, 0, 5]]
    assert np.allclose(scores, [[0.8, 0.8, 0.6, 0.6, 0, -0.8]])


def test_top_k_keeps_float32(spaces):
    ids, scores = top_k(*(one.astype(np.float32) for one in spaces), 5)
    assert scores.dtype == np.float32
    assert ids.tolist() == top_k(*spaces, 5)[0].tolist()


def test_recall_agrees_with_scikit_learn():
    from sklearn.metrics import recall_score

    rng = np.random.default_rng(5)
    rankings = np.array([rng.permutation(12) for _ in range(40)])
    relevant = [set(rng.permutation(12)[: rng.integers(1, 5)].tolist()) for _ in range(40)]
    for k in (1, 3, 12):
        truth = np.array([[one in wanted for one in range(12)] for wanted in relevant])
        found = np.array([[one in ranking[:k] for one in range(12)] for ranking in rankings])
        assert recall_at_k(rankings, relevant, k) == pytest.approx(recall_score(truth, found, average="samples"))


def test_recall_counts_a_document_once():
    assert recall_at_k([["rule", "rule", "fare"]], [["rule", "fare"]], 2) == 0.5
    assert recall_at_k([["rule"], []], [("rule",), ["fare"]], 5) == 0.5


def test_mean_reciprocal_rank_agrees_with_scikit_learn():
    from sklearn.metrics import label_ranking_average_precision_score

    scores = np.random.default_rng(7).normal(size=(50, 9))
    wanted = np.arange(50) % 9  # with one relevant document each, average precision is the reciprocal rank
    truth = np.eye(9)[wanted]
    rankings = np.argsort(-scores, axis=1)
    found = mean_reciprocal_rank(rankings, wanted[:, None])
    assert found == pytest.approx(label_ranking_average_precision_score(truth, scores))


def test_mean_reciprocal_rank_counts_the_first_hit_and_a_miss_as_0():
    assert mean_reciprocal_rank([[4, 2, 3], [1], []], [{2, 3}, {9}, {1}]) == pytest.approx(1 / 6)


@pytest.mark.parametrize("measure", [lambda *two: recall_at_k(*two, 1), mean_reciprocal_rank])
def test_measures_refuse_lists_of_different_lengths(measure):
    with pytest.raises(ValueError, match="shorter"):
        measure([[1], [2]], [{1}])
