"""Train an adapter, keep it in bfloat16 as it is shipped, and ask the model with it on."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from studies.adapters.asking import ask, load
from studies.adapters.chats import Diet, make_chats
from studies.freshness import ROOT
from studies.memory import PeakMemory
from workshop.models.quiet import quiet_transformers
from workshop.tune import adapter, count_trained, fine_tune, make_examples

# Git-ignored: what was trained here lies in a folder of each run's own until one of them is shipped.
MADE = ROOT / "build" / "adapters"
WEIGHTS = "adapter_model.safetensors"
EVERYWHERE = "all-linear"
MODULES = {"q and v": ["q_proj", "v_proj"], "all linear": EVERYWHERE}


@dataclass(frozen=True)
class Recipe:
    """How an adapter is trained. modules: which layers it stands beside; batch: chats a step; diet: on what."""

    modules: str = "all linear"
    rank: int = 8
    rate: float = 1e-3
    epochs: int = 1
    batch: int = 2
    diet: Diet = field(default_factory=Diet)


def make_adapter(name: str, recipe: str, seed: int, tasks: Sequence[str]) -> dict[str, Any]:
    """Train one adapter and return what it cost, its hash, and its replies to each task.

    recipe: as write_recipe writes it. What is asked is the adapter as it lies on the disk, put on by workshop.tune.
    """
    plan = read_recipe(recipe)
    tokenizer, model = load()
    examples = make_examples(tokenizer, make_chats(name, plan.diet))
    folder = find_made(name, recipe, seed)
    with PeakMemory() as memory:
        trained = train(model, examples, plan, seed, folder)
    found = {
        **trained,
        "examples": len(examples),
        "tokens": plan.epochs * sum(len(one.ids) for one in examples),
        "megabytes": (folder / WEIGHTS).stat().st_size / 1e6,
        "peak_megabytes": memory.megabytes,
        "sha256": hash_weights(folder),
    }
    with adapter(model, folder):
        return {**found, "answers": {task: ask(tokenizer, model, task) for task in tasks}}


def train(model: Any, examples: Sequence[Any], plan: Recipe, seed: int, folder: Path) -> dict[str, Any]:
    """Train an adapter beside a model, save it in peft's form and bfloat16, and leave the model bare."""
    tuned = add_adapter(model, plan, seed)
    training = fine_tune(tuned, examples, epochs=plan.epochs, rate=plan.rate, batch=plan.batch, seed=seed)
    parameters = count_trained(tuned)
    save(tuned, folder)
    tuned.unload()
    for weights in model.parameters():
        weights.requires_grad_(True)
    tenth = max(1, len(training.losses) // 10)
    return {
        "parameters": parameters,
        "seconds": training.seconds,
        "loss": sum(training.losses[-tenth:]) / tenth,
    }


def add_adapter(model: Any, recipe: Recipe, seed: int) -> Any:
    """Put a LoRA adapter beside a model's layers, as a recipe says; returns peft's model."""
    import peft
    import torch

    options = {"r": recipe.rank, "lora_alpha": 2 * recipe.rank, "target_modules": MODULES[recipe.modules]}
    with torch.random.fork_rng(), quiet_transformers():
        torch.manual_seed(seed)
        # In bfloat16 like the model: in float32 a step takes a third longer, and it is shipped in bfloat16 anyway.
        plan = peft.LoraConfig(task_type="CAUSAL_LM", **options)
        return peft.get_peft_model(model, plan, autocast_adapter_dtype=False)


def save(tuned: Any, folder: Path) -> None:
    """Save an adapter in peft's own form, its weights in bfloat16."""
    import torch
    from safetensors.torch import load_file, save_file

    tuned.save_pretrained(folder)
    weights = {name: one.to(torch.bfloat16) for name, one in load_file(folder / WEIGHTS).items()}
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})


def find_made(name: str, recipe: str, seed: int) -> Path:
    """Return the folder of a run's adapter."""
    return MADE / f"{name}-{hashlib.sha256(recipe.encode()).hexdigest()[:8]}-{seed}"


def hash_weights(folder: Path) -> str:
    """Return the sha256 of an adapter's weights."""
    return hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()


def write_recipe(plan: Recipe) -> str:
    """Write a recipe as one line, by which its runs are known."""
    return json.dumps(asdict(plan), sort_keys=True)


def read_recipe(text: str) -> Recipe:
    """Read what write_recipe wrote."""
    plain = json.loads(text)
    return Recipe(**plain | {"diet": Diet(**plain["diet"])})
