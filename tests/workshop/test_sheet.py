"""The sheet: one page that needs nothing else, and says what the rows say."""

import html.parser
import random

import pytest

from tests.workshop.grid_rows import make_grid, make_prices, make_row
from workshop.errors import WorkshopError
from workshop.score.learner import Record, record_prediction, record_row
from workshop.score.results import Row
from workshop.score.sheet import break_even, write_page, write_sheet

pytestmark = pytest.mark.usefixtures("in_memory")

ROWS = make_grid() + make_prices()


class Page(html.parser.HTMLParser):
    """A page's tags, its links and its text; fails where a tag is closed that isn't open."""

    def __init__(self, text):
        super().__init__()
        self.open, self.attributes, self.text = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name) for name, _ in attrs]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def count_up(setup_a, each_a, setup_b, each_b, most=2000):
    """Return break-even by trying one number after the other."""
    return next((n for n in range(most) if setup_a + each_a * n <= setup_b + each_b * n), None)


def test_break_even_is_the_first_number_at_which_it_costs_no_more():
    draw = random.Random(0)
    for _ in range(400):
        costs = [draw.choice([draw.randint(0, 20), draw.randint(0, 9) / 10]) for _ in range(4)]
        assert break_even(*costs) == count_up(*costs), costs


def test_break_even_at_the_edges():
    assert break_even(5, 1, 5, 1) == 0
    assert break_even(6, 1, 5, 1) is None
    assert break_even(1, 0.2, 0, 0.3) == 10


def test_the_page_needs_no_network_and_is_well_formed(tmp_path, capsys):
    path = write_sheet(tmp_path / "sheet", ROWS)
    assert path == tmp_path / "sheet.html"
    told = capsys.readouterr().out
    assert str(path) in told
    assert told.count("\n") == 1
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert not {name for _, name in page.attributes} & {"src", "href", "onclick"}
    assert not any(word in text for word in ("http", "url(", "@import", "<script", "<link"))


def test_the_page_holds_grid_tree_prices_and_break_even(tmp_path):
    text = " ".join("".join(Page(write_page(ROWS, Record(), (), 0.5)).text).split())
    assert "0.70 [0.60, 0.80]" in text
    assert "→ both, but only for changed facts" in text
    assert "facts in JSON, both: 0.51 [0.41, 0.61]; its low end is below your need of 0.50" in text
    assert "share of refusals where nothing answers" in text
    assert "facts, LoRA1,2650.2240–" in text
    even = count_up(1265, 0.22, 5, 0.83, 5000)
    assert f"LoRA, against retrieval{even:,}" in text
    assert "yours" not in text.lower()


def test_the_page_holds_what_the_learner_measured_and_predicted(tmp_path):
    record_prediction("C20", "holds")
    record_prediction("C01", "holds")
    record_row(Row("06", "retrieval", "price, facts", "seconds_each", 1.4))
    record_row(make_row("voice", "LoRA", 0.75))
    text = write_sheet(tmp_path / "a.html", ROWS, own=[make_row("voice", "LoRA", 0.25)]).read_text(encoding="utf-8")
    assert "◆ yours 0.25" in text
    assert "0.75</span>" not in text
    assert "price, facts, retrieval, seconds each: yours 1.40, measured 0.83" in text
    assert "<b>C20</b>" in text
    assert "<b>C01</b>" not in text


def test_what_others_wrote_is_escaped_and_odd_rows_are_left_out():
    odd = [
        Row("06", "<script>", "price, <i>", "seconds_each", 1.0),
        Row("06", "LoRA", "voice", "right", "<b>"),
        Row(6, "LoRA", "voice", "right", 0.3),
        Row("06", ["LoRA"], "voice", "right", 0.3),
        Row("06", "LoRA", "voice", "right", 0.3, source="caught up"),
    ]
    text = write_page([*ROWS, odd[0]], Record(tuple(odd), {"C20": "<u>"}), (), 0.5)
    assert not any(tag in text for tag in ("<script", "<i>", "<u>"))
    assert "◆" not in text
    assert "price, &lt;i&gt;, &lt;script&gt;" in text
    assert Page(text).open == []


def test_the_page_is_the_same_each_time_and_is_written_anew(tmp_path):
    first = write_sheet(tmp_path / "a.html", ROWS).read_bytes()
    assert write_sheet(tmp_path / "a.html", ROWS).read_bytes() == first
    assert write_sheet(tmp_path / "a.html", ROWS, need=0.9).read_bytes() != first


def test_what_is_no_sheet_stays_as_it_was(tmp_path):
    other = tmp_path / "notes.html"
    other.write_text("mine")
    with pytest.raises(WorkshopError, match=r"notes\.html is there and is no sheet"):
        write_sheet(other, ROWS)
    assert other.read_text() == "mine"


def test_a_folder_that_is_missing_and_rows_that_lack_a_cell_are_said(tmp_path):
    with pytest.raises(WorkshopError, match=r"can't write .*Give a file in a folder that exists"):
        write_sheet(tmp_path / "no" / "sheet.html", ROWS)
    with pytest.raises(WorkshopError, match="the grid lacks"):
        write_sheet(tmp_path / "sheet.html", make_prices())
    assert list(tmp_path.iterdir()) == []


def test_without_prices_the_page_says_so():
    assert "No prices are among the rows." in write_page(make_grid(), Record(), (), 0.5)
