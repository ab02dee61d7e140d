"""Write word vectors in GloVe's text format: only what can be read back."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workshop.errors import WorkshopError, take_list

_NOT_A_WORD = re.compile("[ \t\n\r\0\ufeff\ud800-\udfff]")


def write_glove_text(path: Path | str, words: Sequence[str], vectors: np.ndarray) -> Path:
    """Write vectors as GloVe does: a line for each word, the word and its D numbers with spaces between, no header.

    Nothing is written that read_glove_text can't read back. Raises WorkshopError for words with blanks in them, words
    that are there twice, vectors of another shape than (V, D), numbers that are not finite in float32.
    """
    target, words = Path(path), take_list(words, "words", "[word]")
    table = np.asarray(vectors if isinstance(vectors, np.ndarray) else list(vectors))
    _check_table(words, table)
    try:
        with target.open("w", encoding="utf-8", newline="\n") as file:
            for word, vector in zip(words, table, strict=True):
                file.write(f"{word} {' '.join(f'{number:.6g}' for number in vector)}\n")
    except OSError as error:
        raise WorkshopError(f"can't write {target}: {error.strerror}. Name a file in a folder that exists.") from None
    return target


def _check_table(words: list[str], table: np.ndarray) -> None:
    """Raise WorkshopError for words and vectors that could not be read back."""
    if len(words) != len(table):
        raise WorkshopError(
            f"expected a vector for each of {len(words)} words, got {len(table)}. Pass words in the rows' order."
        )
    if table.ndim != 2 or not table.size or table.dtype.kind not in "fiu":
        raise WorkshopError(f"expected numbers of shape (V, D), neither of them 0, got {table.dtype} {table.shape}.")
    for row, word in enumerate(words):
        if not isinstance(word, str) or not word or _NOT_A_WORD.search(word):
            raise WorkshopError(
                f"word {row} is {word!r}: the format has blanks between a word and its numbers, so a word is letters "
                f"without blanks, at least one. Join its parts: {_join_parts(word)!r}."
            )
    twice = next((word for word, count in Counter(words).items() if count > 1), None)
    if twice is not None:
        raise WorkshopError(f"the word {twice!r} is there twice: a word has one vector. Keep one of them.")
    with np.errstate(over="ignore"):
        odd = ~np.isfinite(table.astype(np.float32)).all(axis=1)
    if odd.any():
        row = int(odd.argmax())
        raise WorkshopError(
            f"the vector of {words[row]!r} (row {row}) holds a number that is not finite in float32. Train it again, "
            "or leave the word out."
        )


def _join_parts(word: Any) -> str:
    return "_".join(_NOT_A_WORD.sub(" ", str(word)).split()) or "word"
