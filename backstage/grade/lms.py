"""Points as the gradebooks of Canvas and Moodle import them."""

import html
from collections.abc import Sequence

from backstage.grade.outputs import title_lesson, write_table
from backstage.grade.records import Mark, Record
from workshop.checks.registry import LESSONS, list_exercises


def write_canvas(records: Sequence[Record]) -> str:
    """Return Canvas's gradebook CSV: a row a student, a column a lesson.

    Students whose file names carried Canvas's number are found by ID, others by login. Where something waits for the
    teacher the cell is empty.
    """
    stems = [lesson.stem for lesson in LESSONS if any(record.lesson == lesson.stem for record in records)]
    header = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *map(title_lesson, stems))
    possible = [sum(exercise.points for exercise in list_exercises(stem)) for stem in stems]
    rows: list[tuple] = [("Points Possible", "", "", "", "", *possible)]
    points = {(one.student, one.lesson): "" if one.open else one.points for one in records if one.lesson}
    for student, account in sorted({record.student: record.account for record in records}.items()):
        number = account.removeprefix("canvas:") if account.startswith("canvas:") else ""
        name = student.removesuffix(f"_{number}") if number else student
        scores = [points.get((student, stem), "") for stem in stems]
        rows.append((name, int(number) if number else "", "", "" if number else student, "", *scores))
    return write_table(header, rows)


def write_moodle(records: Sequence[Record], stem: str) -> str:
    """Return Moodle's grading worksheet of one lesson: identifier, name, grade, and a line of feedback.

    Moodle shows feedback as HTML, so it is escaped.
    """
    header = ("Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments")
    rows = []
    for record in records:
        if record.lesson == stem:
            number = record.account.removeprefix("moodle:") if record.account.startswith("moodle:") else ""
            name = record.student.removesuffix(f"_{number}") if number else record.student
            identifier = f"Participant {number}" if number else record.student
            points = "" if record.open else record.points
            rows.append((identifier, name, points, record.max, html.escape(_comment(record))))
    return write_table(header, rows)


def _comment(record: Record) -> str:
    """Return a submission's marks in one line."""
    if record.problem:
        return record.problem
    parts = [f"{m.exercise}: {_share(m)}{f' ({m.reason})' if m.reason else ''}" for m in record.marks]
    return " · ".join(parts)


def _share(mark: Mark) -> str:
    """Return a mark's points as they are said."""
    return "open" if mark.points is None else f"{mark.points} of {mark.max}"
