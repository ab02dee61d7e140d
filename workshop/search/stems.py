"""Search by stems: BM25 in which "refunds", "refunded" and "refund" are one word."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from workshop.errors import WorkshopError, require
from workshop.search.keywords import Bm25Search, content_words


def content_stems(text: str) -> list[str]:
    """Return the stems of a text's content_words(), in order, by snowball's English rules. Source: Porter 2001."""
    return [_make_stemmer()(word) for word in content_words(text)]


@functools.cache
def _make_stemmer() -> Any:
    # The rules are plain Python: each word goes through them once.
    return functools.lru_cache(100_000)(require("snowballstemmer", "text").stemmer("english").stemWord)


class StemSearch(Bm25Search):
    """Bm25Search on content_stems(). passages: N texts; join a page's title to each, and it is found by that as well.

    Raises WorkshopError where no passage holds a word that counts.
    """

    def __init__(self, passages: Sequence[str], b: float = 0.75) -> None:
        """Count the stems of N passages."""
        stems = [content_stems(text) for text in passages]
        if not any(stems):
            raise WorkshopError(f"none of {len(stems):,} passages holds a word that counts: expected texts with words.")
        self.index, self.count = require("bm25s", "text").BM25(b=b), len(stems)
        self.index.index(stems, show_progress=False)

    def score(self, queries: Sequence[str]) -> np.ndarray:
        """Return the score of Q queries with each passage, shape (Q, N): 0 where no stem is shared, no upper bound."""
        nothing, split = np.zeros(self.count), map(content_stems, queries)
        return np.array([self.index.get_scores(stems) if stems else nothing for stems in split])
