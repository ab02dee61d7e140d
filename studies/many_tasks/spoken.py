"""Numbers in words: an encoder-decoder of T5's shape that writes times learns to write prices from a few pairs."""

import time
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from workshop.data.spoken import SPOKEN, code_words, list_prices, list_times, say_price, say_time
from workshop.models.small import make_t5
from workshop.tune import count_trained, fit

BATCH = 32
START_RATE = 3e-3
# Prices with their words, to learn from.
PAIRS = 100
TESTED, CHOSEN = 300, 60
LONGEST = 8
Cell = dict[str, Any]
Pairs = list[tuple[str, str]]


def draw_prices(pairs: int, draw: int) -> tuple[Pairs, Pairs, Pairs]:
    """Return pairs of a price and its words: to train on, to choose a rate on, and 300 others, the same always."""
    mixed = np.random.default_rng(99).permutation(list_prices()).tolist()
    test, rest = mixed[:TESTED], mixed[TESTED:]
    rest = np.random.default_rng(draw).permutation(rest).tolist()
    train, validation = rest[:pairs], rest[pairs : pairs + CHOSEN]
    return tuple([(one, say_price(one)) for one in some] for some in (train, validation, test))  # type: ignore[return-value]


def make_pair_batches(pairs: Pairs, seed: int) -> Iterator[Any]:
    """Yield batches of pairs without end, drawn with replacement."""
    rng = np.random.default_rng(seed)
    while True:
        yield make_pair_batch([pairs[row] for row in rng.integers(len(pairs), size=BATCH)])


def make_pair_batch(pairs: Sequence[tuple[str, str]]) -> Any:
    """Return the characters of B inputs, their mask, and the words of B outputs, tensors."""
    import torch

    inputs = [code_words(one) for one, _ in pairs]
    labels = [code_words(other.split()) for _, other in pairs]
    ids, targets = (
        torch.tensor([[*one, *[empty] * (max(map(len, some)) - len(one))] for one in some])
        for some, empty in ((inputs, 0), (labels, -100))
    )
    return {"input_ids": ids, "attention_mask": (ids != 0).long(), "labels": targets}


def run_spoken(arm: str, rate: float, steps: int, start_steps: int, draw: int) -> Cell:
    """Learn to write prices and write those of validation and test.

    arm: tuned (from what times left), nothing, times (as times left it: nothing learnt), or nearest: the words of the
    most similar price that was shown.
    """
    train, validation, test = draw_prices(PAIRS, draw)
    found: Cell = {}
    start = time.process_time()
    if arm == "nearest":
        written = [[_look_up(train, price) for price, _ in some] for some in (validation, test)]
    else:
        model = make_t5(len(SPOKEN), seed=draw)
        if arm != "nothing":
            known = [(one, say_time(one)) for one in list_times()]
            fit(model, make_pair_batches(known, draw), steps=start_steps, rate=START_RATE)
            found["pretrained_seconds"] = time.process_time() - start
            start = time.process_time()
        if arm != "times":
            fit(model, make_pair_batches(train, draw), steps=steps, rate=rate)
        written = [write(model, [price for price, _ in some]) for some in (validation, test)]
        found["parameters"] = count_trained(model)
    right = [
        [int(text == truth) for text, (_, truth) in zip(texts, some, strict=True)]
        for texts, some in zip(written, (validation, test), strict=True)
    ]
    return {**found, "seconds": time.process_time() - start, "validation": float(np.mean(right[0])),
            "right": right[1], "texts": written[1] if draw == 0 else []}  # fmt: skip


def write(model: Any, inputs: Sequence[str]) -> list[str]:
    """Return what a model writes for N inputs, greedily."""
    import torch

    batch = make_pair_batch([(one, "") for one in inputs])
    with torch.inference_mode():
        out = model.generate(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], max_new_tokens=LONGEST,
            do_sample=False, num_beams=1,
        )  # fmt: skip
    return [" ".join(SPOKEN[one] for one in row if one > 1) for row in out.tolist()]


def _look_up(train: Pairs, price: str) -> str:
    """Return the words of the most similar price."""
    return max(train, key=lambda pair: SequenceMatcher(None, pair[0], price).ratio())[1]
