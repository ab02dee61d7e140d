"""Write the scoreboard's rows as CSV that a spreadsheet opens safely."""

import csv
import io
import re
from typing import Any

from workshop.score.learner import CAUGHT_UP
from workshop.score.table_views import Board, Comparison

COLUMNS = (
    *("lesson", "method", "task", "metric", "yours", "source", "measured", "low", "high"),
    *("seconds", "trained_parameters", "megabytes"),
)
# What a spreadsheet takes for a formula: at the start of a cell, or behind what another one takes for a separator.
FORMULA = re.compile(r"^(\s*[=+\-@＝＋－＠|%])")
FORMULA_BEHIND_A_SEPARATOR = re.compile(r"([;,\t|]\s*)([=+\-@＝＋－＠])")


def write_csv(board: Board) -> str:
    """Return all rows of a scoreboard as CSV with a header; a row that was caught up has no figure of the learner's."""
    made = io.StringIO()
    writer = csv.writer(made, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([defuse(value) for value in _list_cells(one)] for one in board.comparisons)
    return made.getvalue()


def _list_cells(one: Comparison) -> list[Any]:
    """Return a row's cells in the order of COLUMNS; None where there is no figure."""
    own = one.own
    yours = None if own.source == CAUGHT_UP else own.value
    price = (own.seconds, own.trained_parameters, own.megabytes)
    return [own.lesson, own.method, own.task, own.metric, yours, own.source, one.value, one.low, one.high, *price]


def defuse(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: text in one printable line, numbers as they are."""
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    text = " ".join("".join(one for one in str(value) if one.isprintable() or one.isspace()).split())
    text = FORMULA_BEHIND_A_SEPARATOR.sub(r"\1'\2", text)
    return f"'{text}" if FORMULA.match(text) else text
