"""The picture of a sentence's tags: words, the pieces that the tokenizer makes of them, and what the loss counts."""

import itertools
from collections.abc import Sequence
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.plots.shapes import open_sheet
from workshop.plots.style import PALETTE, SMALLEST_FONT, set_words

KINDS = {
    "place": PALETTE["blue"],
    "ship": PALETTE["sky"],
    "route": PALETTE["green"],
    "role": PALETTE["orange"],
    "system": PALETTE["purple"],
    "amount": PALETTE["red"],
}
IGNORED = "-100"
# In inches: a line's rows from above, its height, the room for the rows' names, and what a line holds behind them.
TAG, WORD, PIECE, LABEL, LINE, NAMES, WIDEST = 0.3, 0.76, 1.5, 1.96, 2.6, 0.85, 12.4
PAD, GAP = 0.22, 0.16

Group = tuple[int | None, list[int]]  # a word, None for the tokenizer's marks, and its pieces


def plot_tags(
    words: Sequence[str],
    pieces: Sequence[str],
    word_ids: Sequence[int | None],
    tags: Sequence[str],
    labels: Sequence[int | str],
) -> Any:
    """Draw a sentence's W words with their BIO tags above, and the P pieces of each below it with their labels.

    word_ids: which word each piece belongs to, None for the tokenizer's own marks. tags: one a word. labels: one a
    piece, numbers or tags, -100 where the loss skips it. Returns a matplotlib figure with alternative text; raises
    WorkshopError for lengths that don't fit, and for word ids that fall or name no word.
    """
    sentence = Sentence(words, pieces, word_ids, tags, labels)
    lines = sentence.break_lines()
    with open_sheet(NAMES + WIDEST, LINE * len(lines)) as (figure, axes):
        for row, line in enumerate(lines):
            top, left = LINE * row, NAMES
            for name, middle in (("tag", TAG), ("word", WORD), ("piece", PIECE), ("label", LABEL)):
                axes.text(0, top + middle, name, va="center", color=PALETTE["grey"], fontsize=SMALLEST_FONT)
            for group in line:
                sentence.draw(axes, group, left, top)
                left += sentence.measure(group)
        title = sentence.tell()
        told = "; ".join(f"{word} {tag}" for word, tag in zip(words, tags, strict=True))
        below = "; ".join(f"{piece} {say_label(label)}" for piece, label in zip(pieces, labels, strict=True))
        set_words(figure, title=title, x="", y="", alt=f"Words and tags: {told}. Pieces and labels: {below}.")
        axes.set_title(title)
    return figure


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


