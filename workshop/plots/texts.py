"""Pictures of lesson 02: from a text to its vector, attention, quality against bytes, scores of a search."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workshop.plots.style import MARKERS, PALETTE, SERIES, SMALLEST_FONT, new_picture, set_words
from workshop.score.results import Row


def plot_way(tokens: Sequence[str], vector: np.ndarray, total: int, read: int, blocks: int = 6) -> Any:
    """Draw how a text becomes a vector, and how much of a long page goes that way.

    tokens: T of them. vector: (D,), the mean of the last block's vectors. total, read: tokens of a page, and how many
    of them the encoder reads. Returns a matplotlib figure with alternative text.
    """
    with new_picture(11.5, 6.4) as (figure, axes):
        middle = (len(tokens) - 1) / 2
        for place, token in enumerate(tokens):
            box = {"boxstyle": "round,pad=0.35", "facecolor": PALETTE["sky"], "edgecolor": "none"}
            axes.text(place, 4, token, ha="center", va="center", bbox=box, fontsize=SMALLEST_FONT)
            for start, end in ((3.75, 3.05), (1.97, 1.37)):
                axes.annotate("", (place, end), (place, start), arrowprops={"arrowstyle": "->", "lw": 1.6})
        wide = {"boxstyle": "round,pad=0.7", "facecolor": "#F2F2F2", "edgecolor": PALETTE["grey"]}
        block = f"{blocks} blocks, one after the other:\nattention (tokens look at each other), then each alone"
        for height, words in ((2.5, block), (1, f"mean pooling: one vector of {len(vector)} numbers")):
            axes.text(middle, height, words, ha="center", va="center", bbox=wide, fontsize=SMALLEST_FONT)
        left, right = middle - 2.4, middle + 2.4
        axes.imshow(vector[None, :48], cmap="RdBu", extent=(left, right, 0.05, 0.4), aspect="auto")
        split = left + (right - left) * read / total
        for start, end, colour in ((left, split, PALETTE["sky"]), (split, right, "#CCCCCC")):
            axes.fill_between([start, end], -1.1, -0.6, color=colour)
        axes.text(left, -0.5, f"a page of {total} tokens: {read} are read, the rest is cut off", fontsize=SMALLEST_FONT)
        axes.set(xlim=(min(-0.6, left - 0.2), max(len(tokens) - 0.4, right + 0.2)), ylim=(-1.3, 4.5))
        axes.axis("off")
        title = f"{len(tokens)} tokens become one vector; of a page of {total} tokens only {read} do."
        alt = f"From above: {' '.join(tokens)}; {blocks} blocks; the mean; a bar that is grey from token {read} on."
        set_words(figure, title=title, x="", y="", alt=alt)
    return figure


def plot_attention(uses: Sequence[tuple[Sequence[str], int, np.ndarray]]) -> Any:
    """Draw how one token looks at the others: an arrow to each, as thick as its weight.

    uses: of each sentence its T tokens, the place of the looking one, and the weights (T,), which add up to 1.
    Returns a matplotlib figure with alternative text.
    """
    told = []
    with new_picture(13, 1.4 + 2.3 * len(uses)) as (figure, axes):
        for line, (tokens, place, weights) in enumerate(uses):
            widths = np.array([0.45 + 0.16 * len(token) for token in tokens])
            spots, height = np.cumsum(widths) - widths / 2, -2.6 * line
            for number, (spot, token, weight) in enumerate(zip(spots, tokens, weights, strict=True)):
                fill = PALETTE["orange"] if number == place else PALETTE["sky"] if weight > 0.1 else "#F2F2F2"
                box = {"boxstyle": "round,pad=0.3", "facecolor": fill, "edgecolor": "none"}
                axes.text(spot, height, token, ha="center", va="center", bbox=box, fontsize=SMALLEST_FONT)
                axes.text(spot, height - 0.55, f"{weight:.0%}", ha="center", va="center", fontsize=SMALLEST_FONT)
                bend = f"arc3,rad={0.35 if number < place else -0.35}"
                style = {"arrowstyle": "-|>", "connectionstyle": bend, "lw": 14 * weight, "color": PALETTE["orange"]}
                if weight > 0.03 and number != place:
                    axes.annotate("", (spot, height + 0.3), (spots[place], height + 0.3), arrowprops=style)
            best = [tokens[number] for number in np.argsort(-np.asarray(weights)) if number != place][:3]
            told.append(f"{tokens[place]} looks most at {', '.join(best)}")
            axes.set_xlim(0, max(axes.get_xlim()[1], spots[-1] + widths[-1] / 2))
        axes.set_ylim(-2.6 * len(uses) + 1.6, 2.1)
        axes.axis("off")
        set_words(figure, title="; ".join(told) + ".", x="", y="", alt="Arrows from one token to the others.")
    return figure


def plot_bytes(rows: Sequence[Row], most: float) -> Any:
    """Draw what is found against the megabytes of the passages, with 95 % intervals, megabytes on a logarithmic axis.

    rows: their method begins with the family, up to a comma, and ends with how numbers are kept. most: megabytes of
    what all dense forms need besides, the encoder. Returns a matplotlib figure with alternative text.
    """
    lines: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.megabytes or 0):
        lines.setdefault(f"{row.method.partition(',')[0]}, {row.method.rpartition(', ')[2]}", []).append(row)
    with new_picture(11, 6.4) as (figure, axes):
        for number, (name, points) in enumerate(sorted(lines.items())):
            sizes, values = [row.megabytes for row in points], [row.value for row in points]
            reach = [[row.value - row.low for row in points], [row.high - row.value for row in points]]
            look = {"color": SERIES[number % 7], "marker": MARKERS[number % 7], "label": name, "capsize": 3}
            axes.errorbar(sizes, values, yerr=reach, elinewidth=1, **look)
        axes.axvline(most, color="black", linestyle=":", label=f"the encoder itself: {most:.0f} MB")
        axes.set_xscale("log")
        axes.grid(axis="y")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        small, best = min(rows, key=lambda row: row.megabytes), max(rows, key=lambda row: row.value)
        set_words(
            figure,
            title=f"The smallest form finds {small.value:.2f} with {small.megabytes:.2f} MB ({small.method}); the best "
            f"finds {best.value:.2f} with {best.megabytes:.1f} MB.",
            x="megabytes for all passages (logarithmic)",
            y="recall at 5, paraphrases in the haystack",
            alt="; ".join(f"{row.method} {row.megabytes:.2f} MB {row.value:.2f}" for row in rows) + ".",
        )
    return figure


def plot_scores(query: str, found: Mapping[str, Sequence[tuple[str, float]]], x: str = "cosine") -> Any:
    """Draw what each of up to three found (by its name, best first) side by side, the scores as bars, 0 to 1."""
    with new_picture(13, 1.8 + 1.0 * max(map(len, found.values()))) as (figure, axes):
        axes.remove()
        panels = figure.subplots(1, len(found), squeeze=False)[0]
        for panel, (name, hits), colour in zip(
            panels, found.items(), (PALETTE["orange"], PALETTE["sky"], PALETTE["green"]), strict=False
        ):
            places = np.arange(len(hits))
            panel.barh(places, [score for _, score in hits], color=colour, height=0.9)
            for place, (text, score) in enumerate(hits):
                panel.text(0.01, place, f" {score:.2f}  {text}", va="center", fontsize=SMALLEST_FONT, clip_on=True)
            panel.set(xlim=(0, 1), ylim=(len(hits) - 0.4, -0.6), yticks=[], title=name, xlabel=x)
        figure.suptitle(query, x=0.01, ha="left", fontsize=17)
        told = (f"{name}: " + "; ".join(f"{text} {score:.2f}" for text, score in hits) for name, hits in found.items())
        figure.alternative_text = f"{query}. {'. '.join(told)}."
    return figure
