"""The lesson's rows, made from the runs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from studies.other_stacks.plan import DATA, STACKS
from studies.other_stacks.stacks import count_lines
from workshop.score.results import Row

Cells = Mapping[tuple[Any, ...], dict[str, Any]]
# Figures that differ from trial to trial: the median is told. The others are the same in all.
TIMED = ("import_seconds", "import_megabytes", "build_seconds", "search_milliseconds", "open_seconds")
JOB = {"before": "form_before", "after": "form", "right": "values", "seconds": "seconds", "tokens": "tokens"}
FIXED = ("recall", "same", "filtered", "short", "kept", "disk_megabytes")
# Of the handbook alone: its questions have a page that answers them.
ANSWERING = ("filtered_answering", "short_answering")


def tell_stacks(cells: Cells) -> list[Row]:
    """Return a row for each stack, data and figure."""
    rows = []
    for stack, (name, _) in STACKS.items():
        for data in DATA:
            mine = [found for cell, found in cells.items() if cell[:2] == (stack, data)]
            if not mine:  # the short form has one kind of data
                continue
            for metric in (*TIMED, *FIXED, *(ANSWERING if data == "handbook" else ())):
                values = [float(one[metric]) for one in mine]
                rows.append(
                    Row("08", name, data, metric, float(np.median(values)), min(values), max(values), len(mine))
                )
        rows.append(Row("08", name, "code", "lines", count_lines(stack)))
    return rows


def tell_packages(cells: Cells) -> list[Row]:
    """Return what each installation brings."""
    return [
        Row("08", name, "installation", metric, float(value))
        for (name,), found in cells.items()
        for metric, value in found.items()
    ]


def tell_answers(cells: Sequence[dict[str, Any]]) -> list[Row]:
    """Return how often the chain found and answered the same as the bot, and the seconds of each."""
    n = sum(one["n"] for one in cells)
    rows = [
        Row("08", "LangChain's chain", "same as ask", what, sum(one["same"][what] for one in cells) / n, n=n)
        for what in ("passages", "answers")
    ]
    for method in ("ask", "chain"):
        waits = [wait for one in cells for wait in one["waits"][method]]
        rows.append(Row("08", method, "answers", "seconds", float(np.median(waits)), n=n))
    return rows


def tell_live(cells: Sequence[dict[str, Any]]) -> list[Row]:
    """Return what a job of the lesson's reached in our runs: smallest and largest beside the mean."""
    rows = []
    for field, metric in JOB.items():
        values = [float(one[field]) for one in cells]
        rows.append(Row("08", "job", "tickets", metric, float(np.mean(values)), min(values), max(values), len(values)))
    return rows
