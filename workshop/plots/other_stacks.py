"""Pictures of lesson 08's figures: a cosine as stores print it, what a stack costs, the life of a fine-tuning job."""

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workshop.errors import WorkshopError, unknown
from workshop.plots.stacks import find_colour
from workshop.plots.style import MARKERS, PALETTE, SMALLEST_FONT, new_picture, set_words
from workshop.score.results import Row

# What each store prints for two unit vectors of a cosine.
PRINTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "LangChain": (lambda cosine: 2 - 2 * cosine, "squared L2 = 2 − 2 × cosine\nless is nearer"),
    "Chroma": (lambda cosine: 1 - cosine, "1 − cosine\nless is nearer"),
    "Qdrant": (lambda cosine: cosine, "cosine\nmore is nearer"),
}
COSTS = {
    "lines": "lines of code", "packages": "packages", "install_megabytes": "install (MB)",
    "import_seconds": "import (s)", "import_megabytes": "import (MB)", "build_seconds": "fill, save (s)",
    "search_milliseconds": "search (ms)", "disk_megabytes": "on disk (MB)",
}  # fmt: skip
MOST_COLUMNS = 4
OPEN = {"queued": "#CCCCCC", "running": PALETTE["sky"]}
STATUSES = {**OPEN, "succeeded": PALETTE["green"], "failed": PALETTE["orange"], "cancelled": PALETTE["purple"]}
BESIDE = {"textcoords": "offset points", "va": "center"}
Event = tuple[float, str, float | None]  # seconds since the job was created, status, loss


def plot_distances(cosines: Sequence[float], printed: Mapping[str, Sequence[float]]) -> Any:
    """Draw what stores print for a question's k passages against their cosines, each on its store's line.

    cosines: (k,), the first passage's first. printed: by store, LangChain, Chroma or Qdrant, its k numbers. Returns a
    matplotlib figure with alternative text; raises WorkshopError for an unknown store and lengths that don't fit.
    """
    if not printed or not len(cosines) or any(len(numbers) != len(cosines) for numbers in printed.values()):
        counts = {name: len(numbers) for name, numbers in printed.items()}
        raise WorkshopError(f"expected each store's numbers for {len(cosines)} cosines, at least one, got {counts}.")
    least, first = (0 if min(cosines) >= 0 else -1), {name: float(numbers[0]) for name, numbers in printed.items()}
    with new_picture(11.5, 6.4) as (figure, axes):
        for (name, numbers), marker in zip(printed.items(), MARKERS, strict=False):
            store = next((one for one in PRINTS if one.lower() in name.lower()), "")
            if not store:
                raise unknown("store", name, PRINTS)
            (rule, words), colour = PRINTS[store], find_colour(name)
            axes.plot([least, 1], [rule(least), rule(1)], color=colour)
            axes.plot(cosines, numbers, marker, color=colour, markersize=11, markeredgecolor="black", zorder=4)
            falls = rule(1) < rule(0)
            start = least + (0.03 if falls else 0.12) * (1 - least)
            axes.text(start, rule(start if not falls else least), f"{name}: {words}", va="bottom" if falls else "top")
        axes.axvline(cosines[0], color="black", linestyle=":", linewidth=1.5, zorder=1)
        axes.set_xlim(least, 1.02)
        axes.margins(y=0.12)
        _tag_first(axes, float(cosines[0]), first)
        count = {1: "one number", 2: "two numbers", 3: "three numbers"}.get(len(first), f"{len(first)} numbers")
        title = f"One passage, {count}: {', '.join(f'{name} {number:z.2f}' for name, number in first.items())}."
        told = "; ".join(f"{name} {', '.join(f'{one:z.4f}' for one in some)}" for name, some in printed.items())
        x = "cosine of question and passage (dotted: the first passage)"
        alt = f"Cosines {', '.join(f'{one:z.4f}' for one in cosines)}; {told}."
        set_words(figure, title=title, x=x, y="number that the store prints", alt=alt)
        axes.set_title(textwrap.fill(title, 80))
    return figure


