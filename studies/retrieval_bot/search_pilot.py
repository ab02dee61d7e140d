"""What could be detected at all: the spread among the ten documents of `train`, on which no claim is tried."""

import numpy as np

from studies.retrieval_bot.search_plan import HAYSTACK, TRAINED
from studies.retrieval_bot.search_runs import encoder, passage_vectors, passages, relevant, wordings
from studies.retrieval_bot.tuned import load_pairs, tune_encoder
from studies.text_embeddings.estimates import find_smallest, score_ranks
from studies.text_embeddings.searches import rank_relevant
from workshop.models import encode_texts
from workshop.search import StemSearch

TESTED_DOCUMENTS = 40


def run_search_pilot(epochs: int, size: int, pairs: int) -> dict[str, float]:
    """Return the smallest difference that 40 documents would show four times out of five, by claim.

    C26: MiniLM tuned on five of the documents minus MiniLM, recall@1 on the five others, and the other way round.
    """
    asked, wanted = [text for _, _, text in wordings(TRAINED)], relevant(TRAINED)
    kinds = np.array([kind for _, kind, _ in wordings(TRAINED)])
    queries = encode_texts(encoder(), asked)
    plain, far = (rank_relevant(queries @ passage_vectors(some).T, wanted) for some in (0, size))
    stems = rank_relevant(StemSearch(passages(0)).score(asked), wanted)
    found = {"C17": _by_document(plain, "recall@5") - _by_document(far, "recall@5")}
    for kind in ("question", "paraphrase"):
        kept = kinds == kind
        found[f"C30/{kind}s"] = _by_document(plain, "recall@3", kept) - _by_document(stems, "recall@3", kept)
    found["C26"] = _tune_halves(asked, wanted, epochs, pairs) - _by_document(plain, "recall@1")
    return {name: find_smallest(values, TESTED_DOCUMENTS) for name, values in found.items()} | {
        f"{name}, mean": float(np.mean(values)) for name, values in found.items()
    }


def _by_document(ranks: list[list[int]], metric: str, kept: np.ndarray | None = None) -> np.ndarray:
    """Return the mean of each document of `train`, shape (10,)."""
    values, names = score_ranks(ranks)[metric], np.array([one.document for one, _, _ in wordings(TRAINED)])
    kept = np.ones(len(names), dtype=bool) if kept is None else kept
    return np.array([values[kept & (names == name)].mean() for name in np.unique(names)])


def _tune_halves(asked: list[str], wanted: np.ndarray, epochs: int, pairs: int) -> np.ndarray:
    """Return recall@1 of each document, found by an encoder that was tuned on the other half of them."""
    names = np.array([document for _, _, document in load_pairs()])
    halves = np.isin(names, np.unique(names)[::2])
    ranks: list[list[int]] = [[] for _ in asked]
    for half in (halves, ~halves):
        model = tune_encoder([load_pairs()[row] for row in np.flatnonzero(~half)[:pairs]], 0, epochs)
        rows = np.flatnonzero(half)
        scores = encode_texts(model, [asked[row] for row in rows]) @ encode_texts(model, passages(0)).T
        for row, one in zip(rows, rank_relevant(scores, wanted[rows]), strict=True):
            ranks[row] = one
    return _by_document(ranks, "recall@1")


if __name__ == "__main__":
    print("\n".join(f"{name}: {value:.3f}" for name, value in run_search_pilot(3, HAYSTACK, 240).items()))
