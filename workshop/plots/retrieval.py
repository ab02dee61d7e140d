"""Pictures of lesson 05: cells of an index, late interaction, what each way to search gains at what price."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from workshop.errors import WorkshopError
from workshop.plots.style import PALETTE, SMALLEST_FONT, new_picture, place_labels, set_words
from workshop.score.results import Row


def plot_cells(
    vectors: np.ndarray, cells: np.ndarray, query: np.ndarray, probed: Collection[int], nearest: Sequence[int]
) -> Any:
    """Draw the cells of an index on a plane, those that are searched in colour, and the query's true neighbours.

    vectors: (N, D). cells: (N,), each vector's cell. query: (D,). probed: the cells that are searched. nearest: ids of
    the k vectors that are nearest to the query. On the plane the cells' means lie as far apart as on any (PCA).
    Returns a matplotlib figure with alternative text.
    """
    names = np.unique(cells)
    means = np.stack([vectors[cells == name].mean(axis=0) for name in names])  # (C, D)
    plane = np.linalg.svd(means - means.mean(axis=0), full_matrices=False)[2][:2]  # (2, D)
    spots, middles, star = ((one - means.mean(axis=0)) @ plane.T for one in (vectors, means, query[None]))
    inside = np.isin(cells, list(probed))
    hit, lost = ([row for row in nearest if inside[row] == found] for found in (True, False))
    with new_picture(11.5, 6.2) as (figure, axes):
        for mask, colour, name in ((~inside, "#CCCCCC", "not compared"), (inside, PALETTE["sky"], "compared")):
            axes.scatter(*spots[mask].T, s=12, color=colour, label=f"{name}: {mask.sum():,} vectors")
        for rows, face, name in ((hit, PALETTE["orange"], "near and found"), (lost, "white", "near and missed")):
            axes.scatter(*spots[rows].T, s=90, color=face, edgecolor=PALETTE["red"], lw=2, label=name, zorder=4)
        axes.scatter(*star.T, s=420, marker="*", color="black", label="the query", zorder=5)
        axes.scatter([], [], s=160, color=PALETTE["grey"], label="a cell's number, at its mean")
        for name, spot in zip(names.tolist(), middles, strict=True):
            fill = PALETTE["blue"] if name in probed else PALETTE["grey"]
            axes.text(
                *spot, name, color="white", ha="center", va="center", bbox={"boxstyle": "circle", "fc": fill}, zorder=6
            )
        axes.set(xticks=[], yticks=[])
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
        found = f"{len(probed)} of {len(names)} cells hold {len(hit)} of the {len(nearest)} nearest"
        title = f"{found}: {inside.mean():.0%} of the vectors are compared."
        alt = f"Points on a plane, a number in the middle of each cell; searched are {', '.join(map(str, probed))}."
        set_words(figure, title=title, x="first direction", y="second direction", alt=alt)
    return figure


def plot_late(question: Sequence[str], passage: Sequence[str], cosines: np.ndarray) -> Any:
    """Draw which token of a passage each token of a question finds: the cosines, the best of each row framed.

    question: T tokens. passage: T' tokens, of which those are drawn that are some token's best. cosines: (T, T').
    Returns a matplotlib figure with alternative text; raises WorkshopError for cosines of another shape.
    """
    from matplotlib.patches import Rectangle

    if np.shape(cosines) != (len(question), len(passage)):
        wanted = f"({len(question)}, {len(passage)})"
        raise WorkshopError(f"expected cosines {wanted}, got {np.shape(cosines)}. Question's tokens first: q @ p.T.")
    best = cosines.argmax(axis=1)
    columns = sorted(set(best.tolist()))
    table, score = cosines[:, columns], cosines.max(axis=1).mean()
    told = [
        f"{token} finds {passage[one]} {cosines[row, one]:z.2f}"
        for row, (token, one) in enumerate(zip(question, best, strict=True))
    ]
    with new_picture(2.5 + 0.95 * len(columns), 2.2 + 0.48 * len(question)) as (figure, axes):
        axes.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for row, values in enumerate(table):
            for place, value in enumerate(values):
                colour = "white" if value > 0.6 else "black"
                axes.text(place, row, f"{value:z.2f}", ha="center", va="center", color=colour, fontsize=SMALLEST_FONT)
            spot = (columns.index(int(best[row])) - 0.48, row - 0.48)
            axes.add_patch(Rectangle(spot, 0.96, 0.96, fill=False, edgecolor=PALETTE["red"], lw=3))
        axes.set_xticks(range(len(columns)), [passage[one] for one in columns], rotation=40, ha="right")
        axes.set_yticks(range(len(question)), list(question))
        title = f"The best of each row: {score:.2f} on average."
        alt = f"{len(columns)} of the passage's {len(passage)} tokens are drawn. {'; '.join(told)}."
        set_words(figure, title=title, x="tokens of the passage, those found", y="tokens of the question", alt=alt)
    return figure


def plot_price(gains: Sequence[Row], prices: Sequence[Row], y: str) -> Any:
    """Draw what each method reaches against its milliseconds a query, on a logarithmic axis, with 95 % intervals.

    gains: a row a method. prices: rows in milliseconds, of the same methods; one without a price isn't drawn.
    y: what the gains measure. Returns a matplotlib figure with alternative text; raises WorkshopError for no pair.
    """
    costs = {row.method: row.value for row in prices}
    both = [(row, costs[row.method]) for row in gains if row.method in costs]
    if not both:
        raise WorkshopError("no method has both a gain and a price. Select rows of the same methods.")
    cheap, good = min(both, key=lambda pair: pair[1]), max(both, key=lambda pair: pair[0].value)
    with new_picture(11.5, 6.4) as (figure, axes):
        for row, cost in both:
            low, high = (row.value if end is None else end for end in (row.low, row.high))
            reach = [[row.value - low], [high - row.value]]
            axes.errorbar(cost, row.value, yerr=reach, fmt="o", color=PALETTE["blue"], elinewidth=1, capsize=3)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda cost, _: _short(cost))
        axes.grid(axis="y")
        axes.margins(x=0.2, y=0.15)
        place_labels(axes, [(cost, row.value) for row, cost in both], [row.method for row, _ in both])
        ends = [f"{row.method} reaches {row.value:.2f} at {_short(cost)} ms" for row, cost in (cheap, good)]
        told = "; ".join(f"{row.method} {row.value:.2f}, {_short(cost)} ms" for row, cost in both)
        set_words(figure, title="; ".join(ends) + ".", x="milliseconds a query (logarithmic)", y=y, alt=f"{told}.")
    return figure


def _short(cost: float) -> str:
    return f"{cost:,.0f}" if cost >= 10 else f"{cost:.2g}"
