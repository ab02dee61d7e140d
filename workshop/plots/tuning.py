"""Pictures of lesson 03: boxes with arrows, learning curves, losses, settings, layers, islands, sureness."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from workshop.errors import WorkshopError
from workshop.plots.series import COLOURS, Point, draw_series
from workshop.plots.style import PALETTE, YOURS, new_picture, percent, set_words, show_again
from workshop.score.results import Row


def plot_boxes(boxes: Sequence[tuple[str, str]], *, title: str, cycle: bool = False) -> Any:
    """Draw boxes in a row, each with a heading and a line of text, joined by arrows; cycle: the last leads back.

    title: what the picture says. Returns a matplotlib figure with alternative text.
    """
    if len(boxes) < 2:
        raise WorkshopError(f"expected two or more boxes (heading, text), got {len(boxes)}.")
    with new_picture(12.5, 3.6) as (figure, axes):
        for place, (head, text) in enumerate(boxes):
            box = {"boxstyle": "round,pad=0.5", "facecolor": "#E8F2F9", "edgecolor": PALETTE["blue"]}
            wrapped = "\n".join([head.upper(), *textwrap.wrap(text, 88 // len(boxes))])
            axes.text(place, 0, wrapped, ha="center", va="center", bbox=box, fontsize=13)
            if place:
                axes.annotate("", (place - 0.44, 0), (place - 0.56, 0), arrowprops={"arrowstyle": "->", "lw": 2})
        if cycle:
            back = {"arrowstyle": "->", "lw": 2, "connectionstyle": "arc3,rad=-0.25"}
            axes.annotate("", (0, -0.45), (len(boxes) - 1, -0.45), arrowprops=back)
        axes.set(xlim=(-0.6, len(boxes) - 0.4), ylim=(-1.3 if cycle else -0.8, 0.8))
        axes.axis("off")
        said = "; then ".join(f"{head}: {text}" for head, text in boxes)
        set_words(figure, title=title, x="", y="", alt=f"{said}{'; and again from the first' if cycle else ''}.")
    return figure


def _point(where: float, row: Row) -> Point:
    return (where, row.value, row.low, row.high)


def plot_labels(rows: Sequence[Row], yours: Mapping[int, float] | None = None) -> Any:
    """Draw each method's macro F1 against the number of labels. yours: your own score by number of labels."""
    series: dict[str, list[Point]] = {}
    for row in sorted(rows, key=lambda row: list(COLOURS).index(row.method) if row.method in COLOURS else 9):
        if row.method in COLOURS:
            series.setdefault(row.method, []).append(_point(row.settings["labels"], row))
    sizes = sorted({int(point[0]) for points in series.values() for point in points})
    most = {name: max(points) for name, points in series.items()}
    best = max(most, key=lambda name: most[name][1], default="")
    few = {name: min(points)[1] for name, points in series.items() if points and min(points)[0] == sizes[0]}
    first = max(few, key=lambda name: few[name], default="")
    task = rows[0].task if rows else ""
    ends = (sizes or [0])[0], (sizes or [0])[-1]
    title = f"{task.capitalize()}: with {ends[0]} labels {first} is ahead, with {ends[1]} {best}."
    figure, axes = draw_series(
        series, title=title, x="labelled texts (each tick twice as many or more)", y="macro F1 on the test",
        ticks={size: str(size) for size in sizes}, log=True,
    )  # fmt: skip
    for size, score in (yours or {}).items():
        axes.plot([size], [score], "D", color=YOURS, markersize=12, zorder=5)
        axes.annotate("your run", (size, score), xytext=(-12, -4), textcoords="offset points", ha="right", color=YOURS)
    return figure


def plot_losses(training: Sequence[float], held_back: Sequence[float], stop: int) -> Any:
    """Draw the loss on training texts and on validation texts after each epoch. stop: the epoch kept, from 0."""
    series = {
        name: [(epoch, loss, None, None) for epoch, loss in enumerate(losses, start=1)]
        for name, losses in (("training texts", training), ("validation texts", held_back))
    }
    title = (
        f"On training texts the loss falls to {training[-1]:.2f}; on others it is lowest after epoch {stop + 1} "
        f"({held_back[stop]:.2f}) and ends at {held_back[-1]:.2f}."
    )
    figure, axes = draw_series(series, title=title, x="epoch: how often each text was seen", y="mean cross-entropy")
    axes.axvline(stop + 1, color=YOURS, linestyle="--")
    axes.annotate("keep these weights", (stop + 1, max(held_back)), xytext=(6, 0), textcoords="offset points")
    return figure


