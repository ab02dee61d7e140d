"""Read text files that somebody else made: several encodings, a piece at a time."""

import codecs
import warnings
from pathlib import Path
from typing import Any, BinaryIO

from workshop.errors import WorkshopError

# The longer marks first: UTF-32's begins as UTF-16's does.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FALLBACK = "cp1252"
# Of two encodings in one file the rarer: its bytes are read as Windows-1252, one by one.
MIXED = "workshop.mixed"
CHUNK = 1 << 20
SAVE_AS_UTF8 = "Save it as UTF-8 in your editor or spreadsheet."


class DataWarning(UserWarning):
    """Something about the user's data that was dealt with, and that they should know."""


def _read_western(error: UnicodeError) -> tuple[str, int]:
    """Return the bytes that are no UTF-8 as Windows-1252, and where to go on."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode(FALLBACK, "replace"), error.end


codecs.register_error(MIXED, _read_western)


def find_encoding(path: Path) -> tuple[str, str]:
    """Return the encoding of a text file and how its errors are handled, as open() takes them.

    The mark at its beginning says it, else it is UTF-8, else Windows-1252 with a DataWarning; where only a few bytes
    are no UTF-8, these alone are read as Windows-1252. The file is read in pieces. Raises WorkshopError with the line
    where it is no text in any of them, or ends inside a character.
    """
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        marked = next((encoding for mark, encoding in MARKS if start.startswith(mark)), None)
        line = _find_damage(path, file, marked or "utf-8")
        if line is None:
            return marked or "utf-8", "strict"
        if marked and marked != "utf-8-sig":
            raise WorkshopError(
                f"{path.name}, line {line}: it begins as {marked.upper()} and goes on as something else: it is damaged "
                f"or was cut off. {SAVE_AS_UTF8}"
            )
        file.seek(0)
        return _judge(path, file, marked or "utf-8")


def _find_damage(path: Path, file: BinaryIO, encoding: str) -> int | None:
    """Return the line of the first byte that an encoding doesn't know, or None; refuse binary data."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    while True:
        chunk = file.read(CHUNK)
        if encoding.startswith("utf-8") and b"\0" in chunk:
            line += chunk[: chunk.index(b"\0")].count(b"\n")
            raise _refuse_binary(path, line)
        try:
            line += decoder.decode(chunk, final=not chunk).count("\n")
        except UnicodeDecodeError as error:
            return line + error.object[: error.start].decode(encoding, "ignore").count("\n")
        if not chunk:
            return None


def _refuse_binary(path: Path, line: int) -> WorkshopError:
    return WorkshopError(f"{path.name}, line {line}: expected text, got binary data. {SAVE_AS_UTF8}")


def _judge(path: Path, file: BinaryIO, encoding: str) -> tuple[str, str]:
    """Return how to read a file that is not UTF-8 throughout, and warn of it."""
    strange, known, first, number, text = 0, 0, 0, 0, b""
    for number, text in enumerate(file, start=1):
        if b"\0" in text:
            raise _refuse_binary(path, number)
        odd, good = _count_strange(text)
        first = first or (number if odd else 0)
        strange, known = strange + odd, known + good
    rest = _find_rest(text)
    # One byte alone may be the last letter of a text in Windows-1252; with these four begin most characters of UTF-8.
    if len(rest) == strange and (known or len(rest) > 1 or rest in (b"\xc2", b"\xc3", b"\xe2", b"\xf0")):
        raise WorkshopError(
            f"{path.name}, line {number}: the file ends inside a character: it was cut off. Copy or download it again."
        )
    mixed = known > strange or encoding == "utf-8-sig"
    if mixed:
        what = f"{strange:,} bytes are not UTF-8 as the others are, the first in line {first}; read"
    else:
        file.seek(0)
        line = _find_damage(path, file, FALLBACK)
        if line is not None:
            raise WorkshopError(f"{path.name}, line {line}: expected UTF-8, UTF-16 or Windows-1252. {SAVE_AS_UTF8}")
        what = f"line {first}: not UTF-8, read"
    join = ": " if mixed else ", "
    warnings.warn(
        f"{path.name}{join}{what} as Windows-1252. If letters look wrong: {SAVE_AS_UTF8}", DataWarning, stacklevel=4
    )
    return (encoding, MIXED) if mixed else (FALLBACK, "strict")


def _count_strange(line: bytes) -> tuple[int, int]:
    """Return how many bytes of a line are no UTF-8, and how many of its letters beyond ASCII are."""
    if line.isascii():
        return 0, 0
    # These letters stand for one byte each that is no UTF-8.
    text = line.decode("utf-8", "surrogateescape")
    odd = sum("\udc80" <= letter <= "\udcff" for letter in text)
    return odd, sum(not letter.isascii() for letter in text) - odd


def _find_rest(line: bytes) -> bytes:
    """Return the beginning of a character in which a line ends, or nothing."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(line)
    return decoder.getstate()[0]


def open_text(path: Path) -> Any:
    """Open a text file in its encoding, line ends as they are; raise WorkshopError where it is empty or unreadable."""
    try:
        if path.stat().st_size == 0:
            raise WorkshopError(f"{path.name} is empty: expected text. Write some, or take the file away.")
        encoding, errors = find_encoding(path)
        return path.open(encoding=encoding, errors=errors, newline="")
    except OSError as error:
        raise WorkshopError(f"can't read {path.name}: {error.strerror}. Expected a file that you may read.") from None


def read_text(path: Path) -> str:
    """Return the text of a file with simple line ends; raise WorkshopError where it is empty, unreadable or no text."""
    with open_text(path) as file:
        text = file.read()
    if not text.strip():
        raise WorkshopError(f"{path.name} is empty: expected text. Write some, or take the file away.")
    return text.replace("\r\n", "\n").replace("\r", "\n")
