"""The slides: one page each, without the network, readable, with notes and pictures."""

import base64
import io
import shutil
from html.parser import HTMLParser

import nbformat
import pytest

from backstage.lessons.source import SLIDES, read_lesson
from backstage.slides import make_slides
from backstage.slides.deck import make_deck, place_cells
from workshop.checks.registry import LESSONS
from workshop.errors import WorkshopError

STEM = "00_start_here"
ADDRESSES = ("src", "href", "data", "poster", "action", "srcset")
DECKS = ["sample", *(lesson.stem for lesson in LESSONS)]
LONG = "words of a sentence that goes on for a while " * 9


class Page(HTMLParser):
    """What a page loads, its slides and its notes."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.styles, self.leaves, self.notes, self._inside = [], [], 0, [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.addresses += [found[name] for name in ADDRESSES if found.get(name)]
        self.styles.append(found.get("style") or "")
        self.leaves += found.get("class") == "leaf"
        if tag == "aside":
            self.notes.append("")
        self._inside = tag if tag in ("aside", "style", "script") else self._inside

    def handle_endtag(self, tag):
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, text):
        if self._inside == "style":
            self.styles.append(text)
        if self.notes and self._inside == "aside":
            self.notes[-1] += text


def picture(wide=1600, high=1000):
    """Return a PNG, base64."""
    image = pytest.importorskip("PIL.Image")
    file = io.BytesIO()
    image.new("RGB", (wide, high), (0, 114, 178)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def cell(kind, slide, source, outputs=(), tags=()):
    """Return a cell of a slide type."""
    made = {"cell_type": kind, "source": source, "metadata": {"slideshow": {"slide_type": slide}, "tags": list(tags)}}
    return made | ({"execution_count": 1, "outputs": list(outputs)} if kind == "code" else {})


def shown(data, metadata=()):
    """Return an output that displays data."""
    return {"output_type": "display_data", "data": data, "metadata": dict(metadata)}


def notebook(*cells):
    """Return a notebook of these cells."""
    return nbformat.from_dict({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def sample():
    """Return a notebook with everything that a lesson's slides may hold."""
    state = {"x": {"model_name": "HBoxModel", "model_module": "@jupyter-widgets/controls", "state": {}}}
    widget = {
        "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
        "image/png": picture(),
        "text/plain": "map",
    }
    made = notebook(
        cell("markdown", "slide", "# A title\n\n- first\n- second, see [the paper](https://example.org/paper)"),
        cell("markdown", "skip", "not shown"),
        cell("markdown", "notes", "Say **this** slowly."),
        cell("markdown", "slide", "## A formula\n\nThe cosine $\\frac{u \\cdot v}{|u||v|}$ and\n\n$$\\sum_i x_i^2$$"),
        cell("markdown", "fragment", f"It goes on. {LONG}"),
        cell("markdown", "subslide", "## A picture\n\nIts finding in a line."),
        cell("code", "-", "train()", [shown(widget, {"image/png": {"alt": "a blue field"}})], ["demonstration"]),
        cell("markdown", "slide", "## Code"),
        cell("code", "-", "\n".join(f"value_{n} = compute({n})" for n in range(12))),
        cell("code", "subslide", "draw()", [shown({"image/png": picture()})]),
        cell("markdown", "slide", "## The end\n\nNext: [02](02_text_embeddings.ipynb)."),
    )
    made.metadata["widgets"] = nbformat.from_dict({"application/vnd.jupyter.widget-state+json": {"state": state}})
    return made


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """Give the pages: one of everything, lesson 00 with its outputs, and the others as they are written."""
    folder = tmp_path_factory.mktemp("decks")
    (folder / "sample.html").write_text(make_deck(sample(), "A sample"), encoding="utf-8")
    make_slides(STEM, folder=folder)
    for lesson in LESSONS[1:]:
        make_slides(lesson.stem, execute=False, folder=folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", DECKS)
def test_deck_needs_no_network(decks, name):
    page = Page((decks / f"{name}.html").read_text(encoding="utf-8"))
    assert not [address for address in page.addresses if "//" in address.partition(",")[0]]
    assert not [style for style in page.styles if "@import" in style or "url(http" in style or "url(//" in style]
    assert all(address.startswith(("data:image/", "#")) or address.endswith(".html") for address in page.addresses)


@pytest.mark.slow
def test_lesson_has_the_slides_and_notes_of_its_source(decks):
    cells = [c for c in read_lesson(STEM) if set(c.tags) & set(SLIDES)]
    page = Page((decks / f"{STEM}.html").read_text(encoding="utf-8"))
    assert page.leaves == sum(bool({"slide", "subslide"} & set(c.tags)) for c in cells) > 1
    assert len(page.notes) == sum("notes" in c.tags for c in cells) > 0
    assert "show of hands" in page.notes[0]


def test_sample_shows_formulas_pictures_and_links_between_decks():
    text = make_deck(sample(), "A sample")
    page = Page(text)
    assert page.leaves == 6
    assert [note.strip() for note in page.notes] == ["Say this slowly."]
    assert text.count("<math") == 2
    assert "<mfrac>" in text
    assert "02_text_embeddings.html" in page.addresses
    assert "the paper" in text
    assert "example.org" not in text
    assert "not shown" not in text
    assert 'alt="a blue field"' in text
    assert "train" not in text.partition("<body>")[2].partition("<script>")[0]
    assert "draw" not in text.partition("<body>")[2].partition("<script>")[0]
    assert "compute" in text
    assert text.count("data:image/png;base64,") == 2


def test_an_outside_address_is_refused():
    outside = cell("code", "slide", "show()", [shown({"text/html": '<img src="https://example.org/x.png">'})])
    with pytest.raises(WorkshopError, match=r"need the network for https://example\.org/x\.png"):
        make_deck(notebook(outside), "A sample")


def test_a_lesson_without_slides_is_refused():
    with pytest.raises(WorkshopError, match="no cell has a slide tag"):
        make_deck(notebook(cell("markdown", "skip", "text")), "A sample")


def test_sections_balance_wherever_the_tags_stand():
    kinds = ["notes", "fragment", "-", "fragment", "slide", "fragment", "notes", "subslide", "skip", "-", "subslide"]
    placed = place_cells(notebook(*(cell("markdown", kind, kind) for kind in kinds)).cells)
    markup = "".join(c.metadata.deck.before + c.metadata.deck.after for c in placed)
    for tag in ("section", "div"):
        assert markup.count(f"<{tag}") == markup.count(f"</{tag}>") > 0
    assert markup.startswith('<section class="stack">')
    assert markup.endswith("</section></section>")


@pytest.fixture(scope="module")
def browser():
    """Give a Chromium, or skip where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium on PATH: slides were not opened in a browser")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def opened(browser, decks, request):
    """Give a page with a deck open, offline, and what went wrong while it loaded."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True)
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else wrong.append(asked.url))
    page.goto((decks / f"{request.param}.html").as_uri())
    page.wait_for_function("Reveal.isReady()")
    yield page, wrong
    context.close()


