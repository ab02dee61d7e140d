"""The lesson's own tuning, as its cells call it, with many seeds: where one more run should fall."""

import time
from typing import Any

import numpy as np

from studies.adapters.asking import load
from studies.memory import PeakMemory
from studies.prompt_or_lora.judging import judge_tickets
from studies.prompt_or_lora.tickets import REPLY_TOKENS, ask_tickets, deal_chats, draw_asked, draw_train
from workshop.bot import answer
from workshop.tune import add_lora, fine_tune, make_examples
from workshop.tune.lora import borrowed

LIVE_RATE = 2e-3
# Tickets a step: with four, the adapter's float32 took the process to 3 GB.
EACH = 2


def run_live(seed: int, steps: int, asked: int) -> dict[str, Any]:
    """Tune as the lesson does, on two tickets a step, with its own calls, and ask for tickets of the test."""
    tokenizer, model = load()
    with borrowed(model), PeakMemory() as memory:
        start = time.perf_counter()
        tuned = add_lora(model, seed=seed)
        chats = deal_chats(draw_train("clean", EACH * steps, 100 + seed), steps, seed, EACH)
        done = fine_tune(tuned, make_examples(tokenizer, chats), epochs=1, rate=LIVE_RATE, batch=1, seed=seed)
        seconds = time.perf_counter() - start
        rows = np.random.default_rng([seed, 4]).permutation(draw_asked("test", 240))[:asked]
        chats = [ask_tickets((), row.text) for row in rows]
        replies = answer(tokenizer, tuned, chats, max_new_tokens=REPLY_TOKENS)
        judged = judge_tickets(tokenizer, tuned, list(rows))
        trained = sum(one.numel() for one in tuned.parameters() if one.requires_grad)
    return {
        "ids": [row.id for row in rows],
        "replies": replies,
        "judged": judged,
        "seconds": seconds,
        "train_loss": done.losses[-1],
        "parameters": trained,
        "peak_megabytes": memory.megabytes,
    }
