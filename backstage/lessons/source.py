"""Read a lesson's source: a jupytext percent file with cards, solutions and demonstrations."""

import ast
import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

from workshop.checks.registry import Exercise, find_lesson, list_exercises
from workshop.errors import WorkshopError, require

CARD = re.compile(r"\Acard (\d+\.\d+)[ \t]*$", re.MULTILINE)
DEMONSTRATION = re.compile(r"\A# demonstration \d+\.\d+")
# The tag of such a cell, by which nbgrader and the build leave it out.
TAG = "demonstration"
SLIDES = ("slide", "subslide", "fragment", "notes")


@dataclass(frozen=True)
class Cell:
    """One cell of the source.

    kind: code or markdown. ordinal: its place, counted from 1. tags: as written in the source, and
    `demonstration` where the first line says so. exercise, role: what it belongs to; role is card,
    function or check.
    """

    kind: str
    text: str
    ordinal: int
    tags: tuple[str, ...] = ()
    exercise: Exercise | None = None
    role: str = ""
    names: frozenset[str] = field(default=frozenset(), repr=False)


def checkout() -> Path:
    """Return the folder of the checkout that this package lies in.

    Raises WorkshopError where the package was installed without one.
    """
    folder = Path(__file__).resolve().parents[2]
    if not (folder / "solutions").is_dir():
        raise WorkshopError(
            f"the lessons' sources are not beside the package (looked in {folder}). "
            "Clone the repository and install from there: pip install -e ."
        )
    return folder


def read_lesson(stem: str, folder: Path | None = None) -> list[Cell]:
    """Read a lesson's cells from solutions/STEM.py.

    Raises WorkshopError with file and cell for a card or a check that no exercise stands behind.
    """
    stem = find_lesson(stem).stem
    path = (folder or checkout() / "solutions") / f"{stem}.py"
    if not path.is_file():
        raise WorkshopError(f"there is no source {path}. A lesson in the registry needs one.")
    return list(_parse(path.read_text(encoding="utf-8"), path, stem))


@functools.lru_cache(maxsize=32)
def _parse(text: str, path: Path, stem: str) -> tuple[Cell, ...]:
    """Return the cells of a source's text: a build reads each lesson several times."""
    notebook = require("jupytext", "build").reads(text, fmt="py:percent")
    exercises = {exercise.id: exercise for exercise in list_exercises(stem)}
    return tuple(_read_cell(cell, ordinal, exercises, path) for ordinal, cell in enumerate(notebook.cells, start=1))


def _read_cell(cell: dict, ordinal: int, exercises: dict[str, Exercise], path: Path) -> Cell:
    """Make a Cell of a jupytext cell: find its exercise and its role."""
    text, tags = cell["source"].strip("\n"), tuple(cell["metadata"].get("tags", ()))
    if cell["cell_type"] == "markdown":
        card = CARD.match(text)
        if card and card[1] not in exercises:
            raise WorkshopError(
                f"{path}, cell {ordinal}: there is no exercise {card[1]}. Register it in workshop/exercises."
            )
        found = exercises[card[1]] if card else None
        return Cell("markdown", text, ordinal, tags, found, "card" if card else "")
    if DEMONSTRATION.match(text):
        tags = (*tags, TAG)
    names = _defined(text, path, ordinal)
    by_function = {exercise.function: exercise for exercise in exercises.values()}
    for name in names:
        if name in by_function and "# BEGIN SOLUTION" in text:
            return Cell("code", text, ordinal, tags, by_function[name], "function", names)
    called = re.match(r"check\.\w+\.(\w+)\(", text)
    if called:
        if called[1] not in by_function:
            raise WorkshopError(f"{path}, cell {ordinal}: no exercise has a function {called[1]!r}.")
        return Cell("code", text, ordinal, tags, by_function[called[1]], "check", names)
    return Cell("code", text, ordinal, tags, None, "", names)


def _defined(text: str, path: Path, ordinal: int) -> frozenset[str]:
    """Return the names of the functions that a code cell defines."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise WorkshopError(f"{path}, cell {ordinal}, line {error.lineno}: {error.msg}.") from None
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def read_functions(stem: str, folder: Path | None = None) -> dict[str, str]:
    """Return the source of each exercise's solution by exercise id, as one cell that can be executed."""
    found = {cell.exercise.id: cell.text for cell in read_lesson(stem, folder) if cell.role == "function"}
    missing = [exercise.id for exercise in list_exercises(stem) if exercise.id not in found]
    if missing:
        raise WorkshopError(f"solutions/{find_lesson(stem).stem}.py has no solution for exercise {', '.join(missing)}.")
    return found
