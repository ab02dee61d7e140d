"""The language model prepared once: turned into safetensors, kept in one of three places, made again when damaged."""

import errno
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError
from workshop.models.hub import hash_file
from workshop.models.quiet import quiet_transformers, say, show_progress
from workshop.models.wheel import TENSORS

NAME = "SmolLM2-135M-Instruct"
MANIFEST = "prepared.json"
WEIGHTS = "model.safetensors"
# Raised when what is written changes: older copies are then made again.
FORM = 1
ROOM = 300e6
LOCK_SECONDS = 300.0

Read = Callable[[Callable[[], None]], tuple[Any, Any]]


def shared_place() -> Path:
    """Return the place inside the environment, for images and hubs whose homes begin empty."""
    return Path(sys.prefix) / "share" / "tune-or-retrieve"


def own_places() -> list[Path]:
    """Return the places that a user's process writes to: $WORKSHOP_CACHE, then the user's cache."""
    import platformdirs

    named = os.environ.get("WORKSHOP_CACHE")
    own = Path(platformdirs.user_cache_dir("tune-or-retrieve", appauthor=False))
    return [*([Path(named).expanduser().absolute()] if named else []), own]


def all_places() -> list[Path]:
    """Return every place in the order in which they are looked at."""
    *named, own = own_places()
    return [*named, shared_place(), own]


def find_prepared() -> Path | None:
    """Return the folder of the first whole copy, or None."""
    return next((place / NAME for place in all_places() if is_whole(place / NAME)), None)


def is_whole(folder: Path, source: str | None = None) -> bool:
    """Tell whether a copy is complete and undamaged. source: the sha256 of what it must have been made from.

    A file that is as it was left, by size and time, is not read; any other is held to its sha256.
    """
    try:
        facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if facts["form"] != FORM or source not in (None, facts["source_sha256"]):
            return False
        return bool(facts["files"]) and all(_is_kept(folder / name, kept) for name, kept in facts["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _is_kept(path: Path, kept: dict[str, Any]) -> bool:
    """Tell whether a file is the one that was written."""
    found = path.stat()
    if found.st_size != kept["size"]:
        return False
    return found.st_mtime_ns == kept["mtime_ns"] or hash_file(path) == kept["sha256"]


def prepare(read: Read, source: str, places: list[Path], *, again: bool = False) -> Path:
    """Return a whole copy in the first of the places that can be written, made now unless one is there.

    read: gives the tokenizer and the model that the copy is made of; source: the sha256 of what it reads. again: make
    it anew even where it is whole. Several processes at once make it once. Raises OSError, that of the first place,
    where none can be written; what read raises.
    """
    first: OSError | None = None
    for place in places:
        try:
            return _prepare_in(place, read, source, again)
        except OSError as error:
            first = first or error
    raise first or OSError(errno.ENOENT, "no place was named")


def _prepare_in(place: Path, read: Read, source: str, again: bool) -> Path:
    """Make the copy in one place, or return the one that is there by the time the lock is had."""
    folder = place / NAME
    place.mkdir(parents=True, exist_ok=True)
    with _locked(place / f".{NAME}.lock"):
        if not again and is_whole(folder, source):
            return folder
        _clear(place)
        free = shutil.disk_usage(place).free
        if free < ROOM:
            raise OSError(errno.ENOSPC, f"{free / 1e6:.0f} MB free, {ROOM / 1e6:.0f} needed", str(place))
        part = place / f".{NAME}.part-{os.getpid()}"
        try:
            _write(part, read, source)
            _exchange(part, folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return folder


def _write(part: Path, read: Read, source: str) -> None:
    """Write a whole copy into a folder, under a progress bar. Raises OSError where it can't be written."""
    start = time.perf_counter()
    say(f"Preparing {NAME}, once: about 15 seconds.")
    part.mkdir()
    with show_progress("preparing", TENSORS) as advance:
        tokenizer, model = read(advance)
        _save(part, tokenizer, model)
    files = {path.name: _describe(path) for path in sorted(part.iterdir())}
    text = json.dumps({"form": FORM, "source_sha256": source, "files": files}, indent=1)
    (part / MANIFEST).write_text(text + "\n", encoding="utf-8")
    say(f"Prepared in {time.perf_counter() - start:.0f} seconds.")


def _save(part: Path, tokenizer: Any, model: Any) -> None:
    """Save tokenizer and model. Raises OSError, also where safetensors says in its own way that the disk is full."""
    from safetensors import SafetensorError

    try:
        with quiet_transformers():
            model.save_pretrained(part)
            tokenizer.save_pretrained(part)
    except SafetensorError as error:
        raise OSError(errno.EIO, str(error), str(part)) from None


def _describe(path: Path) -> dict[str, Any]:
    """Bring a file to the disk and return its size, time and sha256; others may read it."""
    path.chmod(0o644)
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    found = path.stat()
    return {"size": found.st_size, "mtime_ns": found.st_mtime_ns, "sha256": hash_file(path)}


def _exchange(part: Path, folder: Path) -> None:
    """Put a finished copy in its place in one go; a damaged one that lies there is moved away first."""
    if folder.exists():
        old = folder.with_name(f".{NAME}.old-{os.getpid()}")
        folder.rename(old)
        shutil.rmtree(old, ignore_errors=True)
    part.rename(folder)


def _clear(place: Path) -> None:
    """Throw away what killed processes left half made; the lock is held, so nobody is at work on it."""
    for pattern in (f".{NAME}.part-*", f".{NAME}.old-*"):
        for left in place.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with its process. Raises OSError where it can't be had."""
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        try:
            lock.acquire(timeout=1)
        except Timeout:
            say(f"Another process is preparing {NAME}: waiting for it.")
            lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise OSError(errno.EAGAIN, f"another process holds the lock for {LOCK_SECONDS:.0f} s", str(path)) from None
    except NotImplementedError:
        raise OSError(errno.ENOSYS, "this file system knows no locks", str(path)) from None
    try:
        yield
    finally:
        lock.release()


def explain(error: OSError) -> WorkshopError:
    """Return the error for a copy that could be written nowhere."""
    where = f" in {error.filename}" if error.filename else ""
    return WorkshopError(
        f"can't prepare {NAME}{where}: {error.strerror or error}. Make room, or name a folder that you may write to: "
        "WORKSHOP_CACHE=DIR."
    )
