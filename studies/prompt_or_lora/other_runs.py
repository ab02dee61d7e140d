"""The other runs: the voice, the prompt's own examples, fading, the handbook's language, the switch, the live tuning."""

import time
from typing import Any

import numpy as np

from studies.adapters.asking import load
from studies.memory import PeakMemory
from studies.prompt_or_lora import domain, fading, voicing
from studies.prompt_or_lora.judging import judge_tickets
from studies.prompt_or_lora.runs import Cell, _reply
from studies.prompt_or_lora.tickets import REPLY_TOKENS, ask_tickets, deal_chats, draw_asked, draw_examples, draw_train
from studies.prompt_or_lora.tuning import bring_adapter, make_arm, train, train_examples
from workshop.bot import answer
from workshop.models import load_language_model
from workshop.settings import Settings
from workshop.tune import Recipe, adapter, add_lora, fine_tune, make_examples
from workshop.tune.lora import ADAPTERS
from workshop.tune.shipped import read_recipe

FADING_RATE, FADING_BATCH = 2e-3, 4
DOMAIN_RATE, DOMAIN_BATCH = 5e-4, 2
LIVE_RATE = 2e-3


def run_voice_prompt(instruction: int, examples: int, split: str, asked: int) -> Cell:
    """Ask the plain model for answers in the voice."""
    pairs = voicing.draw_pairs(split, asked)
    return {"replies": _voice(*load(), [voicing.ask_voice(instruction, examples, one) for one in pairs])}


def _voice(tokenizer: Any, model: Any, chats: list[Any]) -> list[str]:
    return answer(tokenizer, model, chats, max_new_tokens=voicing.REPLY_TOKENS)


def _ask_pairs(tokenizer: Any, model: Any, asked: int) -> list[str]:
    """Return the replies to pairs of the test under the plain instruction, which adapters are trained under."""
    return _voice(tokenizer, model, [voicing.ask_voice(0, 0, one) for one in voicing.draw_pairs("test", asked)])


def run_shipped_voice(seed: int, asked: int) -> Cell:
    """Ask the shipped adapter `voice`, of one of its seeds."""
    tokenizer, model = load()
    with adapter(model, bring_adapter("voice", seed)):
        return {"replies": _ask_pairs(tokenizer, model, asked)}


def run_voice(pairs: int, steps: int, seed: int, asked: int) -> Cell:
    """Tune on some pairs by the shipped adapter's recipe, and ask for the test's."""
    recipe: Recipe = read_recipe(ADAPTERS / "voice")
    with make_arm(recipe.modules, seed, recipe.rank) as (tokenizer, model):
        batch = min(recipe.batch, pairs)
        found = train(tokenizer, model, voicing.deal_pairs(pairs, steps, batch, seed), recipe.rate, seed, batch=batch)
        return {**found, "replies": _ask_pairs(tokenizer, model, asked)}


def run_own(rate: float, seed: int, examples: int, steps: int, asked: int) -> Cell:
    """Tune by LoRA on as many tickets as a prompt shows, and reply to tickets of the test."""
    with make_arm("lora", seed) as (tokenizer, model):
        chats = deal_chats(draw_examples(examples, seed), steps, seed, examples)
        found = train(tokenizer, model, chats, rate, seed)
        return {**found, "replies": _reply(tokenizer, model, asked)}


def run_fading(seed: int, marks: tuple[int, ...], count: int | None) -> Cell:
    """Let the shipped adapter `facts` learn unrelated chats, and ask at the start and at marks for what is kept."""
    tokenizer, model = load()
    found: Cell = {}
    with adapter(model, bring_adapter("facts", seed)):
        for name, weights in model.named_parameters():
            weights.requires_grad_("lora_" in name)

        def look(step: int) -> None:
            found[str(step)] = fading.ask_kept(tokenizer, model, count)

        look(0)
        looks = {step: (lambda step=step: look(step)) for step in marks}
        chats = fading.draw_unrelated(marks[-1] * FADING_BATCH)
        done = train(tokenizer, model, chats, FADING_RATE, seed, looks, FADING_BATCH)
    return {**done, "kept": found}


