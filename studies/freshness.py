"""What a result was made from, by logical name, and whether it still is what it was."""

import functools
from collections.abc import Iterable
from pathlib import Path

from backstage.fingerprint import hash_input
from workshop.errors import WorkshopError, unknown

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("workshop", "backstage", "studies", "solutions")
PASSED_OVER = ("__pycache__", "results", "runs")


@functools.cache
def _list_places(root: Path) -> tuple[tuple[tuple[str, ...], Path], ...]:
    """Return every file and folder of the rooms that can be an input, each with the parts of its name."""
    found = []
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            parts = path.relative_to(root).parts
            if not any(part in PASSED_OVER or part.startswith(".") for part in parts) and path.name != "__init__.py":
                found.append((path.relative_to(root).with_suffix("").parts, path))
    return tuple(found)


def find_input(name: str, root: Path = ROOT) -> Path:
    """Return the file or folder that a logical name stands for, wherever in the repository it lies.

    name: the file's name without its ending, with as many folders before it as tell it from others ("glove",
    "exercises/word_embeddings"). Raises WorkshopError where nothing or more than one thing has that name.
    """
    parts = tuple(name.split("/"))
    found = [path for place, path in _list_places(root) if place[-len(parts) :] == parts]
    if not found:
        raise unknown("input of a measurement", name, {place[-1] for place, _ in _list_places(root)})
    if len(found) > 1:
        places = ", ".join(path.relative_to(root).as_posix() for path in found)
        raise WorkshopError(f"the input {name!r} may be any of {places}. Put the folder before it: FOLDER/{name}.")
    return found[0]


def hash_inputs(names: Iterable[str], root: Path = ROOT) -> dict[str, str]:
    """Return the digest of each input by its logical name: code by what it does, data by its bytes."""
    return {name: hash_input(find_input(name, root)) for name in sorted(names)}


def list_changes(kept: dict[str, str], names: Iterable[str], root: Path = ROOT) -> list[str]:
    """Return the inputs that a result was made from otherwise: changed since, no longer used, or not used then.

    kept: digests by logical name, as the result has them. names: what its study depends on today.
    """
    now = hash_inputs(names, root)
    return sorted(name for name in kept.keys() | now.keys() if kept.get(name) != now.get(name))
