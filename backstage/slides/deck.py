"""Turn a notebook into one page of slides, by nbconvert and our own template."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets import default

from backstage.lessons.source import TAG
from backstage.slides.reveal import ASSETS, read_parts
from workshop.errors import WorkshopError

PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
SHOWN = (*PICTURES, "text/html", "text/markdown", "text/plain")
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "frame-src 'self' file:"
)
EXTERNAL = re.compile(
    r"""<[^>]+\b(?:src|href|data|poster|action)\s*=\s*["']?\s*((?:[a-z]+:)?//[^"'\s>]+)"""
    r"""|@import\s+["']?\s*((?:[a-z]+:)?//[^"'\s;]+)|url\(\s*["']?\s*((?:[a-z]+:)?//[^"')\s]+)""",
    re.IGNORECASE,
)


class SlideRenderer(IPythonRenderer):
    """Markdown for slides: formulas as MathML, links between decks, no link that leaves them."""

    def block_math(self, body: str) -> str:
        """Return a formula that stands by itself."""
        return convert(body, display="block")

    def inline_math(self, body: str) -> str:
        """Return a formula inside a line."""
        return convert(body)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Return a link to another deck, or the text alone where it would leave the decks."""
        if re.match(r"(?:[a-z]+:)?//|mailto:", url, re.IGNORECASE):
            return text
        return f'<a href="{escape(re.sub(r"[.]ipynb(?=#|$)", ".html", url))}">{text}</a>'


class DeckExporter(HTMLExporter):
    """Slides as one page of HTML that needs no network."""

    @default("template_name")
    def _template_name_default(self) -> str:
        return ASSETS.name

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(ASSETS.parent)]

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Return nbconvert's filters with our Markdown among them."""
        yield from super().default_filters()
        yield ("markdown2html", write_markdown)


def write_markdown(source: str) -> str:
    """Return the HTML of a Markdown text."""
    return MarkdownWithMath(renderer=SlideRenderer(escape=False, exclude_anchor_links=True)).render(source)


def make_deck(notebook: NotebookNode, title: str) -> str:
    """Return the page of a notebook's slides.

    Cells are placed by their slide type; those of type skip are left out. Raises WorkshopError for a notebook
    without slides and for an address outside the page.
    """
    notebook.cells = place_cells(notebook.cells)
    if not notebook.cells:
        raise WorkshopError(f"{title}: no cell has a slide tag. Tag some in the lesson's source: slide, subslide ...")
    parts = read_parts() | {"title": title, "policy": POLICY}
    page, _ = DeckExporter().from_notebook_node(notebook, resources={"deck": parts})
    found = sorted({next(filter(None, match.groups())) for match in EXTERNAL.finditer(page)})
    if found:
        raise WorkshopError(f"{title}: the slides would need the network for {', '.join(found)}. Take that out.")
    return page


def place_cells(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cells that are shown, each with the markup that opens and closes its slide.

    Demonstrations and cells that draw show what comes out, without their code: a picture needs the room.
    """
    kept = [(slide_type(cell), cell) for cell in cells if slide_type(cell) != "skip"]
    while kept and kept[0][0] in ("notes", "fragment"):
        kept.pop(0)
    for place, (kind, cell) in enumerate(kept):
        following = kept[place + 1][0] if place + 1 < len(kept) else "slide"
        before, after = "", ""
        if kind == "slide" or place == 0:
            before = '<section class="stack"><section class="leaf">'
        elif kind == "subslide":
            before = '<section class="leaf">'
        elif kind == "fragment":
            before, after = '<div class="fragment">', "</div>"
        if following in ("slide", "subslide"):
            after += "</section></section>" if following == "slide" else "</section>"
        keep_stills(cell)
        hidden = has_picture(cell) or TAG in cell.metadata.get("tags", [])
        cell.metadata["transient"] = {"remove_source": hidden}
        cell.metadata["deck"] = {
            "before": before,
            "after": after,
            "notes": kind == "notes",
            "picture": has_picture(cell),
        }
    return [cell for _, cell in kept]


def keep_stills(cell: NotebookNode) -> None:
    """Keep one form of each output, in place: a picture before a text, and nothing that needs a kernel."""
    for output in cell.get("outputs", []):
        if "data" in output:
            best = next((kind for kind in SHOWN if kind in output.data), None)
            output["alt"] = describe_picture(output)
            output["data"] = {best: output.data[best]} if best else {}


def slide_type(cell: NotebookNode) -> str:
    """Return a cell's slide type; a cell without one is skipped."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "skip")


def has_picture(cell: NotebookNode) -> bool:
    """Tell whether a cell's outputs hold a picture."""
    return any(kind in output.get("data", {}) for output in cell.get("outputs", []) for kind in PICTURES)


def describe_picture(output: NotebookNode) -> str:
    """Return a picture's alternative text: what its maker gave, else its plain form."""
    given = [facts.get("alt") for facts in output.get("metadata", {}).values() if isinstance(facts, dict)]
    return next(filter(None, [*given, output.metadata.get("alt")]), output.data.get("text/plain", "picture"))
