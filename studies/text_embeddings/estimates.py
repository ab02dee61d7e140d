"""Figures of lesson 02 with their intervals: documents, stories, words and seeds are drawn anew."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from studies.grouped import Figure, draw_groups, draw_seeds

# For 80 % power at 5 %, two-sided: what a difference must be in standard errors.
POWER = 1.959964 + 0.841621


def score_ranks(ranks: Sequence[Sequence[int]]) -> dict[str, np.ndarray]:
    """Return of each wording the share of its relevant passages among the first 1, 3 and 5, and 1 / the first rank."""
    found = {f"recall@{k}": np.array([np.mean(np.array(one) <= k) for one in ranks]) for k in (1, 3, 5)}
    return found | {"mrr": np.array([1 / one[0] for one in ranks])}


def average_runs(values: Sequence[np.ndarray], groups: Sequence[str], draws: int) -> Figure:
    """Return the mean over S seeds of N cases' values (S, N), with a bootstrap over groups and seeds."""
    times, seeds = draw_groups(groups, draws), draw_seeds(len(values), draws)
    means = times @ np.array(values).T / np.maximum(times.sum(axis=1), 1)[:, None]
    return Figure(float(np.mean(values)), (means * seeds).sum(axis=1))


def correlate_stories(
    cosines: Sequence[Sequence[float]], ratings: np.ndarray, stories: int, draws: int
) -> dict[str, Figure]:
    """Return Pearson with people and the area under the curve for pairs rated 0.6 and more, mean over S seeds.

    cosines: (S, P). ratings: (P,), from 0.2 to 1. stories: N, of which P pairs are made. The bootstrap draws the
    stories anew (a pair comes as often as both of its stories together), and the seeds; the same for all methods.
    """
    table, alike = np.array(cosines), ratings >= 0.6
    times = draw_groups([str(one) for one in range(stories)], draws)
    seeds = draw_seeds(len(table), draws)
    left, right = np.triu_indices(stories, 1)
    own, spread = [], []
    for weights in [np.ones(len(ratings)), *(one[left] * one[right] for one in times)]:
        kept = weights > 0
        some, people, w = table[:, kept], ratings[kept], weights[kept]
        spread.append([_pearson(some, people, w), _area(some, alike[kept], w)])
    own, drawn = np.array(spread[0]).mean(axis=1), np.array(spread[1:])
    means = np.einsum("dms,ds->md", drawn, seeds)
    return {name: Figure(float(own[row]), means[row]) for row, name in enumerate(("pearson", "auc"))}


def _pearson(table: np.ndarray, people: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted correlation of each row (S, P) with people (P,), shape (S,)."""
    share = weights / weights.sum()
    a, b = table - (table @ share)[:, None], people - people @ share
    return (a * b) @ share / np.sqrt((a**2 @ share) * (b**2 @ share))


def _area(table: np.ndarray, alike: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return how often a pair that is alike scores above one that isn't, a tie counting half, for each row, (S,)."""
    found = []
    for row in table:
        order = np.argsort(row, kind="stable")
        values, w, yes = row[order], weights[order], alike[order]
        below = np.where(yes, 0, w)
        _, places = np.unique(values, return_inverse=True)
        level = np.bincount(places, weights=below)
        under = np.concatenate([[0], np.cumsum(level)[:-1]])
        good = np.bincount(places, weights=np.where(yes, w, 0))
        total = w[yes].sum() * w[~yes].sum()
        found.append(float((good * (under + level / 2)).sum() / total) if total else 0.5)
    return np.array(found)


def separate(cosines: np.ndarray, groups: Sequence[str], weights: np.ndarray | None = None) -> float:
    """Return the mean cosine within a group minus that across, pairs i < j, weighted by how often both are drawn."""
    names = np.array(groups)
    left, right = np.triu_indices(len(names), 1)
    times = (np.ones(len(names)) if weights is None else weights)[[left, right]].prod(axis=0)
    same, values = names[left] == names[right], cosines[left, right]
    return float(np.average(values[same], weights=times[same]) - np.average(values[~same], weights=times[~same]))


def separate_words(found: Mapping[str, Any], draws: int) -> dict[str, Figure]:
    """Return the mean separation over words, "house word, contextual" and so on, with a bootstrap.

    It draws words anew, and sentences within each sense of each word; the same for both kinds of vectors. A sentence
    is never compared with itself.
    """
    chance = np.random.default_rng(0)
    figures = {}
    for kind in sorted({one["kind"] for one in found.values()}):
        words = [one for _, one in sorted(found.items()) if one["kind"] == kind]
        own = {way: [separate(np.array(w[way]), w["groups"]) for w in words] for way in ("contextual", "static")}
        spread: dict[str, list[float]] = {way: [] for way in own}
        for _ in range(draws):
            drawn = [
                (words[row], _draw_within(words[row]["groups"], chance))
                for row in chance.integers(0, len(words), len(words))
            ]
            for way, values in spread.items():
                values.append(float(np.mean([separate(np.array(w[way]), w["groups"], times) for w, times in drawn])))
        for way, values in own.items():
            figures[f"{kind}, {way}"] = Figure(float(np.mean(values)), np.array(spread[way]))
    return figures


def _draw_within(groups: Sequence[str], chance: np.random.Generator) -> np.ndarray:
    """Return how often each sentence comes when those of each group are drawn anew; of each at least two differ."""
    names, times = np.array(groups), np.zeros(len(groups))
    for name in np.unique(names):
        rows = np.flatnonzero(names == name)
        drawn = np.zeros(0)
        while len(set(drawn)) < 2:
            drawn = chance.choice(rows, len(rows))
        np.add.at(times, drawn.astype(int), 1)
    return times


def find_smallest(values: Sequence[float], groups: int) -> float:
    """Return the smallest difference that so many groups show with 80 % power, given one value of each pilot group."""
    return float(POWER * np.std(values, ddof=1) / np.sqrt(groups))


def find_nearest(cosines: np.ndarray, groups: Sequence[str]) -> np.ndarray:
    """Return for each sentence whether the one nearest to it is of its group, shape (N,), bool."""
    names, others = np.array(groups), np.array(cosines, dtype=float)
    np.fill_diagonal(others, -np.inf)
    return names[others.argmax(axis=1)] == names
