"""What a teacher opens is right, readable and harmless, whatever a student wrote."""

import base64
import csv
import hashlib
import html
import io
import json
import re
from urllib.parse import unquote

import pytest

from backstage.grade import journal
from backstage.grade.feedback import write_feedback, write_overview
from backstage.grade.journal import make_digest
from backstage.grade.lms import write_canvas, write_moodle
from backstage.grade.outputs import defuse, name_pages, tidy, write_grades
from backstage.grade.records import Mark, Record, Submission, read_record, write_record
from backstage.grade.run import Options, grade_all
from tests.backstage.grade.fake_grader import FakeGrader, write
from workshop.checks.registry import list_exercises
from workshop.errors import WorkshopError

START, WORDS = "00_start_here", "01_word_embeddings"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}\x1b[31m\u202e\x00&"
DIAGNOSIS = (
    "Exercise 0.1 – count words: not yet.\n  Expected: a dict.\n  Got:      a list.\n  Likely:   x.\n  Next:     y."
)


def record(student="ana", points=2, reason="", message="", **more):
    return tidy(Record(student, START, "d", (Mark("0.1", points, 2, reason, message, ("a note",)),), **more))


def read_csv(text):
    return list(csv.reader(io.StringIO(text)))


@pytest.fixture
def graded(tmp_path):
    """A class of three: right, wrong, not readable."""
    write(tmp_path / "in", "ana", {"0.1": [2]})
    write(tmp_path / "in", "ben", {"0.1": [0, "wrong: x", DIAGNOSIS, "defined twice: the last one counts"]})
    write(tmp_path / "in", "cleo", {}).write_bytes(b"\xff\xfe\x00 no notebook")
    summary = grade_all([tmp_path / "in"], tmp_path / "out", make_grader=FakeGrader)
    return tmp_path / "out", summary


def test_files_hold_every_submission(graded):
    out, summary = graded
    assert (out / "grades.csv").read_text().splitlines() == [
        '"student","lesson","exercise","points","max","reason"',
        f'"ana","{START}","0.1",2,2,""',
        f'"ben","{START}","0.1",0,2,"wrong: x"',
        f'"cleo","{START}","0.1",0,2,"not a notebook"',
    ]
    results = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    assert [(one["student"], one["points"], one["max"], one["problem"]) for one in results] == [
        ("ana", 2, 2, ""),
        ("ben", 0, 2, ""),
        ("cleo", 0, 2, "not a notebook"),
    ]
    assert (summary.graded, summary.records, [one.student for one in summary.unread]) == (3, 3, ["cleo"])
    assert "cleo 00_start_here: not a notebook" in str(summary)


def test_feedback_page_shows_diagnosis_and_notes(graded):
    out, _ = graded
    page = (out / "feedback" / "ben" / f"{START}.html").read_text(encoding="utf-8")
    assert DIAGNOSIS in html.unescape(page.replace("</span><span>", "\n"))
    assert "defined twice: the last one counts" in page
    assert "0 of 2 points" in page
    assert "✘ not yet" in page
    ana = (out / "feedback" / "ana" / f"{START}.html").read_text(encoding="utf-8")
    assert "✔ passed" in ana
    assert "2 of 2 points" in ana
    cleo = (out / "feedback" / "cleo" / f"{START}.html").read_text(encoding="utf-8")
    assert "<b>Not graded.</b> not a notebook" in cleo


def test_every_link_of_the_overview_leads_to_a_page(graded):
    out, _ = graded
    links = re.findall(r'href="([^"]+)"', (out / "overview.html").read_text(encoding="utf-8"))
    assert len(links) == 3
    assert all((out / unquote(html.unescape(link))).is_file() for link in links)


def test_secret_stays_out_of_what_is_handed_out(graded):
    out, _ = graded
    secret = (out / ".grading" / "secret_of_hidden_tests").read_text().strip()
    assert len(secret) == 64
    made = [path for path in out.rglob("*") if path.is_file() and path.parent.name != ".grading"]
    assert len(made) == 8
    assert not [path for path in made if secret[:16] in path.read_text(encoding="utf-8")]
    assert (out / ".grading").stat().st_mode & 0o077 == 0


def test_pages_let_no_markup_of_a_student_in():
    hostile = record(HOSTILE, 0, HOSTILE, HOSTILE, notes=(HOSTILE,))
    pages = [write_feedback(hostile), write_overview([hostile], name_pages([hostile]))]
    pages.append(write_feedback(tidy(Record(HOSTILE, "", "d", (), HOSTILE))))
    for page in pages:
        assert page.count("&lt;script&gt;") >= 2
        assert "<script" not in page
        assert "<img" not in page
        assert not [c for c in page if ord(c) < 32 and c != "\n"]
        assert "\u202e" not in html.unescape(page)
        assert "49" not in re.sub(r"<style>.*?</style>|sha256-[^;]+", "", page, flags=re.DOTALL)


def test_policy_lets_the_style_in_and_nothing_else():
    page = write_feedback(record())
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1])
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "@media print" in style
    assert not re.search(r"https?://|src=|@import|url\(", page)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r\n=1", "＝1", "|x", "a;=1+1", "a,\t@x"]
)
def test_cells_are_no_formulas(text):
    for separator in ",;\t":
        cells = next(csv.reader(io.StringIO(f"{defuse(text)}"), delimiter=separator))
        assert not [cell for cell in cells if re.match(r"\s*[=+\-@＝|]", cell)]


