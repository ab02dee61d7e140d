"""All runs of lesson 06 and those that it reads from earlier studies, scored case by case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from studies.adapters.scores import read_json
from studies.adapters.tasks import draw_facts
from studies.prompt_or_lora.voicing import draw_pairs, score_voice
from studies.tune_or_retrieve import earlier
from studies.tune_or_retrieve.form_tasks import find_nearest
from studies.tune_or_retrieve.plan import EXAMPLES, READING_WORDINGS, VOICE_PROMPT, Cell, Plan
from studies.tune_or_retrieve.tasks import Task, make_task
from workshop.data import load_task
from workshop.score import abstains, exact_match
from workshop.score.replies import contains_short

Found = dict[str, Any]
KEYS = ("topic", "tone")


@dataclass(frozen=True)
class Scored:
    """What S runs' replies to N cases are worth, shape (S, N), what intervals draw anew, and the prompts' tokens."""

    values: tuple[tuple[float, ...], ...]
    groups: tuple[str, ...]
    prompt_tokens: float | None = None

    @property
    def size(self) -> int:
        """Return how many replies it is made of."""
        return sum(map(len, self.values))


@dataclass
class Runs:
    """All runs so far: asked and choosing by (reader, task), studies by (what, seed), prices by repeat."""

    plan: Plan
    asked: dict[Cell, Found] = field(default_factory=dict)
    studies: dict[Cell, Found] = field(default_factory=dict)
    prices: dict[Cell, Found] = field(default_factory=dict)

    def of(self, reader: str, task: str) -> Found:
        """Return a reader's replies to a task."""
        return self.asked[reader, task]

    def studied(self, what: str, task: str) -> list[Found]:
        """Return the replies after a study, seed by seed, of the seeds that were asked."""
        runs = [self.studies[cell] for cell in sorted(self.studies) if cell[0] == what]
        return [one["answers"][task] for one in runs if task in one["answers"]]

    def choose_reading(self) -> tuple[int, int]:
        """Return the wording and the number of examples that the plain model reads best with; of equals the first."""
        known = [(wording, count) for wording in READING_WORDINGS for count in EXAMPLES]
        scores = {one: self._mean(f"reading/dev/{one[0]}/{one[1]}") for one in known}
        return max(known, key=lambda one: scores[one])

    def choose_json(self) -> int:
        """Return the number of examples with which most answers as JSON are right; of equals the first."""
        scores = {count: self._mean(f"json answers/dev/found/{count}") for count in EXAMPLES}
        return max(EXAMPLES, key=lambda count: scores[count])

    def _mean(self, task: str) -> float:
        found = self.of("plain", task)
        score = score_json if task.startswith("json") else score_facts
        return float(np.mean(score(task, [found]).values))


def align(*scored: Scored) -> tuple[Scored, ...]:
    """Return scores of the same cases, each cut to those that all have: the short form asks fewer anew."""
    size = min(len(one.groups) for one in scored)
    return tuple(
        Scored(tuple(run[:size] for run in one.values), one.groups[:size], one.prompt_tokens) for one in scored
    )


def score_facts(task: str, found: Sequence[Mapping[str, Any]], *, old: bool = False) -> Scored:
    """Score replies by the truth in their first 12 words; old: by the first edition's answer instead."""
    rows = _cut(task, found)
    truths = [one.earlier_answer for one in rows.rows] if old else list(rows.truths)
    return _score(rows, found, lambda reply, place: contains_short(reply, truths[place]))


def score_passages(task: str) -> Scored:
    """Score a task's prompts by whether the truth stands in their passages, case aside."""
    rows = make_task(task)
    prompts = [chat[-1]["content"].rpartition("Question: ")[0].casefold() for chat in rows.chats]
    values = tuple(float(truth.casefold() in text) for truth, text in zip(rows.truths, prompts, strict=True))
    return Scored((values,), rows.groups)


def score_refusals(task: str, found: Sequence[Mapping[str, Any]]) -> Scored:
    """Score replies by whether they abstain."""
    return _score(_cut(task, found), found, lambda reply, _: abstains(reply))


