"""Pictures of lesson 07's figures: the scores of all spans of a passage, and what tuning gains on each task."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from workshop.errors import WorkshopError, require
from workshop.plots.style import PALETTE, SMALLEST_FONT, YOURS, new_picture, set_words
from workshop.score.results import Row

WINDOW = 18  # tokens that are drawn of a longer passage, unless the best span is longer
NO_SPAN = "#E4E4E4"
MEASURES = {"f1": "F1", "exact": "share right", "accuracy": "share right", "rouge_l": "ROUGE-L"}
# The baselines in the colour of words and marks, from nothing in that of random weights, as in lesson 03.
GAPS = {
    "over_baseline": ("the best baseline", "orange", "o"),
    "over_nothing": ("the same network from nothing", "grey", "s"),
}


def plot_spans(tokens: Sequence[str], starts: Sequence[float], ends: Sequence[float], longest: int) -> Any:
    """Draw the scores of all spans of T tokens: a row a first token, a column a last one, the best span framed.

    starts, ends: logits, (T,), drawn as bars at the margins. longest: most tokens of a span. Of a long passage the
    tokens around the best span are drawn. Returns a matplotlib figure with alternative text; raises WorkshopError for
    lengths that don't fit, logits that are no numbers and a longest below 1.
    """
    first, last = np.asarray(starts, dtype=float), np.asarray(ends, dtype=float)
    _check_logits(tokens, first, last, longest)
    scores = first[:, None] + last  # (T, T)
    rows, columns = np.indices(scores.shape)
    scores[(columns < rows) | (columns >= rows + longest)] = np.nan
    begin, end = map(int, np.unravel_index(np.nanargmax(scores), scores.shape))
    shown = find_window(len(tokens), begin, end)
    size = max(5, shown.stop - shown.start)
    with new_picture(12, 3.2 + 0.37 * size) as (figure, _):
        figure.clear()
        ratios = {"width_ratios": [6, 1], "height_ratios": [1.3, 0.45 * size]}
        panels = figure.subplot_mosaic([["ends", "."], ["scores", "starts"]], **ratios)
        _draw_triangle(panels["scores"], tokens, scores, shown, (begin, end))
        _draw_logits(panels, first, last, shown, (begin, end))
        title = _tell_span(tokens, first, last, scores, (begin, end))
        heading = figure.suptitle("\n".join(textwrap.wrap(title, 84)), x=0.01, ha="left", fontsize=17)
        heading.set_parse_math(False)
        drawn = f"Drawn: tokens {shown.start + 1} to {shown.stop} of {len(tokens)}."
        figure.alternative_text = f"{title} The span: tokens {begin + 1} to {end + 1}. {drawn}"
    return figure


def _tell_span(
    tokens: Sequence[str], first: np.ndarray, last: np.ndarray, scores: np.ndarray, best: tuple[int, int]
) -> str:
    """Return the best span with its logits, and the best start beside the best end where they make no span."""
    begin, end = best
    text, count = " ".join(tokens[begin : end + 1]).replace(" ##", ""), int(np.isfinite(scores).sum())
    said = f"The best of {count:,} span{'s' * (count > 1)}: “{text}”, start {first[begin]:z.1f}, "
    said += f"end {last[end]:z.1f}, together {scores[best]:z.1f}."
    start, stop = int(first.argmax()), int(last.argmax())
    if np.isfinite(scores[start, stop]):
        return said
    why = "which lies before it" if stop < start else "too far away"
    return f"{said} Taken apart, the best start is “{tokens[start]}” and the best end “{tokens[stop]}”, {why}."


def _check_logits(tokens: Sequence[str], first: np.ndarray, last: np.ndarray, longest: int) -> None:
    """Raise WorkshopError for what can't be drawn."""
    if first.shape != (len(tokens),) or last.shape != (len(tokens),) or not len(tokens):
        raise WorkshopError(
            f"expected a start and an end for each of {len(tokens)} tokens, got {first.shape} and {last.shape}. "
            "Of a batch take one row."
        )
    if not np.isfinite(first + last).all() or longest < 1:
        raise WorkshopError(f"expected finite logits and a longest of 1 or more, got {first}, {last}, {longest}.")


