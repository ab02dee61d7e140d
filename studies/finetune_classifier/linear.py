"""The arms of lesson 03 that need no network to be trained: majority, bag of words, frozen vectors."""

import functools

import numpy as np

from studies.finetune_classifier.network import Network, pool_layers
from studies.finetune_classifier.plan import Plan
from studies.finetune_classifier.runs import Cell, tell
from studies.finetune_classifier.texts import draw_labelled, labels_of, source_of, split, states_of, texts_of

METHODS = ("majority", "bag of words", "frozen")


def run_linear(method: str, task: str, fold: int, labels: int, strength: float) -> Cell:
    """Train the majority's class, or logistic regression on counted words or frozen vectors, and classify the test.

    labels: how many are drawn from the fold's training part, by the fold as the seed; 0: all. strength: logistic
    regression's C. Returns what run_network does.
    """
    import time

    from sklearn.linear_model import LogisticRegression

    classes, names = labels_of(task)
    rows = draw_labelled(task, fold, labels, fold)
    _, validation, test = split(task, fold)
    if method == "majority":
        shares = np.bincount(classes[rows], minlength=len(names)) / len(rows)
        scores = np.log(np.maximum(shares, 1e-9))
        return {"seconds": 0.0, "parameters": 0, "megabytes": 0.0} | {
            part: tell(some, np.tile(scores, (len(some), 1)))
            for part, some in (("test", test), ("validation", validation))
        }
    start = time.process_time()
    known, asked = _features(method, source_of(task), rows, (test, validation))
    model = LogisticRegression(C=strength, max_iter=2000).fit(known, classes[rows])
    seconds = time.process_time() - start
    size = model.coef_.size + model.intercept_.size
    found: Cell = {"seconds": seconds, "parameters": int(size), "megabytes": size * 4 / 1e6}
    for part, some, vectors in zip(("test", "validation"), (test, validation), asked, strict=True):
        if len(some):
            # A class without a training text has no column of its own.
            scores = np.full((len(some), len(names)), -np.inf)
            scores[:, model.classes_] = model.predict_log_proba(vectors)
            found[part] = tell(some, scores)
    return found


def _features(method: str, source: str, rows: np.ndarray, asked: tuple[np.ndarray, ...]) -> tuple[object, list[object]]:
    """Return what logistic regression reads of the training texts and of the others."""
    if method == "frozen":
        return vectors_of(source)[rows], [vectors_of(source)[some] for some in asked]
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = np.array(texts_of(source), dtype=object)
    counter = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    known = counter.fit_transform(texts[rows])
    return known, [counter.transform(texts[some]) if len(some) else None for some in asked]


@functools.cache
def vectors_of(source: str) -> np.ndarray:
    """Return untuned MiniLM's mean vectors of a source's texts, shape (N, 384), of length 1."""
    vectors = pool_layers(Network("top", 1, 0), states_of(source))[-1]
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def choose_strengths(plan: Plan) -> dict[tuple[str, str], float]:
    """Return the C of each method and task with the best macro F1 on the first fold's validation, with all labels.

    The reviews have no validation: they take what tone chose.
    """
    from studies.finetune_classifier.chosen import score_validation

    chosen = {(METHODS[0], task): 1.0 for task in ("tone", "topic", "reviews")}
    for method in METHODS[1:]:
        for task in ("tone", "topic"):
            scores = [score_validation(task, run_linear(method, task, 0, 0, one)) for one in plan.strengths]
            chosen[method, task] = plan.strengths[int(np.argmax(scores))]
        chosen[method, "reviews"] = chosen[method, "tone"]
    return chosen