class Sentence:
    """What plot_tags draws, with the widths of its texts. Raises WorkshopError where its parts don't fit."""

    def __init__(self, words: Any, pieces: Any, word_ids: Any, tags: Any, labels: Any) -> None:
        if not len(words) or not len(pieces):
            raise WorkshopError(f"expected words and pieces, got {len(words)} and {len(pieces)}.")
        self.words, self.pieces, self.tags, self.labels = words, pieces, tags, labels
        for name, some, unit, whole in (
            *(("tags", tags, "word", words), ("word_ids", word_ids, "piece", pieces)),
            ("labels", labels, "piece", pieces),
        ):
            if len(some) != len(whole):
                raise WorkshopError(f"expected {name} for {len(whole)} {unit}s, one each, got {len(some)}.")
        known = [one for one in word_ids if one is not None]
        if known != sorted(known) or not all(0 <= one < len(words) for one in known):
            raise WorkshopError(f"expected word_ids that never fall, from 0 to {len(words) - 1}, got {known}.")
        self.groups = self._group(word_ids)

    def _group(self, word_ids: Sequence[int | None]) -> list[Group]:
        """Return words with their pieces in order, words without a piece among them, and marks by themselves."""
        groups: list[Group] = []
        following = 0
        for word, run in itertools.groupby(range(len(word_ids)), key=lambda place: word_ids[place]):
            if word is not None:
                groups += [(other, []) for other in range(following, word)]
                following = word + 1
            groups += [(word, list(run))]
        return groups + [(other, []) for other in range(following, len(self.words))]

    def measure(self, group: Group) -> float:
        """Return a group's width in inches."""
        word, places = group
        above = max(find_width(self.words[word]), find_width(self.tags[word])) if word is not None else 0
        return max(above, sum(map(self._measure_piece, places))) + GAP

    def _measure_piece(self, place: int) -> float:
        return max(find_width(self.pieces[place]), find_width(write_label(self.labels[place])))

    def break_lines(self) -> list[list[Group]]:
        """Return the groups in lines that are not too wide, but for a group that is too wide by itself."""
        lines: list[list[Group]] = [[]]
        for group in self.groups:
            if lines[-1] and sum(map(self.measure, [*lines[-1], group])) > WIDEST:
                lines.append([])
            lines[-1].append(group)
        return lines

    def tell(self) -> str:
        """Return how many words, names and pieces there are, and how many labels count."""
        names, skipped = sum(tag.startswith("B-") for tag in self.tags), sum(map(is_skipped, self.labels))
        sizes = [_count(len(self.words), "word"), _count(names, "name"), _count(len(self.pieces), "piece")]
        counted = f"Labels that the loss counts: {len(self.pieces) - skipped}; not counted (−100): {skipped}."
        return "{} with {} become {}. ".format(*sizes) + counted

    def draw(self, axes: Any, group: Group, left: float, top: float) -> None:
        """Draw a word with its tag, lines to its pieces, and these with their labels."""
        word, places = group
        middle, widths = left + self.measure(group) / 2, [self._measure_piece(place) for place in places]
        kind = find_kind(self.tags[word]) if word is not None else ""
        if word is not None:
            write(axes, middle, top + TAG, self.tags[word], kind, weight="bold" if kind else "normal")
            write(axes, middle, top + WORD, self.words[word], kind)
        for place, width, before in zip(places, widths, itertools.accumulate(widths, initial=0.0), strict=False):
            x = middle - sum(widths) / 2 + before + width / 2
            label, skipped = self.labels[place], is_skipped(self.labels[place])
            if word is not None:
                axes.plot([middle, x], [top + WORD + 0.17, top + PIECE - 0.17], color=PALETTE["grey"], linewidth=1.5)
            write(axes, x, top + PIECE, self.pieces[place], kind)
            said = find_kind(label) if isinstance(label, str) else "" if skipped else kind
            colour = PALETTE["grey"] if skipped else "black"
            write(axes, x, top + LABEL, write_label(label), said, color=colour, plain=skipped)


def find_kind(tag: str) -> str:
    """Return the kind that a BIO tag names, empty for O."""
    return tag.partition("-")[2] if tag[:2] in ("B-", "I-") else ""


def is_skipped(label: int | str) -> bool:
    """Tell whether the loss skips a label."""
    return str(label) == IGNORED


def write_label(label: int | str) -> str:
    """Return a label as it is drawn."""
    return str(label).replace("-", "−") if is_skipped(label) else str(label)


def say_label(label: int | str) -> str:
    """Return a label in words."""
    return "not counted" if is_skipped(label) else str(label)


def find_width(text: str) -> float:
    """Return how wide a text in its box is, in inches."""
    fonts, paths = require("matplotlib.font_manager", "words"), require("matplotlib.textpath", "words")
    font = fonts.FontProperties(family="DejaVu Sans", size=SMALLEST_FONT, weight="bold")
    return paths.text_to_path.get_text_width_height_descent(text, font, ismath=False)[0] / 72 + PAD


def tint(kind: str) -> str:
    """Return the pale colour on which a kind's letters stand."""
    return KINDS.get(kind, PALETTE["grey"]) + "40"


def write(axes: Any, x: float, y: float, text: str, kind: str, *, plain: bool = False, **look: Any) -> None:
    """Write a text in a box of its kind's colour, grey where there is none; plain: without a box."""
    edge = KINDS.get(kind, PALETTE["grey"]) if kind else "#DDDDDD"
    box = {"boxstyle": "round,pad=0.2", "facecolor": tint(kind) if kind else "white", "edgecolor": edge}
    style = {"ha": "center", "va": "center", "fontsize": SMALLEST_FONT, "parse_math": False, **look}
    axes.text(x, y, text, bbox=None if plain else box, **style)
