"""The ledger: every claim has its measurement, and every verdict is what its rule makes of the kept runs."""

import dataclasses
import functools

import pytest

from studies import grouped, runner
from studies.keep import read_measured, round_numbers
from workshop.checks.registry import LESSONS
from workshop.score.claims import STATEMENTS
from workshop.score.results import FOLDER

STEMS = [path.stem for path in sorted(FOLDER.glob("[0-9][0-9]_*.json"))]
# Lessons that are there or measured: what those to come shall measure is not missing yet.
NUMBERS = {stem[:2] for stem in STEMS} | {lesson.stem[:2] for lesson in LESSONS}
PAIRS = [(one.id, number) for one in STATEMENTS.values() for number in one.lessons if number in NUMBERS]
# What makes rows and decides no claim, and takes long.
ROWS_ALONE = {
    "02_text_embeddings": {"studies.text_embeddings.study.tell_pilot": ([], {}, {})},
    "03_finetune_classifier": {"studies.finetune_classifier.study.measure_layers": []},
    "05_retrieval_bot": {
        "studies.retrieval_bot.answer_tables.tell_changed": [],
        "studies.retrieval_bot.answer_tables.tell_threshold": [],
    },
    "06_tune_or_retrieve": {
        "studies.tune_or_retrieve.grid.tell_grid": [],
        "studies.tune_or_retrieve.grid.tell_beside": [],
    },
}
WEAKEST_LAST = ["holds", "holds within limits", "can't tell", "does not hold"]


def read_claims():
    """Return every measured claim by the number of its lesson and by its name."""
    return {(stem[:2], name): claim for stem in STEMS for name, claim in read_measured(stem).claims.items()}


def test_all_claims_but_those_of_lessons_to_come_are_expected():
    expected = {claim_id for claim_id, _ in PAIRS}
    to_come = {one.id for one in STATEMENTS.values() if not set(one.lessons) & NUMBERS}
    assert expected | to_come == set(STATEMENTS)
    assert {number for claim_id in to_come for number in STATEMENTS[claim_id].lessons} <= {"06", "07"}
    assert "C22" in to_come or "07" in NUMBERS


@pytest.mark.parametrize(("claim_id", "number"), PAIRS)
def test_every_lesson_that_a_claim_names_has_measured_it(claim_id, number):
    """A lesson holds the claim or its own part of it; the last one holds the whole."""
    claims = read_claims()
    last = STATEMENTS[claim_id].lessons[-1]
    names = [claim_id] if number == last else [claim_id, f"{claim_id}/{number}"]
    assert any((number, name) in claims for name in names), f"measure {claim_id} in lesson {number}"


def test_no_measurement_is_of_a_claim_that_its_lesson_has_not():
    known = {(number, one.id) for one in STATEMENTS.values() for number in one.lessons}
    for number, name in read_claims():
        claim_id, _, part = name.partition("/")
        assert (number, claim_id) in known, f"lesson {number} measured {name}"
        assert part in ("", number)


def test_a_whole_has_the_weakest_verdict_of_its_parts():
    claims = read_claims()
    for claim_id, one in STATEMENTS.items():
        parts = [claims[number, name] for number, name in claims if name.startswith(f"{claim_id}/")]
        whole = claims.get((one.lessons[-1], claim_id))
        if whole is not None and len(parts) > 1:
            assert whole.verdict == max((part.verdict for part in parts), key=WEAKEST_LAST.index), claim_id


def fail(function, cells, *_):
    """Stand for the processes that run a study's cells: whatever is not kept is missing."""
    assert not cells, f"{len(cells)} runs of {function.__name__} are not kept, the first is {cells[0]}: make measure"
    return iter(())


def draw_once(draw):
    """Return a function that draws groups as before, the same ones only once."""
    drawn = functools.cache(draw)
    return lambda groups, draws, seed=0: drawn(tuple(groups), draws, seed)


@pytest.mark.slow
@pytest.mark.parametrize("stem", STEMS)
def test_figures_and_verdicts_follow_from_the_kept_runs(stem, monkeypatch):
    monkeypatch.setattr(runner, "_run_side_by_side", fail)
    monkeypatch.setattr(runner, "write_runs", lambda path, lines: None)
    monkeypatch.setattr(grouped, "draw_groups", draw_once(grouped.draw_groups))
    for name, nothing in ROWS_ALONE.get(stem, {}).items():
        monkeypatch.setattr(name, lambda *_, nothing=nothing: nothing)
    made = runner.load_study(stem).measure().claims
    kept = read_measured(stem).claims
    assert made.keys() == kept.keys()
    for name, claim in kept.items():
        again = round_numbers(dataclasses.asdict(made[name]))
        assert again == dataclasses.asdict(claim), f"{name} is no longer what its rule makes of the kept runs"


def test_a_run_that_is_missing_is_named_and_not_made(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "RUNS", tmp_path)
    monkeypatch.setattr(runner, "_run_side_by_side", fail)
    with pytest.raises(AssertionError, match=r"1 runs of never are not kept, the first is \(3,\)"):
        runner.run_cells(never, [(3,)], stem="none", inputs=["workshop/errors"])


def never(number):
    raise NotImplementedError(f"run {number}")
