"""Measure lesson 08: four stores beside each other, a chain beside the bot, the lesson's fine-tuning job."""

from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from studies.other_stacks.chain import run_answers
from studies.other_stacks.live import predict_live, run_live
from studies.other_stacks.plan import (
    ANSWER_INPUTS,
    CLIENTS,
    DATA,
    LIVE_INPUTS,
    PACKAGE_INPUTS,
    SHORT,
    STACK_INPUTS,
    STACKS,
    STEM,
    Plan,
)
from studies.other_stacks.stacks import run_packages, run_stack
from studies.other_stacks.tables import tell_answers, tell_live, tell_packages, tell_stacks
from studies.runner import run_cells
from workshop.score.results import Results

__all__ = ["INPUTS", "KINDS", "STEM", "measure"]

KINDS = {run_stack: STACK_INPUTS, run_packages: PACKAGE_INPUTS, run_answers: ANSWER_INPUTS, run_live: LIVE_INPUTS}
INPUTS = tuple(
    dict.fromkeys(
        (*(name for inputs in KINDS.values() for name in inputs), "other_stacks/study", "other_stacks/tables")
    )
)
LIBRARIES = (
    "torch",
    "transformers",
    "peft",
    "faiss-cpu",
    "langchain-core",
    "langchain-community",
    "langchain-openai",
    "chromadb",
    "qdrant-client",
    "openai",
    "starlette",
    "uvicorn",
)


def measure(short: bool = False) -> Results:
    """Run everything and return the results. short: the smallest form of each run, to see that all of it works."""
    plan = SHORT if short else Plan()
    most = 40 if short else None
    names = [name for name, _ in STACKS.values()]
    cells = [
        (stack, data, repeat, most)
        for repeat in range(plan.repeats)
        for data in DATA[: 1 if short else None]
        for stack in STACKS
    ]
    how = {"stem": STEM, "short": short}
    # One process, nothing beside it: milliseconds are compared.
    stacks = run_cells(run_stack, cells, inputs=STACK_INPUTS, workers=1, **how)
    packages = run_cells(
        run_packages, [(name,) for name in (*names, *CLIENTS)], inputs=PACKAGE_INPUTS, workers=1, **how
    )
    parts = [(start, plan.part, most) for start in range(0, plan.questions, plan.part)]
    answers = run_cells(run_answers, parts, inputs=ANSWER_INPUTS, workers=1, **how)
    live = run_cells(run_live, [(seed, plan.steps) for seed in range(plan.live)], inputs=LIVE_INPUTS, **how)
    rows = (
        *tell_stacks(stacks),
        *tell_packages(packages),
        *tell_answers([*answers.values()]),
        *tell_live([*live.values()]),
    )
    return Results(
        STEM,
        "small",
        rows,
        {},
        predict_live([*live.values()]),
        describe_versions(LIBRARIES),
        describe_machine(),
        hash_inputs(INPUTS),
    )
