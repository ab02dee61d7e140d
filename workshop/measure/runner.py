"""Run a measurement's cells side by side, keep the finished ones, and find the module of a lesson."""

import hashlib
import importlib
import json
import os
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

from workshop.errors import unknown
from workshop.score.results import ROOT, input_hash

CACHE = ROOT / "build" / "measure"
WORKERS = 2

Cell = tuple[Any, ...]


def known_stems() -> dict[str, str]:
    """Return the module of each lesson that can be measured, by the lesson's stem."""
    names = (f"workshop.measure.{one.name}" for one in pkgutil.iter_modules([str(Path(__file__).parent)]))
    modules = [importlib.import_module(name) for name in names if not name.endswith("__main__")]
    return {module.STEM: module.__name__ for module in modules if hasattr(module, "STEM")}


def load_module(stem: str) -> ModuleType:
    """Return the module that measures a lesson: it has STEM, INPUTS and measure(short) -> Results.

    Raises WorkshopError for an unknown stem.
    """
    stems = known_stems()
    if stem not in stems:
        raise unknown("lesson to measure", stem, stems)
    return importlib.import_module(stems[stem])


def run_cells(
    function: Callable[..., dict[str, Any]],
    cells: Sequence[Cell],
    *,
    inputs: Iterable[str],
    short: bool = False,
    threads: int = 1,
) -> dict[Cell, dict[str, Any]]:
    """Run a function on every cell of a grid, two processes with one thread each, and return what each gave.

    function: found by its name in its module; takes a cell's fields, returns what JSON can hold. inputs: what it
    depends on; a finished cell is kept under build/ and not run again until one of them changes. short: in this
    process, and nothing is kept. threads: with more than one, a single process has them all and its seconds count.
    """
    if short:
        return {cell: function(*cell) for cell in cells}
    folder = CACHE / function.__name__ / _digest(input_hash(inputs))
    folder.mkdir(parents=True, exist_ok=True)
    done = {cell: _read(_place(folder, cell)) for cell in cells}
    missing = [cell for cell in cells if done[cell] is None]
    for cell, found in _run_side_by_side(function, missing, len(cells), threads):
        _write(_place(folder, cell), found)
        done[cell] = found
    return done


def _run_side_by_side(
    function: Callable[..., dict[str, Any]], cells: Sequence[Cell], total: int, threads: int
) -> Iterable[Any]:
    """Yield (cell, result) as they are finished, under a progress bar with the time left."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    # Read by the libraries as the processes start: two threads on a busy pair of cores were seen seven times slower.
    os.environ["OMP_NUM_THREADS"] = str(threads)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn()) as bar,
        ProcessPoolExecutor(WORKERS if threads == 1 else 1, mp_context=get_context("spawn")) as pool,
    ):
        task = bar.add_task(function.__name__.replace("_", " "), total=total, completed=total - len(cells))
        running = {pool.submit(function, *cell): cell for cell in cells}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
                bar.advance(task)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _place(folder: Path, cell: Cell) -> Path:
    return folder / f"{_digest(cell)}.json"


def _read(path: Path) -> dict[str, Any] | None:
    """Return a finished cell, or None where there is none or the run was stopped while it was written."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write(path: Path, found: dict[str, Any]) -> None:
    path.write_text(json.dumps(found), encoding="utf-8")