@pytest.mark.parametrize("value", ["ana", "O'Neil", "a-b", "x=1", 3, -1.5])
def test_ordinary_cells_stay(value):
    assert defuse(value) == value


def test_hostile_names_break_no_row():
    rows = read_csv(write_grades([record('=cmd|"/c calc"!A1\n,x,"'), record("ben")]))
    assert [len(row) for row in rows] == [6, 6, 6]
    assert rows[1][0].startswith("'=cmd")


def test_canvas_finds_students_by_id_or_login():
    records = [record("doeana_12", account="canvas:12"), record("ben", points=0)]
    records.append(tidy(Record("ben", WORDS, "d", (Mark("1.5", 1, 1, "", ""),))))
    words = sum(one.points for one in list_exercises(WORDS))
    assert read_csv(write_canvas(records)) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "00 Start here", "01 Word embeddings"],
        ["Points Possible", "", "", "", "", "2", str(words)],
        ["ben", "", "", "ben", "", "0", "1"],
        ["doeana", "12", "", "", "", "2", ""],
    ]


def test_moodle_finds_students_by_participant_and_gets_no_markup():
    records = [record("Ana Doe_77", account="moodle:77"), record("ben", 0, "wrong: <b>x</b>")]
    assert read_csv(write_moodle(records, START)) == [
        ["Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments"],
        ["Participant 77", "Ana Doe", "2", "2", "0.1: 2 of 2"],
        ["ben", "ben", "0", "2", "0.1: 0 of 2 (wrong: &lt;b&gt;x&lt;/b&gt;)"],
    ]


def test_tidying_keeps_marks_within_the_registry():
    marks = (Mark("0.1", 99, 99, "r\n\x07", "a\n  b\x1b[0m at 0x7f3a2b1c\n" + "x" * 9999), Mark("9.9", 5, 5, "", ""))
    made = tidy(Record("ana", START, "d", marks))
    assert [(mark.exercise, mark.points, mark.max, mark.reason) for mark in made.marks] == [("0.1", 2, 2, "r")]
    assert made.marks[0].message.startswith("a\n  b[0m at 0x…\nxxx")
    assert len(made.marks[0].message) < 1000
    assert tidy(Record("ana", START, "d", (Mark("0.1", -3, 2, "", ""),))).points == 0
    assert [mark.reason for mark in tidy(Record("ana", WORDS, "d", (), "no notebook")).marks] == ["no notebook"] * 9


def test_records_survive_writing():
    made = record("ana é", 0, "r", DIAGNOSIS, notes=("n",), account="canvas:1")
    assert read_record(write_record(made)) == made
    assert "\n" not in write_record(made)
    for line in ("", "{}", "[1]", '{"marks": 3}', write_record(made)[:-9]):
        with pytest.raises(WorkshopError, match="not a record"):
            read_record(line)


def test_digest_tells_bytes_grader_and_secret_apart(monkeypatch):
    base = (Submission("ana", START, b"x", ""), b"s" * 32)
    digests = {make_digest(*base), make_digest(*base, unsafe=True)}
    digests.add(make_digest(Submission("ana", START, b"y", ""), *base[1:]))
    digests.add(make_digest(Submission("ana", START, None, "", "too large"), *base[1:]))
    digests.add(make_digest(base[0], b"t" * 32))
    assert make_digest(*base) in digests
    monkeypatch.setattr(journal, "hash_grader", lambda lesson: b"other checks")
    digests.add(make_digest(*base))
    assert len(digests) == 6


def test_grader_is_known_by_the_checks_and_not_by_the_pictures():
    read = journal.list_imported(journal.list_roots(START), journal.HOME)
    files = {path.relative_to(journal.HOME).as_posix() for path in read}
    assert {"workshop/checks/ask.py", "backstage/grade/judge.py", "backstage/grade/jail/wire.py"} <= files
    assert not {name for name in files if name.startswith(("workshop/plots", "workshop/widgets", "studies"))}


def test_pages_that_are_no_longer_made_go_and_others_files_stay(tmp_path):
    write(tmp_path / "in", "ana", {"0.1": [2]})
    (tmp_path / "out" / "feedback" / "ana").mkdir(parents=True)
    theirs = tmp_path / "out" / "feedback" / "ana" / "notes.html"
    theirs.write_text("the teacher's own")
    made = tmp_path / "out" / ".grading" / "made.json"
    old = tmp_path / "out" / "feedback" / "gone.html"
    made.parent.mkdir()
    made.write_text(json.dumps(["feedback/gone.html"]))
    old.write_text("old")
    grade_all([tmp_path / "in"], tmp_path / "out", make_grader=FakeGrader)
    assert not old.exists()
    assert theirs.read_text() == "the teacher's own"


@pytest.mark.slow
def test_a_thousand_submissions(tmp_path):
    for n in range(1000):
        write(tmp_path / "in", f"s{n:04d}", {"0.1": [2 * (n % 2)]})
    seen = []
    options = Options(jobs=2)
    summary = grade_all([tmp_path / "in"], tmp_path / "out", options, FakeGrader, lambda *counts: seen.append(counts))
    assert summary.records == len(list((tmp_path / "out" / "feedback").rglob("*.html"))) == 1000
    assert [done for done, _, _ in seen] == list(range(1, 1001))
    points = [int(row[3]) for row in read_csv((tmp_path / "out" / "grades.csv").read_text())[1:]]
    assert points == [2 * (n % 2) for n in range(1000)]
