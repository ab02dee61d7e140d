"""The sheet of lesson 06 prints on one page of A4, however much a learner has kept."""

import io

import pypdf
import pytest

from tests.workshop.grid_rows import make_grid, make_prices
from workshop.score.claims import STATEMENTS
from workshop.score.learner import Record
from workshop.score.results import Row
from workshop.score.sheet import write_page
from workshop.score.tree import METHODS, TASKS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("need", [0.1, 0.5, 0.95])
def test_the_sheet_prints_on_one_page(page, need):
    own = [Row("06", method, task, "right", 0.25) for method in METHODS for task in TASKS]
    own += [Row("06", method, "price, facts", metric, 12.3) for method in METHODS for metric in ("setup", "each")]
    kept = Record(tuple(own), dict.fromkeys(STATEMENTS, "holds within limits"), {"6.1": 2})
    page.set_content(write_page([*make_grid(), *make_prices()], kept, (), need))
    [paper] = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert [round(float(side)) for side in paper.mediabox[2:]] == [595, 842]
    text = paper.extract_text()
    assert "C20" in text
    assert "yours 0.25" in text
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
