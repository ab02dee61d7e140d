"""How fast a class is graded, beside stock nbgrader in one run: `python -m studies grader`."""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backstage.course.config import SECRET
from backstage.course.make import make_course
from backstage.grade.engine import Engine
from backstage.grade.journal import Journal
from backstage.grade.records import Record, Submission
from backstage.grade.run import Options, grade_all
from backstage.lessons.notebooks import write_json
from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from studies.grader.class_of_students import make_class
from studies.memory import PeakMemory
from workshop.checks.registry import find_lesson, list_exercises
from workshop.errors import WorkshopError
from workshop.score.results import Results, Row

STEM = "grader"
JOBS = 2
STUDENTS, MANY, SPAWNS = 30, 300, 30
GOAL = 20.0
ENGINE = (
    *("caller", "engine", "judge", "replay", "stops", "temporary"),
    *(f"jail/{name}" for name in ("box", "bubblewrap", "cell", "child", "confine", "imports", "notebook", "quiet")),
    *("jail/warm", "jail/wire"),
)
INPUTS = (
    "solutions/01_word_embeddings",
    *("exercises/word_embeddings", "vectors/geometry", "vectors/glove", "workshop/checks"),
    *(f"grade/{name}" for name in ENGINE),
    *("class_of_students", "grader/study", "studies/memory", "mutants"),
)
POINTS = """
SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score
FROM grade JOIN base_cell ON base_cell.id = grade.cell_id
JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
"""
Points = dict[tuple[str, str], float]


@dataclass
class Stopwatch:
    """Adds up where the time of a grading goes: seconds by the name of what is done."""

    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its time taken under a name."""

        def timed(*arguments: Any, **options: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start

        return timed


def hand_in(course: Path, stem: str, notebooks: dict[str, dict]) -> None:
    """Write notebooks where nbgrader looks for what was handed in."""
    for student, notebook in notebooks.items():
        path = course / "submitted" / student / stem / f"{stem}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(write_json(notebook), encoding="utf-8")


def grade_stock(course: Path, stem: str) -> tuple[float, Points]:
    """Run stock `nbgrader autograde`; return its seconds and points. Raises WorkshopError where it fails."""
    command = [sys.executable, "-m", "nbgrader", "autograde", stem]
    environment = os.environ | {"PYTHONWARNINGS": "ignore"}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise WorkshopError(f"nbgrader autograde failed: {done.stderr[-500:]}")
    with sqlite3.connect(course / "gradebook.db") as database:
        rows = database.execute(POINTS).fetchall()
    return seconds, {(who, name.removeprefix("check-").replace("-", ".")): points for who, name, points in rows}


def grade_ours(course: Path, stem: str, out: Path) -> tuple[float, Points, dict[str, float]]:
    """Run the grader; return its seconds, its points, and where the time went."""
    watch = Stopwatch()

    def make(*arguments: Any, **options: Any) -> Engine:
        engine = watch.time("warming up, once", Engine)(*arguments, **options)
        engine.grade = watch.time("grading, summed over submissions", engine.grade)
        return engine

    start = time.perf_counter()
    grade_all([course / "submitted"], out, Options(lesson=stem, jobs=JOBS, secret=course / SECRET), make_grader=make)
    seconds = time.perf_counter() - start
    parallel = watch.seconds["grading, summed over submissions"] / JOBS
    watch.seconds["reading, writing and the rest"] = max(0.0, seconds - parallel - watch.seconds["warming up, once"])
    return seconds, _points(_read_records(out)), watch.seconds


def _read_records(out: Path) -> list[Record]:
    """Return the records that a grading left."""
    with Journal(out / ".grading") as journal:
        return journal.list_last()


def _points(records: Iterable[Record]) -> Points:
    """Return the points by student and exercise."""
    return {(record.student, mark.exercise): mark.points for record in records for mark in record.marks}


def measure_many(stem: str, notebooks: dict[str, dict], count: int) -> tuple[float, float, float]:
    """Grade so many submissions of a lesson, and start children that do nothing.

    Returns submissions a minute, the peak of memory in megabytes (10^6 bytes, each shared page once), and the median
    seconds until a child is ready.
    """
    contents = [write_json(notebook).encode() for notebook in notebooks.values()]
    with PeakMemory() as peak, Engine(stem, bytes(32), jobs=JOBS) as engine:
        ready = []
        for _ in range(min(SPAWNS, count)):
            start = time.perf_counter()
            child = engine.jail.spawn()
            ready.append(time.perf_counter() - start)
            child.end()
        start = time.perf_counter()
        _grade_all(engine, [contents[number % len(contents)] for number in range(count)])
        rate = 60 * count / (time.perf_counter() - start)
    return rate, peak.megabytes, statistics.median(ready)


def _grade_all(engine: Engine, contents: list[bytes]) -> None:
    """Grade notebooks, JOBS at once."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(JOBS) as threads:
        waiting = [
            threads.submit(engine.grade, Submission(f"s{number}", engine.lesson, content, ""))
            for number, content in enumerate(contents)
        ]
        for one in waiting:
            one.result()


