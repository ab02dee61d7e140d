"""The figures that lesson 04 states in its text are those that were measured, and its sentences hold of them."""

import pytest

from backstage.lessons.source import read_lesson
from tests.studies.sentences import interval, number, one
from workshop.score.results import read_results

STEM = "04_prompt_or_lora"
CHANCE = (1 / 8 + 1 / 6) / 2


@pytest.fixture(scope="module")
def results():
    return read_results(STEM)


@pytest.fixture(scope="module")
def text():
    return "\n".join(cell.text for cell in read_lesson(STEM) if cell.kind == "markdown").replace("\n# ", "\n")


def prompts(results, split, metric="values right"):
    rows = results.select(method="prompt", task="tickets", metric=metric)
    return {(row.settings["examples"], row.settings["wording"]): row for row in rows if row.settings["split"] == split}


def test_replies_are_told_word_for_word(results, text):
    told = {row.settings["question"]: row for row in results.select(task="meeting")}
    assert len(told) == 6
    wrong = [row for row in told.values() if not row.value]
    assert len(wrong) == 5
    for said in ("A week has 52 weeks.", "17 + 25 = 32.", "The answer is 7."):
        assert said in text
        assert any(row.settings["reply"].startswith(said.split(". ")[0].rstrip(".")) for row in wrong), said
    for part in ("a rare and expensive item", "currently 2023-01-01"):
        assert f"*{part}*" in text
        assert any(part in row.settings["reply"] for row in wrong), part


def test_an_example_gives_the_form_and_no_wording_the_judgement(results, text):
    valid, right = prompts(results, "dev", "valid"), prompts(results, "dev")
    assert len(valid) == 12
    assert {row.n for row in valid.values()} == {32}
    assert {row.value for (examples, _), row in valid.items() if not examples} == {0}
    assert {row.value for (examples, _), row in valid.items() if examples} == {1}
    assert "Without an example none of 32 replies could be read, in any wording" in text
    for examples in (1, 3):
        values = [row.value for (count, _), row in right.items() if count == examples]
        assert max(values) - min(values) < 0.02
    assert right[3, 0].value <= right[1, 0].value
    best = prompts(results, "test")[1, 0]
    assert f"on the {best.n} other messages {interval(best)} of the values are right" in text
    assert best.low < CHANCE < best.high
    assert f"blind guessing gets ({number(CHANCE)})" in text


def test_pre_training_is_ahead_late(results, text):
    rows = {(row.method, row.settings["steps"]): row for row in results.select(metric="judgement by steps")}
    for method in ("LoRA", "random weights"):
        assert all(rows[method, steps].low < CHANCE < rows[method, steps].high for steps in (5, 14))
    ends = [number(rows[method, 46].value) for method in ("LoRA", "random weights")]
    assert (
        f"After 46, about three minutes of one core, pre-trained weights are ahead, {' against '.join(ends)}." in text
    )
    assert 120 < one(results, method="random weights", task="training", metric="seconds").value < 240
    whole = one(results, method="LoRA", metric="judgement", settings={"tickets": 512, "steps": 128})
    assert f"with LoRA, 128 steps on 512 tickets bring it to {number(whole.value)}." in text
