"""The decision tree of lesson 06 as a picture, from left to right, the figures at its leaves."""

import textwrap
from dataclasses import dataclass
from typing import Any

from workshop.errors import require
from workshop.plots.style import PALETTE, SMALLEST_FONT, new_picture, set_words
from workshop.score.tree import Leaf, Question, list_leaves, say_need

# In inches, and letters that fit.
PITCH, QUESTION, LEAF, LINE, GAP, TITLE = 2.45, 2.05, 6.5, 0.25, 0.24, 0.85
QUESTION_LETTERS, LEAF_LETTERS = 17, 60
TITLE_LETTERS = 105


@dataclass(frozen=True)
class Box:
    """A box of the picture: where its left edge and its middle lie, its bold lines, the others, what follows."""

    left: float
    middle: float
    head: list[str]
    body: list[str]
    leaf: Leaf | None = None
    follows: tuple["Box", ...] = ()

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        return LEAF if self.leaf else QUESTION, LINE * len(self.head + self.body) + 0.16


def plot_tree(tree: Question) -> Any:
    """Draw a decision tree from left to right, at its leaves the figures on which they rest.

    A leaf is blue where its figures meet the need, orange where some don't, grey where no task leads to it. Returns a
    matplotlib figure with alternative text.
    """
    cells = [cell for leaf in list_leaves(tree) for cell in leaf.cells]
    tasks = list(dict.fromkeys(cell.task for cell in cells))
    met = [task for task in tasks if any(cell.meets for cell in cells if cell.task == task)]
    need = f" of {say_need(cells[0].need)}" if cells else ""
    some = f"{len(met)} of {len(tasks)} tasks: {', '.join(met)}"
    reached = f"none of {len(tasks)} tasks" if not met else f"all {len(tasks)} tasks" if met == tasks else some
    box, depth = _place(tree, "", 0, 0.05)
    width = _find_left(tree) + LEAF + 0.25
    with new_picture(width, depth + TITLE) as (figure, axes):
        figure.set_layout_engine("none")
        axes.set_position((0, 0, 1, depth / (depth + TITLE)))
        axes.set(xlim=(-0.1, width - 0.1), ylim=(depth, 0))
        axes.axis("off")
        _draw(axes, box)
        title = f"At a need{need} the figures back an answer for {reached}."
        set_words(figure, title=title, x="", y="", alt=" ".join(str(tree).split()))
        axes.set_title("\n".join(textwrap.wrap(title, TITLE_LETTERS)), x=0.1 / width)
    return figure


def _find_left(tree: Question | Leaf, level: int = 0) -> float:
    """Return the left edge of the leaves: right of the deepest question."""
    if isinstance(tree, Leaf):
        return level * PITCH
    return max(_find_left(tree.yes, level + 1), _find_left(tree.no, level + 1))


def _place(node: Question | Leaf, answer: str, level: int, top: float, left: float | None = None) -> tuple[Box, float]:
    """Return a node's box with those that follow, and where the next leaf begins. answer: what led to the node."""
    left = _find_left(node) if left is None else left
    if isinstance(node, Leaf):
        head = textwrap.wrap(f"{answer} → {node.heading}".strip(), LEAF_LETTERS - 6)
        texts = [str(cell) for cell in node.cells] or [node.reason]
        body = [line for text in texts for line in textwrap.wrap(text, LEAF_LETTERS, subsequent_indent="   ")]
        height = LINE * len(head + body) + 0.16
        return Box(left, top + height / 2, head, body, node), top + height + GAP
    follows = []
    for said, child in node.branches:
        box, top = _place(child, said, level + 1, top, left)
        follows.append(box)
    middle = sum(box.middle for box in follows) / len(follows)
    head, body = (textwrap.wrap(text, QUESTION_LETTERS) for text in (answer, node.text))
    return Box(level * PITCH, middle, head, body, None, tuple(follows)), top


def _draw(axes: Any, box: Box) -> None:
    """Draw a box, its text, and lines to what follows."""
    patches = require("matplotlib.patches", "words")
    width, height = box.size
    top, pale = box.middle - height / 2, box.leaf is not None and not box.leaf.cells
    for child in box.follows:
        turn, start = box.left + width + 0.5 * (PITCH - QUESTION), box.left + width
        axes.plot([start, turn, turn, child.left], [box.middle] * 2 + [child.middle] * 2, color="#999999", zorder=1)
        _draw(axes, child)
    face, edge = _colour(box.leaf)
    frame = {"facecolor": face, "edgecolor": edge, "linewidth": 1.5, "zorder": 2}
    axes.add_patch(patches.Rectangle((box.left, top), width, height, **frame))
    for place, line in enumerate(box.head + box.body):
        weight = "bold" if place < len(box.head) else "normal"
        where = (box.left + 0.09, top + 0.08 + LINE * (place + 0.5))
        axes.text(
            *where,
            line,
            va="center",
            weight=weight,
            color="#555555" if pale else "black",
            fontsize=SMALLEST_FONT,
            zorder=3,
        )


def _colour(leaf: Leaf | None) -> tuple[str, str]:
    """Return the colours of a box and its edge: blue where the need is met, orange where not, grey without a task."""
    if leaf is None:
        return "white", "black"
    if not leaf.cells:
        return "#F4F4F4", PALETTE["grey"]
    return ("#E8F2F9", PALETTE["blue"]) if all(cell.meets for cell in leaf.cells) else ("#FDF1DC", PALETTE["orange"])
