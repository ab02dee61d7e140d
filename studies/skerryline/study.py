"""Measure Skerryline's data, once it is frozen: what is easy in it, what is hard, what a careless split flatters."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from studies.grouped import Figure, score_runs
from studies.runner import run_cells
from studies.skerryline.data_card import fill_card
from studies.skerryline.retrieval_runs import measure_retrieval
from studies.skerryline.ticket_runs import (
    FOLDS,
    LINEAR,
    SPLITS,
    Cell,
    customers,
    labels_of,
    run_choice,
    run_linear,
    run_tuned,
    texts_of,
)
from workshop.score.results import Results, Row

STEM = "skerryline"
LESSON = "data"
TUNED_INPUTS = ("skerryline/tickets", "fine_tuning", "ticket_runs")
# The encoder is pinned by its weights' sha256, and a test holds its vectors to another library's.
INPUTS = (
    *TUNED_INPUTS,
    *("skerryline/faq", "skerryline/handbook", "handbook_v2", "assets/vectors"),
    *("haystack", "grouped", "retrieval_runs", "skerryline/study"),
)
# What is run cell by cell, with what each kind of run depends on.
KINDS = {run_choice: TUNED_INPUTS, run_tuned: TUNED_INPUTS}
LIBRARIES = ("numpy", "scikit-learn", "torch", "transformers", "tokenizers", "bm25s", "gensim")
TASKS = ("topic", "tone")
TUNED = "fine-tuned MiniLM"


@dataclass(frozen=True)
class Plan:
    """How much is run. rates, epochs: what fine-tuning's choice is made of; strengths: logistic regression's."""

    seeds: int = 5
    rates: tuple[float, ...] = (5e-5, 1e-4, 2e-4)
    epochs: int = 6
    strengths: tuple[float, ...] = (1.0, 10.0, 100.0)
    draws: int = 2000
    haystack: int = 10_000
    short: bool = False


SHORT = Plan(1, (1e-4,), 1, (10.0,), 50, 1_000, True)


def measure(short: bool = False) -> Results:
    """Measure tickets, film reviews and retrieval, and write the data card's figures.

    short: one seed, one epoch, film reviews instead of tickets for fine-tuning, and no card.
    """
    plan = SHORT if short else Plan()
    rows = [*_measure_texts(plan), *measure_retrieval(LESSON, plan.haystack, plan.draws, 60 if plan.short else None)]
    results = Results(
        STEM,
        "small",
        tuple(rows),
        versions=describe_versions(LIBRARIES),
        machine=describe_machine(),
        inputs=hash_inputs(INPUTS),
    )
    if not short:
        fill_card(results)
    return results


def _measure_texts(plan: Plan) -> list[Row]:
    """Classify topic and tone under both splits, and film reviews fold by fold."""
    linear = {(task, method): _choose_strength(task, method, plan) for task in TASKS for method in LINEAR}
    tuned = _choose_tuning(plan)
    rows = _tell_choices(linear, tuned)
    done = run_cells(run_tuned, _list_cells(tuned, plan), stem=STEM, inputs=TUNED_INPUTS, short=plan.short)
    for task in TASKS:
        runs = {
            (method, split): [run_linear(task, method, split, seed, linear[task, method]) for seed in range(plan.seeds)]
            for method in LINEAR
            for split in SPLITS
        }
        for split in SPLITS:
            cells = [(task, split, seed, *tuned[task]) for seed in range(plan.seeds)]
            runs[TUNED, split] = [done[cell] for cell in cells if cell in done]
        rows += _score_task(task, runs, plan)
    return rows + _score_reviews(linear, done, tuned["tone"], plan)


def _list_cells(tuned: dict[str, tuple[float, int]], plan: Plan) -> list[tuple[Any, ...]]:
    """Return the runs of fine-tuning: both tasks split by customer, the film reviews, both tasks split at random."""
    seeds = range(plan.seeds)
    reviews = [("reviews", str(fold), seed, *tuned["tone"]) for seed in seeds for fold in range(FOLDS)]
    if plan.short:
        return reviews
    by = {split: [(task, split, seed, *tuned[task]) for task in TASKS for seed in seeds] for split in SPLITS}
    return by["customer"] + reviews + by["random"]


def _choose_strength(task: str, method: str, plan: Plan) -> float:
    """Return the C with the best macro F1 on the validation part of seed 0, split by customer."""
    if method == "majority":
        return 1.0
    scores = [_macro_f1(task, run_linear(task, method, "customer", 0, one, "validation")) for one in plan.strengths]
    return plan.strengths[int(np.argmax(scores))]


def _macro_f1(task: str, run: Cell) -> float:
    """Return the macro F1 of one run, without an interval."""
    return score_runs([run], labels_of(task)[0], texts_of(task), draws=1)["macro_f1"].value


def _choose_tuning(plan: Plan) -> dict[str, tuple[float, int]]:
    """Return rate and epochs with the best macro F1 on the validation part of seed 0, split by customer."""
    if plan.short:
        return dict.fromkeys(TASKS, (plan.rates[0], plan.epochs))
    cells = [(task, rate, plan.epochs) for task in TASKS for rate in plan.rates]
    done = run_cells(run_choice, cells, stem=STEM, inputs=TUNED_INPUTS)
    chosen = {}
    for task in TASKS:
        scores = {
            (rate, epoch): _macro_f1(task, {"rows": done[task, rate, plan.epochs]["rows"], "predicted": predicted})
            for rate in plan.rates
            for epoch, predicted in enumerate(done[task, rate, plan.epochs]["predicted"], start=1)
        }
        chosen[task] = max(scores, key=lambda pair: scores[pair])
    return chosen


def _tell_choices(linear: dict[tuple[str, str], float], tuned: dict[str, tuple[float, int]]) -> list[Row]:
    """Return rows that say what was chosen on validation."""
    told = [Row(LESSON, method, task, "C", one) for (task, method), one in linear.items() if method != "majority"]
    for task, (rate, epochs) in tuned.items():
        told += [Row(LESSON, TUNED, task, "rate", rate), Row(LESSON, TUNED, task, "epochs", epochs)]
    return told


def _score_task(task: str, runs: dict[tuple[str, str], list[Cell]], plan: Plan) -> list[Row]:
    """Return each method's scores under each split, and how much the random one flatters."""
    rows = []
    truth, groups = labels_of(task)[0], customers()
    figures = {key: score_runs(some, truth, groups, plan.draws) for key, some in runs.items() if some}
    for (method, split), found in figures.items():
        some = runs[method, split]
        rows += [_make_row(method, f"{task}, split by {split}", name, one, some) for name, one in found.items()]
        rows.append(Row(LESSON, method, f"{task}, split by {split}", "seeds", len(some)))
        if split == "random" and len(some) == len(runs[method, "customer"]):
            rows += [
                _make_row(method, f"{task}, random minus customer", name, one.minus(figures[method, "customer"][name]))
                for name, one in found.items()
            ]
    return rows


