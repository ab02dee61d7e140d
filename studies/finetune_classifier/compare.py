"""Lesson 03: every arm on the same folds, labels needed (C06), price (C07), top layers against all (C08)."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from studies.finetune_classifier.chosen import score_validation
from studies.finetune_classifier.linear import (
    BEST_LAYER,
    FROZEN,
    MARKS,
    METHODS,
    WORDS,
    best_linear,
    choose_linear,
    run_linear,
)
from studies.finetune_classifier.network import LAYERS
from studies.finetune_classifier.plan import ALL, FEW, LESSON, Cell, Plan, Recipes
from studies.finetune_classifier.rules import LIMITS, RULES, Estimate, judge_labels, judge_layers, judge_price
from studies.finetune_classifier.texts import draw_labelled, groups_of, labels_of
from studies.grouped import Figure, score_runs
from workshop.score.results import Claim, Row

TASKS = ("tone", "topic", "reviews")
NAMES = {"all": "all layers", "top": "top two layers", "random": "random weights"}
SCRATCH = (WORDS, MARKS, "random")
METRIC = "macro_f1"

Found = dict[str, Any]


@dataclass
class Arms:
    """All runs of the comparison.

    runs: of each arm, task, number of labels (0: all) and of updates (0 where nothing is updated) the runs by fold.
    """

    plan: Plan
    recipes: Recipes
    runs: dict[tuple[str, str, int, int], dict[int, Found]] = field(default_factory=dict)

    def add(self, networks: Mapping[Cell, Found]) -> None:
        """Take in the runs of networks."""
        for (arm, task, fold, labels, _, updates, _), found in networks.items():
            self.runs.setdefault((arm, task, labels, updates), {})[fold] = found

    def add_linear(self) -> None:
        """Run and take in the arms without a network, at every size of the curve and on all folds with all labels."""
        chosen = {labels: choose_linear(self.plan, labels) for labels in (ALL, FEW)}
        for task in TASKS:
            for method in METHODS:
                for labels in (*self.sizes(task, method), ALL):
                    for fold in range(self.plan.folds):
                        choice = chosen[FEW if 0 < labels <= FEW else ALL][method, task]
                        found = run_linear(method, task, fold, labels, *choice)
                        found |= {"layer": choice[1], "texts": len(draw_labelled(task, fold, labels, fold))}
                        self.runs.setdefault((method, task, labels, 0), {})[fold] = found

    def sizes(self, task: str, arm: str) -> tuple[int, ...]:
        """Return the numbers of labels below all that an arm was tried with."""
        sizes = self.plan.sizes[:-1] if task == "reviews" else self.plan.sizes
        return () if arm in ("random", "majority") else sizes

    def updates(self, arm: str, task: str, labels: int) -> int:
        """Return how many updates an arm takes in the comparison."""
        return 0 if arm in METHODS else self.recipes.of(arm, task, labels)[1]

    def of(self, arm: str, task: str, labels: int) -> dict[int, Found]:
        """Return an arm's runs by fold."""
        return self.runs[arm, task, labels, self.updates(arm, task, labels)]

    def score(self, arm: str, task: str, labels: int, folds: Sequence[int]) -> Figure:
        """Return an arm's macro F1 on some folds; calls for as many folds draw the same customers and folds."""
        runs = self.of(arm, task, labels)
        return self.score_some(task, [runs[fold] for fold in folds])[METRIC]

    def score_some(self, task: str, runs: Sequence[Found]) -> dict[str, Figure]:
        """Return the scores of some runs."""
        return score_runs([run["test"] for run in runs], labels_of(task)[0], groups_of(task), self.plan.draws)


def as_estimate(figure: Figure) -> Estimate:
    """Return a figure with its interval."""
    return Estimate(figure.value, *figure.interval)


def measure_arms(arms: Arms) -> list[Row]:
    """Return each arm's scores with all labels over its folds, and its learning curve."""
    rows = []
    for (arm, task, labels, updates), runs in sorted(arms.runs.items()):
        if updates != arms.updates(arm, task, labels):
            continue
        whole = labels == ALL and len(runs) == arms.plan.folds
        if whole:
            some = [runs[fold] for fold in range(arms.plan.folds)]
            rows += [_row(arm, task, name, one, some) for name, one in arms.score_some(task, some).items()]
        some = [runs[fold] for fold in sorted(runs)]
        figure = arms.score_some(task, some)[METRIC]
        settings: dict[str, Any] = {"labels": round(np.mean([run["texts"] for run in some]))}
        settings |= {"folds": len(some), "updates": updates}
        settings |= {"layer": some[0]["layer"]} if arm == BEST_LAYER else {}
        rows.append(_row(arm, task, "macro_f1_by_labels", figure, some, settings))
    return rows


