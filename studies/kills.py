"""Kill `workshop grade` at random moments and start it again: `python -m studies kills`.

The files must end as an undisturbed run leaves them.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from backstage.hidden import make_secret
from backstage.lessons.notebooks import make_learner, make_solved, write_json
from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from workshop.errors import WorkshopError
from workshop.score.results import Results, Row

STEM = "kills"
LESSON = "00_start_here"
TIMES, SHORT = 50, 3
STUDENTS = 12
SECONDS = 300
PARTS = (
    *("choice", "feedback", "files", "journal", "layout", "lms", "names", "outputs", "records", "run", "submissions"),
    "systems",
)
INPUTS = (*(f"grade/{name}" for name in PARTS), "kills", "assets/grade")


@dataclass(frozen=True)
class Outcome:
    """What came of the kills.

    kills: processes ended by SIGKILL before their own end. cycles: times all were graded from nothing to the end.
    different: the files that differed from the undisturbed run's in any cycle.
    """

    kills: int
    cycles: int
    different: tuple[str, ...]


def digest_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each final file of a grading; the journal, whose order is free, is none."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "records.jsonl"]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def kill_at_random(command: Callable[[Path], Sequence[str]], home: Path, times: int, seed: int = 0) -> Outcome:
    """Kill a grading again and again at random moments of its undisturbed time; let it end now and then.

    command: gives the command line that grades into a folder. home: a folder for the results.
    Raises WorkshopError where a run that nobody killed fails.
    """
    moments = random.Random(seed)
    start = time.perf_counter()
    _run(command(home / "undisturbed"), None)
    whole = time.perf_counter() - start
    wanted, out = digest_files(home / "undisturbed"), home / "killed"
    kills, cycles, different = 0, 0, set()
    while kills < times or out.exists():
        if kills < times and _run(command(out), moments.uniform(0, whole)):
            kills += 1
            continue
        _run(command(out), None)
        found = digest_files(out)
        different |= {name for name in {*wanted, *found} if wanted.get(name) != found.get(name)}
        cycles += 1
        shutil.rmtree(out)
    return Outcome(kills, cycles, tuple(sorted(different)))


def _run(command: Sequence[str], seconds: float | None) -> bool:
    """Run a command; kill it after some seconds. Returns whether it was killed before its end."""
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True) as process,
    ):
        try:
            process.wait(SECONDS if seconds is None else seconds)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            if seconds is not None:
                return True
        if process.returncode:
            log.seek(0)
            said = log.read().decode(errors="replace").strip().splitlines()[-1:]
            raise WorkshopError(f"grading ended with {process.returncode}: {' '.join(said)}")
    return False


def write_class(folder: Path, students: int) -> None:
    """Write a small class: solved, untouched, broken in turn."""
    for number in range(students):
        notebook = [make_solved(LESSON), make_learner(LESSON)][number % 2]
        text = write_json(notebook) if number % 5 != 4 else "{ no notebook"
        path = folder / f"student{number:02d}" / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")


def measure(short: bool = False) -> Results:
    """Kill the grading of a small class and count the files that differ at the end.

    short: a few kills.
    """
    with tempfile.TemporaryDirectory() as folder:
        home, secret = Path(folder), Path(folder) / "secret"
        make_secret(secret)
        write_class(home / "class", STUDENTS)
        grade = [sys.executable, "-m", "workshop.cli", "grade", str(home / "class"), "--secret", str(secret), "--out"]
        start = time.perf_counter()
        outcome = kill_at_random(lambda out: [*grade, str(out)], home, SHORT if short else TIMES)
        seconds = time.perf_counter() - start
    print(
        f"{outcome.kills} kills, {outcome.cycles} gradings to the end, differing files: {outcome.different or 'none'}"
    )
    facts = ("", "SIGKILL at random moments", "workshop grade")
    rows = (
        Row(*facts, "files that differ", len(outcome.different), n=outcome.kills, seconds=seconds),
        Row(*facts, "gradings to the end", outcome.cycles),
    )
    inputs = {} if short else hash_inputs(INPUTS)
    return Results(STEM, "small", rows, {}, {}, describe_versions(["numpy"]), describe_machine(), inputs)
