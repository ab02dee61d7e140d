"""One loop for classifiers and language models, an adapter or all weights: whatever is not frozen is trained."""

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from workshop.errors import WorkshopError, require, take_list
from workshop.models.memory import trim_memory
from workshop.tune.batches import compute_loss, draw_batches, evaluate
from workshop.tune.examples import IGNORED, Example
from workshop.tune.parts import Parts

RATE = 5e-3
EPOCHS = 3
BATCH = 4
PATIENCE = 2
WARMUP = 0.1
LONGEST_STEP = 1.0
# Batches of many lengths leave holes in the memory, half a gigabyte after 75 batches: after so many steps, and before
# an evaluation, the system gets them back. That takes less than a tenth of the time.
TRIMMED = 4
# How many steps a training for a time is taken to have until one has been timed.
GUESS = 100


@dataclass(frozen=True)
class Report:
    """What a step tells: its number from 1 on, of how many, its loss, and the seconds of training so far."""

    step: int
    steps: int
    loss: float
    seconds: float


@dataclass(frozen=True)
class Training:
    """What became of a training: each step's loss, and its seconds, without those of `tell` and of what is held back.

    held_back: the loss on the examples held back, after each epoch. best: the epoch, from 0, whose weights were kept.
    """

    losses: tuple[float, ...]
    seconds: float
    held_back: tuple[float, ...] = ()
    best: int | None = None


def fine_tune(
    model: Any, examples: Sequence[Example], *, epochs: int = EPOCHS, steps: int | None = None,
    seconds: float | None = None, rate: float = RATE, batch: int = BATCH, seed: int = 0,
    held_back: Sequence[Example] = (), patience: int = PATIENCE, parts: Parts | None = None,
    tell: Callable[[Report], bool | None] | None = None,
) -> Training:  # fmt: skip
    """Train what is not frozen in a model on N examples, with AdamW, under a progress bar.

    epochs: how often each example is seen; or steps: so many batches; or seconds. rate: the peak, after a tenth of the
    steps; an adapter wants a higher one than all weights. held_back: examples whose loss after each epoch decides, by
    parts.stop_at and patience, when to stop and which epoch's weights are kept. tell: called after each step; stops
    where it returns True. The same seed, examples and threads give the same weights (not for seconds).
    Raises WorkshopError for what can't be trained and for a loss that is no number.
    """
    torch, parts, keeper = require("torch", "tune"), parts or Parts(), _Keeper(model)
    examples, held_back = take_list(examples, "examples", "[example]"), take_list(held_back, "examples", "[example]")
    _check(model, [*examples, *held_back], epochs if steps is None else steps, rate, batch)
    clock = _Clock(steps or epochs * -(-len(examples) // batch), seconds)
    optimizer = torch.optim.AdamW(keeper.weights, lr=rate, weight_decay=0.0, fused=True)
    losses: list[float] = []
    with torch.random.fork_rng(), _training(model), _progress() as show:
        torch.manual_seed(seed)
        for rows, ends_epoch in draw_batches([len(one.ids) for one in examples], batch, seed):
            with clock.counting():
                warmup = max(1, round(WARMUP * clock.steps))
                optimizer.param_groups[0]["lr"] = parts.learning_rate(clock.step + 1, clock.steps + 1, warmup, rate)
                loss, _ = compute_loss(model, [examples[row] for row in rows], parts)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(keeper.weights, LONGEST_STEP)
                optimizer.step()
                optimizer.zero_grad()
                losses.append(loss.item())
            show(report := Report(clock.step, clock.steps, losses[-1], clock.seconds))
            if held_back and ends_epoch:
                trim_memory()
                keeper.keep(evaluate(model, held_back, parts), parts.stop_at, patience)
            if (tell and tell(report)) or clock.is_over or keeper.is_over:
                break
    return Training(tuple(losses), clock.seconds, tuple(keeper.losses), keeper.restore())


class _Clock:
    """Counts steps and the seconds that they take; with a limit in seconds, tells how many steps that will be."""

    def __init__(self, steps: int, limit: float | None) -> None:
        self.steps, self.limit = steps if limit is None else GUESS, limit
        self.step, self.seconds, self.is_over = 0, 0.0, False

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count a step, which is what a `with` block does."""
        start = time.perf_counter()
        yield
        self.step += 1
        if self.step % TRIMMED == 0:
            trim_memory()
        self.seconds += time.perf_counter() - start
        if self.limit is not None:
            self.steps = max(self.step, round(self.step * self.limit / self.seconds))
        self.is_over = self.step >= self.steps if self.limit is None else self.seconds >= self.limit


class _Keeper:
    """Keeps the trained weights of the best epoch, and tells when to stop."""

    def __init__(self, model: Any) -> None:
        self.weights = [one for one in model.parameters() if one.requires_grad]
        self.losses: list[float] = []
        self.kept: list[Any] = []
        self.best: int | None = None
        self.is_over = False

    def keep(self, loss: float, stop_at: Callable[[Sequence[float], int], int], patience: int) -> None:
        """Take in the loss after an epoch."""
        self.losses.append(loss)
        best = stop_at(list(self.losses), patience)
        if best == len(self.losses) - 1:
            self.best = best
            if self.kept:  # into the same memory: a second copy of all weights beside it would be too much
                for kept, one in zip(self.kept, self.weights, strict=True):
                    kept.copy_(one.detach())
            else:
                self.kept = [one.detach().clone() for one in self.weights]
        self.is_over = len(self.losses) - 1 - best >= patience

    def restore(self) -> int | None:
        """Put the best epoch's weights back, where one was kept; returns which."""
        with require("torch", "tune").no_grad():
            for one, kept in zip(self.weights, self.kept or self.weights, strict=True):
                one.copy_(kept)
        return self.best


@contextmanager
def _training(model: Any) -> Iterator[None]:
    """Put a model into training mode, and back into that of evaluation."""
    model.train()
    try:
        yield
    finally:
        model.eval()


@contextmanager
def _progress() -> Iterator[Callable[[Report], None]]:
    """Give a function that moves a progress bar with the loss and the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("left"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(file=sys.stdout), transient=True) as bar:
        task = bar.add_task("tuning", total=None)

        def show(report: Report) -> None:
            said = f"tuning · loss {report.loss:.2f}"
            bar.update(task, total=report.steps, completed=report.step, description=said)

        yield show


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
        if isinstance(one.labels, int):
            if not 0 <= one.labels < model.config.num_labels:
                raise WorkshopError(
                    f"example {place} is of class {one.labels}, but the model has {model.config.num_labels}, counted "
                    "from 0. Load it with all labels: load_classifier(settings, labels)."
                )
        elif len(one.ids) != len(one.labels) or all(label == IGNORED for label in one.labels[1:]):
            raise WorkshopError(
                f"example {place} has {len(one.ids)} ids and {len(one.labels)} labels, of which none after the first "
                f"counts or the numbers differ: give each id a label, {IGNORED} where nothing is to be learnt."
            )
