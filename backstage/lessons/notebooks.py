"""Write the learners' notebooks and the solved ones, the same way every time."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from backstage.lessons.colab import install_cell
from backstage.lessons.source import SLIDES, Cell, checkout, read_lesson
from workshop.checks.registry import LESSONS, Exercise, find_lesson
from workshop.errors import WorkshopError

SOLUTION = re.compile(r"^([ \t]*)# BEGIN SOLUTION[ \t]*\n.*?^[ \t]*# END SOLUTION[ \t]*$", re.DOTALL | re.MULTILINE)
MARKER = re.compile(r"^[ \t]*# (?:BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def write_card(text: str, exercise: Exercise) -> str:
    """Return a card's text with its first line made from the exercise's facts."""
    unit = "point" if exercise.points == 1 else "points"
    stars = "★" * exercise.stars + "☆" * (3 - exercise.stars)
    room = " · in the room" if exercise.room else ""
    facts = f"{stars} · about {exercise.minutes} minutes · {exercise.points} {unit}{room}"
    return f"### {exercise.id} – {exercise.title}\n\n{facts}\n\n" + text.partition("\n")[2].strip("\n")


def hide_solution(text: str, exercise: Exercise) -> str:
    """Return a function's cell with the solution replaced by the stub."""
    stub = rf'\1raise NotImplementedError("Exercise {exercise.id}")'
    return SOLUTION.sub(stub, text)


def show_solution(text: str) -> str:
    """Return a function's cell with the solution and without its markers."""
    return MARKER.sub("", text).rstrip("\n")


def make_notebook(stem: str, cells: Iterable[tuple[Cell, str]]) -> dict:
    """Return an nbformat 4.5 notebook without outputs; ids derive from lesson and ordinal."""
    made = [_make_cell(stem, cell, text) for cell, text in cells]
    first = next((place for place, cell in enumerate(made) if cell["cell_type"] == "code"), len(made))
    made[first:first] = install_cell(stem)
    return {"cells": made, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}


def _make_cell(stem: str, cell: Cell, text: str) -> dict:
    """Return one cell as nbformat wants it."""
    slide = next((tag for tag in cell.tags if tag in SLIDES), "skip")
    tags = [tag for tag in cell.tags if tag not in SLIDES]
    metadata = {"slideshow": {"slide_type": slide}} | ({"tags": tags} if tags else {})
    made = {"cell_type": cell.kind, "id": f"{stem[:2]}-{cell.ordinal:03d}", "metadata": metadata}
    if cell.kind == "code":
        made |= {"execution_count": None, "outputs": []}
    return made | {"source": text.splitlines(keepends=True)}


def make_learner(stem: str, folder: Path | None = None) -> dict:
    """Return the learners' notebook: stubs for solutions, no speaker notes."""
    stem = find_lesson(stem).stem
    kept = [cell for cell in read_lesson(stem, folder) if "notes" not in cell.tags]
    return make_notebook(stem, [(cell, _learner_text(cell)) for cell in kept])


def make_solved(stem: str, folder: Path | None = None) -> dict:
    """Return the solved notebook: solutions written, speaker notes kept for the slides."""
    stem = find_lesson(stem).stem
    return make_notebook(stem, [(cell, _solved_text(cell)) for cell in read_lesson(stem, folder)])


def _learner_text(cell: Cell) -> str:
    """Return what learners see of a cell."""
    if cell.role == "function":
        return hide_solution(cell.text, cell.exercise)
    return _solved_text(cell)


def _solved_text(cell: Cell) -> str:
    """Return a cell's text with card and solution written out."""
    if cell.role == "card":
        return write_card(cell.text, cell.exercise)
    return show_solution(cell.text) if cell.role == "function" else cell.text


def write_json(notebook: dict) -> str:
    """Return a notebook's file content, the same bytes for the same notebook."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def build_all(check: bool = False) -> list[str]:
    """Make notebooks/ and build/solved/ for every lesson; return the paths written.

    check: write nothing into notebooks/, and raise WorkshopError naming every fault: stale notebooks, long
    cells, ids used twice, checks that need a demonstration.
    """
    from backstage.lessons.verify import find_faults

    home, written, stale = checkout(), [], []
    for lesson in LESSONS:
        released = home / "notebooks" / f"{lesson.stem}.ipynb"
        text = write_json(make_learner(lesson.stem))
        if check and (not released.is_file() or released.read_text(encoding="utf-8") != text):
            stale.append(f"{released.name} is not what solutions/{lesson.stem}.py gives. Run: make notebooks")
        solved = home / "build" / "solved" / f"{lesson.stem}.ipynb"
        for path, content in ([] if check else [(released, text)]) + [(solved, write_json(make_solved(lesson.stem)))]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8", newline="\n")
            written.append(path.relative_to(home).as_posix())
    faults = stale + (find_faults() if check else [])
    if faults:
        raise WorkshopError("the notebooks have faults:\n  " + "\n  ".join(faults))
    return written
