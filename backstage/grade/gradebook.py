"""Write the marks into nbgrader's gradebook, so that formgrader and `nbgrader export` show the same."""

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backstage.course.cells import grade_id, nbgrader_facts
from backstage.course.config import NAME
from backstage.grade.files import UnreadableError, read_file
from backstage.grade.outputs import defuse, title_lesson
from backstage.grade.records import Mark, Record
from backstage.lessons.notebooks import KERNEL, write_json
from workshop.checks.registry import list_exercises
from workshop.errors import WorkshopError, require

MADE = "made_by_workshop_grade"
NO_RESPONSE = "No response."


def fill_gradebook(path: Path, records: Iterable[Record]) -> None:
    """Write every record's points as nbgrader's automatic scores; scores given by hand stay.

    What waits for the teacher has no score and asks for one by hand.

    path: its database; made where there is none. In a course's folder it also writes autograded/, which formgrader
    looks for, from the marks alone: nothing of the submission is in it.
    Raises WorkshopError where the gradebook can't be written or has other exercises.
    """
    api, records = require("nbgrader.api", "teach"), list(records)
    path = Path(path).expanduser().absolute()
    database = require("sqlalchemy.exc", "teach").SQLAlchemyError
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _at_ease(), api.Gradebook(f"sqlite:///{path}") as gradebook:
            for stem in sorted({record.lesson for record in records}):
                _prepare(api, gradebook, stem, path)
            for record in records:
                _fill(gradebook, record, path.parent)
            gradebook.db.commit()
        if (path.parent / NAME).is_file():
            for record in records:
                _write_autograded(path.parent, record)
    except (OSError, database) as error:
        why = " ".join(str(error).split())[:200]
        raise WorkshopError(
            f"can't write the gradebook {path}: {why}. Close what else uses it, or give another --gradebook."
        ) from None


@contextmanager
def _at_ease() -> Iterator[None]:
    """Let nbgrader find `alembic`, which it calls by name, where no environment is activated too; hush its warnings."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join(filter(None, [str(Path(sys.executable).parent), before]))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.environ["PATH"] = before


def _prepare(api: Any, gradebook: Any, stem: str, path: Path) -> None:
    """Make the lesson in a gradebook that lacks it; raise WorkshopError where it has other exercises or points."""
    wanted = {grade_id(one, "check"): float(one.points) for one in list_exercises(stem)}
    try:
        cells = gradebook.find_notebook(stem, stem).grade_cells
    except api.MissingEntry:
        cells = _make(gradebook, stem)
    if {cell.name: cell.max_score for cell in cells} != wanted:
        raise WorkshopError(
            f"the gradebook {path} has other exercises or points for {stem} than this version of the workshop. "
            "Make a new course with `workshop course DIR`, or give another --gradebook."
        )


def _make(gradebook: Any, stem: str) -> list[Any]:
    """Make a lesson's assignment, notebook and cells; return those that carry points."""
    gradebook.update_or_create_assignment(stem)
    gradebook.update_or_create_notebook(stem, stem)
    for one in list_exercises(stem):
        gradebook.update_or_create_solution_cell(grade_id(one, "function"), stem, stem)
        gradebook.update_or_create_grade_cell(
            grade_id(one, "check"), stem, stem, max_score=float(one.points), cell_type="code"
        )
    return gradebook.find_notebook(stem, stem).grade_cells


def _fill(gradebook: Any, record: Record, course: Path) -> None:
    """Write one record's scores and comments."""
    student, time = defuse(record.student), _read_time(course, record)  # export writes it into a CSV as it is
    gradebook.update_or_create_student(student)
    submission = gradebook.update_or_create_submission(record.lesson, student, **({"timestamp": time} if time else {}))
    exercises = {one.id: one for one in list_exercises(record.lesson)}
    marks = {grade_id(exercises[mark.exercise], "check"): mark for mark in record.marks}
    answers = {grade_id(exercises[mark.exercise], "function"): mark for mark in record.marks}
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            if grade.name in marks:
                points = marks[grade.name].points
                grade.auto_score = None if points is None else float(points)
                grade.needs_manual_grade = grade.manual_score is not None or points is None
        for comment in notebook.comments:
            if comment.name in answers:
                comment.auto_comment = NO_RESPONSE if answers[comment.name].reason == "not written" else None


def _read_time(course: Path, record: Record) -> str:
    """Return when nbgrader says the submission was handed in, or ""."""
    if not _is_folder(record.student):
        return ""
    try:
        text = read_file(course / "submitted" / record.student / record.lesson / "timestamp.txt")[:64]
        utils = require("nbgrader.utils", "teach")
        return str(utils.parse_utc(text.decode("ascii").strip())) if text.strip() else ""
    except (UnreadableError, ValueError, OverflowError, AttributeError):
        return ""


def _is_folder(student: str) -> bool:
    """Tell whether a student's name can be a folder of the course as it is."""
    return defuse(student) == student and not ("/" in student or "\\" in student or student.startswith("."))


def _write_autograded(course: Path, record: Record) -> None:
    """Write autograded/STUDENT/LESSON/LESSON.ipynb from the marks, unless nbgrader's own lies there."""
    if not _is_folder(record.student):
        return
    path = course / "autograded" / record.student / record.lesson / f"{record.lesson}.ipynb"
    if path.is_file() and MADE.encode() not in path.read_bytes():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(write_json(_make_notebook(record)), encoding="utf-8", newline="\n")
    new.replace(path)


def _make_notebook(record: Record) -> dict:
    """Return a notebook with a cell for each exercise and its check, as formgrader expects them."""
    about = f"# {title_lesson(record.lesson)}\n\nMarks by `workshop grade`. The notebook itself lies in submitted/."
    cells: list[dict] = [{"cell_type": "markdown", "id": "about", "metadata": {}, "source": about}]
    marks: dict[str, Mark] = {mark.exercise: mark for mark in record.marks}
    for one in list_exercises(record.lesson):
        mark = marks[one.id]
        said = mark.message or mark.reason or "passed"
        notes = "".join(f"Note: {note}.\n" for note in mark.notes)
        texts = {
            "function": f"# {one.heading}: {one.function}",
            "check": f"# {'?' if mark.points is None else mark.points} of {mark.max} points",
        }
        outputs = [{"output_type": "stream", "name": "stdout", "text": f"{said}\n{notes}"}]
        for role, source in texts.items():
            metadata = {"nbgrader": nbgrader_facts(one, role)}
            cell = {"cell_type": "code", "id": grade_id(one, role), "metadata": metadata, "execution_count": None}
            cells.append(cell | {"outputs": outputs if role == "check" else [], "source": source})
    metadata = KERNEL | {"workshop": {MADE: True}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
