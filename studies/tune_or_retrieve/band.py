"""Where the lesson's own answers to known, unseen and changed facts should fall."""

from typing import Any

import numpy as np

from studies.tune_or_retrieve import grid
from studies.tune_or_retrieve.found import Runs

# Of known, unseen and changed facts: documents, and questions of each.
LIVE, DRAWS = ((6, 1), (8, 2), (8, 1)), 20_000


def predict_live(runs: Runs) -> dict[str, dict[str, Any]]:
    """Return the range of the share right of thirty answers on three kinds of facts, of different documents.

    Drawn from the study's own answers of the column both: 997 of 1,000 draws fall into it.
    """
    cells = [make(runs)[3][0] for make in (grid.known, grid.unseen, grid.changed)]
    pools = [
        [np.array(cell.values[0])[np.array(cell.groups) == name] for name in np.unique(cell.groups)] for cell in cells
    ]
    rng = np.random.default_rng(0)
    means = [
        np.mean([one for pool, size in zip(pools, LIVE, strict=True) for one in _draw(rng, pool, *size)])
        for _ in range(DRAWS)
    ]
    low, high = np.percentile(means, [0.15, 99.85])
    size = sum(len(cell.groups) for cell in cells)
    how = f"thirty questions of three kinds of facts, drawn {DRAWS:,} times from {size} answers of the study"
    return {"06.right": {"low": float(low), "high": float(high), "n": size, "how": how}}


def _draw(rng: np.random.Generator, pool: list[np.ndarray], documents: int, each: int) -> list[float]:
    """Return so many questions of each of some documents, right or not."""
    chosen = rng.permutation(len(pool))[:documents]
    return [float(one) for place in chosen for one in rng.choice(pool[place], each)]
