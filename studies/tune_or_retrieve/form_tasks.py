"""Tasks of form: tickets that become JSON and answers in the house's voice, after fixed or the nearest examples."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from studies.adapters.tasks import JSON_TOKENS, VOICE_TOKENS, VOICE_TRAINED, draw_voice, make_voice_chat
from studies.adapters.tasks import make_task as make_earlier
from studies.adapters.wordings import Chat
from studies.prompt_or_lora.tickets import ask_tickets, draw_examples
from studies.tune_or_retrieve.plan import NEAREST, TICKET_PROMPT
from workshop.data import load_task
from workshop.models import encode_texts, load_encoder
from workshop.settings import Settings

Parts = tuple[tuple[Chat, ...], tuple[Any, ...], tuple[Any, ...], tuple[str, ...], int]


def make_tickets(variant: str) -> Parts:
    """Make the 72 tickets that the adapter `json` was tested on: after the best prompt's examples, or the nearest."""
    earlier = make_earlier("json/0")
    wording, count = TICKET_PROMPT
    shown = [draw_examples(count)] * len(earlier.rows)
    if variant == "nearest":
        known = load_task("json", "train")
        near = find_nearest([one.text for one in earlier.rows], [one.text for one in known])
        shown = [[known[place] for place in places] for places in near]
    chats = [ask_tickets(some, one.text, wording) for some, one in zip(shown, earlier.rows, strict=True)]
    return tuple(chats), earlier.rows, tuple(one.answer for one in earlier.rows), earlier.groups, JSON_TOKENS


def make_voices(variant: str) -> Parts:
    """Make the 48 answers that are never trained on, after the nearest pairs that are."""
    pairs = draw_voice()
    known, rows = pairs[:VOICE_TRAINED], pairs[VOICE_TRAINED:]
    near = find_nearest([one.plain for one in rows], [one.plain for one in known])
    chats = [
        [turn for place in places for turn in make_voice_chat(known[place])] + make_voice_chat(one)[:1]
        for places, one in zip(near, rows, strict=True)
    ]
    return tuple(chats), tuple(rows), tuple(one.voiced for one in rows), tuple(one.id for one in rows), VOICE_TOKENS


def find_nearest(texts: Sequence[str], known: Sequence[str]) -> list[list[int]]:
    """Return for each text the places of the nearest known ones, the nearest last, beside the question."""
    near = _encode(tuple(texts)) @ _encode(tuple(known)).T  # (Q, N)
    return [np.argsort(-line, kind="stable")[:NEAREST][::-1].tolist() for line in near]


@functools.cache
def _encode(texts: tuple[str, ...]) -> np.ndarray:
    return encode_texts(load_encoder(Settings(device="cpu")), list(texts))
