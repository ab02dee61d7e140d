"""Measurements go on where they were stopped, their results are fresh, and their shortest form runs."""

import math
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from studies import environment, keep, runner
from studies.__main__ import main
from studies.word_embeddings import intervals as word_statistics
from studies.word_embeddings import study as word_embeddings
from workshop.checks.registry import LESSONS
from workshop.errors import WorkshopError
from workshop.score import results
from workshop.score.claims import STATEMENTS
from workshop.score.results import Results
from workshop.vectors import agreement


def square(number, folder):
    """Return a square, and leave a mark for each time that it is worked out."""
    with (Path(folder) / f"{number}.txt").open("a") as file:
        file.write("x")
    return {"square": number**2}


def tell_process(number):
    """Return how many threads this process may use, and which process it is."""
    return {"threads": os.environ["OMP_NUM_THREADS"], "process": os.getpid()}


STUDIES = sorted(runner.known_stems())


@pytest.mark.parametrize("stem", STUDIES)
def test_results_are_fresh(stem):
    changed = runner.find_changes(stem)
    assert not changed, f"{', '.join(changed)} changed since {stem} was measured: make measure STEMS={stem}"


def test_every_result_has_its_study():
    assert set(keep.list_measured()) == set(STUDIES)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_every_lesson_with_claims_has_a_study_that_measured_them(lesson):
    claims = {name for name, one in STATEMENTS.items() if lesson.stem[:2] in one.lessons}
    measured = set(keep.read_measured(lesson.stem).claims) if lesson.stem in STUDIES else set()
    assert claims <= {name.partition("/")[0] for name in measured}, f"measure them: make measure STEMS={lesson.stem}"


