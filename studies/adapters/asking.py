"""Ask the plain model, or one with an adapter, and keep every reply word for word."""

import time
from functools import cache
from typing import Any

from studies.adapters.tasks import make_task
from workshop.bot import answer
from workshop.models import load_language_model
from workshop.settings import Settings

SETTINGS = Settings(device="cpu", dtype="bfloat16")
BATCH = 16


@cache
def load() -> tuple[Any, Any]:
    """Return tokenizer and model, bfloat16, once a process."""
    import torch

    torch.set_num_threads(1)
    return load_language_model(SETTINGS)


def ask_plain(name: str) -> dict[str, Any]:
    """Return the plain model's replies to a task, in its order."""
    return ask(*load(), name)


def ask(tokenizer: Any, model: Any, name: str) -> dict[str, Any]:
    """Return a model's replies to a task and the seconds that they took."""
    task = make_task(name)
    start = time.perf_counter()
    replies = answer(tokenizer, model, task.chats, max_new_tokens=task.tokens, batch=BATCH)
    return {"replies": replies, "seconds": time.perf_counter() - start}
