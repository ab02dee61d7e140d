"""The tag box: type a sentence, and see at each letter which names a tagger finds in it, and of what kind."""

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from workshop.errors import WorkshopError
from workshop.plots.style import PALETTE
from workshop.plots.tags import KINDS
from workshop.widgets.output import show_with_still, status_line

# As the sentences of load_task("entities") are split: 3,400 and wi-fi are one token, mate's are two.
TOKEN = re.compile(r"\d+(?:[.:,]\d+)*(?!\w)|\w+(?:-\w+)*|['’]\w+|[^\w\s]")
START = "The purser's mate of the Fennel paid 12 crowns 30 at Kettlewick."
NOTHING = "No name found."
FRAME = "display:inline-block;max-width:100%;box-sizing:border-box;line-height:1.4;padding:1px 5px;margin:0 1px;"
FRAME += "border:2px solid {0};border-radius:5px;background:{0}30"
BOX = "background:white;color:#1a1a1a;padding:6px 10px;line-height:2.1;font-size:17px;white-space:pre-wrap"

Find = Callable[[list[str]], Mapping[tuple[int, int], str]]
Piece = tuple[str, str]  # a part of the text, and its kind, empty outside of names


def tag_box(find: Find, text: str = START, *, still: bool = False) -> None:
    """Show a field for a sentence and below it the sentence with its names framed, their kinds written beside.

    find: from T tokens, words and punctuation, to (first token, token after the last) and kind, as `read_tags` returns
    them. What it raises is said in a line. still: without a field, which is also shown where widgets can't be.
    """
    show_with_still(draw_names(find, text), lambda: build_box(find, text), still=still)


def build_box(find: Find, text: str) -> Any:
    """Return the field above what is found."""
    import ipywidgets

    field = ipywidgets.Text(text, description="Sentence", layout={"width": "95%"})
    field.placeholder = "type a sentence"
    shown = ipywidgets.HTML(draw_names(find, text)["text/html"])
    field.observe(lambda typed: setattr(shown, "value", draw_names(find, typed["new"])["text/html"]), names="value")
    return ipywidgets.VBox([field, shown], layout={"max_width": "960px"})


def draw_names(find: Find, text: str) -> dict[str, str]:
    """Return a text by MIME type, its names marked with their kinds, and a line that counts them or says what failed.

    Where find fails, the text stands there without marks.
    """
    pieces, problem = [(text, "")], ""
    try:
        pieces = mark_names(find, text)
    except Exception as error:
        problem = " ".join((str(error) or type(error).__name__).split())
    names = [kind for _, kind in pieces if kind]
    counts = ", ".join(f"{names.count(kind)} × {kind}" for kind in dict.fromkeys(names))
    said = problem or (f"Names: {counts}." if names else NOTHING)
    line = status_line(said, sign="⚠" if problem else "")
    legend = "".join(f'<span style="{_frame(kind)}">{kind}</span> ' for kind in KINDS)
    marked = "".join(_write(piece, kind) for piece, kind in pieces)
    html = f'<div style="{BOX};overflow-wrap:anywhere">{marked}</div>{line}'
    html += f'<p style="{BOX};font-size:14px;margin:0">Kinds: {legend}</p>'
    plain = "".join(f"[{piece}: {kind}]" if kind else piece for piece, kind in pieces)
    return {"text/plain": f"{plain}\n{said}", "text/html": html}


def mark_names(find: Find, text: str) -> list[Piece]:
    """Return a text in pieces, its names with their kinds; put together they are the text.

    Raises WorkshopError for what are no spans of its tokens: not apart, empty, or outside.
    """
    tokens = list(TOKEN.finditer(text))
    found = find([one[0] for one in tokens]) if tokens else {}
    if not isinstance(found, Mapping):
        raise WorkshopError(f"expected (start, end) to kind from find, as read_tags gives it, got {found!r}.")
    pieces, done, before = [], 0, 0
    for (start, end), kind in sorted(found.items()):
        if not before <= start < end <= len(tokens):
            raise WorkshopError(
                f"expected spans that are apart and within the {len(tokens)} tokens, got {start} to {end}, {kind!r}."
            )
        left, right = tokens[start].start(), tokens[end - 1].end()
        pieces += [(text[done:left], ""), (text[left:right], str(kind))]
        done, before = right, end
    return [*pieces, (text[done:], "")]


def _frame(kind: str) -> str:
    return FRAME.format(KINDS.get(kind, PALETTE["grey"]))


def _write(piece: str, kind: str) -> str:
    """Return a piece as HTML: a name in the frame of its kind, which stands behind it."""
    if not kind:
        return escape(piece)
    return f'<span style="{_frame(kind)}">{escape(piece)} <small><b>{escape(kind)}</b></small></span>'
