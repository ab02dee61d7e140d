"""Honest submissions: solved, untouched, half done, every kept wrong and other right answer, mangled by tools."""

import ast
import copy
from collections import defaultdict
from pathlib import Path

from backstage.lessons.notebooks import make_learner, make_solved
from workshop.checks.registry import find_exercise, list_exercises

CHECKS = Path(__file__).resolve().parents[2] / "exercises"
START, WORDS = "00_start_here", "01_word_embeddings"
NOISY = """import logging, sys, warnings
logging.basicConfig(level=logging.DEBUG)

def report(result):
    print("a line after each cell", file=sys.stderr)

get_ipython().events.register("post_run_cell", report)
logging.warning("a log line")"""


def read_answers(stem, kind):
    """Return the kept answers by exercise: for each, its name and the text of a cell with the exercise's function."""
    ids, found = {one.id for one in list_exercises(stem)}, defaultdict(list)
    for path in sorted(CHECKS.glob("*.py")):
        for id, name, text in _read_marked(path, kind):
            if id in ids:
                found[id].append((name, text))
    return found


def _read_marked(path, kind):
    """Yield exercise, name and cell of each function in a file that is marked as a wrong or a right answer."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) and _in_notebooks(node)]
    helpers = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.decorator_list]
    helpers = [node for node in helpers if not node.name.startswith(("test_", "assert_"))]
    for node in tree.body:
        marks = getattr(node, "decorator_list", [])
        if marks and isinstance(marks[0], ast.Call) and getattr(marks[0].func, "id", "") == kind:
            id, name = marks[0].args[0].value, node.name
            node.decorator_list, node.name = [], find_exercise(id).function
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and inner.id == name:
                    inner.id = node.name  # calls itself
            yield id, name, ast.unparse(ast.Module([*imports, *helpers, node], []))


def _in_notebooks(node):
    """Tell whether a cell of a student's may have this import."""
    names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return not {"pytest", "tests", "workshop"} & {name.partition(".")[0] for name in names}


def edit(notebook, texts):
    """Return the notebook with other texts in the cells that define these functions."""
    notebook = copy.deepcopy(notebook)
    for function, text in texts.items():
        find_cell(notebook, f"def {function}(")["source"] = text
    return notebook


def find_cell(notebook, start, kind="code"):
    """Return the first cell that holds a line beginning so."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == kind and any(line.startswith(start) for line in "".join(cell["source"]).splitlines()):
            return cell
    raise LookupError(start)


def make_kept(stem, kind):
    """Return notebooks that hold every kept answer once, solved elsewhere, each with the points of its exercises."""
    answers, solved, made = read_answers(stem, kind), make_solved(stem), {}
    for number in range(max(map(len, answers.values()))):
        texts, points = {}, {one.id: one.points for one in list_exercises(stem)}
        for id, several in answers.items():
            if number < len(several):
                texts[find_exercise(id).function] = several[number][1]
                points[id] = 0 if kind == "wrong" else points[id]
        made[f"{kind}{number}"] = (edit(solved, texts), points)
    return made


def make_usual(stem):
    """Return the solved notebook, the released one and a half done one, with the points of their exercises."""
    full = {one.id: one.points for one in list_exercises(stem)}
    done = list(full)[: len(full) // 2]
    solved, released = make_solved(stem), make_learner(stem)
    texts = {}
    for id in done:
        function = find_exercise(id).function
        texts[function] = find_cell(solved, f"def {function}(")["source"]
    none = dict.fromkeys(full, 0)
    half = {id: full[id] if id in done else 0 for id in full}
    return {"solved": (solved, full), "released": (released, none), "half": (edit(released, texts), half)}


def make_mangled():
    """Return notebooks of lesson 00 as tools and students leave them, with the points of their exercise."""
    solved, wrong = make_solved(START), read_answers(START, "wrong")["0.1"][0][1]
    right = "".join(find_cell(solved, "def count_words(")["source"])
    call = "check.start_here.count_words(count_words)"
    made = {}
    for name in ("copied", "copied_wrong_last", "moved", "check_deleted", "metadata_lost", "merged", "renumbered"):
        made[name] = [copy.deepcopy(solved), 2]
    for name, text in (("copied", right), ("copied_wrong_last", wrong)):
        notebook = made[name][0]
        find_cell(notebook, "def count_words(")["source"] = wrong if name == "copied" else right
        notebook["cells"].append(
            copy.deepcopy(find_cell(notebook, "def count_words(")) | {"source": text, "id": "copy"}
        )
    made["copied_wrong_last"][1] = 0
    cells = made["moved"][0]["cells"]
    cells.append(cells.pop(cells.index(find_cell(made["moved"][0], "def count_words("))))
    cells = made["check_deleted"][0]["cells"]
    cells.remove(find_cell(made["check_deleted"][0], call))
    for cell in made["metadata_lost"][0]["cells"]:
        cell["metadata"] = {}
    made["metadata_lost"][0]["metadata"] = {
        "colab": {"name": "x"},
        "kernelspec": {"name": "python3", "display_name": "3"},
    }
    notebook = made["merged"][0]
    notebook["cells"].remove(find_cell(notebook, call))
    find_cell(notebook, "def count_words(")["source"] = f"{right}\n\n{call}"
    for number, cell in enumerate(made["renumbered"][0]["cells"]):
        cell["id"] = f"x{number}"
    return {name: (notebook, {"0.1": points}) for name, (notebook, points) in made.items()}


def make_noisy():
    """Return the solved notebook of lesson 00 with something that prints to standard error after every cell."""
    notebook = make_solved(START)
    cell = {"cell_type": "code", "id": "noise", "metadata": {}, "execution_count": None, "outputs": [], "source": NOISY}
    notebook["cells"].insert(0, cell)
    return notebook
