"""Intervals draw groups and seeds anew, and none right does not mean certainly none."""

import numpy as np
import pytest

from studies.intervals import bound_all, summarise


def name_groups(size, each=1):
    return [str(place // each) for place in range(size)]


def test_means_are_over_seeds_and_intervals_draw_groups_and_seeds():
    runs = np.random.default_rng(0).integers(0, 2, (3, 60)).astype(float)
    apart = summarise(runs, name_groups(60))
    together = summarise(runs[:, np.arange(60) // 6 * 6], name_groups(60, 6))
    assert apart["value"] == pytest.approx(runs.mean())
    assert apart["n"] == 180
    assert apart["low"] < apart["value"] < apart["high"]
    assert together["high"] - together["low"] > apart["high"] - apart["low"]
    unlike = summarise([[1.0] * 59 + [0], [0.0] * 60, [1.0] * 60], name_groups(60))
    assert unlike["low"] < 0.1
    assert unlike["high"] > 0.9


def test_none_right_does_not_mean_certainly_none():
    none = summarise(np.zeros((3, 40)), name_groups(40))
    assert none["low"] == 0
    assert (1 - none["high"]) ** 40 == pytest.approx(0.025)
    difference = summarise(np.zeros((3, 40)), name_groups(40), signed=True)
    assert difference["low"] == -difference["high"] < 0
    assert summarise(np.ones((3, 40)), name_groups(40))["high"] == 1


def test_the_bound_is_scipys():
    stats = pytest.importorskip("scipy.stats")
    assert bound_all(40) == pytest.approx(stats.binomtest(40, 40).proportion_ci(0.95, "exact").low)


def test_one_group_tells_little_however_many_cases_it_has():
    assert summarise(np.ones((1, 50)), name_groups(50, 50))["low"] == pytest.approx(0.025)
