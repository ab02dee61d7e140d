"""Lesson 01: the size of skip-gram's vectors against the share of the text."""

import numpy as np

from studies.runner import run_cells
from studies.word_embeddings.intervals import estimate, score_sizes
from studies.word_embeddings.plan import LARGE, LESSON, RUN_INPUTS, SMALL, STEM, Plan
from studies.word_embeddings.rules import LIMITS, RULES, Estimate, judge_size
from workshop.score.results import Claim, Row
from workshop.vectors.sweep import YARDSTICKS, drawn_pairs, run_size


def measure_sizes(plan: Plan, short: bool) -> tuple[list[Row], dict[str, Claim]]:
    """Sweep the size of skip-gram's vectors against the share of the text."""
    grid, texts = plan.cells(), range(plan.texts)
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
        one = estimate(scores[column], spread[:, column])
        seconds = float(np.median([found[share, size, text, epochs]["seconds"] for text in texts]))
        rows.append(_size_row(share, size, epochs, one, n, seconds))
    rows += [_best_row(plan, grid, scores, spread, share, n) for share in plan.shares]
    gains = [_extra_gain(grid, scores, spread, plan, epochs) for epochs in (plan.size_epochs, plan.update_epochs)]
    first, second = gains
    measured = (
        "Spearman that skip-gram gains from 100 and 200 dimensions over 10 and 25, with all of 106 articles minus with "
        f"5 % of them: at equal updates {second.value:.2f} [{second.low:.2f}, {second.high:.2f}], at equal epochs"
    )
    claim = Claim(
        *(measured, "correlation", first.value, first.low, first.high, n, plan.texts),
        *(RULES["C02"], judge_size(gains), LIMITS["C02"]),
    )
    for label, gain in zip(("same epochs", "same updates"), gains, strict=True):
        rows.append(Row(LESSON, "skipgram", f"sweep {label}", "extra_gain", gain.value, gain.low, gain.high, n))
    return rows, {"C02": claim}


def _size_row(share: float, size: int, epochs: int, found: Estimate, n: int, seconds: float) -> Row:
    settings = {"dimensions": size, "share": share, "epochs": epochs}
    figures = (found.value, found.low, found.high, n, seconds)
    return Row(LESSON, "skipgram", "sweep", "spearman", *figures, settings=settings)


def _columns(grid: list, share: float, epochs: int, sizes: tuple[int, ...]) -> list[int]:
    """Return the places of some sizes in the grid."""
    return [grid.index((share, size, epochs)) for size in sizes]


def _best_row(plan: Plan, grid: list, scores: np.ndarray, spread: np.ndarray, share: float, n: int) -> Row:
    """Return the size that scores best with a share of the text, and how much that moves from sample to sample."""
    columns = _columns(grid, share, plan.size_epochs, plan.sizes)
    best = estimate(plan.sizes[int(scores[columns].argmax())], np.array(plan.sizes)[spread[:, columns].argmax(axis=1)])
    settings = {"share": share, "epochs": plan.size_epochs}
    return Row(LESSON, "skipgram", "sweep", "best_dimensions", best.value, best.low, best.high, n, settings=settings)


def _extra_gain(grid: list, scores: np.ndarray, spread: np.ndarray, plan: Plan, small_epochs: int) -> Estimate:
    """Return the gain of a larger size with all of the text minus that with the smallest share."""

    def gain(table: np.ndarray, share: float, epochs: int) -> np.ndarray:
        large, small = (table[..., _columns(grid, share, epochs, sizes)].mean(axis=-1) for sizes in (LARGE, SMALL))
        return large - small

    both = [
        gain(table, plan.shares[-1], plan.size_epochs) - gain(table, plan.shares[0], small_epochs)
        for table in (scores, spread)
    ]
    return estimate(*both)
