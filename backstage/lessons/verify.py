"""What `workshop build --check` looks for beside stale notebooks."""

import ast
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from backstage.lessons.execute import execute
from backstage.lessons.notebooks import make_solved
from backstage.lessons.source import Cell, read_functions, read_lesson
from workshop.checks.registry import LESSONS, list_exercises
from workshop.errors import WorkshopError

MOST_LINES = 15
MOST_WORDS = 80
MOST_CODE_CELLS = 2
FOLD = re.compile(r"<details>.*?</details>", re.DOTALL)
FENCE = re.compile(r"```.*?```|^\|.*$|<!--.*?-->|<[^>]+>", re.DOTALL | re.MULTILINE)
FORBIDDEN = re.compile(r"^\s*[!%](pip|wget)|sys\.path|^\s*!", re.MULTILINE)


def find_faults() -> list[str]:
    """Return every fault of every lesson, one line each; a kernel for each lesson, two at once."""
    with ThreadPoolExecutor(2) as pool:
        return [fault for faults in pool.map(find_lesson_faults, [one.stem for one in LESSONS]) for fault in faults]


def find_lesson_faults(stem: str) -> list[str]:
    """Return the faults of one lesson: form first; its checks are run only where the form is right."""
    cells = read_lesson(stem)
    read_functions(stem)
    faults = [f"solutions/{stem}.py, cell {cell.ordinal}: {fault}" for cell in cells for fault in check_cell(cell)]
    faults += check_order(stem, cells) + check_ids(stem, cells)
    return faults or run_without_demonstrations(stem)


def check_cell(cell: Cell) -> list[str]:
    """Return what is wrong with a cell by itself: too long, or with commands that don't belong there."""
    if cell.kind == "markdown":
        return [] if "notes" in cell.tags else _check_text(cell.text)
    lines, faults = count_lines(cell.text), []
    if lines > MOST_LINES:
        faults.append(f"{lines} lines of code, at most {MOST_LINES}. Split it, or move the machinery into the package.")
    if FORBIDDEN.search(cell.text):
        faults.append("installs, downloads or changes sys.path. The set-up and the build do that.")
    return faults


def count_lines(text: str) -> int:
    """Count a cell's lines of code: without docstrings, blank lines and solution markers."""
    skipped: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            skipped.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = enumerate(text.splitlines(), start=1)
    kept = [line for number, line in lines if number not in skipped and line.strip()]
    return sum(not re.match(r"\s*# (BEGIN|END) SOLUTION", line) for line in kept)


def _check_text(text: str) -> list[str]:
    """Return the fault of a text that is too long; each fold counts for itself."""
    parts = [FOLD.sub("", text), *FOLD.findall(text)]
    counts = [len(FENCE.sub(" ", part).split()) for part in parts]
    return [f"{count} words of text, at most {MOST_WORDS}." for count in counts if count > MOST_WORDS]


def check_order(stem: str, cells: list[Cell]) -> list[str]:
    """Return a fault for each place with more than two code cells in a row."""
    faults, row = [], 0
    for cell in (cell for cell in cells if "notes" not in cell.tags):
        row = row + 1 if cell.kind == "code" else 0
        if row == MOST_CODE_CELLS + 1:
            faults.append(
                f"solutions/{stem}.py, cell {cell.ordinal}: the third code cell in a row. Put a text between."
            )
    return faults


def check_ids(stem: str, cells: list[Cell]) -> list[str]:
    """Return a fault for each exercise that has not exactly one card, one function and one check."""
    counted = Counter((cell.exercise.id, cell.role) for cell in cells if cell.exercise)
    wanted = [(exercise.id, role) for exercise in list_exercises(stem) for role in ("card", "function", "check")]
    return [
        f"solutions/{stem}.py: exercise {id} has {counted[id, role]} cells of the kind {role!r}, expected 1."
        for id, role in wanted
        if counted[id, role] != 1
    ]


def run_without_demonstrations(stem: str) -> list[str]:
    """Run the solved notebook with every demonstration skipped; return the fault where a cell fails."""
    try:
        execute(make_solved(stem), f"solutions/{stem}.py without its demonstrations", demonstrations=False)
    except WorkshopError as error:
        return [str(error)]
    return []
