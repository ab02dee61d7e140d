"""Try the battery of attacks on stock nbgrader: `python -m studies stock_attacks`. Linux, with bubblewrap.

Each runs alone in a box that shows this machine read-only, since nbgrader itself holds nothing back. Attacks that take
all they can get of memory, processes or disk are left out.
"""

import html
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from backstage.course.config import SECRET
from backstage.course.make import make_course
from backstage.lessons.notebooks import make_solved, write_json
from backstage.lessons.source import checkout
from studies.attacks.battery import read_attacks
from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from studies.keep import read_measured
from workshop.checks.registry import list_exercises
from workshop.errors import WorkshopError
from workshop.score.results import Results, Row

STEM = "stock_attacks"
LESSON = "00_start_here"
CELL_SECONDS = 10
SECONDS = 240
CANARY, PORT = "the-canary", 47801
SHORT = ("isclose_patched", "secret_on_disk")
AROUND = ("battery", "attacks/study", *(f"backstage/course/{name}" for name in ("config", "mend", "read")))
TEXTS = {attack.name: f"texts/{attack.name}" for attack in read_attacks() if not attack.heavy}
INPUTS = (*AROUND, *TEXTS.values())
POINTS = """
SELECT grade.auto_score FROM grade JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
WHERE submitted_assignment.student_id = ?
"""
INSIDE = "import sys; from studies.attacks.study import run_inside; run_inside(sys.argv[1])"


@dataclass(frozen=True)
class Outcome:
    """What came of an attack on nbgrader.

    points: its score, None where the submission was lost. found: what it says that it found, or "".
    """

    points: float | None
    found: str = ""


def attack_nbgrader(course: Path, name: str) -> Outcome:
    """Let stock nbgrader grade one attack in a box, and read what came of it."""
    attack = next(one for one in read_attacks() if one.name == name)
    (course / "targets").mkdir(exist_ok=True)
    secret = bytes.fromhex((course / SECRET).read_text(encoding="ascii"))
    hidden = bytes(byte ^ 0xAA for byte in secret[:12]).hex()
    places = {"CANARY": CANARY, "ABSTRACT": CANARY, "FOLDER": course / "targets", "CHECKOUT": checkout()}
    places |= {"PID": 1, "PORT": PORT, "UDP": PORT + 1, "WANTED": hidden}
    (course / "targets" / "canary").write_text(CANARY)
    return grade_in_box(course, name, attack.notebook(places))


def grade_in_box(course: Path, name: str, content: bytes) -> Outcome:
    """Let stock nbgrader grade one notebook's bytes in a box, and read what came of it."""
    (course / "targets").mkdir(exist_ok=True)
    path = course / "submitted" / name / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    try:
        subprocess.run(_box(course, name), capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Outcome(None)
    return read_outcome(course, name)


def _box(course: Path, name: str) -> list[str]:
    """Return the command that runs nbgrader on a student where it can harm nothing but the course."""
    if shutil.which("bwrap") is None:
        raise WorkshopError("attacks on nbgrader are tried in a box, which needs bubblewrap: apt install bubblewrap")
    box = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-pid"]
    box += ["--unshare-net", "--unshare-ipc", "--new-session", "--die-with-parent", "--cap-drop", "ALL"]
    box += ["--bind", str(course), str(course), "--chdir", str(course)]
    told = {"HOME": course, "TMPDIR": course / "targets", "WORKSHOP_CANARY": CANARY, "PYTHONPATH": checkout()}
    box += [word for variable, value in told.items() for word in ("--setenv", variable, str(value))]
    return [*box, sys.executable, "-c", INSIDE, name]


def run_inside(name: str) -> None:
    """Open what attacks aim at, then run stock nbgrader on one student. Meant for the box."""
    targets = [socket.socket(), socket.socket(type=socket.SOCK_DGRAM), socket.socket(socket.AF_UNIX)]
    for target, address in zip(targets, [("127.0.0.1", PORT), ("127.0.0.1", PORT + 1), f"\0{CANARY}"], strict=True):
        target.bind(address)
    targets[0].listen()
    targets[2].listen()
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
    command = [sys.executable, "-m", "nbgrader", "autograde", LESSON, "--student", name]
    subprocess.run([*command, f"--Execute.timeout={CELL_SECONDS}"], check=False)


def read_outcome(course: Path, name: str) -> Outcome:
    """Return what nbgrader's gradebook and its autograded notebook say of a student."""
    notebook = course / "autograded" / name / LESSON / f"{LESSON}.ipynb"
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        points = [row[0] for row in database.execute(POINTS, (name,))]
    if not notebook.is_file() or points in ([], [None]):
        return Outcome(None)
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    checks = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == "check-0-1"]
    said = html.unescape(json.dumps([cell.get("outputs", []) for cell in checks])).partition("found: ")[2]
    return Outcome(points[0], "" if said.startswith("nothing") else said[:60])


def measure(short: bool = False) -> Results:
    """Try every attack that can be tried on stock nbgrader, and print what came of it.

    short: two of them. What was measured before is kept for attacks that haven't changed since.
    """
    wanted = [one for one in read_attacks() if not one.heavy and (not short or one.name in SHORT)]
    inputs = {} if short else hash_inputs(INPUTS)
    known, rows = {} if short else _read_known(inputs), []
    prove_box()
    for attack in wanted:
        found = known.get(attack.name) or _measure_one(attack.name)
        print(f"{attack.name:<28}{', '.join(f'{row.metric} {row.value:g}' for row in found)}", flush=True)
        rows += found
    machine, versions = describe_machine(), describe_versions(["nbgrader", "nbconvert", "ipykernel"])
    return Results(STEM, "small", tuple(rows), versions=versions, machine=machine, inputs=inputs)


def prove_box() -> None:
    """Let an honest notebook be graded as the attacks are; raise WorkshopError unless it gets its points.

    Otherwise every attack would seem to be lost, whatever nbgrader does with it.
    """
    with tempfile.TemporaryDirectory() as folder:
        outcome = grade_in_box(_copy_course(Path(folder)), "honest", write_json(make_solved(LESSON)).encode())
    points = sum(exercise.points for exercise in list_exercises(LESSON))
    if outcome.points != points:
        raise WorkshopError(
            f"an honest notebook got {outcome.points} of {points} points in the box, so nothing can be said of "
            "attacks. Does nbgrader run on this machine?"
        )


def _measure_one(name: str) -> list[Row]:
    """Return the rows of one attack."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = attack_nbgrader(_copy_course(Path(folder)), name)
    facts = {"lost": outcome.points is None, "points": outcome.points or 0, "found": bool(outcome.found)}
    return [Row("00", name, "stock nbgrader", metric, float(value)) for metric, value in facts.items()]


def _read_known(inputs: dict[str, str]) -> dict[str, list[Row]]:
    """Return the rows of each attack that neither itself nor anything around it has changed since it was measured."""
    try:
        before = read_measured(STEM)
    except WorkshopError:
        return {}
    same = {name for name, digest in before.inputs.items() if inputs.get(name) == digest}
    names = [name for name, text in TEXTS.items() if text in same] if same >= set(AROUND) else []
    return {name: before.select(method=name) for name in names}


_courses: list[tempfile.TemporaryDirectory] = []


def _copy_course(folder: Path) -> Path:
    """Return a copy of a course that is made once."""
    if not _courses:
        _courses.append(tempfile.TemporaryDirectory())
        make_course(Path(_courses[0].name) / "course", [LESSON])
    return Path(shutil.copytree(Path(_courses[0].name) / "course", folder / "course"))
