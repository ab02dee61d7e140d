"""Where the lesson's own answers to known, unseen and changed facts should fall."""

from typing import Any

import numpy as np

from studies.tune_or_retrieve import grid
from studies.tune_or_retrieve.found import Runs

LIVE, DRAWS = 10, 20_000


def predict_live(runs: Runs) -> dict[str, dict[str, Any]]:
    """Return the range of the share right of thirty answers, ten of each kind of facts, of different documents.

    Drawn from the study's own answers of the column both: 997 of 1,000 draws fall into it.
    """
    cells = [make(runs)[3][0] for make in (grid.known, grid.unseen, grid.changed)]
    rng, means = np.random.default_rng(0), []
    pools = [
        [np.array(cell.values[0])[np.array(cell.groups) == name] for name in np.unique(cell.groups)] for cell in cells
    ]
    for _ in range(DRAWS):
        means.append(np.mean([_draw(rng, pool) for pool in pools]))
    low, high = np.percentile(means, [0.15, 99.85])
    size = sum(len(cell.groups) for cell in cells)
    how = f"ten questions of each kind, of different documents, drawn {DRAWS:,} times from {size} answers of the study"
    return {"06.right": {"low": float(low), "high": float(high), "n": size, "how": how}}


def _draw(rng: np.random.Generator, pool: list[np.ndarray]) -> float:
    """Return the share right of one question of each of some documents."""
    chosen = rng.permutation(len(pool))[:LIVE]
    return float(np.mean([rng.choice(pool[place]) for place in chosen]))
