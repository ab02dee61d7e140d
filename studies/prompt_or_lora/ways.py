"""Form and judgement by every way to the same JSON: what the lesson draws its own run beside."""

import numpy as np

from studies.prompt_or_lora.band import BANDS, predict_live, score_live
from studies.prompt_or_lora.encoder import SCORES, score_sorted
from studies.prompt_or_lora.figures import estimate_share
from studies.prompt_or_lora.found import Runs, customers, score_tickets
from studies.prompt_or_lora.live import EACH
from studies.prompt_or_lora.plan import LESSON
from workshop.score.results import Row


def tell_ways(runs: Runs) -> list[Row]:
    """Return valid and values right of prompts, the lesson's own tuning, LoRA on all tickets, and the encoder.

    All on the same tickets of the test, but for the lesson's own tuning: the mean of its seeds, each on tickets of its
    own, and as interval where one more run should fall. What two classifiers say has the form by construction.
    """
    tickets, rows = runs.plan.tickets, []
    told = {
        "instruction alone": [runs.prompt(0, 0)],
        "best prompt": [runs.prompt(*runs.choose_prompt())],
        f"LoRA, {tickets} tickets": runs.lora(),
    }
    for band, metric in BANDS.items():
        scores = {way: score_tickets(some, metric) for way, some in told.items()}
        if metric in SCORES:
            scores[f"encoder, {tickets} tickets"] = score_sorted(runs.encoder, SCORES[metric])
        for way, values in scores.items():
            one = estimate_share(values, customers(len(values[0])))
            rows.append(Row(LESSON, way, "ways", metric, one.value, one.low, one.high, len(values[0])))
        live, reach = score_live(runs)[metric], predict_live(runs)[band]
        way = f"LoRA, {EACH * runs.plan.live[1]} tickets"
        rows.append(Row(LESSON, way, "ways", metric, float(np.mean(live)), reach["low"], reach["high"], len(live)))
    return rows
