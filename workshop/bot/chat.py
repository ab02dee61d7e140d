"""From texts to a model's tokens and back: the chat template, batches, answers."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from workshop.bot.generate import MAX_TOKENS, check_prompts, generate
from workshop.errors import WorkshopError
from workshop.models.language import LanguageModel

BATCH = 16
BAR_FROM = 48
ROLES = ("system", "user", "assistant")


def encode_chat(language_model: LanguageModel, messages: str | Sequence[dict[str, str]]) -> list[int]:
    """Turn messages ({"role": …, "content": …}) into token ids, up to where the assistant's answer begins.

    A single text is taken as one turn of the user's. Half of a surrogate pair, which no tokenizer reads, becomes �; a
    mark of the template's own in a text, which would end the turn there, gets a blank inside: < |assistant|>.
    Raises WorkshopError for a list that is empty and for messages of another form.
    """
    turns = [{"role": "user", "content": messages}] if isinstance(messages, str) else list(messages)
    _check(turns)
    marks = [token.content for token in language_model.tokenizer.added_tokens_decoder.values() if token.special]
    turns = [{**turn, "content": disarm(mend_text(turn["content"]), marks)} for turn in turns]
    text = language_model.tokenizer.apply_chat_template(
        turns, tokenize=False, add_generation_prompt=True, **language_model.template_options
    )
    return language_model.tokenizer.encode(text, add_special_tokens=False)


def mend_text(text: str) -> str:
    """Return a text that can be written as UTF-8: surrogate pairs are joined, halves of one become �."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def disarm(text: str, marks: Iterable[str]) -> str:
    """Return a text in which no mark of a tokenizer's stands whole: each has a blank after its first letter."""
    # Longest first: one mark may hold another. A mark of one letter can't be taken for a text's end.
    for mark in sorted((mark for mark in marks if len(mark) > 1), key=len, reverse=True):
        text = text.replace(mark, f"{mark[0]} {mark[1:]}")
    return text


def _check(turns: list[Any]) -> None:
    """Raise WorkshopError unless every turn has a known role and a text."""
    form = '{"role": "user", "content": "…"}'
    if not turns:
        raise WorkshopError(f"expected at least one message, got none. Give [{form}].")
    for place, turn in enumerate(turns):
        fits = isinstance(turn, dict) and turn.get("role") in ROLES and isinstance(turn.get("content"), str)
        if not fits:
            raise WorkshopError(
                f"message {place} is {turn!r:.80}: expected {form} with a role of {', '.join(ROLES)} and a text."
            )


def write_answers(
    language_model: LanguageModel,
    prompts: Sequence[str | Sequence[dict[str, str]]],
    *,
    max_tokens: int = MAX_TOKENS,
    temperature: float = 0.0,
    top_p: float = 1.0,
    seed: int = 0,
    batch_size: int = BATCH,
) -> list[str]:
    """Answer N prompts, each a text or a list of messages; returns N texts in the order given.

    Prompts of like length go through the model together, batch_size at a time; over 48 prompts show a progress bar.
    temperature, top_p, seed: as in generate; what is drawn also depends on the batches.
    Raises WorkshopError for a single text and for a prompt that doesn't fit the model's context.
    """
    if isinstance(prompts, str):
        raise WorkshopError("expected a list of prompts, got one text. For one, use write_answers(model, [prompt])[0].")
    ids = [encode_chat(language_model, prompt) for prompt in prompts]
    check_prompts(language_model, ids, max_tokens)
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    answers = [""] * len(ids)
    with _progress(len(ids)) as advance:
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            options = {"max_tokens": max_tokens, "temperature": temperature, "top_p": top_p, "seed": seed + start}
            for row, written in zip(rows, generate(language_model, [ids[row] for row in rows], **options), strict=True):
                answers[row] = language_model.tokenizer.decode(written, skip_special_tokens=True).strip()
            advance(len(rows))
    return answers


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """Give a function that counts answers; it moves a progress bar when there are more than BAR_FROM."""
    if total <= BAR_FROM:
        yield lambda count: None
        return
    import sys

    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=sys.stdout), transient=True) as bar:
        task = bar.add_task("writing answers", total=total)
        yield lambda count: bar.advance(task, count)
