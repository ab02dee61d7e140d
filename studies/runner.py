"""Run a study's cells side by side, keep every finished one in studies/runs/, and find a study by its stem."""

import contextlib
import dataclasses
import hashlib
import importlib
import json
import os
import pkgutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

from studies.freshness import ROOT, hash_inputs, list_changes
from studies.keep import read_measured, round_numbers, write_results
from workshop.errors import WorkshopError, unknown

RUNS = ROOT / "studies" / "runs"
WORKERS = 2
# What a run gives anew each time, however little its code has changed.
UNSTEADY = ("seconds",)

Cell = tuple[Any, ...]
Found = dict[str, Any]


def known_stems() -> dict[str, str]:
    """Return the module of every study by its stem: modules of this folder, or `study` in a folder of their own."""
    here = Path(__file__).parent
    parts = pkgutil.iter_modules([str(here)])
    found = [one for one in parts if not one.ispkg or (here / one.name / "study.py").exists()]
    names = [f"studies.{one.name}" + (".study" if one.ispkg else "") for one in found]
    modules = [importlib.import_module(name) for name in names if not name.endswith("__main__")]
    return {module.STEM: module.__name__ for module in modules if hasattr(module, "STEM")}


def load_study(stem: str) -> ModuleType:
    """Return the module of a study: it has STEM, INPUTS and measure(short) -> Results; KINDS where it has cells.

    Raises WorkshopError for an unknown stem.
    """
    stems = known_stems()
    if stem not in stems:
        raise unknown("study", stem, stems)
    return importlib.import_module(stems[stem])


def find_changes(stem: str) -> list[str]:
    """Return the inputs of a study that are no longer what its results were made from; empty where they are fresh.

    Raises WorkshopError where nothing was measured.
    """
    return list_changes(read_measured(stem).inputs, load_study(stem).INPUTS)


def run_cells(
    function: Callable[..., Found],
    cells: Sequence[Cell],
    *,
    stem: str,
    inputs: Iterable[str],
    short: bool = False,
    threads: int = 1,
    workers: int | None = None,
) -> dict[Cell, Found]:
    """Run a function on every cell of a grid, two processes with one thread each, and return what each gave.

    function: found by its name in its module; takes a cell's fields, returns what JSON can hold. stem: the study, whose
    file in studies/runs/ gets a line for each finished run; what is there is not run again until one of the inputs,
    logical names, changes. short: in this process, and nothing is kept. threads: with more than one, a single process
    has them all and its seconds count. workers: how many processes, where a model in each takes too much memory.
    """
    if short:
        return {cell: function(*cell) for cell in cells}
    path, digest = RUNS / f"{stem}.jsonl", digest_inputs(inputs)
    kept = {_key(line): line for line in read_runs(path) if line["inputs"] == digest}
    keys = {cell: (function.__name__, json.dumps(cell)) for cell in cells}
    missing = [cell for cell in cells if keys[cell] not in kept]
    path.parent.mkdir(parents=True, exist_ok=True)
    for cell, found, seconds in _run_side_by_side(function, missing, len(cells), threads, workers):
        line = {"kind": function.__name__, "cell": cell, "inputs": digest, "wall_seconds": seconds, "found": found}
        kept[keys[cell]] = _plain(line)
        with path.open("a", encoding="utf-8") as file:
            file.write(_write_line(kept[keys[cell]]))
    stale = {_key(line) for line in read_runs(path) if line["inputs"] != digest and line["kind"] == function.__name__}
    write_runs(path, [*(line for line in read_runs(path) if _key(line) not in stale | kept.keys()), *kept.values()])
    return {cell: kept[keys[cell]]["found"] for cell in cells}