def measure(short: bool = False) -> Results:
    """Grade the same class both ways in one run, print the ratio and where the time goes.

    short: three students of lesson 00. Raises WorkshopError where a mark differs.
    """
    stem = find_lesson("00" if short else "01").stem
    students = make_class(stem, 3 if short else STUDENTS)
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder) / "course"
        make_course(course, [stem])
        hand_in(course, stem, students)
        before, marks, _ = grade_ours(course, stem, Path(folder) / "before")
        stock, stock_marks = grade_stock(course, stem)
        after, _, parts = grade_ours(course, stem, Path(folder) / "after")
    differing = sorted(key for key in stock_marks.keys() | marks.keys() if stock_marks.get(key) != marks.get(key))
    if differing or len(marks) != len(students) * len(list_exercises(stem)):
        raise WorkshopError(f"nbgrader and the grader differ at {differing[:9]} of {len(marks)} marks.")
    ours = (before + after) / 2
    rate, megabytes, ready = measure_many(stem, students, 6 if short else MANY)
    _tell(len(students), stock, ours, parts, (rate, megabytes, ready))
    return _results(stem, len(students), (stock, ours, parts), (rate, megabytes, ready), short)


def _tell(count: int, stock: float, ours: float, parts: dict[str, float], many: tuple[float, float, float]) -> None:
    """Print the comparison."""
    print(f"{count} submissions, the same marks: nbgrader {stock:.1f} s, the grader {ours:.1f} s with {JOBS} at once")
    print(f"ratio {stock / ours:.1f} (goal {GOAL:g})")
    for name, seconds in parts.items():
        print(f"  {name}: {seconds:.2f} s")
    print(f"many: {many[0]:.0f} submissions a minute, peak {many[1]:.0f} MB; a child is ready in {many[2]:.3f} s")


def _results(
    stem: str, count: int, times: tuple[float, float, dict[str, float]], many: tuple[float, float, float], short: bool
) -> Results:
    """Return the figures as rows."""
    stock, ours, parts = times
    lesson, task = stem[:2], f"{count} mixed submissions"
    rows = [
        Row(lesson, "nbgrader autograde", task, "submissions a minute", 60 * count / stock, n=count, seconds=stock),
        Row(lesson, "workshop grade", task, "submissions a minute", 60 * count / ours, n=count, seconds=ours),
        Row(lesson, "workshop grade", task, "times nbgrader's throughput", stock / ours, n=count),
        *[Row(lesson, "workshop grade", task, name, seconds) for name, seconds in parts.items()],
        Row(lesson, "workshop grade", f"{MANY} submissions", "submissions a minute", many[0], n=MANY),
        Row(lesson, "workshop grade", f"{MANY} submissions", "peak memory", many[1], n=MANY, megabytes=many[1]),
        Row(lesson, "workshop grade", "one child", "seconds until ready", many[2], n=SPAWNS, seconds=many[2]),
    ]
    versions = describe_versions(["numpy", "nbgrader", "ipykernel", "torch"])
    inputs = {} if short else hash_inputs(INPUTS)
    return Results(STEM, "small", tuple(rows), versions=versions, machine=describe_machine(), inputs=inputs)