MEASURE = """() => {
  const slide = Reveal.getCurrentSlide(), sizes = [], spill = [];
  const frame = document.querySelector('.reveal').getBoundingClientRect();
  for (const element of slide.querySelectorAll('*')) {
    const box = element.getBoundingClientRect();
    if (!box.width || element.closest('aside')) continue;
    if (box.right > frame.right + 1 || box.bottom > frame.bottom + 1) spill.push(element.tagName);
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (own && !element.closest('math')) sizes.push(parseFloat(getComputedStyle(element).fontSize));
  }
  return {tall: slide.scrollHeight - slide.clientHeight, wide: slide.scrollWidth - slide.clientWidth, spill,
          smallest: Math.min(99, ...sizes), picture: Math.min(999, ...[...slide.querySelectorAll('figure img')]
            .map((i) => Math.min(i.naturalWidth ? 999 : 0, i.getBoundingClientRect().height)))};
}"""


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("opened", DECKS, indirect=True)
def test_every_slide_fits_and_can_be_read(opened, tmp_path):
    page, wrong = opened
    places = page.evaluate("Reveal.getSlides().map((slide) => Reveal.getIndices(slide))")
    for number, place in enumerate(places, start=1):
        page.evaluate("(place) => Reveal.slide(place.h, place.v, 99)", place)
        found = page.evaluate(MEASURE)
        page.screenshot(path=tmp_path / f"slide_{number}.png")
        assert found["tall"] <= 1
        assert found["wide"] <= 1
        assert found["spill"] == []
        assert found["smallest"] >= 24
        assert found["picture"] >= 200
    assert wrong == []
    assert len(places) == page.locator("section.leaf").count() > 1


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("opened", ["sample"], indirect=True)
def test_speaker_view_opens_offline_with_the_notes(opened):
    page, wrong = opened
    with page.context.expect_page() as popup:
        page.keyboard.press("s")
    speaker = popup.value
    speaker.locator(".speaker-controls-notes .value").get_by_text("slowly").wait_for()
    for frame in speaker.frames[1:]:
        frame.locator("section.leaf.present").first.wait_for()
    assert speaker.locator("iframe").count() == 2
    assert wrong == []
