"""Forms in which passages can be kept: sparse or dense, whole or cut, as floats or small integers; and their bytes."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer

from studies.text_embeddings.estimates import score_ranks
from studies.text_embeddings.plan import DIMENSIONS, K
from studies.text_embeddings.searches import (
    BM25,
    encoder,
    passage_vectors,
    passages,
    query_vectors,
    rank_relevant,
    relevant,
    wordings,
)
from workshop.data.wiki_vectors import load_wiki_vectors, quantize, restore
from workshop.models import encode_texts
from workshop.search import Bm25Search, TfidfSearch, content_words
from workshop.vectors.geometry import unit

FEWEST = (1, 2, 5)
TIMED = 100
# Bytes of a number as it is kept: a float32, a place in a list as int32 or uint16, a small integer.
FLOAT, INT, SHORT, BYTE = 4, 4, 2, 1

Form = tuple[str, int, np.ndarray]


def run_forms(family: str, seed: int, size: int) -> dict[str, Any]:
    """Return by form: its bytes, and for every wording the share of its passages that it finds among five."""
    forms = {"sparse": sparse_forms, "dense": dense_forms, "random projection": projected_forms}[family]
    found = {}
    for name, count, scores in forms(seed, size):
        recall = score_ranks(rank_relevant(scores, relevant()))[f"recall@{K}"]
        found[name] = {"bytes": count, "recall": recall.tolist()}
    return found


def run_query_seconds(size: int) -> dict[str, Any]:
    """Return the seconds that one query takes, one after the other on one thread, by part of the work."""
    texts = [text for _, _, text in wordings()][:TIMED]
    tfidf, bm25, vectors = TfidfSearch(passages(size)), Bm25Search(passages(size)), load_wiki_vectors()[:size]
    work = {
        "TF-IDF": lambda text, row: tfidf.score([text]),
        "BM25": lambda text, row: bm25.score([text]),
        "MiniLM, encoding": lambda text, row: encode_texts(encoder(), [text]),
        "MiniLM, comparing": lambda text, row: query_vectors()[row] @ vectors.T,
    }
    found = {}
    for name, do in work.items():
        do(texts[0], 0)
        start = time.process_time()
        for row, text in enumerate(texts):
            do(text, row)
        found[name] = (time.process_time() - start) / len(texts)
    return {"seconds": found}


def sparse_forms(_: int, size: int) -> Iterator[Form]:
    """Yield the bags of words: name, bytes of the index, scores (Q, size)."""
    texts, asked = passages(size), [text for _, _, text in wordings()]
    for fewest in FEWEST:
        counter = TfidfVectorizer(sublinear_tf=True, analyzer=content_words, min_df=fewest)
        table, queries = counter.fit_transform(texts).tocsr(), counter.transform(asked)
        names = counter.get_feature_names_out()
        for kept, name in _shrink(table, f"TF-IDF, words in {fewest} or more passages", names):
            yield name, kept[0], (queries @ kept[1].T).toarray()
    for name, b in BM25.items():
        yield from _bm25_forms(name, Bm25Search(texts, b), asked, size)


def _bm25_forms(name: str, search: Bm25Search, asked: list[str], size: int) -> Iterator[Form]:
    """Yield BM25's table of weights, passages by words: name, bytes of the index, scores (Q, size)."""
    parts = search.index.scores
    words = [word for word, _ in sorted(search.index.vocab_dict.items(), key=lambda item: item[1])]
    table = sparse.csc_matrix(
        (parts["data"], parts["indices"], parts["indptr"]), shape=(size, len(parts["indptr"]) - 1)
    )
    place = search.index.vocab_dict
    rows = [[place[word] for word in one if word in place] for one in map(content_words, asked)]
    data = [(row, column) for row, columns in enumerate(rows) for column in columns]
    counts = sparse.coo_matrix((np.ones(len(data)), np.array(data).T), shape=(len(asked), table.shape[1])).tocsr()
    for kept, form in _shrink(table.tocsr(), name, words):
        yield form, kept[0], (counts @ kept[1].T).toarray()


def _shrink(table: Any, name: str, words: Any) -> Iterator[tuple[tuple[int, Any], str]]:
    """Yield a sparse table (N, V) with its bytes: as float32 with int32 places, and as one byte with uint16 places.

    Counted: the values that are not zero, their places, where each row begins, the words themselves, and a weight for
    each word.
    """
    table.sort_indices()  # or max() does it below, under the copy's feet
    beside = (table.shape[0] + 1) * INT + sum(len(str(word).encode()) + 1 for word in words) + len(words) * FLOAT
    yield (beside + table.nnz * (FLOAT + INT), table), f"{name}, float32"
    small = table.copy()
    tops = np.maximum(table.max(axis=1).toarray()[:, 0], 1e-12) / 255
    rows = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    small.data = np.rint(table.data / tops[rows]) * tops[rows]
    yield (beside + table.nnz * (BYTE + SHORT) + table.shape[0] * FLOAT, small), f"{name}, int8"


def dense_forms(_: int, size: int) -> Iterator[Form]:
    """Yield MiniLM's vectors whole and cut by PCA fitted on the passages alone: name, bytes, scores (Q, size)."""
    vectors, queries = passage_vectors(size), query_vectors()
    for dimensions in DIMENSIONS:
        known, asked, beside = vectors, queries, 0
        if dimensions < vectors.shape[1]:
            cut = PCA(dimensions, random_state=0).fit(vectors)
            known, asked = unit(cut.transform(vectors)), unit(cut.transform(queries))
            beside = (cut.components_.size + cut.mean_.size) * FLOAT
        yield f"MiniLM, {dimensions}, float32", beside + known.size * FLOAT, asked @ known.T
        values, scales = quantize(known)
        yield (
            f"MiniLM, {dimensions}, int8",
            beside + values.size + scales.size * FLOAT,
            asked @ restore(values, scales).T,
        )


def projected_forms(seed: int, size: int) -> Iterator[Form]:
    """Yield MiniLM's vectors cut by a random projection, without training: name, bytes, scores (Q, size)."""
    vectors, queries = passage_vectors(size), query_vectors()
    for dimensions in DIMENSIONS[1:]:
        drawn = np.random.default_rng(seed).normal(size=(vectors.shape[1], dimensions)).astype(np.float32)
        known, asked = unit(vectors @ drawn), unit(queries @ drawn)
        yield f"random projection, {dimensions}, float32", (drawn.size + known.size) * FLOAT, asked @ known.T
