"""The runs on tickets: prompts, rates, LoRA on all of them, full tuning up to the same loss, random weights."""

import time
from typing import Any

import numpy as np

from studies.adapters.asking import load
from studies.prompt_or_lora.judging import judge_tickets
from studies.prompt_or_lora.skills import ask_old
from studies.prompt_or_lora.tickets import (
    REPLY_TOKENS,
    ask_tickets,
    deal_chats,
    draw_asked,
    draw_examples,
    draw_train,
)
from studies.prompt_or_lora.tuning import copy_weights, make_arm, put_weights, train
from workshop.bot import answer, encode_chats

Cell = dict[str, Any]


def run_prompt(wording: int, examples: int, split: str, replies: int, judged: int) -> Cell:
    """Ask the plain model for the JSON of some tickets of a split, in a wording, after some examples."""
    tokenizer, model = load()
    shown = draw_examples(examples)
    chats = [ask_tickets(shown, row.text, wording) for row in draw_asked(split, replies)]
    start = time.perf_counter()
    found: Cell = {"replies": answer(tokenizer, model, chats, max_new_tokens=REPLY_TOKENS)}
    found["seconds"] = time.perf_counter() - start
    found["prompt_tokens"] = float(np.mean([len(ids) for ids in encode_chats(tokenizer, chats)]))
    if judged:
        found["judged"] = judge_tickets(tokenizer, model, draw_asked(split, judged), shown, wording)
    return found


def run_plain(skills: int) -> Cell:
    """Ask the plain model for the old items, and its loss on Wikipedia."""
    return ask_old(*load(), skills)


def run_rate(arm: str, rank: int, rate: float, steps: int, dev: int) -> Cell:
    """Train an arm for a few steps at a rate (rank: of its adapter, 0 where it has none); its loss on dev."""
    with make_arm(arm, 0, rank) as (tokenizer, model):
        chats = deal_chats(draw_train("clean", 4 * steps, 0), steps, 0)
        found = train(tokenizer, model, chats, rate, 0)
        judged = judge_tickets(tokenizer, model, draw_asked("dev", dev))
    return {**found, "loss": float(np.mean(judged["loss"])), "judged": judged}


def run_lora(
    rate: float, seed: int, tickets: int, steps: int, marks: tuple[int, ...], asked: tuple[int, int, int, int, int]
) -> Cell:
    """Tune by LoRA on many tickets once; judge it at marks, and ask for old items as it was after half of the steps.

    asked: how many tickets of the test are judged at a mark and at the end, how many replies are asked for, how many
    tickets of dev give the loss at half, and how many old items are asked then.
    """
    timed, judged, replies, dev, skills = asked
    found: Cell = {"marks": {}}
    with make_arm("lora", seed) as (tokenizer, model):

        def look(step: int) -> None:
            found["marks"][str(step)] = judge_tickets(tokenizer, model, draw_asked("test", timed))

        def keep() -> None:
            found["half_loss"] = float(np.mean(judge_tickets(tokenizer, model, draw_asked("dev", dev))["loss"]))
            kept.extend(copy_weights(model))

        kept: list[Any] = []
        looks = {step: (lambda step=step: look(step)) for step in marks} | {steps // 2: keep}
        chats = deal_chats(draw_train("clean", tickets, seed), steps, seed)
        found |= train(tokenizer, model, chats, rate, seed, looks)
        found["judged"] = judge_tickets(tokenizer, model, draw_asked("test", judged))
        found["replies"] = _reply(tokenizer, model, replies)
        put_weights(model, kept)
        found["old"] = ask_old(tokenizer, model, skills)
    return found


def _reply(tokenizer: Any, model: Any, count: int) -> list[str]:
    """Return the replies to so many tickets of the test, asked in the wording that is trained on."""
    chats = [ask_tickets((), row.text) for row in draw_asked("test", count)]
    return answer(tokenizer, model, chats, max_new_tokens=REPLY_TOKENS) if chats else []


def run_full(
    rate: float, target: float, seed: int, tickets: int, steps: int, every: int, dev: int, skills: int
) -> Cell:
    """Tune all weights until the loss on dev is no higher than the target, or so many steps; then ask for old items.

    target: LoRA's loss after half of its steps, with the same seed and so the same chats.
    """
    losses: dict[str, float] = {}
    with make_arm("full", seed) as (tokenizer, model):

        def look(step: int) -> bool:
            losses[str(step)] = float(np.mean(judge_tickets(tokenizer, model, draw_asked("dev", dev))["loss"]))
            return losses[str(step)] <= target

        looks = {step: (lambda step=step: look(step)) for step in range(every, steps + 1, every)}
        chats = deal_chats(draw_train("clean", tickets, seed), steps, seed)
        found = train(tokenizer, model, chats, rate, seed, looks)
        found |= {"losses": losses, "reached": min(losses.values()) <= target}
        found["old"] = ask_old(tokenizer, model, skills)
    return found


def run_random(rate: float, seed: int, tickets: int, marks: tuple[int, ...], timed: int) -> Cell:
    """Train a network of the model's shape from random weights on the same tickets, and judge it at the marks."""
    found: Cell = {"marks": {}}
    with make_arm("random", seed) as (tokenizer, model):

        def look(step: int) -> None:
            found["marks"][str(step)] = judge_tickets(tokenizer, model, draw_asked("test", timed))

        looks = {step: (lambda step=step: look(step)) for step in marks}
        chats = deal_chats(draw_train("clean", tickets, seed), marks[-1], seed)
        found |= train(tokenizer, model, chats, rate, seed, looks)
    return found


def run_few(kind: str, tickets: int, steps: int, rate: float, seed: int, judged: int, replies: int) -> Cell:
    """Tune by LoRA on some tickets for some steps, judge the test and reply to a part of it."""
    with make_arm("lora", seed) as (tokenizer, model):
        each = min(4, tickets)
        chats = deal_chats(draw_train(kind, tickets, seed), steps, seed, each)
        found = train(tokenizer, model, chats, rate, seed)
        found["judged"] = judge_tickets(tokenizer, model, draw_asked("test", judged))
        found["replies"] = _reply(tokenizer, model, replies)
    return found


def run_own(rate: float, seed: int, examples: int, steps: int, asked: int) -> Cell:
    """Tune by LoRA on as many tickets as a prompt shows, and reply to tickets of the test."""
    with make_arm("lora", seed) as (tokenizer, model):
        chats = deal_chats(draw_examples(examples, seed), steps, seed, examples)
        found = train(tokenizer, model, chats, rate, seed)
        return {**found, "replies": _reply(tokenizer, model, asked)}


RUNS = {
    one.__name__.removeprefix("run_"): one
    for one in (run_prompt, run_plain, run_rate, run_lora, run_full, run_random, run_few, run_own)
}
