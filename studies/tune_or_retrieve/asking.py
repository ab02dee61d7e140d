"""Ask the plain model, or one with an adapter, and keep every reply word for word."""

import contextlib
import time
from pathlib import Path
from typing import Any

import numpy as np

from studies.adapters.asking import load
from studies.tune_or_retrieve.tasks import make_task
from workshop.bot import answer, encode_chats
from workshop.tune import adapter

# How many tokens go through the model together, about.
TOGETHER = 6000


def ask_shipped(reader: str, task: str, most: int | None) -> dict[str, Any]:
    """Return the replies of the plain model or a shipped adapter to a task; most: how many at most."""
    with wear(reader):
        return ask_task(task, most)


def choose_prompt(reader: str, task: str, most: int | None) -> dict[str, Any]:
    """Return the replies that a prompt is chosen by; as ask_shipped."""
    return ask_shipped(reader, task, most)


def wear(reader: str | Path) -> Any:
    """Return what puts an adapter on for a while: a shipped one, or a folder; nothing for plain."""
    return contextlib.nullcontext() if reader == "plain" else adapter(load()[1], reader)


def ask_task(name: str, most: int | None) -> dict[str, Any]:
    """Return the model's replies to a task as it is now, the seconds, and the prompts' tokens, on average."""
    tokenizer, model = load()
    task = make_task(name).cut(most)
    lengths = [len(ids) for ids in encode_chats(tokenizer, task.chats)]
    batch = int(np.clip(TOGETHER // max(lengths), 1, 16))
    start = time.perf_counter()
    replies = answer(tokenizer, model, task.chats, max_new_tokens=task.tokens, batch=batch)
    seconds = time.perf_counter() - start
    return {"replies": replies, "seconds": seconds, "prompt_tokens": float(np.mean(lengths))}
