"""The scoreboard as pictures: predictions beside verdicts, the learner's rows on the measured ranges; both as files."""

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError
from workshop.plots.style import PALETTE, YOURS, new_picture, set_words, to_png
from workshop.score import store, table
from workshop.score.export import write_csv
from workshop.score.learner import CAUGHT_UP, read_record
from workshop.score.table_views import EMPTY, Board, Comparison, Judged, came_true

MARKS = {True: ("✔", PALETTE["blue"]), False: ("✘", PALETTE["red"]), None: ("○", PALETTE["grey"])}
COLUMNS = (0.0, 0.54, 0.745)  # of a line: the claim, the prediction, the verdict, as shares of the width
LEGEND = "Diamond: your run. Line and bar: the workshop's figure with its interval, or its range over seeds."
LONGEST = 44  # letters of a row's name
WIDTH, LABELS, ROW, LINE = 14.0, 5.2, 0.36, 0.66  # inches: a column, the names of its rows, a row, a prediction


def read_board() -> Board:
    """Return the learner's scoreboard, without the points that can be reached."""
    return table.build_board(read_record(), list(table.read_all_results()), {})


def plot_predictions(judged: Sequence[Judged] | None = None) -> Any:
    """Draw a line a claim: its sentence, the prediction, the verdict, and whether the two agree.

    judged: of `build_board`; without them the learner's own predictions. Undecided claims and those that are true by
    construction make nothing right or wrong. Returns a matplotlib figure with alternative text.
    """
    lines = read_board().judged if judged is None else list(judged)
    with new_picture(14, 1.6 + LINE * len(lines)) as (figure, axes):
        _draw_predictions(axes, lines)
        told = [f"{one.id}: predicted {one.prediction}; {_tell_verdict(one)} ({_tell_mark(one)})." for one in lines]
        set_words(figure, title=_title_predictions(lines), x="", y="", alt=" ".join(told))
    return figure


def _title_predictions(lines: Sequence[Judged]) -> str:
    """Return how many of the decided predictions came true, and how many are open."""
    marks = [came_true(one) for one in lines]
    right, decided = marks.count(True), marks.count(True) + marks.count(False)
    if not lines:
        return "There are no predictions yet: predict() makes one."
    if not decided:
        return "None of your predictions is decided yet."
    to_come = sum(not one.verdict for one in lines)
    counts = ((len(lines) - decided - to_come, "neither right nor wrong"), (to_come, "still to come"))
    more = "".join(f"; {count} {words}" for count, words in counts if count)
    return f"Your predictions: {right} of {decided} came true{more}."


def _tell_verdict(one: Judged) -> str:
    """Return a verdict in few words, or in which lesson it comes."""
    if one.part:
        return f"{one.part}; lesson {one.lessons[-1]} decides"
    return one.verdict or f"comes in lesson {' and '.join(one.lessons)}"


def _tell_mark(one: Judged) -> str:
    return {True: "came true", False: "measured otherwise", None: "neither right nor wrong"}[came_true(one)]


def _draw_predictions(axes: Any, lines: Sequence[Judged], room: float = 0) -> None:
    """Write the lines as a table, one below the other. room: for how many lines the axes are tall enough."""
    heads = ("claim", "your prediction", "verdict")
    for x, head in zip(COLUMNS, heads, strict=True):
        _write(axes, x + 0.025 * (head == "verdict"), -0.75, head, color=PALETTE["grey"])
    for y, one in enumerate(lines):
        mark, colour = MARKS[came_true(one)]
        cells = (f"{one.id}  {one.sentence}", one.prediction, _tell_verdict(one))
        for x, cell, width in zip(COLUMNS, cells, (60, 22, 27), strict=True):
            of_verdict = x == COLUMNS[-1]
            text = "\n".join(textwrap.wrap(_clean(cell), width)[:3])
            _write(axes, x + 0.025 * of_verdict, y, text, color=colour if of_verdict else "black")
        _write(axes, COLUMNS[-1], y, mark, color=colour)
        axes.axhline(y + 0.5, color="#DDDDDD", linewidth=1)
    axes.set(xlim=(0, 1), ylim=(max(room - 1.1, len(lines) - 0.4), -1.1))
    axes.axis("off")


def _write(axes: Any, x: float, y: float, text: str, **how: Any) -> None:
    """Write a text as it is: a dollar sign in it begins no formula."""
    axes.text(x, y, text, va="center", fontsize=15, parse_math=False, linespacing=1.15, **how)


def _clean(text: object) -> str:
    """Return what a learner or a pasted code wrote as one printable line."""
    return "".join(one for one in " ".join(str(text).split()) if one.isprintable())


