"""Tickets that become JSON: which are learnt and tested, how they are asked, how right the replies are."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from studies.adapters.questions import SEED
from studies.adapters.scores import read_json
from studies.adapters.tasks import draw
from studies.adapters.wordings import Chat
from workshop.data import JsonTask, load_json_instructions, load_task

# Tickets in a chat that is trained on; a step takes one chat.
TICKETS = 4
KEYS = ("topic", "tone")
WRONG = 0.3
REPLY_TOKENS = 24


@cache
def list_wordings() -> tuple[str, ...]:
    """Return the instruction that all studies use, and the three other wordings."""
    told = load_json_instructions()
    return (told.instruction, *told.alternatives)


@cache
def list_labels() -> dict[str, tuple[str, ...]]:
    """Return the allowed topics and tones."""
    told = load_json_instructions()
    return {"topic": told.topics, "tone": told.tones}


def write_reply(answer: dict[str, str]) -> str:
    """Return the reply that is right, letter for letter."""
    return f'{{"topic": "{answer["topic"]}", "tone": "{answer["tone"]}"}}'


def ask_tickets(examples: Sequence[JsonTask], text: str, wording: int = 0) -> Chat:
    """Return a chat that asks for a ticket's JSON, after some with their answers; the instruction stands once."""
    turns: Chat = []
    for one in examples:
        turns += [{"role": "user", "content": f"Message: {one.text}"}, _say(one)]
    turns.append({"role": "user", "content": f"Message: {text}"})
    turns[0] = {"role": "user", "content": f"{list_wordings()[wording]}\n\n{turns[0]['content']}"}
    return turns


def _say(one: JsonTask) -> dict[str, str]:
    return {"role": "assistant", "content": write_reply(one.answer)}


def deal_chats(rows: Sequence[JsonTask], steps: int, seed: int, each: int = TICKETS) -> list[Chat]:
    """Return a chat of some tickets for each step; all rows come in random order, again and again."""
    rng, order = np.random.default_rng([SEED, seed]), []
    while len(order) < steps * each:
        order += rng.permutation(len(rows)).tolist()
    parts = [[rows[place] for place in order[start : start + each]] for start in range(0, steps * each, each)]
    return [[*ask_tickets(part[:-1], part[-1].text), _say(part[-1])] for part in parts]


def draw_train(kind: str, count: int, seed: int) -> list[JsonTask]:
    """Draw tickets to learn from; those of fewer are among those of more.

    kind: clean; two topics (of two drawn topics alone); wrong (30 % have another topic and another tone).
    """
    rng = np.random.default_rng([SEED, 1, seed])
    rows = load_task("json", "train")
    if kind == "two topics":
        chosen = set(rng.choice(list_labels()["topic"], 2, replace=False).tolist())
        rows = [row for row in rows if row.answer["topic"] in chosen]
    drawn = [rows[place] for place in rng.permutation(len(rows))[:count]]
    if kind != "wrong":
        return drawn
    spoilt = set(rng.permutation(len(drawn))[: round(WRONG * len(drawn))].tolist())
    return [_spoil(row, rng) if place in spoilt else row for place, row in enumerate(drawn)]


def _spoil(row: JsonTask, rng: np.random.Generator) -> JsonTask:
    """Return a ticket with another topic and another tone."""
    others = {key: [one for one in list_labels()[key] if one != row.answer[key]] for key in KEYS}
    return JsonTask(row.id, row.split, row.customer, row.text, {key: str(rng.choice(others[key])) for key in KEYS})


def draw_examples(count: int, seed: int = 0) -> list[JsonTask]:
    """Draw the prompt's examples from `train`: the same as studies of adapters show with seed 0."""
    if seed == 0:
        return draw(load_task("json", "train"), count)
    return draw_train("clean", count, seed)


def draw_asked(split: str, count: int) -> list[JsonTask]:
    """Draw tickets of dev or test, always the same; fewer are the first of more."""
    return draw(load_task("json", split), count)


def score_values(replies: Sequence[str], rows: Sequence[JsonTask]) -> dict[str, list[float]]:
    """Score replies: valid, both right, and the share of the two values that are right; an invalid one has none."""
    read: list[dict[str, Any]] = [read_json(reply) for reply in replies]
    right = [[found.get(key) == row.answer[key] for key in KEYS] for found, row in zip(read, rows, strict=True)]
    return {
        "valid": [float(bool(found)) for found in read],
        "values right": [sum(some) / 2 for some in right],
        "both right": [float(all(some)) for some in right],
        "topic right": [float(some[0]) for some in right],
        "tone right": [float(some[1]) for some in right],
    }


def score_judged(judged: dict[str, list[Any]], rows: Sequence[JsonTask]) -> dict[str, list[float]]:
    """Score what the model finds likeliest: topic, tone, and the mean of both."""
    right = {key: [float(said == row.answer[key]) for said, row in zip(judged[key], rows, strict=True)] for key in KEYS}
    both = [(topic + tone) / 2 for topic, tone in zip(right["topic"], right["tone"], strict=True)]
    return {"judgement": both, "judged topic": right["topic"], "judged tone": right["tone"]}
