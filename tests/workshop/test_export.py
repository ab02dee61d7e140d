"""The scoreboard's rows as CSV: complete, marked, and no cell that a spreadsheet runs."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backstage.grade import outputs
from workshop.score.export import COLUMNS, defuse, write_csv
from workshop.score.learner import Record
from workshop.score.results import Results, Row
from workshop.score.table import build_board

OWN = Row("01", "skip-gram", "WordSim", "Spearman", 0.5, seconds=21.04, trained_parameters=1_200_000, source="yours")
CAUGHT = Row("04", "LoRA", "tickets", "valid", 1.0, megabytes=2.5, source="caught up")
MEASURED = [
    Row("01_word_embeddings", "skip-gram", "WordSim", "Spearman", 0.55, 0.46, 0.62),
    Row("04", "LoRA", "tickets", "valid", 0.75, 0.5, 1.0),
]


def read_rows(*rows):
    """Return what the CSV of these rows holds, as a spreadsheet reads it."""
    board = build_board(Record(rows), [Results("01_word_embeddings", "small", tuple(MEASURED))], {})
    return list(csv.DictReader(io.StringIO(write_csv(board))))


def test_every_row_has_its_figures_and_what_was_measured():
    [row] = read_rows(OWN)
    assert tuple(row) == COLUMNS
    assert row == {
        **{"lesson": "01", "method": "skip-gram", "task": "WordSim", "metric": "Spearman", "yours": "0.5"},
        **{"source": "yours", "measured": "0.55", "low": "0.46", "high": "0.62", "seconds": "21.04"},
        **{"trained_parameters": "1200000", "megabytes": ""},
    }


def test_a_row_that_was_caught_up_has_no_figure_of_the_learners():
    rows = read_rows(OWN, CAUGHT)
    assert [(row["yours"], row["source"], row["measured"]) for row in rows] == [
        ("0.5", "yours", "0.55"),
        ("", "caught up", "0.75"),
    ]


def test_without_rows_the_header_stays():
    assert write_csv(build_board(Record(), [], {})).splitlines() == [",".join(f'"{name}"' for name in COLUMNS)]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", " =", "\n=", "＝", "|", "%"])
def test_no_text_begins_a_formula(sign):
    [row] = read_rows(Row("01", f"{sign}1+cmd", "a;=1", 'say "x",=1', 0.5, source="yours"))
    assert row["method"].startswith("'")
    assert (row["task"], row["metric"]) == ("a;'=1", 'say "x",\'=1')


def test_numbers_stay_numbers_and_a_text_in_their_place_is_defused():
    assert [defuse(value) for value in (-0.5, None, 3, True)] == [-0.5, "", 3, True]
    [row] = read_rows(Row("01", "m", "t", "x", "=1+1", seconds=-1.5, source="yours"))
    assert (row["yours"], row["seconds"]) == ("'=1+1", "-1.5")


@settings(deadline=None)
@example("0\r\x1b")
@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_texts_are_as_safe_as_the_teachers_tables_make_them(text):
    mine, theirs = defuse(text), outputs.defuse(text)
    assert "\n" not in mine
    assert mine.startswith("'") or not outputs.FORMULA.match(mine)
    assert not outputs.FORMULA_BEHIND_A_SEPARATOR.search(mine)
    assert mine == theirs or not text.isascii()
