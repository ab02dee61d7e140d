"""The half of lesson 05's study that asks the language model: runs, rows and claims."""

import dataclasses
from collections.abc import Callable
from typing import Any

from studies.retrieval_bot import answer_plan, answer_tables, answer_verdicts
from studies.retrieval_bot.answer_choice import choose_answers
from studies.retrieval_bot.answer_found import Runs
from studies.retrieval_bot.answer_plan import ANSWER_INPUTS, SHORT_WAITS, STEM, WAITS, Cell, Plan
from studies.retrieval_bot.answer_runs import run_answers
from studies.retrieval_bot.answer_waits import run_waits
from studies.runner import run_cells
from workshop.score.results import Claim, Row

ANSWER_KINDS: dict[Callable[..., Any], tuple[str, ...]] = {
    run_answers: ANSWER_INPUTS,
    choose_answers: (*ANSWER_INPUTS, "retrieval_bot/answer_choice"),
    run_waits: (*ANSWER_INPUTS, "retrieval_bot/answer_waits"),
}


def measure_answers(short: bool = False) -> tuple[list[Row], dict[str, Claim], Runs]:
    """Run everything that is asked; returns rows, claims and the runs. short: the smallest form of each run."""
    runs = Runs(answer_plan.SHORT if short else Plan())
    sizes = dataclasses.astuple(runs.plan)

    def run(function: Callable[..., Any], cells: list[Cell]) -> None:
        inputs = ANSWER_KINDS[function]
        found = run_cells(function, [(*cell, sizes) for cell in cells], stem=STEM, inputs=inputs, short=short)
        runs.cells.update({cell[:5]: one for cell, one in found.items()})

    run(choose_answers, answer_plan.list_choosing())
    k = runs.choose_count()
    run(run_answers, answer_plan.list_answers(runs.plan, k))
    repeats, count = SHORT_WAITS if short else WAITS
    waits = run_cells(
        run_waits,
        [(repeat, count, sizes) for repeat in range(repeats)],
        stem=STEM,
        inputs=ANSWER_KINDS[run_waits],
        short=short,
        workers=1,
    )
    rows: list[Row] = [
        *answer_tables.tell_readers(runs, k), *answer_tables.tell_pasting(runs),
        *answer_tables.tell_waits(waits.values()), *answer_tables.tell_cures(runs, k),
        *answer_tables.tell_threshold(runs, k), *answer_tables.tell_blame(runs, k),
        *answer_tables.tell_changed(runs, k), *answer_tables.tell_orders(runs, k),
    ]  # fmt: skip
    judges: dict[str, Any] = {
        "C14": answer_verdicts.judge_c14, "C15": answer_verdicts.judge_c15, "C30": answer_verdicts.judge_c30,
    }  # fmt: skip
    claims = {name: judge(runs, k) for name, judge in judges.items()} | {"C31": answer_verdicts.judge_c31(runs)}
    return rows, claims, runs
