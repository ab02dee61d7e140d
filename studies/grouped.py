"""Intervals where cases come in groups: customers with several messages, documents with several questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 2000
METRICS = ("accuracy", "macro_f1")


@dataclass(frozen=True)
class Figure:
    """A figure with its bootstrap, shape (draws,); its interval is the middle 95 %."""

    value: float
    spread: np.ndarray

    @property
    def interval(self) -> tuple[float, float]:
        """Return the bounds of the middle 95 %."""
        return find_middle(self.spread)

    def minus(self, other: "Figure") -> "Figure":
        """Return the difference of two figures that were drawn together."""
        return Figure(self.value - other.value, self.spread - other.spread)


def find_middle(spread: np.ndarray) -> tuple[float, float]:
    """Return the bounds of the middle 95 % of a bootstrap, shape (draws,)."""
    low, high = np.percentile(spread, [2.5, 97.5])
    return float(low), float(high)


def draw_groups(groups: Sequence[str], draws: int, seed: int = 0) -> np.ndarray:
    """Return how often each case counts when its group is drawn anew, shape (draws, cases), float64."""
    names, places = np.unique(groups, return_inverse=True)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    return times[:, places].astype(np.float64)


def draw_seeds(seeds: int, draws: int) -> np.ndarray:
    """Return how often each seed counts in each draw, shape (draws, seeds); a row adds up to 1."""
    rng = np.random.default_rng(1)
    return rng.multinomial(seeds, np.full(seeds, 1 / seeds), size=draws) / seeds


def score_runs(
    runs: Sequence[Mapping[str, Sequence[int]]], truth: np.ndarray, groups: Sequence[str], draws: int = DRAWS
) -> dict[str, Figure]:
    """Return accuracy and macro F1, mean over seeds, with a bootstrap over groups and seeds.

    runs: of each seed the rows tested and the class predicted. truth: of all cases, shape (N,), int. groups: of all
    cases. Calls with the same groups and as many seeds draw the same.
    """
    times, seeds = draw_groups(groups, draws), draw_seeds(len(runs), draws)
    own, drawn = [], []
    for run in runs:
        rows, predicted = np.array(run["rows"]), np.array(run["predicted"])
        own.append(_score(truth[rows], predicted, np.ones((1, len(rows))))[:, 0])
        drawn.append(_score(truth[rows], predicted, times[:, rows]))
    means = np.einsum("smd,ds->md", np.array(drawn), seeds)
    return {name: Figure(float(np.mean(own, axis=0)[place]), means[place]) for place, name in enumerate(METRICS)}


def _score(truth: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return accuracy and macro F1 under weights (draws, cases), shape (2, draws)."""
    total = weights.sum(axis=1)
    right = weights @ (truth == predicted)
    classes = np.unique(truth)
    scores = []
    for one in classes:
        hit = weights @ ((truth == one) & (predicted == one))
        size = weights @ (truth == one) + weights @ (predicted == one)
        scores.append(np.divide(2 * hit, size, out=np.zeros_like(hit), where=size > 0))
    return np.array([right / np.maximum(total, 1), np.mean(scores, axis=0)])


def average(values: np.ndarray, groups: Sequence[str], draws: int = DRAWS) -> Figure:
    """Return the mean of the cases' values (N,) with a bootstrap over their groups."""
    return average_runs([values], groups, draws)


def average_runs(values: Sequence[Sequence[float]], groups: Sequence[str], draws: int = DRAWS) -> Figure:
    """Return the mean over S seeds of N cases' values (S, N) with a bootstrap over groups and seeds."""
    times, seeds = draw_groups(groups, draws), draw_seeds(len(values), draws)  # (draws, N), (draws, S)
    means = times @ np.array(values, dtype=float).T / np.maximum(times.sum(axis=1), 1)[:, None]  # (draws, S)
    return Figure(float(np.mean(values)), (means * seeds).sum(axis=1))
