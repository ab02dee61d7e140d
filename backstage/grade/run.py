"""Grade a whole class: go through the submissions, keep each record, write the files. Killed, it goes on."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from backstage.course.config import SECRET
from backstage.grade.feedback import write_feedback, write_overview
from backstage.grade.journal import Journal, hash_grader, make_digest
from backstage.grade.judge import write_trace
from backstage.grade.lms import write_canvas, write_moodle
from backstage.grade.names import clean_line
from backstage.grade.options import Options, Summary
from backstage.grade.outputs import Folder, name_pages, tidy, write_faults, write_grades, write_results
from backstage.grade.records import Record, Submission
from backstage.grade.submissions import Found, find_submissions
from backstage.hidden import ENVIRONMENT, make_secret, read_secret


class Grader(Protocol):
    """What grades a lesson's submissions, several at once."""

    def grade(self, submission: Submission) -> Record:
        """Return the record of one submission."""


MakeGrader = Callable[..., AbstractContextManager[Grader]]
Report = Callable[[int, int, int], Any]


def grade_all(
    paths: Sequence[Path],
    out: Path,
    options: Options | None = None,
    make_grader: MakeGrader | None = None,
    report: Report | None = None,
) -> Summary:
    """Grade what lies below the paths into a folder; what was graded there before is kept and not graded again.

    make_grader: called as Engine is. report: told after each submission how many are done, of how many, and
    how many of them could not be graded. Raises WorkshopError where nothing can be found, graded or written.
    """
    with _no_module_from_here():
        options, out = options or Options(), Path(out).expanduser().absolute()
        if make_grader is None:
            from backstage.grade.engine import Engine

            make_grader = Engine
        found = find_submissions([Path(path).expanduser() for path in paths], options.lesson, out)
        folder = Folder(out)
        with Journal(folder.private) as journal:
            secret = read_secret(find_secret(paths, folder.private, options))
            now, reused = _grade_found(found, journal, secret, options, (make_grader, report))
            records = _merge(journal.list_last(), now)
            write_files(folder, records)
        if options.gradebook:
            from backstage.grade.gradebook import fill_gradebook

            kept = [one for one in records if one.lesson and (one.digest or (one.faults and not one.problem))]
            fill_gradebook(options.gradebook, kept)
        unread = tuple(record for record in now if record.problem and not record.faults)
        doubts = tuple(doubt for one in found for doubt in one.doubts)
        faults = tuple(record for record in now if record.faults)
        return Summary(out, len(now), reused, len(records), unread, tuple(map(clean_line, doubts)), faults)


@contextmanager
def _no_module_from_here() -> Iterator[None]:
    """Keep the working folder off the path of imports meanwhile: a submission in it may be called jinja2.py."""
    before = list(sys.path)
    here = {Path.cwd(), *(Path(place) for place in ("", "."))} - {Path(__file__).resolve().parents[2]}
    sys.path[:] = [place for place in before if Path(place) not in here]
    try:
        yield
    finally:
        sys.path[:] = before


def find_secret(paths: Iterable[Path], private: Path, options: Options) -> Path | None:
    """Return the file of the course's secret; None where the environment names it.

    The one asked for, else the one beside submitted/ or the gradebook, else the environment's, else one that is made
    in the results' private folder.
    """
    if options.secret:
        return options.secret
    near = [folder for path in paths for folder in (Path(path), *Path(path).absolute().parents)]
    near += [options.gradebook.absolute().parent] if options.gradebook else []
    for folder in near:
        if (folder / SECRET).is_file():
            return folder / SECRET
    if os.environ.get(ENVIRONMENT):
        return None
    make_secret(private / SECRET)
    return private / SECRET


def _grade_found(
    found: Sequence[Found], journal: Journal, secret: bytes, options: Options, using: tuple[MakeGrader, Report | None]
) -> tuple[list[Record], int]:
    """Grade every submission, lesson by lesson; return the records and how many of them were there already."""
    make_grader, report = using
    made, reused = [], 0
    jobs = options.jobs or _count_jobs()

    def settle(one: Found, grader: Grader | None) -> tuple[Record, bool]:
        submission = one.load()
        digest = make_digest(submission, secret, options.unsafe)
        known = journal.find(submission.student, submission.lesson, digest)
        if known is not None:
            return tidy(replace(known, account=one.account, notes=one.notes, file=one.file)), True
        record = _grade_one(submission, grader)
        digest = "" if record.faults else digest  # the grader's own errors are tried again
        record = tidy(replace(record, digest=digest, account=one.account, notes=one.notes, file=one.file))
        if digest:
            journal.add(record)
        return record, False

    for lesson, group in groupby(sorted(found, key=lambda one: one.lesson), key=lambda one: one.lesson):
        hash_grader(lesson)  # once and before the threads: Python 3.11 can't parse code in several at a time
        with _grader(make_grader, lesson, secret, jobs, options.unsafe) as grader, ThreadPoolExecutor(jobs) as threads:
            waiting = [threads.submit(settle, one, grader) for one in group]
            try:
                for done in as_completed(waiting):
                    record, known = done.result()
                    made.append(record)
                    reused += known
                    if report:
                        report(len(made), len(found), sum(bool(one.problem) for one in made))
            finally:
                threads.shutdown(wait=True, cancel_futures=True)
    return sorted(made, key=lambda record: (record.student, record.lesson)), reused


class _Nobody(AbstractContextManager):
    """Stands in for the grader of a lesson that nobody knows."""

    def __exit__(self, *_: object) -> None:
        """Do nothing."""


def _grader(make: MakeGrader, lesson: str, secret: bytes, jobs: int, unsafe: bool) -> AbstractContextManager:
    """Return the grader of a lesson."""
    return make(lesson, secret, jobs=jobs, unsafe=unsafe) if lesson else _Nobody()


def _grade_one(submission: Submission, grader: Any) -> Record:
    """Return the record of one submission, without its digest."""
    if submission.problem or not submission.lesson:
        return Record(submission.student, submission.lesson, "", (), submission.problem)
    try:
        record = grader.grade(submission)
    except Exception as error:
        why = f"the grader itself failed ({type(error).__name__}: {error}); run the same command again"
        return Record(submission.student, submission.lesson, "", (), why, faults=(write_trace(error),))
    return replace(record, student=submission.student, lesson=submission.lesson)


def _count_jobs() -> int:
    """Return how many submissions are graded at once: one a core."""
    from workshop.threads import count_threads

    return count_threads()


def _merge(kept: Sequence[Record], now: Sequence[Record]) -> list[Record]:
    """Return the last record of each student and lesson, this run's before older ones, ordered."""
    last = {(record.student, record.lesson): record for record in (*kept, *now)}
    return [last[key] for key in sorted(last)]


def write_files(folder: Folder, records: Sequence[Record]) -> None:
    """Write everything that is made of the records."""
    pages = name_pages(records)
    for record in records:
        folder.write(pages[record.student, record.lesson], write_feedback(record))
    folder.write("results.jsonl", write_results(records))
    folder.write("grades.csv", write_grades(records))
    folder.write("canvas.csv", write_canvas(records))
    for stem in sorted({record.lesson for record in records if record.lesson}):
        folder.write(f"moodle_{stem}.csv", write_moodle(records, stem))
    folder.write("overview.html", write_overview(records, pages))
    faults = write_faults(records)
    if faults:
        folder.write("for_the_teacher.txt", faults)
    folder.finish()
