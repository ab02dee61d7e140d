"""Where the lesson's own tagger should fall: its training, as it stands in the lesson, with other seeds."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from studies.many_tasks.entities import TAGS, Cell, count_right, deal, make_batch, predict_spans, score_f1
from workshop.data import load_task
from workshop.models import load_tagger
from workshop.settings import Settings
from workshop.tune import fit

STEPS, RATE, SIZE = 80, 5e-4, 8
# Three standard deviations each way, as for every band.
WIDE = 3


def run_live(seed: int, most: int | None) -> Cell:
    """Train the lesson's tagger, on sentences that have a name and below a fixed table of pieces; score it on test."""
    rows = [one for one in load_task("entities", "train") if one.spans][:most]
    tokenizer, model = load_tagger(Settings(threads=1), TAGS, seed=seed)
    model.base_model.embeddings.requires_grad_(False)
    training = fit(model, draw_few(tokenizer, rows, seed), steps=2 if most else STEPS, rate=RATE)
    test = deal("test")[:most]
    return {"seconds": training.seconds, "f1": score_f1(count_right(test, predict_spans(tokenizer, model, test, True)))}


def draw_few(tokenizer: Any, rows: Sequence[Any], seed: int) -> Iterator[Any]:
    """Yield batches of eight sentences without end, each pass over them in another order."""
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(rows))
        for start in range(0, len(rows), SIZE):
            yield make_batch(tokenizer, [rows[row] for row in order[start : start + SIZE]], True)


def predict_live(runs: Sequence[Cell]) -> dict[str, dict[str, Any]]:
    """Return the range in which one more training's F1 should fall."""
    values = np.array([one["f1"] for one in runs])
    spread = WIDE * float(values.std(ddof=1)) if len(values) > 1 else 0.1
    how = f"mean and {WIDE} standard deviations of {len(values)} trainings with other seeds"
    low, high = float(values.mean()) - spread, float(values.mean()) + spread
    return {"07.entity_f1": {"low": max(0.0, low), "high": min(1.0, high), "n": len(values), "how": how}}
