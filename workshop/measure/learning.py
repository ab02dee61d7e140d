"""Measure whether the bundled tiny model learns: JSON answers, a voice, facts, and what it forgets meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.measure.environment import describe_machine, describe_versions
from workshop.measure.learning_rows import (
    FULL,
    LORA,
    NAMES,
    PRETRAINED,
    PRETRAINED_TUNED,
    TUNED,
    ask_cases,
    compare_reading,
    score_base,
    score_curve,
    score_scratch,
    score_tuned,
    tell_choices,
    tell_judge,
)
from workshop.measure.learning_runs import Amount, load, run_base, run_choice, run_full, run_lora
from workshop.measure.learning_scratch import run_pretrained, run_scratch
from workshop.measure.learning_tasks import TAUGHT, VOICE_CUTS
from workshop.measure.runner import Cell, run_cells
from workshop.score.results import ROOT, Results, input_hash

STEM = "tiny_lm_learns"
TINY, ASSETS, PRETRAIN = "workshop/assets/tiny_lm", "workshop/assets", "workshop/pretrain"
WEIGHTS = f"{TINY}/model.safetensors"
# What describes the model and its training to people changes no figure.
TELLING = ("__init__", "__main__", "card", "probe", "progress")
RUN_INPUTS = (
    WEIGHTS,
    f"{TINY}/config.json",
    f"{TINY}/tokenizer.json",
    f"{ASSETS}/pretrain/kinds",
    *(f"{ASSETS}/pretrain/{name}.txt" for name in ("dialogue", "fillers", "words")),
    *(f"{ASSETS}/skerryline/{name}.jsonl" for name in ("faq", "voice")),
    *(f"workshop/bot/{name}.py" for name in ("chat", "generate", "prompt")),
    *(f"workshop/measure/{name}.py" for name in ("learning_runs", "learning_scratch", "learning_tasks")),
    *(f"{PRETRAIN}/{path.name}" for path in sorted((ROOT / PRETRAIN).glob("*.py")) if path.stem not in TELLING),
    "workshop/tune",
)
INPUTS = (*RUN_INPUTS, *(f"workshop/measure/{name}.py" for name in ("grouped", "learning", "learning_rows")))
LIBRARIES = ("numpy", "scikit-learn", "torch", "transformers", "tokenizers", "peft")
CHECKED = ("json", "voice")
WHOLE = Amount(steps=0, batch=4, examples=200, tests=120, reading=120, checks=30, seed=0, threads=2)
Rates = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Plan:
    """How much is run, and the rates that are tried.

    base: what every run does, but for its steps. steps: of tuning, by task. facts: how many are learnt by heart.
    curve: numbers of examples. rates: to choose from, by way of tuning. scratch: seconds and rate of random weights.
    """

    seeds: int = 3
    base: Amount = WHOLE
    steps: tuple[tuple[str, int], ...] = (("json", 100), ("voice", 100), ("facts", 200))
    facts: int = TAUGHT
    curve: tuple[int, ...] = (8, 32, 128, 256)
    rates: tuple[tuple[str, tuple[float, ...]], ...] = (("lora", (5e-3, 1.5e-2)), ("full", (1e-3, 3e-3)))
    scratch: tuple[float, float] = (30.0, 2e-3)
    short: bool = False

    def amount(self, task: str, seed: int = 0) -> Amount:
        """Return how much a run on a task does."""
        amount = self.base._replace(steps=dict(self.steps)[task], seed=seed)
        if task == "facts":
            return amount._replace(examples=self.facts, tests=self.facts)
        return amount if task == "json" else amount._replace(examples=min(VOICE_CUTS[0], amount.examples))


SHORT = Plan(
    seeds=1,
    base=Amount(steps=0, batch=4, examples=6, tests=6, reading=4, checks=3, seed=0, threads=1),
    steps=(("json", 2), ("voice", 2), ("facts", 2)),
    facts=4,
    curve=(2, 4),
    rates=(("lora", (1e-3,)), ("full", (1e-3,))),
    scratch=(0.2, 1e-3),
    short=True,
)


def measure(short: bool = False) -> Results:
    """Tune the bundled model in every way and ask it before and after.

    short: a few steps and cases, one seed. Raises WorkshopError where the model is not there.
    """
    plan = SHORT if short else Plan()
    load(plan.base.threads)
    rates = choose_rates(plan)
    (before,) = _run(run_base, [(plan.amount("json"), plan.facts)], plan)
    lora = {task: _run(run_lora, _list_lora(task, rates, plan), plan) for task in NAMES}
    full = {task: _run(run_full, _list_full(task, rates, lora[task], plan), plan) for task in CHECKED}
    curve = _run(run_lora, _list_curve(rates, plan), plan, side_by_side=True)
    scratch = _run(run_scratch, _list_scratch(plan.scratch[1], plan), plan)
    pretrained = _run(run_pretrained, _list_scratch(rates["json", "lora"], plan), plan)
    asked = ask_cases(plan.base.tests, plan.base.reading, plan.facts)
    rows = [
        *tell_choices(rates),
        tell_judge(),
        *score_base(before, asked),
        *(row for task in NAMES for row in score_tuned(LORA, task, lora[task], before, asked)),
        *(row for task in full for row in score_tuned(FULL, task, full[task], before, asked)),
        *(row for task in full for row in compare_reading(task, lora[task], full[task], asked)),
        *score_curve(plan.curve, curve, asked),
        *score_scratch(TUNED, scratch, asked),
        *score_scratch(PRETRAINED, [one["plain"] for one in pretrained], asked),
        *score_scratch(PRETRAINED_TUNED, [one["tuned"] for one in pretrained], asked),
    ]
    return Results(
        STEM,
        "tiny",
        tuple(rows),
        versions=describe_versions(LIBRARIES),
        machine=describe_machine() | {"threads": plan.base.threads},
        inputs_sha256=input_hash(INPUTS),
    )


def _run(function: Any, cells: Sequence[Cell], plan: Plan, side_by_side: bool = False) -> list[dict[str, Any]]:
    """Run cells, alone with all threads, or two at a time with one each where their seconds don't count."""
    threads = 1 if side_by_side else plan.base.threads
    done = run_cells(function, cells, inputs=RUN_INPUTS, short=plan.short, threads=threads)
    return [done[cell] for cell in cells]


