"""How well the FAQ's documents are found: by words counted, by BM25 and by MiniLM."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from studies.grouped import average
from workshop.data import Passage, Question, load_faq, load_passages, load_wiki_passages, load_wiki_vectors
from workshop.errors import require
from workshop.models import encode_texts, load_encoder
from workshop.score.results import Row
from workshop.settings import Settings

METHODS = ("TF-IDF", "BM25", "MiniLM")
KINDS = ("question", "paraphrase")
EDITION = 2

Wordings = Sequence[tuple[Question, str, str]]


def list_wordings(questions: Sequence[Question]) -> list[tuple[Question, str, str]]:
    """Return every wording of every question that a document answers: (question, kind, text)."""
    asked = [question for question in questions if question.document]
    pairs = [(one, "question", one.question) for one in asked]
    return pairs + [(one, "paraphrase", text) for one in asked for text in one.paraphrases]


def score_words(passages: Sequence[str], texts: Sequence[str]) -> np.ndarray:
    """Return the cosine of TF-IDF vectors of Q texts and P passages, shape (Q, P)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    counter = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    known = counter.fit_transform(passages)
    return (counter.transform(texts) @ known.T).toarray()


def score_bm25(passages: Sequence[str], texts: Sequence[str]) -> np.ndarray:
    """Return BM25's scores of Q texts and P passages, shape (Q, P)."""
    bm25s = require("bm25s", "rag")
    index = bm25s.BM25()
    index.index(bm25s.tokenize(list(passages), stopwords="en", show_progress=False), show_progress=False)
    asked = bm25s.tokenize(list(texts), stopwords="en", return_ids=False, show_progress=False)
    return np.array([index.get_scores(words) if words else np.zeros(len(passages)) for words in asked])


def score_all(encoder: Any, handbook: Sequence[str], others: Sequence[str], texts: Sequence[str]) -> dict[str, Any]:
    """Return each method's scores, shape (Q, P), over the handbook's passages followed by Wikipedia's.

    others: the first of load_wiki_passages, whose vectors are read as they are shipped. Seconds come with them.
    """
    passages = [*handbook, *others]
    found: dict[str, Any] = {}
    for method, score in (("TF-IDF", score_words), ("BM25", score_bm25)):
        start = time.process_time()
        found[method] = score(passages, texts), time.process_time() - start
    start = time.process_time()
    vectors = np.concatenate([encode_texts(encoder, handbook), load_wiki_vectors()[: len(others)]])
    found["MiniLM"] = encode_texts(encoder, texts) @ vectors.T, time.process_time() - start
    return found


def rank_first(scores: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the place of the first wanted passage for each text, shape (Q,), from 1; ties go to the others.

    scores, wanted: shape (Q, P). A text without a wanted passage gets P + 1.
    """
    best = np.where(wanted, scores, -np.inf).max(axis=1)
    return 1 + ((scores >= best[:, None]) & ~wanted).sum(axis=1)


def find_wanted(wordings: Wordings, passages: Sequence[Passage]) -> dict[str, np.ndarray]:
    """Return which passages are of the source document, and which of them hold the answer: each (Q, P), bool."""
    names = np.array([passage.document for passage in passages])
    document = np.array([names == question.document for question, _, _ in wordings])
    texts = [" ".join(passage.text.split()) for passage in passages]
    cache = {one.answer: np.array([one.answer in text for text in texts]) for one, _, _ in wordings}
    return {
        "document": document,
        "answer": document & np.array([cache[question.answer] for question, _, _ in wordings]),
    }


def measure_retrieval(lesson: str, size: int, draws: int, most: int | None = None) -> list[Row]:
    """Look for the FAQ's documents in the handbook alone and in a haystack of `size` passages.

    draws: of the bootstrap over documents. most: how many wordings are asked, for a trial.
    """
    handbook = load_passages(edition=EDITION)
    others = load_wiki_passages()[: size - len(handbook)]
    wordings = list_wordings(load_faq())[:most]
    wanted = find_wanted(wordings, handbook)
    scores = score_all(
        load_encoder(Settings(threads=1)),
        [one.text for one in handbook],
        [one.text for one in others],
        [text for _, _, text in wordings],
    )
    rows = []
    for method in METHODS:
        table, seconds = scores[method]
        for place, width in (("handbook", len(handbook)), ("haystack", size)):
            cases = _score_cases(table[:, :width], wanted)
            rows += [
                Row(lesson, method, f"{place}, {one[0]}", *one[1:], seconds=seconds if width == size else None)
                for one in _summarise(cases, wordings, draws)
            ]
    return rows


def _score_cases(table: np.ndarray, wanted: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return what each wording scores on each metric, shape (Q,)."""
    missing = np.zeros((len(table), table.shape[1] - wanted["document"].shape[1]), dtype=bool)
    ranks = {name: rank_first(table, np.hstack([one, missing])) for name, one in wanted.items()}
    return {
        "recall@1": ranks["document"] == 1,
        "recall@5": ranks["document"] <= 5,
        "mrr": 1 / ranks["document"],
        "answer_recall@5": ranks["answer"] <= 5,
    }


def _summarise(cases: dict[str, np.ndarray], wordings: Wordings, draws: int) -> list[tuple[Any, ...]]:
    """Return (kind of wordings, metric, value, low, high, n), for all wordings and for each kind."""
    groups = np.array([question.document for question, _, _ in wordings])
    kinds = np.array([kind for _, kind, _ in wordings])
    found = []
    for name, kept in (("all", kinds != ""), *((f"{kind}s", kinds == kind) for kind in KINDS)):
        if not kept.any():
            continue
        for metric, values in cases.items():
            figure = average(values[kept].astype(float), groups[kept], draws)
            found.append((name, metric, figure.value, *figure.interval, int(kept.sum())))
    return found
