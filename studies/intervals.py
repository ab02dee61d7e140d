"""Shares of right answers with their intervals: seeds and groups of cases are drawn anew together."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from studies.grouped import DRAWS, draw_groups, draw_seeds


def summarise(runs: Sequence[Sequence[float]], groups: Sequence[str], *, signed: bool = False) -> dict[str, Any]:
    """Return value, low, high and n of S seeds' N cases: the mean, with a bootstrap over groups and seeds.

    runs: shape (S, N), each from 0 to 1, or from -1 where signed. Where all or none are right, drawing again shows
    nothing, and the open side is Clopper and Pearson's bound for as many cases as there are groups. signed: the cases
    are differences, which are open on both sides where all are 0.
    """
    values = np.array(runs, dtype=float)
    times, seeds = draw_groups(groups, DRAWS), draw_seeds(len(values), DRAWS)
    means = times @ values.T / np.maximum(times.sum(axis=1), 1)[:, None]
    low, high = np.percentile((means * seeds).sum(axis=1), [2.5, 97.5])
    if values.min() == values.max() and values.min() in (0, 1):
        edge = bound_all(len(set(groups)))
        low, high = (edge, 1.0) if values.min() == 1 else (edge - 1 if signed else 0.0, 1 - edge)
    return {"value": float(values.mean()), "low": float(low), "high": float(high), "n": values.size}


def bound_all(cases: int) -> float:
    """Return the lower bound of a share of which all of so many cases were right. Source: Clopper and Pearson 1934."""
    return 0.025 ** (1 / cases)
