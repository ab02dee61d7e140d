"""Give a learner copies of the lessons to work in, and open JupyterLab on them."""

import os
import shutil
import sys
from pathlib import Path

from workshop.errors import WorkshopError, require

PACKAGE = Path(__file__).resolve().parent
NOTEBOOKS = PACKAGE.parent / "notebooks"
WORK = PACKAGE.parent / "work"
FIRST = "00_start_here.ipynb"
# Lab's own settings folder: a closed notebook stops its kernel, and Lab asks nothing of the network.
LAB_SETTINGS = PACKAGE / "assets" / "jupyterlab"


def copy_missing(source: Path = NOTEBOOKS, work: Path = WORK) -> list[Path]:
    """Copy the notebooks that the work folder lacks; what lies there already is never touched.

    Returns the copies that were made, in order.
    Raises WorkshopError where there are no notebooks or the work folder can't be written.
    """
    lessons = sorted(source.glob("*.ipynb"))
    if not lessons:
        raise WorkshopError(
            f"no notebooks in {source}: they come with the repository, not with the installed package. "
            'Clone the repository, run pip install -e ".[lab]" in it, then workshop lab.'
        )
    missing = [lesson for lesson in lessons if not (work / lesson.name).exists()]
    try:
        work.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.copyfile(lesson, work / lesson.name)) for lesson in missing]
    except OSError as error:
        raise WorkshopError(
            f"can't write into {work}: {error.strerror}. Choose another folder with workshop lab --work DIR."
        ) from None


def lab_arguments(work: Path, *, lesson: str = FIRST, browser: bool = True, port: int | None = None) -> list[str]:
    """Return the arguments that JupyterLab is started with.

    work: its root folder; lesson: the notebook to open; port: without it, JupyterLab finds a free one from 8888.
    """
    arguments = [
        f"--ServerApp.root_dir={work}",
        f"--LabApp.default_url=/lab/tree/{lesson}",
        f"--LabApp.app_settings_dir={LAB_SETTINGS}",
        "--log-level=WARN",
    ]
    if not browser:
        arguments.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")  # in a container there often is nobody else
    if port is not None:
        arguments += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    return arguments


def open_lab(work: Path = WORK, *, browser: bool = True, port: int | None = None) -> None:
    """Copy the missing notebooks and run JupyterLab on the first lesson until it is stopped.

    Raises MissingExtra where JupyterLab is not installed, WorkshopError as `copy_missing` does.
    """
    work = work.expanduser().absolute()
    labapp = require("jupyterlab.labapp", extra="lab")
    made = copy_missing(NOTEBOOKS, work)
    print(f"Your lessons lie in {work}: {len(made)} new, the others left as they were. Ctrl-C stops JupyterLab.")
    sys.stdout.flush()
    labapp.LabApp.launch_instance(lab_arguments(work, browser=browser, port=port))