def accept(stem: str) -> list[str]:
    """Run the shortest kept cell of every kind again and renew the digests where every kept digit is the same.

    A kind is a function with the names among a cell's fields: each method of a comparison is run. For a change of code
    that changes no figure. Returns a line for each kind. Raises WorkshopError where a digit differs, and where nothing
    is kept that could be run again.
    """
    study, path = load_study(stem), RUNS / f"{stem}.jsonl"
    lines, said = read_runs(path), []
    for function, inputs in getattr(study, "KINDS", {}).items():
        mine = [line for line in lines if line["kind"] == function.__name__]
        if not mine:
            raise _not_kept(stem, function.__name__)
        for shortest in _find_shortest(mine):
            _compare(shortest, _plain(function(*shortest["cell"])), stem)
            said.append(f"{function.__name__}{tuple(shortest['cell'])}: every kept digit is the same")
        for line in mine:
            line["inputs"] = digest_inputs(inputs)
    if not said:
        raise _not_kept(stem, "any cell")
    write_runs(path, lines)
    write_results(dataclasses.replace(read_measured(stem), inputs=hash_inputs(study.INPUTS)))
    return said


def _find_shortest(lines: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return of a function's runs the shortest for each combination of names among its fields."""
    found: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for line in sorted(lines, key=lambda line: line["wall_seconds"]):
        found.setdefault(tuple(field for field in line["cell"] if isinstance(field, str)), line)
    return list(found.values())


def _not_kept(stem: str, kind: str) -> WorkshopError:
    return WorkshopError(
        f"no run of {kind} is kept for {stem}, so there is nothing to compare with. Measure it: make measure "
        f"STEMS={stem}"
    )


def _compare(line: Mapping[str, Any], found: Found, stem: str) -> None:
    """Raise WorkshopError where a run gives anything else than the kept one did."""
    kept = line["found"]
    names = [name for name in kept.keys() | found.keys() if name not in UNSTEADY and kept.get(name) != found.get(name)]
    if names:
        raise WorkshopError(
            f"{line['kind']}{tuple(line['cell'])} gives another {', '.join(sorted(names))} than before: the change "
            f"is more than a rewording. Measure again: make measure STEMS={stem}"
        )


def digest_inputs(names: Iterable[str]) -> str:
    """Return one short digest of all inputs of a kind of run."""
    return hashlib.sha256(json.dumps(hash_inputs(names), sort_keys=True).encode()).hexdigest()[:16]


def read_runs(path: Path) -> list[dict[str, Any]]:
    """Return the kept runs of a study, in order; a line that a stop has cut is left out."""
    lines = []
    if path.is_file():
        for text in path.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):
                lines.append(json.loads(text))
    return lines


def write_runs(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write the runs of a study, sorted, in one step."""
    beside = path.with_suffix(".new")
    beside.write_text("".join(map(_write_line, sorted(lines, key=_key))), encoding="utf-8")
    os.replace(beside, path)


def _write_line(line: Mapping[str, Any]) -> str:
    return json.dumps(line, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def _key(line: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a run is known by: its kind and its settings."""
    return line["kind"], json.dumps(line["cell"])


def _plain(value: Any) -> Any:
    """Return a value as it will be read again."""
    return json.loads(json.dumps(round_numbers(value)))


def _run_side_by_side(
    function: Callable[..., Found], cells: Sequence[Cell], total: int, threads: int, workers: int | None
) -> Iterator[tuple[Cell, Found, float]]:
    """Yield (cell, result, seconds) as they are finished, under a progress bar with the time left."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    workers = workers or (WORKERS if threads == 1 else 1)
    with (
        Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn()) as bar,
        _threads_of_children(threads),
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
    ):
        task = bar.add_task(function.__name__.replace("_", " "), total=total, completed=total - len(cells))
        running = {pool.submit(_timed, function, cell): cell for cell in cells}
        try:
            for future in as_completed(running):
                yield running[future], *future.result()
                bar.advance(task)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _timed(function: Callable[..., Found], cell: Cell) -> tuple[Found, float]:
    """Return what a function gives, and its seconds of wall clock."""
    start = time.perf_counter()
    found = function(*cell)
    return found, round(time.perf_counter() - start, 2)


@contextlib.contextmanager
def _threads_of_children(threads: int) -> Iterator[None]:
    """Let processes that start meanwhile use so many threads: libraries read it as they are loaded."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = str(threads)
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before