def choose_rates(plan: Plan) -> dict[tuple[str, str], float]:
    """Return the rate with the best score on validation for each task and way; of equal ones, the lowest."""
    tried = dict(plan.rates)
    grid = {(task, "lora"): tried["lora"] for task in NAMES} | {(task, "full"): tried["full"] for task in CHECKED}
    cells = [
        (task, way, rate, plan.amount(task)._replace(threads=1))
        for (task, way), rates in grid.items()
        for rate in sorted(rates)
    ]
    scores = [one["score"] for one in _run(run_choice, cells, plan, side_by_side=True)]
    chosen: dict[tuple[str, str], tuple[float, float]] = {}
    for (task, way, rate, _), found in zip(cells, scores, strict=True):
        if (task, way) not in chosen or found > chosen[task, way][0]:
            chosen[task, way] = found, rate
    return {key: rate for key, (_, rate) in chosen.items()}


def _list_lora(task: str, rates: Rates, plan: Plan) -> list[Cell]:
    """Return the adapter's runs on a task, one a seed."""
    return [(task, rates[task, "lora"], plan.amount(task, seed)) for seed in range(plan.seeds)]


def _list_full(task: str, rates: Rates, lora: Sequence[dict[str, Any]], plan: Plan) -> list[Cell]:
    """Return the runs of all weights, each up to what the adapter of its seed reached on validation."""
    return [(task, rates[task, "full"], one["goal"], plan.amount(task, seed)) for seed, one in enumerate(lora)]


def _list_curve(rates: Rates, plan: Plan) -> list[Cell]:
    """Return the adapter's runs on JSON from ever more examples, as many steps each; all seeds of a number together."""
    amounts = [
        plan.amount("json", seed)._replace(examples=size, reading=0, checks=0, threads=1)
        for size in plan.curve
        for seed in range(plan.seeds)
    ]
    return [("json", rates["json", "lora"], amount) for amount in amounts]


def _list_scratch(rate: float, plan: Plan) -> list[Cell]:
    """Return the runs of random weights, one a seed."""
    return [(rate, plan.scratch[0], plan.amount("json", seed)) for seed in range(plan.seeds)]
