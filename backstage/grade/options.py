"""What a teacher asks of a grading, and what is said of it in the end."""

from dataclasses import dataclass
from pathlib import Path

from backstage.grade.records import Record


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
    folder holds. unread: those of this run that couldn't be graded, each with its problem.
    """

    folder: Path
    graded: int
    reused: int
    records: int
    unread: tuple[Record, ...]

    def __str__(self) -> str:
        again = f" ({self.reused} of them were graded before)" if self.reused else ""
        unit = "submission" if self.graded == 1 else "submissions"
        more = f" With earlier runs it holds {self.records}." if self.records > self.graded else ""
        lines = [f"{self.graded} {unit} graded{again}: {self.folder / 'overview.html'}, grades.csv.{more}"]
        if self.unread:
            lines.append(f"{len(self.unread)} could not be graded and have 0 points:")
            lines += [f"  {one.student} {one.lesson or '?'}: {one.problem}" for one in self.unread[:20]]
            lines += [f"  … and {len(self.unread) - 20} more, see grades.csv"] if len(self.unread) > 20 else []
        return "\n".join(lines)
