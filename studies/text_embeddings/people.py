"""Texts against people: the 50 news stories whose likeness was rated."""

import functools
import time
from typing import Any

import numpy as np

from studies.text_embeddings.searches import encoder
from studies.text_embeddings.trained import average_words, every_word, train_documents, train_word_table, weigh_words
from workshop.data import load_lee, load_lee_background
from workshop.models import encode_texts, load_token_embeddings
from workshop.search import TfidfSearch, content_words
from workshop.vectors.geometry import unit

# Those that are trained have a seed; the others give the same each time.
# ALL WORDS: with function words, which the others leave out as TF-IDF does.
ALL_WORDS = ", all words"
TRAINED = ("averages", "Doc2Vec", "Doc2Vec (PV-DM)", f"averages{ALL_WORDS}", f"Doc2Vec{ALL_WORDS}")
FIXED = ("TF-IDF", "averages of MiniLM's table", "MiniLM")


@functools.cache
def stories() -> tuple[str, ...]:
    """Return all 350 stories, the 50 rated ones first: what every method that learns from this text sees."""
    return (*load_lee()[0], *load_lee_background())


def upper(table: np.ndarray) -> np.ndarray:
    """Return the values of each pair once, shape (N (N - 1) / 2,)."""
    return table[np.triu_indices(len(table), 1)]


def run_people(method: str, seed: int) -> dict[str, Any]:
    """Return the cosine of each pair of the 50 rated stories, and the seconds of making the vectors.

    weighted: for averages, the same with rare words weighing more.
    """
    start = time.process_time()
    vectors = make_vectors(method, seed)
    seconds = time.process_time() - start
    cosines = [upper(unit(one) @ unit(one).T).tolist() for one in vectors]
    return {"seconds": seconds, "cosines": cosines[0]} | ({"weighted": cosines[1]} if len(cosines) > 1 else {})


def make_vectors(method: str, seed: int) -> list[np.ndarray]:
    """Return the vectors of the rated stories, (50, D): in one way, for averages in two."""
    rated = len(load_lee()[0])
    if method == "TF-IDF":
        return [TfidfSearch(stories()).table.toarray()[:rated]]
    if method == "MiniLM":
        return [encode_texts(encoder(), stories()[:rated])]
    split = every_word if method.endswith(ALL_WORDS) else content_words
    words = [split(text) for text in stories()]
    if method.startswith("Doc2Vec"):
        return [train_documents(words, seed, memory="PV-DM" in method).dv.vectors[:rated]]
    table = load_token_embeddings() if method.startswith("averages of") else train_word_table(words, seed)
    return [average_words(words[:rated], *table, weights) for weights in (None, weigh_words(words))]
