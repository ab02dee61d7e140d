"""Tune SmolLM2 by LoRA or whole, or a network of its shape from random weights, with a look at it on the way."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from studies.adapters.asking import load
from studies.adapters.chats import Diet, make_chats
from studies.adapters.making import find_made
from studies.adapters.study import make_cell
from studies.adapters.wordings import Chat
from studies.memory import PeakMemory
from workshop.tune import Example, Recipe, fine_tune, make_examples, train_adapter
from workshop.tune.lora import ADAPTERS, borrowed, is_adapter
from workshop.tune.shipped import MODULES

RANK = 8
LORA = {"lora": "all linear", "q and v": "q and v"}
Found = dict[str, Any]


@contextmanager
def make_arm(arm: str, seed: int, rank: int = RANK) -> Iterator[tuple[Any, Any]]:
    """Give tokenizer and a model that is to be trained; afterwards the plain model is as it was.

    arm: lora, "q and v" (LoRA on these alone), full (all weights) or random (all weights, random at first). bfloat16.
    """
    import torch

    tokenizer, model = load()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        if arm in LORA:
            with borrowed(model):
                yield tokenizer, _add(model, arm, rank)
        elif arm == "random":
            fresh, dtype = type(model)(model.config), model.dtype
            for weights in fresh.parameters():  # not its buffers: positions stay exact
                weights.data = weights.data.to(dtype)
            del model
            load.cache_clear()
            yield tokenizer, fresh.eval()
        else:
            # Its weights are overwritten: the next run loads them anew.
            load.cache_clear()
            yield tokenizer, model.requires_grad_(True)


def _add(model: Any, arm: str, rank: int) -> Any:
    """Put a fresh adapter beside a model, in its number format: in float32 a step takes a third longer."""
    import peft

    options = {"r": rank, "lora_alpha": 2 * rank, "target_modules": MODULES[LORA[arm]], "task_type": "CAUSAL_LM"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return peft.get_peft_model(model, peft.LoraConfig(**options), autocast_adapter_dtype=False)


def train(
    tokenizer: Any,
    model: Any,
    chats: Sequence[Chat],
    rate: float,
    seed: int,
    looks: Mapping[int, Callable[[], bool | None]] | None = None,
    batch: int = 1,
) -> Found:
    """Train on each of the chats once; after the steps of `looks` call what stands there, and stop where it says so.

    Returns how many weights are trained, tokens, seconds (without the looks), steps, loss (of the last tenth) and the
    peak of memory in megabytes.
    """
    return train_examples(model, make_examples(tokenizer, chats), rate, seed, looks, batch)


def train_examples(
    model: Any,
    examples: Sequence[Example],
    rate: float,
    seed: int,
    looks: Mapping[int, Callable[[], bool | None]] | None = None,
    batch: int = 1,
) -> Found:
    """Train on each of the examples once, as `train` does."""
    looks = looks or {}
    with PeakMemory() as memory:
        done = fine_tune(
            model,
            examples,
            epochs=1,
            rate=rate,
            batch=batch,
            seed=seed,
            tell=lambda report: looks[report.step]() if report.step in looks else None,
        )
    tenth = max(1, len(done.losses) // 10)
    share = min(1.0, len(done.losses) * batch / len(examples))
    return {
        "parameters": sum(weights.numel() for weights in list_learning(model)),
        "tokens": round(share * sum(len(one.ids) for one in examples)),
        "seconds": done.seconds,
        "steps": len(done.losses),
        "train_loss": sum(done.losses[-tenth:]) / tenth,
        "peak_megabytes": memory.megabytes,
    }


def put_adapter(model: Any, folder: Any) -> Any:
    """Return peft's model with an adapter put on, in the model's number format."""
    import peft

    tuned = peft.PeftModel.from_pretrained(model, folder)
    for name, weights in tuned.named_parameters():
        if "lora_" in name:
            weights.data = weights.data.to(model.dtype)
    return tuned.eval()


def list_learning(model: Any) -> list[Any]:
    """Return the weights that are trained."""
    return [weights for weights in model.parameters() if weights.requires_grad]


def copy_weights(model: Any) -> list[Any]:
    """Return copies of the weights that are trained."""
    return [weights.detach().clone() for weights in list_learning(model)]


def put_weights(model: Any, kept: Sequence[Any]) -> None:
    """Put copies of trained weights back."""
    import torch

    with torch.no_grad():
        for weights, one in zip(list_learning(model), kept, strict=True):
            weights.copy_(one)


def bring_adapter(name: str, seed: int) -> Any:
    """Return the folder of a shipped adapter's seed: the package's, one trained here before, or train it now."""
    if seed == 0:
        return ADAPTERS / name
    _, recipe, diet, _, _ = make_cell(name, seed)
    folder = find_made(name, recipe, diet, seed)
    if not is_adapter(folder):
        train_adapter(*load(), make_chats(name, Diet(*diet)), Recipe(*recipe), folder, seed=seed)
    return folder
