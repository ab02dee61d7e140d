"""Whatever happens to a grading, no record is lost and it ends with the same files."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from backstage.grade import journal
from backstage.grade.journal import Journal
from backstage.grade.progress import show_progress
from backstage.grade.records import Record
from backstage.grade.run import SECRET, Options, find_secret, grade_all
from backstage.hidden import make_secret
from studies.kills import digest_files, kill_at_random
from tests.backstage.grade.fake_grader import FakeGrader, write
from workshop import cli
from workshop.errors import WorkshopError

pytestmark = pytest.mark.slow

GRADE = [sys.executable, "-m", "tests.backstage.grade.grade_fake"]
START = "00_start_here"


@pytest.fixture
def home(tmp_path):
    """A class of five, and a secret."""
    make_secret(tmp_path / "secret")
    for number in range(5):
        write(tmp_path / "in", f"s{number}", {"0.1": [2 * (number % 2)], "sleep": 0.02})
    FakeGrader.graded = 0
    return tmp_path


def run(home, out="out", **options):
    return grade_all([home / "in"], home / out, Options(secret=home / "secret", **options), FakeGrader)


def test_killed_at_random_moments_it_ends_with_the_same_files(home):
    for number in range(10):
        write(home / "in", f"s{number}", {"0.1": [2 * (number % 2)], "sleep": 0.15})
    command = [*GRADE, str(home / "in")]
    outcome = kill_at_random(lambda out: [*command, str(out), str(home / "secret")], home, 3)
    assert outcome.kills == 3
    assert outcome.cycles >= 1
    assert outcome.different == ()


def test_what_marks_depend_on_is_read_by_one_thread(home, monkeypatch):
    readers, read = [], journal.list_imported
    monkeypatch.setattr(
        journal, "list_imported", lambda *where: readers.append(threading.current_thread()) or read(*where)
    )
    journal.hash_grader.cache_clear()
    run(home, jobs=4)
    assert readers == [threading.main_thread()]


def test_what_is_graded_is_not_graded_again(home):
    first, before = run(home), None
    assert (first.reused, FakeGrader.graded) == (0, 5)
    before = digest_files(home / "out")
    write(home / "in", "s1", {"0.1": [0, "wrong: x"]})
    second = run(home)
    assert (second.reused, FakeGrader.graded) == (4, 6)
    assert digest_files(home / "out") != before
    write(home / "in", "s1", {"0.1": [2], "sleep": 0.02})
    assert (run(home).reused, FakeGrader.graded) == (5, 6)
    assert digest_files(home / "out") == before


def test_another_secret_or_no_jail_is_graded_anew(home):
    run(home)
    run(home, unsafe=True)
    assert FakeGrader.graded == 10
    (home / "secret").unlink()
    make_secret(home / "secret")
    run(home)
    assert FakeGrader.graded == 15


def test_what_comes_later_joins_what_is_there(home):
    run(home)
    write(home / "late", "z", {"0.1": [2]})
    write(home / "late", "s0", {"0.1": [2]})
    summary = grade_all([home / "late"], home / "out", Options(secret=home / "secret"), FakeGrader)
    assert (summary.graded, summary.records) == (2, 6)
    results = [json.loads(line) for line in (home / "out" / "results.jsonl").read_text().splitlines()]
    assert [(one["student"], one["points"]) for one in results][:2] == [("s0", 2), ("s1", 2)]
    assert len(results) == 6


@pytest.mark.parametrize(
    "left", [b'{"torn', b"garbage\n", b"\xff\xfe\n", b"{}\n"], ids=["torn", "text", "bytes", "empty"]
)
def test_a_damaged_end_of_the_journal_is_graded_again(home, left):
    run(home)
    before = digest_files(home / "out")
    journal = home / "out" / ".grading" / "records.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole[: whole.rindex(b"\n", 0, -1) + 1] + left)
    assert run(home).reused == 4
    assert digest_files(home / "out") == before


def test_the_order_of_the_jobs_does_not_matter(home):
    run(home, jobs=1)
    run(home, "again", jobs=4)
    assert digest_files(home / "out") == digest_files(home / "again")


def test_a_fault_of_the_grader_stops_nobody_and_is_tried_again(home):
    write(home / "in", "s1", {"fail": "out of luck"})
    summary = run(home)
    assert summary.unread == ()
    assert [(one.student, one.problem) for one in summary.faults] == [
        ("s1", "the grader itself failed (RuntimeError: out of luck); run the same command again")
    ]
    assert summary.records == 5
    rows = [line.split(",") for line in (home / "out" / "grades.csv").read_text().splitlines()]
    assert [row[3] for row in rows if row[0] == '"s1"'] == ['""']
    assert "RuntimeError: out of luck" in (home / "out" / "for_the_teacher.txt").read_text()
    run(home)
    assert FakeGrader.graded == 6


def test_two_at_once_do_not_mix(home):
    run(home)
    with Journal(home / "out" / ".grading"), pytest.raises(WorkshopError, match="another `workshop grade`"):
        run(home)


def test_a_full_disk_is_said_and_what_is_graded_is_kept(home):
    """RLIMIT_FSIZE stops writing in the middle of a line as a full disk does."""
    run(home)
    wanted = digest_files(home / "out")
    line = len((home / "out" / ".grading" / "records.jsonl").read_bytes()) // 5
    limit = int(line * 2.5)

    resource = pytest.importorskip("resource", reason="limits of this kind are POSIX")

    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [*GRADE, home / "in", home / "small", home / "secret"]
    done = subprocess.run(command, preexec_fn=small, capture_output=True, text=True, check=False)
    assert "can't keep results" in done.stderr
    assert "make room, and run the same command again" in done.stderr
    assert (home / "small" / ".grading" / "records.jsonl").read_bytes().count(b"\n") == 2
    FakeGrader.graded = 0
    assert run(home, "small").reused == 2
    assert FakeGrader.graded == 3
    assert digest_files(home / "small") == wanted


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_really_full_disk(home):
    disk = home / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no right to mount a file system here")
    try:
        with pytest.raises(WorkshopError, match="No space left on device"):
            run(home, "disk/out")
        subprocess.run(["mount", "-o", "remount,size=1m", disk], check=True)
        assert run(home, "disk/out").reused >= 1
        assert len((disk / "out" / "grades.csv").read_text().splitlines()) == 6
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("place", ["file", "below_a_file", "proc"])
def test_a_folder_that_cannot_be_written_is_said(home, place):
    (home / "file").write_text("x")
    out = {"file": home / "file", "below_a_file": home / "file" / "x", "proc": Path("/proc/grades")}[place]
    with pytest.raises(WorkshopError, match=r"can't write in .*Give --out"):
        grade_all([home / "in"], out, Options(secret=home / "secret"), FakeGrader)
    assert FakeGrader.graded == 0


def test_the_secret_is_the_courses_own_or_made_once(tmp_path, monkeypatch):
    monkeypatch.delenv("WORKSHOP_SECRET_FILE", raising=False)
    course, private = tmp_path / "course", tmp_path / "private"
    private.mkdir()
    write(course / "submitted", "ana", {})
    made = find_secret([course / "submitted"], private, Options())
    assert made == private / SECRET
    assert len(made.read_text().strip()) == 64
    assert find_secret([course / "submitted"], private, Options()).read_text() == made.read_text()
    make_secret(course / SECRET)
    for path in (course, course / "submitted", course / "submitted" / "ana" / START):
        assert find_secret([path], private, Options()) == course / SECRET
    assert find_secret([tmp_path / "z.zip"], private, Options(gradebook=course / "gradebook.db")) == course / SECRET
    assert find_secret([course], private, Options(secret=tmp_path / "mine")) == tmp_path / "mine"
    monkeypatch.setenv("WORKSHOP_SECRET_FILE", "x")
    assert find_secret([tmp_path / "z.zip"], private, Options()) is None


def test_a_module_among_the_submissions_is_not_imported(tmp_path):
    (tmp_path / "in" / "ana").mkdir(parents=True)
    for name in ("jinja2", "rich", "zipfile_of_mine", "markupsafe"):
        (tmp_path / "in" / f"{name}.py").write_text("open('imported', 'w')")
    code = (
        "import sys; sys.path.insert(0, ''); from backstage.grade.run import *; grade_all([Path('.')], Path('../out'))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "in", check=True)
    assert (tmp_path / "out" / "overview.html").is_file()
    assert not (tmp_path / "in" / "imported").exists()


def test_results_among_the_submissions_are_no_submission(home):
    for _ in range(2):
        summary = grade_all([home / "in"], home / "in" / "grades", Options(secret=home / "secret"), FakeGrader)
    assert (summary.graded, summary.reused, summary.records) == (5, 5, 5)


def test_journal_keeps_the_last_of_each(tmp_path):
    with Journal(tmp_path) as journal:
        for digest in ("a", "b"):
            journal.add(Record("ana", START, digest, ()))
        assert journal.find("ana", START, "a").digest == "a"
        assert journal.find("ana", START, "c") is None
        assert [record.digest for record in journal.list_last()] == ["a"]
    with Journal(tmp_path) as journal:
        assert [record.digest for record in journal.list_last()] == ["a"]


def test_progress_tells_counts(capsys):
    with show_progress() as report:
        report(3, 8, 1)
    shown = capsys.readouterr().err
    assert "3/8" in shown
    assert "1 not gradable" in shown


def test_the_command_hands_everything_over(monkeypatch, capsys, tmp_path):
    from backstage.grade import run as module

    class Done:
        faults = ()

        def __str__(self):
            return "done"

    seen = []
    monkeypatch.setattr(module, "grade_all", lambda *given, report: seen.append((given, callable(report))) or Done())
    line = ["grade", "a.zip", "b", "--out", str(tmp_path), "--lesson", "01", "--jobs", "3", "--secret", "s"]
    with pytest.raises(SystemExit) as ended:
        cli.main([*line, "--gradebook", "g.db", "--unsafe"])
    assert not ended.value.code
    options = Options("01", 3, Path("s"), True, Path("g.db"))
    assert seen == [(((Path("a.zip"), Path("b")), tmp_path, options), True)]
    assert "done" in capsys.readouterr().out
