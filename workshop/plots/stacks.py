"""The picture of lesson 08's idea: lesson 05's bot as boxes, and which of them each stack does or wraps."""

import itertools
from typing import Any

from workshop.errors import require
from workshop.plots.shapes import BLOCK, GIVES, LINES, READS, open_sheet
from workshop.plots.style import PALETTE, SMALLEST_FONT, set_words

# A stack has the colour of the first of these that stands in its name, in all pictures of the lesson.
COLOURS = {
    "LangChain": PALETTE["green"],
    "Chroma": PALETTE["purple"],
    "Qdrant": PALETTE["blue"],
    "OpenAI": PALETTE["orange"],
    "by hand": PALETTE["black"],
}
STEPS = ("handbook", "passages", "vectors", "index", "passages\nfound", "prompt", "model", "answer")
# What makers do, in the order of STEPS; what begins with "wraps" uses what there is.
MAKERS = {
    "by hand\n(lesson 05)": (
        "", "splitter", "wraps\nMiniLM", "wraps\nFAISS", "search,\nfusion", "prompt", "wraps\nSmolLM2", "answer\ncheck"
    ),
    "LangChain": (
        "", "splitter", "wraps\nyours", "wraps FAISS\nor another", "retriever", "template", "wraps\nyours", "parser"
    ),
    "Chroma": ("", "", "", "index,\non disk", "texts and\nmetadata", "", "", ""),
    "Qdrant": ("", "", "", "index,\non disk", "texts and\nmetadata", "", "", ""),
    "OpenAI\nprotocol": ("", "", "embeddings", "", "", "", "chat,\ntuning", ""),
}  # fmt: skip
CHAIN = "LangChain's chain: runs them one after the other"
NOTE = "Chroma also has an embedding function of its own, which downloads a model; it isn't used here."
# In inches: the room for names, a column, a box; from above the bot's two rows, the chain, the makers.
NAMES, COLUMN, WIDE, HIGH, ONCE, EACH, CHAINED = 1.4, 1.55, 1.34, 0.6, 0.45, 1.4, 3.9
TOPS = (2.55, 3.33, 4.51, 5.29, 6.07)


def find_colour(stack: str) -> str:
    """Return the colour of a stack, such as "LangChain + FAISS"; grey for an unknown one."""
    return next((colour for name, colour in COLOURS.items() if name.lower() in stack.lower()), PALETTE["grey"])


def plot_stacks() -> Any:
    """Draw the steps of lesson 05's bot, and below them who does each: your code by hand, or four stacks.

    A filled mark does the step; a dashed one, which begins with "wraps", uses what there is. Returns a matplotlib
    figure with alternative text.
    """
    x = [NAMES + COLUMN * (place + 0.5) for place in range(len(STEPS))]
    with open_sheet(NAMES + COLUMN * len(STEPS), TOPS[-1] + 0.8) as (figure, axes):
        _draw_bot(axes, x)
        for column in x[1:]:
            axes.plot([column] * 2, [EACH + 0.45, TOPS[-1]], color="#DDDDDD", linewidth=1.5, zorder=0)
        for (maker, marks), top in zip(MAKERS.items(), TOPS, strict=True):
            axes.text(0, top, maker, va="center", weight="bold", fontsize=16)
            for column, words in zip(x, marks, strict=True):
                _draw_mark(axes, column, top, words, find_colour(maker))
        _draw_mark(axes, (x[4] + x[7]) / 2, CHAINED, CHAIN, find_colour(CHAIN), x[7] - x[4] + WIDE, 0.34)
        axes.text(0, TOPS[-1] + 0.6, NOTE, va="center", fontsize=SMALLEST_FONT)
        title = "No stack does every step: the boxes stay, their makers change."
        told = [f"{maker}: {'; '.join(_tell_marks(marks))}." for maker, marks in MAKERS.items()]
        alt = f"Steps: {', '.join(STEPS)}. {' '.join(told)} {CHAIN}. {NOTE}".replace("\n", " ")
        set_words(figure, title=title, x="", y="", alt=alt)
        axes.set_title(title, fontsize=20)
    return figure


def _tell_marks(marks: tuple[str, ...]) -> list[str]:
    return [f"{step}, {words}" for step, words in zip(STEPS, marks, strict=True) if words]


def _draw_bot(axes: Any, x: list[float]) -> None:
    """Draw the steps, those done once above, those for each question below, the index in both; and the key."""
    for row, words in ((ONCE, "once"), (EACH, "each time")):
        axes.text(0, row, words, va="center", fontsize=16)
    faces = (READS, READS, BLOCK, BLOCK, READS, READS, BLOCK, GIVES)
    for place in (0, 1, 2):
        _draw_box(axes, x[place], ONCE, STEPS[place], faces[place])
    for place in (0, 2, 4, 5, 6, 7):
        words = {0: "“my boat was\ndelayed”", 2: "vector"}.get(place, STEPS[place])
        _draw_box(axes, x[place], EACH, words, faces[place], wide=WIDE + 0.14 * (place == 0))
    _draw_box(axes, x[3], (ONCE + EACH) / 2, STEPS[3], faces[3], high=EACH - ONCE + HIGH)
    arrow = {"arrowstyle": "-|>", "lw": 2.5, "color": LINES, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 16}
    for row, steps in ((ONCE, (0, 1, 2, 3)), (EACH, (0, 2, 3, 4, 5, 6, 7))):
        for a, b in itertools.pairwise(steps):
            axes.annotate("", (x[b] - WIDE / 2, row), (x[a] + WIDE / 2, row), arrowprops=arrow, zorder=1)
    for place, sample, words in ((4, "does", "does this step"), (6, "wraps", "uses what there is")):
        _draw_mark(axes, x[place] - 0.2, ONCE - 0.12, sample, PALETTE["grey"], 0.9, 0.4)
        axes.text(x[place] + 0.35, ONCE - 0.12, words, va="center", fontsize=SMALLEST_FONT)


def _draw_mark(axes: Any, x: float, y: float, words: str, colour: str, wide: float = WIDE, high: float = HIGH) -> None:
    """Mark a step as done, filled, or as wrapped, dashed; no words, no mark."""
    if words:
        pale = [0.7 + 0.3 * part for part in require("matplotlib.colors", "words").to_rgb(colour)]
        face, line = ("white", "--") if words.startswith("wraps") else (pale, "-")
        _draw_box(axes, x, y, words, face, wide, high, edgecolor=colour, linestyle=line, linewidth=2.5)


def _draw_box(
    axes: Any, x: float, y: float, words: str, face: Any, wide: float = WIDE, high: float = HIGH, **look: Any
) -> None:
    patch = require("matplotlib.patches", "words").Rectangle
    look = {"facecolor": face, "edgecolor": LINES, "zorder": 2, **look}
    axes.add_patch(patch((x - wide / 2, y - high / 2), wide, high, **look))
    axes.text(x, y, words, ha="center", va="center", fontsize=SMALLEST_FONT, zorder=3)
