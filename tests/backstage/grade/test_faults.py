"""An error of ours is never a student's zero; and no student's value leads to the teacher's desk."""

import csv
import dataclasses
import json

import pytest

from backstage import commands, hidden
from backstage.grade import engine as engine_module
from backstage.grade import judge
from backstage.grade.engine import Engine
from backstage.grade.feedback import write_feedback, write_overview
from backstage.grade.gradebook import fill_gradebook
from backstage.grade.journal import Journal
from backstage.grade.lms import write_canvas, write_moodle
from backstage.grade.outputs import name_pages, tidy, write_faults, write_grades
from backstage.grade.records import Mark, Record, Submission
from backstage.grade.run import Options, grade_all
from backstage.hidden import make_secret
from tests.backstage.grade.fake_grader import FakeGrader, write
from workshop.checks import passes, run_check
from workshop.checks.ask import CheckBroken
from workshop.checks.faults import call_reference
from workshop.checks.protocol import Reply
from workshop.checks.registry import find_exercise
from workshop.errors import NotYet, WorkshopError

START = "00_start_here"
SECRET = b"f" * 32
RIGHT = find_exercise("0.1").reference


def with_check(check):
    """Return exercise 0.1 with another check."""
    old = find_exercise("0.1")
    made = dataclasses.replace(old, reference=old.reference)
    made.checks(check)
    return made


def broken(ask):
    """Stand for a check that a library's new version has broken."""
    ask("The sea")
    raise KeyError("renamed in the new version")


def refusing(ask):
    """Stand for a check that takes its own reference for wrong."""
    ask.true(ask("The sea") == {"a": 1}, "x", "y", "the oracle changed", "z")


def stumbling(ask):
    """Stand for a check that can't read some values."""
    if len(ask("The sea")) != 2:
        raise OverflowError("too large")


def answer(value):
    return lambda *_: Reply(value)


def test_a_check_that_fails_on_its_reference_is_the_teachers(monkeypatch):
    for check in (broken, refusing):
        exercise = with_check(check)
        if check is broken:
            for value in ({"a": 1}, {"the": 1, "sea": 1}):
                with pytest.raises(CheckBroken, match=r"for the teacher: Exercise 0\.1") as caught:
                    run_check(exercise, answer(value))
                assert isinstance(caught.value.__cause__, KeyError)
                assert "renamed" not in str(caught.value)
        with pytest.raises(WorkshopError, match="refuses the workshop's own reference"):
            judge.foresee(exercise, judge.judge_visible)


def test_a_value_that_only_this_check_cannot_read_is_wrong():
    exercise = with_check(stumbling)
    run_check(exercise, call_reference(exercise))
    with pytest.raises(NotYet, match=r"can't read \(OverflowError\)"):
        run_check(exercise, answer({"a": 1}))
    assert not passes(exercise, lambda text: {"a": 1})
    verdict = judge.judge_visible(judge.Verdict(exercise), answer({"a": 1}))
    assert verdict.as_mark().points == 0
    assert verdict.reason.startswith("wrong: a value that the check can't read")


def test_errors_of_the_caller_are_no_errors_of_the_check():
    def ended(*_):
        raise judge.StoppedError("stopped: ended Python itself")

    with pytest.raises(judge.StoppedError):
        judge.judge_visible(judge.Verdict(find_exercise("0.1")), ended)


def test_a_verdict_of_a_broken_check_counts_no_points_and_keeps_the_trace():
    verdict = judge.judge_visible(judge.Verdict(with_check(broken)), answer({}))
    mark = verdict.as_mark()
    assert (mark.points, mark.reason) == (None, "not graded, for the teacher")
    assert "renamed in the new version" in verdict.fault
    assert "Traceback" in verdict.fault
    assert "renamed" not in mark.message


def test_notebooks_of_courses_made_before_find_their_hidden_tests():
    from workshop.checks.hidden import run

    assert run is hidden.run


def test_hidden_cell_raises_for_the_teacher(monkeypatch, tmp_path):
    make_secret(tmp_path / "secret")
    monkeypatch.setenv(hidden.ENVIRONMENT, str(tmp_path / "secret"))
    monkeypatch.setattr(hidden, "find_exercise", lambda id: with_check(broken))
    with pytest.raises(WorkshopError, match="for the teacher") as caught:
        hidden.run("0.1", RIGHT)
    assert not isinstance(caught.value, NotYet)
    monkeypatch.setattr(hidden, "find_exercise", lambda id: with_check(stumbling))
    with pytest.raises(NotYet, match="can't read"):
        hidden.run("0.1", lambda text: {"a": 1})
    hidden.run("0.1", RIGHT)


def test_a_check_that_asks_nothing_is_refused():
    with pytest.raises(WorkshopError, match="asks nothing"):
        judge.foresee(with_check(lambda ask: None), judge.judge_visible)


@pytest.mark.parametrize("check", [broken, refusing])
def test_engine_starts_only_where_every_reference_passes(monkeypatch, check):
    monkeypatch.setattr(engine_module, "list_exercises", lambda stem: [with_check(check)])
    with pytest.raises(WorkshopError, match=r"Exercise 0.1 .* refuses the workshop's own reference") as caught:
        Engine(START, SECRET, jobs=1, libraries=(), unsafe=True)
    assert ("renamed" if check is broken else "the oracle changed") in str(caught.value)


def breaks_on_a_hidden_seed(ask):
    """Stand for a check that works until something else gives way."""
    if ask("The sea") and Late.broken:
        raise KeyError("gave way")


class Late:
    broken = False


