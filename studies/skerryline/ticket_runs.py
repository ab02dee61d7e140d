"""The runs on Skerryline's tickets and on film reviews: split, train one way, keep the predictions."""

import functools
import time
from typing import Any

import numpy as np

from workshop.data import load_reviews, load_tickets
from workshop.models import encode_texts, load_encoder
from workshop.settings import Settings

SHARES = (0.6, 0.2)
PARTS = ("train", "validation", "test")
SPLITS = ("customer", "random")
FOLDS = 5
LINEAR = ("majority", "bag of words", "frozen MiniLM")
MEGA = 1e6

Cell = dict[str, Any]


def split_rows(customers: list[str], by: str, seed: int) -> dict[str, np.ndarray]:
    """Return the rows of train (60 %), validation (20 %) and test (20 %).

    by: customer (all messages of one stay together; shares are of customers) or random (each message by itself).
    """
    names = np.array(customers) if by == "customer" else np.arange(len(customers)).astype(str)
    order = np.random.default_rng(seed).permutation(np.unique(names))
    cuts = np.cumsum([round(share * len(order)) for share in SHARES])
    groups = np.split(order, cuts)
    return {part: np.flatnonzero(np.isin(names, group)) for part, group in zip(PARTS, groups, strict=True)}


@functools.cache
def texts_of(source: str) -> tuple[str, ...]:
    """Return the texts: of the tickets, or of the reviews."""
    return tuple(load_reviews()[0]) if source == "reviews" else tuple(one.text for one in load_tickets())


@functools.cache
def labels_of(task: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return each text's class, shape (N,), int, and the classes' names. task: topic, tone or reviews."""
    names = load_reviews()[1] if task == "reviews" else [getattr(one, task) for one in load_tickets()]
    known, classes = np.unique(names, return_inverse=True)
    return classes, tuple(known.tolist())


@functools.cache
def vectors_of(source: str) -> np.ndarray:
    """Return MiniLM's vectors of the texts, encoded once in each process."""
    return encode_texts(load_encoder(Settings(threads=1)), texts_of(source))


@functools.cache
def customers() -> tuple[str, ...]:
    """Return who wrote each ticket."""
    return tuple(one.customer for one in load_tickets())


def rows_of(task: str, split: str, seed: int) -> dict[str, np.ndarray]:
    """Return the rows of each part. task reviews: split is the number of the fold that is the test."""
    if task != "reviews":
        return split_rows(list(customers()), split, seed)
    from sklearn.model_selection import StratifiedKFold

    classes, _ = labels_of(task)
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(classes, classes))
    return dict(zip(("train", "test"), folds[int(split)], strict=True))


def run_linear(method: str, task: str, split: str, seed: int, strength: float, part: str = "test") -> Cell:
    """Train the majority's class, or logistic regression on counted words or on MiniLM's vectors.

    strength: logistic regression's C. Returns the part's rows and predictions, seconds, and the size of the model.
    """
    rows, classes = rows_of(task, split, seed), labels_of(task)[0]
    train = rows["train"]
    if method == "majority":
        top = int(np.bincount(classes[train]).argmax())
        return _keep(rows[part], np.full(len(rows[part]), top), 0.0, 0)
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    start = time.process_time()
    texts = np.array(texts_of(task), dtype=object)
    if method == "bag of words":
        counter = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        known, asked = counter.fit_transform(texts[train]), counter.transform(texts[rows[part]])
    else:
        known, asked = vectors_of(task if task == "reviews" else "tickets")[train], None
    model = LogisticRegression(C=strength, max_iter=2000).fit(known, classes[train])
    if asked is None:
        asked = vectors_of(task if task == "reviews" else "tickets")[rows[part]]
    seconds = time.process_time() - start
    return _keep(rows[part], model.predict(asked), seconds, model.coef_.size + model.intercept_.size)


def run_choice(method: str, task: str, strength: float) -> Cell:
    """Return the validation's predictions under a strength (split by customer, seed 0)."""
    return run_linear(method, task, "customer", 0, strength, "validation")


def _keep(rows: np.ndarray, predicted: np.ndarray, seconds: float, parameters: int) -> Cell:
    """Return a run as JSON can hold it."""
    return {
        "rows": rows.tolist(),
        "predicted": predicted.tolist(),
        "seconds": seconds,
        "parameters": int(parameters),
        "megabytes": parameters * 4 / MEGA,
    }
