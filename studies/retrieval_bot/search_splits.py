"""Passages of other sizes: does the answer stand in one of them, and is that one found."""

from typing import Any

import numpy as np

from studies.retrieval_bot.search_plan import TESTED
from studies.retrieval_bot.search_runs import encoder, wordings
from workshop.data import Passage, load_handbook
from workshop.exercises.retrieval_bot import split_passages
from workshop.models import encode_texts
from workshop.search import StemSearch

Found = dict[str, Any]


def cut(size: int, overlap: int) -> list[Passage]:
    """Return the handbook's passages of `size` words, each with the last `overlap` of the one before at its front."""
    return [Passage(page.name, text) for page in load_handbook() for text in split_passages(page.text, size, overlap)]


def run_splits(size: int, overlap: int, every: int) -> Found:
    """Return for each wording the rank of the first passage of the right document that holds the whole answer.

    0: none holds it, since it was cut in two. Ties go to the others. By MiniLM and by BM25 on stems.
    """
    found = cut(size, overlap)
    texts, names = [one.text for one in found], np.array([one.document for one in found])
    asked = [(one, text) for one, _, text in wordings(TESTED, every)]
    wanted = np.array(
        [
            (names == one.document) & [" ".join(one.answer.split()) in " ".join(text.split()) for text in texts]
            for one, _ in asked
        ]
    )
    queries = [text for _, text in asked]
    scores = {
        "MiniLM": encode_texts(encoder(), queries) @ encode_texts(encoder(), texts).T,
        "BM25 on stems": StemSearch(texts).score(queries),
    }
    ranks = {}
    for name, table in scores.items():
        best = np.where(wanted, table, -np.inf).max(axis=1)
        places = 1 + ((table >= best[:, None]) & ~wanted).sum(axis=1)
        ranks[name] = np.where(wanted.any(axis=1), places, 0).tolist()
    return {"ranks": ranks, "passages": len(texts), "words": float(np.mean([len(text.split()) for text in texts]))}
