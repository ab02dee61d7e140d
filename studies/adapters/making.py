"""Train an adapter as it will be shipped, and ask the model with it on."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from studies.adapters.asking import ask, load
from studies.adapters.chats import Diet, make_chats
from studies.freshness import ROOT
from studies.memory import PeakMemory
from workshop.tune import Recipe, adapter, make_examples, train_adapter
from workshop.tune.lora import FILES

# Git-ignored: what was trained here lies in a folder of each run's own until one of them is shipped.
MADE = ROOT / "build" / "adapters"
Plain = Sequence[Any]


def make_adapter(name: str, recipe: Plain, diet: Plain, seed: int, tasks: Sequence[str]) -> dict[str, Any]:
    """Train one adapter and return what it cost, its hash, and its replies to each task.

    recipe, diet: the fields of a Recipe and a Diet. What is asked is the adapter as it lies on the disk.
    """
    tokenizer, model = load()
    chats = make_chats(name, Diet(*diet))
    folder = find_made(name, recipe, diet, seed)
    with PeakMemory() as memory:
        training = train_adapter(tokenizer, model, chats, Recipe(*recipe), folder, seed=seed)
    tenth = max(1, len(training.losses) // 10)
    found = {
        "chats": len(chats),
        "tokens": Recipe(*recipe).epochs * sum(len(one.ids) for one in make_examples(tokenizer, chats)),
        "seconds": training.seconds,
        "loss": sum(training.losses[-tenth:]) / tenth,
        "peak_megabytes": memory.megabytes,
        "megabytes": (folder / FILES[1]).stat().st_size / 1e6,
        "sha256": hash_weights(folder),
    }
    with adapter(model, folder):
        return {**found, "answers": {task: ask(tokenizer, model, task) for task in tasks}}


def describe_cell(
    name: str, recipe: Recipe, diet: Diet, seed: int, tasks: Sequence[str]
) -> tuple[str, Plain, Plain, int, Plain]:
    """Return the cell of a run of make_adapter."""
    return name, astuple(recipe), astuple(diet), seed, tuple(tasks)


def find_made(name: str, recipe: Plain, diet: Plain, seed: int) -> Path:
    """Return the folder of a run's adapter."""
    return MADE / f"{name}-{hashlib.sha256(json.dumps([recipe, diet]).encode()).hexdigest()[:8]}-{seed}"


def hash_weights(folder: Path) -> str:
    """Return the sha256 of an adapter's weights."""
    return hashlib.sha256((folder / FILES[1]).read_bytes()).hexdigest()