def plot_board(board: Board) -> Any:
    """Draw a scoreboard: each row's figure on its measured range, a panel a lesson and metric; beside it predictions.

    Returns a matplotlib figure with alternative text.
    """
    panels: dict[tuple[str, str], list[Comparison]] = {}
    for one in sorted(board.comparisons, key=lambda one: (str(one.own.lesson), str(one.own.task))):
        panels.setdefault((_clean(one.own.lesson), _clean(one.own.metric)), []).append(one)
    tall = max(sum(map(_measure_panel, panels.values())), LINE * len(board.judged) + 0.9)
    size = (WIDTH * max(1, bool(panels) + bool(board.judged)), tall + 1.5)
    title, down, left = _title_board(board), 1.4, WIDTH * bool(panels)
    with new_picture(*size) as (figure, axes):
        axes.remove()
        figure.set_layout_engine("none")
        _write_title(figure, size, (0.3, 0.45), title, 19)
        for (lesson, metric), rows in panels.items():
            box = (LABELS, down + 0.45, WIDTH - LABELS - 0.6, ROW * len(rows) + 0.1)
            _draw_rows(_place(figure, size, box), rows, f"Lesson {lesson}: {metric}")
            down += _measure_panel(rows)
        if panels:
            _write_title(figure, size, (0.3, 0.95), LEGEND, 15)
        if board.judged:
            _write_title(figure, size, (left + 0.3, 0.95), _title_predictions(board.judged), 17)
            _draw_predictions(_place(figure, size, (left + 0.3, 1.3, WIDTH - 0.6, tall)), board.judged, tall / LINE)
        figure.alternative_text = f"{title} {_title_predictions(board.judged)}"
    return figure


def _measure_panel(rows: Sequence[Comparison]) -> float:
    """Return a panel's height in inches."""
    return 1.25 + ROW * len(rows)


def _place(figure: Any, size: tuple[float, float], box: tuple[float, float, float, float]) -> Any:
    """Return axes at a place given in inches from the left and from the top, with width and height."""
    (width, height), (left, down, wide, high) = size, box
    return figure.add_axes((left / width, 1 - (down + high) / height, wide / width, high / height))


def _write_title(figure: Any, size: tuple[float, float], place: tuple[float, float], text: str, fontsize: int) -> None:
    """Write a line at a place given in inches from the left and from the top."""
    x, y = place[0] / size[0], 1 - place[1] / size[1]
    figure.text(x, y, text, fontsize=fontsize, va="center", parse_math=False)


def _title_board(board: Board) -> str:
    """Return how many of the learner's rows lie on the measured range, and how many were caught up."""
    own = [one for one in board.comparisons if one.own.source != CAUGHT_UP]
    ranged = [one for one in own if is_number(one.own.value) and one.low is not None]
    inside = sum(one.low <= one.own.value <= one.high for one in ranged)
    caught = len(board.comparisons) - len(own)
    more = f" {caught} row{'s were' if caught > 1 else ' was'} caught up." if caught else ""
    if not board.comparisons:
        return EMPTY if not board.judged else "No rows yet: a measurement in a lesson makes some."
    if not ranged:
        return f"Your scoreboard: {len(own)} row{'s' * (len(own) != 1)} of your own.{more}"
    return f"Your scoreboard: {inside} of {len(ranged)} rows lie within the measured range.{more}"


def _draw_rows(axes: Any, rows: Sequence[Comparison], title: str) -> None:
    """Draw each row's measured range as a bar, the measured figure as a line, the learner's as a diamond."""
    for y, one in enumerate(rows):
        if one.low is not None:
            axes.plot([one.low, one.high], [y, y], color=PALETTE["sky"], linewidth=9, solid_capstyle="butt")
        if one.value is not None:
            axes.plot([one.value], [y], "|", color=PALETTE["blue"], markersize=15, markeredgewidth=3)
        if one.own.source != CAUGHT_UP and is_number(one.own.value):
            axes.plot([one.own.value], [y], "D", color=YOURS, markersize=9, zorder=5)
    axes.set_yticks(range(len(rows)), [_label(one) for one in rows], fontsize=12)
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_title(title, fontsize=15, pad=6, parse_math=False)
    axes.tick_params(axis="x", labelsize=12)
    axes.grid(axis="x")


def _label(one: Comparison) -> str:
    """Return a row's method and task, and whether it was caught up."""
    text = f"{_clean(one.own.method)} · {_clean(one.own.task)}"
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return f"{text} ({CAUGHT_UP})" if one.own.source == CAUGHT_UP else text


def is_number(value: object) -> bool:
    """Tell whether a value can be drawn: a pasted code may bring anything."""
    return isinstance(value, int | float) and math.isfinite(value)


def export_scoreboard(folder: str | Path | None = None) -> tuple[Path, Path]:
    """Write scoreboard.csv, all rows, and scoreboard.png, rows and predictions; say where, and return both paths.

    folder: without it where the record lies, beside the notebook. Raises WorkshopError where it can't be written.
    """
    board = read_board()
    place = Path(folder).expanduser() if folder is not None else store.folder() or Path()
    made = (place / "scoreboard.csv", place / "scoreboard.png")
    try:
        place.mkdir(parents=True, exist_ok=True)
        made[0].write_text(write_csv(board), encoding="utf-8", newline="")
        made[1].write_bytes(to_png(plot_board(board)))
    except OSError as error:
        raise WorkshopError(
            f"can't write to {place}: {error.strerror or type(error).__name__}. Choose another folder: "
            "export_scoreboard('FOLDER')."
        ) from None
    empty = "" if board.comparisons or board.judged else f" {EMPTY}"
    print(f"Your scoreboard lies in {made[0]} and {made[1]}: {len(board.comparisons)} rows.{empty}")
    return made
