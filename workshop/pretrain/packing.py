"""Sequences: groups of chats side by side, each group's common beginning once, and English where room is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from workshop.pretrain.english import load_english
from workshop.pretrain.mixture import make_group, shape_at
from workshop.pretrain.tasks import Chat
from workshop.pretrain.tokenizer import Encoder

TRIES = 4
ABSTAIN_WEIGHT = 0.4
ENGLISH_WEIGHT = 0.2
ENGLISH_SHARE = 0.05
SHORTEST_TEXT = 24
LONG_EVERY = 4


@dataclass
class Sequence1D:
    """A sequence of T tokens in the making. Tokens of a group see its trunk (branch 0) and their own branch."""

    ids: list[int]
    places: list[int]
    groups: list[int]
    branches: list[int]
    weights: list[float]

    def add(self, ids: list[int], weights: list[float], group: int, branch: int, start: int) -> None:
        """Add tokens that stand at the places start, start + 1, ... of their group."""
        self.ids += ids
        self.weights += weights
        self.places += range(start, start + len(ids))
        self.groups += [group] * len(ids)
        self.branches += [branch] * len(ids)


def encode_group(chats: Sequence[Chat], encoder: Encoder) -> list[list[tuple[list[int], list[float]]]]:
    """Return bundles of chats that begin alike: each their common beginning, then what every one has besides.

    All are token ids and weights in the loss. Chats of a page that begin otherwise, with examples or a system's turn,
    make bundles of their own: one of them among the others would leave next to nothing in common.
    """
    bundles: list[list[tuple[list[int], list[float]]]] = []
    for coded in (_weigh(chat, encoder) for chat in chats):
        alike = (one for one in bundles if _count_shared([one[0][0], coded[0]]) > len(coded[0]) / 2)
        bundle = next(alike, None)
        if bundle is None:
            bundles.append([coded])
        else:
            bundle.append(coded)
    return [_share(bundle) for bundle in bundles]


def _share(coded: list[tuple[list[int], list[float]]]) -> list[tuple[list[int], list[float]]]:
    """Return what all of a bundle begin with, and then what each has besides."""
    shared = _count_shared([ids for ids, _ in coded]) if len(coded) > 1 else 0
    # The last shared token predicts a different one in each branch, so it stands in the branches.
    shared = max(0, shared - 1)
    trunk = (coded[0][0][:shared], coded[0][1][:shared])
    return [trunk, *((ids[shared:], weights[shared:]) for ids, weights in coded)]


def _weigh(chat: Chat, encoder: Encoder) -> tuple[list[int], list[float]]:
    """Return a chat's token ids and their weights: an abstention's first token decides the rest."""
    ids, written = encoder.encode_chat(chat.messages)
    weights = [(ABSTAIN_WEIGHT if chat.skill == "abstain" else 1.0) * flag for flag in written]
    if True in written:
        weights[written.index(True)] = 1.0
    return ids, weights


def _count_shared(rows: Sequence[list[int]]) -> int:
    """Return how many ids all rows begin with."""
    columns = zip(*rows, strict=False)
    return next((place for place, column in enumerate(columns) if len(set(column)) > 1), min(map(len, rows)))


def fill_sequence(rng: Random, step: int, length: int, encoder: Encoder) -> Sequence1D:
    """Fill one sequence of `length` tokens; a token's weight says how much its prediction counts."""
    shape = shape_at(step)
    sequence, group, misses = Sequence1D([], [], [], [], []), 0, 0
    while misses < TRIES and length - len(sequence.ids) > SHORTEST_TEXT:
        if not shape.copying and rng.random() < ENGLISH_SHARE:
            _add_text(sequence, min(length - len(sequence.ids), rng.randint(64, 256)), rng, encoder, group)
            group += 1
            continue
        fitting = False
        for bundle in encode_group(make_group(rng, shape), encoder):
            if _add_bundle(sequence, bundle, length, group):
                fitting, group = True, group + 1
        misses += not fitting
    if length - len(sequence.ids) > SHORTEST_TEXT:
        _add_text(sequence, length - len(sequence.ids), rng, encoder, group)
    missing = length - len(sequence.ids)
    sequence.add([encoder.pad] * missing, [0.0] * missing, -1, 0, 0)
    return sequence


def _add_bundle(sequence: Sequence1D, bundle: list[tuple[list[int], list[float]]], length: int, group: int) -> bool:
    """Add a bundle as a group, as many of its branches as there is room for; tells whether there was for one."""
    (trunk, weights), *branches = bundle
    room, kept = length - len(sequence.ids) - len(trunk), []
    for ids, counts in branches:
        if len(ids) <= room:
            kept.append((ids, counts))
            room -= len(ids)
    if kept:
        sequence.add(trunk, weights, group, 0, 0)
        for branch, (ids, counts) in enumerate(kept, 1):
            sequence.add(ids, counts, group, branch, len(trunk))
    return bool(kept)


def _add_text(sequence: Sequence1D, size: int, rng: Random, encoder: Encoder, group: int) -> None:
    """Add so many tokens, or fewer, of an English text from a random place on."""
    text = rng.choice(load_english())
    start = rng.randrange(max(1, len(text) - 4 * size))
    start = text.find(" ", start) + 1
    ids = encoder.encode_text(text[start : start + 6 * size])[:size]
    sequence.add(ids, [0.0] + [ENGLISH_WEIGHT] * (len(ids) - 1), group, 0, 0)


def make_batch(seed: int, step: int, batch: int, length: int, encoder: Encoder) -> dict[str, Any]:
    """Make the batch of a step, always the same for a seed and a step: what makes a run resumable anywhere.

    Every fourth step has B = batch / 2 sequences of T = length, the others B = batch of T = length / 2: attention's
    price grows with the length, and most pages are short. Returns arrays: ids, places, groups, branches, int64, and
    weights, float32, each (B, T). A weight belongs to the token itself, not to the one before that predicts it.
    """
    count, size = (batch, length // 2) if step % LONG_EVERY else (max(1, batch // 2), length)
    rows = [fill_sequence(Random(f"{seed}/{step}/{row}"), step, size, encoder) for row in range(count)]
    names = ("ids", "places", "groups", "branches")
    arrays: dict[str, Any] = {name: np.array([getattr(row, name) for row in rows], dtype=np.int64) for name in names}
    return arrays | {"weights": np.array([row.weights for row in rows], dtype=np.float32)}
