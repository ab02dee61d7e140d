"""The files that a teacher opens: safe to open, the same bytes for the same results, whole or not there."""

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from backstage.grade.names import clean_line, file_names, printable
from backstage.grade.records import Mark, Record
from workshop.checks.registry import find_lesson, list_exercises
from workshop.errors import WorkshopError

MOST_LINES = 40
LONGEST_LINE = 400
LONGEST_REASON = 200
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
FORMULA = re.compile(r"^(\s*[=+\-@＝＋－＠|%])")
FORMULA_BEHIND_A_SEPARATOR = re.compile(r"([;,\t|]\s*)([=+\-@＝＋－＠])")
MADE = "made.json"


def tidy(record: Record) -> Record:
    """Return a record as it may be written: one mark an exercise, texts without control characters, no addresses.

    Where there was a problem, every exercise of the lesson has it as its reason; where that is the grader's own, with
    its trace among the faults, no points count either way.
    """
    problem = _line(record.problem)
    if not record.lesson:
        return _rebuilt(record, (), problem)
    given, marks = {} if problem else {mark.exercise: mark for mark in record.marks}, []
    nothing = None if problem and record.faults else 0
    for exercise in list_exercises(record.lesson):
        mark = given.get(exercise.id, Mark(exercise.id, nothing, exercise.points, problem or "not found", ""))
        points = None if mark.points is None else max(0, min(int(mark.points), exercise.points))
        notes = tuple(map(_line, mark.notes))
        marks.append(Mark(exercise.id, points, exercise.points, _line(mark.reason), _lines(mark.message), notes))
    return _rebuilt(record, tuple(marks), problem)


def _rebuilt(record: Record, marks: tuple[Mark, ...], problem: str) -> Record:
    """Return a record with other marks and a clean problem."""
    notes, remarks = tuple(map(_line, record.notes)), tuple(map(_line, record.remarks))
    facts = {"marks": marks, "problem": problem, "notes": notes, "remarks": remarks, "file": _line(record.file)}
    return replace(record, student=clean_line(record.student), seconds=round(record.seconds, 3), **facts)


def _line(text: str) -> str:
    """Return a text as one clean line."""
    return ADDRESS.sub("0x…", clean_line(text, LONGEST_REASON))


def _lines(text: str) -> str:
    """Return a text of several lines, each of them printable and none too long."""
    kept = [printable(line).rstrip()[:LONGEST_LINE] for line in text.splitlines()[:MOST_LINES]]
    return ADDRESS.sub("0x…", "\n".join(kept))


def defuse(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula, whatever separator it reads; numbers as they are."""
    if not isinstance(value, str):
        return value
    text = FORMULA_BEHIND_A_SEPARATOR.sub(r"\1'\2", clean_line(value, 1000))
    return f"'{text}" if FORMULA.match(text) else text


def write_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV: text quoted, formulas defused."""
    made = io.StringIO()
    writer = csv.writer(made, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([defuse(value) for value in row] for row in rows)
    return made.getvalue()


def write_grades(records: Iterable[Record]) -> str:
    """Return grades.csv: a row for each exercise of each submission."""
    rows = []
    for record in records:
        marks = record.marks or (Mark("", 0, 0, record.problem, ""),)
        rows += [(record.student, record.lesson, m.exercise, _cell(m.points), m.max, m.reason) for m in marks]
    return write_table(("student", "lesson", "exercise", "points", "max", "reason"), rows)


def _cell(points: int | None) -> int | str:
    """Return points as a table has them: an empty cell where none count yet."""
    return "" if points is None else points


def write_faults(records: Iterable[Record]) -> str:
    """Return for_the_teacher.txt: the trace of each of the grader's own errors once, and whom it concerns."""
    concerned: dict[str, list[str]] = {}
    for record in records:
        for fault in record.faults:
            text = ADDRESS.sub("0x…", "\n".join(printable(line) for line in fault.splitlines()))
            concerned.setdefault(text, []).append(f"{record.student}, {record.lesson}")
    parts = [f"{text}\n\nNot graded for that reason:\n  " + "\n  ".join(who) for text, who in concerned.items()]
    return "\n\n\n".join(parts) + "\n" if parts else ""


def write_results(records: Iterable[Record]) -> str:
    """Return results.jsonl: a line a submission, without what differs from run to run."""
    rows = [{k: v for k, v in asdict(record).items() if k not in ("seconds", "faults")} for record in records]
    facts = [{"points": r.points, "max": r.max} for r in records]
    return "".join(json.dumps(row | sums, sort_keys=True) + "\n" for row, sums in zip(rows, facts, strict=True))


def name_pages(records: Iterable[Record]) -> dict[tuple[str, str], str]:
    """Return the path of each submission's feedback page by student and lesson."""
    records = list(records)
    folders = file_names([record.student for record in records])
    return {(r.student, r.lesson): f"feedback/{folders[r.student]}/{r.lesson or 'unknown'}.html" for r in records}


def title_lesson(stem: str) -> str:
    """Return a lesson's number and title."""
    return f"{stem[:2]} {find_lesson(stem).title}" if stem else "a lesson that isn't known"


class Folder:
    """Where the results go. Each file is replaced as a whole; what was there before and is no longer made goes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.private = home / ".grading"
        self._made: list[str] = []

    def write(self, name: str, text: str) -> None:
        """Write a file below the folder; raise WorkshopError where that can't be done."""
        path, new, content = self.home / name, self.private / "new", text.encode("utf-8")
        self._made.append(name)
        try:
            if path.is_file() and path.read_bytes() == content:
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            with new.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except OSError as error:
            raise WorkshopError(
                f"can't write {path}: {error.strerror}. The marks are kept: mend that, and run the same command again."
            ) from None

    def finish(self) -> None:
        """Remove what an earlier run made here and this one didn't."""
        record = self.private / MADE
        try:
            before = json.loads(record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            before = []
        for name in set(before) - set(self._made):
            (self.home / name).unlink(missing_ok=True)
        made, self._made = sorted(self._made), []
        self.write(f".grading/{MADE}", json.dumps(made, indent=0))
        (self.private / "new").unlink(missing_ok=True)
