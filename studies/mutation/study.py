"""How many small changes of the solutions the checks notice, and name: `python -m studies mutation`."""

import ast
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from backstage.lessons.source import Cell, read_lesson
from studies.environment import describe_machine, describe_versions
from studies.forked import run_forked
from studies.freshness import ROOT, hash_inputs
from studies.mutation.mutants import Mutant, make_mutants
from workshop.checks import run_check
from workshop.checks.ask import UNKNOWN
from workshop.checks.causes import OTHER
from workshop.checks.local import local_caller
from workshop.checks.mistakes import Rule
from workshop.checks.protocol import Caller, Reply, plain
from workshop.checks.registry import LESSONS, Exercise, list_exercises
from workshop.checks.values import SOME_ITEMS
from workshop.errors import NotYet
from workshop.score.results import Results, Row

STEM = "mutation"
MOST, SHORT = 25, 4
# The least shares of mutants caught, and of those caught named: of an exercise, and of a lesson.
CAUGHT_GOAL, NAMED_GOAL, NAMED_LESSON_GOAL = 0.9, 0.6, 0.8
CHILD_SECONDS = 20.0
CALL_SECONDS = 1.0
CHECK_SEEDS = range(1000, 1003)
RANDOM_INPUTS = 60
EQUAL, NAMED, CAUGHT, MISSED = "equal", "named", "caught", "missed"
ENGINE = (
    *("ask", "calls", "causes", "diagnosis", "edits", "kinds", "local", "mistakes", "numbers", "parts", "protocol"),
    *("lessons", "registry", "slips", "texts", "values"),
)


def is_named(problem: NotYet) -> bool:
    """Tell whether a diagnosis names a cause: neither that none fits, nor one of the general sentences."""
    likely = next((line for line in str(problem).splitlines() if line.startswith("  Likely:")), "")
    return bool(likely) and not any(general in likely for general in (UNKNOWN[0], OTHER, SOME_ITEMS))


def _list_references() -> set[str]:
    """Return the files that references lie in, exercises' own and rooms', by their logical names."""
    exercises = [one for lesson in LESSONS for one in list_exercises(lesson.stem)]
    files = [Path(inspect.getsourcefile(one.reference)) for one in exercises]
    return {path.resolve().relative_to(ROOT).with_suffix("").as_posix() for path in files}


INPUTS = (
    *(f"solutions/{lesson.stem}" for lesson in LESSONS),
    *(f"workshop/checks/{name}" for name in ENGINE),
    *sorted(_list_references() | {f"workshop/exercises/{lesson.name}" for lesson in LESSONS}),
    *("forked", "mutants", "mutation/study"),
)


@dataclass(frozen=True)
class Probe:
    """Arguments of a call, the solution's reply, and when another reply counts as the same."""

    arguments: tuple[Any, ...]
    reply: Reply
    rule: Rule

    def separates(self, caller: Caller) -> bool:
        """Tell whether another function replies otherwise."""
        reply = caller(*self.arguments)
        if reply.error_type or self.reply.error_type:
            return reply.error_type != self.reply.error_type
        return reply.mutated or not self.rule.same(reply.value, self.reply.value)


def make_probes(exercise: Exercise, solution: Callable[..., Any]) -> list[Probe]:
    """Return what the check asks with other seeds, and more drawn inputs, each with the solution's reply."""
    caller, asked = local_caller(solution, exercise.seconds, tensors=exercise.tensors), []

    def remember(*arguments: Any) -> Reply:
        asked.append(arguments)
        return caller(*arguments)

    for seed in CHECK_SEEDS:
        run_check(exercise, remember, seed)
    rng = np.random.default_rng(0)
    drawn = (exercise.draw(rng) for _ in range(RANDOM_INPUTS))
    asked += [tuple(plain(arguments)) for arguments in drawn if arguments is not None]
    return [Probe(arguments, caller(*arguments), exercise.answer.rule) for arguments in asked]


