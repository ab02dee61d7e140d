"""Measure how fast the bot writes: a Llama of about 6 million random weights on one thread, alone and in batches.

    python benchmarks/generation.py

Prints tokens a second for one prompt and for sixteen side by side, and milliseconds to the first token.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from workshop.bot import generate
from workshop.models import LanguageModel

TOKENS = 64
REPEATS = 5
BATCH = 16
SHAPE = {"hidden_size": 256, "intermediate_size": 704, "num_hidden_layers": 6, "num_attention_heads": 4}


def make_model(vocabulary: int = 5120, context: int = 1024) -> LanguageModel:
    """Return a model of random weights that never ends an answer."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary, max_position_embeddings=context, tie_word_embeddings=True, eos_token_id=None, **SHAPE
    )
    return LanguageModel("random", LlamaForCausalLM(config).eval(), None, context, frozenset(), 0, Path())


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
    model = make_model()
    millions = sum(weights.numel() for weights in model.model.parameters()) / 1e6
    print(f"{millions:.1f} million weights, float32, {torch.get_num_threads()} thread, {TOKENS} tokens an answer")
    prompts = np.random.default_rng(0).integers(0, 5120, (BATCH, 400)).tolist()
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
