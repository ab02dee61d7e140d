"""Draw the word map as SVG: words on a plane at the left, bars of cosines and the analogy at the right."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

import numpy as np

from workshop.plots.style import Box, overlap

WIDTH, HEIGHT = 960, 540
LEFT, TOP, RIGHT, BOTTOM = 14, 14, 634, 500
PANEL, PANEL_RIGHT = 656, 946
INK, QUIET, PICKED, NEAR, LINKED = "#1a1a1a", "#595959", "#D55E00", "#009E73", "#0072B2"
SYMBOLS = {"picked": ("◆", PICKED), "near": ("■", NEAR), "linked": ("▲", LINKED)}
STYLE = (
    f'viewBox="0 0 {WIDTH} {HEIGHT}" xmlns="http://www.w3.org/2000/svg" role="img" '
    f'style="width:100%;max-width:{WIDTH}px;height:auto" font-family="Helvetica, Arial, sans-serif"'
)


@dataclass(frozen=True)
class Scene:
    """What one picture of the word map shows.

    words, points: N words and where they lie, shape (N, 2). share: of the spread that the plane keeps, 0 to 1.
    picked: the chosen word or "". neighbours: words with their cosine. links: pairs of words joined by an arrow.
    lines: the analogy in sentences. size: how many words are searched. own: by the learner's function.
    """

    words: list[str]
    points: np.ndarray
    share: float
    size: int
    picked: str = ""
    neighbours: list[tuple[str, float]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    own: bool = False

    def role(self, word: str) -> str:
        """Return how a word is drawn: picked, near, linked or plain."""
        if word == self.picked:
            return "picked"
        if word in dict(self.neighbours):
            return "near"
        return "linked" if any(word in link for link in self.links) else "plain"

    def describe(self) -> str:
        """Return the picture in words: its alternative text."""
        parts = [f"Word map of {len(self.words)} words."]
        if self.picked:
            listing = ", ".join(f"{word} {_number(cosine)}" for word, cosine in self.neighbours)
            parts.append(f"Closest to {self.picked}, by cosine: {listing}.")
        return " ".join([*parts, "; ".join(self.lines)]).strip()


def draw_map(scene: Scene) -> str:
    """Return the scene as one SVG element with a description for screen readers."""
    pixels = _scale(scene.points)
    where = dict(zip(scene.words, pixels, strict=True))
    body = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<rect x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT}" height="{BOTTOM - TOP}" fill="#f7f7f7" stroke="#c8c8c8"/>',
        *(_arrow(where[a], where[b]) for a, b in scene.links),
        *_draw_words(scene, where),
        _text(LEFT, HEIGHT - 14, _caption(scene), size=13, colour=QUIET),
        *_draw_neighbours(scene),
        *_draw_lines(scene),
    ]
    return f'<svg {STYLE} aria-label="{escape(scene.describe())}">{"".join(body)}</svg>'


def _scale(points: np.ndarray) -> np.ndarray:
    """Return the points in pixels, with a margin for labels, shape (N, 2)."""
    low, high = points.min(axis=0), points.max(axis=0)
    spread = np.where(high - low < 1e-9, 1, high - low)
    unit = (points - low) / spread
    inner = np.array([RIGHT - LEFT - 110, BOTTOM - TOP - 50])
    return np.array([LEFT + 35, TOP + 28]) + np.column_stack([unit[:, 0], 1 - unit[:, 1]]) * inner


def _draw_words(scene: Scene, where: dict[str, np.ndarray]) -> list[str]:
    """Return a mark for each word, and a label where one fits; words that matter are placed first and drawn on top."""
    rank = {"picked": 0, "near": 1, "linked": 1, "plain": 2}
    taken = [(x - 6, y - 6, x + 6, y + 6) for word, (x, y) in where.items() if scene.role(word) != "plain"]
    drawn = []
    for word in sorted(scene.words, key=lambda word: rank[scene.role(word)]):
        role = scene.role(word)
        x, y = where[word]
        label = _place_label(word, x, y, role != "plain", taken)
        drawn.append(f"<g><title>{escape(_hover(scene, word))}</title>{label}{_mark(role, x, y)}</g>")
    return drawn[::-1]


def _hover(scene: Scene, word: str) -> str:
    """Return what a word says when the mouse rests on it."""
    cosine = dict(scene.neighbours).get(word)
    return word if cosine is None else f"{word}: cosine {_number(cosine)} with {scene.picked}"


def _mark(role: str, x: float, y: float) -> str:
    """Return a word's mark: a dot, or a larger shape of its own for each role."""
    if role == "plain":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#8a8a8a"/>'
    symbol, colour = SYMBOLS[role]
    return _text(x, y + 5, symbol, size=16, colour=colour, anchor="middle")


