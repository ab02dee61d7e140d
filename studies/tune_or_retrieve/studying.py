"""Train the adapter `reader` further: on facts of one half of the documents, on the first edition, or to write JSON."""

import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from studies.adapters.asking import load
from studies.adapters.wordings import Chat
from studies.retrieval_bot.answer_inputs import draw_source
from studies.retrieval_bot.answer_plan import Plan as AnswerPlan
from studies.tune_or_retrieve.asking import ask_task, wear
from studies.tune_or_retrieve.tasks import answer_json, ask_json, list_studied
from workshop.data import Question
from workshop.tune import fine_tune, lora, make_examples
from workshop.tune.shipped import read_chats, split_turns

RATE, BATCH = 2e-3, 4
READER = lora.ADAPTERS / "reader"


def study(what: str, seed: int, asked: Sequence[str], sizes: Sequence[Any]) -> dict[str, Any]:
    """Train the reader further and return what it cost, and its replies to each task.

    what: half a, half b, first edition, or answers as JSON. sizes: most, passes, practice and learnt of the Plan.
    """
    most, passes, practice, learnt = sizes
    chats = make_json_chats(learnt, seed) if what == "answers as JSON" else make_study_chats(
        list_facts(what)[:most], passes, practice, seed
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        found = train_further(chats, Path(folder), seed)
        with wear(Path(folder)):
            return {**found, "answers": {task: ask_task(task, most) for task in asked}}


def list_facts(what: str) -> list[Question]:
    """Return what is studied: three facts of each document of a half, or the first edition's sixty changed ones."""
    if what == "first edition":
        rows = draw_source(AnswerPlan(), "changed")
        return [Question(one.id, one.question, one.earlier_answer or "", one.document) for one in rows]
    return list_studied(what.rpartition(" ")[2])


def make_study_chats(facts: Sequence[Question], passes: int, practice: int, seed: int) -> list[Chat]:
    """Return each fact so many times, without passages, among chats of reading that `reader` was made from.

    None of these chats is about what is studied: they come from invented companies and documents of `train`.
    """
    rng = np.random.default_rng(seed)
    reading = draw_reading(practice, rng)
    chats = [_pair(one.question, one.answer) for one in facts for _ in range(passes)]
    mixed = [*chats, *reading]
    return [mixed[place] for place in rng.permutation(len(mixed))]


def make_json_chats(count: int, seed: int) -> list[Chat]:
    """Return chats of reading, one question each, whose answer is JSON."""
    reading = draw_reading(count, np.random.default_rng(seed))
    return [[{"role": "user", "content": ask_json(asked["content"])}, answer_json(said["content"])]
            for asked, said in reading]  # fmt: skip


def draw_reading(count: int, rng: np.random.Generator) -> list[Chat]:
    """Draw chats that `reader` was made from, one question each."""
    chats = split_turns(read_chats(READER))
    return [chats[place] for place in rng.permutation(len(chats))[:count]]


def _pair(asked: str, said: str) -> Chat:
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]


def train_further(chats: Sequence[Chat], folder: Path, seed: int) -> dict[str, Any]:
    """Train the reader's adapter once over all chats, save it, and return chats, tokens, seconds and loss."""
    import peft
    import torch

    tokenizer, model = load()
    examples = make_examples(tokenizer, chats)
    start = time.perf_counter()
    with lora.borrowed(model), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tuned = peft.PeftModel.from_pretrained(model, READER, is_trainable=True, local_files_only=True)
        for name, weights in tuned.named_parameters():
            if "lora_" in name:
                weights.data = weights.data.to(torch.bfloat16)
        training = fine_tune(tuned, examples, epochs=1, rate=RATE, batch=BATCH, seed=seed)
        tuned.save_pretrained(folder)
    tenth = max(1, len(training.losses) // 10)
    return {
        "chats": len(chats),
        "tokens": sum(len(one.ids) for one in examples),
        "seconds": time.perf_counter() - start,
        "loss": float(np.mean(training.losses[-tenth:])),
    }