def score_wrong(task: str, found: Sequence[Mapping[str, Any]]) -> Scored:
    """Score replies by whether they are neither right nor abstain."""
    rows = _cut(task, found)
    return _score(
        rows, found, lambda reply, place: not contains_short(reply, rows.truths[place]) and not abstains(reply)
    )


def score_json(task: str, found: Sequence[Mapping[str, Any]]) -> Scored:
    """Score replies by whether they are JSON with the one key, and the truth stands in it."""
    rows = _cut(task, found)
    return _score(rows, found, lambda reply, place: _holds(reply, rows.truths[place]))


def _holds(reply: str, truth: str) -> bool:
    value = read_answer(reply)
    return value is not None and (exact_match(value, truth) or contains_short(value, truth))


def read_answer(reply: str) -> str | None:
    """Return the text of a reply that is JSON with the one key "answer", None where it is anything else."""
    import json

    try:
        found = json.loads(reply)
    except ValueError:
        return None
    fits = isinstance(found, dict) and found.keys() == {"answer"} and isinstance(found["answer"], str)
    return found["answer"] if fits else None


def score_tickets(task: str, found: Sequence[Mapping[str, Any]], metric: str) -> Scored:
    """Score replies to tickets: valid JSON (format), or the share of its two values that are right (judgement)."""
    rows = _cut(task, found)

    def worth(reply: str, place: int) -> float:
        said, truth = read_json(reply), rows.truths[place]
        return float(bool(said)) if metric == "format" else np.mean([said.get(key) == truth[key] for key in KEYS])

    return _score(rows, found, worth)


def score_nearest_questions() -> Scored:
    """Score a search without a language model: whether the stored question nearest to a known fact's is its own.

    Stored are the thirty that `facts` was taught, as they were taught.
    """
    taught, rows = draw_facts()[0], make_task("known/none")
    near = find_nearest([one.question for one in rows.rows], [one.question for one in taught])
    values = tuple(float(taught[some[-1]].id == one.id) for some, one in zip(near, rows.rows, strict=True))
    return Scored((values,), rows.groups)


def score_nearest_labels() -> Scored:
    """Score the labels of the nearest ticket of `train`, copied without any language model."""
    known, rows = load_task("json", "train"), make_task("tickets/nearest")
    near = find_nearest([one.text for one in rows.rows], [one.text for one in known])
    values = tuple(
        float(np.mean([known[some[-1]].answer[key] == truth[key] for key in KEYS]))
        for some, truth in zip(near, rows.truths, strict=True)
    )
    return Scored((values,), rows.groups)


def score_rules(found: Sequence[Mapping[str, Any]], metric: str = "all six rules") -> Scored:
    """Score replies in the voice by whether they keep all six rules, or by another of score_voice's metrics."""
    pairs = [draw_pairs("test", len(one["replies"])) for one in found]
    values = [tuple(score_voice(one["replies"], some)[metric]) for one, some in zip(found, pairs, strict=True)]
    return Scored(tuple(values), tuple(one.id for one in pairs[0]), found[0].get("prompt_tokens"))


def score_skills(found: Sequence[Mapping[str, Any]]) -> Scored:
    """Score replies to the old skills."""
    rows = _cut("skills/found", found)

    def right(reply: str, place: int) -> bool:
        return any(exact_match(reply, one) or contains_short(reply, one) for one in rows.truths[place])

    return _score(rows, found, right)


def read_best_voice() -> list[Found]:
    """Return lesson 04's replies to the voice's best prompt."""
    return earlier.read_voice("voice_prompt", *VOICE_PROMPT, "test")


def _cut(task: str, found: Sequence[Mapping[str, Any]]) -> Task:
    return make_task(task).cut(len(found[0]["replies"]))


def _score(rows: Task, found: Sequence[Mapping[str, Any]], worth: Any) -> Scored:
    """Score each reply of each run by `worth(reply, place)`."""
    values = [tuple(float(worth(reply, place)) for place, reply in enumerate(one["replies"])) for one in found]
    tokens = [one["prompt_tokens"] for one in found if "prompt_tokens" in one]
    return Scored(tuple(values), rows.groups, float(np.mean(tokens)) if tokens else None)
