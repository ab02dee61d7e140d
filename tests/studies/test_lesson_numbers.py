"""The figures that lesson 01 states in its text are those that were measured."""

import pytest

from backstage.lessons.source import read_lesson
from workshop.score.results import read_results

STEM = "01_word_embeddings"


@pytest.fixture(scope="module")
def results():
    return read_results(STEM)


@pytest.fixture(scope="module")
def text():
    return "\n".join(cell.text for cell in read_lesson(STEM) if cell.kind == "markdown")


def sweep(results, dimensions, share):
    (row,) = results.select(
        task="sweep", metric="spearman", settings={"dimensions": dimensions, "share": share, "epochs": 10}
    )
    return row.value


def agreement(results, method, task):
    (row,) = results.select(method=method, task=task, metric="spearman", seed=None)
    return row


def test_skipgram_on_simlex(results, text):
    row = agreement(results, "skipgram", "simlex999")
    assert f"skipgram gets {row.value:.2f} [{row.low:.2f}, {row.high:.2f}]" in text.replace("skip-gram", "skipgram")
    assert row.low < 0.3


@pytest.mark.parametrize("task", ["wordsim353", "simlex999"])
def test_skipgram_against_counting(results, text, task):
    (row,) = results.select(method="skipgram", task=task, metric="spearman_above_ppmi_svd")
    interval = f"{row.value:.2f} [{row.low:.2f}, {row.high:.2f}]".replace("-", "−")
    assert interval in text
    assert (row.low > 0) == (task == "simlex999")


def test_analogies(results, text):
    assert "three in four, against one in a hundred" in text
    assert "right every second time, with no arithmetic" in text

    def share(metric):
        rows = [row for row in results.rows if row.metric == f"share_{metric}"]
        return sum(row.value * row.n for row in rows) / sum(row.n for row in rows)

    assert share("excluded") == pytest.approx(0.75, abs=0.02)
    assert share("included") == pytest.approx(0.01, abs=0.007)
    assert share("third_alone") == pytest.approx(0.5, abs=0.03)


def test_own_vectors_lean_by_career(results, text):
    assert "here *career* leans towards *he*" in text
    rows = results.select(method="skipgram", task="association career", metric="effect_size")
    assert len(rows) >= 5
    assert min(row.value for row in rows) > 1


def test_more_text_is_worth_more_than_more_size(results, text):
    assert "With a twentieth of the text, no size gets above 0.1." in text
    assert max(sweep(results, size, 0.05) for size in (5, 10, 25, 50, 100, 200)) <= 0.1
    assert "ten numbers a word already get three quarters of what a hundred get" in text
    assert sweep(results, 10, 1) / sweep(results, 100, 1) == pytest.approx(0.75, abs=0.05)
    more_text = sweep(results, 100, 1) - sweep(results, 100, 0.05)
    assert more_text > 2 * (sweep(results, 100, 1) - sweep(results, 10, 1))


def test_career_is_no_larger_than_the_control_and_work_is(results, text):
    assert "*Career* is no larger; *work* is another matter." in text
    effects = {
        name: results.select(task=f"association {name}", method="minilm_tokens", metric="effect_size")[0].value
        for name in ("career", "months", "work", "flowers")
    }
    assert f"the effect is {effects['months']:.2f}" in text
    assert effects["career"] <= effects["months"] < effects["work"]
    assert effects["work"] == pytest.approx(effects["flowers"], abs=0.15)
