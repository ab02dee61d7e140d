"""Markdown tables of figures with their intervals, from measured rows alone."""

from collections.abc import Iterable, Mapping, Sequence

from workshop.score.results import Results, Row

DASH = "–"


def write_figure(results: Results, method: str, task: str, metric: str) -> str:
    """Return a figure with its interval, or a dash where it is not measured."""
    found = results.select(method=method, task=task, metric=metric)
    return _write(found[0]) if found else DASH


def _write(row: Row) -> str:
    """Return a row's value, with its interval where it has one."""
    return f"{row.value:.2f}" if row.low is None else f"{row.value:.2f} [{row.low:.2f}, {row.high:.2f}]"


def count_cases(results: Results, method: str, task: str) -> int:
    """Return of how many questions a task's figures are, whatever the number of seeds."""
    [row] = results.select(method=method, task=task, metric=LEADING.get(task.partition("/")[0], "short-contained"))
    return int(row.n or 0) // int(row.settings["seeds"])


LEADING = {"json": "valid", "voice": "all six rules", "skills": "right", "unanswerable": "abstained"}


def write_lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table, with an empty one after it."""
    made = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", "| --- " * len(head) + "|", *made, ""]


def write_grid(
    results: Results, corner: str, rows: Mapping[str, tuple[str, str]], metrics: Mapping[str, str]
) -> list[str]:
    """Return a table of metrics (columns) for methods at tasks (rows), each by the name that is shown."""
    lines = (
        (name, *(write_figure(results, method, task, metric) for metric in metrics.values()))
        for name, (method, task) in rows.items()
    )
    return write_lines((corner, *metrics), lines)
