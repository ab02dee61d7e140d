"""How many threads numerical libraries use: the container's cores where they are free, one where they are busy."""

import contextlib
import math
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

CGROUP_CPU_MAX = Path("/sys/fs/cgroup/cpu.max")
PROCESSOR_TIMES = Path("/proc/stat")
VARIABLES = tuple(f"{name}_NUM_THREADS" for name in ("OMP", "MKL", "OPENBLAS"))
LOOK_SECONDS = 0.05
# A second thread pays only on a core that is free most of the time: see benchmarks/threads.py.
BUSY_SHARE = 0.5

_ours = ""


def count_threads(cpu_max: Path = CGROUP_CPU_MAX) -> int:
    """Return how many cores this process may use: the container's share, not the host's count.

    cpu_max: the cgroup v2 file "quota period" in microseconds; "max" means no limit.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = cpu_max.read_text().split()
        limit = cores if quota == "max" else math.ceil(int(quota) / int(period))
    except (OSError, ValueError):
        limit = cores
    return max(1, min(cores, limit))


def read_busy_share(seconds: float = LOOK_SECONDS, times: Path = PROCESSOR_TIMES) -> float:
    """Return which share of this machine's cores is at work, from 0 to 1; 0 where the system doesn't tell.

    seconds: how long to look. times: Linux's /proc/stat. This process sleeps meanwhile, so it doesn't count itself.
    """
    before = _read_times(times)
    time.sleep(seconds)
    idle, total = (after - first for after, first in zip(_read_times(times), before, strict=True))
    return 0.0 if total <= 0 else min(1.0, max(0.0, 1 - idle / total))


def _read_times(path: Path) -> tuple[int, int]:
    """Return the ticks that all cores have been idle, and all ticks, since the machine was started."""
    try:
        ticks = [int(word) for word in path.read_text().splitlines()[0].split()[1:9]]
        return ticks[3] + ticks[4], sum(ticks)
    except (OSError, ValueError, IndexError):
        return 0, 0


def choose_threads(busy_share: float | None = None) -> int:
    """Return how many threads to use now: every core, or one where most of them are busy with something else.

    busy_share: from 0 to 1; without it, what the machine says. What somebody has set in OMP_NUM_THREADS is kept to.
    """
    wanted = os.environ.get(VARIABLES[0], "")
    if wanted != _ours and wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    share = read_busy_share() if busy_share is None else busy_share
    return 1 if share > BUSY_SHARE else count_threads()


def set_threads(count: int) -> None:
    """Let torch, BLAS and OpenMP use so many threads: those loaded already, and those that will be.

    Children of this process get the same by their environment.
    """
    global _ours
    _ours = str(count)
    for name in VARIABLES:
        os.environ[name] = _ours
    if "threadpoolctl" in sys.modules or "numpy" in sys.modules:
        with contextlib.suppress(ImportError):
            from threadpoolctl import threadpool_limits

            threadpool_limits(count)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(count)


@contextlib.contextmanager
def use_threads(count: int) -> Iterator[None]:
    """Use so many torch threads within a block, and as many as before after it."""
    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch else None
    if torch:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        if torch:
            torch.set_num_threads(before)
