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


@pytest.mark.slow
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


@pytest.mark.slow
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


def test_of_every_name_among_the_fields_one_cell_is_run_again():
    lines = [{"cell": cell, "wall_seconds": seconds} for cell, seconds in ((["a", 1], 3), (["a", 2], 1), (["b", 1], 2))]
    assert [line["cell"] for line in runner._find_shortest(lines)] == [["a", 2], ["b", 1]]


@pytest.mark.slow
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


@pytest.mark.slow
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


# Every word of ten with every other: samples of words keep many pairs.
DENSE = [(f"w{first}", f"w{second}") for first in range(10) for second in range(first)]


def test_agreement_over_seeds_is_the_mean():
    chance = np.random.default_rng(0)
    ratings, cosines = chance.normal(size=45), {"a": chance.normal(size=(3, 45)), "b": chance.normal(size=(2, 45))}
    samples = word_statistics.draw_pairs(DENSE, 40)
    values, spread = word_statistics.agree_over_seeds(cosines, ratings, samples, seeds=False)
    assert values["a"] == pytest.approx(np.mean([agreement.spearman(one, ratings) for one in cosines["a"]]))
    assert {method: one.shape for method, one in spread.items()} == {"a": (40,), "b": (40,)}


def test_the_same_draws_serve_every_method():
    ratings = np.random.default_rng(0).normal(size=45)
    same = np.random.default_rng(1).normal(size=(1, 45))
    for draw in (word_statistics.draw_pairs, word_statistics.draw_words):
        _, spread = word_statistics.agree_over_seeds({"a": same, "b": same}, ratings, draw(DENSE, 20), seeds=True)
        assert np.array_equal(spread["a"], spread["b"])
        assert spread["a"].std() > 0


def test_a_sample_of_words_takes_all_their_pairs_along():
    for copies in word_statistics.draw_words(DENSE, 20):
        alone = {word for (first, second), n in zip(DENSE, copies, strict=True) if n for word in (first, second)}
        both = [n for pair, n in zip(DENSE, copies, strict=True) if alone.issuperset(pair)]
        assert min(both) > 0
    assert all(copies.sum() == len(DENSE) for copies in word_statistics.draw_pairs(DENSE, 5))


def test_drawing_words_is_wider_where_pairs_share_words():
    chance = np.random.default_rng(0)
    of_word = dict(zip([f"w{number}" for number in range(10)], chance.normal(size=10), strict=True))
    ratings = chance.normal(size=45)
    # What a method gets wrong hangs on the word: pairs of one word err together.
    cosines = {"a": (ratings + [2 * of_word[first] + 2 * of_word[second] for first, second in DENSE])[None]}
    widths = [
        np.std(word_statistics.agree_over_seeds(cosines, ratings, draw(DENSE, 300), seeds=False)[1]["a"])
        for draw in (word_statistics.draw_pairs, word_statistics.draw_words)
    ]
    assert widths[1] > 1.3 * widths[0]


def test_one_more_seed_falls_into_its_band():
    chance = np.random.default_rng(0)
    inside = []
    for _ in range(400):
        seeds = chance.normal(0.5, 0.02, size=11)
        low, high = word_statistics.predict_next(seeds[:10], 0.0)
        inside.append(low <= seeds[10] <= high)
    assert np.mean(inside) > 0.96
    assert word_statistics.predict_next([0.5] * 10, 0.02) == pytest.approx((0.48, 0.52))


def test_scores_of_sizes_are_means_over_texts_and_yardsticks():
    chance = np.random.default_rng(0)
    pairs = [[DENSE, DENSE[5:]] for _ in range(2)]
    people = [[chance.normal(size=len(one)) for one in both] for both in pairs]
    # The first cell knows what people think, the second knows nothing.
    tables = [[np.array([one, chance.normal(size=len(one))]) for one in both] for both in people]
    scores, spread = word_statistics.score_sizes(tables, people, pairs, draws=30)
    both = [(table[1], rated) for text in (0, 1) for table, rated in zip(tables[text], people[text], strict=True)]
    wanted = np.mean([agreement.spearman(table, rated) for table, rated in both])
    assert scores.shape == (2, 2)
    assert scores.mean(axis=0) == pytest.approx([1, wanted])
    assert spread.shape == (30, 2)
    assert spread[:, 0] == pytest.approx(np.ones(30))
    assert spread[:, 1].std() > 0.01


@pytest.mark.slow
def test_short_form_measures_everything():
    pytest.importorskip("gensim")
    found = word_embeddings.measure(short=True)
    assert set(found.claims) == {"C01", "C02", "C21/01"}
    assert {claim.verdict for claim in found.claims.values()} <= set(results.VERDICTS)
    assert all(math.isfinite(row.value) for row in found.rows)
    assert {row.metric for row in found.rows} >= {"spearman", "extra_gain", "effect_size", "share_included"}
    assert found.bands.keys() == {
        f"01.{method}_{name}" for method in word_embeddings.METHODS for name in ("spearman", "simlex")
    }
    assert found.inputs.keys() == set(word_embeddings.INPUTS)
