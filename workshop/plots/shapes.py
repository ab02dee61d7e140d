"""The picture of lesson 07's idea: three shapes made of one block, and a ResNet's beside them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from workshop.errors import require
from workshop.plots.style import PALETTE, SMALLEST_FONT, new_picture, set_words

# In inches: a panel, the room for the names of a block's layers, the rows from above.
WIDTH, GAP, NAMES, HEIGHT = 4.45, 0.4, 1.3, 4.25
HEAD, SEES, READ, SEEN, DONE, GIVEN, WHOLE, USE = 0.15, 0.48, 0.95, 2.06, 2.72, 3.1, 3.5, 3.9
READS, GIVES, BLOCK, LINES = PALETTE["sky"], PALETTE["orange"], "#F2F2F2", "#444444"
ALL = 9


@dataclass(frozen=True)
class Shape:
    """A panel. reach: how many tokens before and behind its own each place sees; layers: names of a block's two.

    reads, gives: what stands above and below each column; whole: what is given for all of it together.
    """

    name: str
    sees: str
    use: str
    reads: tuple[str, ...]
    gives: tuple[str, ...] = ()
    whole: str = ""
    reach: tuple[int, int] = (ALL, ALL)
    layers: tuple[str, str] = ("attention", "feed-\nforward")

    @property
    def columns(self) -> list[float]:
        """The middles of the columns, in inches from the panel's left edge."""
        middles, left = [], NAMES
        for pair in zip(self.reads, self.gives or self.reads, strict=True):
            width = 0.3 + 0.115 * max(2, *map(len, pair))
            middles.append(left + width / 2)
            left += width
        return middles

    def list_seen(self, place: int) -> list[int]:
        """Return the places that one looks at."""
        before, behind = self.reach
        return [other for other in range(len(self.reads)) if -before <= other - place <= behind]


BOAT = ("my", "boat", "was", "delayed")
ENCODER = Shape(
    *("Encoder: BERT, MiniLM", "every token sees every token", "here: entities, spans, sentiment", BOAT),
    gives=("tag",) * 4,
    whole="or one label for the text",
)
DECODER = Shape(
    *("Decoder: GPT, SmolLM2", "a token sees itself and those before", "here: summaries", BOAT[:3], BOAT[1:]),
    reach=(ALL, 0),
)
READER = Shape("Encoder–decoder: T5", "reads one text …", "here: prices in words", BOAT)
WRITER = Shape(
    *("", "… and writes another", "", ("start", "sorry", "it", "was"), ("sorry", "it", "was", "late")), reach=(ALL, 0)
)
RESNET = Shape(
    *("Convolution: ResNet", "each point sees its neighbours", "here: pictures", ("",) * 5),
    whole="one label for the picture",
    reach=(1, 1),
    layers=("convolution", "convolution"),
)
GREYS = ("#FFFFFF", "#BBBBBB", "#333333", "#888888", "#FFFFFF")
KEY = (
    (READS, "what is read"),
    (GIVES, "what the head gives out"),
    (BLOCK, "a block; models stack several"),
    ("", "Lines: who sees whom."),
    ("", "Each block also has a shortcut that"),
    ("", "adds its input to what it gives;"),
    ("", "it is drawn once, on the ResNet."),
)


@contextmanager
def open_sheet(width: float, height: float) -> Iterator[tuple[Any, Any]]:
    """Give a figure and axes whose units are inches, from the top left corner, with room for one line of title."""
    with new_picture(width + 0.2, height + 0.6) as (figure, axes):
        figure.set_layout_engine("none")
        axes.set_position((0.1 / (width + 0.2), 0, width / (width + 0.2), height / (height + 0.6)))
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.axis("off")
        yield figure, axes


def plot_shapes() -> Any:
    """Draw an encoder, a decoder and an encoder–decoder with the same block, and a ResNet with its own.

    Above the block what is read, below it what the head gives, between them who sees whom. Returns a matplotlib figure
    with alternative text.
    """
    step, middle = WIDTH + GAP, HEIGHT + (READ + SEEN) / 2 + 0.1
    with open_sheet(2 * step + WIDTH, 2 * HEIGHT) as (figure, axes):
        _draw_key(axes, 2 * step, 0)
        for shape, column, top in ((ENCODER, 0, 0), (DECODER, 1, 0), (READER, 0, HEIGHT), (WRITER, 1, HEIGHT)):
            _draw_shape(axes, shape, column * step, top)
        _draw_shape(axes, RESNET, 2 * step, HEIGHT)
        arrow = {"arrowstyle": "-|>", "lw": 6, "color": LINES, "mutation_scale": 26, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (step - 0.01, middle), (WIDTH - 0.07, middle), arrowprops=arrow)
        _draw_shortcut(axes, RESNET, 2 * step, HEIGHT)
        title = "Three shapes, one block: they differ in who sees whom, and in the head."
        told = [f"{one.name}: {one.sees}; gives {_tell(one)}; {one.use}." for one in (ENCODER, DECODER, RESNET)]
        told.append(f"{READER.name}: reads {' '.join(BOAT)} and writes {' '.join(WRITER.gives)}; {READER.use}.")
        set_words(figure, title=title, x="", y="", alt=f"{' '.join(told)} A shortcut adds a block's input.")
        axes.set_title(title, fontsize=20)
    return figure


