"""From replies to figures: every task has its measures, each a share with an interval over what must be drawn anew."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from studies.adapters.tasks import Task, make_task
from studies.intervals import summarise
from workshop.score import abstains, exact_match, score_replies
from workshop.score.replies import contains_short
from workshop.score.results import Row

LESSON = "model"
FORBIDDEN = re.compile(r"\b(unfortunately|inconvenience|policy|valued|kindly|regret)\b", re.IGNORECASE)
LONGEST_SENTENCE = 17
LENGTHS = {"of one word": (1, 1), "of two words": (2, 2), "of three words and more": (3, 99)}
VOICE_RULES = {
    "opening": lambda text: bool(re.match(r"Ahoy( [A-Z]\w+)?, ", text)),
    "next step": lambda text: "Next: " in text,
    "last line": lambda text: text.rpartition("\n")[2] == "Fair water, Skerryline",
    "no exclamation mark": lambda text: "!" not in text,
    "no forbidden word": lambda text: not FORBIDDEN.search(text),
    "short sentences": lambda text: max(len(one.split()) for one in _cut_sentences(text)) <= LONGEST_SENTENCE,
}


def score_task(method: str, name: str, runs: Sequence[Mapping[str, Any]], **settings: Any) -> list[Row]:
    """Return the rows of a task: `runs` are what S seeds gave, each with its replies in the task's order."""
    task = make_task(name)
    found = [_SCORERS[name.partition("/")[0]](task, run["replies"]) for run in runs]
    seconds = sum(run["seconds"] for run in runs) / len(runs)
    rows = []
    for metric in found[0]:
        kept = [[place for place, value in enumerate(one[metric]) if value is not None] for one in found]
        values = [[float(one[metric][place]) for place in places] for one, places in zip(found, kept, strict=True)]
        if any(places != kept[0] for places in kept):
            # Seeds that leave out other cases can't be paired: all cases of all seeds count, their groups drawn anew.
            kept, values = [[place for places in kept for place in places]], [[one for some in values for one in some]]
        if kept[0]:
            told = {"seeds": len(runs), **settings}
            share = summarise(values, [task.groups[place] for place in kept[0]])
            rows.append(Row(LESSON, method, name, metric, **share, seconds=seconds, settings=told))
    return rows


def _score_reading(task: Task, replies: Sequence[str]) -> dict[str, list[Any]]:
    """Score answers on passages; None where a measure doesn't count a case."""
    answers = [None if abstains(one.question.answer) else one.question.answer for one in task.rows]
    scores = score_replies(replies, answers, questions=[one.question.id for one in task.rows])
    stands = [one.stands for one in task.rows]
    found: dict[str, list[Any]] = {"abstained": list(scores.abstained)}
    if any(answers):
        found |= {"exact": list(scores.exact), "short-contained": list(scores.contained)}
        found["chance, short-contained"] = list(scores.contained_chance)
        found["wrong"] = list(scores.outcomes == "wrong")
        found["right, where it answers"] = _only(scores.contained, ~scores.abstained)
        found["abstained, where the answer stands"] = _only(scores.abstained, stands)
        found["abstained, where it doesn't stand"] = _only(scores.abstained, [not one for one in stands])
        for name, (least, most) in LENGTHS.items():
            fits = [least <= len((one or "").split()) <= most for one in answers]
            found[f"short-contained, answers {name}"] = _only(scores.contained, fits)
    return found


def _only(values: Sequence[Any], kept: Sequence[Any]) -> list[Any]:
    """Return values, and None where they aren't kept."""
    return [value if keep else None for value, keep in zip(values, kept, strict=True)]


def _score_json(task: Task, replies: Sequence[str]) -> dict[str, list[Any]]:
    """Score JSON: whether it parses with exactly the two keys, and whether each value is right."""
    read = [read_json(reply) for reply in replies]
    truths = [one.answer for one in task.rows]
    found: dict[str, list[Any]] = {"valid": [bool(one) for one in read]}
    for key in ("topic", "tone"):
        found[f"{key} right"] = [one.get(key) == truth[key] for one, truth in zip(read, truths, strict=True)]
    found["both right"] = [one == truth for one, truth in zip(read, truths, strict=True)]
    return found


def read_json(reply: str) -> dict[str, Any]:
    """Return the object that a reply is, empty where it is none with the keys topic and tone alone."""
    try:
        found = json.loads(reply)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and found.keys() == {"topic", "tone"} else {}


def _score_voice(task: Task, replies: Sequence[str]) -> dict[str, list[Any]]:
    """Score the voice by its rules that can be counted, and whether the plain answer's numbers are still there."""
    found = {name: [keeps(reply) for reply in replies] for name, keeps in VOICE_RULES.items()}
    found["all six rules"] = [all(some) for some in zip(*found.values(), strict=True)]
    plain = [find_numbers(one.plain) for one in task.rows]
    kept = [numbers <= find_numbers(reply) for numbers, reply in zip(plain, replies, strict=True)]
    return {**found, "numbers kept": _only(kept, plain)}


def find_numbers(text: str) -> set[str]:
    """Return the numbers of a text that are written in digits."""
    return set(re.findall(r"\d+(?:[.:,]\d+)*", text))


def _cut_sentences(text: str) -> list[str]:
    """Return the sentences before the last line."""
    return re.split(r"(?<=[.?:])\s+", text.rpartition("\n")[0] or text)


def _score_skills(task: Task, replies: Sequence[str]) -> dict[str, list[Any]]:
    """Score the old skills, all together and kind by kind."""
    right = [
        any(exact_match(reply, one) or contains_short(reply, one) for one in row.answers)
        for reply, row in zip(replies, task.rows, strict=True)
    ]
    kinds = sorted({row.kind for row in task.rows})
    return {"right": right} | {
        f"right, {kind}": _only(right, [row.kind == kind for row in task.rows]) for kind in kinds
    }


_SCORERS = {
    **dict.fromkeys(("reading", "unanswerable", "held back", "wording", "facts"), _score_reading),
    "json": _score_json,
    "voice": _score_voice,
    "skills": _score_skills,
}
