"""Lesson 03: what is shown beside the claims: loss by epoch, how sure and how right, the band of the live training."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from studies.finetune_classifier.compare import NAMES, Arms
from studies.finetune_classifier.plan import ALL, LESSON
from studies.finetune_classifier.texts import groups_of, labels_of
from studies.grouped import average
from studies.word_embeddings.intervals import predict_next
from workshop.score.results import Row

EDGES = (0.0, 0.5, 0.7, 0.9, 0.97, 1.01)
# Other processors add up in another order, which moves a score as another seed does; no band is narrower than this.
LEAST_REACH = 0.05

Found = Mapping[str, Any]


def tell_epochs(found: Found) -> list[Row]:
    """Return the losses after each epoch."""
    return [
        Row(LESSON, NAMES["top"], "tone", kind, value, settings={"epoch": epoch})
        for kind, values in found.items()
        for epoch, value in enumerate(values, start=1)
    ]


def tell_sureness(arms: Arms, task: str = "tone") -> list[Row]:
    """Return how often answers are right among those of which a method was about as sure, over all folds."""
    truth, groups, rows = labels_of(task)[0], groups_of(task), []
    for arm in ("frozen", "top", "all"):
        runs = arms.of(arm, task, ALL).values()
        where, said, sure = (
            np.concatenate([np.array(run["test"][name]) for run in runs]) for name in ("rows", "predicted", "sure")
        )
        right = (truth[where] == said).astype(float)
        for low, high in itertools.pairwise(EDGES):
            mine = (sure >= low) & (sure < high)
            if mine.sum() >= 10:
                one = average(right[mine], [groups[row] for row in where[mine]])
                settings = {"sure": float(sure[mine].mean())}
                figures = (one.value, *one.interval, int(mine.sum()))
                rows.append(Row(LESSON, NAMES.get(arm, arm), task, "right_when_sure", *figures, settings=settings))
    return rows


def tell_live(live: Mapping[Any, Found]) -> list[Row]:
    """Return the lesson's live training with every seed."""
    return [
        Row(
            LESSON,
            "all layers, live",
            "tone",
            "macro_f1",
            found["macro_f1"],
            seconds=found["seconds"],
            seed=cell[3],
        )
        for cell, found in live.items()
    ]


def predict_live(live: Mapping[Any, Found]) -> dict[str, Any]:
    """Return where one more run of the live training should fall, whatever its split and seed."""
    values = [found["macro_f1"] for found in live.values()]
    low, high = predict_next(values, LEAST_REACH)
    how = f"mean ± 3 standard deviations over {len(values)} seeds, each with a split of its own"
    return {"low": low, "high": min(1.0, high), "n": len(values), "how": how}
