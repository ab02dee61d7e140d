"""The runs behind what the tiny model learns: tune one way, ask, keep what was right."""

import contextlib
import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from workshop.bot import write_answers
from workshop.measure.learning_tasks import (
    Case,
    is_valid,
    judge_plain,
    judge_voice,
    keeps_marks,
    make_fact_cases,
    make_json_cases,
    make_reading_cases,
    make_voice_cases,
    with_instruction,
)
from workshop.models import LanguageModel, load_language_model
from workshop.pretrain.evaluation import is_right
from workshop.settings import Settings
from workshop.tune import Example, Report, add_lora, count_trained, fine_tune, make_examples

RANK = 8
CHECKS = 5
TOKENS = {"json": 64, "voice": 128, "facts": 32, "reading": 48}
# What a way of tuning is chosen by, and what all weights must reach as the adapter did.
PRIMARY = {"json": "right", "voice": "in voice", "facts": "as trained"}
MEGA = 1e6

Cell = dict[str, Any]
Scores = dict[str, list[bool]]


class Amount(NamedTuple):
    """How much a run does. tests, reading, checks: cases of its task, of reading, and of validation."""

    steps: int
    batch: int
    examples: int
    tests: int
    reading: int
    checks: int
    seed: int
    threads: int


def load(threads: int) -> LanguageModel:
    """Load the bundled model, for so many threads."""
    return load_language_model(Settings(threads=threads))


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep the bars of training and asking off the screen: the measurement has its own."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def learn_from(language_model: LanguageModel, task: str, size: int, seed: int, part: str = "test") -> list[Example]:
    """Return the examples of a task; facts to choose by (part: validation) are others than those measured."""
    if task == "facts":
        cases = make_fact_cases(size, part)["as trained"]
    else:
        cases = make_json_cases(size, "train", seed) if task == "json" else make_voice_cases(size, "train")
    return make_examples(language_model, [one.chat for one in cases])


def ask_all(language_model: LanguageModel, task: str, cases: Sequence[Case]) -> list[str]:
    """Return greedy answers to cases."""
    return write_answers(language_model, [list(case.prompt) for case in cases], max_tokens=TOKENS[task])


def score(language_model: LanguageModel, task: str, part: str, size: int) -> Scores:
    """Return what is right of a task, case by case, under the names of its metrics."""
    if task == "reading":
        cases = make_reading_cases(size)
        return {"reading": judge_plain(cases, ask_all(language_model, task, cases))}
    if task == "facts":
        asked = make_fact_cases(size, part)
        return {name: judge_plain(cases, ask_all(language_model, task, cases)) for name, cases in asked.items()}
    if task == "voice":
        answers = ask_all(language_model, task, make_voice_cases(size, part))
        return {"in voice": judge_voice(answers), "keeps the marks": [keeps_marks(one) for one in answers]}
    return score_json(language_model, make_json_cases(size, part))


def score_json(language_model: LanguageModel, cases: Sequence[Case]) -> Scores:
    """Return which answers are the right object, and which are one with the right keys."""
    answers = ask_all(language_model, "json", cases)
    right = [is_right(one, case.answer, exact=True) for case, one in zip(cases, answers, strict=True)]
    return {"right": right, "valid JSON": [is_valid(one) for one in answers]}


def run_base(amount: Amount, facts: int) -> Cell:
    """Ask the model as it is, and for JSON also with the form asked for in words. facts: how many of them."""
    model = load(amount.threads)
    with quietly():
        found = {task: score(model, task, "test", facts if task == "facts" else amount.tests) for task in PRIMARY}
        found |= score(model, "reading", "test", amount.reading)
        found["prompt"] = score_json(model, with_instruction(make_json_cases(amount.tests, "test")))
    return found


def run_choice(task: str, method: str, rate: float, amount: Amount) -> Cell:
    """Tune with a rate and return the score on validation, none of what is measured later."""
    model = load(amount.threads)
    with quietly():
        network = add_lora(model.model, RANK, seed=amount.seed) if method == "lora" else model.model
        learnt = learn_from(model, task, amount.examples, amount.seed, "validation")
        fine_tune(network, learnt, steps=amount.steps, batch=amount.batch, rate=rate, seed=amount.seed)
        return {"score": check(replace(model, model=network), task, amount.checks)}


def run_lora(task: str, rate: float, amount: Amount) -> Cell:
    """Tune an adapter; returns its scores and what it cost. goal: its score on validation."""
    model = load(amount.threads)
    with quietly():
        network = add_lora(model.model, RANK, seed=amount.seed)
        learnt = learn_from(model, task, amount.examples, amount.seed)
        trained = fine_tune(network, learnt, steps=amount.steps, batch=amount.batch, rate=rate, seed=amount.seed)
        cost = {"seconds": trained.seconds, "parameters": count_trained(network), "megabytes": weigh_adapter(network)}
        tuned = replace(model, model=network.merge_and_unload())
        goal = check(tuned, task, amount.checks) if amount.checks else 0.0
        return cost | {"goal": goal, **ask_after(tuned, task, amount)}


def run_full(task: str, rate: float, goal: float, amount: Amount) -> Cell:
    """Tune all weights, up to the first of five checkpoints whose score on validation reaches a goal."""
    model = load(amount.threads)
    reached = []

    def tell(report: Report) -> bool:
        if report.step % max(1, amount.steps // CHECKS) and report.step != amount.steps:
            return False
        model.model.eval()
        reached.append(check(model, task, amount.checks) >= goal)
        model.model.train()
        return reached[-1]

    with quietly():
        learnt = learn_from(model, task, amount.examples, amount.seed)
        trained = fine_tune(
            model.model, learnt, steps=amount.steps, batch=amount.batch, rate=rate, seed=amount.seed, tell=tell
        )
        cost = weigh(model.model) | {"seconds": trained.seconds, "reached": reached[-1], "steps": len(trained.losses)}
        return cost | ask_after(model, task, amount)


def check(model: LanguageModel, task: str, size: int) -> float:
    """Return the score on validation that ways of tuning are chosen and stopped by."""
    return float(np.mean(score(model, task, "validation", size)[PRIMARY[task]]))


def ask_after(model: LanguageModel, task: str, amount: Amount) -> Cell:
    """Return the scores of a tuned model on its task and, with cases for it, on reading."""
    found: Cell = {"scores": score(model, task, "test", amount.tests)}
    return found | (score(model, "reading", "test", amount.reading) if amount.reading else {})


def weigh(network: Any) -> Cell:
    """Return how many weights are trained, and the megabytes (10^6 bytes) that they take."""
    trained = [weights for weights in network.parameters() if weights.requires_grad]
    size = sum(weights.numel() * weights.element_size() for weights in trained)
    return {"parameters": count_trained(network), "megabytes": size / MEGA}


def weigh_adapter(network: Any) -> float:
    """Return the megabytes (10^6 bytes) of an adapter's weights on disk."""
    with tempfile.TemporaryDirectory() as folder:
        network.save_pretrained(folder)
        return sum(path.stat().st_size for path in Path(folder).glob("*.safetensors")) / MEGA
