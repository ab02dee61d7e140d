"""What the solved notebooks cost: seconds, longest cell, peak memory, each from a fresh kernel."""

from collections.abc import Callable

from backstage.lessons.execute import Run, execute
from backstage.lessons.notebooks import make_solved
from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from workshop.checks.registry import LESSONS, find_lesson
from workshop.score.results import Results, Row

STEM = "budgets"
INPUTS = tuple(f"solutions/{lesson.stem}" for lesson in LESSONS)
LIBRARIES = ("numpy", "gensim", "torch", "scikit-learn", "ipykernel")
LONGEST_CELL_SECONDS = 45
PEAK_MEGABYTES = 1500
CORE = ("00", "01", "02", "03", "04", "05", "06")  # the lessons that every course has
CORE_SECONDS = 840  # fourteen minutes, for all of them one after another


def measure(short: bool = False, run: Callable[..., Run] = execute) -> Results:
    """Run every solved notebook headless and return what it cost.

    short: only lesson 00. run: executes a notebook, for tests.
    """
    rows = []
    for lesson in LESSONS[: 1 if short else None]:
        done = run(make_solved(lesson.stem), lesson.stem)
        rows += [
            _row(lesson.stem, "seconds", done.seconds),
            _row(lesson.stem, "longest cell, seconds", done.longest),
            _row(lesson.stem, "peak memory, megabytes", done.peak_megabytes),
        ]
    return Results(
        STEM,
        "small",
        tuple(row for row in rows if row is not None),
        versions=describe_versions(LIBRARIES),
        machine=describe_machine(),
        inputs=hash_inputs(INPUTS),
    )


def _row(stem: str, metric: str, value: float | None) -> Row | None:
    """Return one cost as a row, or None where it could not be read."""
    return None if value is None else Row(stem[:2], "solved notebook", "headless", metric, round(value, 1))


def find_core(results: Results) -> list[Row]:
    """Return the seconds of each lesson of CORE that is measured, in their order."""
    return sorted((row for row in results.select(metric="seconds") if row.lesson in CORE), key=lambda row: row.lesson)


def tell_core(results: Results) -> str:
    """Return what the measured lessons of CORE take together, beside what all of them may take; empty for none."""
    rows = find_core(results)
    if not rows:
        return ""
    took = f"Lessons {rows[0].lesson} to {rows[-1].lesson}, one after another: {sum(row.value for row in rows):.0f} s."
    return f"{took} {CORE[0]} to {CORE[-1]} may take {CORE_SECONDS} s."


def find_overruns(results: Results) -> list[str]:
    """Return a line for each cost above its budget, and one where the lessons of CORE together are above theirs."""
    limits = {"longest cell, seconds": LONGEST_CELL_SECONDS, "peak memory, megabytes": PEAK_MEGABYTES}
    overruns = []
    for row in results.rows:
        most = limits.get(row.metric) or find_lesson(row.lesson).seconds
        if row.value > most:
            overruns.append(f"lesson {row.lesson}: {row.metric} {row.value:g}, at most {most}")
    together = sum(row.value for row in find_core(results))
    if together > CORE_SECONDS:
        overruns.append(f"lessons {CORE[0]} to {CORE[-1]} together: seconds {together:g}, at most {CORE_SECONDS}")
    return overruns
