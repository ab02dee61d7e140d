"""Measure the language model as it comes, make the shipped adapters, and write the card and theirs."""

from dataclasses import replace
from typing import Any

from studies.adapters.asking import ask_plain
from studies.adapters.chats import Diet
from studies.adapters.making import describe_cell, make_adapter
from studies.adapters.scores import LESSON, score_task
from studies.adapters.shipping import ship
from studies.adapters.tasks import make_task
from studies.adapters.wordings import WORDINGS
from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from studies.intervals import summarise
from studies.runner import Cell, Found, run_cells
from workshop.score import score_replies
from workshop.score.results import Results, Row
from workshop.tune import Recipe

STEM = "adapters"
ASKED_INPUTS = (
    *("adapters/asking", "adapters/questions", "adapters/tasks", "adapters/wordings"),
    *("skerryline/faq", "skerryline/handbook", "skerryline/voice", "assets/tasks", "haystack", "bot/prompt"),
)
# What asks (the library's greedy generate) and the loop that trained are not among the inputs: the adapters lie in the
# repository, held to their hashes, and a loop that is made faster later doesn't make them others. A test asks again.
MADE_INPUTS = (*ASKED_INPUTS, "adapters/making", "adapters/chats", "studies/invented")
INPUTS = (*MADE_INPUTS, "adapters/scores", "adapters/study", "score/replies", "studies/intervals", "grouped")
KINDS = {ask_plain: ASKED_INPUTS, make_adapter: MADE_INPUTS}
LIBRARIES = ("torch", "transformers", "peft", "safetensors", "sentence-transformers")

PLAIN = (
    *(f"wording/{place}" for place in range(len(WORDINGS))),
    *("reading/right", "reading/top 3", "reading/none", "unanswerable/top 3", "skills/"),
    *("json/0", "json/1", "json/3", "voice/0", "voice/1", "facts/taught", "facts/worded", "facts/never"),
)
HELD = ("held back/right", "held back/top 3", "held back/absent")
CHOSEN = {
    "reader": (Recipe(), Diet(size=120, absent=0.25), ("reading/right", "reading/top 3", "unanswerable/top 3")),
    "facts": (
        Recipe("all linear", rank=3, rate=5e-3, epochs=16, batch=4),
        Diet(),
        ("facts/taught", "facts/worded", "facts/never", "reading/right"),
    ),
    "voice": (Recipe(rate=3e-3, epochs=2, batch=4), Diet(), ("voice/0",)),
    "json": (Recipe(), Diet(size=480), ("json/0",)),
}
# The first is shipped, whichever is best.
SEEDS = dict.fromkeys(("reader", "facts", "voice", "json"), (0, 1, 2))
# What was tried on documents of `train` that were left out of the training.
TRIES = {"reader": ((Recipe(), Diet(size=60, choosing=True)),)}
SHORT_PLAIN = ("facts/never",)
MADE_UP = 5


def measure(short: bool = False) -> Results:
    """Ask the plain model, train and ask every adapter, and put the chosen ones into the package.

    short: one task of the plain model, and one adapter that sees its thirty chats once; nothing is shipped.
    """
    asked = run_cells(
        ask_plain,
        [(name,) for name in (SHORT_PLAIN if short else PLAIN)],
        stem=STEM, inputs=ASKED_INPUTS, short=short, workers=1,
    )  # fmt: skip
    rows = [row for (name,), found in asked.items() for row in score_task("plain", name, [found])]
    made = run_cells(make_adapter, list_cells(short), stem=STEM, inputs=MADE_INPUTS, short=short, workers=1)
    for name in ("facts",) if short else CHOSEN:
        runs = [found for cell, found in made.items() if cell[0] == name and not is_try(cell)]
        rows += _tell_adapter(name, runs)
    if not short:
        rows += [*_tell_tries(made), *_compare_wordings(asked), _tell_made_up(asked["reading/none",])]
        for name, (recipe, diet, _) in CHOSEN.items():
            ship(name, recipe, diet, SEEDS[name][0], made[make_cell(name, SEEDS[name][0])]["sha256"])
    return Results(
        STEM,
        "small",
        tuple(rows),
        versions=describe_versions(LIBRARIES),
        machine=describe_machine(),
        inputs=hash_inputs(INPUTS),
    )


