"""The nbgrader side of an exercise's cells: ids, metadata, hidden tests."""

from typing import Any

from backstage.grade.jail.notebook import ANSWER_ID
from backstage.lessons.notebooks import make_notebook, show_solution, write_card
from backstage.lessons.source import Cell, read_lesson
from workshop.checks.registry import Exercise, find_lesson

HIDDEN = """### BEGIN HIDDEN TESTS
from backstage.hidden import run as run_hidden_tests

run_hidden_tests("{id}", {function})
### END HIDDEN TESTS"""


def grade_id(exercise: Exercise, role: str) -> str:
    """Return nbgrader's name of an exercise's cell, without dots: ex-4-4 for its function, check-4-4 for its check."""
    prefix = {"function": ANSWER_ID, "check": "check-"}[role]
    return prefix + exercise.id.replace(".", "-")


def nbgrader_facts(exercise: Exercise, role: str) -> dict[str, Any]:
    """Return the nbgrader metadata of an exercise's function or check."""
    graded = role == "check"
    points = {"points": exercise.points} if graded else {}
    facts = {"grade": graded, "grade_id": grade_id(exercise, role), "locked": graded, "schema_version": 3}
    return facts | {"solution": not graded, "task": False} | points


def make_source(stem: str) -> dict:
    """Return a lesson's notebook for nbgrader's source folder: solutions marked, hidden tests under each check."""
    stem = find_lesson(stem).stem
    kept = [cell for cell in read_lesson(stem) if "notes" not in cell.tags]
    notebook = make_notebook(stem, [(cell, _source_text(cell)) for cell in kept])
    made = {cell["id"]: cell for cell in notebook["cells"]}
    for cell in kept:
        if cell.role in ("function", "check"):
            made[f"{stem[:2]}-{cell.ordinal:03d}"]["metadata"]["nbgrader"] = nbgrader_facts(cell.exercise, cell.role)
    return notebook


def _source_text(cell: Cell) -> str:
    """Return a cell's text as nbgrader wants it."""
    if cell.role == "card":
        return write_card(cell.text, cell.exercise)
    if cell.role == "check":
        hidden = HIDDEN.format(id=cell.exercise.id, function=cell.exercise.function)
        return f"{cell.text}\n{hidden}"
    return cell.text if cell.role == "function" else show_solution(cell.text)
