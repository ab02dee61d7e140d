"""The nbgrader course: stock commands give the right points, lose no answer and leak nothing."""

import copy
import csv
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("nbgrader")

import nbformat
from nbformat import from_dict

from backstage import hidden
from backstage.course.make import make_course
from backstage.course.mend import mend
from backstage.lessons.notebooks import make_learner, make_solved, write_json
from backstage.lessons.source import checkout, read_functions
from tests.backstage.hearts import know_by_heart
from workshop import cli
from workshop.checks import run_check
from workshop.checks.local import local_caller
from workshop.checks.protocol import Reply
from workshop.checks.registry import LESSONS, find_exercise, list_exercises
from workshop.errors import NotWritten, NotYet, WorkshopError
from workshop.exercises.start_here import count_words

STEM = "00_start_here"
CALL = "check.start_here.count_words(count_words)"
ANSWER = """def count_words(text):
    {noise}
    counts = {{}}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
"""
NOISE = """import logging, os, subprocess, sys, warnings
logging.basicConfig(level=logging.DEBUG)
stderr_of_before = sys.stderr
from tqdm import tqdm
bar_of_before = tqdm(total=1000, mininterval=0)
"""
NOISY = """warnings.warn("a warning of mine"); logging.error("a log line"); print("to stderr", file=sys.stderr)
    print("held on to", file=stderr_of_before); os.write(2, b"raw"); subprocess.run(["sh", "-c", "echo child >&2"])
    bar_of_before.update(1); list(tqdm(range(3), mininterval=0))"""


def code(source, grade_id=None):
    """Return a code cell, with an nbgrader id."""
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": source}


SET_UP = "import workshop\nfrom workshop import check"
DEFINES = "def count_words(text):\n    return {}"


def edit_answer(notebook, text):
    """Return the notebook with another text in the cell that defines the function."""
    notebook = copy.deepcopy(notebook)
    cell = next(cell for cell in notebook["cells"] if "".join(cell["source"]).startswith("def count_words"))
    cell["source"] = text
    return notebook


def as_colab_leaves_it(notebook):
    """Return the notebook without cell metadata, with the answer and its check merged in one cell below a copy."""
    notebook = edit_answer(notebook, ANSWER.format(noise="pass") + "\n" + CALL)
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    demonstration = next(c for c in notebook["cells"] if "".join(c["source"]).startswith("# demonstration"))
    demonstration["source"] = "# demonstration 0.1\nraise SystemExit('demonstrations are not run')"
    notebook["cells"] = [cell for cell in notebook["cells"] if "".join(cell["source"]) != CALL]
    return notebook


def make_submissions(release):
    """Return a notebook and its points for each student."""
    return {
        "solved": (make_solved(STEM), 2),
        "released": (release, 0),
        "wrong": (edit_answer(release, "def count_words(text):\n    return {w: 1 for w in text.lower().split()}"), 0),
        "noisy": (edit_answer(release, NOISE + ANSWER.format(noise=NOISY)), 2),
        "by_heart": (edit_answer(release, know_by_heart()), 0),
        "colab": (as_colab_leaves_it(release), 2),
    }


