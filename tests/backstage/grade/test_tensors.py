"""An exercise of tensors: arrays are tensors for the function and arrays again for the check, here and in the jail."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from backstage.grade import engine, judge
from backstage.grade.caller import JailCaller, Questions
from backstage.grade.jail.bubblewrap import LIGHT, Jail
from backstage.grade.replay import Limits, Replay
from workshop import errors
from workshop.checks.lessons import find_lesson
from workshop.checks.local import local_caller
from workshop.checks.mistakes import Rule
from workshop.checks.protocol import NOT_PLAIN, equal
from workshop.checks.registry import Exercise
from workshop.checks.slips import ARRAY
from workshop.errors import WorkshopError

pytestmark = pytest.mark.slow

ANSWERS = {
    "right": "(x @ W).relu()",
    "with_gradient": "(x @ W.clone().requires_grad_()).relu()",
    "as_an_array": "np.maximum((x @ W).numpy(), 0)",
    "as_a_list": "(x @ W).relu().tolist()",
    "wrong": "x @ W",
    "wrong_kind": "(x @ W).relu().shape",
    "halves": "(x @ W).relu().half()",
    "bfloat16": "torch.tensor([1.5, -2.0]).bfloat16()",
    "sparse": "(x @ W).to_sparse()",
    "without_numbers": "torch.empty(2, device='meta')",
    "in_place": "x.relu_() @ W",
    "kinds": "[type(one).__name__ for one in (x, W)] + [str(x.dtype)]",
}
PASS = {"right", "with_gradient", "as_an_array", "as_a_list", "halves"}
SOURCE = "import numpy as np\nimport torch\n\n\ndef ramp(x, W):\n    return {}"


def reference(x, W):
    return torch.clamp(x @ W, min=0)


ROUGHLY = dataclasses.replace(ARRAY, rule=Rule(tolerance=1e-2))
EXERCISE = Exercise(
    *("9.9", "00_start_here", reference, "ramp", 1, 1, 1, ROUGHLY), tensors=True, function="ramp", seconds=20.0
)
EXERCISE.draws(lambda rng: (rng.normal(size=(3, 4)).astype(np.float32), np.eye(4, dtype=np.float32)[:, :2]), times=3)


@pytest.fixture(scope="module")
def jail():
    try:
        made = Jail((*LIGHT, "torch"))
    except WorkshopError as error:
        pytest.skip(str(error))
    yield made
    made.close()


@pytest.fixture(params=ANSWERS)
def callers(request, jail):
    """Give an answer's name, its caller in this process, and the one in the jail."""
    text, namespace = SOURCE.format(ANSWERS[request.param]), {}
    exec(text, namespace)
    here = local_caller(namespace["ramp"], EXERCISE.seconds, tensors=True)
    notebook = json.dumps({"cells": [{"cell_type": "code", "source": text}]}).encode()
    with Replay(jail.spawn, notebook, Limits()) as replay:
        replay.prepare()
        assert replay.look("ramp") == (1, True, "")
        yield request.param, here, JailCaller(replay, EXERCISE, judge.foresee(EXERCISE, judge.judge_visible))


def test_both_callers_give_the_same_verdict(callers):
    name, here, jailed = callers
    verdicts = [judge.judge_visible(judge.Verdict(EXERCISE), caller) for caller in (here, jailed)]
    assert verdicts[0] == verdicts[1]
    assert (not verdicts[0].reason) == (name in PASS), verdicts[0].message


def test_both_callers_give_the_same_reply(callers):
    name, here, jailed = callers
    x, W = np.array([[1, -2]], dtype=np.float32), np.array([[1, 0.5], [0, 1]], dtype=np.float32)
    replies = [caller(x, W) for caller in (here, jailed)]
    assert equal(replies[0].value, replies[1].value)
    facts = [(one.error_type, one.error_text, one.mutated) for one in replies]
    assert facts[0] == facts[1]
    wanted = {"halves": np.float16, "bfloat16": np.float32, "right": np.float32, "with_gradient": np.float32}
    if name in wanted:
        assert replies[0].value.dtype == wanted[name]
    if name in ("sparse", "without_numbers"):
        assert facts[0][0] == NOT_PLAIN
        assert "a tensor that can't become an array" in facts[0][1]
    assert facts[0][2] == (name == "in_place")
    if name == "kinds":
        assert replies[0].value == ["Tensor", "Tensor", "torch.float32"]


def test_arrays_in_lists_and_dicts_are_tensors_too():
    def look(values):
        return [type(values["a"][0]).__name__, type(values["b"]).__name__]

    given = {"a": [np.zeros(2)], "b": 1.5}
    assert local_caller(look, tensors=True)(given).value == ["Tensor", "float"]
    assert local_caller(look)(given).value == ["ndarray", "float"]


def test_message_shows_a_call_with_tensors():
    verdict = judge.judge_visible(judge.Verdict(EXERCISE), local_caller(lambda x, W: x @ W, tensors=True))
    assert "ramp(torch.tensor([[" in verdict.message
    assert "np.array" not in verdict.message


def test_questions_are_foreseen_through_the_reference():
    assert len(judge.foresee(EXERCISE, judge.judge_visible).each) == 3
    assert judge.foresee(EXERCISE, judge.judge_hidden, bytes(32)) != Questions()


def test_without_torch_it_is_said_at_once(monkeypatch, jail):
    closed = []
    monkeypatch.setattr(errors.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(engine, "list_exercises", lambda stem: [EXERCISE])
    monkeypatch.setattr(engine, "Jail", lambda *_: SimpleNamespace(close=lambda: closed.append(True)))
    with pytest.raises(WorkshopError, match=r"this step needs torch. Install it with"):
        local_caller(len, tensors=True)(np.zeros(2))
    with pytest.raises(WorkshopError, match=r"this step needs torch. Install it with"):
        engine.Engine("00", bytes(32), jobs=1)
    assert closed == [True]


@pytest.mark.parametrize("tensors", [False, True])
def test_torch_is_loaded_beforehand_for_tensors_alone(monkeypatch, tensors):
    exercises = [EXERCISE] if tensors else []
    monkeypatch.setattr(engine, "list_exercises", lambda stem: exercises)
    wanted = (*LIGHT, *(("torch",) if tensors else ()))
    assert engine.choose_libraries("00_start_here") == wanted


def test_what_a_lesson_declares_is_loaded_beforehand():
    declared = find_lesson("01_word_embeddings").libraries
    assert "gensim.models" in declared
    assert engine.choose_libraries("01_word_embeddings") == (*LIGHT, *declared)
