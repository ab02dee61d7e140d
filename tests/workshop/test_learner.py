import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.errors import WorkshopError
from workshop.score import learner, store
from workshop.score.results import Row

pytestmark = pytest.mark.usefixtures("folder")

ROW = {"lesson": "01", "method": "skip-gram", "task": "WordSim", "metric": "Spearman", "value": 0.5}


def test_what_is_recorded_is_read_again(folder):
    learner.record_pass("1.2", 2)
    learner.record_prediction("C01", "holds")
    learner.record_row(ROW | {"seconds": 2.5})
    record = learner.read_record()
    assert record.passes == {"1.2": 2}
    assert record.predictions == {"C01": "holds"}
    assert record.rows == (Row(**ROW, seconds=2.5, source="yours"),)
    assert json.loads((folder / "learner.json").read_text())["schema"] == store.SCHEMA


def test_the_default_folder_lies_beside_the_notebook(tmp_path, monkeypatch):
    monkeypatch.delenv("WORKSHOP_RESULTS")
    monkeypatch.chdir(tmp_path)
    learner.record_pass("0.1", 2)
    assert (tmp_path / "results" / "learner.json").is_file()


def test_a_second_run_replaces_the_row_and_other_metrics_stay():
    learner.record_row(ROW)
    learner.record_row(ROW | {"metric": "pairs known", "value": 200})
    learner.record_row(Row(**ROW | {"value": 0.6}))
    assert {row.metric: row.value for row in learner.read_record().rows} == {"Spearman": 0.6, "pairs known": 200}


def test_numpy_numbers_are_kept_as_plain_ones(folder):
    np = pytest.importorskip("numpy")
    learner.record_row(ROW | {"value": np.float32(0.25), "n": np.int64(3)})
    (row,) = learner.read_record().rows
    assert (type(row.value), row.value, type(row.n), row.n) == (float, 0.25, int, 3)


@pytest.mark.parametrize(
    ("fields", "part"),
    [({"lesson": "01"}, "'method'"), (ROW | {"colour": 1}, "'colour'"), (ROW | {"value": object()}, "object")],
)
def test_a_row_that_can_not_be_kept_is_refused_in_words(fields, part, folder):
    with pytest.raises(WorkshopError, match=part):
        learner.record_row(fields)
    assert not folder.exists()


def test_missing_and_strange_fields_are_named_in_our_own_words():
    with pytest.raises(WorkshopError) as problem:
        learner.record_row({"lesson": "01", "method": "x", "task": "y", "colour": 1, "size": 2})
    start = "this row lacks 'metric', 'value'; a row has no field 'colour', 'size'. The fields of a row: lesson, "
    assert str(problem.value).startswith(start)


@pytest.mark.parametrize(
    "damage",
    [
        *["", "{", "[]", '{"schema": 99}', '{"schema": 1, "rows": [], "predictions": {}, "passes": {}}', "[" * 100_000],
        '{"schema": 1, "rows": {}, "predictions": {"C01": {"at": "now", "value": "holds"}}, "passes": {}}',
    ],
    ids=["empty", "cut", "list", "schema", "rows", "deep", "time"],
)
def test_a_damaged_file_is_set_aside_and_said(folder, damage, capsys):
    folder.mkdir()
    (folder / "learner.json").write_text(damage)
    assert learner.read_record() == learner.Record()
    learner.record_pass("1.1", 1)
    said = capsys.readouterr()
    assert said.out.count("\n") == 1
    assert "learner.damaged-1.json" in said.out
    assert said.err == ""
    assert (folder / "learner.damaged-1.json").read_text() == damage
    assert learner.read_record().passes == {"1.1": 1}


def test_a_second_damaged_file_does_not_replace_the_first(folder):
    folder.mkdir()
    for text in ("first", "second"):
        (folder / "learner.json").write_text(text)
        learner.read_record()
    assert sorted(path.read_text() for path in folder.glob("*damaged*")) == ["first", "second"]


def test_bytes_that_are_no_text_are_set_aside(folder):
    folder.mkdir()
    (folder / "learner.json").write_bytes(b"\xff\xfe\x00")
    assert learner.read_record() == learner.Record()
    assert (folder / "learner.damaged-1.json").read_bytes() == b"\xff\xfe\x00"


def test_where_nothing_can_be_written_all_stays_in_memory_with_one_line(folder, capsys):
    folder.write_text("a file where the folder should be")
    learner.record_pass("1.1", 1)
    learner.record_prediction("C01", "holds")
    said = capsys.readouterr()
    assert said.out.count("\n") == 1
    assert "stay in this notebook's memory" in said.out
    assert said.err == ""
    assert learner.read_record().passes == {"1.1": 1}
    folder.unlink()
    learner.record_pass("1.2", 2)
    store.memory.cache_clear()
    assert learner.read_record().passes == {"1.1": 1, "1.2": 2}


def test_memory_alone_is_silent_and_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WORKSHOP_RESULTS", "memory")
    monkeypatch.chdir(tmp_path)
    learner.record_pass("1.1", 1)
    assert learner.read_record().passes == {"1.1": 1}
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr() == ("", "")


def test_clear_forgets_everything(folder):
    learner.record_pass("1.1", 1)
    learner.clear()
    assert learner.read_record() == learner.Record()
    assert not (folder / "learner.json").exists()


def test_a_row_of_another_version_is_left_out_but_stays_in_the_file(folder):
    learner.record_row(ROW)
    path = folder / "learner.json"
    path.write_text(path.read_text().replace('"value": 0.5', '"value": 0.5, "novelty": 1'))
    learner.record_pass("1.1", 1)
    assert learner.read_record().rows == ()
    assert "novelty" in path.read_text()


def test_two_notebooks_at_once_lose_nothing(folder):
    code = (
        "import sys; from workshop.score.learner import record_pass\n"
        "for number in range(40): record_pass(f'{sys.argv[1]}.{number}', 1)"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, name], stderr=subprocess.PIPE) for name in "12"]
    assert [process.communicate(timeout=120)[1] for process in both] == [b"", b""]
    assert len(learner.read_record().passes) == 80
    assert [
        path.name for path in folder.iterdir() if path.name.startswith(".learner.json.") and "lock" not in path.name
    ] == []


def test_the_record_needs_no_heavy_library():
    code = "import sys, workshop.score.learner; print([m for m in ('torch', 'numpy', 'IPython') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"


ENTRIES = st.dictionaries(
    st.sampled_from("abc"), st.fixed_dictionaries({"at": st.integers(0, 3), "value": st.integers(0, 9)})
)
STORES = st.builds(lambda passes: store.empty() | {"passes": passes}, ENTRIES)


@given(STORES, STORES)
def test_merging_keeps_the_newer_of_two_and_loses_no_key(one, two):
    merged = store.merge(one, two)["passes"]
    assert merged.keys() == one["passes"].keys() | two["passes"].keys()
    for key, entry in merged.items():
        assert entry["at"] == max(side["passes"][key]["at"] for side in (one, two) if key in side["passes"])
    assert store.merge(one, one) == one


@given(STORES)
def test_a_store_survives_its_text(one):
    assert store.parse(store.dump(one)) == one
    assert store.parse(store.dump(one, compact=True)) == one
