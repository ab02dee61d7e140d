"""Texts against people: the 50 news stories whose likeness was rated."""

import functools
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from studies.text_embeddings.searches import encoder
from workshop.data import load_lee, load_lee_background
from workshop.models import encode_texts, load_token_embeddings
from workshop.search import TfidfSearch
from workshop.vectors.documents import average_words, split_words, train_documents, train_word_table, weigh_words
from workshop.vectors.geometry import unit

# Those that are trained have a seed; the others give the same each time.
TRAINED = ("averages", "weighted averages", "Doc2Vec", "Doc2Vec (PV-DM)")
FIXED = ("TF-IDF", "averages of MiniLM's table", "MiniLM")


@functools.cache
def stories() -> tuple[str, ...]:
    """Return all 350 stories, the 50 rated ones first: what every method that learns from this text sees."""
    return (*load_lee()[0], *load_lee_background())


def upper(table: np.ndarray) -> np.ndarray:
    """Return the values of each pair once, shape (N (N - 1) / 2,)."""
    return table[np.triu_indices(len(table), 1)]


def run_people(method: str, seed: int) -> dict[str, Any]:
    """Return the cosine of each pair of the 50 rated stories, and the seconds of making the vectors."""
    count = len(load_lee()[0])
    start = time.process_time()
    vectors = make_vectors(method, stories(), seed)[:count]
    seconds = time.process_time() - start
    return {"seconds": seconds, "cosines": upper(unit(vectors) @ unit(vectors).T).tolist()}


def make_vectors(method: str, texts: Sequence[str], seed: int) -> np.ndarray:
    """Return a vector for each of N texts, shape (N, D)."""
    if method == "TF-IDF":
        return TfidfSearch(texts).table.toarray()
    if method == "MiniLM":
        return encode_texts(encoder(), texts)
    words = [split_words(text) for text in texts]
    if method.startswith("Doc2Vec"):
        return train_documents(words, seed, memory=method != "Doc2Vec").dv.vectors
    if method == "averages of MiniLM's table":
        return average_words(words, *load_token_embeddings())
    weights = weigh_words(words) if method == "weighted averages" else None
    return average_words(words, *train_word_table(words, seed), weights)
