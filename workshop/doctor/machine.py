"""The preflight's look at the machine: Python, disk, memory, cores, results folder, network."""

import os
import re
import shutil
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

from workshop.doctor.finding import Finding
from workshop.threads import count_threads

CGROUP_MEMORY_MAX = Path("/sys/fs/cgroup/memory.max")
MEMORY_INFO = Path("/proc/meminfo")
OLDEST, NEWEST = (3, 11), (3, 13)
DISK_GIGABYTES = 1.0
MEMORY_GIGABYTES = 1.5
HUB_SECONDS = 2.0


def check_python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Finding:
    """Return whether this Python is one of the tested versions."""
    found = ".".join(map(str, version))
    if OLDEST <= version[:2] <= NEWEST:
        return Finding("Python", "ok", found)
    return Finding("Python", "fail", found, "make a new environment with Python 3.11, 3.12 or 3.13")


def check_disk(folder: Path | None = None) -> Finding:
    """Return how much space is left where the learner works."""
    free = shutil.disk_usage(folder or Path.cwd()).free / 1e9
    enough = free >= DISK_GIGABYTES
    step = "" if enough else f"free some space: results and caches take up to {DISK_GIGABYTES:.0f} GB"
    return Finding("disk", "ok" if enough else "warn", f"{free:.1f} GB free", step)


def check_memory() -> Finding:
    """Return whether the memory that is free now, or the container's limit, holds the largest lesson."""
    gigabytes = read_memory()
    if gigabytes is None:
        return Finding("memory", "note", "unknown on this system")
    found = f"{gigabytes:.1f} GB available"
    if gigabytes >= MEMORY_GIGABYTES:
        return Finding("memory", "ok", found)
    return Finding("memory", "warn", found, f"close other programs: a lesson takes up to {MEMORY_GIGABYTES} GB")


def read_memory() -> float | None:
    """Return the memory that this process may take, in GB (1e9 bytes), or None where it can't be read."""
    limits = []
    if MEMORY_INFO.is_file():
        limits += [int(kib) * 1024 for kib in re.findall(r"^MemAvailable:\s+(\d+) kB", MEMORY_INFO.read_text(), re.M)]
    elif "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    if CGROUP_MEMORY_MAX.is_file():
        limits += [int(size) for size in CGROUP_MEMORY_MAX.read_text().split() if size.isdigit()]
    return min(limits) / 1e9 if limits else None


def check_cores() -> Finding:
    """Return how many cores this process may use: the container's share, not the host's count."""
    cores = count_threads()
    return Finding("cores", "ok", f"{cores}" if cores > 1 else "1: training takes about twice the minutes named")


def check_results(folder: Path | None = None) -> Finding:
    """Return whether the learner's results can be kept."""
    folder = folder or Path(os.environ.get("WORKSHOP_RESULTS") or "results").expanduser().absolute()
    existing = next(place for place in (folder, *folder.parents) if place.is_dir())
    try:
        tempfile.TemporaryFile(dir=existing).close()
    except OSError as error:
        step = "set WORKSHOP_RESULTS to a folder that you may write to; until then results last as long as the kernel"
        return Finding("results", "warn", f"can't write {folder}: {error.strerror}", step)
    return Finding("results", "ok", str(folder))


def check_jail() -> Finding:
    """Return whether bubblewrap is there, in which `workshop grade` runs students' code."""
    found = shutil.which("bwrap")
    if found:
        return Finding("bubblewrap", "ok", found)
    step = "on Linux: apt install bubblewrap, or dnf install bubblewrap; elsewhere grade in WSL or a virtual machine"
    return Finding("bubblewrap", "warn", "not found: workshop grade can't jail students' code", step)


def check_network() -> list[Finding]:
    """Return what in the environment stops downloads: a proxy or a file of certificates that can't work."""
    from workshop.models.network import find_problems

    return [Finding(name, "warn", f"is {what}", step) for name, what, step in find_problems()]


def check_hub() -> Finding:
    """Return whether the model hub answers; the tiny profile never needs it."""
    address = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
    if os.environ.get("HF_HUB_OFFLINE", "0") not in ("", "0"):
        return Finding("model hub", "note", "HF_HUB_OFFLINE is set; only the laptop and gpu profiles would need it")
    answered: list[bool] = []
    # In a thread of its own, since looking up a name has no time limit.
    asking = threading.Thread(target=lambda: answered.append(_answers(address)), daemon=True)
    asking.start()
    asking.join(HUB_SECONDS + 0.5)
    if any(answered):
        return Finding("model hub", "ok", f"{address} answers")
    return Finding("model hub", "note", f"{address} does not answer; only the laptop and gpu profiles need it")


def _answers(address: str) -> bool:
    """Return whether a server answers at an address, with whatever status."""
    try:
        urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=HUB_SECONDS).close()
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, ValueError):
        return False
    return True
