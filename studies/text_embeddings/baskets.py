"""Baskets: one item is taken away, and counted is how often it is among five that are recommended."""

import functools
from collections import Counter
from typing import Any

import numpy as np

from workshop.data import load_baskets
from workshop.errors import require
from workshop.vectors.geometry import unit

METHODS = ("popularity", "counts", "vectors")
TEST_SHARE = 0.2
K = 5


@functools.cache
def split_baskets() -> tuple[list[tuple[str, ...]], list[tuple[tuple[str, ...], str]]]:
    """Return the earlier baskets to learn from, and of the later ones what is left and which item was taken away."""
    baskets = [basket.items for basket in sorted(load_baskets(), key=lambda one: (one.date, one.basket_id))]
    cut = round(len(baskets) * (1 - TEST_SHARE))
    chance, asked = np.random.default_rng(0), []
    for items in baskets[cut:]:
        hidden = int(chance.integers(len(items)))
        asked.append((items[:hidden] + items[hidden + 1 :], items[hidden]))
    return baskets[:cut], asked


def run_baskets(method: str, seed: int) -> dict[str, Any]:
    """Return for each test basket whether the hidden item is among the first five, 1 or 0."""
    known, asked = split_baskets()
    items = sorted({item for basket in known for item in basket})
    scores = {"popularity": _by_popularity, "counts": _by_counts, "vectors": _by_vectors}[method](known, items, seed)
    place = {item: row for row, item in enumerate(items)}
    hits = []
    for rest, hidden in asked:
        own = scores([place[item] for item in rest if item in place]).astype(float)
        own[[place[item] for item in rest if item in place]] = -np.inf
        best = np.argsort(-own, kind="stable")[:K]
        hits.append(int(hidden in {items[row] for row in best}))
    return {"hits": hits}


def _by_popularity(known: Any, items: list[str], _: int) -> Any:
    """Score each item by how many baskets have it."""
    counts = Counter(item for basket in known for item in basket)
    return lambda rows: np.array([counts[item] for item in items])


def _by_counts(known: Any, items: list[str], _: int) -> Any:
    """Score each item by the share of baskets with a given item that have it too, added up over the given items."""
    place = {item: row for row, item in enumerate(items)}
    has = np.zeros((len(known), len(items)))
    for row, basket in enumerate(known):
        has[row, [place[item] for item in basket]] = 1
    together = has.T @ has
    shares = together / np.maximum(np.diag(together)[:, None], 1)
    return lambda rows: shares[rows].sum(axis=0) if rows else np.diag(together)


def train_items(baskets: Any, seed: int) -> tuple[list[str], np.ndarray]:
    """Return the items and skip-gram's vectors of them: a basket is a sentence without an order."""
    gensim = require("gensim", "words")
    options = {"vector_size": 32, "window": 10, "min_count": 1, "negative": 10, "workers": 1}
    model = gensim.models.Word2Vec([list(basket) for basket in baskets], sg=1, epochs=30, seed=seed, **options)
    return list(model.wv.index_to_key), np.array(model.wv.vectors)


def _by_vectors(known: Any, items: list[str], seed: int) -> Any:
    """Score each item by its cosine with the mean of the given items' unit vectors."""
    names, vectors = train_items(known, seed)
    table = unit(vectors[[names.index(item) for item in items]])
    return lambda rows: table @ table[rows].mean(axis=0) if rows else np.zeros(len(items))
