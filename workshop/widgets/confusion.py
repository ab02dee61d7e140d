"""The confusion matrix that opens its mistakes: click a cell, and read the texts that it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from workshop.errors import WorkshopError
from workshop.widgets.output import show_with_still

MOST_TEXTS = 8
MOST_CLASSES = 12
CELL = "padding:4px 10px;text-align:center;color:#1a1a1a"
# Right answers blue, mistakes orange, each darker where there are more.
RIGHT, WRONG = (0, 114, 178), (230, 159, 0)


@dataclass(frozen=True)
class Confusion:
    """What was true and what was predicted of N texts; sure: the probability given to the prediction, or empty."""

    truth: Sequence[str]
    predicted: Sequence[str]
    texts: Sequence[str]
    sure: Sequence[float] = ()

    def __post_init__(self) -> None:
        """Raise WorkshopError for columns that differ in length and for too many classes."""
        sizes = [len(self.truth), len(self.predicted), len(self.texts), *([len(self.sure)] if len(self.sure) else [])]
        if len(set(sizes)) > 1 or not sizes[0]:
            raise WorkshopError(
                f"expected one truth, prediction and text for each row, got {sizes}. Pass whole columns."
            )
        if len(self.classes) > MOST_CLASSES:
            raise WorkshopError(
                f"{len(self.classes)} classes are too many for a table: at most {MOST_CLASSES}. Join the rare ones."
            )

    @property
    def classes(self) -> list[str]:
        """Return all classes, sorted."""
        return sorted({*self.truth, *self.predicted})

    def rows(self, true: str, said: str) -> list[int]:
        """Return the places of one cell, the surest first."""
        both = zip(self.truth, self.predicted, strict=True)
        found = [place for place, (t, p) in enumerate(both) if (t, p) == (true, said)]
        return sorted(found, key=lambda place: -self.sure[place]) if len(self.sure) else found

    def count(self, true: str, said: str) -> int:
        """Return how many texts a cell counts."""
        return len(self.rows(true, said))

    def largest(self) -> tuple[str, str]:
        """Return the cell with the most mistakes; the first on the diagonal where there is none."""
        pairs = [(one, other) for one in self.classes for other in self.classes if one != other]
        best = max(pairs, key=lambda pair: self.count(*pair), default=None)
        return best if best and self.count(*best) else (self.classes[0], self.classes[0])

    def describe(self, true: str, said: str) -> str:
        """Return the table's sum and one cell in words."""
        right = sum(t == p for t, p in zip(self.truth, self.predicted, strict=True))
        what = "rightly called" if true == said else "called"
        return f"{right} of {len(self.truth)} are right. True {true}, {what} {said}: {self.count(true, said)}."


def confusion_map(
    truth: Sequence[str],
    predicted: Sequence[str],
    texts: Sequence[str],
    *,
    sure: Sequence[float] = (),
    still: bool = False,
) -> None:
    """Show how often each class was taken for each other; a click on a number opens its texts.

    truth, predicted: N names of classes. texts: N texts. sure: the probability that each prediction was given, so that
    the surest mistakes come first. still: a table without buttons, with the largest mistake open.
    Raises WorkshopError for columns of different lengths.
    """
    table = Confusion(list(truth), list(predicted), list(texts), list(sure))
    picture = draw_still(table, *table.largest())
    show_with_still(picture, lambda: build_buttons(table), still=still)


def draw_still(table: Confusion, true: str, said: str) -> dict[str, str]:
    """Return the table with one cell open, by MIME type."""
    head = "".join(f'<th scope="col" style="{CELL}">{escape(name)}</th>' for name in table.classes)
    lines = [
        f'<tr><th scope="row" style="{CELL};text-align:right">{escape(one)}</th>'
        + "".join(
            f'<td style="{CELL};background:{_shade(table, one, other)}">{table.count(one, other) or "·"}</td>'
            for other in table.classes
        )
        + "</tr>"
        for one in table.classes
    ]
    corner = f'<tr><th style="{CELL};text-align:right">true ↓ · predicted →</th>{head}</tr>'
    said_html = f"<table>{corner}{''.join(lines)}</table>{list_texts(table, true, said)}"
    plain = [table.describe(true, said), *(f"  {table.texts[place]}" for place in table.rows(true, said)[:MOST_TEXTS])]
    return {"text/plain": "\n".join(plain), "text/html": f"<div>{said_html}</div>"}


def list_texts(table: Confusion, true: str, said: str) -> str:
    """Return the texts of one cell as HTML."""
    rows = table.rows(true, said)
    items = [
        f"<li>{f'<b>{table.sure[place]:.0%}</b> ' if len(table.sure) else ''}{escape(table.texts[place])}</li>"
        for place in rows[:MOST_TEXTS]
    ]
    more = f"<p>… and {len(rows) - MOST_TEXTS} more.</p>" if len(rows) > MOST_TEXTS else ""
    return f'<div role="status"><p><b>{escape(table.describe(true, said))}</b></p><ul>{"".join(items)}</ul>{more}</div>'


def _shade(table: Confusion, true: str, said: str) -> str:
    """Return a cell's colour, darker the larger its share of its row."""
    share = table.count(true, said) / max(1, sum(table.count(true, other) for other in table.classes))
    colour = RIGHT if true == said else WRONG
    strength = 0.75 * min(1.0, share * (1 if true == said else 3))
    return "#" + "".join(f"{round(255 - strength * (255 - one)):02x}" for one in colour)


def build_buttons(table: Confusion) -> Any:
    """Return the matrix as buttons above the texts of the cell that was clicked last."""
    import ipywidgets

    opened = ipywidgets.HTML(list_texts(table, *table.largest()))
    wide = {"width": "96px", "margin": "1px"}

    def make(true: str, said: str) -> Any:
        button = ipywidgets.Button(
            description=str(table.count(true, said) or "·"), tooltip=f"true {true}, predicted {said}", layout=wide
        )
        button.style.button_color, button.style.text_color = _shade(table, true, said), "#1a1a1a"
        button.on_click(lambda _: setattr(opened, "value", list_texts(table, true, said)))
        return button

    def name(text: str, bold: bool = True) -> Any:
        return ipywidgets.HTML(f"<{'b' if bold else 'i'}>{escape(text)}</{'b' if bold else 'i'}>", layout=wide)

    classes = table.classes
    rows = [[name("true ↓ predicted →", False), *map(name, classes)]]
    rows += [[name(one), *(make(one, other) for other in classes)] for one in classes]
    return ipywidgets.VBox([*(ipywidgets.HBox(row) for row in rows), opened], layout={"max_width": "960px"})
