"""What grading passes on: a submission, its marks, its record. Plain data, nothing of a student's runs here."""

import json
from dataclasses import asdict, dataclass

from workshop.errors import WorkshopError


@dataclass(frozen=True)
class Mark:
    """One exercise of one submission.

    exercise: its id. points: given, of max; None where the grader itself failed, so that no points count until the
    teacher has looked. reason: one line: "", "not written", "wrong: LIKELY", "stopped: overran 20 s", "not found" ...
    message: the visible check's diagnosis, never a hidden test's; "" where it passed. notes: remarks for the student
    ("defined twice: the last one counts").
    """

    exercise: str
    points: int | None
    max: int
    reason: str
    message: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """What grading one submission gave.

    digest: SHA-256 over the submission's bytes, the package and the secret; "" where another run grades it again.
    problem: why nothing could be graded; "" where it could. seconds: of wall clock. account: how an LMS knows the
    student ("canvas:1234"), or "". notes: for the student, on how it was found. file: what was graded, as the student
    calls it. remarks: for the student, on what running it showed. faults: traces of the grader's own errors, for the
    teacher alone.
    """

    student: str
    lesson: str
    digest: str
    marks: tuple[Mark, ...]
    problem: str = ""
    seconds: float = 0.0
    account: str = ""
    notes: tuple[str, ...] = ()
    file: str = ""
    remarks: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        """The points given in all."""
        return sum(mark.points or 0 for mark in self.marks)

    @property
    def max(self) -> int:
        """The points that could be had."""
        return sum(mark.max for mark in self.marks)

    @property
    def open(self) -> tuple[str, ...]:
        """The exercises that wait for the teacher, since the grader itself failed."""
        return tuple(mark.exercise for mark in self.marks if mark.points is None)


@dataclass(frozen=True)
class Submission:
    """One notebook that was handed in, as bytes.

    origin: where it was found, for messages. problem: why it can't be read (too large, a corrupt zip ...); it still
    gets a record. content: None where there is a problem.
    """

    student: str
    lesson: str
    content: bytes | None
    origin: str
    problem: str = ""


def write_record(record: Record) -> str:
    """Return a record as one line of JSON, ASCII, without the line's end."""
    return json.dumps(asdict(record), sort_keys=True)


def read_record(line: str) -> Record:
    """Return the record that `write_record` wrote; raise WorkshopError where the line is none."""
    try:
        facts = json.loads(line)
        marks = tuple(Mark(**mark | {"notes": tuple(mark["notes"])}) for mark in facts.pop("marks"))
        several = {name: tuple(facts[name]) for name in ("notes", "remarks", "faults")}
        return Record(**facts | several, marks=marks)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise WorkshopError(f"not a record of grading: {line[:80]!r}. Remove the line, and grade again.") from None