def _score_reviews(
    linear: dict[tuple[str, str], float], done: dict[Any, Cell], tuned: tuple[float, int], plan: Plan
) -> list[Row]:
    """Return each method's cross-validated scores on the film reviews; what tone chose is used unseen."""
    truth = labels_of("reviews")[0]
    folds = [str(fold) for fold in range(FOLDS)]
    rows = []
    for method in (*LINEAR, TUNED):
        runs = []
        for seed in range(plan.seeds):
            if method == TUNED:
                cells = [("reviews", fold, seed, *tuned) for fold in folds]
                parts = [done[cell] for cell in cells if cell in done]
            else:
                parts = [run_linear("reviews", method, fold, seed, linear["tone", method]) for fold in folds]
            runs += [_join(parts)] if len(parts) == FOLDS else []
        if not runs:
            continue
        found = score_runs(runs, truth, texts_of("reviews"), plan.draws)
        rows += [_make_row(method, "film reviews, 5 folds", name, one, runs) for name, one in found.items()]
        rows.append(Row(LESSON, method, "film reviews, 5 folds", "seeds", len(runs)))
    return rows


def _join(parts: Sequence[Cell]) -> Cell:
    """Return the folds of one seed as one run; seconds are a fold's."""
    whole = {name: [one for part in parts for one in part[name]] for name in ("rows", "predicted")}
    return parts[0] | whole | {"seconds": float(np.mean([part["seconds"] for part in parts]))}


def _make_row(method: str, task: str, metric: str, figure: Figure, runs: Sequence[Cell] = ()) -> Row:
    """Return a figure as a row, with the seconds and the size of its runs."""
    row = Row(LESSON, method, task, metric, figure.value, *figure.interval)
    if not runs:
        return row
    seconds = float(np.mean([run["seconds"] for run in runs]))
    sizes = {"trained_parameters": runs[0]["parameters"], "megabytes": runs[0]["megabytes"]}
    return replace(row, n=sum(len(run["rows"]) for run in runs), seconds=seconds, **sizes)
