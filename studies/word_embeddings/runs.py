"""The runs of lesson 01: train word vectors on one and the same text, and keep the cosines of the rated pairs."""

import functools
import time
from typing import Any

import numpy as np

from studies.word_embeddings.sweep import YARDSTICKS, sentences
from workshop.data import load_ratings
from workshop.errors import WorkshopError
from workshop.vectors import (
    COUNT_WINDOW,
    VOCABULARY_SIZE,
    association_test,
    choose_vocabulary,
    count_neighbours,
    cut_text,
    find_test,
    glove_weights,
    pair_cosines,
    ppmi_vectors,
    random_vectors,
    shared_pairs,
    thin_text,
    train_glove,
    train_model,
)
from workshop.vectors.association import TESTS
from workshop.vectors.recipes import NGRAM_BUCKETS

METHODS = ("skipgram", "fasttext", "cbow", "glove", "ppmi_svd", "random")
DIMENSIONS = 100
MEGA = 1e6

Cell = dict[str, Any]


@functools.cache
def vocabulary() -> tuple[str, ...]:
    """Return the words that every method knows, as centres and as neighbours: the frequent ones and the rated ones."""
    rated = {word for name in YARDSTICKS for pair in load_ratings(name)[0] for word in pair}
    return tuple(choose_vocabulary(sentences(), VOCABULARY_SIZE, keep=rated))


@functools.cache
def text() -> list[list[str]]:
    """Return the sentences cut to that vocabulary."""
    return cut_text(sentences(), vocabulary())


@functools.cache
def fixed_pairs(name: str) -> tuple[list[tuple[str, str]], np.ndarray]:
    """Return the rated pairs on which all methods are compared."""
    return shared_pairs(*load_ratings(name), [vocabulary()])


def run_method(method: str, seed: int, passes: int) -> Cell:
    """Train one method once; return the cosines of the fixed pairs, its seconds, its size and its associations.

    passes: over the thinned text, of every method; counting reads as many thinned copies once.
    """
    text(), vocabulary()
    # One thread's own seconds, whatever else the machine does.
    start = time.process_time()
    words, vectors, parameters = _make(method, seed, passes)
    seconds = time.process_time() - start
    found: Cell = {"seconds": seconds, "parameters": parameters, "megabytes": vectors.nbytes / MEGA}
    for name in YARDSTICKS:
        found[name] = pair_cosines(fixed_pairs(name)[0], words, vectors).tolist()
    if method != "random":
        found["associations"] = _find_associations(words, vectors)
    return found


def run_counts(seed: int, passes: int) -> Cell:
    """Return how many words and how many centre-neighbour pairs one run goes over, by distance: (passes, window)."""
    copies = [copy for copy in thin_text(text(), passes=passes, seed=seed) if copy]
    pairs = [sum(max(0, len(copy) - d) for copy in copies) for d in range(1, COUNT_WINDOW + 1)]
    return {"words": sum(map(len, copies)), "pairs_by_distance": pairs, "text_words": sum(map(len, text()))}


def _make(method: str, seed: int, passes: int) -> tuple[list[str], np.ndarray, int]:
    """Return words, vectors and the number of trained parameters of a method."""
    words = list(vocabulary())
    if method == "random":
        return words, random_vectors(words, DIMENSIONS, seed), 0
    if method in ("ppmi_svd", "glove"):
        counts = count_neighbours(thin_text(text(), passes=passes, seed=seed), words, COUNT_WINDOW) / passes
        if method == "ppmi_svd":
            return words, ppmi_vectors(counts, DIMENSIONS, seed), 0
        vectors = train_glove(counts, glove_weights(counts), DIMENSIONS, epochs=passes, seed=seed)
        return words, vectors, 2 * vectors.size + 2 * len(words)
    keyed = train_model(method, text(), seed=seed, epochs=passes).wv
    # Each word has a vector as a centre and one as a neighbour; fastText has one for each bucket besides.
    parameters = 2 * keyed.vectors.size + (NGRAM_BUCKETS * keyed.vector_size if method == "fasttext" else 0)
    return list(keyed.index_to_key), np.array(keyed.vectors), parameters


def _find_associations(words: list[str], vectors: np.ndarray) -> dict[str, list[float]]:
    """Return effect size and p of every association test whose groups have enough known words."""
    tests = {}
    for name in TESTS:
        try:
            found = association_test(find_test(name), words, vectors)
        except WorkshopError:
            continue
        tests[name] = [found.effect, found.p]
    return tests
