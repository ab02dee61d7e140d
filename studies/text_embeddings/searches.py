"""The searches of lesson 02: where each wording of each question finds the passages that hold its answer."""

import functools
import time
from typing import Any

import numpy as np

from studies.skerryline.retrieval_runs import Wordings, find_wanted, list_wordings
from studies.text_embeddings.plan import EDITION, PLACES
from studies.text_embeddings.trained import average_words, every_word, infer_vectors, train_documents, weigh_words
from workshop.data import load_faq, load_passages, load_wiki_passages, load_wiki_vectors
from workshop.models import encode_texts, load_encoder, load_token_embeddings
from workshop.search import Bm25Search, TfidfSearch, content_words
from workshop.settings import Settings
from workshop.vectors.geometry import unit

# How far BM25 marks long passages down; the first is bm25s' own.
MARKED = (0.75, 0.5, 0.25, 0.0)
BM25 = {"BM25" if b == MARKED[0] else f"BM25, b = {b:g}": b for b in MARKED}
ALL_WORDS = "averages, all words"
METHODS = ("TF-IDF", *BM25, "averages", ALL_WORDS, "weighted averages", "Doc2Vec", "MiniLM")

Found = dict[str, Any]


@functools.cache
def wordings() -> Wordings:
    """Return every wording of every question that a document answers."""
    return list_wordings(load_faq())


@functools.cache
def passages(size: int) -> tuple[str, ...]:
    """Return the texts of the handbook's passages, followed by Wikipedia's."""
    handbook = load_passages(edition=EDITION)
    return tuple(one.text for one in [*handbook, *load_wiki_passages()[: size - len(handbook)]])


@functools.cache
def relevant() -> np.ndarray:
    """Return which passages of the handbook hold the answer, shape (wordings, passages), bool."""
    return find_wanted(wordings(), load_passages(edition=EDITION))["answer"]


@functools.cache
def encoder() -> Any:
    """Return MiniLM on one thread."""
    return load_encoder(Settings(threads=1))


@functools.cache
def handbook_vectors() -> np.ndarray:
    """Return MiniLM's unit vectors of the handbook's passages, float32, shape (P, 384)."""
    return encode_texts(encoder(), passages(relevant().shape[1]))


@functools.cache
def passage_vectors(size: int) -> np.ndarray:
    """Return MiniLM's unit vectors of the passages, all encoded afresh in float32, shape (size, 384)."""
    handbook = handbook_vectors()
    return np.concatenate([handbook, encode_texts(encoder(), passages(size)[len(handbook) :])])


@functools.cache
def query_vectors() -> np.ndarray:
    """Return MiniLM's unit vectors of the wordings."""
    return encode_texts(encoder(), [text for _, _, text in wordings()])


def rank_relevant(scores: np.ndarray, wanted: np.ndarray) -> list[list[int]]:
    """Return the rank of each relevant passage, from 1, for each wording, the best first.

    scores: (Q, N). wanted: (Q, P), of the first P passages, bool. Ties go to the passages that are not wanted.
    """
    ranks = []
    for row, columns in zip(scores, wanted, strict=True):
        places = np.flatnonzero(columns)
        others = np.ones(len(row), dtype=bool)
        others[places] = False
        above = [(row[others] >= row[place]).sum() for place in sorted(places, key=lambda p: -row[p])]
        ranks.append([int(count) + number for number, count in enumerate(above, start=1)])
    return ranks


def run_search(method: str, seed: int, size: int, epochs: int) -> Found:
    """Return the ranks of the relevant passages in the handbook and in the haystack, and the haystack's seconds.

    What a method learns from passages (rarity, lengths, Doc2Vec), it learns from those that it searches.
    """
    start = time.process_time()
    scores = score(method, seed, size, epochs)
    seconds = time.process_time() - start
    alone = score(method, seed, relevant().shape[1], epochs)
    ranks = {place: rank_relevant(table, relevant()) for place, table in zip(PLACES, (alone, scores), strict=True)}
    return {"seconds": seconds, **ranks}


def score(method: str, seed: int, size: int, epochs: int) -> np.ndarray:
    """Return a method's scores of all wordings with all passages, shape (Q, size).

    All that count or average words get the same ones, but for ALL_WORDS; MiniLM reads whole texts.
    """
    texts, asked = passages(size), [text for _, _, text in wordings()]
    if method in BM25:
        return Bm25Search(texts, BM25[method]).score(asked)
    if method == "TF-IDF":
        return TfidfSearch(texts).score(asked)
    if method == "MiniLM":
        handbook = handbook_vectors()
        known = np.concatenate([handbook, load_wiki_vectors()[: size - len(handbook)]])  # as learners search them
        return query_vectors() @ known.T
    split = every_word if method == ALL_WORDS else content_words
    known, wanted = [split(text) for text in texts], [split(text) for text in asked]
    if method == "Doc2Vec":
        model = train_documents(known, seed, epochs=epochs)
        return unit(infer_vectors(model, wanted, seed)) @ unit(model.dv.vectors).T
    weights = weigh_words(known) if method == "weighted averages" else None
    means = [average_words(some, *load_token_embeddings(), weights) for some in (wanted, known)]
    return unit(means[0]) @ unit(means[1]).T
