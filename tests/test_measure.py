"""Measurements go on where they were stopped, their results are fresh, and their shortest form runs."""

import math
import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from workshop.errors import WorkshopError
from workshop.measure import environment, runner, word_embeddings, word_statistics
from workshop.measure.__main__ import main
from workshop.score import results
from workshop.vectors import agreement

COMMITTED = sorted(path.stem for path in results.FOLDER.glob("[0-9][0-9]_*.json"))


def square(number, folder):
    """Return a square, and leave a mark for each time that it is worked out."""
    with (Path(folder) / f"{number}.txt").open("a") as file:
        file.write("x")
    return {"square": number**2}


def tell_process(number):
    """Return how many threads this process may use, and which process it is."""
    return {"threads": os.environ["OMP_NUM_THREADS"], "process": os.getpid()}


@pytest.mark.parametrize("stem", COMMITTED)
def test_results_are_fresh(stem):
    changed = results.is_stale(stem)
    assert not changed, f"{', '.join(changed)} changed since {stem} was measured: make measure STEMS={stem}"


@pytest.mark.parametrize("stem", sorted(set(COMMITTED) & set(runner.known_stems())))
def test_results_name_all_inputs_of_their_module(stem):
    assert set(results.read_results(stem).inputs_sha256) == set(runner.load_module(stem).INPUTS)


def test_finished_cells_are_not_run_again(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(runner, "WORKERS", 1)
    marks = tmp_path / "marks"
    marks.mkdir()
    cells = [(number, str(marks)) for number in (2, 3)]
    inputs = ["workshop/errors.py"]
    assert runner.run_cells(square, cells[:1], inputs=inputs)[cells[0]] == {"square": 4}
    found = runner.run_cells(square, cells, inputs=inputs)
    assert [found[cell]["square"] for cell in cells] == [4, 9]
    assert {path.name: path.read_text() for path in marks.iterdir()} == {"2.txt": "x", "3.txt": "x"}
    next((tmp_path / "cache").rglob("*.json")).write_text("{half")
    assert runner.run_cells(square, cells, inputs=inputs) == found
    runner.run_cells(square, cells, inputs=["workshop/settings.py"])
    assert sum(len(path.read_text()) for path in marks.iterdir()) == 5


def test_cells_whose_seconds_count_run_alone_with_all_threads(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "CACHE", tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    found = runner.run_cells(tell_process, [(number,) for number in range(4)], inputs=[], threads=2).values()
    assert {one["threads"] for one in found} == {"2"}
    assert len({one["process"] for one in found} - {os.getpid()}) == 1


def test_short_runs_keep_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "CACHE", tmp_path / "cache")
    cell = (5, str(tmp_path))
    assert runner.run_cells(square, [cell], inputs=[], short=True) == {cell: {"square": 25}}
    assert not (tmp_path / "cache").exists()


def test_unknown_lesson_is_named():
    with pytest.raises(WorkshopError, match="unknown lesson to measure '01_words'"):
        runner.load_module("01_words")
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
    assert found.inputs_sha256.keys() == set(word_embeddings.INPUTS)
