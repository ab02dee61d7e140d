"""GloVe in torch, with the learner's own weighting."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workshop.errors import WorkshopError, require
from workshop.threads import use_threads

RATE = 0.02
ROWS = 256


def glove_weights(counts: np.ndarray, x_max: float = 10.0, alpha: float = 0.75) -> np.ndarray:
    """Return how much each count matters: (count / x_max) ** alpha, at most 1, and 0 for 0.

    counts: of any shape, not negative. Returns the same shape. Source: Pennington et al. 2014, equation 9.
    """
    return np.minimum(counts / x_max, 1) ** alpha


def train_glove(
    counts: np.ndarray,
    weights: np.ndarray,
    dimensions: int = 100,
    epochs: int = 10,
    seed: int = 0,
    progress: Callable[[int], Any] | None = None,
) -> np.ndarray:
    """Train GloVe: vectors whose products are the logarithms of the counts, errors weighted by `weights`.

    counts: shape (V, V), symmetric. weights: shape (V, V), 0 where a count is 0. progress: called after each epoch
    with its number, from 1. Returns word plus context vectors, shape (V, D), float32.
    Raises WorkshopError for other shapes or weights on empty cells. Source: Pennington et al. 2014, equation 8.
    """
    check_tables(counts, weights)
    torch = require("torch", "words")
    generator = torch.Generator().manual_seed(seed)
    # Where the weight is 0 any target will do: it must only be a number.
    targets = torch.from_numpy(np.log(np.where(counts > 0, counts, 1)).astype(np.float32))
    importance = torch.from_numpy(np.asarray(weights, dtype=np.float32))
    size = len(counts)
    vectors = [(torch.rand((size, dimensions), generator=generator) - 0.5) / dimensions for _ in range(2)]
    # The biases begin where frequency alone explains the counts; otherwise the vectors spend themselves on frequency.
    sums = np.maximum(counts.sum(axis=1, dtype=np.float64), 1e-6)
    biases = torch.from_numpy((np.log(sums) - np.log(sums.sum()) / 2).astype(np.float32))
    parts = [part.requires_grad_() for part in (*vectors, biases[:, None].clone(), biases[None, :].clone())]
    optimizer = torch.optim.Adam(parts, lr=RATE)
    with use_threads(1):  # a second one gains a tenth at best: see threads.py
        for epoch in range(1, epochs + 1):
            for rows in torch.randperm(size, generator=generator).split(ROWS):
                _step(parts, targets[rows], importance[rows], rows, optimizer)
            if progress is not None:
                progress(epoch)
    return (parts[0] + parts[1]).detach().numpy()


def _step(parts: list[Any], targets: Any, importance: Any, rows: Any, optimizer: Any) -> None:
    """Take one step of gradient descent on some rows against all columns."""
    words, contexts, word_biases, context_biases = parts
    error = words[rows] @ contexts.T + word_biases[rows] + context_biases - targets
    loss = (importance * error.square()).sum() / len(rows)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def check_tables(counts: np.ndarray, weights: np.ndarray) -> None:
    """Raise WorkshopError where counts and weights don't fit each other."""
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.shape != np.shape(weights):
        raise WorkshopError(
            f"expected counts and weights of one shape (V, V), got {counts.shape} and {np.shape(weights)}. "
            "Make the weights from the counts: glove_weights(counts, x_max, alpha)."
        )
    if not np.isfinite(weights).all() or np.any(weights[counts == 0] != 0):
        raise WorkshopError(
            "words that never met have no logarithm to learn, but some of their weights are not 0. "
            "Give them weight 0: (0 / x_max) ** alpha is 0 already."
        )
