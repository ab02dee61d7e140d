"""What the proofs of every lesson's checks share: solutions, stubs, kept answers, and their verdicts."""

import ast
import functools
import importlib
import linecache
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from backstage.lessons.notebooks import hide_solution, show_solution
from backstage.lessons.source import Cell, read_lesson
from workshop.checks import run_check
from workshop.checks.local import local_caller
from workshop.checks.registry import Exercise, find_exercise, list_exercises
from workshop.errors import NotYet

SEEDS = (0, 1, 7, 123_456_789, 2**62)


@dataclass(frozen=True)
class Answer:
    """An answer as a student would write it.

    likely: how the `Likely` line of its diagnosis begins; empty for a right answer.
    """

    exercise_id: str
    function: Callable[..., Any]
    likely: str = ""


@dataclass
class Answers:
    """Answers to a lesson's exercises, collected by a decorator."""

    kept: list[Answer] = field(default_factory=list)

    def __call__(self, exercise_id: str, likely: str = "") -> Callable:
        def keep(function: Callable[..., Any]) -> Callable[..., Any]:
            self.kept.append(Answer(exercise_id, function, likely))
            return function

        return keep

    def params(self) -> list[Any]:
        """Give pytest each answer under an id such as 1.2-norm_missing."""
        return [pytest.param(answer, id=f"{answer.exercise_id}-{answer.function.__name__}") for answer in self.kept]


def exercise_params(stem: str) -> list[Any]:
    """Return pytest parameters: each exercise of a lesson under its id."""
    return [pytest.param(exercise, id=exercise.id) for exercise in list_exercises(stem)]


@functools.cache
def load_functions(stem: str, solved: bool) -> dict[str, Callable[..., Any]]:
    """Run a lesson's function cells and its imports, without demonstrations; return the functions by exercise id."""
    namespace: dict[str, Any] = {}
    functions = {}
    for cell in read_lesson(stem):
        if cell.kind != "code" or "demonstration" in cell.tags:
            continue
        run_cell(cell, solved, namespace)
        if cell.role == "function":
            functions[cell.exercise.id] = namespace[cell.exercise.function]
    return functions


def run_cell(cell: Cell, solved: bool, namespace: dict[str, Any]) -> None:
    """Run a function's cell whole, and of any other cell the imports of libraries."""
    text = cell.text
    if cell.role == "function":
        text = show_solution(text) if solved else hide_solution(text, cell.exercise)
    tree = ast.parse(text)
    if cell.role != "function":
        tree.body = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) and _outside(node)]
    name = f"<cell {cell.ordinal}, {'solved' if solved else 'stub'}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(tree, name, "exec"), namespace)


def _outside(node: ast.Import | ast.ImportFrom) -> bool:
    """Tell whether an import is of another library than the workshop itself."""
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return not any(name.partition(".")[0] == "workshop" for name in names)


def diagnose(exercise: Exercise, function: Callable[..., Any], seed: int = 0) -> NotYet | None:
    """Return what the check says about a function, or None where it passes."""
    try:
        run_check(exercise, local_caller(function, exercise.seconds, tensors=exercise.tensors), seed)
    except NotYet as problem:
        return problem
    return None


def read_line(diagnosis: NotYet, label: str) -> str:
    """Return one line of a diagnosis without its label."""
    lines = [line.strip() for line in str(diagnosis).splitlines()]
    return next(line.removeprefix(f"{label}:").strip() for line in lines if line.startswith(f"{label}:"))


def assert_stub_fails(exercise: Exercise) -> None:
    """The stub as learners get it fails, and with NotImplementedError only."""
    problem = diagnose(exercise, load_functions(exercise.lesson, solved=False)[exercise.id])
    assert isinstance(problem, NotImplementedError)
    assert "the stub" in read_line(problem, "Got")


def assert_solution_passes(exercise: Exercise, seed: int) -> None:
    """The solution in the lesson and the workshop's own reference pass."""
    for function in (load_functions(exercise.lesson, solved=True)[exercise.id], exercise.reference):
        problem = diagnose(exercise, function, seed)
        assert problem is None, str(problem)


def assert_wrong_answer(answer: Answer) -> None:
    """A wrong answer fails with its own likely cause, on hidden seeds too, and with a next step."""
    for seed in SEEDS:
        problem = diagnose(find_exercise(answer.exercise_id), answer.function, seed)
        assert problem is not None, f"passes with seed {seed}"
        assert not isinstance(problem, NotImplementedError)
        assert read_line(problem, "Likely").startswith(answer.likely), str(problem)
        assert read_line(problem, "Next")


def assert_other_right_answer(answer: Answer) -> None:
    """A right answer written in another way passes. Its library is imported first, which takes long."""
    for name in {"torch", "sklearn"} & {*answer.function.__code__.co_names}:
        importlib.import_module(name)
    for seed in SEEDS:
        problem = diagnose(find_exercise(answer.exercise_id), answer.function, seed)
        assert problem is None, str(problem)


def assert_every_exercise_proven(stem: str, wrong: Answers, right: Answers) -> None:
    """Each exercise has wrong answers of two likely causes or more, none the beginning of another, and a right one."""
    for exercise in list_exercises(stem):
        causes = [answer.likely for answer in wrong.kept if answer.exercise_id == exercise.id]
        assert len({*causes}) >= 2, exercise.id
        assert all(len(cause) >= 10 for cause in causes), exercise.id
        clashes = [(a, b) for a in causes for b in causes if a != b and b.startswith(a)]
        assert not clashes, (exercise.id, clashes)
        assert any(answer.exercise_id == exercise.id for answer in right.kept), exercise.id
