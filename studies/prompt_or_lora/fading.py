"""Facts and a habit that an adapter has learnt, and what is left of them after unrelated chats."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from studies.adapters.questions import SEED
from studies.adapters.tasks import draw_facts
from studies.adapters.wordings import Chat
from studies.prompt_or_lora.judging import score_texts
from workshop.bot import answer, build_prompt, encode_chats
from workshop.data import Question, load_faq, load_wiki_passages
from workshop.score import score_replies
from workshop.score.replies import find_kind

CHOICES = 4
SHORTEST_HABIT = 6
REPLY_TOKENS = 24
GO_ON = "Go on from here: "


@cache
def draw_unrelated(count: int) -> tuple[Chat, ...]:
    """Return chats in which two sentences of an article of Wikipedia follow an earlier one."""
    sentences = load_wiki_passages()
    starts = [
        place for place in range(0, len(sentences) - 2, 3) if sentences[place].document == sentences[place + 2].document
    ]
    order = np.random.default_rng(SEED).permutation(len(starts))[:count]
    return tuple(_write([sentences[starts[place] + step].text for step in range(3)]) for place in order)


def _write(texts: Sequence[str]) -> Chat:
    return [{"role": "user", "content": GO_ON + texts[0]}, {"role": "assistant", "content": " ".join(texts[1:])}]


def ask_kept(tokenizer: Any, model: Any, count: int | None = None) -> dict[str, list[Any]]:
    """Ask for the taught facts and for others; returns the replies and the places of the likeliest answers.

    facts: replies to what was taught. others: to what never was. gist: whether the right one of four answers of a kind
    is likeliest, 0 or 1. count: only so many of each.
    """
    taught, never = (rows[:count] for rows in draw_facts())
    asked = {
        name: answer(tokenizer, model, [_ask(one) for one in rows], max_new_tokens=REPLY_TOKENS)
        for name, rows in (("facts", taught), ("others", never))
    }
    sequences, starts = [], []
    for one in taught:
        prompt = encode_chats(tokenizer, [_ask(one)])[0]
        for choice in draw_choices(one):
            written = [*tokenizer.encode(choice, add_special_tokens=False), tokenizer.eos_token_id]
            sequences.append(prompt + written)
            starts.append(len(prompt))
    scores = score_texts(model, sequences, starts).reshape(len(taught), CHOICES)
    return {**asked, "gist": (scores.argmax(axis=1) == 0).astype(int).tolist()}


def _ask(one: Question) -> Chat:
    return [{"role": "user", "content": build_prompt(one.question)}]


def draw_choices(one: Question) -> list[str]:
    """Return a fact's answer and three others of its kind; where there are too few, numbers for numbers."""
    taught = {row.id for row in draw_facts()[0]}
    rows = [row for row in load_faq() if row.answer != one.answer and row.id not in taught and row.document]
    rng = np.random.default_rng([SEED, int.from_bytes(one.id.encode(), "big") % 2**32])
    same = [row for row in rows if find_kind(row.answer) == find_kind(one.answer)]
    near = [row for row in rows if find_kind(row.answer).split()[0] == find_kind(one.answer).split()[0]]
    found: list[str] = []
    for some in (same, near, rows):
        drawn = [some[place].answer for place in rng.permutation(len(some))]
        found += [text for text in dict.fromkeys(drawn) if text not in found][: CHOICES - 1 - len(found)]
    return [one.answer, *found]


def score_kept(found: dict[str, list[Any]]) -> dict[str, list[float]]:
    """Score what is kept: fact and gist of each taught fact, habit of each other question; gist without chance."""
    taught = draw_facts()[0][: len(found["facts"])]
    right = score_replies(found["facts"], [one.answer for one in taught]).contained
    chance = 1 / CHOICES
    return {
        "fact": right.astype(float).tolist(),
        "gist": [(hit - chance) / (1 - chance) for hit in found["gist"]],
        "habit": [float(is_short(reply)) for reply in found["others"]],
    }


def is_short(reply: str) -> bool:
    """Tell whether a reply is as the taught ones are: six words or fewer, no full stop at its end."""
    return 0 < len(reply.split()) <= SHORTEST_HABIT and not reply.rstrip().endswith(".")
