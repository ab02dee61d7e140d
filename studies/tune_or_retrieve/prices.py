"""From timings to prices: set-up, each answer, megabytes, what a change costs, break-even and a year."""

from collections.abc import Mapping, Sequence

import numpy as np

from studies.prompt_or_lora.rules import Estimate
from studies.tune_or_retrieve.grid import METHODS, tell
from workshop.exercises.tune_or_retrieve import break_even, total_cost
from workshop.score.results import Row

Timed = Mapping[str, float]
TASKS = {"facts": "facts", "tickets": "json", "voice": "voice"}
COUNTS = (1_000, 100_000)
CHANGES = 52
# Millions of bytes: the encoder's weights in float32, an adapter, a passage's vector.
ENCODER, ADAPTER, VECTOR = 90.9, 1.9, 384 * 4 / 1e6
# Texts that are searched; of the 150 voice pairs that were encoded for the timing 102 are.
INDEXED, PAIRS = {"facts": 480, "tickets": 659, "voice": 102}, 150


def cost(run: Timed, task: str, method: str) -> tuple[float, float, float]:
    """Return a column's seconds of set-up, of an answer, and of taking in one change of the facts.

    LoRA on facts has all 340 tuned in, and again after each change; both has `reader`, which is never trained again.
    """
    searches = method in ("retrieval", "both")
    index = run[{"facts": "encode: handbook"}.get(task, f"encode: {task}")] if searches else 0.0
    index *= INDEXED[task] / PAIRS if task == "voice" else 1
    tuned = {"LoRA": TASKS[task], "both": "reader" if task == "facts" else TASKS[task]}.get(method)
    setup = index + (run[f"tune: {tuned}"] if tuned else 0.0)
    each = run[f"answer: {task}/{method}"] + (run["search"] if searches else 0.0)
    change = run["encode: changed pages"] if searches else setup
    return setup, each, change if task == "facts" else 0.0


def tell_prices(runs: Sequence[Timed]) -> list[Row]:
    """Return every price: the mean of repeats, with the lowest and the highest."""
    rows = []
    for task in TASKS:
        for method in METHODS:
            costs = [cost(run, task, method) for run in runs]
            for place, metric in enumerate(("setup_seconds", "seconds_each", "change_seconds")):
                rows.append(_tell(method, f"price, {task}", metric, [one[place] for one in costs]))
            tokens = [run[f"tokens: {task}/{method}"] for run in runs]
            rows.append(_tell(method, f"price, {task}", "prompt_tokens", tokens))
            rows.append(_tell(method, f"price, {task}", "megabytes", [count_megabytes(task, method)]))
    for method in METHODS[1:]:
        for count in COUNTS:
            rows.append(_tell(method, "a year", "seconds", year(runs, method, count), questions=count))
    return rows + _tell_even(runs)


def count_megabytes(task: str, method: str) -> float:
    """Return what is kept besides the model."""
    searched = (ENCODER + INDEXED[task] * VECTOR) * (method in ("retrieval", "both"))
    return searched + ADAPTER * (method in ("LoRA", "both"))


def year(runs: Sequence[Timed], method: str, questions: int) -> list[float]:
    """Return the seconds of a year in which the facts change every week, of each repeat."""
    return [total_cost(setup, each, questions, change, CHANGES) for setup, each, change in (
        cost(run, "facts", method) for run in runs
    )]  # fmt: skip


def _tell_even(runs: Sequence[Timed]) -> list[Row]:
    """Return from how many questions on a dearer set-up pays, where it ever does in every repeat."""
    rows = []
    for one, other in (("LoRA", "retrieval"), ("both", "retrieval"), ("both", "LoRA")):
        found = [break_even(*cost(run, "facts", one)[:2], *cost(run, "facts", other)[:2]) for run in runs]
        if all(count is not None for count in found):
            rows.append(_tell(one, "break-even, facts", "questions", found, against=other))
    return rows


def _tell(method: str, task: str, metric: str, values: Sequence[float], **more: object) -> Row:
    spread = Estimate(float(np.mean(values)), float(min(values)), float(max(values)))
    return tell(method, task, metric, spread, len(values), **more)
