"""Write calls and values as the card does, small enough to be done again by hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workshop.checks.values import contrast, describe, describe_argument

ROWS = 24
LONGEST_LIST = 600


def dress(value: Any, like: Any) -> Any:
    """Return a plain value with tuples where the card's has them. like: the card's, as the reference gives it."""
    if isinstance(value, list) and isinstance(like, list | tuple) and like:
        models = [like[min(place, len(like) - 1)] for place in range(len(value))]
        dressed = [dress(*pair) for pair in zip(value, models, strict=True)]
        return tuple(dressed) if isinstance(like, tuple) else dressed
    return value


class Call:
    """A call of an exercise's function as a message shows it.

    line: the call itself. tables: lines below it, for what is too large to stand in it. whole: whether the call can be
    copied and run.
    """

    def __init__(self, exercise: Any, arguments: Sequence[Any]) -> None:
        self.tables: list[str] = []
        self.whole = True
        card = [*exercise.card, *[None] * len(arguments)]
        values = [dress(value, like) for value, like in zip(arguments, card, strict=False)]
        names = (*exercise.parameters, *(f"argument {place}" for place in range(len(values))))
        shown, place = [], 0
        while place < len(values):
            pair = values[place : place + 2]
            if len(pair) == 2 and is_table(*pair):
                shown += names[place : place + 2]
                self._add(f"{names[place]}, {names[place + 1]}:", list_side_by_side(*pair))
                place += 2
                continue
            text, whole = describe_argument(values[place], exercise.tensors, LONGEST_LIST)
            if not whole and (rows := list_rows(values[place])):
                self._add(f"{names[place]}:", rows)
                text = names[place]
            self.whole = self.whole and whole
            shown.append(text)
            place += 1
        self.line = f"{exercise.function}({', '.join(shown)})"

    def _add(self, head: str, rows: Sequence[str]) -> None:
        self.tables += [head, *(f"  {row}" for row in rows)]
        self.whole = False

    def __str__(self) -> str:
        return self.line


def is_table(names: Any, rows: Any) -> bool:
    """Tell whether two arguments are names, or pairs of them, and an array with a row or a number for each."""
    if not (isinstance(names, list) and isinstance(rows, np.ndarray) and rows.ndim in (1, 2)):
        return False
    return 0 < len(names) == len(rows) <= ROWS and (rows.ndim == 2 or rows.size > 1) and rows[0].size <= 8


def list_side_by_side(names: Sequence[Any], rows: np.ndarray) -> list[str]:
    """Return a line for each name with its row of numbers."""
    texts = [describe(name) for name in names]
    width = max(map(len, texts))
    return [f"{text:<{width}}  {describe(row)}" for text, row in zip(texts, rows, strict=True)]


def list_rows(value: Any) -> list[str]:
    """Return the lines of a table of numbers; none for what is no small table."""
    small = isinstance(value, np.ndarray) and value.ndim == 2 and 0 < len(value) <= ROWS and value.shape[1] <= 12
    return [describe(row) for row in value] if small else []


def write_contrast(exercise: Any, got: Any, want: Any) -> tuple[str, str]:
    """Describe what came and what was wanted, as the card writes such values; two tables where they are arrays."""
    came, wanted = contrast(dress(got, exercise.like), dress(want, exercise.like), LONGEST_LIST)
    blocks = []
    for value, text in ((got, came), (want, wanted)):
        rows = list_rows(value) if text.startswith("an array of shape") and "item" not in text else []
        blocks.append("\n".join([f"an array of shape {value.shape}:", *(f"  {row}" for row in rows)]) if rows else text)
    return blocks[0], blocks[1]


def write_difference(got: Any, want: Any) -> str:
    """Return which items of a list in free order are missing, and which are too many; "" where neither can be said."""
    if not (isinstance(got, list | tuple) and isinstance(want, list | tuple)):
        return ""
    missing, extra = _without(want, got), _without(got, want)
    said = [f"{word}: {describe(items[:4])}" for word, items in (("missing", missing), ("too many", extra)) if items]
    return "; ".join(said) if len(missing) < len(want) else ""


def _without(items: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """Return the items that are left when each of the others takes one like it away."""
    left = list(map(repr, others))
    kept = []
    for item in items:
        if repr(item) in left:
            left.remove(repr(item))
        else:
            kept.append(item)
    return kept
