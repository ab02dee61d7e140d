"""Read files that somebody else made: text in several encodings, PDF, CSV and JSON Lines, a row at a time."""

import codecs
import csv
import json
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, require

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
FALLBACK = "cp1252"
CHUNK = 1 << 20
SEPARATORS = (",", ";", "\t")
SAVE_AS_UTF8 = "Save it as UTF-8 in your editor or spreadsheet."


class DataWarning(UserWarning):
    """Something about the user's data that was dealt with, and that they should know."""


def find_encoding(path: Path) -> str:
    """Return the encoding of a text file: by its mark, else UTF-8, else Windows-1252 with a DataWarning.

    The file is read in pieces. Raises WorkshopError with the line where it is no text in any of them.
    """
    with path.open("rb") as file:
        start = file.read(4)
        for mark, encoding in MARKS:
            if start.startswith(mark):
                return encoding
        file.seek(0)
        decoder, line, strange = codecs.getincrementaldecoder("utf-8")(), 1, None
        while chunk := file.read(CHUNK):
            if b"\0" in chunk:
                line += chunk[: chunk.index(b"\0")].count(b"\n")
                raise WorkshopError(f"{path.name}, line {line}: expected text, got binary data. {SAVE_AS_UTF8}")
            if strange is None:
                strange = _find_strange(decoder, chunk, line)
            line += chunk.count(b"\n")
    if strange is None:
        return "utf-8"
    _check_fallback(path)
    warnings.warn(
        f"{path.name}, line {strange}: not UTF-8, read as Windows-1252. If letters look wrong: {SAVE_AS_UTF8}",
        DataWarning,
        stacklevel=3,
    )
    return FALLBACK


def _find_strange(decoder: codecs.IncrementalDecoder, chunk: bytes, line: int) -> int | None:
    """Return the line of the first byte that is not UTF-8, or None."""
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as error:
        return line + chunk[: error.start].count(b"\n")
    return None


def _check_fallback(path: Path) -> None:
    """Raise WorkshopError where a file is no Windows-1252 either."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode(FALLBACK)
            except UnicodeDecodeError:
                raise WorkshopError(
                    f"{path.name}, line {number}: expected UTF-8, UTF-16 or Windows-1252. {SAVE_AS_UTF8}"
                ) from None


def read_text(path: Path) -> str:
    """Return the text of a file; raise WorkshopError where it is empty, unreadable or no text."""
    try:
        text = path.read_text(encoding=find_encoding(path))
    except (OSError, UnicodeError) as error:
        raise _cannot_read(path, error) from None
    if not text.strip():
        raise WorkshopError(f"{path.name} is empty: expected text. Write some, or take the file away.")
    return text


def _cannot_read(path: Path, error: Exception) -> WorkshopError:
    reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or error
    return WorkshopError(f"can't read {path.name}: {reason}. Expected a file that you may read, in UTF-8.")


def read_pdf(path: Path) -> str:
    """Return the text layer of a PDF, pages joined by empty lines.

    A page without text (a picture, a scan) gives a DataWarning. Raises WorkshopError where the file is broken, locked
    or holds no text at all; MissingExtra where pypdf is not installed.
    """
    require("pypdf", "rag")
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path)
        pages = [page.extract_text().strip() for page in reader.pages]
    except Exception as error:  # pypdf raises many kinds on broken files
        raise WorkshopError(
            f"can't read {path.name} as a PDF: {error}. Open it in a viewer; if it opens there, print it to PDF anew."
        ) from None
    empty = [str(number) for number, text in enumerate(pages, start=1) if not text]
    if len(empty) == len(pages):
        raise WorkshopError(
            f"{path.name} has no text layer: it is a scan or holds pictures only. Run it through text recognition "
            "(ocrmypdf, for one), or give its text as .txt."
        )
    if empty:
        warnings.warn(f"{path.name}: no text on page {', '.join(empty)}, left out.", DataWarning, stacklevel=2)
    return "\n\n".join(text for text in pages if text)


def stream_csv(path: Path, expected: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, row by column) of a CSV file with commas, semicolons or tabs, one row in memory at a time.

    expected: columns that must be there, in any order and any case. Raises WorkshopError with file, line and column.
    """
    with closing(_open(path)) as file:
        head = file.readline()
        separator = max(SEPARATORS, key=head.count)
        columns = [name.strip().lower() for name in next(csv.reader([head], delimiter=separator), [])]
        missing = [name for name in expected if name not in columns]
        if missing:
            raise WorkshopError(
                f"{path.name}, line 1: expected columns named {' and '.join(expected)}, got "
                f"{', '.join(columns) or 'an empty line'}. Missing: {', '.join(missing)}."
            )
        yield from _stream_rows(path, csv.reader(file, delimiter=separator, strict=True), columns)


def _stream_rows(path: Path, reader: Any, columns: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, row) and raise WorkshopError for a row with too few or too many fields."""
    line = 2
    try:
        for fields in reader:
            if fields and len(fields) != len(columns):
                raise WorkshopError(
                    f"{path.name}, line {line}: expected {len(columns)} columns ({', '.join(columns)}), got "
                    f"{len(fields)}. Put quotes around text that holds a separator."
                )
            if any(field.strip() for field in fields):
                yield line, dict(zip(columns, map(str.strip, fields), strict=True))
            line = reader.line_num + 2
    except (csv.Error, UnicodeError) as error:
        raise WorkshopError(
            f"{path.name}, line {line}: {error}. Expected rows of {', '.join(columns)}, text in double quotes."
        ) from None


def stream_json(path: Path, expected: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line, object) of a JSON Lines file; raise WorkshopError with file, line and field."""
    with closing(_open(path)) as file:
        for line, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                found = json.loads(text)
            except ValueError as error:
                raise WorkshopError(f"{path.name}, line {line}: expected one JSON object a line, {error}.") from None
            missing = [name for name in expected if not isinstance(found, dict) or name not in found]
            if missing:
                raise WorkshopError(f"{path.name}, line {line}: expected an object with {' and '.join(expected)}.")
            yield line, found


def _open(path: Path) -> Any:
    """Open a text file in its encoding; raise WorkshopError where it is empty or can't be read."""
    try:
        if path.stat().st_size == 0:
            raise WorkshopError(f"{path.name} is empty: expected a line of columns or objects. Take the file away.")
        return path.open(encoding=find_encoding(path), newline="")
    except OSError as error:
        raise _cannot_read(path, error) from None
