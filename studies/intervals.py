"""Shares of right answers with their intervals: seeds and groups of cases are drawn anew together."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import binomtest

from studies.grouped import average_runs


def summarise(runs: Sequence[Sequence[float]], groups: Sequence[str], *, signed: bool = False) -> dict[str, Any]:
    """Return value, low, high and n of S seeds' N cases: the mean, with a bootstrap over groups and seeds.

    runs: shape (S, N), each from 0 to 1, or from -1 where signed. Where all or none are right, drawing again shows
    nothing, and the open side is Clopper and Pearson's bound for as many cases as there are groups. signed: the cases
    are differences, which are open on both sides where all are 0.
    """
    values = np.array(runs, dtype=float)  # (S, N)
    figure = average_runs(values, groups)
    low, high = figure.interval
    if values.min() == values.max() and values.min() in (0, 1):
        edge = bound_all(len(set(groups)))
        low, high = (edge, 1.0) if values.min() == 1 else (edge - 1 if signed else 0.0, 1 - edge)
    return {"value": figure.value, "low": low, "high": high, "n": values.size}


def bound_all(cases: int) -> float:
    """Return the lower bound of a share of which all of so many cases were right. Source: Clopper and Pearson 1934."""
    return float(binomtest(cases, cases).proportion_ci(method="exact").low)
