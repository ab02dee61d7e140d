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
    texts_of,
)
from workshop.score.results import Results, Row

STEM = "skerryline"
LESSON = "data"
LINEAR_INPUTS = ("skerryline/tickets", "ticket_runs")
# The encoder is pinned by its weights' sha256, and a test holds its vectors to another library's.
INPUTS = (
    *LINEAR_INPUTS,
    *("skerryline/faq", "skerryline/handbook", "handbook_v2", "assets/vectors"),
    *("haystack", "grouped", "retrieval_runs", "skerryline/study"),
)
# What is run cell by cell, with what each kind of run depends on.
KINDS = {run_choice: LINEAR_INPUTS, run_linear: LINEAR_INPUTS}
LIBRARIES = ("numpy", "scikit-learn", "torch", "transformers", "tokenizers", "bm25s", "gensim")
TASKS = ("topic", "tone")


@dataclass(frozen=True)
class Plan:
    """How much is run. strengths: those that logistic regression's is chosen from."""

    seeds: int = 5
    strengths: tuple[float, ...] = (1.0, 10.0, 100.0)
    draws: int = 2000
    haystack: int = 10_000
    short: bool = False


SHORT = Plan(1, (10.0,), 50, 1_000, True)


def measure(short: bool = False) -> Results:
    """Measure tickets, film reviews and retrieval, and write the data card's figures.

    short: one seed, one strength, and no card.
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
    strengths = _choose_strengths(plan)
    cells = _list_cells(strengths, plan)
    done = run_cells(run_linear, cells, stem=STEM, inputs=LINEAR_INPUTS, short=plan.short)
    found = {(method, task, split, seed): one for (method, task, split, seed, _), one in done.items()}
    rows = [Row(LESSON, method, task, "C", one) for (method, task), one in strengths.items() if method != "majority"]
    for task in TASKS:
        rows += _score_task(task, found, plan)
    return rows + _score_reviews(found, plan)


def _list_cells(strengths: dict[tuple[str, str], float], plan: Plan) -> list[tuple[Any, ...]]:
    """Return the runs: both tasks under both splits, and the film reviews with the strength that tone chose."""
    cells = []
    for method in LINEAR:
        for seed in range(plan.seeds):
            cells += [(method, task, split, seed, strengths[method, task]) for task in TASKS for split in SPLITS]
            cells += [(method, "reviews", str(fold), seed, strengths[method, "tone"]) for fold in range(FOLDS)]
    return cells


def _choose_strengths(plan: Plan) -> dict[tuple[str, str], float]:
    """Return each method's C with the best macro F1 on the validation part of seed 0, split by customer."""
    cells = [(method, task, one) for method in LINEAR[1:] for task in TASKS for one in plan.strengths]
    done = run_cells(run_choice, cells, stem=STEM, inputs=LINEAR_INPUTS, short=plan.short)
    chosen = {(LINEAR[0], task): 1.0 for task in TASKS}
    for method, task, _ in cells:
        chosen[method, task] = max(plan.strengths, key=lambda one: _macro_f1(task, done[method, task, one]))
    return chosen


def _macro_f1(task: str, run: Cell) -> float:
    """Return the macro F1 of one run, without an interval."""
    return score_runs([run], labels_of(task)[0], texts_of(task), draws=1)["macro_f1"].value


def _score_task(task: str, found: dict[Any, Cell], plan: Plan) -> list[Row]:
    """Return each method's scores under each split, and how much the random one flatters."""
    rows = []
    truth, groups = labels_of(task)[0], customers()
    for method in LINEAR:
        runs = {split: [found[method, task, split, seed] for seed in range(plan.seeds)] for split in SPLITS}
        figures = {split: score_runs(some, truth, groups, plan.draws) for split, some in runs.items()}
        for split, some in runs.items():
            place = f"{task}, split by {split}"
            rows += [_make_row(method, place, name, one, some) for name, one in figures[split].items()]
            rows.append(Row(LESSON, method, place, "seeds", len(some)))
        rows += [
            _make_row(method, f"{task}, random minus customer", name, one.minus(figures["customer"][name]))
            for name, one in figures["random"].items()
        ]
    return rows


def _score_reviews(found: dict[Any, Cell], plan: Plan) -> list[Row]:
    """Return each method's cross-validated scores on the film reviews."""
    truth = labels_of("reviews")[0]
    rows = []
    for method in LINEAR:
        parts = [[found[method, "reviews", str(fold), seed] for fold in range(FOLDS)] for seed in range(plan.seeds)]
        runs = [_join(some) for some in parts]
        scores = score_runs(runs, truth, texts_of("reviews"), plan.draws)
        rows += [_make_row(method, "film reviews, 5 folds", name, one, runs) for name, one in scores.items()]
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
