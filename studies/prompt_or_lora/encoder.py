"""Lesson 03's small encoder beside the language model: two classifiers on the same tickets, and the same test."""

import time
from typing import Any

import numpy as np

from studies.prompt_or_lora.figures import estimate_share
from studies.prompt_or_lora.found import customers
from studies.prompt_or_lora.plan import LESSON
from studies.prompt_or_lora.tickets import KEYS, draw_asked, draw_train
from workshop.models import encode_layers, load_encoder
from workshop.score.results import Row
from workshop.settings import Settings

INPUTS = ("prompt_or_lora/encoder", "prompt_or_lora/tickets", "models/layers", "models/encoder", "assets/tasks")
METHOD = "frozen encoder"
STRENGTHS = (1.0, 10.0, 100.0, 1000.0)
SCORES = {"values right": KEYS, "topic right": KEYS[:1], "tone right": KEYS[1:]}

Found = dict[str, Any]


def sort_tickets(seed: int, tickets: int, dev: int, asked: int) -> Found:
    """Learn topic and tone by logistic regression on MiniLM's frozen vectors, and sort tickets of the test.

    Layer and C of each are those with most right of `dev` tickets of dev; the first of equals. Returns what was said of
    topic and tone, the layer and C, and the seconds of everything.
    """
    from sklearn.linear_model import LogisticRegression

    start = time.perf_counter()
    encoder = load_encoder(Settings(threads=1))
    parts = [draw_train("clean", tickets, seed), draw_asked("dev", dev), draw_asked("test", asked)]
    vectors = encode_layers(encoder, [row.text for part in parts for row in part])  # (L + 1, N, D)
    ends = np.cumsum([len(part) for part in parts])
    found: Found = {"chosen": {}}
    for key in KEYS:
        learnt, wanted = (np.array([row.answer[key] for row in part]) for part in parts[:2])
        best: tuple[float, Any, int, float] | None = None
        for layer, rows in enumerate(vectors):
            for strength in STRENGTHS:
                model = LogisticRegression(C=strength, max_iter=2000).fit(rows[: ends[0]], learnt)
                score = float(np.mean(model.predict(rows[ends[0] : ends[1]]) == wanted))
                if best is None or score > best[0]:
                    best = (score, model, layer, strength)
        found["chosen"][key] = [best[2], best[3]]
        found[key] = best[1].predict(vectors[best[2]][ends[1] :]).tolist()
    return found | {"seconds": time.perf_counter() - start}


def score_sorted(found: dict[tuple[Any, ...], Found], keys: tuple[str, ...]) -> list[list[float]]:
    """Return for each seed the share of these values that is right, ticket by ticket."""
    truths = draw_asked("test", next(iter(found))[-1])
    return [
        [float(np.mean([run[key][place] == row.answer[key] for key in keys])) for place, row in enumerate(truths)]
        for run in found.values()
    ]


def tell_encoder(found: dict[tuple[Any, ...], Found]) -> list[Row]:
    """Return the shares of values right, over all seeds, customers drawn anew."""
    _, tickets, _, asked = next(iter(found))
    rows = []
    price = float(np.median([run["seconds"] for run in found.values()]))
    layers = {f"{key} layers": ", ".join(str(run["chosen"][key][0]) for run in found.values()) for key in KEYS}
    for name, keys in SCORES.items():
        one = estimate_share(score_sorted(found, keys), customers(asked))
        settings = {"tickets": tickets, "seeds": len(found), **layers}
        rows.append(Row(LESSON, METHOD, "tickets", name, one.value, one.low, one.high, asked, price, settings=settings))
    return rows
