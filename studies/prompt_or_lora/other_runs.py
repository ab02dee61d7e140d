"""The other runs: the voice, fading, the handbook's language, the switch, the lesson's own tuning."""

from typing import Any

from studies.adapters.asking import load
from studies.prompt_or_lora import domain, fading, voicing
from studies.prompt_or_lora.runs import Cell
from studies.prompt_or_lora.tuning import bring_adapter, make_arm, put_adapter, train, train_examples
from workshop.bot import answer, encode_chats
from workshop.models import load_language_model
from workshop.settings import Settings
from workshop.tune import adapter
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
    recipe = read_recipe(ADAPTERS / "voice")
    with make_arm(recipe.modules, seed, recipe.rank) as (tokenizer, model):
        batch = min(recipe.batch, pairs)
        found = train(tokenizer, model, voicing.deal_pairs(pairs, steps, batch, seed), recipe.rate, seed, batch=batch)
        return {**found, "replies": _ask_pairs(tokenizer, model, asked)}


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
    folder = bring_adapter("voice", 0)
    found: Cell = {}
    for dtype in ("float32", "bfloat16"):
        tokenizer, model = load_language_model(Settings(device="cpu", dtype=dtype))
        chats = [voicing.ask_voice(0, 0, one) for one in voicing.draw_pairs("test", prompts)]
        ids = encode_chats(tokenizer, chats)
        plain = _read(model, ids)
        tuned = put_adapter(model, folder)
        on = _read(tuned, ids)
        with tuned.disable_adapter():
            off = _read(tuned, ids)
        bare = tuned.unload()
        unloaded = _read(bare, ids)
        merged = _read(put_adapter(bare, folder).merge_and_unload(), ids)
        found[dtype] = {
            "moved": _apart(on, plain),
            "off": _apart(off, plain),
            "unloaded": _apart(unloaded, plain),
            "merged": _apart(merged, on) / max(float(one.abs().max()) for one in on),
        }
    return found


def _read(model: Any, ids: list[list[int]]) -> list[Any]:
    """Return the logits of each prompt, float32."""
    import torch

    with torch.no_grad():
        return [model(torch.tensor([one])).logits.float() for one in ids]


def _apart(one: list[Any], other: list[Any]) -> float:
    """Return the largest difference."""
    return max(float((a - b).abs().max()) for a, b in zip(one, other, strict=True))


RUNS = {
    one.__name__.removeprefix("run_"): one
    for one in (run_voice_prompt, run_shipped_voice, run_voice, run_fading, run_domain, run_switch)
}
