"""Write the course's folder: sources, configuration, secret; then let nbgrader make releases and gradebook."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backstage.course.cells import make_source
from backstage.course.config import NAME, SECRET, write_config
from backstage.hidden import make_secret
from backstage.lessons.notebooks import write_json
from workshop.checks.registry import LESSONS, find_lesson, list_exercises
from workshop.errors import WorkshopError, require

MADE = ".made_by_workshop.json"
IGNORED = f"{SECRET}\ngradebook.db\nsubmitted/\nautograded/\nfeedback/\n"


@dataclass(frozen=True)
class Course:
    """What `make_course` made.

    lessons: those of the course; points: in all. released: the lessons whose release is new. kept: files that
    the teacher has changed and that were left as they are.
    """

    folder: Path
    lessons: tuple[str, ...]
    points: int
    released: tuple[str, ...]
    kept: tuple[str, ...] = ()

    def __str__(self) -> str:
        new = f"released {', '.join(self.released)}" if self.released else "nothing new to release"
        count, unit = len(self.lessons), "lesson" if len(self.lessons) == 1 else "lessons"
        kept = f" Kept as you changed them: {', '.join(self.kept)}." if self.kept else ""
        return (
            f"nbgrader course in {self.folder}: {count} {unit}, {self.points} points, {new}.{kept} "
            f"Back up {SECRET}: the hidden tests come from it."
        )


def make_course(folder: Path, lessons: Sequence[str] | None = None) -> Course:
    """Make an nbgrader course of every lesson with exercises, or bring an existing one up to date.

    lessons: stems, numbers or names of those to include; without it all. Submissions, gradebook, secret,
    configuration and sources that the teacher changed are never overwritten.
    Raises WorkshopError where the folder can't be used or nbgrader refuses.
    """
    require("nbgrader", "teach")
    folder = Path(folder).expanduser().absolute()
    wanted = [find_lesson(name) for name in lessons] if lessons else LESSONS
    stems = [lesson.stem for lesson in wanted if list_exercises(lesson.stem)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        make_secret(folder / SECRET)
        _write_new(folder / NAME, write_config())
        _write_new(folder / ".gitignore", IGNORED)
        kept = _write_sources(folder, stems)
    except OSError as error:
        raise WorkshopError(
            f"can't make a course in {folder}: {error.strerror}. Give a folder that you may write to."
        ) from None
    released = [stem for stem in stems if release(folder, stem)]
    points = sum(exercise.points for stem in stems for exercise in list_exercises(stem))
    return Course(folder, tuple(stems), points, tuple(released), tuple(kept))


def _write_new(path: Path, text: str) -> None:
    """Write a file that isn't there yet."""
    if not path.exists():
        path.write_text(text, encoding="utf-8", newline="\n")


def _write_sources(folder: Path, stems: list[str]) -> list[str]:
    """Write source/STEM/STEM.ipynb; return those that were left because the teacher changed them."""
    record = folder / MADE
    made, kept = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}, []
    for stem in stems:
        path, text = _notebook(folder, "source", stem), write_json(make_source(stem))
        if path.is_file() and _digest(path.read_bytes()) not in (made.get(stem), _digest(text.encode())):
            kept.append(path.relative_to(folder).as_posix())
            continue
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        made[stem] = _digest(text.encode())
    record.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return kept


def _notebook(folder: Path, part: str, stem: str) -> Path:
    """Return the path of a lesson's notebook in a part of the course."""
    return folder / part / stem / f"{stem}.ipynb"


def _digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def release(folder: Path, stem: str) -> bool:
    """Let nbgrader make a lesson's release where it is missing or older than its source; return whether it did.

    Raises WorkshopError with nbgrader's own last words where it refuses.
    """
    source, released = _notebook(folder, "source", stem), _notebook(folder, "release", stem)
    if released.is_file() and released.stat().st_mtime >= source.stat().st_mtime:
        return False
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", stem, "--force"],
        cwd=folder,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not released.is_file():
        words = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        said = " | ".join(words[-3:]) or f"exit status {done.returncode}"
        raise WorkshopError(
            f"nbgrader can't release {stem}: {said}. Once students have handed in, exercises can't be added or "
            "removed: make a new course in another folder for that."
        )
    return True
