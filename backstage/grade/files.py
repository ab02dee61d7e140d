"""Read what was handed in as bytes: plain files and zips, capped, without following links or unpacking anything."""

import io
import os
import stat
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from workshop.errors import WorkshopError

MOST_BYTES = 20 * 10**6
MOST_UNPACKED = 8 * 10**9
MOST_MEMBERS = 50_000
MOST_LEVELS = 2
SKIPPED = ("__MACOSX", ".ipynb_checkpoints", ".git", "__pycache__")
TOO_LARGE = (
    f"{{size:.0f}} MB, and at most {MOST_BYTES / 1e6:.0f} MB are read. Clear its outputs "
    "(Edit, Clear Outputs of All Cells), save, and hand it in again"
)


class UnreadableError(WorkshopError):
    """A file that can't be graded; its text is what the record says."""


@dataclass(frozen=True)
class Item:
    """A file or an empty folder below what the teacher gave.

    parts: its folders and name. modified: seconds, for ranking. read: returns its bytes or raises UnreadableError;
    None for a folder.
    """

    parts: tuple[str, ...]
    origin: str
    modified: float = 0.0
    read: Callable[[], bytes] | None = None


def list_folder(folder: Path, results: Path | None = None) -> Iterator[Item]:
    """Yield every file below a folder, what lies in zips too, the folders directly in it, and empty ones.

    results: a folder that is left out, since nobody handed it in.
    """
    for here, folders, files in os.walk(folder, followlinks=False):
        place = Path(here)
        folders[:] = sorted(name for name in folders if not _junk(name) and (place / name).absolute() != results)
        parts = tuple(map(mend_name, place.relative_to(folder).parts))
        if len(parts) == 1 or (parts and not files and not folders):
            yield Item((*parts, ""), str(place))
        for name in sorted(files):
            if not _junk(name):
                yield from list_file(place / name, (*parts, mend_name(name)))


def list_file(path: Path, parts: tuple[str, ...]) -> Iterator[Item]:
    """Yield a file, or what lies in it where it is a zip."""
    if path.suffix.casefold() == ".zip" and not path.is_symlink():
        yield from list_zip(lambda: path.open("rb"), parts, str(path))
        return
    try:
        modified = path.lstat().st_mtime
    except OSError:
        modified = 0.0
    yield Item(parts, str(path), modified, lambda: read_file(path))


def read_file(path: Path) -> bytes:
    """Read a regular file of at most MOST_BYTES; raise UnreadableError for anything else."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
        with os.fdopen(handle, "rb") as file:
            facts = os.fstat(handle)
            if not stat.S_ISREG(facts.st_mode):
                raise UnreadableError("not a plain file. Hand in the notebook itself")
            return _read(file, facts.st_size)
    except OSError as error:
        if path.is_symlink():
            raise UnreadableError("a link, not a file. Hand in the notebook itself") from None
        raise UnreadableError(
            f"can't be read: {error.strerror}. Look at the file's rights and hand it in again"
        ) from None


def _read(file: BinaryIO, size: int) -> bytes:
    """Read all of a file that is small enough."""
    content = file.read(MOST_BYTES + 1) if size <= MOST_BYTES else b""
    if max(size, len(content)) > MOST_BYTES:
        raise UnreadableError(TOO_LARGE.format(size=max(size, len(content)) / 1e6))
    return content


def list_zip(opener: Callable[[], BinaryIO], parts: tuple[str, ...], origin: str, level: int = 1) -> Iterator[Item]:
    """Yield the files of a zip, and of zips in it; one item that says why where it can't be read."""
    try:
        with opener() as file, zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if not _junk(member.filename)]
    except (UnreadableError, OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        yield _refused(parts, origin, f"a zip that can't be opened ({error}). Download it again, or hand it in again")
        return
    if not members:
        yield _refused(parts, origin, "an empty zip")
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        yield _refused(parts, origin, f"a zip of more than {MOST_MEMBERS} files or {MOST_UNPACKED / 1e9:.0f} GB")
        return
    full = {above for member in members for above in _folders_above(member)}
    for member in members:
        below, where = _parts(member), f"{origin}!{member.filename}"
        if member.is_dir():
            if below and below not in full:
                yield Item((*parts, *below, ""), where)
        elif below and below[-1].casefold().endswith(".zip") and level < MOST_LEVELS:
            inner = _opener(opener, member)
            yield from list_zip(inner, (*parts, *below), where, level + 1)
        elif below:
            yield Item((*parts, *below), where, _seconds(member), _reader(opener, member))


def _parts(member: zipfile.ZipInfo) -> tuple[str, ...]:
    """Return a zip's member as folders and name that lead nowhere else."""
    parts = member.filename.replace("\\", "/").split("/")
    return tuple(mend_name(part) for part in parts if part not in ("", ".", ".."))


def _folders_above(member: zipfile.ZipInfo) -> list[tuple[str, ...]]:
    """Return the folders that a member of a zip lies in."""
    parts = _parts(member)
    return [parts[:depth] for depth in range(1, len(parts))]


def mend_name(name: str) -> str:
    """Return a name whose UTF-8 was read as another encoding as it was meant; any other as it is.

    Zips from macOS and from many an LMS hold UTF-8 without the flag that says so.
    """
    for encoding in () if name.isascii() else ("cp437", "cp1252"):
        try:
            return name.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return name


def _opener(opener: Callable[[], BinaryIO], member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    """Return what opens a zip that lies in a zip."""
    return lambda: io.BytesIO(_reader(opener, member)())


def _reader(opener: Callable[[], BinaryIO], member: zipfile.ZipInfo) -> Callable[[], bytes]:
    """Return what reads one file of a zip, or raises UnreadableError."""

    def read() -> bytes:
        if stat.S_ISLNK(member.external_attr >> 16):
            raise UnreadableError("a link, not a file. Hand in the notebook itself")
        if member.flag_bits & 1:
            raise UnreadableError("in a zip with a password. Hand it in without one")
        try:
            with opener() as file, zipfile.ZipFile(file) as archive, archive.open(member) as one:
                return _read(one, member.file_size)
        except UnreadableError:
            raise
        except Exception as error:  # zipfile, zlib, lzma and bz2 each have errors of their own
            raise UnreadableError(f"damaged in its zip ({type(error).__name__}). Hand it in again") from None

    return read


def _refused(parts: tuple[str, ...], origin: str, why: str) -> Item:
    """Return an item for a zip that gives nothing to grade."""

    def read() -> bytes:
        raise UnreadableError(why)

    return Item(parts, origin, 0.0, read)


def _seconds(member: zipfile.ZipInfo) -> float:
    """Return when a zip says that a file was changed, in seconds."""
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0


def _junk(name: str) -> bool:
    """Tell whether systems and tools leave a file of this name, which nobody hands in."""
    parts = name.replace("\\", "/").split("/")
    return any(part in SKIPPED or part.startswith("._") for part in parts) or parts[-1] == ".DS_Store"
