"""Search by words: a passage scores by the words that it shares with the query, rare words most."""

from collections.abc import Sequence

import numpy as np

from workshop.errors import require


class TfidfSearch:
    """TF-IDF by scikit-learn: a text's words, weighed by how often they stand in it and how few passages have them.

    passages: N texts. Function words ("the", "of") are left out; a word's count enters by its logarithm.
    """

    def __init__(self, passages: Sequence[str]) -> None:
        """Count the words of N passages."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.counter = TfidfVectorizer(sublinear_tf=True, stop_words="english")
        self.table = self.counter.fit_transform(passages)  # (N, V), nearly all zeros, each row of length 1

    def score(self, queries: Sequence[str]) -> np.ndarray:
        """Return the cosine of Q queries with each passage, shape (Q, N), from 0 to 1."""
        return (self.counter.transform(queries) @ self.table.T).toarray()


class Bm25Search:
    """BM25 by bm25s: like TF-IDF, but a word that is repeated counts ever less, and long passages are marked down.

    passages: N texts. Function words are left out. Source: Robertson and others 1994; bm25s' own form is Lucene's.
    """

    def __init__(self, passages: Sequence[str]) -> None:
        """Count the words of N passages."""
        self.library = require("bm25s", "text")
        self.index, self.count = self.library.BM25(), len(passages)
        self.index.index(self._split(passages, True), show_progress=False)

    def score(self, queries: Sequence[str]) -> np.ndarray:
        """Return the score of Q queries with each passage, shape (Q, N): 0 where no word is shared, no upper bound."""
        nothing = np.zeros(self.count)
        return np.array([self.index.get_scores(words) if words else nothing for words in self._split(queries, False)])

    def _split(self, texts: Sequence[str], ids: bool) -> list[list[str]]:
        """Return the words of each text, in bm25s' own form where ids."""
        return self.library.tokenize(list(texts), stopwords="en", return_ids=ids, show_progress=False)