def in_a_folder(tmp_path, monkeypatch):
    """Keep runs in a folder of the test's own, and return it for marks."""
    monkeypatch.setattr(runner, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(runner, "WORKERS", 1)
    marks = tmp_path / "marks"
    marks.mkdir()
    return marks


def test_finished_cells_are_not_run_again(tmp_path, monkeypatch):
    marks = in_a_folder(tmp_path, monkeypatch)
    cells, options = [(number, str(marks)) for number in (2, 3)], {"stem": "squares", "inputs": ["workshop/errors"]}
    assert runner.run_cells(square, cells[:1], **options)[cells[0]] == {"square": 4}
    found = runner.run_cells(square, cells, **options)
    assert [found[cell]["square"] for cell in cells] == [4, 9]
    assert {path.name: path.read_text() for path in marks.iterdir()} == {"2.txt": "x", "3.txt": "x"}
    kept = tmp_path / "runs" / "squares.jsonl"
    kept.write_text(kept.read_text().splitlines()[0] + '\n{"kind": "squ', encoding="utf-8")
    assert runner.run_cells(square, cells, **options) == found, "a line that a stop has cut is run again"
    assert sum(len(path.read_text()) for path in marks.iterdir()) == 3
    runner.run_cells(square, cells, stem="squares", inputs=["settings"])
    assert sum(len(path.read_text()) for path in marks.iterdir()) == 5
    assert len(kept.read_text().splitlines()) == 2, "runs of other code are not kept beside"


def test_a_change_that_changes_no_figure_is_accepted(tmp_path, monkeypatch):
    marks = in_a_folder(tmp_path, monkeypatch)
    cells = [(number, str(marks)) for number in (2, 3)]
    runner.run_cells(square, cells, stem="squares", inputs=["settings"])
    study = SimpleNamespace(STEM="squares", INPUTS=("workshop/errors",), KINDS={square: ("workshop/errors",)})
    monkeypatch.setattr(runner, "load_study", lambda stem: study)
    monkeypatch.setattr(keep, "FOR_MAINTAINERS", tmp_path)
    keep.write_results(Results("squares", "small", ()))
    assert runner.find_changes("squares") == ["workshop/errors"]
    assert "every kept digit is the same" in runner.accept("squares")[0]
    assert runner.find_changes("squares") == []
    before = len(list(marks.iterdir())), sum(len(path.read_text()) for path in marks.iterdir())
    runner.run_cells(square, cells, stem="squares", inputs=["workshop/errors"])
    assert before == (len(list(marks.iterdir())), sum(len(path.read_text()) for path in marks.iterdir()))


def test_a_change_of_a_figure_is_not_accepted(tmp_path, monkeypatch):
    marks = in_a_folder(tmp_path, monkeypatch)
    runner.run_cells(square, [(2, str(marks))], stem="squares", inputs=["settings"])
    path = tmp_path / "runs" / "squares.jsonl"
    path.write_text(path.read_text().replace('"square": 4', '"square": 5'), encoding="utf-8")
    study = SimpleNamespace(STEM="squares", INPUTS=(), KINDS={square: ()})
    monkeypatch.setattr(runner, "load_study", lambda stem: study)
    with pytest.raises(WorkshopError, match=r"gives another square than before.*make measure STEMS=squares"):
        runner.accept("squares")
    study.KINDS = {tell_process: ()}
    with pytest.raises(WorkshopError, match="no run of tell_process is kept"):
        runner.accept("squares")


def test_cells_whose_seconds_count_run_alone_with_all_threads(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "RUNS", tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    found = runner.run_cells(
        tell_process, [(number,) for number in range(4)], stem="told", inputs=[], threads=2
    ).values()
    assert {one["threads"] for one in found} == {"2"}
    assert len({one["process"] for one in found} - {os.getpid()}) == 1
    assert os.environ["OMP_NUM_THREADS"] == "1", "the caller's own setting is as before"


def test_short_runs_keep_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "RUNS", tmp_path / "runs")
    cell = (5, str(tmp_path))
    assert runner.run_cells(square, [cell], stem="squares", inputs=[], short=True) == {cell: {"square": 25}}
    assert not (tmp_path / "runs").exists()


def test_unknown_lesson_is_named():
    with pytest.raises(WorkshopError, match="unknown study '01_words'"):
        runner.load_study("01_words")
    told = CliRunner().invoke(main, ["01_words"])
    assert told.exit_code == 1
    assert "Did you mean '01_word_embeddings'?" in str(told.output) + str(told.exception)


def test_machine_says_nothing_about_whose_it_is():
    said = environment.describe_machine()
    assert set(said) <= {"system", "processor", "cores", "memory_gb"}
    assert environment.describe_versions(["numpy", "no-such-library"]).keys() == {"python", "numpy"}


@pytest.mark.parametrize(("right", "n"), [(0, 50), (7, 50), (50, 50)])
def test_interval_of_a_share_is_scipys(right, n):
    stats = pytest.importorskip("scipy.stats")
    wanted = stats.binomtest(right, n).proportion_ci(method="wilson")
    assert word_statistics.wilson_interval(right / n, n) == pytest.approx((wanted.low, wanted.high), abs=1e-6)


def test_agreement_over_seeds_is_the_mean():
    chance = np.random.default_rng(0)
    ratings, cosines = chance.normal(size=30), chance.normal(size=(3, 30))
    value, spread = word_statistics.agree_over_seeds(cosines, ratings, 40)
    assert value == pytest.approx(np.mean([agreement.spearman(one, ratings) for one in cosines]))
    assert spread.shape == (40,)


def test_scores_of_sizes_are_means_over_texts_and_yardsticks():
    chance = np.random.default_rng(0)
    pairs = [[[(f"a{n}", f"b{n}") for n in range(start, start + 25)] for start in (0, 5)] for _ in range(2)]
    people = [[chance.normal(size=25) for _ in range(2)] for _ in range(2)]
    # The first cell knows what people think, the second knows nothing.
    tables = [[np.array([one, chance.normal(size=25)]) for one in both] for both in people]
    scores, spread = word_statistics.score_sizes(tables, people, pairs, draws=30)
    both = [(table[1], rated) for text in (0, 1) for table, rated in zip(tables[text], people[text], strict=True)]
    wanted = np.mean([agreement.spearman(table, rated) for table, rated in both])
    assert scores == pytest.approx([1, wanted])
    assert spread.shape == (30, 2)
    assert spread[:, 0] == pytest.approx(np.ones(30))
    assert spread[:, 1].std() > 0.01


@pytest.mark.slow
def test_short_form_measures_everything():
    pytest.importorskip("gensim")
    found = word_embeddings.measure(short=True)
    assert set(found.claims) == {"C01", "C02", "C21"}
    assert {claim.verdict for claim in found.claims.values()} <= set(results.VERDICTS)
    assert all(math.isfinite(row.value) for row in found.rows)
    assert {row.metric for row in found.rows} >= {"spearman", "best_dimensions", "effect_size", "share_included"}
    assert found.bands.keys() == {
        f"01.{method}_{name}" for method in word_embeddings.METHODS for name in ("spearman", "simlex")
    }
    assert found.inputs.keys() == set(word_embeddings.INPUTS)
