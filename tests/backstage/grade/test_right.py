"""On honest submissions the points are stock nbgrader's; where they aren't, nbgrader is wrong."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("nbgrader")

from backstage.course.make import make_course
from backstage.grade.engine import Engine
from backstage.grade.journal import Journal
from backstage.grade.run import Options, grade_all
from backstage.lessons.notebooks import write_json
from tests.backstage.grade.honest import (
    START,
    WORDS,
    find_cell,
    make_kept,
    make_mangled,
    make_noisy,
    make_usual,
    read_answers,
)
from workshop.checks.registry import list_exercises
from workshop.errors import WorkshopError

pytestmark = pytest.mark.slow
POINTS = """
SELECT submitted_assignment.student_id, assignment.name, base_cell.name, grade.auto_score
FROM grade JOIN base_cell ON base_cell.id = grade.cell_id
JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN assignment ON assignment.id = submitted_assignment.assignment_id
"""


@pytest.fixture(scope="module", autouse=True)
def jail():
    """Skip where there can be no jail."""
    try:
        Engine(START, b"s" * 32, jobs=1, libraries=()).close()
    except WorkshopError as error:
        pytest.skip(f"no jail here: {error}")


def autograde(course, stem, *options):
    """Run stock `nbgrader autograde` of a lesson."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "nbgrader", "autograde", stem, *options]
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def read_stock(course):
    """Return nbgrader's points by student and exercise."""
    with sqlite3.connect(f"file:{course / 'gradebook.db'}?mode=ro", uri=True) as database:
        rows = database.execute(POINTS).fetchall()
    return {(student, name.removeprefix("check-").replace("-", ".")): points for student, _, name, points in rows}


def hand_in(course, stem, submissions):
    for student, (notebook, _) in submissions.items():
        path = course / "submitted" / student / stem / f"{stem}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook if isinstance(notebook, bytes) else write_json(notebook).encode())


def grade_ours(course, stem, tmp_path):
    """Return the grader's marks by student and exercise."""
    summary = grade_all([course / "submitted"], tmp_path, Options(lesson=stem))
    assert not summary.unread
    with Journal(tmp_path / ".grading") as journal:
        records = journal.list_last()
    return {(record.student, mark.exercise): mark for record in records for mark in record.marks}


def compare(tmp_path, stem, submissions):
    """Grade submissions both ways; return what differs from each other and from the known points, and our marks."""
    course = tmp_path / "course"
    make_course(course, [stem])
    hand_in(course, stem, submissions)
    autograde(course, stem)
    stock, marks = read_stock(course), grade_ours(course, stem, tmp_path / "ours")
    ours = {key: mark.points for key, mark in marks.items()}
    wanted = {(student, id): points for student, (_, known) in submissions.items() for id, points in known.items()}
    assert ours.keys() == stock.keys() == wanted.keys()
    different = [
        (key, wanted[key], stock[key], ours[key]) for key in wanted if len({wanted[key], stock[key], ours[key]}) > 1
    ]
    return different, marks


def test_lesson_01_gets_nbgraders_points(tmp_path):
    submissions = make_usual(WORDS) | make_kept(WORDS, "wrong") | make_kept(WORDS, "right")
    answers = [*read_answers(WORDS, "wrong").values(), *read_answers(WORDS, "right").values()]
    assert sum(map(len, answers)) >= 4 * len(list_exercises(WORDS))
    different, marks = compare(tmp_path, WORDS, submissions)
    assert different == [], "(student, exercise), wanted, nbgrader, ours"
    assert {marks["released", one.id].reason for one in list_exercises(WORDS)} == {"not written"}
    assert all(mark.reason for mark in marks.values() if not mark.points)


def test_lesson_00_gets_nbgraders_points_however_it_was_mangled(tmp_path):
    """Without the course's config, stock nbgrader gives 0 for a character on standard error: there it is wrong."""
    submissions = make_usual(START) | make_kept(START, "wrong") | make_kept(START, "right") | make_mangled()
    different, marks = compare(tmp_path, START, submissions | {"noisy": (make_noisy(), {"0.1": 2})})
    assert different == [], "(student, exercise), wanted, nbgrader, ours"
    noted = {student for (student, _), mark in marks.items() if "defined twice: the last one counts" in mark.notes}
    assert noted == {"copied", "copied_wrong_last"}
    autograde(tmp_path / "course", START, "--student", "noisy", "--force", "--IgnorePattern.enabled=False")
    assert read_stock(tmp_path / "course")["noisy", "0.1"] == 0


def change(stem, changes):
    """Return a solved lesson with other facts in the cells of functions; ... takes one away."""
    notebook = make_usual(stem)["solved"][0]
    cells = [find_cell(notebook, f"def {function}(") for function in changes]
    for cell, facts in zip(cells, changes.values(), strict=True):
        cell["source"] = "".join(cell["source"])
        for name, fact in facts.items():
            cell[name] = fact(cell["source"]) if callable(fact) else fact
        for name in [name for name, fact in facts.items() if fact is ...]:
            del cell[name]
    return notebook


