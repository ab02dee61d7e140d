"""What the tiny model is to learn is new to it, is judged as it says, and is summed up rightly."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("peft")

from tiny_models import make_llama

from workshop.data import load_faq, load_voice
from workshop.measure import learning, learning_card, learning_rows, learning_runs, learning_tasks, runner
from workshop.measure.learning_rows import FULL, LORA, NAMES, READING
from workshop.measure.learning_runs import Amount
from workshop.models import language
from workshop.pretrain.forms import JSON_KEYS
from workshop.pretrain.kinds import load_kinds
from workshop.pretrain.tasks import ABSTAIN
from workshop.score.results import Results, Row, find_results, input_hash, is_stale, write_results

AMOUNT = Amount(steps=16, batch=2, examples=3, tests=2, reading=2, checks=2, seed=0, threads=1)


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    monkeypatch.setattr(language, "TINY_FOLDER", make_llama(tmp_path / "llama", context=4096))


def test_the_keys_are_new_to_the_model():
    known = {*JSON_KEYS, *(kind.label.replace(" ", "_") for kind in load_kinds())}
    assert not known & set(learning_tasks.KEYS)


def test_json_answers_by_hand():
    assert learning_tasks.answer_in_json("9:15") == '{"says": "9:15", "source": "passages", "sure": true}'
    assert learning_tasks.answer_in_json(None) == '{"says": null, "source": null, "sure": false}'


@pytest.mark.parametrize(
    ("written", "valid"),
    [
        ('{"sure": 1, "says": [], "source": ""}', True),
        ('{"says": "x", "source": "passages"}', False),
        ('{"says": "x", "source": "passages", "sure": true, "more": 1}', False),
        ('{"says": "x", "source": "passages", "sure": true', False),
        ('["says", "source", "sure"]', False),
        ("", False),
    ],
)
def test_valid_json_has_exactly_the_keys(written, valid):
    assert learning_tasks.is_valid(written) is valid


def test_json_cases_hold_their_answer_and_name_no_form():
    cases = learning_tasks.make_json_cases(60, "test")
    assert cases == learning_tasks.make_json_cases(60, "test")
    missing = 0
    for case in cases:
        (message,) = case.prompt
        said = json.loads(case.answer)
        assert "JSON" not in message["content"]
        assert ABSTAIN not in case.answer
        missing += said["says"] is None
        assert said["says"] is None or said["says"].casefold() in message["content"].casefold()
    assert 3 <= missing <= 24
    told = learning_tasks.with_instruction(cases)
    assert all(one.prompt[0]["content"].endswith(learning_tasks.ASKED) for one in told)
    assert [one.answer for one in told] == [one.answer for one in cases]


def test_what_is_learnt_is_not_what_is_asked():
    parts = {part: learning_tasks.make_json_cases(80, part) for part in ("train", "validation", "test")}
    prompts = {part: {case.prompt[0]["content"] for case in cases} for part, cases in parts.items()}
    names = {part: {case.group for case in cases} for part, cases in parts.items()}
    assert not names["train"] & (names["validation"] | names["test"])
    assert not prompts["validation"] & prompts["test"]
    assert parts["train"] != learning_tasks.make_json_cases(80, "train", 1)
    assert learning_tasks.make_json_cases(8, "train") == parts["train"][:8]


def test_voice_is_split_by_pair():
    parts = {part: {pair.id for pair in pairs} for part, pairs in learning_tasks.split_voice().items()}
    assert [len(parts[part]) for part in ("train", "validation", "test")] == [90, 20, 40]
    assert set.union(*parts.values()) == {pair.id for pair in load_voice()}
    (case, *_) = learning_tasks.make_voice_cases(1, "test")
    pair = next(one for one in load_voice() if one.id == case.group)
    assert pair.plain in case.prompt[0]["content"]
    assert case.answer == pair.voiced


def test_the_judge_sees_none_of_the_marks():
    for pair in load_voice():
        assert learning_tasks.keeps_marks(pair.voiced)
        assert not learning_tasks.keeps_marks(pair.plain)
        stripped = learning_tasks.strip_marks(pair.voiced)
        assert not re.search(r"Ahoy|Next:|Fair water", stripped), pair.id
        assert len(stripped.split()) > 15
        assert learning_tasks.strip_marks(pair.plain) == pair.plain


def test_the_judge_tells_answers_that_it_never_saw():
    groups, right = learning_tasks.check_judge()
    assert len(groups) == len(right) == 120
    assert np.mean(right[:60]) > 0.8
    assert np.mean(right[60:]) > 0.8


def test_a_few_words_and_marks_alone_are_no_voice():
    voiced = learning_tasks.split_voice()["test"][0].voiced
    few = " ".join(learning_tasks.strip_marks(voiced).split()[:10])
    marks = f"Ahoy, {few} Next: {few[:20]}\nFair water, Skerryline"
    assert learning_tasks.judge_voice([voiced, "", few, marks]) == [True, False, False, False]
    assert learning_tasks.keeps_marks(marks)


def test_facts_are_asked_as_trained_in_other_words_and_beside_ones_never_taught():
    asked = learning_tasks.make_fact_cases(60, "test")
    assert {name: len(cases) for name, cases in asked.items()} == {
        "as trained": 60,
        "in other words": 120,
        "never taught": 60,
    }
    taught = {case.prompt[0]["content"] for case in asked["as trained"]}
    assert taught <= {one.question for one in load_faq(split="train")}
    assert not taught & {case.prompt[0]["content"] for name in asked if name != "as trained" for case in asked[name]}
    assert not {case.group for case in asked["as trained"]} & {case.group for case in asked["never taught"]}
    invented = learning_tasks.make_fact_cases(10, "validation")
    assert [case.answer for case in invented["as trained"]] == [case.answer for case in invented["in other words"]]
    assert invented == {name: cases[:10] for name, cases in learning_tasks.make_fact_cases(20, "validation").items()}


@pytest.mark.slow
def test_an_adapter_is_measured_and_weighed(tiny):
    found = learning_runs.run_lora("json", 1e-3, AMOUNT)
    assert [len(found["scores"][name]) for name in ("right", "valid JSON")] == [2, 2]
    assert len(found[READING]) == 2
    assert found["seconds"] > 0
    # In float32, and a little more for the names.
    assert 4 * found["parameters"] / 1e6 < found["megabytes"] < 5 * found["parameters"] / 1e6
    assert json.loads(json.dumps(found)) == found


@pytest.mark.slow
@pytest.mark.parametrize(("goal", "reached", "steps"), [(0.0, True, 3), (1.1, False, 16)])
def test_full_tuning_stops_at_the_first_checkpoint_that_reaches_the_goal(tiny, goal, reached, steps):
    found = learning_runs.run_full("json", 1e-4, goal, AMOUNT)
    assert (found["reached"], found["steps"]) == (reached, steps)
    assert found["megabytes"] == pytest.approx(found["parameters"] * 4 / 1e6)


def test_rates_are_chosen_by_score_and_the_lowest_of_equals(monkeypatch):
    scores = {("json", "lora", 0.1): 0.5, ("json", "lora", 0.2): 0.5, ("voice", "full", 0.2): 0.7}

    def run(function, cells, **options):
        assert function is learning_runs.run_choice
        assert options["threads"] == 1
        return {cell: {"score": scores.get(cell[:3], 0.1)} for cell in cells}

    monkeypatch.setattr(learning, "run_cells", run)
    chosen = learning.choose_rates(learning.Plan(rates=(("lora", (0.2, 0.1)), ("full", (0.1, 0.2)))))
    assert chosen == {
        ("json", "lora"): 0.1,
        ("voice", "lora"): 0.1,
        ("facts", "lora"): 0.1,
        ("json", "full"): 0.1,
        ("voice", "full"): 0.2,
    }


def test_means_are_over_seeds_and_intervals_draw_groups_and_seeds():
    rng = np.random.default_rng(0)
    runs = rng.integers(0, 2, (3, 60)).astype(float)
    apart = learning_rows.summarise(runs, [str(place) for place in range(60)])
    together = learning_rows.summarise(runs[:, np.arange(60) // 6 * 6], [str(place // 6) for place in range(60)])
    assert apart["value"] == pytest.approx(runs.mean())
    assert apart["n"] == 180
    assert apart["low"] < apart["value"] < apart["high"]
    assert together["high"] - together["low"] > apart["high"] - apart["low"]
    unlike = learning_rows.summarise([[1.0] * 59 + [0], [0.0] * 60, [1.0] * 60], [str(one) for one in range(60)])
    assert unlike["low"] < 0.1
    assert unlike["high"] > 0.9


def test_none_right_does_not_mean_certainly_none():
    groups = [str(place) for place in range(40)]
    none = learning_rows.summarise(np.zeros((3, 40)), groups)
    assert none["low"] == 0
    assert (1 - none["high"]) ** 40 == pytest.approx(0.025)
    difference = learning_rows.summarise(np.zeros((3, 40)), groups, signed=True)
    assert difference["low"] == -difference["high"] < 0
    assert learning_rows.summarise(np.ones((3, 40)), groups)["high"] == 1


def _runs():
    """Return two seeds' runs of each way on JSON, with two cases, and what was before."""
    before = {"json": {"right": [0, 0], "valid JSON": [0, 0]}, READING: [1, 1, 1, 0]}
    lora = [
        {"scores": {"right": [1, 1], "valid JSON": [1, 1]}, READING: [1, 1, 1, 0], "seconds": 10.0}
        | {"parameters": 5, "megabytes": 0.1}
        for _ in range(2)
    ]
    full = [
        {"scores": {"right": [1, seed], "valid JSON": [1, 1]}, READING: [1, 0, 0, 0], "seconds": 20.0}
        | {"parameters": 50, "megabytes": 1.0, "reached": bool(seed), "steps": 8}
        for seed in range(2)
    ]
    asked = {"json": {name: ["a", "b"] for name in ("right", "valid JSON")}, READING: {READING: ["a", "b", "c", "d"]}}
    return before, lora, full, asked


