"""What a teacher and a student open after grading, in a real browser: wide, narrow, and on paper."""

import io

import pytest

from backstage.grade.outputs import Folder
from backstage.grade.records import Mark, Record
from backstage.grade.run import write_files
from tests.browser.driver import keep_picture
from workshop.checks.registry import list_exercises

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = "01_word_embeddings"
LIKELY = "inner products: nothing is divided by the lengths, so long vectors win."
MESSAGE = f"""Exercise 1.2 – compare one word with many: not yet.
  Expected: cosine(np.array([3.0, 4.0]), np.array([[6.0, 8.0], [4.0, -3.0], [-3.0, -4.0]])) returns [1, 0, -1].
  Got:      [50, 0, -25] and much more of the same kind, so that no line of the page is long enough to hold it.
  Likely:   {LIKELY}
  Next:     divide by the length of u and by the length of each row of V."""
LONG = "zoë_a-very-long-name-that-goes-on-and-on_123456"
STUDENTS = 40
# Text that is cut or broken: a number on several lines, a heading broken within a word.
BROKEN = """() => [...document.querySelectorAll("td.number, thead th, h1, h2")].filter(cell => {
    const range = document.createRange();
    return [...cell.childNodes].filter(node => node.nodeType === 3).some(node =>
        [...node.data.matchAll(cell.matches("td") ? /\\S.*\\S|\\S/g : /\\S+/g)].some(word => {
            range.setStart(node, word.index);
            range.setEnd(node, word.index + word[0].length);
            return new Set([...range.getClientRects()].map(box => box.top)).size > 1;
        }));
}).map(cell => cell.textContent)"""
OVERFLOWS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
INDENTS = """() => [...document.querySelectorAll("pre span")].map(line => {
    const boxes = [...line.firstChild.parentNode.getClientRects()], range = document.createRange();
    range.selectNodeContents(line);
    const lefts = [...range.getClientRects()].filter(box => box.width > 1).map(box => Math.round(box.left));
    return [lefts[0], Math.min(...lefts.slice(1), Infinity)];
}).filter(([first, others]) => others < first + 5)"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Give a folder of results: many students, one of them with a mistake, one whose notebook can't be read."""
    home = tmp_path_factory.mktemp("grades")
    (home / ".grading").mkdir()
    exercises = list_exercises(WORDS)
    full = [Mark(one.id, one.points, one.points, "", "") for one in exercises]
    wrong = [Mark("1.2", 0, 2, f"wrong: {LIKELY}", MESSAGE, ("defined twice: the last one counts",))]
    none = tuple(Mark(one.id, 0, one.points, "not graded", "") for one in exercises)
    records = [Record(f"student{n:02d}", WORDS, "x", (full[0], *wrong, *full[2:])) for n in range(STUDENTS)]
    problem = "not a notebook: its JSON can't be read or has no cells"
    records.append(Record(LONG, WORDS, "x", none, problem))
    write_files(Folder(home), records)
    return home


@pytest.mark.parametrize("width", [1200, 400])
def test_pages_are_readable_at_any_width(page, graded, width):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((graded / "overview.html").as_uri())
    keep_picture(page, f"overview_{width}")
    assert page.evaluate(OVERFLOWS) <= 0
    assert page.evaluate(BROKEN) == []
    page.get_by_role("link", name="student07").click()
    keep_picture(page, f"feedback_{width}")
    assert page.evaluate(OVERFLOWS) <= 0
    assert page.evaluate(BROKEN) == []
    assert page.evaluate(INDENTS) == [], "what is left of a line stands further in than its beginning"
    assert page.locator("pre").inner_text().splitlines() == MESSAGE.splitlines()
    assert said == [], "the policy blocks nothing of the page's own"


def test_narrow_tables_scroll_with_the_keyboard(page, graded):
    page.set_viewport_size({"width": 400, "height": 900})
    page.goto((graded / "overview.html").as_uri())
    table = page.get_by_role("region", name="students")
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")


def test_pages_print_whole(page, graded):
    pypdf = pytest.importorskip("pypdf")
    page.goto((graded / "overview.html").as_uri())
    sheets = [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(page.pdf(format="A4"))).pages]
    students = [sheet for sheet in sheets if "14 of 16" in sheet]
    assert len(students) > 1
    assert all("points" in sheet and "remark" in sheet for sheet in students), "the table's head stands on each sheet"
    assert sum(sheet.count("14 of 16") for sheet in sheets) == STUDENTS
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    assert page.evaluate("() => [...document.querySelectorAll('table')].every(one => one.offsetWidth <= 718)")
