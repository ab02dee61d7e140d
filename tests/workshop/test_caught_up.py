"""What a lesson records can be filled later, marked, and never stands above a run of the learner's own."""

import ast
import json
import re
from pathlib import Path

import pytest

from workshop import cli, lab
from workshop.checks.registry import LESSONS
from workshop.errors import WorkshopError
from workshop.score import catch_up, caught_up, code, learner, store, table
from workshop.score.recorded import RECORDED, find_key
from workshop.score.results import Row, read_results
from workshop.score.table_views import as_html, as_text

pytestmark = pytest.mark.usefixtures("folder")

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
STEMS = [lesson.stem for lesson in LESSONS]
KEYS = {stem: [key for key in RECORDED if key[0] == stem[:2]] for stem in STEMS}
# The methods that a call of a lesson's `judge` can have where its text is no constant.
METHODS = {
    ("01", "method"): ["cbow", "skipgram"],
    ("02", "method"): ["Doc2Vec", "MiniLM", "TF-IDF"],
    ("02", "f'PCA {dimensions}'"): ["PCA 192", "PCA 128", "PCA 64", "PCA 32"],
    ("03", "method"): ["words and marks", "frozen"],
    ("03", "f'frozen, layer {best}'"): ["frozen, layer 6", "frozen, layer 3"],
    ("04", "f'prompt, {n} examples'"): ["prompt, 0 examples", "prompt, 1 examples", "prompt, 3 examples"],
}


def run_row(key, value=0.123):
    """Record a row as a lesson does while it runs."""
    lesson, method, task, metric = key
    learner.record_row({"lesson": lesson, "method": method, "task": task, "metric": metric, "value": value})


