"""Kinds of facts, each with many ways to state it and to ask for it, and the lists of words."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workshop.errors import WorkshopError

LISTS = Path(__file__).resolve().parent / "lists"
KINDS = ("amounts", "limits", "money", "people", "times", "ways")


@dataclass(frozen=True)
class Kind:
    """A kind of fact: the sort of its value, the list of its subjects, its phrasings with {s} and {v}."""

    name: str
    value: str
    subject: str
    label: str
    passages: tuple[str, ...]
    questions: tuple[str, ...]


@cache
def load_kinds() -> tuple[Kind, ...]:
    """Load all kinds of facts, ordered by file. Raises WorkshopError for a block that can't be read."""
    paths = [LISTS / f"{name}.txt" for name in KINDS]
    return tuple(kind for path in paths for kind in read_kinds(path.read_text(encoding="utf-8"), path.name))


def read_kinds(text: str, name: str) -> list[Kind]:
    """Read blocks of "# name | value | subject | label", passage phrasings, a line "?", question phrasings.

    Raises WorkshopError, with the file's name, for a block of another form.
    """
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
def load_words() -> dict[str, tuple[str, ...]]:
    """Load the lists of words, by name, that names, subjects and values are put together from."""
    lines = (LISTS / "words.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    return {name: tuple(word.strip() for word in words.split(",")) for name, words in pairs}


@cache
def load_fillers() -> tuple[str, ...]:
    """Load sentences that state nothing."""
    return tuple((LISTS / "fillers.txt").read_text(encoding="utf-8").splitlines())
