"""How much is run for lesson 03, and on what each kind of run depends."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

LESSON, STEM = "03", "03_finetune_classifier"
NETWORK_INPUTS = ("finetune_classifier/network", "finetune_classifier/texts", "finetune_classifier/runs")
OTHER_INPUTS = (*NETWORK_INPUTS, "finetune_classifier/linear", "finetune_classifier/other_runs")
LESSON_INPUTS = (
    *NETWORK_INPUTS,
    "finetune_classifier/lesson_runs",
    "tune/training",
    "batches",
    "mean_pool",
    "models/classifier",
)
ALL, FEW = 0, 64
# Training texts of a fold.
TICKETS, REVIEWS = 600, 160

Cell = tuple[str, str, int, int, float, int, int]


@dataclass(frozen=True)
class Plan:
    """How much is run.

    tried: for each arm, with all labels of a fold of tickets (600) and with 64, pairs of a rate and a number of updates
    of 16 texts. sizes: labels of a learning curve. times: the updates after which C07 compares. scratch_folds: of the
    network from random weights. bias_updates: of every run with a planted line. strengths: logistic regression's C.
    doses: per cent of one island's tickets that are relabelled. knobs, factors: what C10 changes, and by how much.
    draws: of a bootstrap.
    """

    tried: tuple[tuple[str, int, tuple[tuple[float, int], ...]], ...] = (
        ("all", ALL, ((1e-4, 75), (2e-4, 75), (1e-4, 150), (2e-4, 150))),
        ("all", FEW, ((2e-4, 40), (5e-4, 40), (2e-4, 80), (5e-4, 80))),
        ("top", ALL, ((5e-4, 114), (1e-3, 114), (5e-4, 228), (1e-3, 228))),
        ("top", FEW, ((5e-4, 40), (1e-3, 40), (5e-4, 80), (1e-3, 80))),
        (
            "random",
            ALL,
            ((2e-4, 75), (1e-3, 75), (2e-4, 225), (1e-3, 225), (2e-4, 450), (5e-4, 450), (2e-4, 900)),
        ),
    )
    task: str = "tone"
    folds: int = 5
    sizes: tuple[int, ...] = (16, 64, 256)
    times: tuple[int, ...] = (25, 75, 225)
    scratch_folds: int = 2
    bias_updates: int = 114
    strengths: tuple[float, ...] = (1.0, 10.0, 100.0, 1000.0)
    bias_folds: int = 5
    doses: tuple[int, ...] = (0, 20, 40)
    knobs: tuple[str, ...] = ("rate", "epochs", "batch", "warmup", "decay")
    factors: tuple[float, ...] = (0.25, 4.0)
    longest: float = 2.0
    knob_seeds: int = 2
    default_seeds: int = 4
    change_seeds: int = 2
    live_seeds: int = 10
    live_labels: int = ALL
    live_epochs: int = 2
    epochs: tuple[int, int] = (200, 10)
    draws: int = 2000


@dataclass(frozen=True)
class Recipes:
    """What validation chose: a rate and a number of updates for each arm, with all labels of tickets and with 64."""

    chosen: Mapping[tuple[str, int], tuple[float, int]]

    def of(self, arm: str, task: str, labels: int) -> tuple[float, int]:
        """Return rate and updates with so many labels (0: all of a fold's).

        Up to 64 labels as chosen with 64; above, the rate and the passes over the texts that were chosen with all, but
        no fewer updates than with 64.
        """
        if 0 < labels <= FEW:
            return self.chosen[arm, FEW]
        rate, updates = self.chosen[arm, ALL]
        if labels == ALL and task != "reviews":
            return rate, updates
        least = self.chosen.get((arm, FEW), (rate, 1))[1]
        return rate, max(least, round(updates * (labels or REVIEWS) / TICKETS))


def list_choices(plan: Plan) -> list[Cell]:
    """Return the runs that choose each arm's rate and updates on the first fold's validation of tone."""
    return [
        (arm, plan.task, 0, labels, rate, updates, 0) for arm, labels, tried in plan.tried for rate, updates in tried
    ]


def list_networks(plan: Plan, recipes: Recipes) -> list[Cell]:
    """Return all other runs of a network, the most important first."""

    def cell(arm: str, task: str, fold: int, labels: int, updates: int = 0) -> Cell:
        rate, own = recipes.of(arm, task, labels)
        return arm, task, fold, labels, rate, updates or own, fold

    folds, tickets, arms = range(plan.folds), ("tone", "topic"), ("top", "all")
    full = [cell(arm, task, fold, ALL) for task in tickets for fold in folds for arm in arms]
    curves = [
        cell(arm, task, fold, labels) for arm in arms for labels in plan.sizes for task in tickets for fold in folds
    ]
    reviews = [
        cell(arm, "reviews", fold, labels)
        for arm in arms
        for labels in (ALL, *(size for size in plan.sizes if size <= FEW))
        for fold in folds
    ]
    timed = [
        cell(arm, task, fold, ALL, updates)
        for arm, times in (("all", plan.times[:2]), ("random", plan.times[1:]))
        for updates in times
        for task in tickets
        for fold in (folds if arm == "all" else range(plan.scratch_folds))
    ]
    scratch = [cell("random", task, fold, ALL) for task in tickets for fold in range(plan.scratch_folds)]
    unbiased = [cell("top", plan.task, fold, ALL, plan.bias_updates) for fold in range(plan.bias_folds)]
    return list(dict.fromkeys([*full, *curves, *reviews, *timed, *scratch, *unbiased]))


def list_biased(plan: Plan, rate: float) -> list[tuple[str, int, int, bool, float, int]]:
    """Return the runs with a planted bias in every dose, and the control without the line."""
    doses = [(dose, True) for dose in plan.doses] + [(plan.doses[-1], False)]
    return [
        ("top", fold, dose, line, rate, plan.bias_updates) for dose, line in doses for fold in range(plan.bias_folds)
    ]


def list_knobs(plan: Plan, rate: float, updates: int) -> list[tuple[int, int, float, int, str, float]]:
    """Return the runs with one hyper-parameter changed, and those with the default."""
    default = [(fold, FEW, rate, updates, "", 1.0) for fold in range(plan.default_seeds)]
    changed = [
        (fold, FEW, rate, updates, name, min(factor, plan.longest) if name == "epochs" else factor)
        for fold in range(plan.knob_seeds)
        for name in plan.knobs
        for factor in plan.factors
    ]
    return [*default, *changed]


def list_changes(plan: Plan, rate: float, updates: int) -> list[tuple[str, int, float, int, tuple[int, ...]]]:
    """Return the run that says what tuning on topic does to the vectors."""
    return [("topic", 0, rate, updates, tuple(range(plan.change_seeds)))]


SHORT = Plan(
    tried=tuple((arm, labels, ((2e-4, 1),)) for arm, labels in (("random", ALL), *product(("all", "top"), (ALL, FEW)))),
    folds=2,
    sizes=(16, 64),
    times=(1, 2, 3),
    scratch_folds=1,
    bias_updates=1,
    strengths=(10.0,),
    bias_folds=1,
    doses=(0, 40),
    knobs=("rate",),
    longest=1.0,
    knob_seeds=1,
    default_seeds=2,
    live_seeds=2,
    live_labels=16,
    live_epochs=1,
    epochs=(16, 2),
    draws=20,
)
