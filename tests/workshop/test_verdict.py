import dataclasses

import pytest

from workshop.errors import WorkshopError
from workshop.score import verdict
from workshop.score.learner import record_prediction
from workshop.score.results import Claim, Results

CLAIM = Claim("mean Spearman", "correlation", 0.456, 0.4, 0.51, 738, 5, "Holds where low > 0.3 <always>.", "holds")


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("WORKSHOP_RESULTS", "memory")
    monkeypatch.setattr(verdict, "read_results", lambda stem: Results(stem, "small", (), {"C01": CLAIM}))
    bundles = []
    monkeypatch.setattr(verdict, "show_bundle", bundles.append)
    return bundles


def test_verdict_stands_beside_the_prediction_with_figure_and_rule(shown):
    record_prediction("C01", "does not hold")
    verdict.show_verdict("C01", "01_word_embeddings")
    text = shown[0]["text/plain"]
    assert "You predicted: does not hold. Verdict: holds." in text
    assert "mean Spearman: 0.46 [0.40, 0.51] (correlation, n = 738, seeds: 5)" in text
    assert "Holds where low > 0.3" in text


def test_the_page_is_escaped(shown):
    verdict.show_verdict("C01", "01_word_embeddings")
    assert "&lt;always&gt;" in shown[0]["text/html"]


def test_a_claim_that_was_not_measured_here_is_named(shown):
    with pytest.raises(WorkshopError, match="unknown claim of 01_word_embeddings 'C02'"):
        verdict.show_verdict("C02", "01_word_embeddings")


def test_of_several_figures_the_one_that_decides_is_called_so():
    several = dataclasses.replace(CLAIM, measure="kept: form 0.90; words 0.40", value=0.4, low=0.3, high=0.5)
    assert "words 0.40; the part that decides: 0.40 [0.30, 0.50] (" in verdict.write_figure(several)
    assert "decides" not in verdict.write_figure(CLAIM)


def test_one_lessons_part_of_a_claim_is_called_so(shown, monkeypatch):
    monkeypatch.setattr(verdict, "read_results", lambda stem: Results(stem, "small", (), claims={"C21/01": CLAIM}))
    record_prediction("C21", "holds")
    verdict.show_verdict("C21/01", "01_word_embeddings")
    assert "You predicted: holds. Lesson 01's part: holds." in shown[0]["text/plain"]


def test_what_had_been_seen_stands_beside_the_verdict(shown, monkeypatch):
    seen = dataclasses.replace(CLAIM, rule="Seen before: the same tests. Holds where low > 0.3.")
    monkeypatch.setattr(verdict, "read_results", lambda stem: Results(stem, "small", (), claims={"C01": seen}))
    verdict.show_verdict("C01", "01_word_embeddings")
    assert "<p>Some figures had been seen before the rule was fixed: the rule names them.</p>" in shown[0]["text/html"]
    assert "<details><summary>The rule</summary>Seen before: the same tests. Holds" in shown[0]["text/html"]
    assert verdict.tell_seen(CLAIM) == ""
