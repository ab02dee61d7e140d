"""Read word vectors from text files, GloVe's format or word2vec's, as people find and send them."""

import gzip
import warnings
import zipfile
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

import numpy as np

from workshop.data.files import DataWarning
from workshop.errors import WorkshopError

SAMPLE = 200
MOST_SHOWN = 40
EXPECTED = "a word and its numbers with blanks between"

Line = tuple[int, list[bytes]]


def read_glove_text(path: Path | str) -> tuple[list[str], np.ndarray]:
    """Read word vectors from a text file: V words and vectors of shape (V, D), float32, all finite.

    path: GloVe's format, or word2vec's with a first line "V D"; also inside a .gz, or a .zip that holds one file. The
    last D fields of a line are the numbers, so a word may hold blanks; empty lines are left out; of a word that is
    there twice the first counts. Raises WorkshopError with file, line and what is expected.
    """
    target = Path(path)
    words, numbers, odd = [], array("f"), []
    with _open_lines(target) as lines:
        header, size, rows = _find_size(target, lines)
        for line, fields in rows:
            word, values = _read_line(target, line, fields, size)
            numbers.extend(values)
            words.append(_decode(word, line, odd))
    if header and header != len(words):
        raise WorkshopError(
            f"{target.name}, line 1: it says {header:,} words, but {len(words):,} follow: the file was cut off or put "
            "together. Download it again, or take line 1 away."
        )
    if odd:
        warnings.warn(
            f"{target.name}: {len(odd):,} words are not UTF-8, the first in line {odd[0]}; read as Windows-1252.",
            DataWarning,
            stacklevel=2,
        )
    return _drop_repeated(target, words, np.array(numbers, dtype=np.float32).reshape(len(words), size))


@contextmanager
def _open_lines(path: Path) -> Iterator[Iterator[Line]]:
    """Give the lines of a file that are not empty, numbered from 1, cut at blanks and tabs; unpack .gz and .zip."""
    if not path.is_file():
        raise WorkshopError(f"there is no file {path}. Write one with write_glove_text(path, words, vectors).")
    try:
        with _open_bytes(path) as file:
            yield _cut_lines(path, file)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:
        raise WorkshopError(f"can't read {path.name}: {error}. Download it again, or unpack it yourself.") from None


@contextmanager
def _open_bytes(path: Path) -> Iterator[Iterable[bytes]]:
    """Open a file, or what a .gz or .zip holds, as bytes."""
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        if start.startswith(b"\x1f\x8b"):
            with gzip.open(file) as unpacked:
                yield unpacked
        elif start.startswith(b"PK"):
            with zipfile.ZipFile(file) as packed:
                names = [one for one in packed.namelist() if not one.endswith("/") and "__MACOSX" not in one]
                if len(names) != 1:
                    raise WorkshopError(
                        f"{path.name} holds {len(names)} files: {', '.join(names[:6])}. Unpack it and read one of them."
                    )
                with packed.open(names[0]) as unpacked:
                    yield unpacked
        else:
            yield file


def _cut_lines(path: Path, file: Iterable[bytes]) -> Iterator[Line]:
    for line, text in enumerate(file, start=1):
        text = text.removeprefix(b"\xef\xbb\xbf") if line == 1 else text
        if b"\0" in text:
            raise WorkshopError(
                f"{path.name}, line {line}: expected text, {EXPECTED}, got binary data. Take the file in text format "
                "(.txt or .vec), in UTF-8."
            )
        fields = [field for field in text.replace(b"\t", b" ").rstrip(b"\r\n").split(b" ") if field]
        if fields:
            yield line, fields


def _find_size(path: Path, lines: Iterator[Line]) -> tuple[int | None, int, Iterator[Line]]:
    """Return the V of a first line "V D" or None, D, and the lines of words."""
    sample = list(islice(lines, SAMPLE))
    if not sample:
        raise WorkshopError(f"{path.name} is empty: expected a line for each word, {EXPECTED}.")
    first = sample[0][1]
    if len(first) == 2 and all(field.isdigit() for field in first):
        count, size = map(int, first)
        if size > 1 and (len(sample) == 1 or _count_numbers(sample[1][1]) == size):
            if len(sample) == 1:
                raise WorkshopError(f"{path.name} ends after line 1, which says {count:,} words. Download it again.")
            return count, size, chain(sample[1:], lines)
    counts = Counter(_count_numbers(fields) for _, fields in sample)
    # The most frequent length; of several the longest, so that a short line is refused and no number becomes a word.
    size = max(counts, key=lambda length: (counts[length], length))
    if not size:
        raise _refuse(path, sample[0][0], EXPECTED, sample[0][1])
    return None, size, chain(sample, lines)


def _count_numbers(fields: list[bytes]) -> int:
    """Return how many of a line's last fields are numbers; the first is part of the word."""
    count = 0
    for field in reversed(fields[1:]):
        if _read_number(field) is None:
            break
        count += 1
    return count


def _read_number(field: bytes) -> float | None:
    try:
        return None if b"_" in field else float(field)
    except ValueError:
        return None


def _read_line(path: Path, line: int, fields: list[bytes], size: int) -> tuple[bytes, list[float]]:
    """Return the word of a line and its numbers."""
    expected = f"a word and {size:,} numbers"
    if len(fields) <= size:
        raise _refuse(path, line, expected, fields)
    values = []
    for place, field in enumerate(fields[-size:], start=len(fields) - size + 1):
        value = _read_number(field)
        # Beyond this a float32 is infinite.
        if value is None or not abs(value) < 3.4028235e38:
            what = "a number" if value is None else "a finite number"
            raise _refuse(path, line, f"{expected}; field {place} is not {what}", [field])
        values.append(value)
    parts = fields[:-size]
    # "New York" and "Boeing 747" are words; after "sea 0.25" there are too many numbers.
    if len(parts) > 1 and b"." in parts[-1] and _read_number(parts[-1]) is not None:
        raise _refuse(path, line, expected, fields)
    return b" ".join(parts), values


def _refuse(path: Path, line: int, expected: str, fields: list[bytes]) -> WorkshopError:
    """Return the error for a line of another form."""
    text = b" ".join(fields).decode("utf-8", "replace")
    shown = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
    return WorkshopError(f"{path.name}, line {line}: expected {expected}, got {len(fields)} fields: {shown!r}.")


def _decode(word: bytes, line: int, odd: list[int]) -> str:
    """Return a word as text; note the line where it is not UTF-8."""
    try:
        return word.decode("utf-8")
    except UnicodeDecodeError:
        odd.append(line)
        return word.decode("cp1252", "replace")


def _drop_repeated(path: Path, words: list[str], vectors: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return words and vectors with the first of each word; warn where one is there again."""
    index = dict(zip(reversed(words), range(len(words) - 1, -1, -1), strict=True))
    if len(index) == len(words):
        return words, vectors
    kept = sorted(index.values())
    again = next(word for row, word in enumerate(words) if index[word] != row)
    warnings.warn(
        f"{path.name}: {len(words) - len(kept):,} words are there more than once, such as {again!r}; the first counts.",
        DataWarning,
        stacklevel=3,
    )
    return [words[row] for row in kept], vectors[kept]
