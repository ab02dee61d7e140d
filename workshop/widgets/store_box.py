"""The store box: type a question, and see in each store which passages it finds and what it prints beside them."""

import string
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from workshop.errors import WorkshopError
from workshop.plots.stacks import find_colour
from workshop.plots.style import PALETTE
from workshop.widgets.output import show_with_still, status_line

QUESTION = "My boat was delayed. What do I get?"
EMPTY = "Type a question, press Enter."
MOST_LETTERS = 220
# Of passages; none is a store's.
COLOURS = tuple(PALETTE[name] for name in ("sky", "orange", "red", "black", "grey"))
BOX = (
    '<div style="background:white;color:#1a1a1a;line-height:1.4;padding:6px 10px"><div style="display:grid;gap:12px;'
    'grid-template-columns:repeat(auto-fit,minmax(220px,1fr))">{}</div>{}</div>'
)
COLUMN = '<div style="min-width:0;border-top:5px solid {};overflow-wrap:anywhere"><b>{}</b>{}</div>'
PASSAGE = (
    '<div style="margin:8px 0"><b style="border:2px solid {colour};background:{colour}40;border-radius:4px;'
    'padding:0 6px">{mark}</b> prints <b>{printed:z.4f}</b>'
    '<div style="display:flex;align-items:center;gap:6px"><span style="flex:1;height:12px;background:#E4E4E4">'
    '<span class="cosine" style="display:block;height:12px;width:{percent:.1f}%;background:{colour}"></span></span>'
    "cosine {cosine:z.4f}</div>{text}</div>"
)
Found = tuple[str, float, float]  # a passage, the number that the store prints, the cosine that it stands for
Find = Callable[[str], Sequence[Found]]


def store_box(stores: Mapping[str, Find], question: str = QUESTION, *, still: bool = False) -> None:
    """Show a field for a question and a column for each store: its passages, its numbers, the cosines behind them.

    stores: by name, from a question to (passage, printed number, cosine), the best first. What one raises is said in
    its column. still: without a field, which is also shown where widgets can't be. Raises WorkshopError for no stores.
    """
    if not stores:
        raise WorkshopError("expected stores by name, got none. Give {'Chroma': function}.")
    picture = draw_stores(stores, question)
    show_with_still(picture, lambda: build_stores(stores, question, picture), still=still)


def build_stores(stores: Mapping[str, Find], question: str, picture: Mapping[str, str]) -> Any:
    """Return the field above the columns; it asks on Enter, not at each letter."""
    import ipywidgets

    field = ipywidgets.Text(question, description="Question", continuous_update=False, layout={"width": "95%"})
    field.placeholder = EMPTY
    shown = ipywidgets.HTML(picture["text/html"])
    field.observe(lambda typed: setattr(shown, "value", draw_stores(stores, typed["new"])["text/html"]), names="value")
    return ipywidgets.VBox([field, shown], layout={"max_width": "1100px"})


def draw_stores(stores: Mapping[str, Find], question: str) -> dict[str, str]:
    """Return by MIME type what each store finds, a letter for each passage, and a line that compares the stores."""
    if not question.strip():
        return {"text/plain": EMPTY, "text/html": BOX.format("", status_line(EMPTY, sign=""))}
    found, problems = {}, {}
    for name, find in stores.items():
        try:
            found[name] = [(" ".join(text.split()), float(one), float(cosine)) for text, one, cosine in find(question)]
        except Exception as error:
            problems[name] = " ".join((str(error) or type(error).__name__).split())
    marks: dict[str, str] = {}
    for text in (text for passages in found.values() for text, *_ in passages):
        marks.setdefault(text, (string.ascii_uppercase + string.ascii_lowercase)[len(marks) % 52])
    plain, columns = [question], ""
    for name in stores:
        rows, told = found.get(name, []), problems.get(name, "Nothing found.")
        plain.append(f"{name}: {'; '.join(f'{marks[text]} {one:z.4f}' for text, one, _ in rows) or told}")
        drawn = "".join(_draw_passage(marks[one[0]], list(marks).index(one[0]), one) for one in rows)
        columns += COLUMN.format(find_colour(name), escape(name), drawn or status_line(told, "⚠" * (name in problems)))
    said = compare_stores({name: [marks[text] for text, *_ in rows] for name, rows in found.items()}, len(stores))
    plain += [*(f"{mark}: {text}" for text, mark in marks.items()), said]
    return {"text/plain": "\n".join(plain), "text/html": BOX.format(columns, status_line(said, sign=""))}


def compare_stores(found: Mapping[str, Sequence[str]], total: int) -> str:
    """Return whether stores found the same passages, in which order, or which passages not all of them found.

    found: by store, the passages' marks, the best first. total: stores that were asked.
    """
    lists = list(found.values())
    before = "" if len(found) == total else f"{len(found)} of {total} stores answered. "
    if len(found) < 2 or not any(lists):
        return f"{before}Nothing to compare."
    odd = [
        mark for mark in dict.fromkeys(mark for one in lists for mark in one) if any(mark not in one for one in lists)
    ]
    if odd:
        told = (f"{mark} (only {', '.join(name for name, one in found.items() if mark in one)})" for mark in odd)
        return f"{before}Not found by all: {'; '.join(told)}."
    same = (
        f"{before}{'They' if before else 'All stores'} found the same {len(lists[0])} passage{'s'[: len(lists[0]) - 1]}"
    )
    if all(one == lists[0] for one in lists):
        return f"{same}, in the same order."
    orders = (f"{name} {' '.join(one)}" for name, one in found.items())
    return f"{same}, in different orders: {'; '.join(orders)}."


def _draw_passage(mark: str, place: int, found: Found) -> str:
    text, printed, cosine = found
    text = escape(text[:MOST_LETTERS]) + "…" * (len(text) > MOST_LETTERS)
    colour, percent = COLOURS[place % len(COLOURS)], 100 * min(max(cosine, 0), 1)
    return PASSAGE.format(mark=mark, colour=colour, printed=printed, percent=percent, cosine=cosine, text=text)
