"""The grader's temporary folder: locked while it is in use, swept at a later start where the grader was killed."""

import contextlib
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

PREFIX = "workshop-grade-"
YOUNG_SECONDS = 60.0


class TemporaryFolder:
    """A temporary folder, and a lock on it that the system gives back when this process ends, however it ends."""

    def __init__(self) -> None:
        sweep(Path(tempfile.gettempdir()))
        self._folder = tempfile.TemporaryDirectory(prefix=PREFIX)
        self.path = Path(self._folder.name)
        self._lock = _lock(self.path)

    def cleanup(self) -> None:
        """Remove the folder."""
        self._folder.cleanup()
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None


def sweep(place: Path, young: float = YOUNG_SECONDS) -> list[Path]:
    """Remove the folders that killed gradings of this user have left, and return them; no link is followed.

    place: where they lie. young: seconds within which a folder may be so new that its lock is still to come.
    """
    swept = []
    for path in sorted(place.glob(f"{PREFIX}*")):
        lock = _lock(path, time.time() - young)
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)
            swept.append(path)
    return swept


def _lock(path: Path, before: float = float("inf")) -> int | None:
    """Lock a folder of this user that was last changed before a moment; None where another process holds the lock."""
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        with contextlib.suppress(OSError):
            facts = os.fstat(handle)
            if stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.geteuid() and facts.st_mtime < before:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return handle
        os.close(handle)
    return None
