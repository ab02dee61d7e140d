"""Random words for the checks of lesson 01."""

import numpy as np

WORDS = ["sea", "tide", "ferry", "quay", "rope", "late", "storm", "island", "north", "ticket", "harbour", "deck"]


def draw_tokens(rng: np.random.Generator, count: int, variety: int = 5) -> list[str]:
    """Return a text of some words drawn from a few, so that words come back."""
    return [WORDS[i] for i in rng.integers(0, variety, count)]
