"""Batches of like length, and a model's loss on one: of the classes, or of the tokens that have a label."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from workshop.errors import WorkshopError, require
from workshop.tune.examples import IGNORED, Example
from workshop.tune.parts import Parts

# Examples of like length go together within so many batches, which spares padding.
POOL = 8


def draw_batches(lengths: Sequence[int], batch: int, seed: int) -> Iterator[tuple[np.ndarray, bool]]:
    """Yield rows without end, and whether they end an epoch: in each every row once, beside rows of like length."""
    rng = np.random.default_rng(seed)
    while True:
        rows = rng.permutation(len(lengths))
        pools = [rows[start : start + POOL * batch] for start in range(0, len(rows), POOL * batch)]
        ordered = [pool[np.argsort(np.take(lengths, pool), kind="stable")] for pool in pools]
        batches = [pool[start : start + batch] for pool in ordered for start in range(0, len(pool), batch)]
        order = rng.permutation(len(batches))
        yield from ((batches[place], count == len(order)) for count, place in enumerate(order, start=1))


def compute_loss(model: Any, examples: Sequence[Example], parts: Parts) -> tuple[Any, int]:
    """Return the mean loss of B examples, a tensor with a gradient, and over how many labels it is."""
    torch = require("torch", "tune")
    device = next(model.parameters()).device
    whole = {"dtype": torch.int64, "device": device}  # a learner's tables may hold 5.0 for 5
    ids, mask = (torch.as_tensor(one, **whole) for one in parts.pad_batch([one.ids for one in examples], 0))
    if isinstance(examples[0].labels, int):
        labels = torch.tensor([one.labels for one in examples], device=device)
        logits = model(input_ids=ids, attention_mask=mask).logits  # (B, C)
    else:
        labels = torch.as_tensor(parts.pad_batch([one.labels for one in examples], IGNORED)[0], **whole)[:, 1:]
        # Logits are computed only where an example has a label: they are most of the memory.
        places = (labels != IGNORED).any(dim=0).nonzero().flatten()  # (K,)
        labels = labels[:, places]
        # No mask: a causal model's tokens never see the padding to their right.
        logits = model(input_ids=ids, logits_to_keep=places, use_cache=False).logits[labels != IGNORED]  # (M, V)
        labels = labels[labels != IGNORED]  # (M,)
    loss = parts.cross_entropy(logits.float(), labels)
    if not torch.isfinite(torch.as_tensor(loss)):
        raise WorkshopError(
            "the loss is no number any more: the rate is too high, or float16 is too narrow for this training. "
            "Take a tenth of the rate, or load the model with dtype float32."
        )
    return loss, len(labels)


def evaluate(model: Any, examples: Sequence[Example], parts: Parts = Parts(), batch: int = 16) -> float:  # noqa: B008
    """Return a model's mean loss over all labels of N examples, in evaluation mode and without a gradient."""
    order = sorted(examples, key=lambda one: len(one.ids))
    was_training = model.training
    model.eval()
    try:
        with require("torch", "tune").no_grad():
            found = [compute_loss(model, order[start : start + batch], parts) for start in range(0, len(order), batch)]
    finally:
        model.train(was_training)
    return sum(float(loss) * count for loss, count in found) / sum(count for _, count in found)
