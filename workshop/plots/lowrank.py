"""Pictures of a low-rank change: W beside B and A to scale, and how much of a change a rank holds."""

from typing import Any

import numpy as np

from workshop.errors import WorkshopError
from workshop.plots.style import PALETTE, new_picture, percent, set_words

PATCH = 64  # so many rows and columns are drawn at most: more of them would be too fine to see
TRAINED, FROZEN = PALETTE["orange"], PALETTE["sky"]
WHOLE = 1 - 1e-6


def plot_low_rank(outputs: int = 576, inputs: int = 576, rank: int = 8) -> Any:
    """Draw a frozen matrix W (out, in) and the two that are trained, B (out, r) and A (r, in), their boxes to scale.

    Returns a matplotlib figure with alternative text. Raises WorkshopError for sizes below 1.
    """
    if min(outputs, inputs, rank) < 1:
        raise WorkshopError(f"expected sizes and a rank of 1 or more, got {outputs} × {inputs}, rank {rank}.")
    whole, trained = outputs * inputs, rank * (outputs + inputs)
    boxes = (("W", outputs, inputs, FROZEN), ("B", outputs, rank, TRAINED), ("A", rank, inputs, TRAINED))
    unit = max(outputs, inputs)
    gap = max(0.3 * unit, (2.4 * (outputs + 0.34 * unit) - 2 * inputs - rank) / 3)
    told, left = [], 0.0
    with new_picture(12.5, 5.6) as (figure, axes):
        for (name, high, wide, colour), sign in zip(boxes, ("+", "×", ""), strict=True):
            axes.bar(left, high, wide, bottom=-high / 2, align="edge", color=colour, edgecolor="black", linewidth=1)
            told.append(f"{name}, {'frozen' if name == 'W' else 'trained'}\n{high} × {wide}\n{high * wide:,} numbers")
            inside = high > 0.3 * unit and wide > 0.6 * unit
            place = {"ha": "center", "va": "center" if inside else "bottom", "fontsize": 20}
            axes.text(left + wide / 2, 0 if inside else high / 2 + 0.03 * unit, told[-1], **place)
            axes.text(left + wide + gap / 2, 0, sign, ha="center", va="center", fontsize=44)
            left += wide + gap
        bottom, top = -outputs / 2 - 0.02 * unit, outputs / 2 + 0.32 * unit
        axes.set(xlim=(-0.02 * unit, left - gap + 0.02 * unit), ylim=(bottom, top), aspect="equal")
        axes.axis("off")
        less = f"{trained:,} numbers are trained instead of {whole:,}: {percent(trained / whole, 1)}"
        alt = f"Boxes to scale, W + B × A. {'; '.join(told)}.".replace("\n", ", ")
        set_words(figure, title=f"B times A has the shape of W, but {less}.", x="", y="", alt=alt)
    return figure


def plot_rank(weights: np.ndarray, change: np.ndarray, product: np.ndarray, rank: int) -> Any:
    """Draw W, B·A and W + B·A as heat maps; of a large matrix the PATCH rows and columns where the change is largest.

    weights, change: shape (out, in). product: the change as far as B (out, r) times A (r, in) holds it, (out, in).
    W and W + B·A share their colours, B·A has its own. Returns a matplotlib figure with alternative text.
    Raises WorkshopError as check_change does.
    """
    check_change(weights, change)
    patch = find_patch(change)
    tables = [table[patch] for table in (weights, product, weights + product)]
    # From the whole change, so that a colour means the same at each rank.
    scale, own = (max(np.percentile(np.abs(one[patch]), 99), 1e-12) for one in (weights + change, change))
    shapes = ["{} × {}".format(*shape) for shape in (tables[0].shape, change.shape)]
    part = " of ".join(dict.fromkeys(shapes))
    stronger = f"colours {scale / own:.0f} times as strong" if scale > 2 * own else "colours of its own"
    names = {"W": part, f"B·A, rank {rank}": stronger, "W + B·A": "colours as in W"}
    numbers = percent(rank * sum(change.shape) / change.size, 1)
    title = f"Rank {rank} holds {say_share(share_held(change, product))} of the change, with {numbers} of the numbers."
    with new_picture(12.5, 5.4) as (figure, _):
        figure.clear()
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.92), wspace=0.05)
        for axes, table, most, name in zip(figure.subplots(1, 3), tables, (scale, own, scale), names, strict=True):
            drawn = axes.imshow(table, cmap="RdBu_r", vmin=-most, vmax=most, interpolation="nearest")
            axes.set(xticks=[], yticks=[])
            axes.set_title(name, loc="center", pad=6)
            figure.colorbar(drawn, ax=axes, location="bottom", ticks=[-most, 0, most], format="%.2g", label=names[name])
        figure.suptitle(title, x=0.01, ha="left", fontsize=19)
    size = percent(np.linalg.norm(product) / max(np.linalg.norm(weights), 1e-12), 1)
    figure.alternative_text = f"{title} Heat maps of W, B·A and W + B·A, {part}: B·A is {size} as large as W."
    return figure


def check_change(weights: np.ndarray, change: np.ndarray) -> None:
    """Raise WorkshopError for weights and a change of other shapes than one (out, in), and for a change of zeros."""
    if change.ndim != 2 or weights.shape != change.shape:
        raise WorkshopError(
            f"expected weights and change of one shape (out, in), got {weights.shape} and {change.shape}. "
            "The change of a layer is B @ A * alpha / r, with B (out, r) and A (r, in)."
        )
    if not change.any() or not np.isfinite(change).all():
        raise WorkshopError("the change is zero or not finite. B of a new adapter is zero: pass a trained one.")


def share_held(change: np.ndarray, product: np.ndarray) -> float:
    """Return 1 − the squared error of a product B·A, divided by the squared change: how much of the change it holds."""
    return 1 - float(((change - product) ** 2).sum() / (change**2).sum())


def say_share(share: float) -> str:
    """Return a share in percent; only the whole is called 100 %."""
    return "100 %" if share > WHOLE else percent(min(share, 0.999), 1)


def find_patch(change: np.ndarray) -> tuple[slice, slice]:
    """Return the PATCH neighbouring rows, and columns, in which the change is largest; all where there are no more."""
    found = []
    for axis in (1, 0):
        sums = np.concatenate([[0], np.cumsum((change**2).sum(axis=axis))])
        wide = min(PATCH, len(sums) - 1)
        start = int(np.argmax(sums[wide:] - sums[:-wide]))
        found.append(slice(start, start + wide))
    return found[0], found[1]