def find_window(total: int, begin: int, end: int) -> slice:
    """Return which of the tokens are drawn: WINDOW of them with the best span in the middle, more for a longer span."""
    size = min(total, max(WINDOW, end - begin + 3))
    start = min(max(0, (begin + end + 1 - size) // 2), total - size)
    return slice(start, start + size)


def _draw_triangle(axes: Any, tokens: Sequence[str], scores: np.ndarray, shown: slice, best: tuple[int, int]) -> None:
    """Draw the scores of spans, grey where there is none, and a frame around the best."""
    patches, maps = require("matplotlib.patches", "words"), require("matplotlib", "words").colormaps
    edges = (shown.start - 0.5, shown.stop - 0.5)
    colours = maps["Blues"].with_extremes(bad=NO_SPAN)
    axes.imshow(scores[shown, shown], cmap=colours, extent=(*edges, *edges[::-1]), aspect="auto")
    frame = {"fill": False, "edgecolor": PALETTE["orange"], "linewidth": 4}
    axes.add_patch(patches.Rectangle((best[1] - 0.5, best[0] - 0.5), 1, 1, **frame))
    places = range(shown.start, shown.stop)
    names = [tokens[place] for place in places]
    axes.set_xticks(places, names, rotation=55, ha="right", rotation_mode="anchor")
    axes.set_yticks(places, names)
    for labels, one in ((axes.get_yticklabels(), best[0]), (axes.get_xticklabels(), best[1])):
        for label, place in zip(labels, places, strict=True):
            label.set(parse_math=False, fontsize=SMALLEST_FONT, weight="bold" if place == one else "normal")
    part = f" ({len(names)} of {len(scores)} tokens, around the best span)" if len(names) < len(scores) else ""
    axes.set(
        xlabel=f"last token of a span{part}\ndarker: a higher score; grey: no span", ylabel="first token of a span"
    )


def _draw_logits(panels: Any, first: np.ndarray, last: np.ndarray, shown: slice, best: tuple[int, int]) -> None:
    """Draw the logits as bars beside rows and columns, those of the best span in its colour."""
    places = np.arange(shown.start, shown.stop)
    colours = [[PALETTE["orange" if place == one else "sky"] for place in places] for one in best]
    panels["starts"].barh(places, first[shown], color=colours[0], height=0.8)
    panels["ends"].bar(places, last[shown], color=colours[1], width=0.8)
    panels["starts"].sharey(panels["scores"])
    panels["ends"].sharex(panels["scores"])
    panels["starts"].set(xlabel="start logit")
    panels["ends"].set(ylabel="end\nlogit")
    panels["starts"].tick_params(left=False, labelleft=False)
    panels["ends"].tick_params(bottom=False, labelbottom=False)
    panels["starts"].axvline(0, color="black", linewidth=1)
    panels["ends"].axhline(0, color="black", linewidth=1)


def plot_gains(rows: Iterable[Row], *, own: Iterable[Row] = ()) -> Any:
    """Draw for each task what tuning gains over the best baseline and over the same network from nothing, 0 as a line.

    rows: metric over_baseline or over_nothing, a difference with its 95 % interval, settings with "of", the metric, and
    "other", what it is compared with. own: the learner's, of the same form. A task is marked where both intervals lie
    above 0. Returns a matplotlib figure with alternative text; raises WorkshopError where there are no such rows.
    """
    found, mine = ({(row.task, row.metric): row for row in some if row.metric in GAPS} for some in (rows, own))
    if not found:
        raise WorkshopError(f"no row has the metric {' or '.join(GAPS)}. Give all: read_results('07_many_tasks').rows.")
    tasks = list(dict.fromkeys(task for task, _ in found))
    won = [task for task in tasks if all(_is_above(found.get((task, metric))) for metric in GAPS)]
    with new_picture(12.5, 2.2 + 0.95 * len(tasks)) as (figure, axes):
        axes.axvline(0, color="black", linewidth=2)
        for (task, metric), row in found.items():
            y = tasks.index(task) + (-0.2 if metric == "over_baseline" else 0.2)
            _draw_gap(axes, y, row, mine.get((task, metric)))
        for name, colour, marker in GAPS.values():
            axes.plot([], [], marker, color=PALETTE[colour], label=f"tuned minus {name}", markersize=11)
        if mine:
            axes.plot([], [], "D", color=YOURS, label="yours", markersize=11)
        _name_tasks(axes, found, tasks, won)
        axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1), ncols=3)
        title = "Tuning beats the best baseline and the same network from nothing in "
        title += f"{len(won) or 'none'} of {len(tasks)} tasks{': ' * bool(won)}{', '.join(won)}."
        told = [f"{task}, tuned minus {_name_other(row)}: {_say_gap(row)}" for (task, _), row in found.items()]
        told += [f"yours, {task}, minus {_name_other(row)}: {row.value:z.2f}" for (task, _), row in mine.items()]
        x = "difference of the task's measure (0 to 1) with its 95 % interval; ✔ both lie above 0"
        set_words(figure, title=title, x=x, y="", alt=f"{'; '.join(told)}.")
        axes.set_title(axes.get_title(loc="left"), pad=48)
    return figure


