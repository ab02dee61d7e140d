"""The measurement of learning runs in its smallest form, on a model of a few steps, and its card can be written."""

import math
import shutil

import pytest

pytest.importorskip("peft")

from workshop.measure import learning
from workshop.measure.learning_rows import BASE, FULL, LORA, NAMES, PRETRAINED, PRETRAINED_TUNED, PROMPT, READING, TUNED
from workshop.models import language
from workshop.pretrain.card import write_card
from workshop.pretrain.evaluation import evaluate
from workshop.score import results

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def measured(finished):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "TINY_FOLDER", finished / "model")
        patch.setattr(learning, "INPUTS", [name for name in learning.INPUTS if not name.startswith(learning.TINY)])
        return learning.measure(short=True)


def test_every_way_is_measured(measured):
    assert {row.method for row in measured.rows} >= {BASE, PROMPT, LORA, FULL, TUNED, PRETRAINED, PRETRAINED_TUNED}
    assert {row.task for row in measured.rows} >= {
        *NAMES.values(),
        READING,
        *(f"{READING} after {x}" for x in NAMES.values()),
    }
    for row in measured.rows:
        assert math.isfinite(row.value)
        assert row.low is None or row.low <= row.value <= row.high
    assert all(row.seconds > 0 for row in measured.select(method=LORA, task=NAMES["json"], metric="right"))


def test_the_card_tells_what_was_measured_with_its_weights(measured, finished, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    shutil.copytree(finished, folder)
    evaluate(folder, cases=4, tell=lambda line: None)
    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    assert "## What it learns" not in write_card(folder).read_text(encoding="utf-8")
    found = results.input_hash(["model.safetensors"], folder / "model")["model.safetensors"]
    results.write_results(results.Results(**{**vars(measured), "inputs_sha256": {learning.WEIGHTS: found}}))
    text = write_card(folder).read_text(encoding="utf-8")
    assert "## What it learns\n\nWritten by" in text
    assert f"| JSON answers: right | {LORA} |" in text
    assert text.index("### Where it fails") < text.index("## What it learns") < text.index("## How it was trained")
    assert "\n\n\n" not in text[text.index("## What it learns") : text.index("## How it was trained") + 20]
