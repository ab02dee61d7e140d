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

Cell = tuple[str, str, int, int, float, int, int]


@dataclass(frozen=True)
class Plan:
    """How much is run.

    tried: the rates of each arm, with all labels and with 64. updates: of 16 texts, for each arm with all labels of a
    fold of tickets (600). few_updates: with 16 to 256 labels. sizes: labels of a learning curve, on so many folds
    (curve_folds). times: the updates after which C07 compares. strengths: logistic regression's C. doses: per cent of
    one island's tickets that are relabelled. knobs, factors: what C10 changes, and by how much. draws: of a bootstrap.
    """

    tried: tuple[tuple[str, int, tuple[float, ...]], ...] = (
        ("all", ALL, (1e-4, 2e-4)),
        ("all", FEW, (2e-4, 5e-4)),
        ("top", ALL, (5e-4, 1e-3)),
        ("top", FEW, (5e-4, 1e-3)),
        ("random", ALL, (2e-4, 1e-3)),
    )
    updates: tuple[tuple[str, int], ...] = (("all", 75), ("top", 114), ("random", 75))
    few_updates: int = 40
    task: str = "tone"
    folds: int = 5
    sizes: tuple[int, ...] = (16, 64, 256)
    curve_folds: int = 2
    topic_folds: int = 2
    times: tuple[int, ...] = (25, 75, 225)
    strengths: tuple[float, ...] = (1.0, 10.0, 100.0)
    bias_folds: int = 3
    doses: tuple[int, ...] = (0, 20, 40)
    knobs: tuple[str, ...] = ("rate", "epochs", "batch", "warmup", "decay")
    factors: tuple[float, ...] = (0.25, 4.0)
    longest: float = 2.0
    knob_seeds: int = 2
    default_seeds: int = 4
    change_seeds: int = 2
    live_seeds: int = 5
    live_labels: int = ALL
    live_epochs: int = 2
    epochs: tuple[int, int] = (200, 10)
    draws: int = 2000


def list_choices(plan: Plan) -> list[Cell]:
    """Return the runs that choose each arm's rate on the first fold's validation, with all labels and with 64.

    A network from random weights is tried with all labels alone, and for fewer updates than it gets.
    """
    updates = dict(plan.updates) | {"random": plan.few_updates}
    return [
        (arm, plan.task, 0, labels, rate, updates[arm] if labels == ALL else plan.few_updates, 0)
        for arm, labels, rates in plan.tried
        for rate in rates
    ]


def list_networks(plan: Plan, rates: Mapping[tuple[str, int], float]) -> list[Cell]:
    """Return all other runs of a network, the most important first; rates: chosen, by arm and labels."""
    updates, few = dict(plan.updates), plan.few_updates
    full = [
        (arm, task, fold, ALL, rates[arm, ALL], updates[arm], fold)
        for task in ("tone", "topic")
        for fold in range(plan.folds if task == "tone" else plan.topic_folds)
        for arm in ("top", "all")
    ]
    curves = [
        (arm, task, fold, labels, rates[arm, ALL if labels > FEW else FEW], few, fold)
        for arm, sizes in (("top", plan.sizes), ("all", plan.sizes[1:]))
        for labels in sizes
        for task in ("tone", "topic")
        for fold in range(plan.curve_folds)
    ]
    reviews = [
        (arm, "reviews", fold, labels, rates[arm, ALL if labels == ALL else FEW], few, fold)
        for arm, sizes in (("top", (ALL, *plan.sizes[:2])), ("all", (ALL, FEW)))
        for labels in sizes
        for fold in range(plan.folds)
    ]
    quick, normal, long = plan.times
    early = [
        ("all", task, fold, ALL, rates["all", ALL], quick, fold) for task in ("tone", "topic") for fold in range(2)
    ]
    nothing = [
        ("random", task, 0, ALL, rates["random", ALL], steps, 0) for task, steps in (("tone", normal), ("tone", long))
    ]
    return [*full, *curves, *reviews, *early, *nothing]


def list_biased(plan: Plan, rate: float) -> list[tuple[str, int, int, bool, float, int]]:
    """Return the runs with a planted bias in every dose, and the control without the line."""
    updates = dict(plan.updates)["top"]
    doses = [(dose, True) for dose in plan.doses] + [(plan.doses[-1], False)]
    return [("top", fold, dose, line, rate, updates) for dose, line in doses for fold in range(plan.bias_folds)]


def list_knobs(plan: Plan, rate: float) -> list[tuple[int, int, float, int, str, float]]:
    """Return the runs with one hyper-parameter changed, and those with the default."""
    default = [(fold, FEW, rate, plan.few_updates, "", 1.0) for fold in range(plan.default_seeds)]
    changed = [
        (fold, FEW, rate, plan.few_updates, name, min(factor, plan.longest) if name == "epochs" else factor)
        for fold in range(plan.knob_seeds)
        for name in plan.knobs
        for factor in plan.factors
    ]
    return [*default, *changed]


def list_changes(plan: Plan, rate: float) -> list[tuple[str, int, float, int, tuple[int, ...]]]:
    """Return the run that says what tuning on topic does to the vectors."""
    return [("topic", 0, rate, dict(plan.updates)["all"], tuple(range(plan.change_seeds)))]


SHORT = Plan(
    tried=tuple((arm, labels, (2e-4,)) for arm, labels in (("random", ALL), *product(("all", "top"), (ALL, FEW)))),
    updates=(("all", 1), ("top", 2), ("random", 1)),
    few_updates=1,
    folds=2,
    sizes=(16, 64),
    curve_folds=1,
    topic_folds=1,
    times=(1, 1, 2),
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
