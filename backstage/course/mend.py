"""Mend a submitted notebook before nbgrader reads it: what Colab drops, what students copy, merge, delete or paste."""

import ast
import re
from collections.abc import Callable
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager
from nbformat.notebooknode import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor

from backstage.course.cells import grade_id, nbgrader_facts
from backstage.course.read import LOST
from backstage.grade.jail.imports import SET_UP, is_set_up, list_imports
from backstage.grade.jail.notebook import mend_cells
from backstage.lessons.source import DEMONSTRATION, TAG
from workshop.checks.registry import LESSONS, Exercise, list_exercises

GO_ON = """# Added for grading: a cell that would stop at an import goes on without it, and says so.
from backstage.course.read import LOST
from backstage.grade.jail.imports import install as _go_on_without_imports

_go_on_without_imports(get_ipython())"""


class MendSubmission(NbGraderPreprocessor):
    """Give each exercise back its one function cell and its one check cell, whatever became of their metadata."""

    def preprocess(self, notebook: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Mend the notebook of a lesson; leave any other as it is."""
        stem = resources["nbgrader"]["notebook"]
        if stem in [lesson.stem for lesson in LESSONS]:
            mend(notebook, stem)
        return notebook, resources


def mend(notebook: NotebookNode, stem: str) -> None:
    """Tag demonstrations, name the cells of every exercise, add set-up and checks that are missing. In place.

    Cells that another course of nbgrader has named lose that. Imports go on as in the grader: those that fail are
    passed over, and all of them, demonstrations' too, are run after the set-up.
    """
    cells, remarks = mend_cells(notebook.cells)
    notebook.cells = [from_dict(cell) for cell in cells]
    lost = bool(notebook.metadata.pop(LOST, False) or remarks)
    for cell in notebook.cells:
        _tag_demonstration(cell)
    exercises = list_exercises(stem)
    for exercise in exercises:
        _name_function(notebook, exercise)
        _name_check(notebook, exercise)
    _forget_others(notebook, {grade_id(one, role) for one in exercises for role in ("function", "check")})
    if not any(re.search(r"^from workshop import .*\bcheck\b", cell.source, re.MULTILINE) for cell in _code(notebook)):
        notebook.cells.insert(0, new_cell(notebook, "set-up", SET_UP))
    _add_imports(notebook, lost)


def _forget_others(notebook: NotebookNode, names: set[str]) -> None:
    """Take the metadata of other courses' cells, whose form and points nbgrader would stumble over."""
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata and _grade_id(cell) not in names:
            del cell.metadata["nbgrader"]


def _add_imports(notebook: NotebookNode, lost: bool) -> None:
    """Add the cell that lets imports go on, and below the set-up those of all cells. lost: whether a cell's text is."""
    every = [(cell.source, cell.cell_type == "code") for cell in notebook.cells]
    run = {id(cell) for cell in _code(notebook)}
    places = [n for n, cell in enumerate(notebook.cells, 1) if id(cell) in run and is_set_up(cell.source)]
    after = places[0] if places else 0
    for number, source in enumerate(list_imports(every, TransformerManager().transform_cell, lost)):
        notebook.cells.insert(after + number, new_cell(notebook, f"imports-{number}", source))
    notebook.cells.insert(0, new_cell(notebook, "imports", GO_ON))


def _tag_demonstration(cell: NotebookNode) -> None:
    """Tag a cell as a demonstration where its first line says so, and only there."""
    kept = [tag for tag in cell.metadata.get("tags", []) if tag != TAG]
    if cell.cell_type == "code" and DEMONSTRATION.match(cell.source):
        kept.append(TAG)
    if kept or "tags" in cell.metadata:
        cell.metadata["tags"] = kept


def _name_function(notebook: NotebookNode, exercise: Exercise) -> None:
    """Let the last cell that defines an exercise's function be its answer, else the one that carries its id."""
    carrying = _take_id(notebook, exercise, "function")
    answers = [cell for cell in _code(notebook) if defines(cell.source, exercise.function)] or carrying
    if answers:
        answers[-1].metadata["nbgrader"] = from_dict(nbgrader_facts(exercise, "function"))


def _name_check(notebook: NotebookNode, exercise: Exercise) -> None:
    """Let one cell be an exercise's check: below the answer, and with nothing in it that would be overwritten."""
    carrying = _take_id(notebook, exercise, "check")
    call = f"check.{exercise.lesson.partition('_')[2]}.{exercise.function}"
    calling = [cell for cell in _code(notebook) if re.search(rf"^{re.escape(call)}\(", cell.source, re.MULTILINE)]
    places = {id(cell): place for place, cell in enumerate(notebook.cells)}
    answers = [cell for cell in _code(notebook) if defines(cell.source, exercise.function)]
    last_answer = max((places[id(cell)] for cell in answers), default=-1)
    checks = sorted(carrying + calling, key=lambda cell: places[id(cell)])
    chosen = checks[-1] if checks else None
    if chosen is None or places[id(chosen)] <= last_answer or not is_call(chosen.source):
        after = max(places[id(chosen)] if chosen else -1, last_answer)
        chosen = new_cell(notebook, grade_id(exercise, "check"), f"{call}({exercise.function})")
        notebook.cells.insert(after + 1 or len(notebook.cells), chosen)
    chosen.metadata["nbgrader"] = from_dict(nbgrader_facts(exercise, "check"))


def _take_id(notebook: NotebookNode, exercise: Exercise, role: str) -> list[NotebookNode]:
    """Take an exercise's nbgrader metadata from every cell that carries it, and return those of code."""
    carrying = [cell for cell in notebook.cells if _grade_id(cell) == grade_id(exercise, role)]
    for cell in carrying:
        del cell.metadata["nbgrader"]
    return [cell for cell in carrying if cell.cell_type == "code"]


def _grade_id(cell: NotebookNode) -> object:
    """Return the nbgrader id that a cell carries, or None."""
    facts = cell.metadata.get("nbgrader")
    return facts.get("grade_id") if isinstance(facts, dict) else None


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells that are run when the notebook is graded."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and TAG not in cell.metadata.get("tags", [])]


def defines(source: str, function: str) -> bool:
    """Tell whether a cell's code defines a function of this name, or binds the name, at its top."""
    return _asks(
        source,
        lambda node: (
            (isinstance(node, ast.FunctionDef) and node.name == function)
            or (isinstance(node, ast.Assign) and any(getattr(to, "id", "") == function for to in node.targets))
        ),
        any,
    )


def is_call(source: str) -> bool:
    """Tell whether a cell's code is one call and nothing else."""
    return source.strip() == "" or _asks(
        source, lambda node: isinstance(node, ast.Expr) and isinstance(node.value, ast.Call), all
    )


def _asks(source: str, matches: Callable[[ast.stmt], bool], how: Callable[..., bool]) -> bool:
    """Ask something of the statements of a cell; False where it can't be read as Python."""
    try:
        return how(map(matches, ast.parse(source).body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def new_cell(notebook: NotebookNode, name: str, source: str) -> NotebookNode:
    """Return a code cell for what a submission lacks; nbgrader writes a check's own text into it."""
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
    if (notebook.nbformat, notebook.nbformat_minor) >= (4, 5):
        cell["id"] = f"added-{name}"
    return from_dict(cell)