def test_rows_say_what_was_learnt_what_it_cost_and_what_was_lost():
    before, lora, full, asked = _runs()
    rows = [
        *learning_rows.score_tuned(LORA, "json", lora, before, asked),
        *learning_rows.score_tuned(FULL, "json", full, before, asked),
        *learning_rows.compare_reading("json", lora, full, asked),
    ]
    found = {(row.method, row.task, row.metric): row for row in rows}
    place = f"{READING} after {NAMES['json']}"
    assert found[LORA, NAMES["json"], "right"].value == 1
    assert found[LORA, NAMES["json"], "right"].seconds == 10
    assert found[FULL, NAMES["json"], "right"].value == 0.75
    assert found[FULL, NAMES["json"], "right"].trained_parameters == 50
    assert found[LORA, place, "lost"].value == 0
    assert found[FULL, place, "lost"].value == 0.5
    assert found[f"{LORA} minus {FULL}", place, READING].value == 0.5
    assert found[FULL, NAMES["json"], learning_rows.REACHED].value == 1
    assert found[FULL, NAMES["json"], learning_rows.REACHED].n == 2


def test_the_curve_keeps_numbers_and_seeds_apart():
    _, _, _, asked = _runs()
    runs = [{"scores": {"right": [size == 16, seed], "valid JSON": [1, 1]}} for size in (8, 16) for seed in (0, 1)]
    rows = {row.task: row.value for row in learning_rows.score_curve((8, 16), runs, asked) if row.metric == "right"}
    assert rows == {"JSON answers from 8 examples": 0.25, "JSON answers from 16 examples": 0.75}


