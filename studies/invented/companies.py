"""Companies that don't exist: a name, and facts about subjects that are easily confused; none is Skerryline's."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from studies.invented.kinds import Kind, load_kinds, load_words
from studies.invented.values import SORTS, invent_name
from workshop.data import load_faq, load_handbook
from workshop.errors import WorkshopError

TRIES = 1000
SUBJECTS = (1, 3)
NAMED = 0.25
_CAPITAL = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")


@dataclass(frozen=True)
class Fact:
    """What holds for a subject: kind "opens", subject "north desk", value "9:15"."""

    kind: Kind
    subject: str
    value: str


@dataclass(frozen=True)
class Company:
    """A company that doesn't exist, with F facts, no subject twice with one kind. unit: its money."""

    name: str
    unit: str
    facts: tuple[Fact, ...]


def make_company(rng: Random, size: int) -> Company:
    """Invent a company with `size` facts, from 1 to about 40.

    Several facts share a subject and several subjects a kind, so that a question must be matched with both.
    """
    words = load_words()
    name = draw_free(lambda: f"{invent_name(rng)} {rng.choice(words['firmform'])}")
    unit = rng.choice(words["unit"])
    facts: list[Fact] = []
    while len(facts) < size:
        known = {(fact.kind.name, fact.subject) for fact in facts}
        facts += _make_block(rng, size - len(facts), unit, known)
    rng.shuffle(facts)
    return Company(name, unit, tuple(facts))


def _make_block(rng: Random, size: int, unit: str, known: set[tuple[str, str]]) -> list[Fact]:
    """Return up to `size` facts of one to three kinds about one to three subjects of the same list."""
    pool = rng.choice(load_kinds()).subject
    alike = [kind for kind in load_kinds() if kind.subject == pool]
    kinds = rng.sample(alike, min(len(alike), rng.randint(1, 3)))
    subjects = [draw_subject(pool, rng) for _ in range(rng.randint(*SUBJECTS))]
    pairs = [(kind, subject) for kind in kinds for subject in dict.fromkeys(subjects)]
    new = [pair for pair in pairs if (pair[0].name, pair[1]) not in known][:size]
    return [Fact(kind, subject, draw_free(lambda kind=kind: SORTS[kind.value](rng, unit))) for kind, subject in new]


def draw_subject(pool: str, rng: Random) -> str:
    """Draw what a fact is about: a noun of a list with a modifier or an invented name before it."""
    words = load_words()

    def draw() -> str:
        before = invent_name(rng) if rng.random() < NAMED else rng.choice(words["modifier"])
        return f"{before} {rng.choice(words[pool])}"

    return draw_free(draw)


def draw_free(draw: Callable[[], str]) -> str:
    """Draw until a text is not Skerryline's. Raises WorkshopError if none ever is."""
    for _ in range(TRIES):
        text = draw()
        if not is_reserved(text):
            return text
    raise WorkshopError(f"{TRIES} draws, the last {text!r}, were all Skerryline's: its list of words is too small.")


def is_reserved(text: str) -> bool:
    """Tell whether a text is one of Skerryline's answers or holds one of its proper names."""
    answers, names = reserved()
    return text.casefold() in answers or any(word.casefold() in names for word in re.findall(r"[A-Z][a-z]+", text))


@cache
def reserved() -> tuple[frozenset[str], frozenset[str]]:
    """Return Skerryline's answers and its handbook's proper names, in lower case."""
    answers = {text.casefold() for one in load_faq() for text in (one.answer, one.earlier_answer) if text}
    texts = [page.text for edition in (1, 2) for page in load_handbook(edition=edition)]
    words = load_words()
    calendar = {form for pool in ("weekday", "month") for day in words[pool] for form in _forms(day)}
    names = {name.casefold() for text in texts for name in _CAPITAL.findall(text)} - calendar
    return frozenset(answers), frozenset(names)


def _forms(day: str) -> tuple[str, str]:
    return day.casefold(), f"{day}s".casefold()
