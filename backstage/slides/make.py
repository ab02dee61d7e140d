"""Run the solved lessons and write their slides to build/slides/."""

import os
import tempfile
from pathlib import Path

from backstage.lessons.notebooks import make_solved, write_json
from backstage.lessons.source import checkout
from workshop.checks.registry import LESSONS, Lesson, find_lesson
from workshop.errors import WorkshopError, require

CELL_SECONDS = 300


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

    notebook = require("nbformat", "build").reads(write_json(make_solved(lesson.stem)), as_version=4)
    if execute:
        print(f"{lesson.stem}: running the solved notebook for its outputs (up to two minutes) ...", flush=True)
        _run(notebook, lesson.stem)
    path = folder / f"{lesson.stem}.html"
    path.write_text(make_deck(notebook, f"{lesson.stem[:2]} – {lesson.title}"), encoding="utf-8", newline="\n")
    return path


def _run(notebook: dict, stem: str) -> None:
    """Execute the notebook in place, on one thread, in a folder that goes away with all it writes."""
    nbclient = require("nbclient", "build")
    quiet = {"kernel_name": "python3", "extra_arguments": ["--log-level=40"]}
    try:
        with tempfile.TemporaryDirectory() as folder:
            place = {"metadata": {"path": folder}}
            client = nbclient.NotebookClient(notebook, timeout=CELL_SECONDS, resources=place, **quiet)
            client.execute(env=os.environ | {"WORKSHOP_RESULTS": "memory", "OMP_NUM_THREADS": "1"})
    except nbclient.exceptions.CellExecutionError as error:
        raise WorkshopError(
            f"{stem}: a cell of the solved notebook fails, {error.ename}: {error.evalue.partition(chr(10))[0]}. "
            "Run `workshop build --check` to see which."
        ) from None
    except nbclient.exceptions.CellTimeoutError:
        raise WorkshopError(f"{stem}: a cell of the solved notebook runs longer than {CELL_SECONDS} s.") from None