def list_cells(short: bool) -> list[Cell]:
    """Return every run of make_adapter: the tries, then the chosen recipes with their seeds."""
    if short:
        recipe, diet, _ = CHOSEN["facts"]
        return [describe_cell("facts", replace(recipe, epochs=1), diet, 0, SHORT_PLAIN)]
    tries = [describe_cell(name, *one, 0, HELD) for name, some in TRIES.items() for one in some]
    return tries + [make_cell(name, seed) for name, seeds in SEEDS.items() for seed in seeds]


def make_cell(name: str, seed: int) -> Cell:
    """Return the run of a chosen recipe with a seed; the old skills are asked after each."""
    recipe, diet, tasks = CHOSEN[name]
    return describe_cell(name, recipe, diet, seed, (*tasks, "skills/"))


def is_try(cell: Cell) -> bool:
    """Tell whether a run is one that something was chosen by."""
    return tuple(cell[4]) == HELD


def _tell_adapter(name: str, runs: list[Found]) -> list[Row]:
    """Return an adapter's scores over its seeds, and what training it cost."""
    rows = [
        row for task in runs[0]["answers"] for row in score_task(name, task, [run["answers"][task] for run in runs])
    ]
    costs = ("chats", "tokens", "seconds", "peak_megabytes", "megabytes", "loss")
    return rows + [
        Row(LESSON, name, "training", cost, sum(run[cost] for run in runs) / len(runs), n=len(runs)) for cost in costs
    ]


def _tell_tries(made: dict[Cell, Found]) -> list[Row]:
    """Return the scores of what was tried, numbered, with the recipe."""
    rows = []
    for place, (cell, found) in enumerate((one for one in made.items() if is_try(one[0])), start=1):
        recipe, diet = Recipe(*cell[1]), Diet(*cell[2])
        told: dict[str, Any] = {**vars(recipe), "companies": diet.size, "unanswerable": diet.absent}
        for task, answers in found["answers"].items():
            rows += score_task(f"{cell[0]}, try {place}", task, [answers], **told)
        rows.append(Row(LESSON, f"{cell[0]}, try {place}", "training", "tokens", found["tokens"], settings=told))
        rows.append(Row(LESSON, f"{cell[0]}, try {place}", "training", "seconds", found["seconds"], settings=told))
    return rows


def _compare_wordings(asked: dict[Cell, Found]) -> list[Row]:
    """Return how much more each wording of the prompt gives than the contract, question by question."""
    names = [f"wording/{place}" for place in range(len(WORDINGS))]
    task = make_task(names[0])
    answers = [one.question.answer for one in task.rows]
    right = {name: score_replies(asked[name,]["replies"], answers).contained.astype(float) for name in names}
    return [
        Row(LESSON, "plain", name, "minus the contract", **summarise([more], task.groups, signed=True))
        for name in names[1:]
        for more in [right[name] - right[names[0]]]
    ]


def _tell_made_up(found: Found) -> Row:
    """Return how often the plain model makes up an answer without passages, with its first replies word for word."""
    task = make_task("reading/none")
    scores = score_replies(found["replies"], [one.question.answer for one in task.rows])
    shown = [
        {"question": row.question.question, "answer": row.question.answer, "reply": reply}
        for row, reply in zip(task.rows[:MADE_UP], found["replies"], strict=False)
    ]
    value = float((scores.outcomes == "wrong").mean())
    return Row(LESSON, "plain", "reading/none", "made up", value, n=len(task.rows), settings={"shown": shown})