def judge(exercise: Exercise, mutant: Mutant, namespace: dict[str, Any], probes: list[Probe]) -> str:
    """Return whether a mutant is equal to the solution, or what the check makes of it: named, caught or missed."""
    own = dict(namespace)
    exec(compile(mutant.source, "<mutant>", "exec"), own)
    caller = local_caller(own[exercise.function], CALL_SECONDS, tensors=exercise.tensors)
    if not any(probe.separates(caller) for probe in probes):
        return EQUAL
    try:
        run_check(exercise, caller)
    except NotYet as problem:
        return NAMED if is_named(problem) else CAUGHT
    return MISSED


def judge_exercise(cell: Cell, namespace: dict[str, Any], most: int = MOST, seed: int = 0) -> dict[str, list[str]]:
    """Judge an exercise's mutants, each in a child process; return their changes by verdict.

    cell: the solution's. namespace: what its lesson has imported. most: how many mutants. A child that has to be
    killed never passes: it counts as caught, and not as named.
    """
    own = dict(namespace)
    exec(cell.text, own)
    probes = make_probes(cell.exercise, own[cell.exercise.function])
    verdicts: dict[str, list[str]] = {EQUAL: [], NAMED: [], CAUGHT: [], MISSED: []}
    for mutant in make_mutants(cell.text, most, seed):
        found = run_forked(lambda m=mutant: judge(cell.exercise, m, namespace, probes), CHILD_SECONDS)
        verdicts[found or CAUGHT].append(mutant.change)
    return verdicts


def import_all(cells: list[Cell]) -> dict[str, Any]:
    """Run the imports of a lesson's cells, demonstrations left out, and return the names."""
    namespace: dict[str, Any] = {}
    for cell in cells:
        if cell.kind == "code" and "demonstration" not in cell.tags:
            tree = ast.parse(cell.text)
            tree.body = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
            exec(compile(tree, f"<cell {cell.ordinal}>", "exec"), namespace)
    return namespace


def measure(short: bool = False) -> Results:
    """Judge the mutants of every solution and print a table.

    short: a few mutants an exercise. Returns the shares caught of those that differ, and named of those caught; n is
    the number that the share is of.
    """
    rows = []
    print(f"{'exercise':<10}{'mutants':>8}{'equal':>8}{'caught':>8}{'share':>8}{'named':>8}{'share':>8}")
    for lesson in LESSONS:
        cells = read_lesson(lesson.stem)
        namespace = import_all(cells)
        for cell in (cell for cell in cells if cell.role == "function"):
            found = judge_exercise(cell, namespace, SHORT if short else MOST)
            rows += _tell(cell.exercise, found)
    return Results(
        STEM,
        "small",
        tuple(rows),
        versions=describe_versions(["numpy", "scipy"]),
        machine=describe_machine(),
        inputs={} if short else hash_inputs(INPUTS),
    )


def _tell(exercise: Exercise, found: dict[str, list[str]]) -> list[Row]:
    """Print an exercise's line and the mutants that were missed or not named; return its rows."""
    equal, named, unnamed, missed = (len(found[verdict]) for verdict in (EQUAL, NAMED, CAUGHT, MISSED))
    caught = named + unnamed
    shares = caught / max(1, caught + missed), named / max(1, caught)
    all_of_them = equal + caught + missed
    print(f"{exercise.id:<10}{all_of_them:>8}{equal:>8}{caught:>8}{shares[0]:>8.0%}{named:>8}{shares[1]:>8.0%}")
    for verdict, word in ((MISSED, "missed"), (CAUGHT, "not named")):
        for change in found[verdict]:
            print(f"  {word}: {change}")
    number = exercise.lesson[:2]
    return [
        Row(number, "mutants that differ", exercise.id, "share caught", shares[0], n=caught + missed),
        Row(number, "mutants that are caught", exercise.id, "share named", shares[1], n=caught),
        Row(number, "mutants equal to the solution", exercise.id, "count", equal, n=all_of_them),
    ]


def share_named(rows: Iterable[Row], lesson: str) -> float:
    """Return the share named of a lesson's mutants that are caught."""
    named = [row for row in rows if row.metric == "share named" and row.lesson == lesson]
    return sum(row.value * row.n for row in named) / max(1, sum(row.n for row in named))
