"""Run a notebook in a kernel of its own, and read what it cost."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backstage.lessons.notebooks import write_json
from backstage.lessons.source import TAG, checkout
from workshop.errors import WorkshopError, require

CELL_SECONDS = 300


@dataclass(frozen=True)
class Run:
    """An executed notebook and its price.

    notebook: an nbformat node with outputs. seconds: from the kernel's start to its end.
    longest: seconds of the slowest cell; longest_id: that cell's id. peak_megabytes: the kernel's peak resident memory
    (VmHWM, in 10^6 bytes), or None where the system doesn't tell.
    """

    notebook: Any
    seconds: float
    longest: float
    longest_id: str
    peak_megabytes: float | None


def read_peak(pid: int) -> float | None:
    """Return a process's peak resident memory in megabytes (10^6 bytes), or None where it can't be read."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    peak = next((line for line in lines if line.startswith("VmHWM:")), None)
    return int(peak.split()[1]) * 1024 / 1e6 if peak else None


def read_node(notebook: dict) -> Any:
    """Return the nbformat node of a notebook as the build makes it."""
    return require("nbformat", "build").reads(write_json(notebook), as_version=4)


def execute(notebook: dict, name: str, *, demonstrations: bool = True, folder: Path | None = None) -> Run:
    """Run a notebook from a fresh kernel.

    notebook: as the build makes it. name: its stem, for messages. demonstrations: False skips cells tagged so.
    folder: where the kernel works (default: build/run). What the notebook records stays in memory.
    Raises WorkshopError that says what the cell failed with, or that it overran.
    """
    nbclient, problems = require("nbclient", "build"), require("nbclient.exceptions", "build")
    node = read_node(notebook)
    home = folder or checkout() / "build" / "run"
    home.mkdir(parents=True, exist_ok=True)
    seconds: dict[str, float] = {}
    peaks: list[float | None] = []

    def started(cell: Any, **_: Any) -> None:
        seconds[cell.id] = -time.perf_counter()

    def stopped(cell: Any, **_: Any) -> None:
        seconds[cell.id] += time.perf_counter()
        peaks.append(read_peak(client.km.provisioner.process.pid))

    skipped = "" if demonstrations else TAG
    client = nbclient.NotebookClient(
        node,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        skip_cells_with_tag=skipped,
        resources={"metadata": {"path": str(home)}},
        extra_arguments=["--log-level=40"],
        on_cell_execute=started,
        on_cell_executed=stopped,
    )
    start = time.perf_counter()
    try:
        client.execute(env=os.environ | {"WORKSHOP_RESULTS": "memory"})
    except problems.CellExecutionError as error:
        raise WorkshopError(f"{name}: a cell failed with {error.ename}: {error.evalue.partition(chr(10))[0]}") from None
    except problems.CellTimeoutError:
        raise WorkshopError(f"{name}: a cell ran longer than {CELL_SECONDS} s.") from None
    longest = max(seconds, key=seconds.get)
    peak = max((value for value in peaks if value is not None), default=None)
    return Run(node, time.perf_counter() - start, seconds[longest], longest, peak)
