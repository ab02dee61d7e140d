"""Results are kept as stable JSON, and tell when they are stale."""

import dataclasses
import json
import re

import pytest

from studies.keep import write_results
from workshop.errors import WorkshopError
from workshop.score import results
from workshop.score.results import Claim, Results, Row, read_results

STEM = "01_word_embeddings"
CLAIM = Claim("Spearman", "", 0.5, 0.4, 0.6, 238, 3, "low above 0", "holds")


def make(**changes):
    rows = (
        Row("01", "skipgram", "wordsim353", "spearman", 0.123456789, 0.1, 0.2, n=238, seed=1),
        Row("01", "cbow", "wordsim353", "spearman", 0.3, seed=0),
    )
    return dataclasses.replace(
        Results(STEM, "small", rows, {"C01": CLAIM}, {"01.skipgram_spearman": {"low": 0.4, "high": 0.6}}), **changes
    )


def test_what_is_written_is_read(tmp_path):
    write_results(make(), tmp_path)
    kept = read_results(STEM, tmp_path)
    assert kept.claims == {"C01": CLAIM}
    assert kept.bands == {"01.skipgram_spearman": {"low": 0.4, "high": 0.6}}
    assert [row.method for row in kept.rows] == ["cbow", "skipgram"]
    assert kept.select(method="skipgram")[0].value == pytest.approx(0.123457, abs=1e-9)


def test_the_same_figures_give_the_same_bytes(tmp_path):
    first = write_results(make(), tmp_path).read_bytes()
    second = write_results(make(rows=make().rows[::-1]), tmp_path).read_bytes()
    assert first == second
    assert write_results(read_results(STEM, tmp_path), tmp_path).read_bytes() == first


def test_rows_have_the_fifteen_fields_of_the_format():
    assert [field.name for field in dataclasses.fields(Row)] == [
        *("lesson", "method", "task", "metric", "value", "low", "high", "n", "seconds"),
        *("trained_parameters", "megabytes", "prompt_tokens", "seed", "source", "settings"),
    ]


def test_select_refuses_a_field_that_is_none():
    with pytest.raises(WorkshopError, match="Did you mean 'method'"):
        make().select(metod="cbow")


def test_verdict_is_one_of_five():
    with pytest.raises(WorkshopError, match="unknown verdict 'maybe'"):
        dataclasses.replace(CLAIM, verdict="maybe")
    assert {dataclasses.replace(CLAIM, verdict=one).verdict for one in results.VERDICTS} == set(results.VERDICTS)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_figure_that_is_no_number(tmp_path, value):
    with pytest.raises(WorkshopError, match="not a finite number"):
        write_results(make(rows=(Row("01", "a", "b", "c", value),)), tmp_path)
    assert not list(tmp_path.iterdir())


def test_nothing_measured_yet_says_how(tmp_path):
    with pytest.raises(WorkshopError, match=f"python -m studies {STEM}"):
        read_results(STEM, tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [('"schema": 2', '"schema": 3'), ('"rows"', '"row"'), ('"method"', '"metod"'), ("{", "["), ('"holds"', '"true"')],
)
def test_damaged_results_are_named(tmp_path, old, new):
    path = write_results(make(), tmp_path)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(WorkshopError, match=re.escape(path.name)):
        read_results(STEM, tmp_path)


def test_a_list_is_no_results(tmp_path):
    results.find_results(STEM, tmp_path).write_text(json.dumps([1]))
    with pytest.raises(WorkshopError, match="Measure it again"):
        read_results(STEM, tmp_path)
