"""The scoreboard as pictures and as files."""

import csv

import pytest

from workshop.errors import WorkshopError
from workshop.plots import alternative_text, export_scoreboard, plot_predictions
from workshop.plots.board import plot_board
from workshop.plots.style import SMALLEST_FONT, YOURS, to_png
from workshop.score import catch_up, learner, table
from workshop.score.claims import STATEMENTS
from workshop.score.learner import Record
from workshop.score.results import Results, Row
from workshop.score.table_views import EMPTY, Board, Judged, came_true

pytestmark = pytest.mark.usefixtures("folder")


def judge(id, prediction, verdict, part=""):
    statement = STATEMENTS[id]
    return Judged(id, statement.sentence, prediction, verdict, statement.lessons, part)


LINES = [
    (judge("C01", "holds", "holds"), True, "✔", "holds"),
    (judge("C02", "holds", "does not hold"), False, "✘", "does not hold"),
    (judge("C04", "holds", "can't tell"), None, "○", "can't tell"),
    (judge("C05", "holds", "true by construction"), None, "○", "true by construction"),
    (judge("C22", "holds", ""), None, "○", "comes in lesson 07"),
    (judge("C21", "holds", "", "lesson 01: holds"), None, "○", "lesson 01: holds; lesson 03 decides"),
    (judge("C11", "can't tell", "can't tell"), True, "✔", "can't tell"),
]


def texts(figure):
    """Return what is written in a picture, each text in one line."""
    return [text.get_text().replace("\n", " ") for axes in figure.axes for text in axes.texts]


@pytest.mark.parametrize(("one", "true", "mark", "verdict"), LINES)
def test_a_line_says_prediction_verdict_and_whether_they_agree(one, true, mark, verdict):
    assert came_true(one) is true
    figure = plot_predictions([one])
    assert to_png(figure)[:4] == b"\x89PNG"
    assert texts(figure)[3:] == [f"{one.id} {one.sentence}", one.prediction, verdict, mark]
    assert f"{one.id}: predicted {one.prediction}; {verdict}" in alternative_text(figure)
    assert all(text.get_fontsize() >= SMALLEST_FONT for text in figure.axes[0].texts)


def title(figure):
    return figure.axes[0].get_title(loc="left").replace("\n", " ")


def test_the_title_counts_what_is_decided_alone():
    figure = plot_predictions([one for one, *_ in LINES])
    assert title(figure) == "Your predictions: 2 of 3 came true; 2 neither right nor wrong; 2 still to come."
    assert title(plot_predictions([LINES[0][0]])) == "Your predictions: 1 of 1 came true."
    assert title(plot_predictions([LINES[4][0]])) == "None of your predictions is decided yet."
    assert title(plot_predictions([])) == "There are no predictions yet: predict() makes one."


def test_without_lines_the_learners_own_are_drawn():
    learner.record_prediction("C14", "holds")
    assert "comes in lesson 05" in texts(plot_predictions())
    learner.record_pass("5.1", 2)
    assert title(plot_predictions()) == "Your predictions: 1 of 1 came true."


def test_what_a_pasted_code_brings_is_written_as_it_is():
    odd = Row("01", "$a$ {x} \\frac \n=1", "$", "m$", "much", source="yours")
    figure = plot_board(Board([table.compare(odd, [])], [judge("C01", "$\\frac$", "holds")], {}))
    assert to_png(figure)[:4] == b"\x89PNG"
    assert "$\\frac$" in texts(figure)


def test_rows_lie_on_their_measured_range_and_caught_up_ones_have_no_diamond():
    own, other = Row("01", "m", "t", "x", 0.9, source="yours"), Row("01", "n", "t", "x", 0.5, source="yours")
    caught = Row("01", "o", "t", "x", 0.4, source="caught up")
    measured = tuple(Row("01", name, "t", "x", 0.5, 0.4, 0.6) for name in "mno")
    board = table.build_board(Record((own, other, caught)), [Results("01_x", "small", measured)], {})
    figure = plot_board(board)
    [axes] = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["m · t", "n · t", "o · t (caught up)"]
    assert [line.get_xdata()[0] for line in axes.lines if line.get_color() == YOURS] == [0.9, 0.5]
    assert [tuple(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2] == [(0.4, 0.6)] * 3
    assert alternative_text(figure).startswith("Your scoreboard: 1 of 2 rows lie within the measured range. 1 row was")


def test_export_writes_both_files_beside_the_record(folder, capsys):
    learner.record_row({"lesson": "01", "method": "glove", "task": "wordsim353", "metric": "spearman", "value": 0.2})
    catch_up("04")
    learner.record_prediction("C01", "holds")
    capsys.readouterr()
    table_file, picture = export_scoreboard()
    assert (table_file, picture) == (folder / "scoreboard.csv", folder / "scoreboard.png")
    with table_file.open(encoding="utf-8", newline="") as file:
        assert [row["source"] for row in csv.DictReader(file)] == ["yours", *["caught up"] * 4]
    assert picture.read_bytes()[:4] == b"\x89PNG"
    said = capsys.readouterr().out
    assert said == f"Your scoreboard lies in {table_file} and {picture}: 5 rows.\n"


def test_export_of_an_empty_record_says_so(tmp_path, capsys):
    made = export_scoreboard(tmp_path / "new" / "folder")
    assert all(path.is_file() for path in made)
    assert EMPTY in capsys.readouterr().out


def test_export_to_where_nothing_can_be_written_is_one_line(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(WorkshopError, match=r"can't write to .*taken: .*Choose another folder"):
        export_scoreboard(tmp_path / "taken")


def test_in_memory_the_files_lie_beside_the_notebook(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_RESULTS", "memory")
    monkeypatch.chdir(tmp_path)
    export_scoreboard()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scoreboard.csv", "scoreboard.png"]
