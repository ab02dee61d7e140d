"""Write the scoreboard as HTML and as plain text."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from workshop.score.claims import TRUE_BY_CONSTRUCTION
from workshop.score.learner import CAUGHT_UP
from workshop.score.results import Row

HEADS = ("lesson", "method", "task", "metric", "yours", "measured", "seconds", "trained parameters", "MB")
# On a page 980 pixels must do: what a row is about shares one column.
PAGE_HEADS = ("what", "yours", "measured", "seconds", "parameters", "MB", "yours on the measured range")
CLAIM_HEADS = ("claim", "your prediction", "verdict")
NUMERIC = {"yours", "measured", "seconds", "trained parameters", "parameters", "MB"}
EMPTY = "Nothing here yet: pass a check, make a prediction or run a measurement, and it shows up."
UNDECIDED = "can't tell"
BLUE, GREY = "#0072B2", "#9a9a9a"


@dataclass(frozen=True)
class Comparison:
    """A learner's row and the same figure as it was measured for the workshop, if it was."""

    own: Row
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Judged:
    """A prediction and its verdict, "" while the lesson that decides it lies ahead. part: what earlier ones found."""

    id: str
    sentence: str
    prediction: str
    verdict: str
    lessons: tuple[str, ...]
    part: str = ""


@dataclass(frozen=True)
class Board:
    """What the scoreboard shows. points: lesson to points reached and possible (None where unknown)."""

    comparisons: list[Comparison]
    judged: list[Judged]
    points: dict[str, tuple[int, int | None]]


def as_text(board: Board) -> str:
    """Return a `Board` as aligned plain text."""
    parts = [_points_line(board)] if board.points else []
    if board.comparisons:
        parts.append(_columns(HEADS, [_cells(one) for one in board.comparisons]))
    if board.judged:
        rows = [(f"{one.id} {one.sentence}", one.prediction, _verdict(one)) for one in board.judged]
        parts.append(_columns(CLAIM_HEADS, rows))
    return "\n\n".join(parts) or EMPTY


def as_html(board: Board) -> str:
    """Return a `Board` as HTML tables; everything that a learner or a pasted code wrote is escaped."""
    parts = [_points_html(board)] if board.points else []
    if board.comparisons:
        rows = [(_what(one.own), *map(escape, _cells(one)[4:]), _strip(one)) for one in board.comparisons]
        parts.append(_table("Your results beside the workshop's", PAGE_HEADS, rows))
    if board.judged:
        rows = [
            (f"<b>{one.id}</b> {escape(one.sentence)}", escape(one.prediction), escape(_verdict(one)))
            for one in board.judged
        ]
        parts.append(_table("Your predictions beside the verdicts", CLAIM_HEADS, rows))
    return f'<div style="max-width:980px">{"".join(parts) or f"<p>{EMPTY}</p>"}</div>'


def _cells(one: Comparison) -> tuple[str, ...]:
    """Return a comparison's texts in the order of HEADS."""
    own = one.own
    interval = f" [{_number(one.low)} to {_number(one.high)}]" if one.low is not None else ""
    measured = "–" if one.value is None else f"{_number(one.value)}{interval}"
    price = (own.seconds, own.trained_parameters, own.megabytes)
    yours = _number(own.value) + ("" if own.source == "yours" else f" ({own.source})")
    yours = f"({CAUGHT_UP})" if own.source == CAUGHT_UP and one.value is not None else yours
    return (str(own.lesson), str(own.method), str(own.task), str(own.metric), yours, measured, *map(_number, price))


def _what(own: Row) -> str:
    """Return what a row is about as HTML: the method, below it lesson, task and metric."""
    return f"{escape(str(own.method))}<br><small>{escape(f'{own.lesson} · {own.task} · {own.metric}')}</small>"


def _number(value: Any) -> str:
    """Return a number with the digits that matter, or a dash where there is none."""
    if not isinstance(value, int | float):
        return "–" if value is None else str(value)
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:z.2f}"


def came_true(one: Judged) -> bool | None:
    """Tell whether a prediction came true; None where that is open, undecided or true by construction."""
    if one.verdict == one.prediction and one.verdict:
        return True
    return None if one.part or one.verdict in ("", TRUE_BY_CONSTRUCTION, UNDECIDED) else False


