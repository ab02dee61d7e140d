"""The lesson's own tuning: its rows, the range of one more run, and what larger models would need."""

from typing import Any

import numpy as np

from studies.prompt_or_lora.found import Runs
from studies.prompt_or_lora.plan import LESSON
from studies.prompt_or_lora.tickets import draw_asked, score_judged, score_values
from studies.word_embeddings.intervals import predict_next
from workshop.score.results import Row

# A live score of 24 tickets moves by as much with the machine's arithmetic alone; no band is narrower.
LEAST_REACH = 0.1
BANDS = {"04.json_valid": "valid", "04.values_right": "values right"}
# Bytes a weight: its value; its gradient; Adam's two means and the value in float32, for what is trained.
VALUE, FOUR_BITS, TRAINED = 2.0, 0.5625, 2.0 + 12.0
SIZES = {"135 million": 134_515_008, "1 billion": 10**9, "7 billion": 7 * 10**9}
# Layers, width, width of keys and values, width within: of SmolLM2, and of usual models of those sizes.
SHAPES = {
    "135 million": (30, 576, 192, 1536),
    "1 billion": (16, 2048, 512, 8192),
    "7 billion": (32, 4096, 4096, 11008),
}
RANK = 8
# Operations for a token in training, a weight: forward and backward. Source: Kaplan et al. 2020.
OPERATIONS, TOKENS = 6, 1_000_000


def score_live(runs: Runs) -> dict[str, list[float]]:
    """Return each seed's scores of the lesson's own tuning."""
    tickets = {row.id: row for row in draw_asked("test", 240)}
    found: dict[str, list[float]] = {}
    for run in runs.live.values():
        rows = [tickets[one] for one in run["ids"]]
        scores = {**score_values(run["replies"], rows), **score_judged(run["judged"], rows)}
        for name, values in scores.items():
            found.setdefault(name, []).append(float(np.mean(values)))
    return found


def tell_live(runs: Runs) -> list[Row]:
    """Return the lesson's own tuning, seed by seed."""
    scores, rows = score_live(runs), []
    for place, (cell, run) in enumerate(runs.live.items()):
        price = {"seconds": run["seconds"], "trained_parameters": run["parameters"], "seed": cell[0]}
        told = {name: values[place] for name, values in scores.items()} | {"peak_megabytes": run["peak_megabytes"]}
        rows += [
            Row(LESSON, "LoRA, live", "tickets", name, value, n=len(run["ids"]), **price)
            for name, value in told.items()
        ]
    return rows


def predict_live(runs: Runs) -> dict[str, dict[str, Any]]:
    """Return where one more run of the lesson's own tuning should fall, whatever its tickets and seed."""
    bands, scores = {}, score_live(runs)
    for name, metric in BANDS.items():
        low, high = predict_next(scores[metric], LEAST_REACH)
        how = f"mean ± 3 standard deviations over {len(scores[metric])} seeds, each with tickets of its own"
        bands[name] = {"low": max(0.0, low), "high": min(1.0, high), "n": len(scores[metric]), "how": how}
    return bands


def count_lora(layers: int, width: int, keys: int, within: int) -> int:
    """Return how many weights LoRA trains beside all linear layers: four of attention, three of what follows it."""
    attention, after = 2 * (width + width) + 2 * (width + keys), 3 * (width + within)
    return layers * RANK * (attention + after)


def count_memory() -> list[Row]:
    """Return how many gigabytes full tuning, LoRA, and LoRA beside four-bit weights need, activations not counted.

    By arithmetic: values in bfloat16; of what is trained a gradient in bfloat16, and float32 copies for Adam.
    """
    rows = []
    for size, weights in SIZES.items():
        trained = count_lora(*SHAPES[size])
        told = {
            "full tuning": weights * (VALUE + TRAINED),
            "LoRA": weights * VALUE + trained * (VALUE + TRAINED),
            "LoRA, four bits": weights * FOUR_BITS + trained * (VALUE + TRAINED),
        }
        rows += [Row(LESSON, how, size, "gigabytes", size_ / 1e9, source="arithmetic") for how, size_ in told.items()]
    return rows


def count_hours(tokens_a_second: float) -> list[Row]:
    """Return the hours that a million tokens take at each size, from the speed measured with the smallest."""
    rows = []
    for size, weights in SIZES.items():
        speed = tokens_a_second * SIZES["135 million"] / weights
        settings = {"tokens": TOKENS, "operations": OPERATIONS * weights * TOKENS}
        rows.append(Row(LESSON, "LoRA", size, "hours", TOKENS / speed / 3600, source="arithmetic", settings=settings))
    return rows
