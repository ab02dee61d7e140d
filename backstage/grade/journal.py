"""The journal of a grading: one line a record, on the disk before the next, read again after any end."""

import contextlib
import functools
import hashlib
import hmac
import os
import threading
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from backstage.fingerprint import hash_input, list_imported
from backstage.grade.records import Record, Submission, read_record, write_record
from workshop import __version__
from workshop.checks.registry import LESSONS
from workshop.errors import WorkshopError

NAME = "records.jsonl"
LOCK = ".lock"
HOME = Path(__file__).resolve().parents[2]
ORACLES = ("numpy", "scipy")


@functools.cache
def hash_grader(lesson: str) -> bytes:
    """Return a digest of everything that a lesson's marks depend on but the submission: other checks, other marks.

    That is the lesson's exercises, the checks and the grader with all that they import, by what their code does, the
    pages' templates, and the versions of the libraries that answers are compared with.
    """
    digest = hashlib.sha256(__version__.encode())
    for path in list_imported(list_roots(lesson), HOME):
        digest.update(f"\0{hash_input(path)}".encode())
    for library in ORACLES:
        digest.update(f"\0{library} {version(library)}".encode())
    return digest.digest()


def list_roots(lesson: str) -> list[Path]:
    """Return the grader, the engine of the checks, and a lesson's own exercises; none where nobody knows the lesson."""
    own = [HOME / "workshop" / "exercises" / f"{one.name}.py" for one in LESSONS if one.stem == lesson]
    return [HOME / "backstage" / "grade", HOME / "workshop" / "checks", *filter(Path.is_file, own)]


def make_digest(submission: Submission, secret: bytes, unsafe: bool = False) -> str:
    """Return what tells a graded submission from another: its bytes, the lesson's grader, the course's secret."""
    content = hashlib.sha256(submission.content or b"").digest()
    facts = f"{submission.lesson}\0{submission.problem}\0{unsafe}".encode()
    return hmac.digest(secret, hash_grader(submission.lesson) + content + facts, hashlib.sha256).hex()


class Journal:
    """Keeps the records of a folder. One process at a time; safe for threads.

    Raises WorkshopError where another grading is at work in the folder, or where nothing can be written there.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str, str], Record] = {}
        self._last: dict[tuple[str, str], Record] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._file = os.fdopen(os.open(folder / NAME, flags, 0o600), "r+b", buffering=0)
        except OSError as error:
            raise WorkshopError(f"can't write in {folder}: {error.strerror}. Give --out a folder of yours.") from None
        self._claim(folder)
        self._load()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._claimed.release()

    def _claim(self, folder: Path) -> None:
        """Take the lock, which the system gives back when this process ends, however it ends."""
        self._claimed = FileLock(folder / LOCK, mode=0o600)
        try:
            with contextlib.suppress(NotImplementedError):  # a file system without locks
                self._claimed.acquire(blocking=False)
        except Timeout:
            self._file.close()
            raise WorkshopError(
                f"another `workshop grade` is at work in {folder.parent}. Wait for its end, or give another --out."
            ) from None

    def _load(self) -> None:
        """Read what is there; cut off a line that an end in its middle has left."""
        content = self._file.read()
        whole = content.rfind(b"\n") + 1
        for line in content[:whole].splitlines():
            try:
                self._keep(read_record(line.decode("ascii")))
            except (WorkshopError, UnicodeDecodeError):
                continue  # graded again
        self._file.truncate(whole)
        self._file.seek(whole)

    def _keep(self, record: Record) -> None:
        self._known[record.student, record.lesson, record.digest] = record
        self._last[record.student, record.lesson] = record

    def find(self, student: str, lesson: str, digest: str) -> Record | None:
        """Return the record of this very submission, or None; from now on it is the student's last one."""
        record = self._known.get((student, lesson, digest))
        if record is not None and self._last[student, lesson] is not record:
            self.add(record)
        return record

    def add(self, record: Record) -> None:
        """Write a record and wait until it is on the disk.

        Raises WorkshopError where it can't be, and leaves the file as it was before.
        """
        line = (write_record(record) + "\n").encode("ascii")
        with self._lock:
            before = self._file.tell()
            try:
                written = 0
                while written < len(line):
                    written += self._file.write(line[written:])
                os.fsync(self._file.fileno())
            except OSError as error:
                self._file.truncate(before)
                self._file.seek(before)
                raise WorkshopError(
                    f"can't keep results in {self._file.name}: {error.strerror}. What was graded so far is safe: "
                    "make room, and run the same command again to go on."
                ) from None
            self._keep(record)

    def list_last(self) -> list[Record]:
        """Return the last record of each student and lesson, ordered."""
        return [self._last[key] for key in sorted(self._last)]