def _draw_gap(axes: Any, y: float, row: Row, mine: Row | None) -> None:
    """Draw a difference with its interval, the learner's as a diamond, and the name of the other beside it."""
    _, colour, marker = GAPS[row.metric]
    low, high = (row.value if end is None else end for end in (row.low, row.high))
    reach = [[max(0, row.value - low)], [max(0, high - row.value)]]
    axes.errorbar(row.value, y, xerr=reach, fmt=marker, color=PALETTE[colour], markersize=11, capsize=5)
    right, yours = max(row.value, high), ""
    if mine is not None:
        axes.plot(mine.value, y, "D", color=YOURS, markersize=11, zorder=5)
        right, yours = max(right, mine.value), f"; yours {mine.value:+z.2f}"
    where = {"xytext": (12, 0), "textcoords": "offset points", "va": "center", "fontsize": SMALLEST_FONT}
    axes.annotate(f"{row.value:+z.2f} ({_name_other(row)}){yours}", (right, y), **where)


def _name_tasks(axes: Any, found: Mapping[tuple[str, str], Row], tasks: Sequence[str], won: Sequence[str]) -> None:
    """Write tasks with their measures at the left, those that are won with a mark, and make room at the right."""
    measures = {task: row.settings.get("of", "") for (task, _), row in found.items()}
    names = [f"{'✔ ' * (task in won)}{task}\n{MEASURES.get(measures[task], measures[task])}" for task in tasks]
    axes.set_yticks(range(len(tasks)), names, fontsize=16)
    for label, task in zip(axes.get_yticklabels(), tasks, strict=True):
        label.set_weight("bold" if task in won else "normal")
    axes.tick_params(axis="y", length=0)
    low, high = axes.get_xlim()
    axes.set(xlim=(low, high + 0.4 * (high - low)), ylim=(len(tasks) - 0.5, -0.5))
    axes.grid(axis="x")


def _is_above(row: Row | None) -> bool:
    """Tell whether a difference's whole interval lies above 0."""
    return row is not None and row.low is not None and row.low > 0


def _name_other(row: Row) -> str:
    return row.settings.get("other") or GAPS[row.metric][0]


def _say_gap(row: Row) -> str:
    interval = "" if row.low is None or row.high is None else f" [{row.low:z.2f}, {row.high:z.2f}]"
    return f"{row.value:z.2f}{interval}"
