"""A low-rank adapter beside a model's weights, by peft."""

import warnings
from typing import Any

from workshop.errors import WorkshopError, require

RANK = 8


def add_lora(model: Any, rank: int = RANK, *, alpha: float | None = None, seed: int = 0) -> Any:
    """Put a LoRA adapter of a rank beside every linear layer of a model's blocks; returns peft's model.

    model: a transformers causal language model; it is changed in place: all but the adapter is frozen, and it answers
    as before until the adapter is trained. alpha: the adapter's output is scaled by alpha / rank; without it, by 2.
    Switching off, unloading and merging are peft's own: disable_adapter(), unload(), merge_and_unload().
    Raises WorkshopError for a rank below 1 and a model that has an adapter already. Source: Hu et al. 2021.
    """
    torch, peft = require("torch", "tune"), require("peft", "tune")
    if rank < 1:
        raise WorkshopError(f"expected a rank of 1 or more, got {rank}.")
    if any(isinstance(layer, peft.tuners.tuners_utils.BaseTunerLayer) for layer in model.modules()):
        raise WorkshopError(
            "this model has an adapter already. Take it off with tuned.unload(), or load the model again."
        )
    plan = peft.LoraConfig(r=rank, lora_alpha=2 * rank if alpha is None else alpha, target_modules="all-linear")
    with torch.random.fork_rng(), warnings.catch_warnings():
        # peft asks the network for something by a name that transformers is about to drop.
        warnings.simplefilter("ignore", FutureWarning)
        torch.manual_seed(seed)
        return peft.get_peft_model(model, plan)


def count_trained(model: Any) -> int:
    """Return how many of a model's weights are trained: those that are not frozen."""
    return sum(weights.numel() for weights in model.parameters() if weights.requires_grad)
