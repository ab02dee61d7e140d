"""Run the solved lessons and write their slides to build/slides/."""

import tempfile
from pathlib import Path

from backstage.lessons.execute import execute as run_notebook
from backstage.lessons.execute import read_node
from backstage.lessons.notebooks import make_solved
from backstage.lessons.source import checkout
from workshop.checks.registry import LESSONS, Lesson, find_lesson
from workshop.errors import require


def make_slides(stem: str | None = None, execute: bool = True, folder: Path | None = None) -> list[Path]:
    """Write the slides of a lesson, or of every lesson that has some; return the files.

    stem: a lesson's stem, number or name. execute: run the solved notebook for its outputs (up to two minutes a
    lesson). folder: where the files go; without it build/slides/. Raises WorkshopError where a cell fails.
    """
    for module in ("nbclient", "nbconvert", "latex2mathml"):
        require(module, "build")
    folder = folder or checkout() / "build" / "slides"
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(lesson, execute, folder) for lesson in ([find_lesson(stem)] if stem else LESSONS)]


def _write(lesson: Lesson, execute: bool, folder: Path) -> Path:
    """Write one lesson's slides."""
    from backstage.slides.deck import make_deck

    solved = make_solved(lesson.stem)
    if execute:
        print(f"{lesson.stem}: running the solved notebook for its outputs (up to two minutes) ...", flush=True)
        with tempfile.TemporaryDirectory() as place:
            node = run_notebook(solved, f"{lesson.stem}, solved", folder=Path(place)).notebook
    else:
        node = read_node(solved)
    path = folder / f"{lesson.stem}.html"
    path.write_text(make_deck(node, f"{lesson.stem[:2]} – {lesson.title}"), encoding="utf-8", newline="\n")
    return path