def _place_label(word: str, x: float, y: float, important: bool, taken: list[Box]) -> str:
    """Return a label beside its mark where nothing is covered; an important word gets the least bad place."""
    size = 14 if important else 11.5
    width = len(word) * size * 0.6
    spots = [(x + 8, y + 4), (x - 8 - width, y + 4), (x - width / 2, y - 9), (x - width / 2, y + 18)]
    spots += [(left, y + shift) for shift in (-8, 16, -20, 28) for left in (x + 8, x - 8 - width) if important]
    boxes = [(left, base - size * 0.85, left + width, base + size * 0.25) for left, base in spots]
    costs = [sum(overlap(box, other) for other in taken) + 1e4 * _outside(box) for box in boxes]
    best = int(np.argmin(costs))
    if costs[best] > 0 and not important:
        return ""
    taken.append(boxes[best])
    return _text(*spots[best], word, size=size, colour=INK if important else QUIET, bold=important)


def _outside(box: Box) -> bool:
    """Tell whether a box reaches beyond the map."""
    return box[0] < LEFT or box[2] > RIGHT or box[1] < TOP or box[3] > BOTTOM


def _arrow(start: np.ndarray, end: np.ndarray) -> str:
    """Return a dashed line with a tip, from one word to another."""
    way = end - start
    length = float(np.hypot(*way))
    if length < 30:
        return ""
    along = way / length
    tip, across = end - along * 11, np.array([-along[1], along[0]])
    corners = [tip, tip - along * 10 + across * 5, tip - along * 10 - across * 5]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    a, b = start + along * 10, tip - along * 8
    line = f'x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}"'
    return (
        f'<line {line} stroke="{LINKED}" stroke-width="2" stroke-dasharray="6 4"/>'
        f'<polygon points="{path}" fill="{LINKED}"/>'
    )


def _caption(scene: Scene) -> str:
    """Return the line under the map."""
    return (
        f"{len(scene.words)} words on a plane that keeps {scene.share:.0%} of their spread. "
        f"Cosines use every dimension and search {scene.size:,} words."
    )


def _draw_neighbours(scene: Scene) -> Iterable[str]:
    """Yield the neighbours of the picked word with bars as long as their cosines."""
    if not scene.picked:
        return
    symbol, colour = SYMBOLS["picked"]
    yield _text(PANEL, TOP + 16, symbol, size=16, colour=colour)
    yield _text(
        PANEL + 20,
        TOP + 16,
        _cut(f"closest to {scene.picked}", 18 if scene.own else 30) + " (yours)" * scene.own,
        size=16,
        bold=True,
    )
    yield _text(PANEL_RIGHT, TOP + 16, "cosine", size=13, colour=QUIET, anchor="end")
    start, full = PANEL + 112, PANEL_RIGHT - PANEL - 112 - 44
    for number, (word, cosine) in enumerate(scene.neighbours[:12]):
        y = TOP + 44 + number * 25
        yield _text(PANEL, y, SYMBOLS["near"][0], size=12, colour=NEAR)
        yield _text(PANEL + 16, y, _cut(word, 13), size=14)
        yield f'<rect x="{start}" y="{y - 12}" width="{full}" height="14" fill="#ececec"/>'
        yield f'<rect x="{start}" y="{y - 12}" width="{full * min(max(cosine, 0), 1):.1f}" height="14" fill="{NEAR}"/>'
        yield _text(PANEL_RIGHT, y, _number(cosine), size=14, anchor="end")


def _draw_lines(scene: Scene) -> Iterable[str]:
    """Yield the analogy's sentences below the neighbours."""
    top = TOP + 66 + min(len(scene.neighbours), 12) * 25 if scene.picked else TOP + 16
    if scene.lines:
        yield _text(PANEL, top, SYMBOLS["linked"][0], size=14, colour=LINKED)
        yield _text(PANEL + 20, top, "analogy", size=16, bold=True)
    for number, line in enumerate(scene.lines):
        yield _text(PANEL, top + 24 + number * 21, _cut(line, 42), size=14)


def _number(cosine: float) -> str:
    """Return a cosine with two decimals, never as -0.00."""
    return f"{round(cosine, 2) + 0.0:.2f}"


def _cut(text: str, longest: int) -> str:
    """Return a text that is not longer than this, cut with three dots."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _text(
    x: float, y: float, text: str, *, size: float, colour: str = INK, bold: bool = False, anchor: str = "start"
) -> str:
    """Return an SVG text element with its content escaped."""
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"'
    halo = ' stroke="#f7f7f7" stroke-width="2" paint-order="stroke"' if x < RIGHT and y < BOTTOM else ""
    return f"<text {place}{weight}{halo}>{escape(text)}</text>"
