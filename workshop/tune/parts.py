"""What the loop is made of and a learner may replace: the loss, the learning rate, the stop, the padding."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.errors import require


def learning_rate(step: int, steps: int, warmup: int, peak: float) -> float:
    """Return the rate at a step: from 0 to its peak in `warmup` steps, then down to 0 at `steps`, both in a line.

    The same as transformers' linear schedule.
    """
    if step < warmup:
        return peak * step / warmup
    return peak * max(0.0, (steps - step) / max(1, steps - warmup))


def stop_at(losses: Sequence[float], patience: int) -> int:
    """Return the index of the lowest loss seen before `patience` in a row were no lower."""
    best = 0
    for place, loss in enumerate(losses):
        if loss < losses[best]:
            best = place
        if place - best >= patience:
            break
    return best


def pad_batch(sequences: Sequence[Sequence[int]], pad_id: int) -> tuple[list[list[int]], list[list[int]]]:
    """Fill B sequences up on the right to the longest; returns ids and a mask with 1 where a token is, B rows each."""
    longest = max(map(len, sequences))
    ids = [[*one, *[pad_id] * (longest - len(one))] for one in sequences]
    mask = [[1] * len(one) + [0] * (longest - len(one)) for one in sequences]
    return ids, mask


def cross_entropy(logits: Any, labels: Any) -> Any:
    """Return the mean loss in nats of logits (N, C) and labels (N,), tensors, as a tensor with a gradient."""
    return require("torch", "tune").nn.functional.cross_entropy(logits, labels)


def as_loss(function: Callable[[np.ndarray, np.ndarray], float]) -> Callable[[Any, Any], Any]:
    """Turn a cross-entropy on arrays, (N, C) and (N,) to a number, into the loop's loss.

    The number that is shown, compared and stopped at is the function's own; a number has no gradient, so that is the
    cross-entropy's, taken by torch: right as far as the function's number is.
    """

    def loss(logits: Any, labels: Any) -> Any:
        exact = cross_entropy(logits, labels)
        own = function(logits.detach().cpu().double().numpy(), labels.cpu().numpy())
        return exact + (float(own) - exact.detach())

    return loss


@dataclass(frozen=True)
class Parts:
    """The replaceable parts of the loop, each as the function here of the same name.

    cross_entropy: of tensors; `as_loss` makes one of a function on arrays.
    """

    cross_entropy: Callable[[Any, Any], Any] = cross_entropy
    learning_rate: Callable[[int, int, int, float], float] = learning_rate
    stop_at: Callable[[Sequence[float], int], int] = stop_at
    pad_batch: Callable[[Sequence[Sequence[int]], int], tuple[Any, Any]] = pad_batch