def run_domain(fold: int, source: str, documents: int | None, sentences: int) -> Cell:
    """Tune on the documents that aren't of a half, on as much Wikipedia, or on nothing; the loss on the half.

    Also on Wikipedia, and the house words left out of sentences of the half.
    """
    with make_arm("lora", fold) as (tokenizer, model):
        examples = domain.write_half(tokenizer, source, fold, documents) if source != "nothing" else []
        found = train_examples(model, examples, DOMAIN_RATE, fold, batch=DOMAIN_BATCH) if examples else {"tokens": 0}
        uses = domain.draw_uses(fold)[:documents]
        found["half"] = domain.lose_on_half(tokenizer, model, fold, documents)
        found["wiki"] = domain.lose_on_wiki(tokenizer, model, sentences)
        found["words"] = domain.fill_words(tokenizer, model, uses, False)
        if not examples:
            found["words told"] = domain.fill_words(tokenizer, model, uses, True)
    return found


def run_switch(prompts: int) -> Cell:
    """Say how far the logits of the adapter `voice` switched off, unloaded and merged are from what they should be.

    In float32 and bfloat16: the largest difference, and for merging that over the largest logit.
    """
    import peft
    import torch

    found: Cell = {}
    for dtype in ("float32", "bfloat16"):
        tokenizer, model = load_language_model(Settings(device="cpu", dtype=dtype))
        chats = [voicing.ask_voice(0, 0, one) for one in voicing.draw_pairs("test", prompts)]
        ids = [torch.tensor([tokenizer.apply_chat_template(chat, tokenize=True)["input_ids"]]) for chat in chats]

        def read(ids: list[Any] = ids, network: Any = model) -> list[Any]:
            with torch.no_grad():
                return [network(one).logits.float() for one in ids]

        plain = read()
        tuned = peft.PeftModel.from_pretrained(model, ADAPTERS / "voice").to(model.dtype).eval()
        on = read(network=tuned)
        with tuned.disable_adapter():
            off = read(network=tuned)
        bare = tuned.unload()
        unloaded = read(network=bare)
        again = peft.PeftModel.from_pretrained(bare, ADAPTERS / "voice").to(model.dtype).eval()
        merged = read(network=again.merge_and_unload())
        largest = max(float(one.abs().max()) for one in on)
        found[dtype] = {
            "moved": _apart(on, plain),
            "off": _apart(off, plain),
            "unloaded": _apart(unloaded, plain),
            "merged": _apart(merged, on) / largest,
        }
    return found


def _apart(one: list[Any], other: list[Any]) -> float:
    """Return the largest difference."""
    return max(float((a - b).abs().max()) for a, b in zip(one, other, strict=True))


def run_live(seed: int, steps: int, asked: int) -> Cell:
    """Tune as the lesson does, on four tickets a step, with its own calls, and ask for tickets of the test."""
    tokenizer, model = load()
    with PeakMemory() as memory:
        start = time.perf_counter()
        tuned = add_lora(model, seed=seed)
        chats = deal_chats(draw_train("clean", 4 * steps, 100 + seed), steps, seed)
        done = fine_tune(tuned, make_examples(tokenizer, chats), epochs=1, rate=LIVE_RATE, batch=1, seed=seed)
        seconds = time.perf_counter() - start
        rows = np.random.default_rng([seed, 4]).permutation(draw_asked("test", 240))[:asked]
        chats = [ask_tickets((), row.text) for row in rows]
        replies = answer(tokenizer, tuned, chats, max_new_tokens=REPLY_TOKENS)
        judged = judge_tickets(tokenizer, tuned, list(rows))
        trained = sum(one.numel() for one in tuned.parameters() if one.requires_grad)
        tuned.unload()
    return {
        "ids": [row.id for row in rows],
        "replies": replies,
        "judged": judged,
        "seconds": seconds,
        "train_loss": done.losses[-1],
        "parameters": trained,
        "peak_megabytes": memory.megabytes,
    }