def _tell(shape: Shape) -> str:
    """Return what a shape gives, in words."""
    return ", ".join(filter(None, (" ".join(shape.gives), shape.whole)))


def _draw_shape(axes: Any, shape: Shape, left: float, top: float) -> None:
    """Draw a panel: names, what is read, the block with its lines, what is given."""
    boxes = require("matplotlib.patches", "words")
    axes.text(left, top + HEAD, shape.name, va="center", weight="bold", fontsize=17)
    axes.text(left, top + SEES, shape.sees, va="center", fontsize=16)
    axes.text(left, top + USE, shape.use, va="center", fontsize=16)
    look = {"boxstyle": "round,pad=0.06", "facecolor": BLOCK, "edgecolor": PALETTE["grey"], "linewidth": 1.5}
    where = (left + 0.06, top + READ + 0.29), WIDTH - 0.2, DONE - READ - 0.23
    axes.add_patch(boxes.FancyBboxPatch(*where, zorder=1, clip_on=False, **look))
    for name, middle in zip(shape.layers, ((READ + SEEN) / 2 + 0.1, (SEEN + DONE) / 2 + 0.05), strict=True):
        axes.text(left + 0.12, top + middle, name, va="center", fontsize=SMALLEST_FONT, zorder=3)
    columns = [left + middle for middle in shape.columns]
    for place, column in enumerate(columns):
        face = READS if shape.reads[place] else GREYS[place]
        _write(axes, column, top + READ, shape.reads[place], face)
        for other in shape.list_seen(place):
            axes.plot([columns[other], column], [top + READ + 0.32, top + SEEN], color=LINES, linewidth=1.6, zorder=2)
        below = shape.list_seen(place) if shape.layers[0] == shape.layers[1] else [place]
        for other in below:
            axes.plot([columns[other], column], [top + SEEN + 0.1, top + DONE], color=LINES, linewidth=1.6, zorder=2)
        if shape.gives:
            _write(axes, column, top + GIVEN, shape.gives[place], GIVES)
    if shape.whole:
        _write(axes, (columns[0] + columns[-1]) / 2, top + (WHOLE if shape.gives else GIVEN), shape.whole, GIVES)


def _write(axes: Any, x: float, y: float, text: str, face: str) -> None:
    """Write a text in a box of a colour; a blank is a point of a picture."""
    box = {"boxstyle": "round,pad=0.25" if text else "square,pad=0.3", "facecolor": face, "edgecolor": "none"}
    if not text:
        box |= {"edgecolor": READS, "linewidth": 2.5}
    axes.text(x, y, text or "  ", ha="center", va="center", bbox=box, fontsize=SMALLEST_FONT, zorder=3)


def _draw_shortcut(axes: Any, shape: Shape, left: float, top: float) -> None:
    """Draw the way of the input around a block, and the sign that adds it."""
    last, right = left + shape.columns[-1] + 0.2, left + WIDTH - 0.25
    axes.plot([last, right, right], [top + READ, top + READ, top + DONE], color=PALETTE["blue"], linewidth=3, zorder=2)
    axes.text(right, top + DONE, "+", ha="center", va="center", fontsize=22, weight="bold", zorder=4)
    where = {"ha": "center", "va": "center", "rotation": 90, "fontsize": SMALLEST_FONT, "zorder": 4}
    axes.text(right - 0.18, top + (READ + DONE) / 2 + 0.1, "shortcut", **where)


def _draw_key(axes: Any, left: float, top: float) -> None:
    """Draw what the colours and lines mean."""
    axes.text(left, top + HEAD, "How to read it", va="center", weight="bold", fontsize=17)
    middle = top + 0.7
    for colour, words in KEY:
        if colour:
            box = {"boxstyle": "round,pad=0.25", "facecolor": colour, "edgecolor": PALETTE["grey"], "linewidth": 1}
            axes.text(left + 0.12, middle, "     ", va="center", bbox=box, fontsize=SMALLEST_FONT)
        axes.text(left + 0.7 * bool(colour), middle, words, va="center", fontsize=16)
        middle += 0.45 if colour else 0.37
