"""nbgrader's gradebook, formgrader and export show what `workshop grade` gave."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("nbgrader")

from backstage.course.make import make_course
from backstage.grade.gradebook import fill_gradebook
from backstage.grade.outputs import tidy
from backstage.grade.records import Mark, Record
from backstage.grade.run import Options, grade_all
from tests.backstage.grade.fake_grader import FakeGrader, write
from workshop.checks.registry import find_exercise, list_exercises
from workshop.errors import WorkshopError

START, WORDS = "00_start_here", "01_word_embeddings"


def export(folder):
    """Run stock `nbgrader export` and return score and maximum by student and assignment."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "nbgrader", "export", "--to", "exported.csv"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    with (folder / "exported.csv").open(encoding="utf-8") as file:
        return {
            (row["student_id"], row["assignment"]): (float(row["score"]), float(row["max_score"]))
            for row in csv.DictReader(file)
        }


def open_gradebook(folder):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{folder / 'gradebook.db'}")


@pytest.mark.slow
def test_a_new_gradebook_exports_the_same_points(tmp_path):
    write(tmp_path / "in", "ana", {"0.1": [2]})
    write(tmp_path / "in", "ana", {"1.1": [2], "1.5": [1]}, WORDS)
    write(tmp_path / "in", "ben", {"0.1": [0, "not written"]})
    write(tmp_path / "in", "=1+1", {"0.1": [2]})
    for _ in range(2):
        grade_all([tmp_path / "in"], tmp_path / "out", Options(gradebook=tmp_path / "gradebook.db"), FakeGrader)
    words = float(sum(one.points for one in list_exercises(WORDS)))
    wanted = {("ana", START): (2, 2), ("ana", WORDS): (3, words), ("ben", START): (0, 2), ("'=1+1", START): (2, 2)}
    assert {key: value for key, value in export(tmp_path).items() if value[0] or key in wanted} == wanted
    with open_gradebook(tmp_path) as gradebook:
        assert gradebook.find_comment("ex-0-1", START, START, "ben").auto_comment == "No response."
        assert gradebook.find_comment("ex-0-1", START, START, "ana").auto_comment is None
    assert not (tmp_path / "autograded").exists()


def records(points):
    return [tidy(Record("ana", START, "d", (Mark("0.1", points, 2, "", ""),)))]


@pytest.mark.slow
def test_points_given_by_hand_stay(tmp_path):
    fill_gradebook(tmp_path / "gradebook.db", records(0))
    with open_gradebook(tmp_path) as gradebook:
        grade = gradebook.find_grade("check-0-1", START, START, "ana")
        grade.manual_score = 1.5
        gradebook.db.commit()
    fill_gradebook(tmp_path / "gradebook.db", records(2))
    with open_gradebook(tmp_path) as gradebook:
        grade = gradebook.find_grade("check-0-1", START, START, "ana")
        assert (grade.auto_score, grade.manual_score, grade.score) == (2, 1.5, 1.5)
        assert grade.needs_manual_grade


@pytest.mark.slow
def test_a_gradebook_with_other_points_is_refused(tmp_path):
    fill_gradebook(tmp_path / "gradebook.db", records(2))
    with open_gradebook(tmp_path) as gradebook:
        gradebook.find_grade_cell("check-0-1", START, START).max_score = 7
        gradebook.db.commit()
    with pytest.raises(WorkshopError, match="other exercises or points"):
        fill_gradebook(tmp_path / "gradebook.db", records(2))


def test_a_file_that_is_no_gradebook_is_said(tmp_path):
    (tmp_path / "gradebook.db").write_text("no database at all, just text that is long enough to be read as one" * 20)
    with pytest.raises(WorkshopError, match="can't write the gradebook"):
        fill_gradebook(tmp_path / "gradebook.db", records(2))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A real course with two students, graded by us, and one that stock nbgrader has graded before."""
    folder = tmp_path_factory.mktemp("course")
    make_course(folder, ["00"])
    write(folder / "submitted", "ana", {"0.1": [2]})
    write(folder / "submitted", "ben", {"0.1": [0, "wrong: x", "Exercise 0.1: <script>alert(1)</script>"]})
    (folder / "submitted" / "ana" / START / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")
    theirs = folder / "autograded" / "cleo" / START / f"{START}.ipynb"
    theirs.parent.mkdir(parents=True)
    theirs.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    write(folder / "submitted", "cleo", {"0.1": [2]})
    options = Options(gradebook=folder / "gradebook.db")
    grade_all([folder / "submitted"], folder / "ours", options, FakeGrader)
    return folder


@pytest.mark.slow
def test_formgrader_and_export_of_a_course_show_the_same(course):
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    assert export(course) == {("ana", START): (2, 2), ("ben", START): (0, 2), ("cleo", START): (2, 2)}
    api = NbGraderAPI(CourseDirectory(root=str(course)))
    shown = {one["student"]: (one["autograded"], one["score"], one["max_score"]) for one in api.get_submissions(START)}
    assert shown == {"ana": (True, 2, 2), "ben": (True, 0, 2), "cleo": (True, 2, 2)}
    assert len(api.get_notebook_submissions(START, START)) == 3
    with open_gradebook(course) as gradebook:
        assert str(gradebook.find_submission(START, "ana").timestamp) == "2026-01-02 03:04:05"


@pytest.mark.slow
def test_autograded_notebooks_carry_the_diagnosis_as_text(course):
    import nbformat

    path = course / "autograded" / "ben" / START / f"{START}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    [check] = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "check-0-1"]
    assert check.metadata.nbgrader.points == find_exercise("0.1").points
    assert [output.output_type for output in check.outputs] == ["stream"]
    assert "alert(1)" in check.outputs[0].text
    theirs = course / "autograded" / "cleo" / START / f"{START}.ipynb"
    assert '"cells": []' in theirs.read_text()
