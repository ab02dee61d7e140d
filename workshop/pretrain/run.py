"""A whole run: tokenizer, model, batches, progress, and a checkpoint to go on from after a kill at any moment."""

import itertools
import json
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.pretrain.circuit import hold_circuits
from workshop.pretrain.packing import make_batch
from workshop.pretrain.sizes import build_model, count_parameters, find_size
from workshop.pretrain.tokenizer import CONTEXT, GROUPS, VOCABULARY, Encoder, load_tokenizer, train_tokenizer

CHECKPOINT = "checkpoint.pt"
LOG = "log.jsonl"
PLAN = "plan.json"
AHEAD = 4
# So long a model's circuits are held fast, until the rest has come to rely on them.
HELD_STEPS = 3000


@dataclass(frozen=True)
class Plan:
    """What a run is to do: the same plan goes on where it stopped. steps, or minutes where steps is None.

    circuit: whether the model begins with circuits that copy and find, or with random weights alone.
    """

    size: str = "small"
    steps: int | None = None
    minutes: float = 5.0
    seed: int = 0
    vocabulary: int = VOCABULARY
    length: int = CONTEXT
    groups: int = GROUPS
    save_every: float = 60.0
    circuit: bool = True


class Clock:
    """Seconds spent on a run, those of earlier starts included."""

    def __init__(self, spent: float) -> None:
        self.start = time.monotonic() - spent

    def read(self) -> float:
        """Return the seconds spent so far."""
        return time.monotonic() - self.start


def run(
    plan: Plan, folder: Path, device: str = "cpu", workers: int = 0, tell: Callable[..., None] | None = None
) -> Path:
    """Pretrain by a plan in a folder, or go on with it; returns the folder of the finished model.

    With steps, the same plan on the same machine ends with the same weights, killed or not; with minutes the number of
    steps depends on the machine. tell: called after every step with the loop's report and the seconds spent.
    Raises WorkshopError where the folder holds a run by another plan.
    """
    torch = require("torch", "tune")
    from workshop.pretrain.loop import make_optimizers, train

    folder.mkdir(parents=True, exist_ok=True)
    keep_plan(plan, folder)
    tokenizer = _get_tokenizer(plan, folder)
    size = find_size(plan.size)
    model = build_model(size, tokenizer, plan.seed, plan.circuit).to(device)
    optimizers = make_optimizers(model, size.matrix_rate, size.other_rate)
    state = load_checkpoint(folder, model, optimizers, device)
    clock, step = Clock(state["seconds"]), state["step"]
    batches = make_batches(plan, size.batch, step, Encoder(tokenizer), workers)

    def done_at(at: int) -> float:
        return at / plan.steps if plan.steps is not None else clock.read() / (60 * plan.minutes)

    held = hold_circuits(model) if plan.circuit and step < HELD_STEPS else []
    saver = _Saver(plan, folder, model, optimizers, clock, tell, state["seconds"])

    def after(report: Any) -> None:
        saver(report)
        if report.step == HELD_STEPS:
            for handle in held:
                handle.remove()

    train(model, optimizers, batches, done_at, after)
    save_checkpoint(folder, model, optimizers, saver.step or step, clock.read())
    return export(model, tokenizer, folder / "model", torch.bfloat16)


class _Saver:
    """Writes the log after each step and a checkpoint now and then."""

    def __init__(
        self, plan: Plan, folder: Path, model: Any, optimizers: list[Any], clock: Clock, tell: Any, seconds: float
    ) -> None:
        self.plan, self.folder, self.model, self.optimizers = plan, folder, model, optimizers
        self.clock, self.tell, self.saved, self.step = clock, tell, seconds, 0
        self.parameters = count_parameters(model)

    def __call__(self, report: Any) -> None:
        """Note a step."""
        self.step, seconds = report.step, self.clock.read()
        line = asdict(report) | {"seconds": round(seconds, 2), "parameters": self.parameters}
        with (self.folder / LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if seconds - self.saved >= self.plan.save_every:
            save_checkpoint(self.folder, self.model, self.optimizers, report.step, seconds)
            self.saved = seconds
        if self.tell:
            self.tell(report, seconds)


def keep_plan(plan: Plan, folder: Path) -> None:
    """Write the plan into the folder; raise WorkshopError where another one lies there."""
    path, text = folder / PLAN, json.dumps(asdict(plan), indent=1)
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise WorkshopError(
            f"{folder} holds a run by another plan ({path}). To go on with it, give its options again; "
            "for a new run, name another folder with --out."
        )
    write_whole(path, lambda part: part.write_text(text, encoding="utf-8"))


def _get_tokenizer(plan: Plan, folder: Path) -> Any:
    """Return the run's tokenizer, learnt at its first start."""
    place = folder / "tokenizer"
    if not (place / "tokenizer.json").exists():
        train_tokenizer(plan.seed, plan.vocabulary, plan.groups).save_pretrained(folder / "tokenizer.part")
        os.replace(folder / "tokenizer.part", place)
    return load_tokenizer(place)


def make_batches(plan: Plan, batch: int, start: int, encoder: Encoder, workers: int) -> Iterator[tuple[int, Any]]:
    """Yield (step, batch) from a step on, without end; with workers, other processes make a few of them ahead."""
    make = partial(make_batch, plan.seed, batch=batch, length=plan.length, encoder=encoder)
    if not workers:
        yield from ((step, make(step)) for step in itertools.count(start))
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
    try:
        ahead = deque((step, pool.submit(make, step)) for step in range(start, start + AHEAD * workers))
        while True:
            step, batch_to_come = ahead.popleft()
            ahead.append((step + AHEAD * workers, pool.submit(make, step + AHEAD * workers)))
            yield step, batch_to_come.result()
    finally:
        pool.shutdown(cancel_futures=True)


def save_checkpoint(folder: Path, model: Any, optimizers: list[Any], step: int, seconds: float) -> None:
    """Write weights and optimizers whole or not at all: a kill in between leaves the earlier checkpoint."""
    torch = require("torch", "tune")
    state = {
        "model": model.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "step": step,
        "seconds": seconds,
    }
    write_whole(folder / CHECKPOINT, lambda part: torch.save(state, part))


def load_checkpoint(folder: Path, model: Any, optimizers: list[Any], device: str) -> dict[str, Any]:
    """Put the folder's checkpoint, if there is one, into model and optimizers; returns step and seconds so far."""
    torch = require("torch", "tune")
    path = folder / CHECKPOINT
    if not path.exists():
        return {"step": 0, "seconds": 0.0}
    state = torch.load(path, map_location=device, weights_only=True)
    model.load_state_dict(state["model"])
    for optimizer, kept in zip(optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(kept)
    return state


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Write a file beside its place, bring it to the disk, then move it there in one go."""
    part = path.with_name(path.name + ".part")
    write(part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(part, path)


def export(model: Any, tokenizer: Any, folder: Path, dtype: Any) -> Path:
    """Write what users load: weights in safetensors in the given format, config, tokenizer with chat template."""
    copy = type(model)(model.config)
    copy.load_state_dict({name: weights.cpu() for name, weights in model.state_dict().items()})
    copy.to(dtype).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
