import pytest

from workshop.score import table
from workshop.score.learner import Record, record_prediction
from workshop.score.results import Claim, Results, Row, read_results
from workshop.score.table_views import EMPTY, PAGE_HEADS, as_html, as_text

OWN = Row(
    "01", "skip-gram <b>", "WordSim", "Spearman", 0.5, seconds=21.04, trained_parameters=1_200_000, source="yours"
)


def claim(verdict):
    return Claim("Spearman", "", 0.5, 0.4, 0.6, 10, 3, "low > 0.3", verdict)


def results(*rows, **verdicts):
    return Results("01_word_embeddings", "small", rows, {name: claim(one) for name, one in verdicts.items()})


def test_an_interval_is_preferred_to_single_seeds():
    facts = {"lesson": "01_word_embeddings", "method": OWN.method, "task": "WordSim", "metric": "Spearman"}
    seeds = [Row(**facts, value=value, seed=seed) for seed, value in enumerate((0.4, 0.6))]
    other = Row(**facts | {"metric": "pairs"}, value=9.0)
    assert table.compare(OWN, [other]) == table.Comparison(OWN)
    one = table.compare(OWN, [*seeds, other])
    assert (one.value, one.low, one.high) == (pytest.approx(0.5), 0.4, 0.6)
    whole = Row(**facts, value=0.55, low=0.46, high=0.62)
    assert table.compare(OWN, [*seeds, whole]) == table.Comparison(OWN, 0.55, 0.46, 0.62)


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (Record(passes={"0.1": 2}), ["", ""]),
        (Record(passes={"0.1": 2, "1.2": 2}), ["holds", ""]),
        (Record(rows=(OWN,)), ["holds", ""]),
        (Record(passes={"6.1": 1}), ["holds", "does not hold"]),
        (Record(passes={"odd": 1}), ["", ""]),
    ],
    ids=["before", "passed", "row", "last", "odd"],
)
def test_a_verdict_is_told_once_its_lesson_is_reached(record, told):
    record = Record(record.rows, {"C01": "holds", "C20": "holds"}, record.passes)
    board = table.build_board(record, [results(C01="holds", C20="does not hold")], {})
    assert [one.verdict for one in board.judged] == told


def test_points_are_counted_by_lesson():
    points = table.count_points({"0.1": 2, "1.10": 3}, {"0.1": 2, "1.2": 2, "1.10": 3})
    assert points == {"00": (2, 2), "01": (3, 5)}
    assert table.count_points({"0.1": 2}, {}) == {"00": (2, None)}


@pytest.mark.parametrize(
    ("possible", "line"), [({"1.1": 1, "1.2": 2}, "Points: 2 of 3 (lesson 01: 2 of 3)"), ({}, "Points: 2 (")]
)
def test_the_board_reads_as_text_and_as_html(possible, line):
    record = Record((OWN,), {"C01": "holds", "C20": "<i>"}, {"1.2": 2})
    board = table.build_board(record, [results(OWN, C01="holds")], possible)
    text, page = as_text(board), as_html(board)
    assert text.startswith(line)
    assert "✔ holds, as you said" in text
    assert "comes in lesson 06" in text
    assert "1,200,000" in text
    assert "skip-gram &lt;b&gt;" in page
    assert "<b>" not in page.replace("<b>C", "")
    assert "&lt;i&gt;" in page
    assert "<i>" not in page


@pytest.mark.parametrize(("own", "place"), [(0.3, "below"), (0.5, "within"), (0.9, "above")])
def test_the_place_on_the_measured_range_is_said_in_words(own, place):
    row = Row("01", "m", "t", "x", own)
    board = table.build_board(Record((row,)), [results(Row("01", "m", "t", "x", 0.5, 0.4, 0.6))], {})
    assert f'aria-label="{place} the measured range"' in as_html(board)


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ({"C21": "holds"}, "✔ holds, as you said"),
        ({"C21": "does not hold"}, "✘ measured otherwise: does not hold"),
        ({"C21": "can't tell"}, "○ undecided: the measurement can't tell"),
        ({"C21": "true by construction"}, "○ true by construction: nothing to foretell"),
        ({"C21/01": "holds within limits"}, "lesson 01: holds within limits; lesson 03 decides"),
    ],
    ids=["true", "false", "undecided", "by construction", "part"],
)
def test_what_is_undecided_makes_no_prediction_wrong(verdicts, told):
    board = table.build_board(Record(predictions={"C21": "holds"}, passes={"1.2": 2}), [results(**verdicts)], {})
    for text in (as_text(board), as_html(board)):
        assert told.replace("'", "&#x27;") in text or told in text
        assert ("✘" in text) == ("✘" in told)


def test_the_page_has_one_column_for_what_a_row_is_about():
    page = as_html(table.build_board(Record((OWN,)), [], {}))
    assert page.count('<th scope="col"') == len(PAGE_HEADS) == 7
    assert "01 · WordSim · Spearman" in page


def test_an_empty_board_says_what_fills_it():
    board = table.build_board(Record(), [], {})
    assert as_text(board) == EMPTY
    assert EMPTY in as_html(board)


def test_results_that_can_not_be_read_are_left_out(tmp_path, monkeypatch):
    (tmp_path / "01_word_embeddings.json").write_text("{")
    monkeypatch.setattr(table, "FOLDER", tmp_path)
    monkeypatch.setattr(table, "read_results", lambda stem: read_results(stem, tmp_path))
    assert list(table.read_all_results()) == []


@pytest.mark.usefixtures("in_memory")
def test_scoreboard_shows_what_was_recorded(capsys):
    record_prediction("C20", "holds")
    table.scoreboard({"0.1": 2})
    said = capsys.readouterr()
    assert "Points: 0 of 2" in said.out
    assert "C20" in said.out
    assert said.err == ""
