"""How the next token is drawn: temperature and nucleus."""

from typing import Any

from workshop.errors import WorkshopError


def sample_probabilities(logits: Any, temperature: float, top_p: float = 1.0) -> Any:
    """Turn logits (..., V) into the probabilities that are drawn from, same shape, summing to 1; tensors.

    temperature: 0 leaves the likeliest token alone; 1 draws as the model predicts. Below top_p 1, only the likeliest
    tokens whose probabilities before them sum to less than top_p are left. Raises WorkshopError for numbers out of
    range. Source: Holtzman et al. 2020 (nucleus sampling).
    """
    import torch

    if not 0 <= temperature < float("inf"):
        raise WorkshopError(f"expected a temperature of 0 or more, got {temperature}. 0 takes the likeliest token.")
    if not 0 < top_p <= 1:
        raise WorkshopError(f"expected top_p above 0 and at most 1, got {top_p}. 1 leaves every token in.")
    if temperature == 0:
        return torch.nn.functional.one_hot(logits.argmax(dim=-1), logits.shape[-1]).to(logits.dtype)
    probabilities = (logits / temperature).softmax(dim=-1)
    if top_p == 1:
        return probabilities
    falling, order = probabilities.sort(dim=-1, descending=True, stable=True)
    outside = falling.cumsum(dim=-1) - falling >= top_p
    left = probabilities.masked_fill(outside.scatter(-1, order, outside), 0.0)
    return left / left.sum(dim=-1, keepdim=True)
