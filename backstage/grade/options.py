"""What a teacher asks of a grading, and what is said of it in the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backstage.grade.records import Record

MOST_LINES = 20


@dataclass(frozen=True)
class Options:
    """How to grade.

    lesson: only this one. jobs: submissions at once; None: one a core. secret: its file; None: the course's own, else
    one made in the results. unsafe: without the jail. gradebook: nbgrader's database to fill.
    """

    lesson: str | None = None
    jobs: int | None = None
    secret: Path | None = None
    unsafe: bool = False
    gradebook: Path | None = None


@dataclass(frozen=True)
class Summary:
    """What came of it.

    graded: submissions of this run; reused: those of them whose record was there already. records: all that the
    folder holds. unread: those of this run that couldn't be graded, each with its problem. doubts: about who handed in
    what. faults: those of this run for which the grader itself failed.
    """

    folder: Path
    graded: int
    reused: int
    records: int
    unread: tuple[Record, ...]
    doubts: tuple[str, ...] = ()
    faults: tuple[Record, ...] = ()

    def __str__(self) -> str:
        again = f" ({self.reused} of them were graded before)" if self.reused else ""
        unit = "submission" if self.graded == 1 else "submissions"
        more = f" With earlier runs it holds {self.records}." if self.records > self.graded else ""
        lines = [f"{self.graded} {unit} graded{again}: {self.folder / 'overview.html'}, grades.csv.{more}"]
        if self.unread:
            lines.append(f"{len(self.unread)} could not be graded and have 0 points:")
            lines += _first([f"{one.student} {one.lesson or '?'}: {one.problem}" for one in self.unread])
        if self.doubts:
            lines.append("In doubt, look whether each of these is as it should be:")
            lines += _first(self.doubts)
        if self.faults:
            where = self.folder / "for_the_teacher.txt"
            lines.append(f"The grader itself failed; these wait for you, and no points are counted (see {where}):")
            lines += _first([f"{one.student} {one.lesson}: {', '.join(one.open)}" for one in self.faults])
        return "\n".join(lines)


def _first(lines: Sequence[str]) -> list[str]:
    """Return the first lines of a list, moved in, and how many more there are."""
    more = [f"  … and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    return [f"  {line}" for line in lines[:MOST_LINES]] + more
