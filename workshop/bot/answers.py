"""Answers of a language model: many side by side, or one that comes word by word; both by transformers' generate."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

from workshop.bot.chat import Chat, encode_chats
from workshop.errors import WorkshopError
from workshop.models.quiet import quiet_transformers, show_progress

BATCH = 16
MAX_NEW_TOKENS = 32
STREAMED_TOKENS = 128
BAR_FROM = 48


def answer(
    tokenizer: Any,
    model: Any,
    chats: Sequence[Chat],
    *,
    max_new_tokens: int = MAX_NEW_TOKENS,
    batch: int = BATCH,
) -> list[str]:
    """Answer N chats, each a text or a list of messages; returns N texts in the order given.

    The likeliest token is taken each time, up to the mark that ends an answer or max_new_tokens. Chats of like length
    go through the model together, `batch` at a time, filled up on the left; over 48 show a progress bar.
    Raises WorkshopError for a chat of another form or one that doesn't fit the model's context.
    """
    ids = encode_chats(tokenizer, chats)
    _check_sizes(model, ids, max_new_tokens, batch)
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    written = [""] * len(ids)
    with show_progress("writing answers", len(ids), shown=len(ids) > BAR_FROM) as advance:
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            texts = _answer_batch(tokenizer, model, [ids[row] for row in rows], max_new_tokens)
            for row, text in zip(rows, texts, strict=True):
                written[row] = text
            advance(len(rows))
    return written


def stream_answer(tokenizer: Any, model: Any, chat: Chat, *, max_new_tokens: int = STREAMED_TOKENS) -> Iterator[str]:
    """Answer one chat piece by piece: yields texts that make the answer when joined, as the model writes them.

    Whoever stops asking stops the model. Raises WorkshopError as `answer` does, before the first piece.
    """
    ids = encode_chats(tokenizer, [chat])
    _check_sizes(model, ids, max_new_tokens, 1)
    return _stream(tokenizer, model, ids, max_new_tokens)


def _stream(tokenizer: Any, model: Any, ids: list[list[int]], max_new_tokens: int) -> Iterator[str]:
    """Yield what a thread of its own has the model write."""
    from transformers import TextIteratorStreamer

    streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
    ended, failures = threading.Event(), []

    def write() -> None:
        try:
            _generate(tokenizer, model, ids, max_new_tokens, streamer=streamer, ended=ended)
        except Exception as error:
            failures.append(error)
            streamer.end()

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield from (piece for piece in streamer if piece)
    finally:
        ended.set()
        thread.join()
    if failures:
        raise failures[0]


def _answer_batch(tokenizer: Any, model: Any, ids: list[list[int]], max_new_tokens: int) -> list[str]:
    """Return the texts that the model writes after B prompts of token ids."""
    whole = _generate(tokenizer, model, ids, max_new_tokens)
    stops = set(find_stops(tokenizer, model))
    texts = []
    for row in whole[:, max(map(len, ids)) :].tolist():
        end = next((place for place, token in enumerate(row) if token in stops), len(row))
        texts.append(tokenizer.decode(row[:end], skip_special_tokens=True).strip())
    return texts


def _generate(
    tokenizer: Any,
    model: Any,
    ids: list[list[int]],
    max_new_tokens: int,
    streamer: Any = None,
    ended: threading.Event | None = None,
) -> Any:
    """Call the library's generate on B prompts, padded on the left; returns (B, T + new) ids, prompts included."""
    import torch
    from transformers import GenerationConfig, StoppingCriteriaList

    stops = find_stops(tokenizer, model)
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else stops[0]
    tokens, mask = pad_left(ids, pad, model.device)
    plan = GenerationConfig(max_new_tokens=max_new_tokens, do_sample=False, eos_token_id=stops, pad_token_id=pad)
    options = {"streamer": streamer} if streamer else {}
    if ended:
        options["stopping_criteria"] = StoppingCriteriaList([lambda *_, **__: ended.is_set()])
    was_training = model.training
    model.eval()
    try:
        # The prompt and its answer together are at most as long as the context, so nothing is warned about.
        with torch.inference_mode(), quiet_transformers():
            return model.generate(
                input_ids=tokens,
                attention_mask=mask,
                generation_config=plan,
                logits_processor=[_check_logits],
                **options,
            )
    except torch.OutOfMemoryError:
        raise WorkshopError(
            f"{len(ids)} answers at once don't fit the graphics card's memory. Give a smaller batch, or fewer passages."
        ) from None
    finally:
        model.train(was_training)


def pad_left(rows: Sequence[Sequence[int]], pad_id: int, device: Any = "cpu") -> tuple[Any, Any]:
    """Return the rows as one tensor of ids (B, T), filled up on the left, and its mask (B, T): 1 where a token is."""
    import torch

    longest = max(map(len, rows))
    ids = [[pad_id] * (longest - len(row)) + list(row) for row in rows]
    mask = [[0] * (longest - len(row)) + [1] * len(row) for row in rows]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


def find_stops(tokenizer: Any, model: Any) -> list[int]:
    """Return every token that the tokenizer, the config or its generation settings call an end, in order."""
    named = (tokenizer.eos_token_id, model.config.eos_token_id, model.generation_config.eos_token_id)
    lists = [ids if isinstance(ids, list) else [ids] for ids in named]
    stops = sorted({token for ids in lists for token in ids if token is not None})
    if not stops:
        raise WorkshopError("this tokenizer names no token that ends an answer. Take an instruct model.")
    return stops


def _check_logits(_: Any, logits: Any) -> Any:
    """Return logits (B, V) as they are; raise WorkshopError where they are no numbers."""
    import torch

    if not torch.isfinite(logits.amax(dim=-1)).all():
        raise WorkshopError(
            "the model predicts no numbers: its weights are damaged, or float16 is too narrow for it. "
            "Bring it anew with `workshop fetch --again`, or load it with dtype float32."
        )
    return logits


def _check_sizes(model: Any, ids: list[list[int]], max_new_tokens: int, batch: int) -> None:
    """Raise WorkshopError unless every prompt and its answer fit the model's context."""
    if max_new_tokens < 1 or batch < 1:
        raise WorkshopError(f"expected max_new_tokens and batch of 1 or more, got {max_new_tokens} and {batch}.")
    context = model.config.max_position_embeddings
    for place, prompt in enumerate(ids):
        if len(prompt) + max_new_tokens > context:
            raise WorkshopError(
                f"chat {place} has {len(prompt):,} tokens and its answer may have {max_new_tokens}, but the model "
                f"reads {context:,} in all. Give fewer or shorter passages (a smaller budget in build_prompt), or a "
                "smaller max_new_tokens."
            )
