"""Measure lesson 04: prompts against LoRA, from few and many tickets; what is forgotten; the voice; the handbook."""

from typing import Any

import numpy as np

from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from studies.prompt_or_lora import encoder, folds, meeting, pools, tables
from studies.prompt_or_lora import plan as plans
from studies.prompt_or_lora.band import count_hours, count_memory, predict_live, tell_live
from studies.prompt_or_lora.fading import is_short, score_kept
from studies.prompt_or_lora.found import Runs
from studies.prompt_or_lora.live import run_live
from studies.prompt_or_lora.plan import (
    LIVE_INPUTS,
    OTHER_INPUTS,
    PARTS,
    SHORT,
    SHORT_ASKED,
    STEM,
    TICKET_INPUTS,
    Asked,
    Cell,
    Plan,
)
from studies.prompt_or_lora.verdicts import CLAIMS, FIRST, whole_of_c07
from studies.prompt_or_lora.ways import tell_ways
from studies.runner import run_cells
from workshop.score.results import Results, Row, find_results

__all__ = ["INPUTS", "KINDS", "STEM", "measure"]

MADE = ("band", "encoder", "figures", "found", "plan", "pools", "power", "rules", "study", "tables", "verdicts", "ways")
INPUTS = tuple(
    dict.fromkeys(
        (
            *(*meeting.INPUTS, *TICKET_INPUTS, *OTHER_INPUTS, *LIVE_INPUTS, *folds.BITS_INPUTS, *folds.PIG_INPUTS),
            *encoder.INPUTS,
            *(f"prompt_or_lora/{name}" for name in MADE),
        )
    )
)
KINDS = (
    dict.fromkeys(pools.TICKETS, TICKET_INPUTS)
    | dict.fromkeys(pools.OTHERS, OTHER_INPUTS)
    | {run_live: LIVE_INPUTS, meeting.run_meeting: meeting.INPUTS, encoder.sort_tickets: encoder.INPUTS}
    | {folds.search_in_few_bits: folds.BITS_INPUTS, folds.speak_pig: folds.PIG_INPUTS}
)
LIBRARIES = ("torch", "transformers", "peft", "tokenizers", "safetensors", "sentence-transformers")


def measure(short: bool = False) -> Results:
    """Run everything and return the results. short: the smallest form of each run, to see that all of it works."""
    runs = Runs(SHORT, SHORT_ASKED) if short else Runs(Plan(), Asked())
    tokens = 2 if short else meeting.REPLY_TOKENS
    met = run_cells(meeting.run_meeting, [(tokens,)], stem=STEM, inputs=meeting.INPUTS, short=short)
    rows = meeting.tell_meeting(plans.LESSON, next(iter(met.values())))
    for part in PARTS:
        if part in runs.plan.parts:
            rows += _MEASURED[part](runs, short)
    parts = set(runs.plan.parts)
    claims = {name: judge(runs) for name, (judge, needed) in CLAIMS.items() if parts >= set(needed)}
    # Where lesson 03 isn't measured yet, the whole of C07 is missing, which `make test` says.
    if "C07/04" in claims and not short and find_results(FIRST).is_file():
        claims["C07"] = whole_of_c07(claims["C07/04"])
    return Results(
        STEM,
        "small",
        tuple(rows),
        claims,
        predict_live(runs) if "live" in parts else {},
        describe_versions(LIBRARIES),
        describe_machine(),
        hash_inputs(INPUTS),
    )


def _run(runs: Runs, function: Any, cells: list[Cell], short: bool) -> None:
    """Run cells and take them in."""
    found = run_cells(function, cells, stem=STEM, inputs=KINDS[function], short=short)
    apart = {
        run_live: runs.live,
        folds.search_in_few_bits: runs.bits,
        folds.speak_pig: runs.pig,
        encoder.sort_tickets: runs.encoder,
    }
    apart.get(function, runs.cells).update(found)


