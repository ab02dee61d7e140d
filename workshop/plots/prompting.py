"""Pictures of lesson 04: what a place may see, wordings of a prompt, and what training holds in memory."""

from collections.abc import Sequence
from typing import Any

from workshop.plots.series import plot_rows
from workshop.plots.style import PALETTE, SMALLEST_FONT, new_picture, set_words
from workshop.score.results import Row


def plot_causal(tokens: Sequence[str]) -> Any:
    """Draw which of T tokens each place sees, a row for each place, and the token that it predicts."""
    with new_picture(11, 1.6 + 0.62 * len(tokens)) as (figure, axes):
        for row, said in enumerate(tokens[1:], start=1):
            for column, token in enumerate(tokens):
                fill = PALETTE["sky"] if column < row else PALETTE["orange"] if column == row else "#F2F2F2"
                box = {"boxstyle": "round,pad=0.3", "facecolor": fill, "edgecolor": "none"}
                shown = token if column <= row else "·"
                axes.text(column, -row, shown, ha="center", va="center", bbox=box, fontsize=SMALLEST_FONT)
            axes.text(len(tokens) - 0.3, -row, f"predict: {said}", va="center", fontsize=SMALLEST_FONT)
        axes.set(xlim=(-0.6, len(tokens) + 1.2), ylim=(-len(tokens) + 0.4, -0.4))
        axes.axis("off")
        title = "Each place sees what stands before (blue) and predicts the next token (orange)."
        alt = "; ".join(f"{' '.join(tokens[:row])}: {token}" for row, token in enumerate(tokens[1:], start=1))
        set_words(figure, title=title, x="", y="", alt=f"{alt}.")
    return figure


def plot_masked(tokens: Sequence[str], counted: Sequence[bool], width: int = 82) -> Any:
    """Draw T tokens in reading order: orange where the loss counts them, grey where it skips them."""
    places, row, column = [], 0, 0
    for token in (token.replace("\n", "⏎") for token in tokens):
        row, column = (row + 1, 0) if column + len(token) > width else (row, column)
        places.append((column, -row, token))
        column += len(token) + 1
    with new_picture(12, 1.2 + 0.42 * (row + 1)) as (figure, axes):
        for (left, line, token), counts in zip(places, counted, strict=True):
            box = {"boxstyle": "round,pad=0.15", "facecolor": PALETTE["orange"] if counts else "#E4E4E4", "lw": 0}
            axes.text(left, line, token, family="monospace", fontsize=SMALLEST_FONT, va="center", bbox=box)
        axes.set(xlim=(-1, width + 1), ylim=(-row - 0.6, 0.6))
        axes.axis("off")
        answer = "".join(token for token, counts in zip(tokens, counted, strict=True) if counts)
        title = f"{len(tokens)} tokens are read; the loss counts the {sum(counted)} orange ones."
        set_words(figure, title=title, x="", y="", alt=f"They are: {answer}")
    return figure


def plot_wordings(rows: Sequence[Row]) -> Any:
    """Draw each wording's score against the number of solved examples in the prompt."""
    values = [row.value for row in rows]
    return plot_rows(
        sorted(rows, key=lambda row: row.settings["wording"]),
        lambda row: row.settings["examples"],
        name=lambda row: f"wording {row.settings['wording'] + 1}",
        title=f"Another wording, other examples: from {min(values):.2f} to {max(values):.2f}.",
        x="solved examples in the prompt",
        y=rows[0].metric,
        ticks={count: str(count) for count in sorted({row.settings["examples"] for row in rows})},
    )


def plot_memory(rows: Sequence[Row]) -> Any:
    """Draw how many gigabytes training takes, by the model's size and by what is trained."""
    ordered = sorted(rows, key=lambda row: row.value)
    sizes = list(dict.fromkeys(row.task for row in ordered))
    ways = list(dict.fromkeys(row.method for row in reversed(ordered)))
    found = {(row.task, row.method): row.value for row in rows}
    with new_picture(10.5, 5.2) as (figure, axes):
        for place, (way, colour) in enumerate(zip(ways, ("orange", "blue", "green"), strict=False)):
            spots = [number + (place - 1) * 0.27 for number in range(len(sizes))]
            heights = [found[size, way] for size in sizes]
            axes.bar(spots, heights, width=0.25, color=PALETTE[colour], label=way)
            for spot, height in zip(spots, heights, strict=True):
                axes.text(spot, height * 1.1, f"{_round(height)}", ha="center", fontsize=SMALLEST_FONT)
        axes.set_yscale("log")
        axes.set_xticks(range(len(sizes)), [f"{size} weights" for size in sizes])
        axes.legend(loc="upper left")
        most = [f"{way} {_round(found[sizes[-1], way])}" for way in ways]
        alt = "; ".join(
            f"{size}: " + ", ".join(f"{way} {_round(found[size, way])} GB" for way in ways) for size in sizes
        )
        title = f"{sizes[-1]} weights, gigabytes without activations: {', '.join(most)}."
        set_words(figure, title=title, x="size of the model", y="gigabytes (logarithmic)", alt=f"{alt}.")
    return figure


def _round(gigabytes: float) -> str:
    return f"{gigabytes:.0f}" if gigabytes >= 10 else f"{gigabytes:.1f}"
