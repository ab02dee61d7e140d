"""Invented names and values, drawn so that training and evaluation share none, and none is Skerryline's."""

import re
from collections.abc import Callable
from functools import cache
from random import Random

from workshop.errors import WorkshopError
from workshop.pretrain.kinds import is_held_out, load_pools

TRIES = 1000
_WORD = re.compile(r"\b[A-Za-z][a-z]{2,11}\b")
_CAPITAL = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")


@cache
def reserved() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return Skerryline's answers, and its handbook's proper names and words, in lower case."""
    from workshop.data import load_faq, load_handbook

    answers = {text.casefold() for one in load_faq() for text in (one.answer, one.earlier_answer) if text}
    texts = [page.text for edition in (1, 2) for page in load_handbook(edition=edition)]
    calendar = {word.casefold() for pool in ("weekday", "month") for word in load_pools()[pool]}
    names = {name.casefold() for text in texts for name in _CAPITAL.findall(text)} - calendar
    words = {word for text in texts for word in re.findall(r"[a-z]+", text.casefold())}
    return frozenset(answers), frozenset(names), frozenset(words)


def is_reserved(text: str) -> bool:
    """Tell whether a text is one of Skerryline's answers or holds one of its proper names."""
    answers, names, _ = reserved()
    return text.casefold() in answers or any(word.casefold() in names for word in re.findall(r"[A-Z][a-z]+", text))


def draw_for(split: str, draw: Callable[[], str]) -> str:
    """Draw until a text belongs to the split and is not Skerryline's. Raises WorkshopError if none ever does."""
    for _ in range(TRIES):
        text = draw()
        if is_held_out(text) == (split == "held_out") and not is_reserved(text):
            return text
    raise WorkshopError(f"no value for {split} in {TRIES} draws, the last {text!r}: its pool of words is too small.")


def invent_name(rng: Random) -> str:
    """Invent a proper name of one to three syllables, at most 11 letters."""
    pools = load_pools()
    letters = [rng.choice(pools["onsets"]) + rng.choice(pools["vowels"]) for _ in range(rng.choice((1, 1, 2)))]
    middle = rng.choice(pools["onsets"]) + rng.choice("aeiou") if rng.random() < 0.4 else ""
    return ("".join(letters) + middle + rng.choice(pools["ends"]))[:11].capitalize()


def draw_value(sort: str, rng: Random, unit: str, split: str) -> str:
    """Draw a value of a sort (time, money, role, ...).

    unit: the company's money. Raises WorkshopError for an unknown sort.
    """
    from workshop.pretrain.sorts import SORTS

    if sort not in SORTS:
        from workshop.errors import unknown

        raise unknown("sort of value", sort, SORTS)
    return draw_for(split, lambda: SORTS[sort](rng, unit))


def draw_open_value(rng: Random) -> str:
    """Draw one to three words of ordinary English as a value for training.

    A pool's few words are soon known by heart, and then nothing is copied; these can only be copied.
    """
    return draw_for("train", lambda: " ".join(rng.choices(load_words(), k=rng.randint(1, 3))))


@cache
def load_words() -> tuple[str, ...]:
    """Load the distinct words of 3 to 12 letters of ordinary English, with their capitals."""
    from workshop.pretrain.english import load_english

    found = {word for text in load_english() for word in _WORD.findall(text)}
    return tuple(sorted(found))


def draw_subject(pool: str, rng: Random, split: str) -> str:
    """Draw what a fact is about: a noun with a modifier or an invented name before it, or an invented word."""
    pools = load_pools()

    def draw() -> str:
        noun, chance = rng.choice(pools[pool]), rng.random()
        if chance < 0.08 and (word := invent_name(rng).lower()) not in reserved()[2]:
            return word
        if chance < 0.35:
            return f"{invent_name(rng)} {noun}"
        if chance < 0.55:
            return f"{rng.choice(pools['modifier'])} {rng.choice(pools['modifier'])} {noun}"
        return f"{rng.choice(pools['modifier'])} {noun}"

    return draw_for(split, draw)