def _tag_first(axes: Any, cosine: float, numbers: Mapping[str, float]) -> None:
    """Write the first passage's numbers beside their dots: the lowest below, the highest above, others between."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    names, side = sorted(numbers, key=numbers.__getitem__), 1 if cosine < right - 0.2 * (right - left) else -1
    low, high = numbers[names[0]] - 0.13 * (top - bottom), numbers[names[-1]] + 0.13 * (top - bottom)
    for place, name in enumerate(names):
        middle, share = 0 < place < len(names) - 1, place / max(1, len(names) - 1)
        spot = cosine + (-0.12 if middle else 0.07 * side) * (right - left), low + share * (high - low)
        box = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": find_colour(name), "linewidth": 2}
        line = {"arrowstyle": "-", "color": "black", "linewidth": 1.2, "shrinkB": 6}
        where = {"va": "center", "ha": "center", "bbox": box, "arrowprops": line, "zorder": 6}
        axes.annotate(f"{numbers[name]:z.4f}", (cosine, numbers[name]), xytext=spot, **where)


def plot_prices(rows: Sequence[Row], title: str) -> Any:
    """Draw what stacks cost: a panel a metric, a line a stack, a dot at its value with the number beside it.

    rows: their methods are the stacks, in the order drawn; of their metrics those in COSTS are drawn. Returns a
    matplotlib figure with alternative text; raises WorkshopError where there is no cost, or one twice.
    """
    costs = {(row.metric, row.method): row.value for row in rows if row.metric in COSTS}
    stacks = list(dict.fromkeys(stack for _, stack in costs))
    metrics = [one for one in COSTS if any(metric == one for metric, _ in costs)]
    if not costs or len(costs) < sum(row.metric in COSTS for row in rows):
        raise WorkshopError(f"expected each of {', '.join(COSTS)} once a stack, got {len(rows)} rows of {stacks}.")
    lines = -(-len(metrics) // MOST_COLUMNS)
    columns = -(-len(metrics) // lines)
    with new_picture(12, 1.1 + lines * (0.25 + 0.3 * len(stacks))) as (figure, _):
        figure.clear()
        panels = figure.subplots(lines, columns, squeeze=False).ravel()
        for place, (axes, metric) in enumerate(zip(panels, metrics, strict=False)):
            _draw_costs(axes, {stack: costs.get((metric, stack)) for stack in stacks})
            axes.set_yticks(range(len(stacks)), stacks if place % columns == 0 else [""] * len(stacks))
            axes.set_title(COSTS[metric], fontsize=15, pad=4)
        for axes in panels[len(metrics) :]:
            axes.axis("off")
        figure.suptitle("\n".join(textwrap.wrap(title, 95)), x=0.01, ha="left", fontsize=17)
    figure.alternative_text = title
    for metric in metrics:
        told = [f"{stack} {_write_cost(costs[metric, stack])}" for stack in stacks if (metric, stack) in costs]
        figure.alternative_text += f" {COSTS[metric]}: {'; '.join(told)}."
    return figure


def _draw_costs(axes: Any, values: Mapping[str, float | None]) -> None:
    """Draw one metric's dots, the first stack above; a dash where nothing was measured."""
    most = max(value for value in values.values() if value is not None) or 1
    for place, (stack, value) in enumerate(values.items()):
        axes.plot([0, value or 0], [place] * 2, color="#DDDDDD", linewidth=2, zorder=1)
        if value is not None:
            axes.plot(value, place, "o", color=find_colour(stack), markersize=11, clip_on=False, zorder=3)
        said = "–" if value is None else _write_cost(value)
        axes.annotate(said, (value or 0, place), xytext=(10, 0), fontsize=SMALLEST_FONT, **BESIDE)
    axes.set(xlim=(0, 1.65 * most), ylim=(len(values) - 0.4, -0.6), xticks=[])
    axes.tick_params(axis="y", length=0)
    axes.spines["bottom"].set_visible(False)


