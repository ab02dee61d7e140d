"""The runs of lesson 01: train word vectors, and keep the cosines of the rated pairs."""

import functools
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from workshop.data import load_ratings
from workshop.vectors import (
    COUNT_WINDOW,
    VOCABULARY_SIZE,
    association_test,
    choose_vocabulary,
    count_neighbours,
    find_test,
    glove_weights,
    pair_cosines,
    ppmi_vectors,
    random_vectors,
    shared_pairs,
    train_glove,
    train_model,
)
from workshop.vectors.recipes import NGRAM_BUCKETS
from workshop.vectors.sweep import YARDSTICKS, sentences

METHODS = ("skipgram", "fasttext", "cbow", "glove", "ppmi_svd", "random")
DIMENSIONS = 100
MEGA = 1e6

Cell = dict[str, Any]


@functools.cache
def vocabulary() -> tuple[str, ...]:
    """Return the words that counting and GloVe know: the frequent ones and the rated ones."""
    rated = {word for name in YARDSTICKS for pair in load_ratings(name)[0] for word in pair}
    return tuple(choose_vocabulary(sentences(), VOCABULARY_SIZE, keep=rated))


@functools.cache
def fixed_pairs(name: str) -> tuple[list[tuple[str, str]], np.ndarray]:
    """Return the rated pairs on which all methods are compared."""
    return shared_pairs(*load_ratings(name), [vocabulary()])


def run_method(method: str, seed: int, epochs: int | None = None) -> Cell:
    """Train one method once and return the cosines of the fixed pairs, its seconds and its size.

    epochs: fewer than the recipe's, for a trial.
    """
    sentences(), vocabulary()
    # One thread's own seconds, whatever else the machine does.
    start = time.process_time()
    words, vectors, parameters = _make(method, seed, {} if epochs is None else {"epochs": epochs})
    seconds = time.process_time() - start
    found: Cell = {"seconds": seconds, "parameters": parameters, "megabytes": vectors.nbytes / MEGA}
    for name in YARDSTICKS:
        found[name] = pair_cosines(fixed_pairs(name)[0], words, vectors).tolist()
    if method == "skipgram":
        tests = {name: association_test(find_test(name), words, vectors) for name in ("career", "science")}
        found["associations"] = {name: [test.effect, test.p] for name, test in tests.items()}
    return found


def _make(method: str, seed: int, changes: dict[str, Any]) -> tuple[Iterable[str], np.ndarray, int]:
    """Return words, vectors and the number of trained parameters of a method."""
    words = vocabulary()
    if method == "random":
        return words, random_vectors(words, DIMENSIONS, seed), 0
    if method in ("ppmi_svd", "glove"):
        counts = count_neighbours(sentences(), words, COUNT_WINDOW)
        if method == "ppmi_svd":
            return words, ppmi_vectors(counts, DIMENSIONS, seed), 0
        vectors = train_glove(counts, glove_weights(counts), DIMENSIONS, seed=seed, **changes)
        return words, vectors, 2 * vectors.size + 2 * len(words)
    keyed = train_model(method, sentences(), seed=seed, **changes).wv
    # Each word has a vector as a centre and one as a context; fastText has one for each bucket besides.
    parameters = 2 * keyed.vectors.size + (NGRAM_BUCKETS * keyed.vector_size if method == "fasttext" else 0)
    return list(keyed.index_to_key), np.array(keyed.vectors), parameters
