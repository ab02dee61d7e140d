"""Evaluation and card: right by hand, intervals that hold, a table from what was measured."""

import json
import shutil

import numpy as np
import pytest

from workshop.errors import WorkshopError
from workshop.pretrain.__main__ import main
from workshop.pretrain.card import table, write_card
from workshop.pretrain.evaluation import (
    RESULT,
    CaseSet,
    Row,
    bootstrap,
    evaluate,
    is_right,
    make_tests,
    parts_of,
    score,
    skerryline_cases,
    without_passages,
)
from workshop.pretrain.tasks import Chat, turn


def chat(answer, skill="read", passages=3, place=1, sort="time"):
    return Chat((turn("user", "Passages:\np\n\nQuestion: q?"), turn("assistant", answer)), skill, passages, place, sort)


@pytest.mark.parametrize(
    ("written", "truth", "exact", "right"),
    [
        ("The Tin Hut.", "tin hut", False, True),
        ("9:15", "9:20", False, False),
        ("", "tin hut", False, False),
        ("TIN HUT", "TIN HUT", True, True),
        ("tin hut", "TIN HUT", True, False),
        ('{"a":  "b"}', '{"a": "b"}', True, True),
        ('{"a": "b"', '{"a": "b"}', True, False),
        ('{"b": "b"}', '{"a": "b"}', True, False),
    ],
)
def test_right_answers_by_hand(written, truth, exact, right):
    assert is_right(written, truth, exact) is right


def test_intervals_resample_groups():
    right = [True] * 50 + [False] * 50
    wide = bootstrap(right, [str(place // 10) for place in range(100)])
    narrow = bootstrap(right, [str(place) for place in range(100)])
    assert wide[1] - wide[0] > narrow[1] - narrow[0]
    assert narrow[0] == pytest.approx(0.5 - 1.96 * 0.05, abs=0.02)


def test_none_right_does_not_mean_certainly_none():
    low, high = bootstrap([False] * 40, [str(place) for place in range(40)])
    assert low == 0
    assert (1 - high) ** 40 == pytest.approx(0.025)
    assert bootstrap([True] * 40, [str(place) for place in range(40)]) == (1 - high, 1.0)


def test_parts_by_hand():
    assert parts_of(chat("Tuesdays and Fridays")) == [
        "answer of 3 words",
        "passages: 3 or 4",
        "right passage: between",
        "sort: time",
    ]
    assert parts_of(chat("x", passages=1, place=0))[2] == "right passage: the only one"
    assert parts_of(chat("X", skill="follow: capitals")) == ["follow: capitals"]
    assert parts_of(chat("x", skill="abstain")) == []


def test_a_test_is_scored_whole_and_by_part():
    cases = [("a", chat("yes")), ("b", chat("no")), ("c", chat("two words"))]
    rows = {row.part: row for row in score(CaseSet("t", ">= 0.5", cases), ["Yes.", "yes", "two words"])}
    assert rows[""].value == pytest.approx(2 / 3)
    assert rows[""].met
    assert (rows["answer of 1 word"].value, rows["answer of 1 word"].n) == (0.5, 2)
    assert rows["answer of 2 words"].value == 1


def test_targets_point_both_ways():
    assert Row("t", "", 0.04, 0, 1, 5, "< 0.05").met is True
    assert Row("t", "", 0.05, 0, 1, 5, "< 0.05").met is False
    assert Row("t", "", 0.95, 0, 1, 5, ">= 0.95").met is True
    assert Row("t", "", 0.5, 0, 1, 5).met is None


def test_skerryline_passages_hold_the_answers():
    cases = skerryline_cases(400)
    assert len(cases) == 340
    held = [case.answer.casefold() in " ".join(case.messages[0]["content"].split()).casefold() for _, case in cases]
    assert np.mean(held) > 0.97


def test_without_passages_the_question_alone_is_left():
    (_, alone), *_ = without_passages([("a", chat("yes"))])
    assert alone.messages[0]["content"] == "q?"
    assert alone.answer == "yes"


@pytest.mark.slow
def test_sets_are_the_same_each_time_and_as_large_as_asked():
    one, two = make_tests(12), make_tests(12)
    assert [test.cases for test in one] == [test.cases for test in two]
    assert all(6 <= len(test.cases) <= 12 for test in one)
    assert {test.target for test in one} >= {">= 0.95", ">= 0.75", ">= 0.70", ">= 0.85", "< 0.05", ">= 0.90"}


def test_a_run_that_is_not_finished_is_named(tmp_path):
    with pytest.raises(WorkshopError, match="no finished model"):
        evaluate(tmp_path)
    with pytest.raises(WorkshopError, match="was not evaluated"):
        write_card(tmp_path)


@pytest.mark.slow
def test_a_run_is_evaluated_and_described(finished, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(finished, folder)
    said = []
    result = evaluate(folder, cases=4, tell=said.append)
    again = evaluate(folder, cases=4, tell=lambda line: None)
    assert [row["value"] for row in result["rows"]] == [row["value"] for row in again["rows"]]
    assert json.loads((folder / RESULT).read_text())["sha256"] == result["sha256"]
    assert len(said) == 9
    assert "| unseen phrasings | 75% |" in table(result)
    (tmp_path / "tried.jsonl").write_text(json.dumps({"what": "half the width", "gave": "worse"}) + "\n")
    text = write_card(folder).read_text()
    assert result["sha256"] in text
    assert "| half the width | worse |" in text
    assert f"{result['parameters']:,} parameters" in text


@pytest.mark.slow
def test_a_card_is_not_written_for_other_weights(finished, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(finished, folder)
    evaluate(folder, cases=4, tell=lambda line: None)
    weights = folder / "model" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with pytest.raises(WorkshopError, match="other weights"):
        write_card(folder)


@pytest.mark.parametrize("command", ["evaluate", "card"])
def test_the_command_line_says_what_is_missing_in_one_line(command, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["pretrain", command, "--out", str(tmp_path)])
    with pytest.raises(SystemExit) as stopped:
        main()
    message = str(stopped.value)
    assert message.startswith(f"pretrain: {tmp_path}")
    assert "python -m workshop.pretrain" in message
    assert "\n" not in message
