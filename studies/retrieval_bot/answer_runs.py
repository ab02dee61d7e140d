"""Ask the plain model, or one with an adapter, and keep every reply word for word."""

import contextlib
import time
from typing import Any

import numpy as np

from studies.adapters.asking import load
from studies.retrieval_bot.answer_inputs import make_asked, write_prompt
from studies.retrieval_bot.answer_plan import Plan
from workshop.bot import answer, encode_chats
from workshop.tune import adapter

# How many tokens go through the model together, about.
TOGETHER = 4000


def run_answers(
    reader: str, source: str, condition: str, count: int, way: str, sizes: tuple[Any, ...]
) -> dict[str, Any]:
    """Return the replies to the questions of a source. sizes: the fields of the Plan."""
    plan = Plan(*(tuple(one) if isinstance(one, list) else one for one in sizes))
    asked = make_asked(plan, source, condition, count)
    if way == "filtered":
        asked = [one.filtered() for one in asked]
    tokenizer, model = load()
    prompts = [write_prompt(one, way) for one in asked]
    lengths = [len(ids) for ids in encode_chats(tokenizer, prompts)]
    batch = int(np.clip(TOGETHER // max(lengths), 1, 16))
    with adapter(model, reader) if reader != "plain" else contextlib.nullcontext():
        start = time.perf_counter()
        replies = answer(tokenizer, model, prompts, max_new_tokens=plan.tokens, batch=batch)
        seconds = time.perf_counter() - start
    return {"replies": replies, "seconds": seconds, "prompt_tokens": float(np.mean(lengths))}