def _measure_tickets(runs: Runs, short: bool) -> list[Row]:
    _run(runs, pools.choose_on_tickets, plans.list_first(runs.plan, runs.asked), short)
    wording = runs.choose_prompt()[0]
    _run(runs, pools.tune_on_tickets, plans.list_tuned(runs.plan, runs.asked, runs.choose_rates(), wording), short)
    chosen = [Row(plans.LESSON, arm, "tickets", "chosen rate", rate) for arm, rate in runs.choose_rates().items()]
    speed = np.median([run["tokens"] / run["seconds"] for run in runs.lora()])
    return [*chosen, *tables.tell_prompts(runs), *tables.tell_tuned(runs), *count_memory(), *count_hours(float(speed))]


def _measure_others(runs: Runs, short: bool) -> list[Row]:
    _run(runs, pools.try_voice_and_handbook, plans.list_others(runs.plan, runs.asked), short)
    _run(runs, pools.ask_for_voice, plans.list_voice_tests(runs.asked, runs.choose_voice()), short)
    return [*tables.tell_voice(runs), *tables.tell_domain(runs), *tables.tell_switch(runs)]


def _measure_full(runs: Runs, short: bool) -> list[Row]:
    cells = plans.list_full(runs.plan, runs.asked, runs.choose_rates(), runs.targets())
    _run(runs, pools.tune_whole, cells, short)
    return tables.tell_old(runs)


def _measure_live(runs: Runs, short: bool) -> list[Row]:
    _run(runs, run_live, plans.list_live(runs.plan, runs.asked), short)
    return tell_live(runs)


def _measure_fading(runs: Runs, short: bool) -> list[Row]:
    _run(runs, pools.let_fade, plans.list_fading(runs.plan, runs.asked), short)
    kept: dict[int, dict[str, list[list[float]]]] = {}
    for mark in (0, *runs.plan.fading):
        found = [run["kept"][str(mark)] for run in runs.of("fading")]
        # The rule's habit is asked on questions never taught; beside it, on the taught ones, as the facts are.
        same = [{"habit, taught questions": [float(is_short(reply)) for reply in one["facts"]]} for one in found]
        scores = [score_kept(one) | habit for one, habit in zip(found, same, strict=True)]
        kept[mark] = {name: [one[name] for one in scores] for name in scores[0]}
    return tables.tell_fading(runs, kept)


def _measure_few(runs: Runs, short: bool) -> list[Row]:
    _run(runs, pools.tune_on_few, plans.list_few(runs.plan, runs.asked, runs.choose_rates()), short)
    _run(runs, pools.tune_on_pairs, plans.list_few_pairs(runs.plan, runs.asked), short)
    kinds = [("clean", *one) for one in runs.plan.few]
    return [*tables.tell_few(runs, kinds), *tables.tell_few_pairs(runs)]


def _measure_quality(runs: Runs, short: bool) -> list[Row]:
    _run(runs, pools.tune_on_quality, plans.list_quality(runs.plan, runs.asked, runs.choose_rates()), short)
    return tables.tell_few(runs, [(*one, runs.plan.quality_steps) for one in runs.plan.quality])


def _measure_beside(runs: Runs, short: bool) -> list[Row]:
    _run(runs, pools.tune_beside, plans.list_beside(runs.plan, runs.asked, runs.choose_rates()), short)
    _run(runs, encoder.sort_tickets, plans.list_encoder(runs.plan, runs.asked), short)
    return [*tables.tell_own(runs), *tables.tell_rates(runs), *encoder.tell_encoder(runs.encoder), *tell_ways(runs)]


def _measure_folds(runs: Runs, short: bool) -> list[Row]:
    every, cells = runs.plan.every, folds.list_bits(runs.plan.every)
    _run(runs, folds.search_in_few_bits, cells, short)
    _run(runs, folds.speak_pig, plans.list_pig(runs.plan), short)
    return [*folds.tell_bits(runs.bits, every), *folds.tell_pig(runs.pig)]


_MEASURED = {
    "tickets": _measure_tickets,
    "voice and handbook": _measure_others,
    "full": _measure_full,
    "live": _measure_live,
    "fading": _measure_fading,
    "few": _measure_few,
    "quality": _measure_quality,
    "beside": _measure_beside,
    "folds": _measure_folds,
}
