"""Pictures of the ideas of lesson 01: the sliding window, a step of skip-gram, the table of counts, the bridge."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workshop.errors import WorkshopError
from workshop.plots.style import PALETTE, SMALLEST_FONT, YOURS, new_picture, set_words

Vectors = tuple[Sequence[float], Sequence[float], Sequence[float]]


def plot_window(tokens: Sequence[str], window: int, steps: Sequence[int] | None = None) -> Any:
    """Draw a window as it slides over a sentence: in each line the word in its middle and the neighbours that it pairs.

    tokens: T words. window: how many words to either side. steps: which places are drawn, a line each; all without it.
    Returns a matplotlib figure with alternative text. Raises WorkshopError where there is nothing to draw.
    """
    places = list(range(len(tokens)) if steps is None else steps)
    if window < 1 or not places or not all(0 <= place < len(tokens) for place in places):
        raise WorkshopError(f"expected a window of 1 or more and places from 0 to {len(tokens) - 1}, got {places}.")
    reach = {i: [j for j in range(len(tokens)) if 0 < abs(i - j) <= window] for i in places}
    pairs = sum(0 < abs(i - j) <= window for i in range(len(tokens)) for j in range(len(tokens)))
    with new_picture(11, 1.9 + 0.95 * len(places)) as (figure, axes):
        for line, i in enumerate(places):
            for j, word in enumerate(tokens):
                colour = PALETTE["orange"] if j == i else PALETTE["sky"] if j in reach[i] else "#F2F2F2"
                box = {"boxstyle": "round,pad=0.35", "facecolor": colour, "edgecolor": "none"}
                axes.text(j, -line, word, ha="center", va="center", bbox=box, fontsize=SMALLEST_FONT)
                if j in reach[i]:
                    style = {"arrowstyle": "->", "connectionstyle": f"arc3,rad={0.35 if j < i else -0.35}", "lw": 1.6}
                    axes.annotate("", (j, 0.22 - line), (i, 0.22 - line), arrowprops=style)
        axes.set_xlim(-0.6, len(tokens) - 0.4)
        axes.set_ylim(-len(places) + 0.55, 0.75)
        axes.axis("off")
        middle = tokens[places[-1]]
        set_words(
            figure,
            title=f"A window of {window} slides over the sentence: each place gives pairs of its word (orange) and a "
            f"neighbour (blue), {pairs} in all.",
            x="",
            y="",
            alt=f"The sentence {' '.join(tokens)}. In the last line the middle is {middle}, its neighbours are "
            f"{', '.join(tokens[j] for j in reach[places[-1]])}.",
        )
    return figure


def plot_step(before: Vectors, after: Vectors) -> Any:
    """Draw one step of skip-gram: the centre's input vector, a neighbour's and a random word's output vectors.

    before, after: center, context and negative, each of 2 numbers. Returns a matplotlib figure with alternative text.
    """
    old, new = (np.asarray(vectors, dtype=float) for vectors in (before, after))
    if old.shape != (3, 2) or new.shape != (3, 2):
        raise WorkshopError(f"expected three vectors of 2 numbers before and after, got {old.shape} and {new.shape}.")
    names = ("centre (input vector)", "its neighbour (output vector)", "a random word (output vector)")
    colours = (PALETTE["orange"], PALETTE["blue"], PALETTE["grey"])
    cosines = [[_cosine(one[0], one[place]) for place in (1, 2)] for one in (old, new)]
    with new_picture(10, 6) as (figure, axes):
        for table, alpha, width in ((old, 0.35, 0.006), (new, 1, 0.011)):
            axes.quiver(
                *np.zeros((2, 3)),
                *table.T,
                color=colours,
                alpha=alpha,
                width=width,
                angles="xy",
                scale_units="xy",
                scale=1,
            )
        for name, start, end, colour in zip(names, old, new, colours, strict=True):
            style = {"arrowstyle": "->", "linestyle": "--", "color": colour, "lw": 1.5}
            axes.annotate("", end, start, arrowprops=style)
            axes.plot([], [], color=colour, linewidth=4, label=name)
        reach = 1.25 * max(np.abs([old, new]).max(), 0.1)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        axes.grid()
        axes.legend(title="pale: before the step", loc="center left", bbox_to_anchor=(1, 0.5))
        pull, push = ([cosines[time][place] for time in (0, 1)] for place in (0, 1))
        set_words(
            figure,
            title=f"One step turns the centre towards its neighbour's output vector (cosine {pull[0]:z.2f} → "
            f"{pull[1]:z.2f}) and away from the random word's ({push[0]:z.2f} → {push[1]:z.2f}).",
            x="first number of a vector",
            y="second number",
            alt="Arrows from the origin, before and after: "
            + "; ".join(f"{name} {_pair(a)} to {_pair(b)}" for name, a, b in zip(names, old, new, strict=True))
            + ".",
        )
    return figure


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / max(np.linalg.norm(one) * np.linalg.norm(other), 1e-12))


def _pair(vector: np.ndarray) -> str:
    return f"({vector[0]:z.2f}, {vector[1]:z.2f})"


def plot_table(table: np.ndarray, rows: Sequence[str], columns: Sequence[str], what: str) -> Any:
    """Draw a small table of words against words: darker cells hold more.

    table: shape (R, C), not negative. what: what its numbers are, for the title ("how often they meet, by 1/distance").
    Returns a matplotlib figure with alternative text. Raises WorkshopError where names and table don't fit.
    """
    table = np.asarray(table, dtype=float)
    if table.shape != (len(rows), len(columns)) or not table.size:
        raise WorkshopError(f"expected a table of {len(rows)} rows and {len(columns)} columns, got {table.shape}.")
    top = np.unravel_index(table.argmax(), table.shape)
    with new_picture(min(12, max(8, 2.5 + 0.95 * len(columns))), 2.2 + 0.5 * len(rows)) as (figure, axes):
        axes.imshow(table, cmap="Blues", aspect="auto", vmin=0, vmax=max(table.max(), 1e-9) * 1.35)
        for row, column in np.ndindex(table.shape):
            text = f"{table[row, column]:.1f}" if table[row, column] else "·"
            axes.text(column, row, text, ha="center", va="center", fontsize=SMALLEST_FONT)
        axes.set_xticks(range(len(columns)), columns, rotation=35, ha="right")
        axes.set_yticks(range(len(rows)), rows)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        set_words(
            figure,
            title=f"{what[0].upper()}{what[1:]}: most for {rows[top[0]]} and {columns[top[1]]} ({table.max():.1f}).",
            x="its neighbour",
            y="the word",
            alt="Rows: " + "; ".join(_say_row(name, row, columns) for name, row in zip(rows, table, strict=True)) + ".",
        )
    return figure


def _say_row(name: str, row: np.ndarray, columns: Sequence[str]) -> str:
    """Return a row of the table in words: its cells that are not 0."""
    cells = ", ".join(f"{column} {value:.1f}" for column, value in zip(columns, row, strict=True) if value)
    return f"{name}: {cells or 'nothing'}"


def plot_bridge(pmi: np.ndarray, products: np.ndarray) -> Any:
    """Draw for pairs of words the product of skip-gram's two vectors against how much more they meet than by chance.

    pmi, products: shape (N,), of N pairs that met. Returns a matplotlib figure with alternative text.
    """
    pmi, products = np.asarray(pmi, dtype=float), np.asarray(products, dtype=float)
    if pmi.shape != products.shape or pmi.ndim != 1 or len(pmi) < 3 or not np.isfinite(pmi).all():
        raise WorkshopError(f"expected PMI and products of the same pairs that met, got {pmi.shape}, {products.shape}.")
    together = float(np.corrcoef(pmi, products)[0, 1])
    slope, start = np.polyfit(pmi, products, 1)
    with new_picture(10, 6) as (figure, axes):
        drawn = axes.hexbin(pmi, products, gridsize=45, cmap="Blues", mincnt=1, bins="log")
        figure.colorbar(drawn, label="pairs of words")
        ends = np.array([pmi.min(), pmi.max()])
        axes.plot(ends, slope * ends + start, color=YOURS, linewidth=2.5)
        set_words(
            figure,
            title=f"What skip-gram learnt by guessing follows what counting finds: over {len(pmi):,} pairs of words "
            f"their correlation is {together:.2f}.",
            x="counted: PMI, the log of how much more often they meet than by chance",
            y="guessed: input vector · output vector",
            alt=f"A cloud of points that rises from left to right; a line through it has the slope {slope:.2f}.",
        )
    return figure
