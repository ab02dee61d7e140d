"""Kinds of FAISS index as the number of vectors grows: milliseconds, megabytes, and what they find of the exact ten."""

from typing import Any

import numpy as np

from studies.retrieval_bot.search_plan import TESTED
from studies.retrieval_bot.search_runs import Clock, encoder, passage_vectors, wordings
from workshop.data import enlarge
from workshop.models import encode_texts

QUERIES, NEAREST = 200, 10
PROBES, LINKS, EFFORT, PARTS = 8, 32, 64, 48
# The handbook's passages and Wikipedia's sentences: from here on vectors are made near real ones.
REAL = 14_000

Found = dict[str, Any]


def make_index(kind: str, vectors: np.ndarray) -> Any:
    """Return a FAISS index of unit vectors (N, D), by inner product.

    IVF: as many cells as the root of N, 8 of them probed. HNSW: 32 links, 64 candidates. PQ: 48 parts of a byte each,
    without the polysemous codes that FAISS would train for minutes.
    """
    import faiss

    count, dimensions = vectors.shape
    if kind == "IVF":
        index = faiss.index_factory(dimensions, f"IVF{round(count**0.5)},Flat", faiss.METRIC_INNER_PRODUCT)
        index.nprobe = PROBES
    elif kind == "HNSW":
        index = faiss.index_factory(dimensions, f"HNSW{LINKS},Flat", faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efSearch = EFFORT
    else:
        index = faiss.index_factory(
            dimensions, "Flat" if kind == "Flat" else f"PQ{PARTS}np", faiss.METRIC_INNER_PRODUCT
        )
    index.train(vectors)
    index.add(vectors)
    return index


def search_numpy(vectors: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Return the ten rows nearest to a query (1, D), in order, by one product."""
    scores = vectors @ query[0]
    near = np.argpartition(-scores, NEAREST)[:NEAREST]
    return near[np.argsort(-scores[near])]


def run_index(kind: str, count: int, queries: int) -> Found:
    """Return what an index of `count` vectors costs and finds, one query at a time, one thread, the process' own time.

    seconds: a query's milliseconds, quartiles over the queries. recall: of each query the share of the exact ten that
    are found. Queries are the questions' vectors.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    vectors = enlarge(passage_vectors(REAL), count)
    asked = encode_texts(encoder(), [text for _, _, text in wordings(TESTED)][:queries])[:, None]  # (Q, 1, D)
    exact = [set(search_numpy(vectors, query).tolist()) for query in asked]
    clock = Clock()
    index = None if kind == "numpy" else make_index(kind, vectors)
    built = clock.read()

    def search(query: np.ndarray) -> np.ndarray:
        return search_numpy(vectors, query) if index is None else index.search(query, NEAREST)[1][0]

    search(asked[0])
    found, spent = [], []
    for query in asked:
        clock = Clock()
        rows = search(query)
        spent.append(1000 * clock.read())
        found.append(rows.tolist())
    size = vectors.nbytes if index is None else faiss.serialize_index(index).nbytes
    return {
        "recall": [len(best & set(rows)) / NEAREST for best, rows in zip(exact, found, strict=True)],
        "seconds": {"build": built, "milliseconds": np.percentile(spent, [25, 50, 75]).tolist()},
        "megabytes": size / 1e6,
    }
