"""Read CSV and JSON Lines files that somebody else made, a row at a time."""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from workshop.data.files import open_text
from workshop.errors import WorkshopError

SEPARATORS = (",", ";", "\t")
MOST_LETTERS = 1_000_000
MOST_HEAD_LINES = 20

_SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')

Row = tuple[int, dict[str, Any]]


def stream_csv(path: Path, expected: Sequence[str]) -> Iterator[Row]:
    """Yield (line, row by column) of a CSV file with commas, semicolons or tabs, one row in memory at a time.

    expected: columns that must be there, in any order and any case. A first line such as sep=; says the separator;
    blanks before a quote count as none. Raises WorkshopError with file, line and column.
    """
    csv.field_size_limit(max(csv.field_size_limit(), MOST_LETTERS))
    with closing(open_text(path)) as file:
        first = file.readline()
        said = _SEPARATOR_LINE.fullmatch(first)
        head = _read_head(path, file, "" if said else first)
        start = len(head) + bool(said)
        plain = _QUOTED.sub("", "".join(head))
        separator = said[1] if said else max(SEPARATORS, key=plain.count)
        names = next(csv.reader(head, delimiter=separator, skipinitialspace=True), [])
        columns = [" ".join(name.replace("\ufeff", "").split()).lower() for name in names]
        _check_columns(path, start, columns, expected)
        yield from _Rows(path, file, separator, columns, start)


def _read_head(path: Path, file: Any, first: str) -> list[str]:
    """Return the lines of a CSV file's head: more than one where a quoted name goes over a line's end."""
    head = [first or file.readline()]
    while "".join(head).count('"') % 2:
        line = file.readline()
        if not line or len(head) == MOST_HEAD_LINES:
            raise WorkshopError(f"{path.name}, line 1: a double quote opens here and never closes. Close it.")
        head.append(line)
    return head


def _check_columns(path: Path, line: int, columns: list[str], expected: Sequence[str]) -> None:
    """Raise WorkshopError where a column is missing or there twice."""
    missing = [name for name in expected if name not in columns]
    if missing:
        got = ", ".join(columns)
        raise WorkshopError(
            f"{path.name}, line {line}: expected columns named {' and '.join(expected)}, got "
            f"{f'{got[:200]}…' if len(got) > 200 else got or 'an empty line'}. Missing: {', '.join(missing)}."
        )
    twice = next((name for name in columns if name and columns.count(name) > 1), None)
    if twice:
        raise WorkshopError(f"{path.name}, line {line}: the column {twice} is there twice. Rename one of them.")


class _Rows:
    """The rows of a CSV file below its head; remembers where a row began, for messages."""

    def __init__(self, path: Path, file: Any, separator: str, columns: list[str], start: int) -> None:
        self.path, self.columns, self.separator = path, columns, separator
        self.file, self.start, self.begun = file, start, ""

    def __iter__(self) -> Iterator[Row]:
        """Yield (line, row) and raise WorkshopError for a row with too few or too many fields."""
        reader = csv.reader(self._note_lines(), delimiter=self.separator, skipinitialspace=True, strict=True)
        line = self.start + 1
        try:
            for fields in reader:
                while len(fields) > len(self.columns) and not fields[-1].strip():
                    fields.pop()
                if fields and len(fields) != len(self.columns):
                    count = f"{len(self.columns)} columns ({', '.join(self.columns)}), got {len(fields)}"
                    step = "Put quotes around text that holds a separator."
                    raise WorkshopError(f"{self.path.name}, line {line}: expected {count}. {step}")
                if any(field.strip() for field in fields):
                    yield line, dict(zip(self.columns, map(str.strip, fields), strict=True))
                line, self.begun = self.start + reader.line_num + 1, ""
        except csv.Error as error:
            raise WorkshopError(f"{self.path.name}, line {line}{self._explain(error)}") from None

    def _note_lines(self) -> Iterator[str]:
        """Pass lines on; keep the first of each row."""
        for line in self.file:
            self.begun = self.begun or line
            yield line

    def _explain(self, error: Exception) -> str:
        """Return the column in which a row can't be read on, and why."""
        reader = csv.reader([self.begun[:MOST_LETTERS]], delimiter=self.separator, skipinitialspace=True)
        place = min(len(next(reader, [""])), len(self.columns)) - 1
        column = f", column {self.columns[place]}" if self.begun.count('"') % 2 else ""
        if "unexpected end" in str(error):
            return (
                f"{column}: a double quote opens here and never closes. Close it; inside double quotes write it twice."
            )
        if "field limit" in str(error):
            return (
                f"{column}: more than {MOST_LETTERS:,} letters in one field: a double quote opens here and doesn't "
                "close, or the text is too long. Close it, or cut the text."
            )
        if "expected after" in str(error):
            return (
                ": text goes on after a double quote that closes it, here or where one opens and doesn't close. "
                "Inside text in double quotes write a double quote twice."
            )
        return f": {error}. Expected rows of {', '.join(self.columns)}, text in double quotes."


def stream_json(path: Path, expected: Sequence[str]) -> Iterator[Row]:
    """Yield (line, object) of a JSON Lines file; raise WorkshopError with file, line and field."""
    with closing(open_text(path)) as file:
        for line, text in enumerate(file, start=1):
            if text.strip():
                yield line, _read_object(path, line, text, expected)


def _read_object(path: Path, line: int, text: str, expected: Sequence[str]) -> dict[str, Any]:
    """Return the object of one line, with the fields that must be there."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        listed = " The file looks like one list: write each object on a line of its own, without commas between."
        hint = listed if line == 1 and text.lstrip().startswith("[") else ""
        raise WorkshopError(f"{path.name}, line {line}: expected one JSON object a line, {error}.{hint}") from None
    missing = [name for name in expected if not isinstance(found, dict) or name not in found]
    if missing:
        raise WorkshopError(
            f"{path.name}, line {line}: expected an object with {' and '.join(expected)}. "
            f"Missing: {', '.join(missing)}."
        )
    return found
