"""The runs of lesson 03: train one arm on one fold, keep what it says of the test."""

import time
from typing import Any

import numpy as np

from studies.finetune_classifier.network import Network, Recipe, score_texts, train
from studies.finetune_classifier.texts import draw_labelled, ids_of, labels_of, source_of, split, states_of

MEGA = 1e6
DIGITS = 4

Cell = dict[str, Any]


def run_network(arm: str, task: str, fold: int, labels: int, rate: float, updates: int, seed: int) -> Cell:
    """Train one arm on so many labelled texts (0: all of the fold's) and classify the fold's validation and test."""
    inputs = inputs_of(arm, source_of(task))
    classes, names = labels_of(task)
    rows = draw_labelled(task, fold, labels, seed)
    _, validation, test = split(task, fold)
    start = time.process_time()
    network = Network(arm, len(names), seed)
    losses = train(network, [inputs[row] for row in rows], classes[rows], Recipe(rate, updates), seed)
    seconds = time.process_time() - start
    scores = {"test": score_texts(network, [inputs[row] for row in test])}
    if len(validation):
        scores["validation"] = score_texts(network, [inputs[row] for row in validation])
    size = sum(weights.numel() for weights in network.weights)
    found: Cell = {"seconds": seconds, "parameters": size, "megabytes": size * 4 / MEGA, "texts": len(rows)}
    found["train_loss"] = float(np.mean(losses[-10:]))
    found["test"] = tell(test, scores["test"])
    if len(validation):
        found["validation"] = tell(validation, scores["validation"])
        found["validation_loss"] = mean_loss(scores["validation"], classes[validation])
    return found


def inputs_of(arm: str, source: str) -> list[Any]:
    """Return what an arm reads of a source's texts."""
    return states_of(source) if arm == "top" else ids_of(source)


def tell(rows: np.ndarray, scores: np.ndarray) -> Cell:
    """Return rows, the class predicted for each, and how sure the network was, as JSON holds it."""
    sure = np.exp(scores.max(axis=1)).astype(float)
    return {"rows": rows.tolist(), "predicted": scores.argmax(axis=1).tolist(), "sure": np.round(sure, DIGITS).tolist()}


def mean_loss(scores: np.ndarray, classes: np.ndarray) -> float:
    """Return the cross-entropy of log-probabilities (N, C) against classes (N,)."""
    return float(-scores[np.arange(len(classes)), classes].mean())
