"""Which of a model's weights learn."""

from collections.abc import Iterable
from typing import Any

from workshop.errors import WorkshopError, take_list, unknown


def train_only(model: Any, names: Iterable[str]) -> int:
    """Let the weights of these names learn and freeze all others; returns how many numbers that are.

    names: of model.named_parameters(). Raises WorkshopError for a name that the model doesn't have, and for none.
    """
    names, known = set(take_list(names, "names", "[name]")), dict(model.named_parameters())
    for name in sorted(names - known.keys()):
        raise unknown("weights", name, known)
    if not names:
        raise WorkshopError(
            "expected names of weights that learn, got none: then nothing would. Keep the head at least."
        )
    for name, weights in known.items():
        weights.requires_grad_(name in names)
    return count_trained(model)


def count_trained(model: Any) -> int:
    """Return how many of a model's weights are trained: those that are not frozen."""
    return sum(weights.numel() for weights in model.parameters() if weights.requires_grad)