class LiveLoss:
    """A picture of a training's loss that is drawn anew after each step: fine_tune(…, tell=LiveLoss()).

    losses: those so far. Outside notebooks nothing is shown.
    """

    def __init__(self) -> None:
        """Begin without a step."""
        self.losses: list[float] = []
        self.shown: Any = None

    def __call__(self, report: Any) -> None:
        """Take in a step: its number, of how many, and its loss."""
        self.losses.append(report.loss)
        points = [(step, loss, None, None) for step, loss in enumerate(self.losses, start=1)]
        title = f"Step {report.step} of {report.steps}: loss {report.loss:.2f}, {self.losses[0]:.2f} at first."
        figure, axes = draw_series({"loss": points}, title=title, x="step", y="loss", beside=False)
        axes.set(xlim=(0.5, report.steps + 0.5), ylim=(0, None))
        self.shown = show_again(figure, self.shown)


def plot_settings(rows: Sequence[Row]) -> Any:
    """Draw the score of each hyper-parameter's values against the factor by which the default is multiplied."""
    series: dict[str, list[Point]] = {}
    for row in rows:
        series.setdefault(row.settings["name"], []).append(_point(row.settings["factor"], row))
    spans = {name: max(p[1] for p in points) - min(p[1] for p in points) for name, points in series.items()}
    widest, least = (choose(spans, key=lambda name: spans[name]) for choose in (max, min))
    title = f"Times 1/4 to times 4: {widest} moves the score by {spans[widest]:.2f}, {least} by {spans[least]:.2f}."
    ticks = {0.25: "1/4", 1: "default", 4: "× 4"}
    return draw_series(series, title=title, x="the default times", y="macro F1 on the test", ticks=ticks, log=True)[0]


def plot_layers(change: Sequence[Row], seeds: Sequence[Row]) -> Any:
    """Draw for each layer how far tuning moved its vectors (1 − CKA), and how far two seeds lie apart."""
    named = {"before against after": change, "seed against seed": seeds}
    series = {name: [_point(row.settings["layer"], row) for row in rows] for name, rows in named.items()}
    first, last = min(series["before against after"])[1], max(series["before against after"])[1]
    title = f"Tuning moves the upper layers most: 1 − CKA is {first:.2f} at the bottom and {last:.2f} at the top."
    return draw_series(series, title=title, x="layer (0: the embeddings)", y="1 − CKA: 0 is the same arrangement")[0]


def plot_frozen(rows: Sequence[Row]) -> Any:
    """Draw for each task how well logistic regression reads it off the frozen vectors after each layer."""
    series: dict[str, list[Point]] = {}
    for row in rows:
        series.setdefault(row.task, []).append(_point(row.settings["layer"], row))
    best = {task: max(points, key=lambda point: point[1]) for task, points in series.items()}
    told = ", ".join(f"{task} after layer {int(layer)} ({value:.2f})" for task, (layer, value, *_) in best.items())
    title = f"Frozen vectors: best is {told}."
    return draw_series(series, title=title, x="layer (0: before the first)", y="macro F1 on the test")[0]


def plot_islands(rows: Sequence[Row], island: str) -> Any:
    """Draw the share of tickets wrongly called angry, by where the customer lives, for each dose of a planted bias."""
    places = [island, *sorted({row.settings["island"] for row in rows} - {island})]
    doses = sorted({row.settings["dose"] for row in rows})
    series = {
        f"{dose} % relabelled": [
            _point(places.index(row.settings["island"]), row) for row in rows if row.settings["dose"] == dose
        ]
        for dose in doses
    }
    clean, planted = (next(p[1] for p in series[f"{dose} % relabelled"] if p[0] == 0) for dose in (doses[0], doses[-1]))
    title = (
        f"Tickets from {island} wrongly called angry: {percent(clean)} with clean labels, {percent(planted)} with "
        f"{doses[-1]} % planted."
    )
    figure, axes = draw_series(
        series, title=title, x="where the customer lives", y="share wrongly called angry",
        ticks=dict(enumerate(places)), joined=False,
    )  # fmt: skip
    axes.tick_params(axis="x", rotation=30)
    return figure


def plot_sureness(rows: Sequence[Row]) -> Any:
    """Draw how often predictions are right against how sure the model was; on the diagonal, both agree."""
    series: dict[str, list[Point]] = {}
    for row in rows:
        series.setdefault(row.method, []).append(_point(row.settings["sure"], row))
    surest = {name: max(points) for name, points in series.items()}
    name = "all layers" if "all layers" in surest else max(surest, key=lambda one: surest[one][0])
    title = f"{name.capitalize()}: {percent(surest[name][0])} sure, {percent(surest[name][1])} right."
    figure, axes = draw_series(
        series, title=title, x="probability that the model gave its answer", y="share that is right", beside=False
    )
    axes.plot([0.2, 1], [0.2, 1], color="black", linewidth=1)
    return figure
