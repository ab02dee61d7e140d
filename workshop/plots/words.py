"""Pictures of lesson 01's figures: agreement with people, size against data."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workshop.errors import WorkshopError
from workshop.plots.style import (
    MARKERS,
    PALETTE,
    SERIES,
    YOURS,
    new_picture,
    percent,
    set_words,
)
from workshop.score.results import Row

NAMES = {
    "random": "random",
    "ppmi_svd": "PPMI + SVD",
    "cbow": "CBOW",
    "skipgram": "skip-gram",
    "glove": "GloVe",
    "fasttext": "fastText",
}
# Beyond as many lines as there are colours, another line style.
LINE_STYLES = ("-", "--", ":")
YARDSTICKS = {"wordsim353": "WordSim-353", "simlex999": "SimLex-999", "lee": "news stories"}


def _require_rows(rows: Sequence[Row], what: str) -> None:
    if not rows:
        raise WorkshopError(
            f"there are no rows of {what} to draw. Choose others: results.select(task=..., metric=...)."
        )


def plot_agreement(rows: Sequence[Row], yours: Mapping[str, float] | None = None, published: Sequence[Row] = ()) -> Any:
    """Draw each method's correlation with people as a bar with its 95 % interval.

    rows: of one yardstick, metric "spearman" or "pearson", over all seeds (seed None). yours: your own runs by method.
    published: what others report on the same yardstick, drawn as lines. Returns a matplotlib figure with alternative
    text. Raises WorkshopError where there are no rows.
    """
    _require_rows(rows, "agreement with people")
    ordered = sorted(rows, key=lambda row: row.value)
    yardstick = YARDSTICKS.get(ordered[0].task, ordered[0].task)
    with new_picture(12 if published else 10, 1.8 + 0.62 * len(ordered)) as (figure, axes):
        places = np.arange(len(ordered))
        colours = [PALETTE["grey"] if row.method == "random" else PALETTE["sky"] for row in ordered]
        axes.barh(places, [row.value for row in ordered], color=colours, height=0.66)
        reach = [[row.value - row.low for row in ordered], [row.high - row.value for row in ordered]]
        values = [row.value for row in ordered]
        axes.errorbar(values, places, xerr=reach, fmt="none", ecolor="black", capsize=5, label="95 % interval")
        mine = [(yours[row.method], place) for place, row in enumerate(ordered) if row.method in (yours or {})]
        if mine:
            axes.plot(*zip(*mine, strict=True), "D", color=YOURS, markersize=11, label="your run", zorder=5)
        axes.set_yticks(places, [textwrap.fill(NAMES.get(row.method, row.method), 26) for row in ordered])
        axes.axvline(0, color="black", linewidth=1)
        for row, line in zip(published, ("-", "--", ":", "-."), strict=False):
            colour = PALETTE["green" if row.method.startswith("people") else "purple"]
            axes.axvline(row.value, color=colour, linestyle=line, label=f"{row.method}: {row.value:.2f}")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        set_words(
            figure,
            title=_agreement_title(ordered),
            x=f"{ordered[0].metric.capitalize()} correlation with people, {yardstick} ({ordered[0].n} pairs)",
            y="",
            alt="Bars: "
            + "; ".join(_say(NAMES.get(row.method, row.method), row) for row in reversed(ordered))
            + "."
            + "".join(f" Published: {row.method} {row.value:.2f}." for row in published),
        )
    return figure


def _agreement_title(ordered: Sequence[Row]) -> str:
    """Say which method agrees least with people, and which most."""
    best, least = ordered[-1], ordered[0]
    first, last = (f"{NAMES.get(row.method, row.method)} {row.value:z.2f}" for row in (best, least))
    return f"Agreement with people reaches from {last} to {first}: {len(ordered)} methods, the same pairs."


def _say(name: str, row: Row) -> str:
    return f"{name} {row.value:z.2f} ({row.low:z.2f} to {row.high:z.2f})"


def plot_sizes(rows: Sequence[Row]) -> Any:
    """Draw the score of skip-gram against the size of its vectors, a line for each share of the text.

    rows: task "sweep", metric "spearman", settings with "share" and "dimensions", all with as many updates.
    Returns a matplotlib figure with alternative text. Raises WorkshopError
    where there are no rows, or where one has no such settings.
    """
    _require_rows(rows, "the sweep")
    if not all({"share", "dimensions"} <= row.settings.keys() for row in rows):
        raise WorkshopError(
            "expected rows with share and dimensions in their settings. Pass the rows of the sweep only."
        )
    lines: dict[float, list[tuple[int, Row]]] = {}
    for row in rows:
        lines.setdefault(row.settings["share"], []).append((row.settings["dimensions"], row))
    shares = sorted(lines)
    with new_picture(10, 6) as (figure, axes):
        for number, share in enumerate(shares):
            points = sorted(lines[share], key=lambda point: point[0])
            sizes = [size for size, _ in points]
            turn, place = divmod(number, len(SERIES))
            colour, look = SERIES[place], {"marker": MARKERS[place], "linestyle": LINE_STYLES[turn % len(LINE_STYLES)]}
            axes.plot(sizes, [row.value for _, row in points], color=colour, label=percent(share), **look)
            if share in (shares[0], shares[-1]):  # more bands would hide each other
                axes.fill_between(
                    sizes, [row.low for _, row in points], [row.high for _, row in points], color=colour, alpha=0.12
                )
        axes.set_xscale("log")
        every = sorted({size for points in lines.values() for size, _ in points})
        axes.set_xticks(every, [str(size) for size in every], minor=False)
        axes.xaxis.minorticks_off()
        axes.grid(axis="y")
        axes.legend(
            title="share of the text,\nequal updates\n(bands: 95 %)",
            loc="center left",
            bbox_to_anchor=(1, 0.5),
            reverse=True,
        )
        best = {share: max(lines[share], key=lambda point: point[1].value) for share in shares}
        set_words(
            figure,
            title=_sizes_title(lines),
            x="dimensions of the vectors (logarithmic)",
            y="Spearman with people, mean of both lists",
            alt="Bands: 95 % intervals of the least and the most text. Best of each line: "
            + "; ".join(_say(f"{percent(s)} of the text, {d} dimensions,", r) for s, (d, r) in best.items())
            + ".",
        )
    return figure


def _sizes_title(lines: Mapping[float, list[tuple[int, Row]]]) -> str:
    """Say what the best size gets with the least and with the most text."""
    few, many = min(lines), max(lines)
    low, high = (max(row.value for _, row in lines[share]) for share in (few, many))
    return f"At the best size, {percent(few)} of the text gives {low:z.2f} and {percent(many)} gives {high:z.2f}."
