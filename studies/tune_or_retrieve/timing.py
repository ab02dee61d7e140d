"""What each column costs here: seconds of one thread for set-ups and answers, prompts' tokens, megabytes."""

import functools
from collections.abc import Sequence
from typing import Any

from studies.adapters.questions import draw_questions
from studies.adapters.tasks import draw_voice
from studies.adapters.wordings import Chat
from studies.prompt_or_lora.voicing import ask_voice
from studies.retrieval_bot.search_runs import Clock
from studies.tune_or_retrieve.plan import VOICE_PROMPT
from studies.tune_or_retrieve.tasks import make_task
from workshop.bot import answer, build_prompt, encode_chats
from workshop.data import load_faq, load_passages, load_task
from workshop.models import encode_texts, load_encoder, load_language_model
from workshop.search import top_k
from workshop.settings import Settings
from workshop.tune import fine_tune, make_examples
from workshop.tune.lora import ADAPTERS
from workshop.tune.shipped import MODULES, Recipe, read_chats, read_recipe

# A training is timed over so many chats of its own, after one step that isn't counted.
TIMED_CHATS = 16
EPOCHS_OF_FACTS = 16
READ = 3


def time_all(repeat: int, count: int) -> dict[str, Any]:
    """Return seconds and prompt tokens of an answer by each column, and seconds of each set-up.

    repeat: which questions of `train` are asked. count: answers of each, half as many in the voice, side by side. The
    process' own time, one thread.
    """
    clock, found = Clock(), {}
    searched = _time_search(clock, repeat, count, found)
    tokenizer, model = load_language_model(Settings(device="cpu", threads=1))
    answer(tokenizer, model, ["Hello"], max_new_tokens=2)
    for name, (reader, chats, tokens) in _list_answers(repeat, count, searched).items():
        found[f"tokens: {name}"] = sum(map(len, encode_chats(tokenizer, chats))) / len(chats)
        with wear_on(model, reader):
            clock.read()
            answer(tokenizer, model, chats, max_new_tokens=tokens, batch=len(chats))
            found[f"answer: {name}"] = clock.read() / len(chats)
    for name in ("facts", "reader", "json", "voice"):
        found[f"tune: {name}"] = _time_training(clock, tokenizer, model, name, count)
    return {"seconds": found}


def _time_search(clock: Clock, repeat: int, count: int, found: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Time encoding and searching; returns questions, each with its passages."""
    encoder, passages = load_encoder(Settings(threads=1)), [one.text for one in load_passages()]
    asked = [one.question for one in draw_questions("train", 8)[repeat * count :][:count]]
    encode_texts(encoder, asked[:1])
    clock.read()
    vectors = encode_texts(encoder, passages)  # (N, D)
    found["encode: handbook"] = clock.read()
    rows = top_k(_encode_each(encoder, asked), vectors, READ)[0]
    found["search"] = clock.read() / len(asked)
    names = {one.document for one in load_faq(split="changed")}
    encode_texts(encoder, [one.text for one in load_passages(edition=2) if one.document in names])
    found["encode: changed pages"] = clock.read()
    encode_texts(encoder, [one.text for one in load_task("json", "train")])
    found["encode: tickets"] = clock.read()
    encode_texts(encoder, [one.plain for one in draw_voice()])
    found["encode: voice"] = clock.read()
    return [(text, [passages[row] for row in near]) for text, near in zip(asked, rows, strict=True)]


def _encode_each(encoder: Any, texts: Sequence[str]) -> Any:
    import numpy as np

    return np.concatenate([encode_texts(encoder, [text]) for text in texts])


def _list_answers(
    repeat: int, count: int, searched: Sequence[tuple[str, list[str]]]
) -> dict[str, tuple[str, Sequence[Chat], int]]:
    """Return of each task and column the reader, its chats, and the tokens of a reply."""
    bare = [_say(text) for text, _ in searched]
    read = [_say(build_prompt(text, some)) for text, some in searched]
    own = slice(repeat * count, (repeat + 1) * count)
    few = slice(repeat * count // 2, repeat * count // 2 + max(1, count // 2))
    pairs = draw_voice()[::-1][few]
    told = [ask_voice(*VOICE_PROMPT, one) for one in pairs]
    near = make_task("voice/nearest")
    voiced = [chat[-1:] for chat in near.chats[few]]
    prompt, nearest = make_task("tickets/prompt").chats[own], make_task("tickets/nearest").chats[own]
    alone = [_drop_examples(chat) for chat in prompt]
    return {
        "facts/prompt": ("plain", bare, 24), "facts/LoRA": ("facts", bare, 24),
        "facts/retrieval": ("plain", read, 24), "facts/both": ("reader", read, 24),
        "tickets/prompt": ("plain", prompt, 24), "tickets/LoRA": ("json", alone, 24),
        "tickets/retrieval": ("plain", nearest, 24), "tickets/both": ("json", nearest, 24),
        "voice/prompt": ("plain", told, 96), "voice/LoRA": ("voice", voiced, 96),
        "voice/retrieval": ("plain", near.chats[few], 96), "voice/both": ("voice", near.chats[few], 96),
    }  # fmt: skip


def _say(text: str) -> Chat:
    return [{"role": "user", "content": text}]


def _drop_examples(chat: Chat) -> Chat:
    """Return a ticket's chat without examples: the instruction, then the ticket."""
    instruction = chat[0]["content"].partition("\n\n")[0]
    return _say(f"{instruction}\n\n{chat[-1]['content'].rpartition(instruction)[2].strip()}")


def wear_on(model: Any, reader: str) -> Any:
    """Return what puts a shipped adapter on a model for a while."""
    import contextlib

    from workshop.tune import adapter

    return contextlib.nullcontext() if reader == "plain" else adapter(model, reader)


def _time_training(clock: Clock, tokenizer: Any, model: Any, name: str, count: int) -> float:
    """Return the seconds of a whole training by a shipped recipe, from a few chats: of `facts`, of all 340 facts."""
    recipe = read_recipe(ADAPTERS / name)
    chats = _list_facts() if name == "facts" else read_chats(ADAPTERS / name)
    examples = make_examples(tokenizer, chats)
    with _fresh(model, recipe) as tuned:
        step = max(1, len(examples) // min(TIMED_CHATS, max(2, count)))
        few = examples[::step][:TIMED_CHATS]
        fine_tune(tuned, few[: recipe.batch], steps=1, batch=recipe.batch)
        clock.read()
        fine_tune(tuned, few, epochs=1, batch=recipe.batch)
        seconds = clock.read()
    tokens, timed = (sum(len(one.ids) for one in some) for some in (examples, few))
    return seconds / timed * tokens * recipe.epochs


@functools.cache
def _list_facts() -> list[Chat]:
    rows = [one for one in load_faq() if one.document]
    return [[*_say(one.question), {"role": "assistant", "content": one.answer}] for one in rows]


def _fresh(model: Any, recipe: Recipe) -> Any:
    """Return what puts a new adapter of a recipe on a model for a while."""
    import contextlib
    import warnings

    import peft
    import torch

    from workshop.tune import lora

    @contextlib.contextmanager
    def put_on() -> Any:
        plan = peft.LoraConfig(
            task_type="CAUSAL_LM", r=recipe.rank, lora_alpha=2 * recipe.rank, target_modules=MODULES[recipe.modules]
        )
        with lora.borrowed(model), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.manual_seed(0)
            yield peft.get_peft_model(model, plan, autocast_adapter_dtype=model.dtype != torch.bfloat16)

    return put_on()