def measure_layers(arms: Arms) -> list[Row]:
    """Return what each frozen layer's vectors reach with all labels, and tuned minus the best layer's, also with 64."""
    rows, folds = [], range(arms.plan.folds)
    for task in TASKS[:2]:
        for layer in range(LAYERS + 1):
            choice = best_linear(arms.plan, FROZEN, task, ALL, (layer,))
            some = [run_linear(FROZEN, task, fold, ALL, *choice) for fold in folds]
            figure = arms.score_some(task, some)[METRIC]
            rows.append(_row(FROZEN, task, "macro_f1_by_layer", figure, some, {"layer": layer}))
        for arm, labels in itertools.product(("all", "top"), (FEW, ALL)):
            some = list(arms.of(arm, task, labels).values())
            gap = arms.score(arm, task, labels, folds).minus(arms.score(BEST_LAYER, task, labels, folds))
            rows.append(_row(arm, task, "macro_f1_minus_best_frozen_layer", gap, some, {"labels": labels or "all"}))
    return rows


def _row(
    arm: str, task: str, metric: str, figure: Figure, runs: Sequence[Found], settings: Mapping[str, Any] | None = None
) -> Row:
    """Return one figure of an arm as a row."""
    n = sum(len(run["test"]["rows"]) for run in runs)
    price = float(np.median([run["seconds"] for run in runs])), runs[0]["parameters"], runs[0]["megabytes"]
    return Row(
        LESSON, NAMES.get(arm, arm), task, metric, figure.value, *figure.interval, n, *price, settings=settings or {}
    )


def labels_needed(sizes: Sequence[int], scores: Sequence[float], level: float) -> float:
    """Return with how many labels a curve first reaches a level, in straight lines over log labels.

    At most the largest size, where it isn't reached; at least the smallest.
    """
    points = list(zip(np.log2(sizes), scores, strict=True))
    if points[0][1] >= level:
        return float(sizes[0])
    for (x, low), (y, high) in itertools.pairwise(points):
        if high >= level:
            return float(2 ** (x + (y - x) * (level - low) / (high - low)))
    return float(sizes[-1])


def judge_c06(arms: Arms, tuned: str) -> tuple[list[Row], Claim]:
    """Return the labels that tuning and its rivals need for the level of scratch, and the verdict.

    tuned: the arm that validation chose.
    """
    rows, ratios = [], {}
    for task in TASKS:
        folds = list(range(arms.plan.folds))
        scratch = _better_scratch(arms, task)
        known = [arms.runs[scratch][fold] for fold in folds if fold in arms.runs[scratch]]
        level = arms.score_some(task, known)[METRIC]
        for arm in (tuned, FROZEN, BEST_LAYER, "all", "top"):
            sizes = [*arms.sizes(task, arm), ALL]
            total = len(labels_of(task)[0]) * (4 if task == "reviews" else 3) // 5
            counts = [size or total for size in sizes]
            figures = [arms.score(arm, task, size, folds) for size in sizes]
            value = total / labels_needed(counts, [one.value for one in figures], level.value)
            spread = np.array([one.spread for one in figures])
            drawn = [
                total / labels_needed(counts, spread[:, draw], level.spread[draw]) for draw in range(spread.shape[1])
            ]
            ratio = Estimate(value, *map(float, np.percentile(drawn, [2.5, 97.5])))
            if arm == tuned:
                ratios[task] = ratio
            settings = {"level": level.value, "scratch": NAMES.get(scratch[0], scratch[0]), "all_labels": total}
            metric = "labels_ratio"
            rows.append(
                Row(LESSON, NAMES.get(arm, arm), task, metric, ratio.value, ratio.low, ratio.high, settings=settings)
            )
    unique = {(row.method, row.task): row for row in rows}
    worst = min(ratios.values(), key=lambda one: one.low)
    each = ", ".join(f"{task} {one.value:.1f} [{one.low:.1f}, {one.high:.1f}]" for task, one in ratios.items())
    measured = (
        f"labels from scratch divided by labels of {NAMES[tuned]}, at the score that scratch reaches with all: {each}; "
        "here the task with the lowest bound"
    )
    n = sum(len(run["test"]["rows"]) for task in TASKS for run in arms.of("frozen", task, ALL).values())
    figures = (worst.value, worst.low, worst.high, n, arms.plan.folds)
    claim = Claim(measured, "times", *figures, RULES["C06"], judge_labels(list(ratios.values())), LIMITS["C06"])
    return list(unique.values()), claim


