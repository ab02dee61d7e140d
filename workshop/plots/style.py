"""One style for all pictures, and how they are shown."""

import base64
import html
import io
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.score.output import in_notebook

# Okabe and Ito's colours, told apart with every common kind of colour blindness.
PALETTE = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "red": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "black": "#000000",
    "grey": "#767676",
}
YOURS = PALETTE["red"]
SERIES = tuple(PALETTE[name] for name in ("sky", "orange", "green", "blue", "purple", "red", "black"))
# The diamond is left to the learner's own runs.
MARKERS = ("o", "s", "^", "v", "P", "X", "h")
SMALLEST_FONT = 14
TITLE_WIDTH = 66
Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels; y may grow either way
STYLE = {
    "font.size": SMALLEST_FONT,
    "axes.titlesize": 17,
    "axes.titlelocation": "left",
    "axes.titlepad": 14,
    "axes.labelsize": 15,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "lines.linewidth": 2.5,
    "lines.markersize": 9,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@contextmanager
def new_picture(width: float = 10.0, height: float = 5.5) -> Iterator[tuple[Any, Any]]:
    """Give a figure and its axes in the workshop's style; inside, all that is drawn takes it on.

    width, height: in inches. The figure belongs to no window and is shown by `show` alone.
    """
    matplotlib = require("matplotlib", "words")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **STYLE}):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        yield figure, figure.add_subplot()


def set_words(figure: Any, *, title: str, x: str, y: str, alt: str) -> None:
    """Give a picture its title, the names of its axes with units, and its alternative text.

    title: what the data show, computed from them. alt: the same and the main numbers, for those who don't see it.
    """
    axes = figure.axes[0]
    axes.set_title("\n".join(textwrap.wrap(title, TITLE_WIDTH)))
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    figure.alternative_text = f"{title} {alt}".strip()


def alternative_text(figure: Any) -> str:
    """Return what a picture says to those who don't see it; empty where nothing was written."""
    return getattr(figure, "alternative_text", "")


def percent(share: float, digits: int = 0) -> str:
    """Return a share from 0 to 1 as a text in percent."""
    return f"{100 * share:.{digits}f} %"


def to_png(figure: Any, dpi: int = 100) -> bytes:
    """Return a figure as PNG, the same bytes for the same figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def show(figure: Any, alt: str | None = None) -> None:
    """Show a figure in a notebook with its alternative text.

    alt: the text; without it the figure's own. Raises WorkshopError where there is none: a picture without words is
    lost on a screen reader.
    """
    text = alt or alternative_text(figure)
    if not text:
        raise WorkshopError("this picture has no alternative text. Say what it shows: show(figure, alt='...').")
    from IPython.display import display

    display({"text/html": to_html(figure, text), "text/plain": text}, raw=True)


def show_again(figure: Any, shown: Any) -> Any:
    """Show a figure in the place of the one before; returns what to give as `shown` next time, at first None."""
    from IPython.display import display

    text = alternative_text(figure)
    bundle = {"text/html": to_html(figure, text), "text/plain": text}
    if shown is None:
        return display(bundle, raw=True, display_id=True) if in_notebook() else None
    shown.update(bundle, raw=True)
    return shown


def to_html(figure: Any, text: str) -> str:
    """Return a figure as an image in HTML with its alternative text."""
    data = base64.b64encode(to_png(figure)).decode()
    return f'<img alt="{html.escape(text)}" src="data:image/png;base64,{data}" style="max-width: 100%">'


def place_labels(axes: Any, points: Any, labels: list[str], others: Any = ()) -> None:
    """Write a label beside each point, where it covers the fewest others.

    points: shape (N, 2). others: further points that labels should keep off, shape (M, 2). Set the limits of the axes
    first: labels don't move with them.
    """
    figure = axes.figure
    figure.canvas.draw()
    taken = [_box(axes.transData.transform(point), 14, 14) for point in (*points, *others)]
    frame = axes.get_window_extent()
    for point, label in zip(points, labels, strict=True):
        text = axes.annotate(label, point, xytext=(0, 0), textcoords="offset points", va="center")
        extent = text.get_window_extent(figure.canvas.get_renderer())
        width, height = extent.width, extent.height
        spots = [(dx * (width / 2 + 13), dy * (height / 2 + 11)) for dx, dy in _AROUND]
        middle = axes.transData.transform(point)
        boxes = [_box(middle + spot, width, height) for spot in spots]
        costs = [sum(overlap(box, other) for other in taken) + _outside(box, frame) for box in boxes]
        best = costs.index(min(costs))
        text.set_ha("center")
        text.set_position([offset * 72 / figure.dpi for offset in spots[best]])
        taken.append(boxes[best])


_AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), *((x, y) for x in (0.6, -0.6, 1, -1) for y in (1, -1, 0.6, -0.6)))


def _box(middle: Any, width: float, height: float) -> Box:
    x, y = middle
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def overlap(a: Box, b: Box) -> float:
    """Return the area that two boxes share, in square pixels."""
    return max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))


def _outside(box: Box, frame: Any) -> float:
    """Return a large cost for what leaves the frame."""
    over = max(frame.x0 - box[0], 0) + max(box[2] - frame.x1, 0) + max(frame.y0 - box[1], 0) + max(box[3] - frame.y1, 0)
    return 100 * over
