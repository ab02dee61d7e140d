"""Kinds of facts, each with many ways to state it and to ask for it."""

import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workshop.errors import WorkshopError

ASSETS = Path(__file__).resolve().parent.parent / "assets" / "pretrain"
SPLITS = ("train", "held_out")
HELD_OUT_EVERY = 6


@dataclass(frozen=True)
class Kind:
    """A kind of fact: what sort of value it has, what it is about, and its phrasings with {s} and {v}."""

    name: str
    value: str
    subject: str
    label: str
    passages: tuple[str, ...]
    questions: tuple[str, ...]

    def phrasings(self, which: str, split: str) -> tuple[str, ...]:
        """Return the passage or question phrasings of a split: every sixth is held out."""
        return split_list(getattr(self, which), split)


def split_list(phrasings: tuple[str, ...], split: str) -> tuple[str, ...]:
    """Return every sixth of a list ("held_out") or all the others ("train")."""
    held = split == "held_out"
    chosen = (one for place, one in enumerate(phrasings) if (place % HELD_OUT_EVERY == HELD_OUT_EVERY - 1) == held)
    return tuple(chosen)


def is_held_out(text: str) -> bool:
    """Tell whether a name or a value is kept for evaluation: one in ten is, always the same ones."""
    return zlib.crc32(text.casefold().encode()) % 10 == 0


@cache
def load_kinds() -> tuple[Kind, ...]:
    """Load all kinds of facts, ordered by file. Raises WorkshopError for a block that can't be read."""
    paths = sorted((ASSETS / "kinds").glob("*.txt"))
    return tuple(kind for path in paths for kind in read_kinds(path.read_text(encoding="utf-8"), path.name))


def read_kinds(text: str, name: str) -> list[Kind]:
    """Read blocks of "# name | value | subject | label", passage phrasings, a line "?", question phrasings."""
    kinds = []
    for block in text.split("# ")[1:]:
        head, *lines = [line for line in block.splitlines() if line]
        fields = [field.strip() for field in head.split("|")]
        if len(fields) != 4 or lines.count("?") != 1:
            raise WorkshopError(
                f"{name}: the block {head!r} can't be read. Expected '# name | value | subject | label', "
                "its passage phrasings, a line with '?' and its question phrasings."
            )
        middle = lines.index("?")
        kinds.append(Kind(*fields, tuple(lines[:middle]), tuple(lines[middle + 1 :])))
    return kinds


@cache
def load_pools() -> dict[str, tuple[str, ...]]:
    """Load the pools of words that names, subjects and values are put together from."""
    lines = (ASSETS / "words.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    return {name: tuple(word.strip() for word in words.split(",")) for name, words in pairs}


@cache
def load_lines(name: str) -> tuple[str, ...]:
    """Load the lines of a text file of the generator, without those that begin with #."""
    lines = (ASSETS / name).read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))
