"""After a crash: "run all above" goes on past checks that aren't passed yet, and the scoreboard fits the page."""

import shutil

import pytest

from backstage.lessons.source import checkout
from tests.browser.driver import Notebook, Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDEST = 980
RECORD = """\
from workshop.score import record_row
for method, value, trained in (("skipgram", 0.51, 686_800), ("fasttext", 0.47, 2_686_800), ("ppmi_svd", 0.5, 0)):
    row = {"lesson": "01", "method": method, "task": "wordsim353", "metric": "spearman", "value": value}
    record_row(row | {"seconds": 14.2, "trained_parameters": trained, "megabytes": 1.3736})
from workshop.widgets import predict
predict("C02", "holds")
from workshop.checks import scoreboard
scoreboard()
"""


def hand_out(server: Server, name: str) -> str:
    """Lay an untouched copy of lesson 00 into the work folder: other tests solve theirs. Returns its name."""
    shutil.copy(checkout() / "notebooks" / "00_start_here.ipynb", server.work / name)
    return name


def run_all_above(notebook):
    """Choose it from the menu, as the lesson says."""
    notebook.page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
    notebook.page.locator(".lm-Menu-itemLabel", has_text="Run All Above Selected Cell").click()
    notebook.page.locator(".jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for()


def test_unsolved_checks_stop_nothing(page, server):
    lesson = Notebook(page, server, hand_out(server, "run_all_above.ipynb"))
    lesson.go_to("print(make_code())")
    run_all_above(lesson)
    shown = lesson.run()
    assert shown.startswith("TR1.")
    lesson.page.keyboard.press("Escape")
    for _ in range(30):
        if "check.start_here" in lesson.code():
            break
        lesson.up()
    assert "Exercise 0.1" in lesson.active.inner_text()
    assert "not" in lesson.active.locator(".jp-Cell-outputArea").inner_text()


def test_the_scoreboard_fits_its_page(page, server):
    lesson = Notebook(page, server, hand_out(server, "scoreboard.ipynb"))
    lesson.go_to("scoreboard()")
    lesson.write(RECORD)
    lesson.run()
    tables = lesson.active.locator(".jp-Cell-outputArea table")
    tables.last.wait_for()
    widths = tables.evaluate_all("tables => tables.map(table => [table.scrollWidth, table.parentElement.clientWidth])")
    lesson.picture("scoreboard")
    assert all(wide <= min(WIDEST, room) for wide, room in widths), widths
