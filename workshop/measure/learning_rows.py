"""From runs to rows: means over seeds, with intervals that draw seeds and companies, pairs or documents anew."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workshop.measure.grouped import DRAWS, draw_groups, draw_seeds
from workshop.measure.learning_runs import RANK
from workshop.measure.learning_tasks import (
    check_judge,
    make_fact_cases,
    make_json_cases,
    make_reading_cases,
    make_voice_cases,
)
from workshop.pretrain.evaluation import bootstrap
from workshop.score.results import Row

LESSON = "04"
BASE, PROMPT, LORA, FULL = "as it is", "prompt", f"LoRA, rank {RANK}", "full tuning"
TUNED, PRETRAINED = "random weights, tuned", "random weights, pretrained"
PRETRAINED_TUNED = f"{PRETRAINED}, then {LORA}"
NAMES = {"json": "JSON answers", "voice": "voice", "facts": "facts by heart"}
READING, ACCURACY, REACHED = "reading", "accuracy on unseen answers", "seeds that reached LoRA's score"
WAYS = {"lora": LORA, "full": FULL}

Run = Mapping[str, Any]
# Of each metric of each task, and of reading, the groups of its cases.
Asked = Mapping[str, Mapping[str, Sequence[str]]]


def ask_cases(tests: int, reading: int, facts: int) -> Asked:
    """Return the group of each case, by task and metric, for tests of these sizes."""
    groups = {
        "json": [case.group for case in make_json_cases(tests, "test")],
        "voice": [case.group for case in make_voice_cases(tests, "test")],
        READING: [case.group for case in make_reading_cases(reading)],
    }
    metrics = {"json": ("right", "valid JSON"), "voice": ("in voice", "keeps the marks"), READING: (READING,)}
    by_facts = {name: [case.group for case in cases] for name, cases in make_fact_cases(facts, "test").items()}
    return {task: dict.fromkeys(names, groups[task]) for task, names in metrics.items()} | {"facts": by_facts}


def summarise(runs: Sequence[Sequence[float]], groups: Sequence[str], *, signed: bool = False) -> dict[str, Any]:
    """Return value, low, high and n of S seeds' N cases: the mean, with a bootstrap over groups and seeds.

    Where all or none are right, the open side is Clopper and Pearson's bound, as in the model card. signed: the cases
    are differences, which are open on both sides where all are 0.
    """
    values = np.array(runs, dtype=float)
    times, seeds = draw_groups(groups, DRAWS), draw_seeds(len(values), DRAWS)
    means = times @ values.T / np.maximum(times.sum(axis=1), 1)[:, None]
    low, high = np.percentile((means * seeds).sum(axis=1), [2.5, 97.5])
    if values.min() == values.max() and values.min() in (0, 1):
        low, high = bootstrap(values[0] == 1, groups)
        low = -high if signed else low
    return {"value": float(values.mean()), "low": float(low), "high": float(high), "n": values.size}


def tell_choices(rates: Mapping[tuple[str, str], float]) -> list[Row]:
    """Return rows that say which rate was chosen on validation."""
    return [Row(LESSON, WAYS[way], NAMES[task], "rate", rate) for (task, way), rate in rates.items()]


def tell_judge() -> Row:
    """Return how often the voice's judge is right about answers that it never saw."""
    groups, right = check_judge()
    return Row(LESSON, "judge", NAMES["voice"], ACCURACY, **summarise([right], groups))


def score_base(before: Run, asked: Asked) -> list[Row]:
    """Return what the model does before it is tuned, and what a prompt gets out of it."""
    rows = [row for task in NAMES for row in _score(BASE, NAMES[task], [before[task]], asked[task])]
    rows += _score(PROMPT, NAMES["json"], [before["prompt"]], asked["json"])
    return [*rows, *_score(BASE, READING, [before], asked[READING])]


def score_tuned(method: str, task: str, runs: Sequence[Run], before: Run, asked: Asked) -> list[Row]:
    """Return a task's scores after tuning with what it cost, and what became of reading; lost: before minus after."""
    cost = _cost(runs)
    rows = _score(method, NAMES[task], [one["scores"] for one in runs], asked[task], **cost)
    place, groups = f"{READING} after {NAMES[task]}", asked[READING][READING]
    lost = np.array(before[READING], dtype=float) - np.array([one[READING] for one in runs], dtype=float)
    rows += [
        Row(LESSON, method, place, READING, **summarise([one[READING] for one in runs], groups)),
        Row(LESSON, method, place, "lost", **summarise(lost.tolist(), groups, signed=True)),
    ]
    rows.append(Row(LESSON, method, NAMES[task], "seeds", len(runs)))
    if "reached" in runs[0]:
        rows.append(Row(LESSON, method, NAMES[task], REACHED, sum(one["reached"] for one in runs), n=len(runs)))
        rows.append(Row(LESSON, method, NAMES[task], "steps", float(np.mean([one["steps"] for one in runs]))))
    return rows


def compare_reading(task: str, lora: Sequence[Run], full: Sequence[Run], asked: Asked) -> list[Row]:
    """Return how much better one reads after the adapter than after full tuning, seed beside seed."""
    first, second = (np.array([one[READING] for one in runs], dtype=float) for runs in (lora, full))
    found = summarise((first - second).tolist(), asked[READING][READING], signed=True)
    return [Row(LESSON, f"{LORA} minus {FULL}", f"{READING} after {NAMES[task]}", READING, **found)]


def score_curve(sizes: Sequence[int], runs: Sequence[Run], asked: Asked) -> list[Row]:
    """Return JSON's scores by the number of examples. runs: all seeds of a number beside one another."""
    seeds = len(runs) // len(sizes)
    rows = []
    for place, size in enumerate(sizes):
        some = [one["scores"] for one in runs[place * seeds : (place + 1) * seeds]]
        rows += _score(LORA, f"{NAMES['json']} from {size} examples", some, asked["json"])
    return rows


def score_scratch(method: str, runs: Sequence[Run], asked: Asked) -> list[Row]:
    """Return what random weights do after their seconds, a run a seed."""
    rows = _score(method, NAMES["json"], [one["scores"] for one in runs], asked["json"], **_cost(runs))
    return [*rows, *_score(method, READING, runs, asked[READING])]


def _score(
    method: str, task: str, scores: Sequence[Run], groups: Mapping[str, Sequence[str]], **cost: Any
) -> list[Row]:
    """Return a row for each metric that groups names."""
    return [
        Row(LESSON, method, task, metric, **summarise([one[metric] for one in scores], some), **cost)
        for metric, some in groups.items()
    ]


def _cost(runs: Sequence[Run]) -> dict[str, Any]:
    """Return the mean seconds of training, and the size of what was trained."""
    seconds = float(np.mean([one["seconds"] for one in runs]))
    return {"seconds": seconds, "trained_parameters": runs[0]["parameters"], "megabytes": runs[0]["megabytes"]}
