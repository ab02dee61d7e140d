"""Pictures of lesson 06: the grid of tasks and methods, break-even, the costs of a year."""

import math
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.plots.style import MARKERS, PALETTE, SERIES, SMALLEST_FONT, YOURS, new_picture, set_words
from workshop.score.results import Row
from workshop.score.sheet import ABSTAINING, break_even
from workshop.score.tree import METHODS, TASKS, Grid, find_best, find_clear, find_grid

WEEKS = 52
COLOURS = dict(zip(METHODS, (PALETTE[name] for name in ("black", "orange", "sky", "blue")), strict=True))


def plot_grid(rows: Sequence[Row], *, own: Iterable[Row] = ()) -> Any:
    """Draw the grid of lesson 06: a line a task, a column a method, in each cell the share and its 95 % interval.

    own: the learner's rows; those that belong in a cell are written there beside a diamond. Returns a matplotlib figure
    with alternative text; raises WorkshopError where no row belongs in the grid.
    """
    grid, mine = find_grid(rows), find_grid(own)
    if not grid:
        raise WorkshopError("no row belongs in the grid. Give all: read_results('06_tune_or_retrieve').rows.")
    tasks = [task for task in TASKS if any((task, method) in grid for method in METHODS)]
    table = [[grid[task, one].value if (task, one) in grid else math.nan for one in METHODS] for task in tasks]
    with new_picture(12.5, 1.9 + 0.66 * len(tasks)) as (figure, axes):
        axes.imshow(table, cmap="Blues", vmin=0, vmax=1.9, aspect="auto")
        for y, task in enumerate(tasks):
            best = find_best(grid, task)
            for x, method in enumerate(METHODS):
                if (task, method) in grid:
                    _draw_cell(axes, (x, y), grid[task, method], mine.get((task, method)), method in best)
        axes.set_xticks(range(len(METHODS)), METHODS, fontsize=19)
        axes.set_yticks(range(len(tasks)), tasks, fontsize=17)
        axes.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
        axes.spines[:].set_visible(False)
        told = "; ".join(
            f"{task}: " + ", ".join(f"{one} {_say(grid[task, one])}" for one in METHODS if (task, one) in grid)
            for task in tasks
        )
        yours = "".join(f" Yours, {task}, {one}: {row.value:.2f}." for (task, one), row in mine.items())
        key = f"Bold in a frame: the highest of its line and all whose intervals overlap its interval.\n{ABSTAINING}."
        set_words(figure, title=_say_clear(grid, tasks), x=f"share right [95 % interval]. {key}", y="", alt="")
        axes.xaxis.label.set(ha="right", x=1, fontsize=SMALLEST_FONT)
        figure.alternative_text += f" {told}. {ABSTAINING}.{yours}"
    return figure


def plot_break_even(ways: Mapping[str, tuple[float, float]], questions: Sequence[int], *, unit: str = "s") -> Any:
    """Draw what two ways cost in all against the number of questions, and where the dearer set-up has paid off.

    ways: name to set-up and cost of a question, in unit. questions: numbers between which is drawn; the crossing, found
    as in exercise 6.3, is drawn wherever it lies. Returns a matplotlib figure with alternative text; raises
    WorkshopError for other than two ways, for costs that are negative or all zero, and for less than one question.
    """
    if len(ways) != 2 or not questions or min(questions) < 1:
        raise WorkshopError(f"expected two ways and questions from 1 on, got {list(ways)} and {questions}.")
    _check_costs(ways, 2)
    first, later = sorted(ways, key=lambda name: ways[name])
    even = break_even(*ways[later], *ways[first]) if ways[later][0] > ways[first][0] else None
    ends = min(questions), max(*questions, 2, 3 * (even or 0))
    counts = [ends[0] * (ends[1] / ends[0]) ** (step / 200) for step in range(201)]
    with new_picture(11.5, 6.2) as (figure, axes):
        for place, (name, (setup, each)) in enumerate(ways.items()):
            colour = COLOURS.get(name, SERIES[place])
            axes.plot(counts, [setup + each * count for count in counts], color=colour, label=name, linewidth=4)
        axes.set(xscale="log", yscale="log", xlim=ends)
        axes.margins(y=0.22)  # room for the crossing's number
        title = f"{first} costs no more than {later} at any number of questions."
        if even is not None:
            title = f"{first} is cheaper below {even:,} questions, {later} from there on."
            _mark_crossing(axes, even, ways[later][0] + ways[later][1] * even, ends)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda cost, _: f"{cost:,.0f}" if cost >= 1 else f"{cost:.2g}")
        axes.grid()
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
        told = "; ".join(f"{name}: {setup:,g} {unit} and {each:,g} a question" for name, (setup, each) in ways.items())
        x, y = "questions (logarithmic)", f"total ({unit}, logarithmic)"
        set_words(figure, title=title[0].upper() + title[1:], x=x, y=y, alt=f"{told}.")
    return figure


