"""Means with their bootstrap: groups of cases and seeds are drawn anew, the same for all that is compared."""

from collections.abc import Sequence

import numpy as np

from studies.grouped import DRAWS, Figure, draw_groups, draw_seeds
from studies.intervals import bound_all
from studies.prompt_or_lora.rules import Estimate

Runs = Sequence[Sequence[float | None]]


def average_runs(runs: Runs, groups: Sequence[str]) -> Figure:
    """Return the mean of S seeds' N cases, None left out, with a bootstrap over groups and seeds.

    Calls with the same groups draw the same, so that their differences are paired; a single run is no seed.
    """
    values = np.array([[np.nan if one is None else one for one in run] for run in runs], dtype=float)  # (S, N)
    known = ~np.isnan(values)
    times, seeds = draw_groups(groups, DRAWS), draw_seeds(len(values), DRAWS)
    sums, counts = times @ np.where(known, values, 0).T, times @ known.T  # (draws, S)
    means = sums / np.maximum(counts, 1)
    return Figure(float(np.nanmean(values)), (means * seeds).sum(axis=1))


def estimate(figure: Figure) -> Estimate:
    """Return a figure with its interval."""
    return Estimate(figure.value, *figure.interval)


def estimate_share(runs: Runs, groups: Sequence[str]) -> Estimate:
    """Return a share with its interval; where all or none are right, the open side is Clopper and Pearson's bound."""
    found, edge = estimate(average_runs(runs, groups)), bound_all(len(set(groups)))
    values = {one for run in runs for one in run if one is not None}
    if values == {1.0}:
        return Estimate(1.0, edge, 1.0)
    return Estimate(0.0, 0.0, 1 - edge) if values == {0.0} else found


def share_of_gain(part: Runs, whole: Runs, base: Runs, groups: Sequence[str]) -> Estimate:
    """Return which share of the gain of `whole` over `base` `part` reaches, all on the same cases.

    Where all cases of `part` are right, or none is, drawing them again shows nothing: its open end is then that of so
    many such cases, divided by the gain.
    """
    mine, most, least = (average_runs(one, groups) for one in (part, whole, base))
    gain = most.minus(least)
    over = np.maximum(gain.spread, 1e-6)
    low, high = np.percentile((mine.spread - least.spread) / over, [2.5, 97.5])
    value = (mine.value - least.value) / max(gain.value, 1e-6)
    if all(one == 1 for run in part for one in run):
        low = min(low, (bound_all(len(set(groups))) - least.value) / max(gain.value, 1e-6))
    if not any(one for run in part for one in run):
        high = max(high, (1 - bound_all(len(set(groups))) - least.value) / max(gain.value, 1e-6))
    return Estimate(float(value), float(low), float(high))


def weigh(sums: Sequence[float], counts: Sequence[float], groups: Sequence[str]) -> Figure:
    """Return the sum of N sums over that of their counts (a loss a token), with a bootstrap over groups."""
    times = draw_groups(groups, DRAWS)
    return Figure(float(np.sum(sums) / np.sum(counts)), (times @ np.array(sums)) / (times @ np.array(counts)))