def read_lesson(stem):
    """Return the methods, the patterns of tasks and the metrics that a lesson's calls of record_row can have."""
    tree = ast.parse((SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8"))
    judges = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and "record_row" in ast.unparse(one)]
    inside = {id(node) for judge in judges for node in ast.walk(judge)}
    asked, tasks, metrics = [], set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {judge.name for judge in judges}:
            asked.append(node.args[0])
        if isinstance(node, ast.Dict) and "record_row" in ast.unparse(tree):
            fields = {getattr(key, "value", None): one for key, one in zip(node.keys, node.values, strict=True)}
            if {"lesson", "method"} <= fields.keys() and id(node) not in inside:
                asked.append(fields["method"])
            if {"lesson", "metric"} <= fields.keys():
                metrics.add(ast.literal_eval(fields["metric"]))
                named = isinstance(fields["task"], ast.Name)
                text = ast.unparse(fields["task"]).lstrip("f").strip("'")
                tasks.add(".+" if named else re.sub(r"\\\{.*?\\\}", ".+", re.escape(text)))
    methods = set()
    for one in asked:
        found = METHODS.get((stem[:2], ast.unparse(one)))
        methods |= {ast.literal_eval(one)} if found is None else set(found)
    return methods, tasks, metrics


@pytest.mark.parametrize("stem", STEMS)
def test_the_table_lists_what_the_lesson_records(stem):
    methods, tasks, metrics = read_lesson(stem)
    keys = KEYS[stem]
    assert {key[1] for key in keys} == methods
    assert {key[3] for key in keys} == metrics
    patterns = {".+" if pattern == "task" else pattern for pattern in tasks}  # an argument of judge may be any task
    for pattern in patterns:
        assert any(re.fullmatch(pattern, key[2]) for key in keys), pattern
    for key in keys:
        assert any(re.fullmatch(pattern, key[2]) for pattern in patterns), key


@pytest.mark.parametrize("stem", [stem for stem in STEMS if KEYS[stem]])
def test_every_recorded_row_is_filled_from_the_results_and_marked(stem, capsys):
    rows = catch_up(stem)
    measured = [key for key in KEYS[stem] if RECORDED[key] is not None]
    assert [find_key(row) for row in rows] == measured
    assert {row.source for row in rows} == {"caught up"}
    figures = {(row.value, row.low, row.high) for row in read_results(stem).rows}
    assert all((row.value, row.low, row.high) in figures for row in rows if row.low is not None)
    record = learner.read_record()
    assert {find_key(row) for row in record.rows} == set(measured)
    assert (record.passes, record.predictions) == ({}, {})
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert said.startswith(f"Lesson {stem[:2]}: {len(rows)} rows filled")
    assert all(method in said for _, method, _, _ in KEYS[stem])


def test_no_figure_is_made_up_where_none_was_measured(capsys):
    left = [key for key, place in RECORDED.items() if place is None]
    for stem in {key[0] for key in left}:
        names = {find_key(row) for row in catch_up(stem)}
        assert not names & set(left)
    assert "left open: Trainer, 200 tickets." in capsys.readouterr().out


def test_a_second_time_fills_nothing(folder, capsys):
    assert len(catch_up("4")) == 4
    before = (folder / "learner.json").read_text()
    capsys.readouterr()
    assert catch_up("04_prompt_or_lora") == []
    assert capsys.readouterr().out == "Lesson 04: nothing to fill.\n"
    assert (folder / "learner.json").read_text() == before


def test_a_run_before_or_after_stands_above():
    own, other = KEYS["01_word_embeddings"][:2]
    run_row(own)
    assert own not in {find_key(row) for row in catch_up("01")}
    run_row(other, 0.456)
    found = {find_key(row): (row.value, row.source) for row in learner.read_record().rows}
    assert (found[own], found[other]) == ((0.123, "yours"), (0.456, "yours"))
    assert len(found) == len(KEYS["01_word_embeddings"])


def test_a_pasted_code_with_a_caught_up_row_replaces_no_run():
    key = KEYS["01_word_embeddings"][0]
    run_row(key)
    mine = store.load()
    learner.clear()
    catch_up("01")
    carried = code.make_code()
    learner.clear()
    store.add(mine)
    code.paste_code(carried)
    assert {row.value for row in learner.read_record().rows if find_key(row) == key} == {0.123}


def test_the_mean_over_seeds_stands_in_where_there_is_no_interval():
    rows = [
        row for row in read_results("04_prompt_or_lora").rows if (row.method, row.metric) == ("LoRA, live", "valid")
    ]
    assert len(rows) == 10
    assert {row.low for row in rows} == {None}
    [made] = [row for row in catch_up("04") if row.method == "LoRA, 24 tickets"]
    assert made.value == pytest.approx(sum(row.value for row in rows) / 10)
    assert made.seconds == pytest.approx(sum(row.seconds for row in rows) / 10)
    assert made.seed is None


def test_the_board_says_caught_up_shows_no_own_figure_and_tells_no_verdict():
    learner.record_prediction("C11", "holds")
    catch_up("04")
    board = table.build_board(learner.read_record(), list(table.read_all_results()), {})
    assert board.judged[0].verdict == "", "a lesson that was only caught up on was not done"
    [line] = [line for line in as_text(board).splitlines() if "LoRA, 24 tickets" in line]
    assert re.search(r"valid +\(caught up\) +1\.00 ", line)
    page = as_html(board)
    assert page.count("(caught up)") == 4
    assert "<svg" not in page
    run_row(("04", "LoRA, 24 tickets", "tickets", "valid"), 0.5)
    board = table.build_board(learner.read_record(), list(table.read_all_results()), {})
    assert as_html(board).count("<svg") == 1
    assert board.judged[0].verdict == "does not hold"


@pytest.mark.parametrize("name", ["00", "9", "04_lora"])
def test_a_lesson_without_figures_is_refused_with_those_that_have_some(name):
    with pytest.raises(WorkshopError, match="Known: 01_word_embeddings, 02_text_embeddings"):
        catch_up(name)


def run(*arguments):
    """Run a command in this process and return its exit status."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["catch-up", *arguments])
    return ended.value.code or 0


def test_the_command_takes_several_lessons_and_says_where(folder, capsys):
    assert run("4", "01_word_embeddings", "04") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:9] for line in lines] == ["Lesson 04", "Lesson 01", "Your reco"]
    assert {row.lesson for row in learner.read_record().rows} == {"01", "04"}
    assert lines[-1] == f"Your record: {folder / 'learner.json'}"


def test_the_command_without_a_lesson_lists_them_and_a_wrong_one_fills_nothing(folder, capsys):
    assert run() == 2
    assert ", ".join(caught_up.list_stems()) in capsys.readouterr().err
    assert run("01", "77") == 1
    assert "unknown lesson with figures" in capsys.readouterr().err
    assert not folder.exists()


def test_the_command_writes_where_the_lessons_lie(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work").mkdir()
    (tmp_path / "mine").mkdir()
    monkeypatch.setattr(lab, "WORK", tmp_path / "work")
    for arguments, place in (((), "work"), (("--work", "mine"), "mine")):
        monkeypatch.setenv("WORKSHOP_RESULTS", "")
        assert run("04", *arguments) == 0
        kept = json.loads((tmp_path / place / "results" / "learner.json").read_text())
        assert len(kept["rows"]) == 4
    assert run("04", "--work", "elsewhere") == 2
    monkeypatch.setenv("WORKSHOP_RESULTS", "memory")
    assert run("04") == 1
    assert "keeps the record in the notebook alone" in capsys.readouterr().err


def test_a_record_that_can_not_be_written_is_said(folder, capsys):
    folder.write_text("a file where the folder should be")
    assert run("04") == 1
    assert "nothing was kept" in capsys.readouterr().err


def test_a_row_of_another_kind_of_value_is_no_key_error():
    row = Row("01", ["odd"], "t", "m", 0.5)
    assert table.compare(row, []).value is None
