"""Fictional companies: a name, a trade, a money, and facts about a few subjects that are easily confused."""

from dataclasses import dataclass
from random import Random

from workshop.pretrain.kinds import Kind, load_kinds, load_pools
from workshop.pretrain.values import draw_for, draw_open_value, draw_subject, draw_value, invent_name

SUBJECTS = (1, 3)
OPEN = 0.6


@dataclass(frozen=True)
class Fact:
    """What holds for a subject: kind "opens", subject "north desk", value "9:15"."""

    kind: Kind
    subject: str
    value: str


@dataclass(frozen=True)
class Company:
    """A company that doesn't exist, with its facts: F facts, no subject twice with one kind."""

    name: str
    trade: str
    unit: str
    facts: tuple[Fact, ...]


def make_company(rng: Random, size: int, split: str = "train") -> Company:
    """Invent a company with `size` facts, from 1 to about 40; names, subjects and values are the split's own.

    Several facts share a subject and several subjects a kind, so that a question must be matched with both.
    """
    pools = load_pools()
    name = draw_for(split, lambda: f"{invent_name(rng)} {rng.choice(pools['firmform'])}")
    unit = rng.choice(pools["unit"])
    facts: list[Fact] = []
    while len(facts) < size:
        known = {(fact.kind.name, fact.subject) for fact in facts}
        facts += _make_block(rng, size - len(facts), unit, split, known)
    rng.shuffle(facts)
    return Company(name, rng.choice(pools["business"]), unit, tuple(facts))


def _make_block(rng: Random, size: int, unit: str, split: str, known: set[tuple[str, str]]) -> list[Fact]:
    """Return up to `size` facts of one to three kinds about one to three subjects of the same sort."""
    pool = rng.choice(load_kinds()).subject
    alike = [kind for kind in load_kinds() if kind.subject == pool]
    kinds = rng.sample(alike, min(len(alike), rng.randint(1, 3)))
    subjects = [draw_subject(pool, rng, split) for _ in range(rng.randint(*SUBJECTS))]
    pairs = [(kind, subject) for kind in kinds for subject in dict.fromkeys(subjects)]
    new = [pair for pair in pairs if (pair[0].name, pair[1]) not in known][:size]
    return [Fact(kind, subject, _draw(kind, rng, unit, split)) for kind, subject in new]


def _draw(kind: Kind, rng: Random, unit: str, split: str) -> str:
    """Draw a value of the kind's sort, in training now and then any words instead."""
    if split == "train" and rng.random() < OPEN:
        return draw_open_value(rng)
    return draw_value(kind.value, rng, unit, split)
