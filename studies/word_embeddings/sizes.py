"""Lesson 01: the size of skip-gram's vectors against the share of the text."""

import numpy as np

from studies.runner import run_cells
from studies.word_embeddings.intervals import estimate, score_sizes
from studies.word_embeddings.plan import LARGE, LESSON, RUN_INPUTS, SMALL, STEM, Plan
from studies.word_embeddings.rules import LIMITS, RULES, Estimate, judge_size
from studies.word_embeddings.sweep import YARDSTICKS, drawn_pairs, run_size
from workshop.score.results import Claim, Row


def measure_sizes(plan: Plan, short: bool) -> tuple[list[Row], dict[str, Claim]]:
    """Sweep the size of skip-gram's vectors against the share of the text, all points with as many updates."""
    grid, texts = plan.cells(), plan.texts
    cells = [(share, size, text, epochs) for text in texts for share, size, epochs in grid]
    found = run_cells(run_size, cells, stem=STEM, inputs=RUN_INPUTS, short=short)
    known = [[drawn_pairs(name, text) for name in YARDSTICKS] for text in texts]
    tables = [
        [np.array([found[share, size, text, epochs][name] for share, size, epochs in grid]) for name in YARDSTICKS]
        for text in texts
    ]
    ratings, pairs = ([[one[side] for one in both] for both in known] for side in (1, 0))
    scores, spread = score_sizes(tables, ratings, pairs, plan.draws)
    n = round(np.mean([sum(len(one) for one in both) for both in ratings]))
    rows = []
    for column, (share, size, epochs) in enumerate(grid):
        one = estimate(scores[:, column].mean(), spread[:, column])
        seconds = float(np.median([found[share, size, text, epochs]["seconds"] for text in texts]))
        rows.append(_size_row(share, size, epochs, one, n, seconds))
    gain = estimate(_extra_gain(grid, scores.mean(axis=0), plan), _extra_gain(grid, spread, plan))
    each = dict(zip(YARDSTICKS, _extra_gain(grid, scores, plan).tolist(), strict=True))
    rows.append(Row(LESSON, "skipgram", "sweep", "extra_gain", gain.value, gain.low, gain.high, n, settings=each))
    worth = estimate(_worth_of_text(grid, scores.mean(axis=0), plan), _worth_of_text(grid, spread, plan))
    rows.append(Row(LESSON, "skipgram", "sweep", "more_text", worth.value, worth.low, worth.high, n))
    measured = (
        "Spearman that skip-gram gains from 100 and 200 dimensions over 10 and 25, with all of 106 articles minus with "
        f"{100 * plan.schedule[0][0]:.0f} % of them, at equal updates"
    )
    figures = (gain.value, gain.low, gain.high, n, len(plan.texts))
    verdict = judge_size(gain, list(each.values()))
    return rows, {"C02": Claim(measured, "correlation", *figures, RULES["C02"], verdict, LIMITS["C02"])}


def _size_row(share: float, size: int, epochs: int, found: Estimate, n: int, seconds: float) -> Row:
    settings = {"dimensions": size, "share": share, "epochs": epochs}
    figures = (found.value, found.low, found.high, n, seconds)
    return Row(LESSON, "skipgram", "sweep", "spearman", *figures, settings=settings)


def _extra_gain(grid: list, table: np.ndarray, plan: Plan) -> np.ndarray:
    """Return the gain of a larger size with all of the text minus that with the smallest share.

    table: scores, the cells of the grid along the last axis.
    """

    def gain(share: float, epochs: int) -> np.ndarray:
        large, small = (
            table[..., [grid.index((share, size, epochs)) for size in sizes]].mean(axis=-1) for sizes in (LARGE, SMALL)
        )
        return large - small

    return gain(*plan.schedule[-1]) - gain(*plan.schedule[0])


def _worth_of_text(grid: list, table: np.ndarray, plan: Plan) -> np.ndarray:
    """Return the mean score over sizes with all of the text minus that with the smallest share; table as above."""
    most, least = (
        table[..., [grid.index((share, size, epochs)) for size in plan.sizes]].mean(axis=-1)
        for share, epochs in (plan.schedule[-1], plan.schedule[0])
    )
    return most - least
