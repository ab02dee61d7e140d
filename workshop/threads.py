"""How many threads numerical libraries use: the container's cores where they are free, one where they are busy."""

import contextlib
import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

CGROUP_CPU_MAX = Path("/sys/fs/cgroup/cpu.max")
PROCESSOR_TIMES = Path("/proc/stat")
VARIABLES = tuple(f"{name}_NUM_THREADS" for name in ("OMP", "MKL", "OPENBLAS"))
LOOK_SECONDS = 0.05
# A second thread pays only on a core that is free most of the time. By benchmarks/threads.py on two cores, seconds with
# one and with two threads on a quiet machine, then beside two busy processes: 8 answers of SmolLM2 1.5 and 1.1, 2.3 and
# 4.8; MiniLM on 100 sentences 1.4 and 0.8, 2.3 and 2.7; PPMI with SVD 0.6 and 1.1, 0.8 and 2.8; two epochs of GloVe 2.7
# and 2.4, 4.5 and 4.3.
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
    if os.environ.get(VARIABLES[0]) != str(count):  # otherwise it is what somebody has set
        _ours = str(count)
    for name in VARIABLES:
        os.environ[name] = str(count)
    if "numpy" in sys.modules:
        _limit_pools(count)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(count)


@contextlib.contextmanager
def use_threads(count: int) -> Iterator[None]:
    """Let torch and BLAS use so many threads within a block, and as many as before after it."""
    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch else None
    if torch:
        torch.set_num_threads(count)
    try:
        with _limit_pools(count):
            yield
    finally:
        if torch:
            torch.set_num_threads(before)


def _limit_pools(count: int) -> AbstractContextManager[Any]:
    """Return a block in which the thread pools of loaded libraries have so many threads."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return contextlib.nullcontext()
    return threadpool_limits(count)
