"""Pictures: a small ResNet that has learnt the digits 0 to 4 learns 5 to 9 from five examples each."""

import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from workshop.models.small import make_resnet
from workshop.tune import count_trained, fit

BATCH = 25
START_RATE = 3e-3
# Labels of each new digit.
EACH = 5
Cell = dict[str, Any]


@cache
def read_digits(old: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return scikit-learn's digits 0 to 4, or 5 to 9 with labels from 0: pictures (N, 1, 32, 32) and labels (N,)."""
    from sklearn.datasets import load_digits

    pictures, labels = load_digits(return_X_y=True)
    rows = labels < 5 if old else labels >= 5
    small = pictures[rows].reshape(-1, 8, 8) / 16
    return np.kron(small, np.ones((4, 4)))[:, None].astype(np.float32), labels[rows] % 5


def draw_few(each: int, draw: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the rows of so many pictures of each new digit, as many to choose a rate on, and all others."""
    labels, rng = read_digits(old=False)[1], np.random.default_rng(draw)
    mixed = [rng.permutation(np.flatnonzero(labels == digit)) for digit in range(5)]
    train, validation = (np.concatenate([one[start : start + each] for one in mixed]) for start in (0, each))
    return train, validation, np.setdiff1d(np.arange(len(labels)), [*train, *validation])


def make_picture_batches(pictures: np.ndarray, labels: np.ndarray, seed: int) -> Iterator[Any]:
    """Yield batches of pictures without end, each epoch in another order."""
    import torch

    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(labels))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            rows = order[start : start + BATCH]
            yield {"pixel_values": torch.from_numpy(pictures[rows]), "labels": torch.from_numpy(labels[rows])}


def run_pictures(arm: str, rate: float, steps: int, start_steps: int, draw: int) -> Cell:
    """Learn the new digits from a few and name all others.

    arm: tuned (all weights, from what the old digits left), nothing, frozen (a logistic regression on the tuned
    network's features), or pixels or nearest: without a network. Returns of the pictures that draw_few leaves for the
    test a 1 or a 0 each, among others.
    """
    pictures, labels = read_digits(old=False)
    train, validation, test = draw_few(EACH, draw)
    found: Cell = {}
    start = time.process_time()
    if arm in ("pixels", "nearest"):
        predict = _fit_plain(arm, pictures[train].reshape(len(train), -1), labels[train])
        guess = [predict(pictures[rows].reshape(len(rows), -1)) for rows in (validation, test)]
    else:
        model = make_resnet(5, seed=draw)
        if arm != "nothing":
            old = read_digits(old=True)
            fit(model, make_picture_batches(*old, draw), steps=start_steps, rate=START_RATE)
            found["pretrained_seconds"] = time.process_time() - start
            start = time.process_time()
        if arm == "frozen":
            states = [_read_states(model, pictures[rows]) for rows in (train, validation, test)]
            predict = _fit_plain("pixels", states[0], labels[train])
            guess = [predict(one) for one in states[1:]]
        else:
            _renew_head(model, draw)
            fit(model, make_picture_batches(pictures[train], labels[train], draw), steps=steps, rate=rate)
            guess = [_name(model, pictures[rows]) for rows in (validation, test)]
        found["parameters"] = count_trained(model)
    right = [(one == labels[rows]).astype(int) for one, rows in zip(guess, (validation, test), strict=True)]
    return {**found, "seconds": time.process_time() - start, "validation": float(right[0].mean()),
            "right": "".join(map(str, right[1].tolist()))}  # fmt: skip


def _fit_plain(arm: str, features: np.ndarray, labels: np.ndarray) -> Any:
    """Return a function that names pictures by their features (N, F)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    model = KNeighborsClassifier(1) if arm == "nearest" else LogisticRegression(max_iter=1000)
    return model.fit(features, labels).predict


def _renew_head(model: Any, seed: int) -> None:
    """Give a network's last layer random weights: the old digits' names are of no use."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model.classifier[-1].reset_parameters()


def _read_states(model: Any, pictures: np.ndarray) -> np.ndarray:
    """Return what a network's last layer reads of N pictures, shape (N, F)."""
    import torch

    with torch.inference_mode():
        return model.resnet(torch.from_numpy(pictures)).pooler_output.flatten(1).numpy()


def _name(model: Any, pictures: np.ndarray) -> np.ndarray:
    """Return the label that a network gives to each of N pictures."""
    import torch

    with torch.inference_mode():
        return model(torch.from_numpy(pictures)).logits.argmax(-1).numpy()