def nbgrader(course, *arguments):
    """Run stock nbgrader by its full path, in an environment that is not activated."""
    script = Path(sys.executable).parent / "nbgrader"
    bare = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}
    done = subprocess.run([script, *arguments], cwd=course, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "with a space"
    make_course(folder, ["00"])
    return folder


@pytest.fixture(scope="module")
def graded(course):
    nbgrader(course, "generate_assignment", STEM, "--force")
    release = json.loads((course / "release" / STEM / f"{STEM}.ipynb").read_text(encoding="utf-8"))
    for student, (notebook, _) in make_submissions(release).items():
        place = course / "submitted" / student / STEM
        place.mkdir(parents=True)
        (place / f"{STEM}.ipynb").write_text(write_json(notebook), encoding="utf-8")
    nbgrader(course, "autograde", STEM)
    nbgrader(course, "generate_feedback", STEM)
    nbgrader(course, "export")
    return course


@pytest.mark.slow
def test_stock_nbgrader_gives_the_right_points(graded):
    with (graded / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    release = json.loads((graded / "release" / STEM / f"{STEM}.ipynb").read_text(encoding="utf-8"))
    assert rows == {student: (points, 2) for student, (_, points) in make_submissions(release).items()}


@pytest.mark.slow
def test_demonstrations_are_skipped_even_without_their_tag(graded):
    cells = json.loads((graded / "autograded" / "colab" / STEM / f"{STEM}.ipynb").read_text(encoding="utf-8"))["cells"]
    shown = [cell for cell in cells if "".join(cell["source"]).startswith("# demonstration")]
    assert [cell["execution_count"] for cell in shown] == [None]


@pytest.mark.slow
def test_feedback_shows_the_diagnosis_once_and_no_hidden_test(graded):
    secret = (graded / "secret_of_hidden_tests").read_text(encoding="ascii").strip()
    for student in ("wrong", "by_heart", "released"):
        page = (graded / "feedback" / student / STEM / f"{STEM}.html").read_text(encoding="utf-8")
        assert page.count("Likely:") == 1
        cells = json.loads((graded / "autograded" / student / STEM / f"{STEM}.ipynb").read_text("utf-8"))["cells"]
        check = next(c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == "check-0-1")
        assert [len(output["traceback"]) for output in check["outputs"] if output["output_type"] == "error"] == [1]
        assert "HIDDEN TESTS" not in page
        assert "run_hidden_tests" not in page
        assert secret not in page
        assert secret[:16] not in page
    assert "each time, the old count is replaced" in (graded / "feedback" / "wrong" / STEM / f"{STEM}.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.slow
def test_feedback_of_a_failed_hidden_test_shows_no_input(graded):
    page = (graded / "feedback" / "by_heart" / STEM / f"{STEM}.html").read_text(encoding="utf-8")
    assert "right on the examples of its check, not on others" in page
    secret = hidden.read_secret(graded / "secret_of_hidden_tests")
    seen = []
    for seed in hidden.derive_seeds(secret, "0.1"):
        run_check(find_exercise("0.1"), lambda text: seen.append(text) or Reply(count_words(text)), seed)
    drawn = {text for text in seen if len(text) > 100}
    assert len(drawn) == hidden.SEEDS
    assert not [text for text in drawn if text[:30] in page]


@pytest.mark.slow
def test_release_holds_no_solution_no_hidden_test_and_no_secret(graded):
    text = (graded / "release" / STEM / f"{STEM}.ipynb").read_text(encoding="utf-8")
    assert "counts.get(word" not in text
    assert "HIDDEN" not in text
    assert "hidden" not in text
    assert not list((graded / "release").rglob("secret*"))
    assert not list((graded / "source").rglob("secret*"))


@pytest.mark.slow
def test_again_overwrites_nothing_that_is_the_teachers(graded):
    kept = [graded / name for name in ("secret_of_hidden_tests", "gradebook.db", "nbgrader_config.py")]
    kept += (graded / "submitted").rglob("*.ipynb")
    before = {path: path.read_bytes() for path in kept}
    source = graded / "source" / STEM / f"{STEM}.ipynb"
    edited = source.read_text(encoding="utf-8").replace("# 00 – Start here", "# 00 – Start here, all of you")
    source.write_text(edited, encoding="utf-8")
    course = make_course(graded, ["00"])
    assert course.kept == (f"source/{STEM}/{STEM}.ipynb",)
    assert course.points == 2
    assert "\n" not in str(course)
    assert source.read_text(encoding="utf-8") == edited
    assert {path: path.read_bytes() for path in kept if path.name != "gradebook.db"} == {
        path: content for path, content in before.items() if path.name != "gradebook.db"
    }
    nbgrader(graded, "export", "--to", "again.csv")
    assert (graded / "again.csv").read_text() == (graded / "grades.csv").read_text()


@pytest.mark.slow
def test_a_course_whose_configuration_names_an_old_profile_still_grades(tmp_path):
    old = "tiny"
    make_course(tmp_path, ["00"])
    config = tmp_path / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    assert text.count('"WORKSHOP_PROFILE"] = "small"') == 1
    config.write_text(text.replace('"WORKSHOP_PROFILE"] = "small"', f'"WORKSHOP_PROFILE"] = "{old}"'), encoding="utf-8")
    nbgrader(tmp_path, "generate_assignment", STEM, "--force")
    place = tmp_path / "submitted" / "solved" / STEM
    place.mkdir(parents=True)
    (place / f"{STEM}.ipynb").write_text(write_json(make_solved(STEM)), encoding="utf-8")
    nbgrader(tmp_path, "autograde", STEM)
    nbgrader(tmp_path, "export")
    (row,) = csv.DictReader((tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines())
    assert (float(row["score"]), float(row["max_score"])) == (2, 2)
    graded = json.loads((tmp_path / "autograded" / "solved" / STEM / f"{STEM}.ipynb").read_text(encoding="utf-8"))
    said = [output.get("text", "") for cell in graded["cells"] for output in cell.get("outputs", [])]
    assert any(f"The profile '{old}' is called 'small' now." in "".join(text) for text in said)
    assert not [
        output for cell in graded["cells"] for output in cell.get("outputs", []) if output.get("name") == "stderr"
    ]


@pytest.mark.slow
def test_secret_is_its_owners_alone(course):
    assert stat.S_IMODE((course / "secret_of_hidden_tests").stat().st_mode) == 0o600


@pytest.mark.slow
@pytest.mark.parametrize("answer", [ANSWER.format(noise=NOISY), DEFINES], ids=["right", "wrong"])
def test_check_of_a_noisy_answer_is_silent_by_itself(answer):
    nbclient = pytest.importorskip("nbclient")
    cells = [code(SET_UP), code(NOISE + answer), code(CALL)]
    notebook = from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    client = nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True)
    client.execute(env=os.environ | {"WORKSHOP_RESULTS": "memory"})
    kinds = [output.output_type for output in notebook.cells[2].outputs]
    assert kinds == (["display_data"] if "counts" in answer else ["display_data", "error"])


def test_seeds_derive_from_secret_and_exercise():
    seeds = hidden.derive_seeds(b"s" * 32, "1.2")
    assert seeds == hidden.derive_seeds(b"s" * 32, "1.2")
    assert len({*seeds, *hidden.derive_seeds(b"s" * 32, "1.3"), *hidden.derive_seeds(b"t" * 32, "1.2")}) == 12
    assert all(0 < seed <= 2**63 for seed in seeds)


def test_hidden_tests_pass_the_reference_and_name_the_mistake():
    exercise = find_exercise("0.1")
    hidden.run_hidden(exercise, local_caller(count_words), b"s" * 32)
    with pytest.raises(NotYet, match="'The' and 'the' are counted as two words") as caught:
        hidden.run_hidden(
            exercise, local_caller(lambda text: {w: text.split().count(w) for w in text.split()}), b"s" * 32
        )
    assert "count_words(" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "names no file"), ("", "too short"), ("no secret", "hexadecimal"), ("ab", "too short")],
    ids=["unset", "empty", "not_hex", "short"],
)
def test_without_a_secret_the_teacher_is_told(tmp_path, monkeypatch, content, words):
    monkeypatch.delenv(hidden.ENVIRONMENT, raising=False)
    if content is not None:
        (tmp_path / "secret").write_text(content)
        monkeypatch.setenv(hidden.ENVIRONMENT, str(tmp_path / "secret"))
    with pytest.raises(WorkshopError, match="for the teacher") as caught:
        hidden.run("0.1", count_words)
    assert words in str(caught.value)
    assert not isinstance(caught.value, NotYet | NotWritten)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        ([code(SET_UP), code(DEFINES, "ex-0-1"), code(CALL, "check-0-1")], ["", "ex-0-1", "check-0-1"]),
        ([code(SET_UP), code(DEFINES), code(CALL)], ["", "ex-0-1", "check-0-1"]),
        ([code(DEFINES), code(CALL)], ["", "ex-0-1", "check-0-1"]),
        ([code(SET_UP), code(DEFINES, "ex-0-1")], ["", "ex-0-1", "check-0-1"]),
        ([code(SET_UP), code(DEFINES + "\n" + CALL, "check-0-1")], ["", "ex-0-1", "check-0-1"]),
        ([code(SET_UP), code(CALL, "check-0-1"), code(DEFINES)], ["", "", "ex-0-1", "check-0-1"]),
        (
            [code(SET_UP), code(DEFINES, "ex-0-1"), code(DEFINES, "ex-0-1"), code(CALL, "check-0-1")],
            ["", "", "ex-0-1", "check-0-1"],
        ),
        ([code(SET_UP), code("x = (", "check-0-1"), code(DEFINES)], ["", "", "ex-0-1", "check-0-1"]),
    ],
    ids=["as_released", "stripped", "no_set_up", "no_check", "merged", "answer_below", "copied", "broken"],
)
def test_mending_keeps_the_answer_and_grades_below_it(cells, order):
    notebook = from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    mend(notebook, STEM)
    assert "Added for grading" in notebook.cells.pop(0).source
    assert [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in notebook.cells] == order
    answers = [cell for cell in notebook.cells if "def count_words" in cell.source]
    assert answers
    assert all(cell.metadata.get("nbgrader", {}).get("grade_id") != "check-0-1" for cell in answers)