def _results(weights=None):
    before, lora, full, asked = _runs()
    rows = [
        Row("04", learning_rows.BASE, NAMES["json"], "right", 0.0, 0.0, 0.1),
        Row("04", learning_rows.BASE, READING, READING, 0.75, 0.7, 0.8),
        Row("04", "judge", NAMES["voice"], learning_rows.ACCURACY, 0.97, 0.93, 0.99),
        *learning_rows.score_tuned(LORA, "json", lora, before, asked),
        *learning_rows.score_tuned(FULL, "json", full, before, asked),
        *learning_rows.compare_reading("json", lora, full, asked),
        Row("04", LORA, "JSON answers from 16 examples", "right", 0.5, 0.4, 0.6),
        Row("04", LORA, "JSON answers from 8 examples", "right", 0.25, 0.2, 0.3),
    ]
    hashes = input_hash([weights.name], weights.parent) if weights else {"none": ""}
    machine = {"threads": 2, "processor": "x"}
    return Results(
        learning.STEM,
        "tiny",
        tuple(rows),
        machine=machine,
        inputs_sha256={learning.WEIGHTS: next(iter(hashes.values()))},
    )


def test_the_cards_section_is_made_of_rows():
    section = learning_card.render_section(_results())
    assert f"| JSON answers: right | {LORA} | 0% | 100% [16%, 100%] | 75% → 75% | 10 |" in section
    assert f"| JSON answers: right | {FULL} | 0% | 75% [" in section
    assert "| 75% → 25% | 20 |" in section
    assert "in 1 of 2 seeds. Reading after LoRA minus reading after it: +50 points" in section
    assert "| examples | 8 | 16 |" in section
    assert "| right | 25% [20%, 30%] | 50% [40%, 60%] |" in section
    assert "right about 97% [93%, 99%]" in section
    assert "mean of 2 seeds;" in section
    assert "The adapter: 5 weights, 0.1 MB on disk." in section


def test_the_card_says_nothing_of_other_weights(tmp_path):
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"one")
    assert learning_card.find_section(weights, tmp_path) == ""
    write_results(_results(weights), tmp_path)
    assert LORA in learning_card.find_section(weights, tmp_path)
    weights.write_bytes(b"two")
    assert learning_card.find_section(weights, tmp_path) == ""


def test_the_measurement_is_found_by_its_stem_and_names_what_it_is_made_of():
    assert runner.known_stems()[learning.STEM] == "workshop.measure.learning"
    root = Path(learning.__file__).resolve().parents[2]
    tiny = {name for name in learning.INPUTS if name.startswith(learning.TINY)}
    assert learning.WEIGHTS in tiny
    assert [name for name in learning.INPUTS if name not in tiny and not (root / name).exists()] == []
    assert {"workshop/tune", "workshop/measure/learning_runs.py", "workshop/pretrain/tasks.py"} <= set(learning.INPUTS)
    assert "workshop/pretrain/card.py" not in learning.INPUTS


def test_what_was_measured_is_fresh():
    assert find_results(learning.STEM).is_file(), f"measure it: python -m workshop.measure {learning.STEM}"
    assert is_stale(learning.STEM) == []
