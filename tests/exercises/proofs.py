"""What the proofs of every lesson's exercises share: solutions, stubs, kept answers, and their verdicts."""

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


def read_line(diagnosis: NotYet | None, label: str) -> str:
    """Return one line of a diagnosis without its label."""
    lines = [line.strip() for line in str(diagnosis).splitlines()]
    return next(line.removeprefix(f"{label}:").strip() for line in lines if line.startswith(f"{label}:"))


def prove(stem: str, wrong: Answers, right: Answers) -> tuple[Callable[..., None], ...]:
    """Return a lesson's proofs: stubs fail, solutions and other right answers pass, wrong ones are named."""
    exercises = [pytest.param(exercise, id=exercise.id) for exercise in list_exercises(stem)]

    @pytest.mark.parametrize("exercise", exercises)
    def test_stub_fails(exercise):
        problem = diagnose(exercise, load_functions(stem, solved=False)[exercise.id])
        assert isinstance(problem, NotImplementedError)
        assert "the stub" in read_line(problem, "Got")

    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("exercise", exercises)
    def test_solution_passes(exercise, seed):
        for function in (load_functions(stem, solved=True)[exercise.id], exercise.reference):
            problem = diagnose(exercise, function, seed)
            assert problem is None, str(problem)

    @pytest.mark.filterwarnings("ignore::RuntimeWarning")
    @pytest.mark.parametrize("answer", wrong.params())
    def test_wrong_answer(answer):
        for seed in SEEDS:
            problem = diagnose(find_exercise(answer.exercise_id), answer.function, seed)
            assert problem is not None, f"passes with seed {seed}"
            assert not isinstance(problem, NotImplementedError)
            assert read_line(problem, "Likely").startswith(answer.likely), str(problem)
            assert read_line(problem, "Next")

    @pytest.mark.parametrize("answer", right.params())
    def test_other_right_answer(answer):
        for name in {"torch", "sklearn"} & {*answer.function.__code__.co_names}:
            importlib.import_module(name)  # takes long, and is not what is timed
        for seed in SEEDS:
            problem = diagnose(find_exercise(answer.exercise_id), answer.function, seed)
            assert problem is None, str(problem)

    @pytest.mark.parametrize("exercise", exercises)
    def test_exercise_is_proven(exercise):
        causes = [answer.likely for answer in wrong.kept if answer.exercise_id == exercise.id]
        assert len({*causes}) >= 3, "three wrong answers, each with a Likely of its own"
        assert all(len(cause) >= 10 for cause in causes)
        assert not [(a, b) for a in causes for b in causes if a != b and b.startswith(a)]
        assert any(answer.exercise_id == exercise.id for answer in right.kept)

    return test_stub_fails, test_solution_passes, test_wrong_answer, test_other_right_answer, test_exercise_is_proven
