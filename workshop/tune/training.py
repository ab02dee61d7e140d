"""One loop for an adapter and for all weights: whatever is not frozen is trained."""

import itertools
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.errors import WorkshopError, require, take_list
from workshop.tune.examples import IGNORED, Example

RATE = 5e-3
EPOCHS = 3
BATCH = 4
WARMUP = 0.1
LONGEST_STEP = 1.0
# Examples of like length go together within so many batches, which spares padding.
POOL = 8


@dataclass(frozen=True)
class Report:
    """What a step tells: its number from 1 on, of how many, its loss, and the seconds of training so far."""

    step: int
    steps: int
    loss: float
    seconds: float


@dataclass(frozen=True)
class Training:
    """What became of a training: the loss of each step, and its seconds, without those that `tell` took."""

    losses: tuple[float, ...]
    seconds: float


def fine_tune(
    model: Any,
    examples: Sequence[Example],
    *,
    epochs: int = EPOCHS,
    steps: int | None = None,
    rate: float = RATE,
    batch: int = BATCH,
    seed: int = 0,
    tell: Callable[[Report], bool | None] | None = None,
) -> Training:
    """Train what is not frozen in a causal language model on N examples, with AdamW, under a progress bar.

    epochs: how often each example is seen; steps: so many batches instead. rate: AdamW's peak, reached after a tenth
    of the steps and falling to 0 at the end; all weights want a lower one than an adapter, and big models lower ones
    than the tiny one: choose it on examples held back. tell: called after every step; the training stops where it
    returns True. The same seed, examples and threads give the same weights.
    Raises WorkshopError for no examples, one longer than the model's context or without a label, numbers out of
    range, a model that is frozen altogether, and a loss that is no number.
    """
    torch = require("torch", "tune")
    examples = take_list(examples, "examples", "[example]")
    _check(model, examples, epochs if steps is None else steps, rate, batch)
    steps = epochs * -(-len(examples) // batch) if steps is None else steps
    weights = [one for one in model.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps))
    batches = itertools.islice(_draw_batches([len(one.ids) for one in examples], batch, seed), steps)
    losses: list[float] = []
    seconds = 0.0
    with torch.random.fork_rng(), _training(model), _progress(steps) as show:
        torch.manual_seed(seed)
        for rows in batches:
            start = time.perf_counter()
            losses.append(_train_step(model, weights, optimizer, [examples[row] for row in rows]))
            schedule.step()
            seconds += time.perf_counter() - start
            report = Report(len(losses), steps, losses[-1], seconds)
            show(report)
            if tell and tell(report):
                break
    return Training(tuple(losses), seconds)


def rate_at(step: int, steps: int) -> float:
    """Return the share of the peak rate at a step, counted from 0: rising for a tenth of the steps, then falling."""
    warmup = max(1, round(WARMUP * steps))
    return min((step + 1) / warmup, max(0.0, (steps - step) / max(1, steps - warmup + 1)))


def pad_batch(examples: Sequence[Example], pad_id: int = 0, device: Any = "cpu") -> tuple[Any, Any]:
    """Return ids and labels of B examples as tensors (B, T), int64, filled up on the right.

    No mask is needed: a causal model's tokens never see what stands to their right, and padding has no label.
    """
    torch = require("torch", "tune")
    examples = list(examples)
    longest = max(len(one.ids) for one in examples)
    ids = [[*one.ids, *[pad_id] * (longest - len(one.ids))] for one in examples]
    labels = [[*one.labels, *[IGNORED] * (longest - len(one.labels))] for one in examples]
    return torch.tensor(ids, device=device), torch.tensor(labels, device=device)


def _train_step(model: Any, weights: list[Any], optimizer: Any, examples: Sequence[Example]) -> float:
    """Take one step on a batch; returns the mean loss of the labelled tokens before it."""
    torch = require("torch", "tune")
    ids, labels = pad_batch(examples, device=weights[0].device)
    # Before the batch's first label nothing counts: what comes next is not even predicted there.
    kept = ids.shape[1] - int((labels != IGNORED).any(dim=0).nonzero()[0]) + 1
    loss = model(input_ids=ids, labels=labels[:, -kept:], logits_to_keep=kept, use_cache=False).loss
    if not torch.isfinite(loss):
        raise WorkshopError(
            "the loss is no number any more: the rate is too high, or float16 is too narrow for this training. "
            "Take a tenth of the rate, or load the model with dtype float32."
        )
    loss.backward()
    torch.nn.utils.clip_grad_norm_(weights, LONGEST_STEP)
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def _draw_batches(lengths: Sequence[int], batch: int, seed: int) -> Iterator[np.ndarray]:
    """Yield rows without end: in each epoch every row once, beside rows of like length, in random order."""
    rng = np.random.default_rng(seed)
    while True:
        rows = rng.permutation(len(lengths))
        pools = [rows[start : start + POOL * batch] for start in range(0, len(rows), POOL * batch)]
        ordered = [pool[np.argsort(np.take(lengths, pool), kind="stable")] for pool in pools]
        batches = [pool[start : start + batch] for pool in ordered for start in range(0, len(pool), batch)]
        yield from (batches[place] for place in rng.permutation(len(batches)))


@contextmanager
def _training(model: Any) -> Iterator[None]:
    """Put a model into training mode, and back into that of evaluation."""
    model.train()
    try:
        yield
    finally:
        model.eval()


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[Report], None]]:
    """Give a function that moves a progress bar with the loss and the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("left"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(file=sys.stdout), transient=True) as bar:
        task = bar.add_task("tuning", total=steps)
        yield lambda report: bar.update(task, completed=report.step, description=f"tuning · loss {report.loss:.2f}")


def _check(model: Any, examples: Sequence[Example], times: int, rate: float, batch: int) -> None:
    """Raise WorkshopError for what no training can be made of."""
    if not examples:
        raise WorkshopError("expected examples to tune on, got none. Make them with make_examples(model, chats).")
    if min(times, batch) < 1 or not (0 < rate < math.inf):
        raise WorkshopError(
            f"expected 1 or more epochs or steps, a batch of 1 or more and a rate above 0, got {times}, {batch} and "
            f"{rate}."
        )
    if not any(one.requires_grad for one in model.parameters()):
        raise WorkshopError(
            "every weight of this model is frozen. Put an adapter beside it with add_lora(model), or let all weights "
            "learn: model.requires_grad_(True)."
        )
    for place, one in enumerate(examples):
        if len(one.ids) > model.config.max_position_embeddings:
            raise WorkshopError(
                f"example {place} has {len(one.ids):,} tokens, but the model reads "
                f"{model.config.max_position_embeddings:,}. Shorten it or leave it out."
            )
        if len(one.ids) != len(one.labels) or all(label == IGNORED for label in one.labels[1:]):
            raise WorkshopError(
                f"example {place} has {len(one.ids)} ids and {len(one.labels)} labels, of which none after the first "
                f"counts or the numbers differ: give each id a label, {IGNORED} where nothing is to be learnt."
            )
