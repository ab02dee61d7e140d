"""The figures that lesson 01 states in its text are those that were measured."""

import pytest

from workshop.build.source import read_lesson
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
        method=f"skipgram dimensions={dimensions}", task=f"sweep share={share} epochs=10", metric="spearman", seed=None
    )
    return row.value


def agreement(results, method, task):
    (row,) = results.select(method=method, task=task, metric="spearman", seed=None)
    return row


def test_skipgram_on_simlex(results, text):
    assert f"On SimLex-999 skip-gram gets {agreement(results, 'skipgram', 'simlex999').value:.2f}, less" in text
    assert agreement(results, "skipgram", "simlex999").value < 0.3


def test_counting_and_skipgram_overlap_widely(results, text):
    assert "its interval and skip-gram's overlap widely" in text
    counted, learnt = (agreement(results, method, "wordsim353") for method in ("ppmi_svd", "skipgram"))
    assert min(counted.high, learnt.high) - max(counted.low, learnt.low) > 0.5 * (counted.high - counted.low)


def test_more_text_is_worth_more_than_more_size(results, text):
    assert "With a twentieth of the text, no size gets far above 0.1." in text
    assert max(sweep(results, size, 0.05) for size in (5, 10, 25, 50, 100, 200)) < 0.12
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
    assert effects["career"] <= effects["months"] < effects["work"]
    assert effects["work"] == pytest.approx(effects["flowers"], abs=0.15)
