"""The rank slider: how much of a change of a weight matrix W two thin matrices B and A hold, and what they cost."""

from typing import Any

import numpy as np

from workshop.errors import WorkshopError
from workshop.plots.lowrank import WHOLE, check_change, plot_rank, say_share, share_held
from workshop.plots.style import alternative_text, percent, to_html
from workshop.widgets.output import show_with_still

CELL = "padding:3px 14px;text-align:right"
HEADS = ("", "numbers", "of W's", "in float32", "in bfloat16", "of the change")


class Change:
    """A change of a weight matrix, and its best approximation by each rank (Eckart and Young 1936).

    weights, change: shape (out, in). ranks: powers of two for which B and A hold no more numbers than W.
    enough: from this rank on nothing is missing. Raises WorkshopError as check_change does.
    """

    def __init__(self, weights: np.ndarray, change: np.ndarray) -> None:
        self.weights, self.change = np.asarray(weights, dtype=float), np.asarray(change, dtype=float)
        check_change(self.weights, self.change)
        self._left, self._sizes, self._right = np.linalg.svd(self.change, full_matrices=False)
        self.enough = int(np.argmax(np.cumsum(self._sizes**2) > WHOLE * (self._sizes**2).sum())) + 1
        most = self.change.size // sum(self.change.shape)
        self.ranks = [2**power for power in range(max(most, 1).bit_length())]

    def product(self, rank: int) -> np.ndarray:
        """Return B·A of a rank, shape (out, in): of all matrices of this rank the one closest to the change."""
        return (self._left[:, :rank] * self._sizes[:rank]) @ self._right[:rank]

    def draw(self, rank: int) -> dict[str, str]:
        """Return the heat maps and the numbers for a rank, by MIME type."""
        product = self.product(rank)
        figure = plot_rank(self.weights, self.change, product, rank)
        words, whole = alternative_text(figure), self.change.size
        own = _line(f"B and A, rank {rank}", rank * sum(self.change.shape), whole, share_held(self.change, product))
        lines = {"th": HEADS, "td": own, "td ": _line("the whole matrix", whole, whole, 1)}
        cells = ["".join(f'<{tag} style="{CELL}">{cell}</{tag}>' for cell in lines[tag]) for tag in lines]
        last = f"From rank {self.enough} on, nothing of this change is missing."
        said = f'<div role="status"><table><tr>{"</tr><tr>".join(cells)}</tr></table>{last}</div>'
        plain = "\n".join([words, *("  ".join(line).strip() for line in lines.values()), last])
        return {"text/plain": plain, "text/html": f"<div>{to_html(figure, words)}{said}</div>"}


def rank_slider(
    weights: np.ndarray | None = None, change: np.ndarray | None = None, *, rank: int = 4, still: bool = False
) -> None:
    """Show W, B·A and W + B·A as heat maps, with a slider for the rank and what B and A cost beside W.

    weights, change: shape (out, in), of a layer and an adapter's B @ A * alpha / r; without them, a picture of the sea
    and the boat that is drawn into it. rank: a power of two, where the slider begins. still: a picture without slider.
    Raises WorkshopError for shapes that differ, a change of zeros and a rank that the slider doesn't have.
    """
    if (weights is None) != (change is None):
        raise WorkshopError("expected weights and change, got one of them. Pass both, or neither for a picture.")
    shown = Change(*(draw_boat() if weights is None else (weights, change)))
    if rank not in shown.ranks:
        raise WorkshopError(f"no rank {rank} on this slider. Begin at one of {', '.join(map(str, shown.ranks))}.")
    picture = shown.draw(rank)
    show_with_still(picture, lambda: build_slider(shown, rank, picture), still=still)


def build_slider(shown: Change, rank: int, picture: dict[str, str]) -> Any:
    """Return the slider above what it draws."""
    import ipywidgets

    slider = ipywidgets.SelectionSlider(
        options=shown.ranks, value=rank, description="rank r", continuous_update=False, layout={"width": "60%"}
    )
    drawn = ipywidgets.HTML(picture["text/html"])
    slider.observe(lambda moved: setattr(drawn, "value", shown.draw(moved["new"])["text/html"]), names="value")
    return ipywidgets.VBox([slider, drawn], layout={"max_width": "1000px"})


def draw_boat() -> tuple[np.ndarray, np.ndarray]:
    """Return a picture of sea and island, and the change that draws a boat into it, each of shape (64, 64)."""
    y, x = np.mgrid[0:64, 0:64]
    sea = np.where(y > 45, -0.75, 0.55 * ((x - 56) ** 2 / 100 + (y - 46) ** 2 / 190 < 1))
    hull = (y >= 43) & (y <= 51) & (np.abs(x - 28) < 20 - 0.9 * (y - 43))
    sail = (y < 41) & (x >= 29) & (x - 29 < 0.55 * (y - 6))
    jib = (y < 41) & (x <= 27) & (27 - x < 0.5 * (y - 12))
    return sea, np.select([hull, sail, jib], [1.0, 0.7, 0.45], sea) - sea


def _line(name: str, numbers: int, whole: int, share: float) -> tuple[str, ...]:
    """Return a line of the table: what numbers cost and hold."""
    sizes = (f"{size:{'.3f' if size >= 0.01 else '.2g'}} MB" for size in (numbers * width / 1e6 for width in (4, 2)))
    return (name, f"{numbers:,}", percent(numbers / whole, 1), *sizes, say_share(share))
