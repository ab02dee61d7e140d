"""Summaries: a page in one line, by its first sentence, by prompt, by LoRA, and by the same network from nothing."""

import re
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from studies.adapters.asking import load
from workshop.bot import answer
from workshop.data import Summary, load_task
from workshop.score import rouge_l
from workshop.tune import Recipe, adapter, make_examples, train_adapter

WORDS, WRITTEN = 200, 48
INSTRUCTION = "Write one line that tells what this text is about, with its most important fact.\n\n"
EXAMPLES = 2
Cell = dict[str, Any]
Chat = list[dict[str, str]]


@cache
def deal_pages(split: str) -> tuple[Summary, ...]:
    """Return the texts of train (ten pages and 24 notices), dev (six notices) or test (54 pages)."""
    return tuple(load_task("summaries", split))


def cut(text: str) -> str:
    """Return a text's first 200 words: what every arm reads."""
    found = list(re.finditer(r"\S+", text))
    return text[: found[WORDS - 1].end()] if len(found) > WORDS else text


def ask_for_line(text: str) -> dict[str, str]:
    """Return a user's turn that asks for a line."""
    return {"role": "user", "content": INSTRUCTION + cut(text)}


def make_line_chats(rows: Sequence[Summary]) -> list[Chat]:
    """Return chats to learn from: a text, and its line as the answer."""
    return [[ask_for_line(one.text), {"role": "assistant", "content": one.summary}] for one in rows]


def put_line_questions(rows: Sequence[Summary], examples: int) -> list[Chat]:
    """Return chats that ask for a line, behind so many solved notices of train."""
    notices = [one for one in deal_pages("train") if one.document is None][:examples]
    shown = [turn for chat in make_line_chats(notices) for turn in chat]
    return [[*shown, ask_for_line(one.text)] for one in rows]


def run_summaries(arm: str, epochs: int, seed: int, most: int | None) -> Cell:
    """Write a line for each test page.

    arm: lead (the first sentence), prompt/0 or prompt/2 (examples shown), tuned (LoRA), or nothing: the language
    model's shape from random weights, all of them trained on the same chats for as long.
    """
    kind, _, count = arm.partition("/")
    dev, test = (list(deal_pages(split))[:most] for split in ("dev", "test"))
    start = time.process_time()
    if kind == "lead":
        lines = [[_take_lead(one.text) for one in some] for some in (dev, test)]
        return {"seconds": time.process_time() - start, **judge_lines(dev, test, *lines)}
    tokenizer, model = load()
    if kind == "prompt":
        lines = [write_lines(tokenizer, model, some, int(count)) for some in (dev, test)]
        return {"seconds": time.process_time() - start, **judge_lines(dev, test, *lines)}
    chats = make_line_chats(deal_pages("train")[:most])
    if kind == "nothing":
        return train_nothing(tokenizer, model, chats, epochs, seed, dev, test)
    recipe = Recipe(epochs=epochs)
    with TemporaryDirectory() as folder:
        training = train_adapter(tokenizer, model, chats, recipe, Path(folder), seed=seed)
        spent = time.process_time() - start
        size = sum(path.stat().st_size for path in Path(folder).glob("*.safetensors")) // 2  # bfloat16
        with adapter(model, folder):
            lines = [write_lines(tokenizer, model, some, 0) for some in (dev, test)]
    tokens = epochs * sum(len(one.ids) for one in make_examples(tokenizer, chats))
    return {"seconds": spent, "loop_seconds": training.seconds, "parameters": size, "tokens": tokens,
            **judge_lines(dev, test, *lines)}  # fmt: skip


def train_nothing(
    tokenizer: Any, model: Any, chats: list[Chat], epochs: int, seed: int, dev: list[Summary], test: list[Summary]
) -> Cell:
    """Train the same network with random weights, all of them, for as many steps; let it write."""
    import torch
    from transformers import LlamaForCausalLM

    from workshop.tune import count_trained, fine_tune

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        fresh = LlamaForCausalLM(model.config).to(model.dtype)
    fresh.generation_config = model.generation_config
    start = time.process_time()
    training = fine_tune(fresh, make_examples(tokenizer, chats), epochs=epochs, rate=5e-4, batch=2, seed=seed)
    spent = time.process_time() - start
    lines = [write_lines(tokenizer, fresh, some, 0) for some in (dev, test)]
    return {"seconds": spent, "loop_seconds": training.seconds, "parameters": count_trained(fresh),
            **judge_lines(dev, test, *lines)}  # fmt: skip


def write_lines(tokenizer: Any, model: Any, rows: Sequence[Summary], examples: int) -> list[str]:
    """Return a model's line for each of N texts: the reply up to its first line break."""
    chats = put_line_questions(rows, examples)
    replies = answer(tokenizer, model, chats, max_new_tokens=WRITTEN, batch=8)
    return [one.strip().partition("\n")[0] for one in replies]


def _take_lead(text: str) -> str:
    """Return a text's first sentence, without heading."""
    plain = " ".join(line for line in cut(text).split("\n") if line.strip() and not line.startswith("#"))
    return re.split(r"(?<=[.!?])\s", plain, maxsplit=1)[0]


def judge_lines(dev: Sequence[Summary], test: Sequence[Summary], dev_lines: list[str], lines: list[str]) -> Cell:
    """Return the test's lines, and each line's ROUGE-L against the reference."""
    scores = [
        [rouge_l(line, one.summary) for line, one in zip(some, rows, strict=True)]
        for some, rows in ((dev_lines, dev), (lines, test))
    ]
    return {"validation": sum(scores[0]) / len(scores[0]), "rouge": scores[1], "lines": lines}
