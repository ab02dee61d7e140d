"""The arms of lesson 03 that need no network to be trained: majority, bag of words, frozen vectors."""

import functools

import numpy as np

from studies.finetune_classifier.network import LAYERS, Network, pool_layers
from studies.finetune_classifier.plan import Plan
from studies.finetune_classifier.runs import Cell, tell
from studies.finetune_classifier.texts import draw_labelled, ids_of, labels_of, source_of, split, texts_of

MAJORITY, WORDS, MARKS, FROZEN, BEST_LAYER = METHODS = (
    "majority",
    "bag of words",
    "words and marks",
    "frozen",
    "best frozen layer",
)
# A counter's own pattern drops punctuation and words of one letter; this one keeps both.
TOKENS = {WORDS: r"(?u)\b\w\w+\b", MARKS: r"\w+|[^\w\s]"}

# Logistic regression's C, and the layer whose vectors it reads.
Choice = tuple[float, int]


def run_linear(method: str, task: str, fold: int, labels: int, strength: float, layer: int = LAYERS) -> Cell:
    """Train the majority's class, or logistic regression on counted words or frozen vectors, and classify the test.

    labels: how many are drawn from the fold's training part, by the fold as the seed; 0: all. strength: logistic
    regression's C. layer: whose vectors are read, 0 (before the first) to 6. Returns what run_network does.
    """
    import time

    from sklearn.linear_model import LogisticRegression

    classes, names = labels_of(task)
    rows = draw_labelled(task, fold, labels, fold)
    _, validation, test = split(task, fold)
    if method == MAJORITY:
        shares = np.bincount(classes[rows], minlength=len(names)) / len(rows)
        scores = np.log(np.maximum(shares, 1e-9))
        return {"seconds": 0.0, "parameters": 0, "megabytes": 0.0} | {
            part: tell(some, np.tile(scores, (len(some), 1)))
            for part, some in (("test", test), ("validation", validation))
        }
    start = time.process_time()
    known, asked = _features(method, source_of(task), rows, (test, validation), layer)
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


def _features(
    method: str, source: str, rows: np.ndarray, asked: tuple[np.ndarray, ...], layer: int
) -> tuple[object, list[object]]:
    """Return what logistic regression reads of the training texts and of the others."""
    if method not in TOKENS:
        vectors = layers_of(source)[layer]
        return vectors[rows], [vectors[some] for some in asked]
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = np.array(texts_of(source), dtype=object)
    counter = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=TOKENS[method])
    known = counter.fit_transform(texts[rows])
    return known, [counter.transform(texts[some]) if len(some) else None for some in asked]


@functools.cache
def layers_of(source: str) -> np.ndarray:
    """Return untuned MiniLM's mean vectors of a source's texts, shape (7, N, 384), of length 1.

    The first are the mean of what goes into the first layer, the others of what each layer gives.
    """
    vectors = pool_layers(Network("all", 1, 0), ids_of(source))
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def choose_linear(plan: Plan, labels: int) -> dict[tuple[str, str], Choice]:
    """Return the C, and the layer, of each method and task with the best macro F1 on the first fold's validation.

    labels: with how many it is chosen; 0: all. The reviews have no validation: they take what tone chose.
    """
    chosen: dict[tuple[str, str], Choice] = {(MAJORITY, task): (1.0, LAYERS) for task in ("tone", "topic", "reviews")}
    for method in METHODS[1:]:
        layers = tuple(range(LAYERS + 1)) if method == BEST_LAYER else (LAYERS,)
        for task in ("tone", "topic"):
            chosen[method, task] = best_linear(plan, method, task, labels, layers)
        chosen[method, "reviews"] = chosen[method, "tone"]
    return chosen


def best_linear(plan: Plan, method: str, task: str, labels: int, layers: tuple[int, ...]) -> Choice:
    """Return the best C and layer on the first fold's validation; of equals the first."""
    from studies.finetune_classifier.chosen import score_validation

    tried = [(strength, layer) for layer in layers for strength in plan.strengths]
    return max(tried, key=lambda one: score_validation(task, run_linear(method, task, 0, labels, *one)))