def _verdict(one: Judged) -> str:
    """Return a prediction's verdict in words, with a sign for whether it came true; undecided is neither."""
    if one.part:
        return f"{one.part}; lesson {one.lessons[-1]} decides"
    if not one.verdict:
        return f"comes in lesson {' and '.join(one.lessons)}"
    if came_true(one):
        return f"✔ {one.verdict}, as you said"
    if one.verdict == TRUE_BY_CONSTRUCTION:
        return f"○ {one.verdict}: nothing to foretell, so neither right nor wrong"
    if one.verdict == UNDECIDED:
        return "○ undecided: the measurement can't tell, so neither right nor wrong"
    return f"✘ measured otherwise: {one.verdict}"


def _points_line(board: Board) -> str:
    """Return the points of each lesson and their sum in one line."""
    lessons = ", ".join(f"lesson {lesson}: {_share(*pair)}" for lesson, pair in board.points.items())
    return f"Points: {_share(*_sum(board))} ({lessons})"


def _sum(board: Board) -> tuple[int, int | None]:
    """Return the points reached and possible in all lessons."""
    done, totals = zip(*board.points.values(), strict=True)
    return sum(done), None if None in totals else sum(totals)


def _share(done: int, total: int | None) -> str:
    """Return "5 of 16", or "5" where the total is unknown."""
    return f"{done:g}" if total is None else f"{done:g} of {total:g}"


def _points_html(board: Board) -> str:
    """Return the points with a bar that shows their share."""
    done, total = _sum(board)
    share = min(max(done / total, 0), 1) if total else 0
    bar = (
        f'<div aria-hidden="true" style="height:8px;max-width:320px;background:rgba(127,127,127,0.25)">'
        f'<div style="height:8px;width:{share:.0%};background:{BLUE}"></div></div>'
    )
    return f'<p style="margin:4px 0">{escape(_points_line(board))}</p>{bar if total else ""}'


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an HTML table; the cells are HTML already."""
    look = "padding:4px 8px;border-bottom:1px solid rgba(127,127,127,0.35);vertical-align:top;"

    def aligned(head: str) -> str:
        return f'style="{look}text-align:{"right;white-space:nowrap" if head in NUMERIC else "left"}"'

    top = "".join(f'<th scope="col" {aligned(head)}>{head}</th>' for head in heads)
    body = "".join(
        f"<tr>{''.join(f'<td {aligned(head)}>{cell}</td>' for head, cell in zip(heads, row, strict=True))}</tr>"
        for row in rows
    )
    title = f'<caption style="text-align:left;font-weight:bold;padding:10px 0 4px">{caption}</caption>'
    table = f'<table style="border-collapse:collapse;font-size:inherit">{title}<thead><tr>{top}</tr></thead>'
    return f'<div style="overflow-x:auto">{table}<tbody>{body}</tbody></table></div>'


def _strip(one: Comparison) -> str:
    """Return a small drawing: the measured range as a band, the learner's value as a dot."""
    if one.low is None or one.own.source == CAUGHT_UP or not isinstance(one.own.value, int | float):
        return ""
    low, high, own = float(one.low), float(one.high), float(one.own.value)
    margin = (max(high, own) - min(low, own)) * 0.15 or 1
    start, width = min(low, own) - margin, max(high, own) - min(low, own) + 2 * margin
    left, right, dot = (100 * (x - start) / width for x in (low, high, own))
    place = "within" if low <= own <= high else "below" if own < low else "above"
    return (
        f'<svg width="90" height="14" viewBox="0 0 100 14" role="img" aria-label="{place} the measured range">'
        f'<rect x="{left:.1f}" y="4" width="{max(right - left, 1):.1f}" height="6" fill="{GREY}"/>'
        f'<circle cx="{dot:.1f}" cy="7" r="5" fill="{BLUE}"/></svg> {place}'
    )


def _columns(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return lines with aligned columns."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if head in NUMERIC else cell.ljust(width)
            for head, cell, width in zip(heads, row, widths, strict=True)
        ).rstrip()
        for row in (heads, *rows)
    )