def test_an_answer_made_text_by_accident_is_code_again():
    text = {"cell_type": "markdown", "metadata": {"nbgrader": {"grade_id": "ex-0-1"}}, "source": DEFINES}
    notebook = from_dict({"cells": [code(SET_UP), text], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    mend(notebook, STEM)
    assert [cell.cell_type for cell in notebook.cells] == ["code"] * 4


def test_learners_copy_of_the_lesson_itself_can_be_handed_in():
    notebook = nbformat.reads(write_json(make_learner(STEM)), as_version=4)
    mend(notebook, STEM)
    carried = [cell.metadata["nbgrader"]["grade_id"] for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert carried == ["ex-0-1", "check-0-1"]


@pytest.mark.slow
def test_half_a_lesson_gives_half_of_its_points(tmp_path):
    lesson = "01_word_embeddings"
    every = list_exercises(lesson)
    make_course(tmp_path, [lesson])
    half = json.loads((tmp_path / "release" / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    answers = read_functions(lesson)
    for exercise in every[::2]:
        cell = next(
            c for c in half["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == answer_id(exercise)
        )
        cell["source"] = answers[exercise.id]
    for student, notebook in {"solved": make_solved(lesson), "half": half}.items():
        place = tmp_path / "submitted" / student / lesson
        place.mkdir(parents=True)
        (place / f"{lesson}.ipynb").write_text(write_json(notebook), encoding="utf-8")
    nbgrader(tmp_path, "autograde", lesson)
    nbgrader(tmp_path, "export")
    with (tmp_path / "grades.csv").open(encoding="utf-8") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {"solved": sum(e.points for e in every), "half": sum(e.points for e in every[::2])}


def answer_id(exercise):
    """Return nbgrader's name of the cell that holds an exercise's answer."""
    return "ex-" + exercise.id.replace(".", "-")


def test_guide_plans_the_exercises_that_are_done_in_the_room():
    guide = (checkout() / "docs" / "instructor.md").read_text(encoding="utf-8")
    rows = [line for line in guide.splitlines() if line.startswith("|") and "in the room" in line]
    planned = sorted(re.findall(r"\b\d\.\d+\b", " ".join(rows)))
    every = [exercise for lesson in LESSONS for exercise in list_exercises(lesson.stem)]
    assert planned == sorted(exercise.id for exercise in every if exercise.room)
    assert set(re.findall(r"`workshop ([a-z-]+)", guide)) - {"slides"} <= {*cli.commands.commands, *cli.find_added()}