@pytest.mark.slow
@pytest.mark.parametrize("where", ["visible", "hidden"])
def test_a_check_that_breaks_while_grading(monkeypatch, where):
    exercise = with_check(breaks_on_a_hidden_seed)
    monkeypatch.setattr(engine_module, "list_exercises", lambda stem: [exercise])
    source = "def count_words(text):\n    return {w: text.lower().split().count(w) for w in text.lower().split()}"
    content = json.dumps({"cells": [{"cell_type": "code", "source": source}]}).encode()
    try:
        made = Engine(START, SECRET, jobs=1, libraries=("numpy",))
    except WorkshopError as error:
        pytest.skip(str(error))
    with made:
        if where == "hidden":
            whole = judge.judge_hidden

            def late(*given):
                Late.broken = True
                return whole(*given)

            monkeypatch.setattr(judge, "judge_hidden", late)
        Late.broken = where == "visible"
        record = made.grade(Submission("ana", START, content, "test"))
        Late.broken = False
        monkeypatch.undo()
        again = made.grade(Submission("ana", START, content, "test"))
    assert (record.open, record.points, record.problem) == (("0.1",), 0, "")
    assert "gave way" in record.faults[0]
    assert (again.open, again.points) == ((), 2)


class Faulty(FakeGrader):
    """Grades one student with a broken check, and loses another altogether."""

    def grade(self, submission):
        record = super().grade(submission)
        if submission.student != "ben":
            return record
        open_mark = Mark("0.1", None, 2, "not graded, for the teacher", "Exercise 0.1: the check itself failed.")
        return dataclasses.replace(record, marks=(open_mark,), faults=("Exercise 0.1\nTraceback\nKeyError: 'x'",))


@pytest.fixture
def graded(tmp_path):
    for student in ("ana", "ben", "cleo"):
        write(tmp_path / "in", student, {"fail": "out of luck"} if student == "cleo" else {"0.1": [2]})
    return tmp_path, lambda: grade_all([tmp_path / "in"], tmp_path / "out", Options(), Faulty)


def test_files_show_no_zero_for_an_error_of_ours(graded):
    home, run = graded
    summary, out = run(), home / "out"
    assert [(one.student, one.open) for one in summary.faults] == [("ben", ("0.1",)), ("cleo", ("0.1",))]
    assert summary.unread == ()
    assert "ben 00_start_here: 0.1" in str(summary)
    assert "for_the_teacher.txt" in str(summary)
    rows = list(csv.reader((out / "grades.csv").read_text().splitlines()))
    assert [(row[0], row[3]) for row in rows[1:]] == [("ana", "2"), ("ben", ""), ("cleo", "")]
    results = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    assert [one["marks"][0]["points"] for one in results] == [2, None, None]
    teacher = (out / "for_the_teacher.txt").read_text()
    assert "KeyError: 'x'" in teacher
    assert "RuntimeError: out of luck" in teacher
    assert f"ben, {START}" in teacher
    for student in ("ben", "cleo"):
        page = (out / "feedback" / student / f"{START}.html").read_text(encoding="utf-8")
        assert "KeyError" not in page
        assert "RuntimeError" not in page.replace("the grader itself failed (RuntimeError", "")
    assert "Not finished." in (out / "feedback" / "ben" / f"{START}.html").read_text(encoding="utf-8")
    overview = (out / "overview.html").read_text(encoding="utf-8")
    assert overview.count('<td class="number">?</td>') == 2
    made = [line for line in (out / "canvas.csv").read_text().splitlines() if "ben" in line]
    assert made[0].endswith(',""')
    assert '"Participant' not in (out / f"moodle_{START}.csv").read_text()
    assert '"ben","ben","",2,' in (out / f"moodle_{START}.csv").read_text()


def test_what_waits_is_graded_again_and_the_note_goes(graded):
    home, run = graded
    run()
    with Journal(home / "out" / ".grading") as journal:
        assert [record.student for record in journal.list_last()] == ["ana"]
    write(home / "in", "cleo", {"0.1": [2]})
    summary = grade_all([home / "in"], home / "out", Options(), FakeGrader)
    assert summary.faults == ()
    assert not (home / "out" / "for_the_teacher.txt").exists()


@pytest.mark.parametrize(("grader", "status"), [(Faulty, 1), (FakeGrader, None)], ids=["faults", "none"])
def test_exit_status(graded, monkeypatch, grader, status):
    from click.testing import CliRunner

    home, _ = graded
    write(home / "in", "cleo", {"0.1": [2]})
    monkeypatch.setattr(engine_module, "Engine", grader)
    done = CliRunner().invoke(commands.grade, [str(home / "in"), "--out", str(home / "out")])
    assert done.exit_code == (status or 0), done.output


@pytest.mark.slow
def test_gradebook_asks_for_points_by_hand(tmp_path):
    api = pytest.importorskip("nbgrader.api")
    record = Record("ana", START, "", (Mark("0.1", None, 2, "not graded, for the teacher", ""),), faults=("x",))
    fill_gradebook(tmp_path / "gradebook.db", [tidy(record)])
    with api.Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("check-0-1", START, START, "ana")
        assert (grade.auto_score, grade.needs_manual_grade) == (None, True)


def test_pages_and_tables_of_an_open_mark():
    record = tidy(
        Record("ana_7", START, "d", (Mark("0.1", None, 2, "r", "m"),), account="moodle:7", faults=("\x1b[1mt",))
    )
    assert "? not graded" in write_feedback(record)
    assert "–" in write_feedback(record)
    write_overview([record], name_pages([record]))
    assert '"ana_7","00_start_here","0.1","",2,"r"' in write_grades([record])
    assert '"Participant 7","ana","",2,"0.1: open (r)"' in write_moodle([record], START)
    assert write_canvas([record]).splitlines()[-1].endswith('""')
    assert "\x1b" not in write_faults([record])
