"""The pages that people read: one a submission for its student, one overview for the teacher."""

import base64
import functools
import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from backstage.grade.outputs import title_lesson
from backstage.grade.records import Mark, Record
from workshop.checks.registry import LESSONS, Exercise, find_lesson, list_exercises
from workshop.errors import require

ASSETS = Path(__file__).resolve().parent.parent / "assets" / "grade"
POLICY = "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@functools.cache
def _environment() -> Any:
    """Return jinja2 with escaping on, the style sheet, and a policy that lets nothing but it in."""
    jinja2 = require("jinja2", "teach")
    style = (ASSETS / "style.css").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    environment.globals |= {"style": style, "policy": POLICY.format(digest=digest)}
    return environment


def write_feedback(record: Record) -> str:
    """Return the feedback page of one submission: points, and each exercise's diagnosis. No hidden test is on it."""
    exercises = {one.id: one for one in list_exercises(record.lesson)} if record.lesson else {}
    rows = [_row(mark, exercises[mark.exercise]) for mark in record.marks]
    template = _environment().get_template("feedback.html.j2")
    return template.render(record=record, rows=rows, title=title_lesson(record.lesson))


def _row(mark: Mark, exercise: Exercise) -> dict[str, Any]:
    """Return what the page shows of one exercise."""
    status = "not graded" if mark.points is None else "passed" if mark.points == mark.max else "not yet"
    sign = {"not graded": "?", "passed": "✔", "not yet": "✘"}[status]
    return {"mark": mark, "exercise": exercise, "status": status, "sign": sign}


def write_overview(records: Sequence[Record], pages: dict[tuple[str, str], str]) -> str:
    """Return the teacher's page: each exercise's share of passes and usual reasons, then each student's marks."""
    lessons = []
    for lesson in LESSONS:
        kept = [record for record in records if record.lesson == lesson.stem]
        if kept:
            lessons.append({"title": title_lesson(lesson.stem), "records": kept, "exercises": _summary(kept)})
    lost = [record for record in records if not record.lesson]
    template = _environment().get_template("overview.html.j2")
    return template.render(lessons=lessons, lost=lost, pages=pages)


def _summary(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return for each exercise of a lesson how many passed, and the commonest reasons of the others."""
    made = []
    for exercise in list_exercises(find_lesson(records[0].lesson).stem):
        marks = [mark for record in records for mark in record.marks if mark.exercise == exercise.id]
        reasons = Counter(mark.reason for mark in marks if mark.reason)
        common = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:3]
        passed = sum(mark.points == mark.max for mark in marks)
        made.append({"exercise": exercise, "passed": passed, "of": len(marks), "reasons": common})
    return made