def begin(text):
    """Return what puts a text before a source."""
    return lambda source: text + source


def paste(*cells):
    """Return the solved lesson 01 with cells of another course among its own."""
    notebook = make_usual(WORDS)["solved"][0]
    for number, (kind, facts) in enumerate(cells):
        cell = {"cell_type": kind, "id": f"pasted-{number}", "metadata": {"nbgrader": facts}, "source": "x = 1"}
        cell |= {"outputs": [], "execution_count": None} if kind == "code" else {}
        notebook["cells"].insert(5 + 3 * number, cell)
    return notebook


OLD = {"grade": True, "grade_id": "q1", "locked": True, "points": 3, "solution": False, "checksum": "0" * 32}
SHOWN = "# demonstration 1.99\nimport math as unusual\nimport not_installed_anywhere\n1 / 0"
SIX = "".join(f"import not_there_{number}\n" for number in range(6))


# Cells of lesson 01, each odd in another way: in these the exercise is lost, in those it isn't.
LOST = {
    "cosine": {"source": ...},
    "negative_sampling_step": {"cell_type": "markdown", "outputs": ..., "execution_count": ...},
    "cooccurrence": {"source": begin(SIX)},
    "nearest": {"source": begin("name = input()\n")},
    "analogy": {"source": begin("x =\u00a01\n")},
    "character_ngrams": {"source": begin("1 / 0\n")},
}
KEPT = {
    "cosine": {"source": lambda text: text.replace("    return", "    unusual.sqrt(1)\n    return", 1)},
    "negative_sampling_step": {"metadata": None},
    "cooccurrence": {"cell_type": ...},
    "nearest": {"source": begin("import not_installed\nimport math, not_there as n\n")},
}
PASTED = (
    *(("code", OLD), ("code", OLD), ("markdown", OLD | {"solution": True})),
    *(("code", OLD | {"schema_version": version}) for version in (3, 99)),
    *(("markdown", OLD | {"schema_version": 3}), ("code", {"schema_version": 1})),
    *(("code", {}), ("code", {"grade": True}), ("markdown", {"grade_id": 3})),
)


def test_odd_cells_get_nbgraders_points(tmp_path):
    kept = change(WORDS, KEPT)
    kept["cells"].insert(3, {"cell_type": "code", "id": "told", "metadata": {}, "source": SHOWN, "outputs": []})
    notebooks = {"lost": (change(WORDS, LOST), LOST), "kept": (kept, ()), "pasted": (paste(*PASTED), ())}
    submissions = {
        name: (notebook, {one.id: 0 if one.function in lost else one.points for one in list_exercises(WORDS)})
        for name, (notebook, lost) in notebooks.items()
    }
    different, _ = compare(tmp_path, WORDS, submissions)
    assert different == [], "(student, exercise), wanted, nbgrader, ours"
    marked = (tmp_path / "course" / "autograded" / "kept" / WORDS / f"{WORDS}.ipynb").read_text(encoding="utf-8")
    assert "import not_installed was left out, since it ends in ModuleNotFoundError" in marked


def test_files_in_other_encodings_get_nbgraders_points(tmp_path):
    solved = write_json(make_usual(START)["solved"][0])
    windows = write_json(change(START, {"count_words": {"source": begin("# caf@\n")}})).encode()
    files = {"bom": solved.encode("utf-8-sig"), "utf16": solved.encode("utf-16")}
    files["windows"] = windows.replace(b"caf@", b"caf\xe9")
    different, _ = compare(tmp_path, START, {name: (content, {"0.1": 2}) for name, content in files.items()})
    assert different == [], "(student, exercise), wanted, nbgrader, ours"


BAD = {
    "no_bytes": b"",
    "binary": bytes(range(256)) * 20,
    "torn": b'{"cells": [',
    "not_utf16": b'\xff\xfe{\x00"',
    "no_cells": b'{"x": 1}',
    "too_deep": b"[" * 100_000,
}


def test_what_is_no_notebook_gets_a_record_and_stops_nobody(tmp_path):
    for name, content in BAD.items():
        path = tmp_path / "in" / name / f"{START}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    with (tmp_path / "in" / "torn" / f"{START}-big.ipynb").open("wb") as file:
        file.truncate(200 * 10**6)
    hand_in(tmp_path, START, {"solved": make_usual(START)["solved"]})
    paths = [tmp_path / "in", tmp_path / "submitted"]
    summary = grade_all(paths, tmp_path / "out", Options(jobs=2))
    assert summary.records == len(BAD) + 1
    assert {one.student for one in summary.unread} == set(BAD)
    assert all(one.problem.startswith("not a notebook") for one in summary.unread)
