"""The solved notebooks run headless from the first cell to the last, under nbval."""

import os
import subprocess
import sys

import pytest

from backstage.lessons.notebooks import make_solved, write_json
from backstage.lessons.source import checkout
from workshop.checks.registry import LESSONS


@pytest.mark.slow
@pytest.mark.parametrize("stem", [lesson.stem for lesson in LESSONS])
def test_solved_notebook_runs_from_a_fresh_kernel(stem, tmp_path):
    notebook = tmp_path / f"{stem}.ipynb"
    notebook.write_text(write_json(make_solved(stem)), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval-lax",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
    ]
    done = subprocess.run(
        [*command, str(notebook)],
        capture_output=True,
        text=True,
        timeout=600,
        cwd=tmp_path,
        env=os.environ | {"WORKSHOP_RESULTS": str(tmp_path / "results"), "PYTHONPATH": str(checkout())},
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
