import dataclasses
from types import SimpleNamespace

import pytest

from backstage.lessons.source import checkout
from studies import budgets, pages
from studies.keep import read_measured
from workshop.errors import WorkshopError
from workshop.score.results import Claim, Results

CLAIM = Claim("Spearman", "correlation", 0.5123, 0.4, 0.6, 238, 3, "holds where low > 0", "holds")


def fake_run(seconds=9.0, longest=2.0, peak=300.0):
    return lambda notebook, stem: SimpleNamespace(seconds=seconds, longest=longest, peak_megabytes=peak)


def test_readme_and_docs_show_what_was_measured():
    for path, text in pages.make_pages().items():
        assert (checkout() / path).read_text(encoding="utf-8") == text, f"{path} is stale: run make measure"


def test_notebooks_stay_within_their_budgets():
    assert budgets.find_overruns(read_measured(budgets.STEM)) == []


def test_every_lesson_has_its_three_costs_and_a_budget():
    results = read_measured(budgets.STEM)
    for lesson in budgets.LESSONS:
        assert len(results.select(lesson=lesson.stem[:2])) == 3
        assert lesson.seconds > 0


@pytest.mark.slow
def test_short_measure_runs_the_first_lesson_for_real():
    results = budgets.measure(short=True)
    assert {row.lesson for row in results.rows} == {"00"}
    assert all(row.value > 0 for row in results.rows)


@pytest.mark.parametrize(
    ("cost", "message"),
    [
        ({"seconds": 11.0}, "lesson 00: seconds 11, at most 10"),
        ({"longest": 46.0}, "lesson 00: longest cell, seconds 46, at most 45"),
        ({"peak": 1600.0}, "lesson 00: peak memory, megabytes 1600, at most 1500"),
    ],
)
def test_an_overrun_is_named(cost, message):
    assert budgets.find_overruns(budgets.measure(short=True, run=fake_run(**cost))) == [message]


def test_memory_that_cannot_be_read_is_left_out():
    results = budgets.measure(short=True, run=fake_run(peak=None))
    assert [row.metric for row in results.rows] == ["seconds", "longest cell, seconds"]
    assert "| 9 | 2 | – |" in pages.write_table(results)


def test_ledger_gives_figure_interval_rule_and_what_is_open():
    ledger = pages.write_ledger([Results("01_word_embeddings", "small", (), {"C01": CLAIM})])
    assert "| **holds** | 0.512 [0.4, 0.6] correlation, n = 238, seeds: 3 |" in ledger
    assert "Rule: holds where low > 0" in ledger
    assert "- C02: " in ledger
    assert "- C01: " not in ledger


def test_a_claims_line_says_what_had_been_seen_and_parts_stay_open():
    seen = dataclasses.replace(CLAIM, rule="Seen before: the same tests. Holds where low > 0.")
    results = Results("01_word_embeddings", "small", (), {"C21/01": seen})
    ledger = pages.write_ledger([results])
    assert "| *seen before* · C21/01: " in ledger
    assert ledger.count("(One part is measured: above.)") == 1
    assert "*seen before* · C" not in pages.write_ledger([dataclasses.replace(results, claims={"C01": CLAIM})])


def test_figure_without_interval():
    assert pages.write_figure(dataclasses.replace(CLAIM, low=None)) == "0.512 correlation, n = 238, seeds: 3"


def test_readme_without_markers_is_refused():
    with pytest.raises(WorkshopError, match="lost its markers"):
        pages.fill_readme("# A page without a table", None)
