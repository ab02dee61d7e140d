"""How many small changes of the solutions the checks notice: `python -m studies mutation`."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from backstage.lessons.source import Cell, read_lesson
from studies.environment import describe_machine, describe_versions
from studies.forked import run_forked
from studies.freshness import hash_inputs
from studies.mutation.mutants import Mutant, make_mutants
from studies.mutation.probes import PROBES
from workshop.checks import run_check
from workshop.checks.ask import Ask
from workshop.checks.local import local_caller
from workshop.checks.mistakes import Rule
from workshop.checks.protocol import Caller, Reply, plain
from workshop.checks.registry import LESSONS, Exercise
from workshop.errors import NotYet
from workshop.score.results import Results, Row

STEM = "mutation"
MOST, SHORT = 25, 4
GOAL = 0.9
CHILD_SECONDS = 20.0
CALL_SECONDS = 1.0
CHECK_SEEDS = range(1000, 1003)
RANDOM_INPUTS = 60
EQUAL, CAUGHT, MISSED = "equal", "caught", "missed"
INPUTS = (
    *(f"solutions/{lesson.stem}" for lesson in LESSONS),
    *(f"workshop/checks/{name}" for name in ("ask", "local", "mistakes", "protocol", "start_here", "values")),
    "workshop/checks/word_embeddings",
    *("forked", "mutants", "mutation/study", "probes"),
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


class Recorder(Ask):
    """Runs a check and keeps what it asked."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.asked: list[tuple[tuple[Any, ...], Rule]] = []

    def __call__(self, *arguments: Any) -> Any:
        """Keep the arguments and call."""
        self.asked.append((plain(arguments), Rule()))
        return super().__call__(*arguments)

    def same(self, arguments: Any, want: Any, *rest: Any, **options: Any) -> Any:
        """Keep the arguments with the rule and compare."""
        rule = Rule(options.get("tolerance", 1e-4), options.get("unordered", False))
        self.asked.append((plain(arguments), rule))
        return super().same(arguments, want, *rest, **options)


def make_probes(exercise: Exercise, solution: Callable[..., Any]) -> list[Probe]:
    """Return what the check asks with other seeds, and random inputs, each with the solution's reply."""
    caller, asked = local_caller(solution, exercise.seconds, tensors=exercise.tensors), []
    for seed in CHECK_SEEDS:
        recorder = Recorder(exercise, caller, seed)
        exercise.check(recorder)
        asked += recorder.asked
    rng, rule = np.random.default_rng(0), asked[0][1]
    if exercise.id in PROBES:
        asked += [(plain(PROBES[exercise.id](rng)), rule) for _ in range(RANDOM_INPUTS)]
    return [Probe(tuple(arguments), caller(*arguments), rule) for arguments, rule in asked]


def judge(exercise: Exercise, mutant: Mutant, namespace: dict[str, Any], probes: list[Probe]) -> str:
    """Return whether a mutant is equal to the solution, caught by the check, or missed."""
    own = dict(namespace)
    exec(compile(mutant.source, "<mutant>", "exec"), own)
    caller = local_caller(own[exercise.function], CALL_SECONDS, tensors=exercise.tensors)
    if not any(probe.separates(caller) for probe in probes):
        return EQUAL
    try:
        run_check(exercise, caller)
    except NotYet:
        return CAUGHT
    return MISSED


def judge_exercise(cell: Cell, namespace: dict[str, Any], most: int = MOST, seed: int = 0) -> dict[str, list[str]]:
    """Judge an exercise's mutants, each in a child process; return their changes by verdict.

    cell: the solution's. namespace: what its lesson has imported. most: how many mutants. A child that has to be
    killed never passes: it counts as caught.
    """
    own = dict(namespace)
    exec(cell.text, own)
    probes = make_probes(cell.exercise, own[cell.exercise.function])
    verdicts: dict[str, list[str]] = {EQUAL: [], CAUGHT: [], MISSED: []}
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

    short: a few mutants an exercise. Returns the share caught of those that differ, n their number.
    """
    rows = []
    print(f"{'exercise':<10}{'mutants':>8}{'equal':>8}{'caught':>8}{'share':>8}")
    for lesson in LESSONS:
        cells = read_lesson(lesson.stem)
        namespace = import_all(cells)
        for cell in (cell for cell in cells if cell.role == "function"):
            found = judge_exercise(cell, namespace, SHORT if short else MOST)
            rows += _tell(cell.exercise, found)
    inputs = {} if short else hash_inputs(INPUTS)
    return Results(
        STEM,
        "small",
        tuple(rows),
        versions=describe_versions(["numpy", "scipy"]),
        machine=describe_machine(),
        inputs=inputs,
    )


def _tell(exercise: Exercise, found: dict[str, list[str]]) -> list[Row]:
    """Print an exercise's line and the mutants that were missed; return its rows."""
    equal, caught, missed = (len(found[verdict]) for verdict in (EQUAL, CAUGHT, MISSED))
    share = caught / max(1, caught + missed)
    print(f"{exercise.id:<10}{equal + caught + missed:>8}{equal:>8}{caught:>8}{share:>8.0%}")
    for change in found[MISSED]:
        print(f"  missed: {change}")
    number = exercise.lesson[:2]
    return [
        Row(number, "mutants that differ", exercise.id, "share caught", share, n=caught + missed),
        Row(number, "mutants equal to the solution", exercise.id, "count", equal, n=equal + caught + missed),
    ]
