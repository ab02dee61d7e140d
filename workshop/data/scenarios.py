"""Load the scenario cards: invented situations, each with what speaks for and against every way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workshop.data.skerryline import read_bundled

FILE = Path(__file__).resolve().parents[1] / "assets" / "scenarios.json"
METHODS = ("prompt", "LoRA", "retrieval", "both")
ANSWERS = (*METHODS, "neither")
GRID = (
    *("known facts", "unseen facts", "changed facts", "format", "judgement", "voice"),
    *("facts in JSON", "old skills", "abstaining"),
)
PRICES = ("setup_seconds", "seconds_each", "prompt_tokens", "megabytes")


@dataclass(frozen=True)
class Scenario:
    """A situation and what fits it.

    choice: the answer that the grid supports. also: answers that can be defended. cells, price: pairs of task and
    method, the rows on which the choice rests. reasons: a reply to each answer, with places for figures such as
    {unseen facts|LoRA} and {price, facts|both|seconds_each}. room: whether it is one of the four for the room.
    """

    id: str
    title: str
    text: str
    room: bool
    choice: str
    also: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]
    price: tuple[tuple[str, str], ...]
    reasons: Mapping[str, str]


def load_scenarios(room: bool | None = None) -> list[Scenario]:
    """Load the twelve scenarios; room: True for the four of the room, False for the eight others."""
    cards = json.loads(read_bundled(FILE))["cards"]
    pairs = {name: [tuple(map(tuple, card[name])) for card in cards] for name in ("cells", "price")}
    scenarios = [
        Scenario(**card | {"also": tuple(card["also"]), "cells": cells, "price": price})
        for card, cells, price in zip(cards, pairs["cells"], pairs["price"], strict=True)
    ]
    return [one for one in scenarios if room in (None, one.room)]
