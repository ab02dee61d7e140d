"""Measure lesson 06: the grid, what each of its columns costs, and claims C16 to C20."""

from collections.abc import Callable
from typing import Any

from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from studies.retrieval_bot.answer_plan import ANSWER_INPUTS
from studies.runner import run_cells
from studies.tune_or_retrieve import grid, prices, verdicts
from studies.tune_or_retrieve import plan as plans
from studies.tune_or_retrieve.asking import ask_shipped, choose_prompt
from studies.tune_or_retrieve.band import predict_live
from studies.tune_or_retrieve.found import Runs
from studies.tune_or_retrieve.plan import ASKED_INPUTS, PRICE_INPUTS, SHORT, STEM, STUDY_INPUTS, Cell, Plan
from studies.tune_or_retrieve.studying import study
from studies.tune_or_retrieve.timing import time_all
from workshop.score.results import Results

__all__ = ["INPUTS", "KINDS", "STEM", "measure"]

KINDS: dict[Callable[..., Any], tuple[str, ...]] = {
    choose_prompt: ASKED_INPUTS,
    ask_shipped: ASKED_INPUTS,
    study: STUDY_INPUTS,
    time_all: PRICE_INPUTS,
}
MADE = ("band", "earlier", "found", "grid", "plan", "prices", "rules", "study", "verdicts")
INPUTS = tuple(
    dict.fromkeys(
        (
            *(name for inputs in KINDS.values() for name in inputs),
            *ANSWER_INPUTS,
            *(f"tune_or_retrieve/{name}" for name in MADE),
            *("exercises/tune_or_retrieve", "score/replies", "studies/intervals", "grouped"),
        )
    )
)
LIBRARIES = ("torch", "transformers", "peft", "tokenizers", "sentence-transformers")


def measure(short: bool = False) -> Results:
    """Run everything and return the results. short: the smallest form of each run, to see that all of it works."""
    runs = run_all(short)
    rows, claims = grid.tell_grid(runs) + grid.tell_beside(runs), {}
    for judge in (verdicts.judge_c16, verdicts.judge_c17, verdicts.judge_c18, verdicts.judge_c19, verdicts.judge_c20):
        found, more = judge(runs)
        claims |= found if isinstance(found, dict) else {judge.__name__[-3:].upper(): found}
        rows += more
    rows += prices.tell_prices([one["seconds"] for _, one in sorted(runs.prices.items())])
    return Results(
        STEM,
        "small",
        tuple(rows),
        claims,
        predict_live(runs),
        describe_versions(LIBRARIES),
        describe_machine(),
        hash_inputs(INPUTS),
    )


def run_all(short: bool = False) -> Runs:
    """Run whatever isn't kept; the trainings first, the prices last and alone."""
    plan = SHORT if short else Plan()
    runs = Runs(plan)

    def run(function: Callable[..., Any], cells: list[Cell], **how: Any) -> dict[Cell, Any]:
        return run_cells(function, cells, stem=STEM, inputs=KINDS[function], short=short, **how)

    sizes = (plan.most, plan.passes, plan.practice, plan.learnt)
    studied = run(study, [(*cell, sizes) for cell in plans.list_studies(plan)])
    runs.studies = {cell[:2]: one for cell, one in studied.items()}
    for function, cells in ((choose_prompt, plans.list_choosing()), (ask_shipped, plans.list_asked())):
        runs.asked |= {cell[:2]: one for cell, one in run(function, [(*one, plan.most) for one in cells]).items()}
    chosen = plans.list_chosen(*runs.choose_reading(), runs.choose_json())
    cells = [(*one, plan.most) for one in chosen]
    runs.asked |= {cell[:2]: one for cell, one in run(ask_shipped, cells).items()}
    timed = [(repeat, plan.timed) for repeat in range(plan.repeats)]
    runs.prices = run(time_all, timed, workers=1)
    return runs
