"""A second environment as on Colab: ipywidgets 7.7.1, and nothing but what learners install.

It lies over the one that the tests run in, so it takes seconds to make: its own packages come first, and those that
only teachers and maintainers have can't be imported.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from backstage.lessons.notebooks import make_solved, write_json
from workshop.checks.registry import LESSONS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ROOT / "build" / "envs"
OWN = ("ipywidgets==7.7.1", "widgetsnbextension~=3.6.0", "jupyterlab_widgets>=1.0,<3", "ipython_genutils~=0.2.0")
STAFF_ONLY = ("nbgrader", "jupytext", "nbval", "hypothesis", "playwright", "pytest", "xdist", "ruff", "notebook")
BLOCK = """\
import sys
from importlib.machinery import PathFinder


class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in {names!r} else super().find_spec(name, path, target)


sys.meta_path[:] = [Without if finder is PathFinder else finder for finder in sys.meta_path]
"""
CHECKS = """\
import ipywidgets, workshop
from workshop.checks import check, local, registry, run_check

assert ipywidgets.__version__ == "7.7.1", ipywidgets.__version__
for lesson in registry.LESSONS:
    for exercise in registry.list_exercises(lesson.stem):
        run_check(exercise, local.local_caller(exercise.reference, exercise.seconds))
        print("passed", exercise.id)
"""
RUN = """\
import os, sys, nbclient, nbformat

node = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(node, timeout=300, kernel_name="python3").execute(env=dict(os.environ))
nbformat.write(node, sys.argv[2])
"""


@pytest.fixture(scope="module")
def python() -> str:
    """Give the interpreter of the second environment; make it where it is missing."""
    parent = sysconfig.get_path("purelib")
    key = hashlib.sha256("\n".join([*OWN, *STAFF_ONLY, BLOCK, sys.version, sys.prefix, parent]).encode()).hexdigest()[
        :16
    ]
    # Workers that run side by side have one each, so that none uses what another is still making.
    folder = ENVIRONMENTS / f"colab-{key}-{os.environ.get('PYTEST_XDIST_WORKER', 'only')}"
    interpreter = folder / "bin" / "python"
    if (folder / "complete").is_file():
        return str(interpreter)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    command = [sys.executable, "-m", "pip", "--python", str(interpreter), "install", "--quiet", "--no-deps", *OWN]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)
    if installed.returncode:
        shutil.rmtree(folder)
        pytest.skip(f"pip can't install {OWN[0]} here: {installed.stderr.strip().splitlines()[-1]}")
    own = next(folder.glob("lib/python*/site-packages"))
    (own / "parent.pth").write_text(f"import site; site.addsitedir({parent!r})\n")
    (own / "sitecustomize.py").write_text(BLOCK.format(names=set(STAFF_ONLY)))
    (folder / "complete").touch()
    return str(interpreter)


def run(python: str, folder: Path, *arguments: str) -> str:
    """Run Python in the second environment, in an empty folder, and return what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    done = subprocess.run(
        [python, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        env=environment
        | {"PYTHONPATH": str(ROOT), "JUPYTER_DATA_DIR": str(folder / "jupyter"), "OMP_NUM_THREADS": "1"}
        | {"WORKSHOP_RESULTS": str(folder / "results"), "IPYTHONDIR": str(folder / "ipython")},
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


def test_what_only_teachers_have_is_not_there(python, tmp_path):
    with pytest.raises(AssertionError, match="No module named 'nbgrader'"):
        run(python, tmp_path, "-c", "import nbgrader")


def test_every_check_passes_for_its_solution(python, tmp_path):
    passed = run(python, tmp_path, "-c", CHECKS).split()[1::2]
    assert "0.1" in passed
    assert len(passed) >= 10


@pytest.mark.parametrize("stem", [lesson.stem for lesson in LESSONS[:2]])
def test_the_solved_lesson_runs(python, tmp_path, stem):
    solved, executed = tmp_path / "solved.ipynb", tmp_path / "executed.ipynb"
    solved.write_text(write_json(make_solved(stem)), encoding="utf-8")
    run(python, tmp_path, "-c", RUN, str(solved), str(executed))
    outputs = [output for cell in json.loads(executed.read_text())["cells"] for output in cell.get("outputs", [])]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    widgets = [output for output in outputs if "application/vnd.jupyter.widget-view+json" in output.get("data", {})]
    assert widgets, "no widget was shown"