def _write_cost(value: float) -> str:
    return f"{value:,.0f}" if value >= 9.95 or value == round(value) else f"{value:.2g}"


def plot_job(events: Sequence[Event], title: str = "") -> Any:
    """Draw the life of a fine-tuning job: its status as bands on an axis of seconds, below them the losses.

    events: seconds since the job was created, status, and loss or None; the oldest or the newest first. title: without
    one, how long the job was queued and running, and how it ended. Returns a matplotlib figure with alternative text;
    raises WorkshopError where there are no events, for an unknown status and for seconds below 0.
    """
    if not events or not all(0 <= seconds < math.inf for seconds, *_ in events):
        raise WorkshopError(f"expected events with seconds from 0 on, got {list(events)[:3]}.")
    ordered, starts = sorted(events[::-1] if events[0][0] > events[-1][0] else events, key=lambda one: one[0]), {}
    for seconds, status, _ in ordered:
        if status not in STATUSES:
            raise unknown("status", status, STATUSES)
        starts.setdefault(status, float(seconds))
    last, end = ordered[-1][1], float(ordered[-1][0])
    bands = list(zip(starts, starts.values(), [*list(starts.values())[1:], end], strict=True))
    losses = [(seconds, loss) for seconds, _, loss in ordered if loss is not None]
    said = ", ".join(f"{status} {_write_cost(stop - start)} s" for status, start, stop in bands if status in OPEN)
    title = title or f"{said}{' so far' if last in OPEN else f', then {last}'}.".removeprefix(", ").capitalize()
    with new_picture(11.5, 5.6 if losses else 2.4) as (figure, _):
        figure.clear()
        panels = figure.subplots(
            1 + bool(losses), 1, sharex=True, squeeze=False, height_ratios=[1, 3][: 1 + bool(losses)]
        )
        _draw_bands(panels[0, 0], bands, end or 1)
        if losses:
            panels[1, 0].plot(*zip(*losses, strict=True), "o-", color=PALETTE["sky"], markeredgecolor="black")
            panels[1, 0].set(ylabel="training loss", ylim=(0, 1.1 * max(loss for _, loss in losses) or 1))
            panels[1, 0].grid(axis="y")
            panels[0, 0].tick_params(length=0)
        told = ", ".join(f"{status} from {start:.1f} s" for status, start, _ in bands)
        ends = f"; loss {losses[0][1]:.2f} at first, {losses[-1][1]:.2f} at last" if losses else ""
        set_words(figure, title=title, x="", y="", alt=f"The job: {told}{ends}.")
        panels[-1, 0].set(xlabel="seconds since the job was created", xlim=(0, 1.18 * (end or 1)))
    return figure


def _draw_bands(axes: Any, bands: Sequence[tuple[str, float, float]], whole: float) -> None:
    """Draw an open status as a band, its word in it or, where it is too short, above; the end as a line."""
    for status, start, end in bands:
        if status not in OPEN:
            axes.plot([start] * 2, [-0.1, 1.1], color=STATUSES[status], linewidth=6)
            axes.annotate(status, (start, 0.5), xytext=(8, 0), weight="bold", fontsize=16, **BESIDE)
            continue
        axes.barh(0.5, end - start, left=start, height=1, color=OPEN[status], edgecolor="white")
        short, early = end - start < 0.12 * whole, start < whole / 2
        x, side = ((start, "left") if early else (end, "right")) if short else ((start + end) / 2, "center")
        axes.text(x, 1.35 if short else 0.5, status, ha=side, va="center", fontsize=16)
    axes.set(ylim=(-0.15, 1.7), yticks=[])
    axes.spines["left"].set_visible(False)
