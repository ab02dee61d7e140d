"""Where the lesson's own twelve answers should fall."""

from typing import Any

import numpy as np

from studies.retrieval_bot.answer_found import Runs

LIVE, DRAWS = 12, 20_000


def predict_live(runs: Runs, k: int) -> dict[str, dict[str, Any]]:
    """Return the range of the share right of twelve questions, of different documents, that reader answers.

    k: how many passages it reads. Drawn from the study's own answers: 997 of 1,000 draws fall into it.
    """
    cell = ("reader", "unseen", "MiniLM", k, "contract")
    right, groups = np.array(runs.right(cell)), np.array(runs.groups(cell))
    rng, means = np.random.default_rng(0), []
    by_document = [right[groups == name] for name in np.unique(groups)]
    for _ in range(DRAWS):
        chosen = rng.permutation(len(by_document))[:LIVE]
        means.append(np.mean([rng.choice(by_document[place]) for place in chosen]))
    low, high = np.percentile(means, [0.15, 99.85])
    how = f"twelve questions of different documents, drawn {DRAWS:,} times from {len(right)} answers of the study"
    return {"05.right": {"low": float(low), "high": float(high), "n": len(right), "how": how}}
