"""Points as the gradebooks of Canvas and Moodle import them."""

import html
from collections.abc import Sequence

from backstage.grade.outputs import title_lesson, write_table
from backstage.grade.records import Record
from workshop.checks.registry import LESSONS, list_exercises


def write_canvas(records: Sequence[Record]) -> str:
    """Return Canvas's gradebook CSV: a row a student, a column a lesson.

    Students whose file names carried Canvas's number are found by ID, others by login.
    """
    stems = [lesson.stem for lesson in LESSONS if any(record.lesson == lesson.stem for record in records)]
    header = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *map(title_lesson, stems))
    possible = [sum(exercise.points for exercise in list_exercises(stem)) for stem in stems]
    rows: list[tuple] = [("Points Possible", "", "", "", "", *possible)]
    points = {(record.student, record.lesson): record.points for record in records if record.lesson}
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
            rows.append((identifier, name, record.points, record.max, html.escape(_comment(record))))
    return write_table(header, rows)


def _comment(record: Record) -> str:
    """Return a submission's marks in one line."""
    if record.problem:
        return record.problem
    parts = [f"{m.exercise}: {m.points} of {m.max}{f' ({m.reason})' if m.reason else ''}" for m in record.marks]
    return " · ".join(parts)
