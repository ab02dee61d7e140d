"""A run: falls, goes on after a kill with the same weights, tells another plan apart."""

import json
import subprocess
import sys
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch

from tests.pretrain.small_plan import PLAN
from workshop.errors import WorkshopError
from workshop.pretrain.loop import rate_at
from workshop.pretrain.packing import make_batch
from workshop.pretrain.run import CHECKPOINT, LOG, make_batches, run
from workshop.pretrain.sizes import SIZES, build_model, count_parameters, find_size

pytestmark = pytest.mark.slow
KILLED = """
import os, sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, {here!r})
from tests.pretrain.small_plan import PLAN
from workshop.pretrain.run import run
run(PLAN, Path({folder!r}), tell=lambda report, seconds: os._exit(9) if report.step == 4 else None)
"""


def same(one, two):
    first, second = (torch.load(folder / CHECKPOINT, weights_only=True)["model"] for folder in (one, two))
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_a_killed_run_ends_with_the_same_weights(finished, tmp_path, request):
    code = KILLED.format(here=str(request.path.parent), folder=str(tmp_path))
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 9
    assert not (tmp_path / "model").exists()
    # What a kill in the midst of writing leaves behind.
    (tmp_path / f"{CHECKPOINT}.part").write_bytes(b"half")
    run(PLAN, tmp_path)
    steps = [json.loads(line)["step"] for line in (tmp_path / LOG).read_text().splitlines()]
    assert steps == [1, 2, 3, 4, 5, 6]
    assert same(finished, tmp_path)


def test_another_plan_is_refused(finished):
    with pytest.raises(WorkshopError, match="another plan"):
        run(replace(PLAN, seed=1), finished)


def test_a_finished_run_stays_as_it_is(finished):
    before = (finished / "model" / "model.safetensors").read_bytes()
    run(PLAN, finished)
    assert (finished / "model" / "model.safetensors").read_bytes() == before


def test_the_log_tells_every_step(finished):
    lines = [json.loads(line) for line in (finished / LOG).read_text().splitlines()]
    assert [line["step"] for line in lines[:6]] == [1, 2, 3, 4, 5, 6]
    assert lines[5]["done"] == 1
    assert all(line["answers"] > 0 and line["tokens"] == 2 * PLAN.length for line in lines)


def test_the_loss_falls(tmp_path):
    run(replace(PLAN, steps=150, save_every=60.0), tmp_path)
    losses = [json.loads(line)["answers"] for line in (tmp_path / LOG).read_text().splitlines()]
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:10])


def test_a_run_by_the_clock_ends(tmp_path):
    run(replace(PLAN, steps=None, minutes=0.02), tmp_path)
    last = json.loads((tmp_path / LOG).read_text().splitlines()[-1])
    # The step that would have ended late is not taken, so the last one may end a little before the time.
    assert 0.8 < last["done"] == pytest.approx(last["seconds"] / 1.2, abs=0.02)


def test_workers_make_the_same_batches(encoder):
    batches = list(islice(make_batches(PLAN, 2, 3, encoder, workers=1), 3))
    assert [step for step, _ in batches] == [3, 4, 5]
    for step, batch in batches:
        expected = make_batch(PLAN.seed, step, 2, PLAN.length, encoder)
        assert all(np.array_equal(batch[name], expected[name]) for name in expected)


def test_the_rate_rises_stays_and_falls():
    assert rate_at(0, 0.0) == pytest.approx(1 / 300)
    assert rate_at(500, 0.3) == 1
    assert rate_at(500, 0.65) == pytest.approx(0.5)
    assert rate_at(500, 1.0) == 0


def test_sizes_are_what_the_table_says(tokenizer):
    parameters = count_parameters(build_model(SIZES["nano"], tokenizer))
    width, inner = 64, 176
    layer = 4 * width * width + 3 * width * inner + 2 * width
    assert parameters == len(tokenizer) * width + 3 * layer + width


def test_an_unknown_size_names_the_known_ones():
    with pytest.raises(WorkshopError, match=r"unknown size 'smal'\. Did you mean 'small'"):
        find_size("smal")