def _better_scratch(arms: Arms, task: str) -> tuple[str, str, int, int]:
    """Return the better of counted words without and with marks, on all folds, or random weights where these beat it.

    Random weights are compared on the folds that they were run on.
    """

    def score(arm: str, folds: Sequence[int]) -> float:
        return arms.score(arm, task, ALL, folds).value

    best = max((WORDS, MARKS), key=lambda arm: score(arm, range(arms.plan.folds)))
    folds = [] if task == "reviews" else sorted(arms.of("random", task, ALL))
    if folds and score("random", folds) > score(best, folds):
        best = "random"
    return best, task, ALL, arms.updates(best, task, ALL)


def judge_c08(arms: Arms) -> tuple[list[Row], Claim]:
    """Return how far the top two layers lie from all, and the verdict."""
    rows, gaps = [], {}
    for task in TASKS:
        folds = sorted(set(arms.of("top", task, ALL)) & set(arms.of("all", task, ALL)))
        gap = arms.score("top", task, ALL, folds).minus(arms.score("all", task, ALL, folds))
        gaps[task] = as_estimate(gap)
        n = sum(len(arms.of("top", task, ALL)[fold]["test"]["rows"]) for fold in folds)
        rows.append(Row(LESSON, NAMES["top"], task, "macro_f1_minus_all_layers", gap.value, *gap.interval, n))
    worst = min(gaps.values(), key=lambda one: one.low)
    each = ", ".join(f"{task} {one.value:.3f} [{one.low:.3f}, {one.high:.3f}]" for task, one in gaps.items())
    measured = f"macro F1 of the top two layers minus that of all layers: {each}; here the lowest bound"
    figures = (worst.value, worst.low, worst.high, sum(row.n or 0 for row in rows), arms.plan.folds)
    verdict = judge_layers(list(gaps.values()))
    return rows, Claim(measured, "macro F1", *figures, RULES["C08"], verdict, LIMITS["C08"])


def judge_c07(arms: Arms) -> tuple[list[Row], Claim]:
    """Return tuned minus scratch at each number of updates, and the verdict on this lesson's part of C07."""
    rows, gaps = [], []
    for task in TASKS[:2]:
        for limit in arms.plan.times:
            tuned = _best_within(arms, task, ("all",), limit)
            scratch = _best_within(arms, task, SCRATCH, limit)
            folds = sorted(set(arms.runs[tuned]) & set(arms.runs[scratch]))
            one, other = (
                arms.score_some(task, [arms.runs[key][fold] for fold in folds])[METRIC] for key in (tuned, scratch)
            )
            gap = one.minus(other)
            gaps.append(as_estimate(gap))
            settings = {"updates": limit, "scratch": NAMES.get(scratch[0], scratch[0]), "folds": len(folds)}
            settings |= {"tuned_score": one.value, "scratch_score": other.value}
            n = sum(len(arms.runs[tuned][fold]["test"]["rows"]) for fold in folds)
            rows.append(
                Row(
                    LESSON, NAMES["all"], task, "macro_f1_minus_scratch", gap.value, *gap.interval, n, settings=settings
                )
            )
    for (arm, task, labels, updates), runs in sorted(arms.runs.items()):
        if arm in ("all", "random") and labels == ALL and task != "reviews":
            some = list(runs.values())
            settings = {"updates": updates, "folds": len(some)}
            rows.append(_row(arm, task, "macro_f1_by_updates", arms.score_some(task, some)[METRIC], some, settings))
    worst = min(gaps, key=lambda one: one.low)
    each = ", ".join(
        f"{row.task} {row.settings['updates']} updates {row.value:.2f} [{row.low:.2f}, {row.high:.2f}]"
        for row in rows
        if row.metric == "macro_f1_minus_scratch"
    )
    measured = f"macro F1 of tuned minus scratch after equal seconds: {each}; here the lowest bound"
    figures = (worst.value, worst.low, worst.high, max(row.n or 0 for row in rows), arms.plan.folds)
    claim = Claim(measured, "macro F1", *figures, RULES["C07/03"], judge_price(gaps), LIMITS["C07/03"])
    return rows, claim


def _best_within(arms: Arms, task: str, kinds: Sequence[str], limit: int) -> tuple[str, str, int, int]:
    """Return the runs that are best on the first fold's validation among those of at most so many updates."""
    scores = {
        key: score_validation(task, runs[0])
        for key, runs in arms.runs.items()
        if key[0] in kinds and key[1] == task and key[2] == ALL and key[3] <= limit and 0 in runs
    }
    return max(scores, key=lambda key: scores[key])
