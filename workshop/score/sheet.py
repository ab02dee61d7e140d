"""Lesson 06 on one page: the grid, the tree, prices, and what the learner measured and predicted."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape
from itertools import permutations
from pathlib import Path

from workshop.errors import WorkshopError
from workshop.score.learner import Record, read_record
from workshop.score.results import Results, Row
from workshop.score.table import build_board, read_all_results
from workshop.score.table_views import Board, Comparison, as_html
from workshop.score.tree import (
    COPIED,
    LESSON,
    METHODS,
    TASKS,
    Leaf,
    Question,
    build_tree,
    find_best,
    find_grid,
    say_need,
)

PRICE = "price, "
PRICES = {
    "setup_seconds": "set-up (s)",
    "seconds_each": "each (s)",
    "prompt_tokens": "tokens",
    "megabytes": "stored (MB)",
}
ABSTAINING = "abstaining: share of refusals where nothing answers; a method that always refuses has 1.00"
TIMES = {"setup_seconds", "seconds_each"}
BEST = ' class="best"'
MARK = "<!doctype html><!-- a sheet of Tune or Retrieve -->"
STYLE = """@page { size: A4; margin: 9mm }
body { font: 15px/1.35 system-ui, sans-serif; max-width: 1000px; margin: 1em auto; padding: 0 1em; color: #000;
 background: #fff }
h1 { font-size: 1.5em; margin: 0 0 .2em } h2 { font-size: 1.1em; margin: .8em 0 .2em } p { margin: .2em 0 }
table { border-collapse: collapse } td, th { text-align: left }
td, th, .mine td, .mine th { padding: .12em .6em .12em 0 !important; border-bottom: 1px solid #bbb }
.grid { width: 100% } .grid th { width: 15% } td, thead th { white-space: nowrap } .mine td { white-space: normal }
.mine td:nth-child(2) { white-space: nowrap }
 .best { background: #DCEBF5 } .best b { font-size: 1.05em } small { color: #333 }
ul { list-style: none; margin: 0; padding-left: 1.1em; border-left: 2px solid #0072B2 } .own { color: #A64500 }
.sides { display: grid; grid-template-columns: 11fr 9fr; gap: 0 2em }
.prices td + td, .prices th + th { text-align: right; padding: .12em 0 .12em 1em !important }
.mine, .mine > div { max-width: none !important }
@media print { body { font-size: 7.6pt; line-height: 1.2; max-width: none; margin: 0; padding: 0 }
 h2 { margin: .5em 0 .1em }
 tr, li { break-inside: avoid } * { print-color-adjust: exact } }"""


def break_even(setup_a: float, each_a: float, setup_b: float, each_b: float) -> int | None:
    """Return the smallest whole number of questions at which A is no dearer than B; None where it never is.

    setup: what each costs before the first question. each: what a question costs, in the same unit.
    """
    if setup_a <= setup_b:
        return 0
    if each_a >= each_b:
        return None

    def dearer(count: int) -> bool:
        return setup_a + each_a * count > setup_b + each_b * count

    count = math.ceil((setup_a - setup_b) / (each_b - each_a))
    if not dearer(count - 1):  # rounding put it one too far
        return count - 1
    return count + 1 if dearer(count) else count


def write_sheet(path: str | Path, rows: Sequence[Row], *, own: Sequence[Row] = (), need: float = 0.5) -> Path:
    """Write lesson 06 as one HTML page that needs no network and prints on one sheet of A4, and say where it lies.

    rows: the lesson's results, grid and prices. own: the learner's rows; those that are kept come besides. need: the
    share that must be right. Returns the path. Raises WorkshopError for rows that lack a cell, for a file that holds
    something else, and where it can't be written.
    """
    path = Path(path)
    path = path if path.suffix else path.with_suffix(".html")
    page = write_page(rows, read_record(), own, need)
    try:
        if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(MARK):
            raise WorkshopError(f"{path.name} is there and is no sheet: it stays as it was. Give another name.")
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise WorkshopError(f"can't write {path}: {error.strerror}. Give a file in a folder that exists.") from None
    print(f"Wrote {path}: open it in a browser, or print it on one page.")
    return path


def write_page(rows: Sequence[Row], kept: Record, own: Sequence[Row], need: float) -> str:
    """Return the sheet as HTML; everything that rows and record hold is escaped."""
    tree = build_tree(rows, need)
    mine = {(row.task, row.method, row.metric): row for row in (*kept.rows, *own) if _is_sound(row)}
    cells = find_grid(mine.values())
    measured = [replace(one, rows=()) if one.stem.startswith(LESSON) else one for one in read_all_results()]
    board = build_board(replace(kept, rows=tuple(mine.values())), [Results("", "", tuple(rows)), *measured], {})
    rest = [one for one in board.comparisons if one.own not in cells.values()]
    judged = [one for one in board.judged if LESSON in one.lessons]
    prices = [row for row in rows if row.task.startswith(PRICE) and row.metric in PRICES]
    parts = (
        f"<h2>The share that is right</h2>{_write_grid(rows, cells)}",
        f"<p><small>95 % intervals in brackets. Shaded: the highest of its line and all whose intervals overlap its "
        f"interval. {ABSTAINING}.</small></p>",
        f'<div class="sides"><div><h2>Which method, if {say_need(need)} must be right</h2>',
        f"<ul>{_write_tree(tree)}</ul></div><div><h2>What it costs: set-up, and each question</h2>",
        f"{_write_prices(prices)}{_write_crossings(prices)}{_write_own(rest)}</div></div>",
        f'<div class="mine">{as_html(Board([], judged, {})) if judged else ""}</div>',
    )
    title = "Tune or retrieve: what was measured"
    top = f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style></head>'
    return f"{MARK}\n{top}\n<body><h1>{title}</h1>\n{chr(10).join(parts)}\n</body></html>\n"


def _is_sound(row: Row) -> bool:
    """Tell whether a row is a run of the learner's in this lesson, with a number; a pasted code may hold anything."""
    names = (row.lesson, row.task, row.method, row.metric)
    texts = all(isinstance(name, str) for name in names)
    return texts and row.lesson[:2] == LESSON and row.source != COPIED and isinstance(row.value, int | float)


def _write_grid(rows: Iterable[Row], own: dict[tuple[str, str], Row]) -> str:
    grid = find_grid(rows)
    lines = []
    for task in TASKS:
        best = find_best(grid, task)
        cells = []
        for method in METHODS:
            row, yours = grid.get((task, method)), own.get((task, method))
            text = "–" if row is None else _say_interval(row, method in best)
            text += f' <span class="own">◆ yours {yours.value:.2f}</span>' if yours else ""
            cells.append(f"<td{BEST if method in best else ''}>{text}</td>")
        lines.append(f'<tr><th scope="row">{task}</th>{"".join(cells)}</tr>')
    return _write_table(("", *METHODS), lines, "grid")


def _say_interval(row: Row, strong: bool) -> str:
    value = f"<b>{row.value:.2f}</b>" if strong else f"{row.value:.2f}"
    return value + ("" if row.low is None or row.high is None else f" <small>[{row.low:.2f}, {row.high:.2f}]</small>")


def _write_table(heads: Iterable[str], lines: Iterable[str], kind: str = "") -> str:
    top = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return f'<table class="{kind}"><thead><tr>{top}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


def _write_tree(node: Question | Leaf) -> str:
    """Return a tree as items of nested lists."""
    if isinstance(node, Leaf):
        cells = "".join(f"<br>{escape(str(cell))}" for cell in node.cells)
        return f"<li>→ <b>{escape(node.heading)}</b>. {escape(node.reason)}<small>{cells}</small></li>"
    answers = "".join(f"<li>{escape(said)}<ul>{_write_tree(follows)}</ul></li>" for said, follows in node.branches)
    return f"<li><b>{escape(node.text)}</b></li>{answers}"


def _write_prices(prices: Iterable[Row]) -> str:
    """Return a table of prices: a line for each task and method."""
    table: dict[tuple[str, str], dict[str, Row]] = {}
    for row in prices:
        table.setdefault((row.task.removeprefix(PRICE), row.method), {})[row.metric] = row
    lines = [
        f"<tr><td>{escape(task)}, {escape(method)}</td>"
        + "".join(f"<td>{_say_price(found[metric].value) if metric in found else '–'}</td>" for metric in PRICES)
        + "</tr>"
        for (task, method), found in table.items()
    ]
    return _write_table(("", *PRICES.values()), lines, "prices") if lines else "<p>No prices are among the rows.</p>"


def _say_price(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2f}" if value else "0"


def _write_crossings(prices: Sequence[Row]) -> str:
    """Return for each pair of methods, by task, from how many questions on the dearer set-up has paid off."""
    ways: dict[tuple[str, str], dict[str, float]] = {}
    for row in prices:
        ways.setdefault((row.task.removeprefix(PRICE), row.method), {})[row.metric] = row.value
    costs = {key: (way["setup_seconds"], way["seconds_each"]) for key, way in ways.items() if len(TIMES & {*way}) == 2}
    tasks = list(dict.fromkeys(task for task, _ in costs))
    lines = []
    for later, first in permutations(METHODS, 2):
        pairs = [(costs.get((task, later)), costs.get((task, first))) for task in tasks]
        found = [break_even(*a, *b) if a and b else None for a, b in pairs]
        if any(found):
            words = {None: "never", 0: "at once"}
            cells = "".join(f"<td>{words.get(count, format(count or 0, ','))}</td>" for count in found)
            lines.append(f"<tr><td>{later}, against {first}</td>{cells}</tr>")
    if not lines:
        return "<p>No dearer set-up pays off, at any number of questions.</p>"
    told = "<p><small>Set-up and questions, in seconds. What is cheaper may still not be right.</small></p>"
    table = _write_table(("", *map(escape, tasks)), lines, "prices")
    return f"<h2>From how many questions on a set-up has paid off</h2>{table}{told}"


def _write_own(comparisons: Iterable[Comparison]) -> str:
    """Return the learner's figures that stand in no cell of the grid, beside those measured."""
    said = "".join(f'<li class="own">{escape(_say_own(one))}</li>' for one in comparisons)
    return f"<h2>Yours</h2><ul>{said}</ul>" if said else ""


def _say_own(one: Comparison) -> str:
    row, low, high = one.own, one.low, one.high
    interval = "" if low is None or high is None else f" [{_say_price(low)}, {_say_price(high)}]"
    measured = "" if one.value is None else f", measured {_say_price(one.value)}{interval}"
    return f"{row.task}, {row.method}, {row.metric.replace('_', ' ')}: yours {_say_price(row.value)}{measured}"
