"""Measure how fast the bot writes: the bundled model on one thread, alone and in batches.

    python benchmarks/generation.py

Prints tokens a second for one prompt and for sixteen side by side, and milliseconds to the first token.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from workshop.bot import generate
from workshop.models import LanguageModel, load_language_model
from workshop.settings import Settings

TOKENS = 64
REPEATS = 5
BATCH = 16


def load_endless() -> LanguageModel:
    """Load the bundled model, which no token stops: each answer has the same length."""
    return replace(load_language_model(Settings(threads=1)), stop_ids=frozenset())


def time_best(run: Callable[[], object], repeats: int = REPEATS) -> tuple[float, float]:
    """Return the fastest and the median seconds of several runs, after one that isn't counted."""
    run()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds), statistics.median(seconds)


def main() -> None:
    """Print the figures."""
    torch.set_num_threads(1)
    model = load_endless()
    millions = sum(weights.numel() for weights in model.model.parameters()) / 1e6
    print(f"{millions:.1f} million weights, float32, {torch.get_num_threads()} thread, {TOKENS} tokens an answer")
    prompts = np.random.default_rng(0).integers(10, 5000, (BATCH, 400)).tolist()
    for length in (64, 256):
        show_rates(model, [prompt[:length] for prompt in prompts])
    for length in (64, 400):
        row = prompts[0][:length]
        best, median = time_best(lambda row=row: generate(model, [row], max_tokens=1))
        print(f"first token after {length} prompt tokens: best {best * 1e3:.0f} ms, median {median * 1e3:.0f} ms")


def show_rates(model: LanguageModel, prompts: list[list[int]]) -> None:
    """Print tokens a second, the reading of the prompts included, alone and in a batch."""
    rates = {}
    for size in (1, BATCH):
        best, median = time_best(lambda size=size: generate(model, prompts[:size], max_tokens=TOKENS))
        rates[size] = size * TOKENS / best
        print(
            f"prompts of {len(prompts[0])} tokens, {size} at once: "
            f"best {rates[size]:.0f}, median {size * TOKENS / median:.0f} tokens a second"
        )
    print(f"  {BATCH} at once write {rates[BATCH] / rates[1]:.1f} times as much")


if __name__ == "__main__":
    main()
