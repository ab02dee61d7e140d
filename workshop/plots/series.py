"""Points with intervals in one picture: a line, a colour and a mark for each series."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from workshop.errors import WorkshopError
from workshop.plots.style import MARKERS, PALETTE, SERIES, YOURS, new_picture, set_words
from workshop.score.results import Row

COLOURS = {
    "words and marks": PALETTE["orange"],
    "frozen": PALETTE["sky"],
    "best frozen layer": PALETTE["purple"],
    "top two layers": PALETTE["green"],
    "all layers": PALETTE["blue"],
    "random weights": PALETTE["grey"],
}
Point = tuple[float, float, float | None, float | None]  # where, value, low, high


def draw_series(
    series: Mapping[str, Iterable[Point]],
    *,
    title: str,
    x: str,
    y: str,
    ticks: Mapping[float, str] | None = None,
    log: bool = False,
    joined: bool = True,
    beside: bool = True,
) -> tuple[Any, Any]:
    """Draw points with their intervals, a colour and a mark for each series; returns figure and axes.

    beside: moved a little sideways, so that intervals don't cover each other; not where x is a measured figure.
    """
    lists = {name: sorted(points) for name, points in series.items()}
    if not any(lists.values()):
        raise WorkshopError("there are no rows to draw. Choose others: results.select(task=..., metric=...).")
    with new_picture(10.5, 5.8) as (figure, axes):
        for place, (name, points) in enumerate(lists.items()):
            where, values = [point[0] for point in points], [point[1] for point in points]
            reach = [
                [0 if low is None else max(0, value - low) for _, value, low, _ in points],
                [0 if high is None else max(0, high - value) for _, value, _, high in points],
            ]
            shift = (place - len(lists) / 2) * 0.03 * beside
            moved = [one * (1 + shift) if log else one + (2 if joined else 7) * shift for one in where]
            style = {"color": COLOURS.get(name, SERIES[place % len(SERIES)]), "capsize": 4, "label": name}
            marker = MARKERS[place % len(MARKERS)]
            axes.errorbar(moved, values, yerr=reach, marker=marker, linestyle="-" if joined else "none", **style)
        if log:
            axes.set_xscale("log", base=2)
        if ticks:
            axes.set_xticks(list(ticks), list(ticks.values()))
            axes.minorticks_off()
        axes.grid(axis="y")
        if len(lists) > 1:
            axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
        told = [f"{name} " + ", ".join(f"{value:z.2f}" for _, value, *_ in points) for name, points in lists.items()]
        set_words(figure, title=title, x=x, y=y, alt=f"From left to right: {'; '.join(told)}.")
    return figure, axes


def plot_rows(
    rows: Sequence[Row],
    where: Callable[[Row], float],
    *,
    title: str,
    x: str,
    y: str,
    name: Callable[[Row], str] = lambda row: row.method,
    yours: Iterable[tuple[float, float]] = (),
    **how: Any,
) -> Any:
    """Draw measured rows with their intervals. where: a row's place on the x axis. name: its series.

    yours: your own points. how: as for draw_series. Raises WorkshopError where there are no rows.
    """
    series: dict[str, list[Point]] = {}
    for row in rows:
        series.setdefault(name(row), []).append((where(row), row.value, row.low, row.high))
    figure, axes = draw_series(series, title=title, x=x, y=y, **how)
    for point in yours:
        axes.plot(*([one] for one in point), "D", color=YOURS, markersize=12, zorder=5)
        axes.annotate("your run", point, xytext=(12, -4), textcoords="offset points", color=YOURS)
    return figure
