import dataclasses
from types import SimpleNamespace

import pytest

from backstage.lessons.source import checkout
from studies import budgets, pages
from studies.keep import read_measured
from workshop.errors import WorkshopError
from workshop.score.results import Claim, Results, Row

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


def make_seconds(**seconds):
    """Return results with the seconds of lessons, named as L00, and a longest cell that never counts."""
    rows = [Row(name[1:], "solved notebook", "headless", "seconds", value) for name, value in seconds.items()]
    longest = [dataclasses.replace(row, metric="longest cell, seconds", value=1.0) for row in rows]
    return Results(budgets.STEM, "small", (*rows, *longest), machine={"cores": 2})


@pytest.fixture
def _roomy(monkeypatch):
    """Give each lesson a thousand seconds, so that only their sum can be too much; it may be 840."""
    monkeypatch.setattr(budgets, "find_lesson", lambda _: SimpleNamespace(seconds=1000))
    monkeypatch.setattr(budgets, "CORE_SECONDS", 840)


@pytest.mark.usefixtures("_roomy")
@pytest.mark.parametrize(
    ("seconds", "overruns"),
    [
        ({"L00": 40.0, "L05": 500.0, "L06": 300.5}, ["lessons 00 to 06 together: seconds 840.5, at most 840"]),
        ({"L00": 40.0, "L05": 500.0, "L06": 300.0}, []),
        ({"L00": 40.0, "L06": 500.0, "L07": 700.0}, []),
        ({"L00": 141.0, "L01": 700.0}, ["lessons 00 to 06 together: seconds 841, at most 840"]),
    ],
    ids=["above", "just within", "later lessons don't count", "06 not measured yet"],
)
def test_all_lessons_together_have_a_budget(seconds, overruns):
    assert budgets.find_overruns(make_seconds(**seconds)) == overruns


def test_fourteen_minutes_for_every_lesson_that_a_course_has():
    assert budgets.CORE_SECONDS == 14 * 60
    assert {lesson.stem[:2] for lesson in budgets.LESSONS} - set(budgets.CORE) <= {"07", "08"}


def test_pages_tell_the_sum_and_its_limit():
    told = "Lessons 00 to 05, one after another: 131 s. 00 to 06 may take 840 s."
    results = make_seconds(L05=80.6, L00=50.3, L07=9.0)
    assert pages.write_table(results).endswith(f"|\n\n{told}\n")
    assert pages.write_budgets(results).endswith(f"|\n\n{told}\n")
    assert pages.write_table(make_seconds(L07=9.0)).endswith("|\n")


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
