"""What became of questions: right, abstained or wrong, by method, as bars that add up to one."""

from collections.abc import Mapping, Sequence
from typing import Any

from workshop.errors import WorkshopError
from workshop.plots.style import PALETTE, new_picture, set_words
from workshop.score.results import Row

COLOURS = {"right": PALETTE["blue"], "abstained": PALETTE["sky"], "wrong": PALETTE["orange"]}


def plot_outcomes(rows: Sequence[Row], tasks: Mapping[str, str], *, title: str, x: str = "share of questions") -> Any:
    """Draw for each method and task a bar of the shares of right, abstained and wrong answers.

    tasks: each task with the words that stand for it; within a method the bars come in its order. Raises WorkshopError
    where there are no rows of a task.
    """
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows:
        if row.task in tasks and row.metric in COLOURS:
            found.setdefault((row.method, row.task), {})[row.metric] = row.value
    methods = list(dict.fromkeys(method for method, _ in found))
    bars = [(method, task) for method in methods for task in tasks if (method, task) in found]
    if {task for _, task in bars} != set(tasks):
        raise WorkshopError(f"there are no rows of some of {list(tasks)}. Choose rows by results.select(task=…).")
    places = [place + 0.4 * methods.index(method) for place, (method, _) in enumerate(bars)]
    with new_picture(10.5, 1.6 + 0.42 * len(bars)) as (figure, axes):
        left = [0.0] * len(bars)
        for outcome, colour in COLOURS.items():
            widths = [found[bar].get(outcome, 0.0) for bar in bars]
            axes.barh(places, widths, left=left, color=colour, label=outcome, edgecolor="white")
            left = [one + width for one, width in zip(left, widths, strict=True)]
        axes.set_yticks(places, [f"{method}: {tasks[task]}" for method, task in bars])
        axes.set_xlim(0, 1)
        axes.invert_yaxis()
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
        told = [f"{method}, {tasks[task]}: {_write(found[method, task])}" for method, task in bars]
        set_words(figure, title=title, x=x, y="", alt=f"{'; '.join(told)}.")
    return figure


def _write(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {shares.get(name, 0):.2f}" for name in COLOURS)
