"""Search by words: a passage scores by the words that it shares with the query, rare words most."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from workshop.errors import require


def content_words(text: str) -> list[str]:
    """Return the words of a text that are counted: in lower case, of two letters or digits and more.

    Function words ("the", "of") are left out, by scikit-learn's English list.
    """
    return _make_splitter()(text)


@functools.cache
def _make_splitter() -> Callable[[str], list[str]]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    splitter: Callable[[str], list[str]] = TfidfVectorizer(stop_words="english").build_analyzer()
    return splitter


class TfidfSearch:
    """TF-IDF by scikit-learn: a text's words, weighed by how often they stand in it and how few passages have them.

    passages: N texts, of which content_words() are counted; a word's count enters by its logarithm.
    """

    def __init__(self, passages: Sequence[str]) -> None:
        """Count the words of N passages."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.counter = TfidfVectorizer(sublinear_tf=True, analyzer=content_words)
        self.table = self.counter.fit_transform(passages)  # (N, V), nearly all zeros, each row of length 1

    def score(self, queries: Sequence[str]) -> np.ndarray:
        """Return the cosine of Q queries with each passage, shape (Q, N), from 0 to 1."""
        return (self.counter.transform(queries) @ self.table.T).toarray()


class Bm25Search:
    """BM25 by bm25s: like TF-IDF, but a word that is repeated counts ever less, and long passages are marked down.

    passages: N texts, of which content_words() are counted. b: how far passages longer than the average are marked
    down, from 0, not at all, to 1. Source: Robertson and others 1994; bm25s' own form is Lucene's.
    """

    def __init__(self, passages: Sequence[str], b: float = 0.75) -> None:
        """Count the words of N passages."""
        self.index: Any = require("bm25s", "text").BM25(b=b)
        self.count = len(passages)
        self.index.index([content_words(text) for text in passages], show_progress=False)

    def score(self, queries: Sequence[str]) -> np.ndarray:
        """Return the score of Q queries with each passage, shape (Q, N): 0 where no word is shared, no upper bound."""
        nothing, split = np.zeros(self.count), map(content_words, queries)
        return np.array([self.index.get_scores(words) if words else nothing for words in split])
