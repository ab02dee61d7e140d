"""The runs from random weights: half a minute of tuning, or of pretraining, with the same shape of network."""

import itertools
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workshop.errors import require
from workshop.measure.learning_runs import RANK, Amount, Cell, ask_after, learn_from, load, quietly, weigh
from workshop.tune import Example, add_lora, fine_tune

SPEED_STEPS = 8


def run_scratch(rate: float, seconds: float, amount: Amount) -> Cell:
    """Tune all of random weights for so many seconds on JSON's examples, and ask for JSON and reading."""
    model = load(amount.threads)
    network = make_random(model.model, amount.seed)
    model = replace(model, model=network)
    with quietly():
        learnt = learn_from(model, "json", amount.examples, amount.seed)
        steps = count_steps(network, learnt, amount.batch, seconds)
        spent = fine_tune(network, learnt, steps=steps, batch=amount.batch, rate=rate, seed=amount.seed).seconds
        return weigh(network) | {"seconds": spent, "steps": steps, **ask_after(model, "json", amount)}


def run_pretrained(rate: float, seconds: float, amount: Amount) -> Cell:
    """Pretrain random weights for so many seconds and ask the same; then again after tuning an adapter at a rate.

    Returns what each gave, under plain and tuned; the adapter's seconds come on top of pretraining's.
    """
    model = load(amount.threads)
    network = make_random(model.model, amount.seed)
    model = replace(model, model=network)
    with quietly():
        spent = pretrain(network, model.tokenizer, seconds, amount.seed)
        size = weigh(network)
        plain = size | {"seconds": spent, **ask_after(model, "json", amount)}
        adapter = add_lora(network, RANK, seed=amount.seed)
        learnt = learn_from(model, "json", amount.examples, amount.seed)
        spent += fine_tune(adapter, learnt, steps=amount.steps, batch=amount.batch, rate=rate, seed=amount.seed).seconds
        tuned = ask_after(replace(model, model=adapter.merge_and_unload()), "json", amount)
        return {"plain": plain, "tuned": size | {"seconds": spent, **tuned}}


def make_random(network: Any, seed: int) -> Any:
    """Return a network of the same shape with random weights."""
    torch = require("torch", "tune")
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return type(network)(network.config).float().eval()


def count_steps(network: Any, learnt: Sequence[Example], batch: int, seconds: float) -> int:
    """Return how many steps of tuning fit into a time, by a few of them on a copy."""
    copy = make_random(network, 0)
    fine_tune(copy, learnt, steps=1, batch=batch)
    spent = fine_tune(copy, learnt, steps=SPEED_STEPS, batch=batch).seconds
    return max(1, round(seconds * SPEED_STEPS / spent))


def pretrain(network: Any, tokenizer: Any, seconds: float, seed: int) -> float:
    """Pretrain a network for a time, on the bundled model's texts, and return the seconds that it took."""
    from workshop.pretrain.loop import make_optimizers, train
    from workshop.pretrain.run import Plan, make_batches
    from workshop.pretrain.sizes import SIZES
    from workshop.pretrain.tokenizer import Encoder

    size = SIZES["small"]
    batches = make_batches(Plan(seed=seed), size.batch, 0, Encoder(tokenizer), workers=0)
    optimizers = make_optimizers(network, size.matrix_rate, size.other_rate)
    # What is loaded for the first batch is not training.
    batches = itertools.chain([next(batches)], batches)
    start = time.perf_counter()
    train(network, optimizers, batches, lambda step: (time.perf_counter() - start) / seconds, lambda report: None)
    network.eval()
    return time.perf_counter() - start