def plot_year(
    ways: Mapping[str, tuple[float, float, float]], questions: int | Sequence[int], changes: int = WEEKS
) -> Any:
    """Draw the seconds that ways have cost by each week of a year in which facts change and each way is refreshed.

    ways: name to set-up, seconds a question and seconds a refresh. questions: in a year, evenly spread; a panel for
    each where there are several. changes: in a year, at equal distances, the last at its end: with 52 at the end of
    each week. Returns a matplotlib figure with alternative text; raises WorkshopError for negative figures.
    """
    numbers = [questions] if isinstance(questions, int) else list(questions)
    _check_costs(ways, 3)
    if not ways or not numbers or min(*numbers, changes) < 0:
        raise WorkshopError(f"expected ways, and questions and changes from 0 on, got {numbers} and {changes}.")
    said = []
    with new_picture(6 * len(numbers) + 1.5, 6) as (figure, _):
        figure.clear()
        for axes, count in zip(figure.subplots(1, len(numbers), squeeze=False)[0], numbers, strict=True):
            totals = _draw_year(axes, ways, count, changes)
            names = sorted(totals, key=totals.__getitem__)
            least, most = (f"{name} {totals[name]:,.0f} s" for name in (names[0], names[-1]))
            said.append(f"{count:,} questions: {least}" + (f", {most}" if len(names) > 1 else ""))
        figure.axes[0].set_ylabel("seconds so far")
        ends = "lowest and highest total" if len(ways) > 1 else "total"
        title = f"A year with {changes} changes, {ends} of {'; '.join(said)}."
        figure.suptitle("\n".join(textwrap.wrap(title, 40 * len(numbers) + 10)), x=0.01, ha="left", fontsize=18)
    every = "; ".join(
        f"{name}, {count:,} questions: {_total(way, count, changes):,.0f} s"
        for count in numbers
        for name, way in ways.items()
    )
    figure.alternative_text = f"{title} Totals: {every}."
    return figure


def _draw_cell(axes: Any, place: tuple[int, int], row: Row, mine: Row | None, best: bool) -> None:
    """Write a cell's share, its interval and the learner's own share; frame it where it is among the best."""
    x, y = place
    axes.text(x - 0.4, y, f"{row.value:.2f}", va="center", fontsize=24, weight="bold" if best else "normal")
    where = {"va": "center", "ha": "right", "fontsize": SMALLEST_FONT}
    if row.low is not None and row.high is not None:
        axes.text(x + 0.46, y + 0.22 * (mine is not None), f"[{row.low:.2f}, {row.high:.2f}]", **where)
    if mine is not None:
        box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": YOURS, "linewidth": 1.5}
        axes.text(x + 0.46, y - 0.2, f"◆ yours {mine.value:.2f}", bbox=box, **where)
    if best:
        frame = {"fill": False, "edgecolor": "black", "linewidth": 2.5}
        axes.add_patch(require("matplotlib.patches", "words").Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, **frame))


def _say(row: Row) -> str:
    interval = "" if row.low is None or row.high is None else f" [{row.low:.2f}, {row.high:.2f}]"
    return f"{row.value:.2f}{interval}"


def _say_clear(grid: Grid, tasks: Sequence[str]) -> str:
    """Return in how many lines which method's interval lies above all others'."""
    clear = Counter(name for task in tasks if (name := find_clear(grid, task)))
    lead = next((name for name, count in clear.items() if count == len(tasks)), None)
    if lead:
        return f"{lead} is clear of the others in every line."
    lines = [*clear.most_common(), *([("no method", len(tasks) - clear.total())] if clear.total() < len(tasks) else [])]
    told = ", ".join(f"{name}: {count}" for name, count in lines)
    return f"No method wins every line. Clear of the rest, of {len(tasks)} lines: {told}."


def _check_costs(ways: Mapping[str, Sequence[float]], count: int) -> None:
    """Raise WorkshopError for ways without so many costs, and for costs below zero or of nothing at all."""
    for name, costs in ways.items():
        if len(costs) != count or not all(0 <= cost < math.inf for cost in costs) or not any(costs):
            raise WorkshopError(f"expected {count} costs of 0 or more, not all 0, for {name!r}, got {tuple(costs)}.")


def _mark_crossing(axes: Any, even: int, cost: float, ends: tuple[float, float]) -> None:
    """Mark where two rising lines cross, its number to the lower right, or to the upper left near the right end."""
    axes.plot([even], [cost], "o", color="black", markersize=13, zorder=5)
    axes.axvline(even, color="black", linestyle=":", linewidth=1.5, zorder=1)
    far = math.log(even / ends[0]) > 0.7 * math.log(ends[1] / ends[0])
    how = {"xytext": (-16, 26) if far else (16, -34), "ha": "right" if far else "left", "fontsize": 18}
    axes.annotate(f"{even:,} questions", (even, cost), textcoords="offset points", weight="bold", **how)


def _total(way: Sequence[float], questions: int, changes: int) -> float:
    """Return set-up, questions and refreshes together, as in exercise 6.2."""
    setup, each, refresh = way
    return setup + each * questions + refresh * changes


def _draw_year(axes: Any, ways: Mapping[str, Sequence[float]], questions: int, changes: int) -> dict[str, float]:
    """Draw what each way has cost by each week, a step at each change; returns the totals by name."""
    totals = {name: _total(way, questions, changes) for name, way in ways.items()}
    for place, (name, way) in enumerate(ways.items()):
        passed = [(done / max(changes, 1), done) for done in range(max(changes, 1) + 1)]  # share of the year, changes
        points = [(0.0, way[0])]
        for share, done in passed[1:]:
            before = way[0] + way[1] * questions * share + way[2] * (done - 1)
            points += [(WEEKS * share, before), (WEEKS * share, before + way[2] * (changes > 0))]
        style = {"color": COLOURS.get(name, SERIES[place % len(SERIES)]), "marker": MARKERS[place % len(MARKERS)]}
        axes.plot(
            *zip(*points, strict=True), label=f"{name}: {totals[name]:,.0f} s", markevery=[-1], clip_on=False, **style
        )
    axes.set(xlim=(0, WEEKS * 1.02), ylim=(0, 1.5 * max(totals.values(), default=1)), xlabel="week of the year")
    axes.set_title(f"{questions:,} questions a year")
    axes.yaxis.set_major_formatter(lambda cost, _: f"{cost:,.0f}")
    axes.grid(axis="y")
    axes.legend(loc="upper left")
    return totals
