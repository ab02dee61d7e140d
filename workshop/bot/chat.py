"""From chats to a model's tokens: the chat template, marks disarmed, odd texts mended."""

from collections.abc import Iterable, Sequence
from typing import Any

from workshop.data.clean import mend_text
from workshop.errors import WorkshopError, take_list

ROLES = ("system", "user", "assistant")
FORM = '{"role": "user", "content": "…"}'

Chat = str | Sequence[dict[str, str]]


def encode_chats(tokenizer: Any, chats: Sequence[Chat]) -> list[list[int]]:
    """Turn N chats, each a list of {"role": …, "content": …}, into N lists of token ids, up to where the answer begins.

    A single text is taken as one turn of the user's. Half of a surrogate pair, which no tokenizer reads, becomes �; a
    mark of the template's own in a text, which would end the turn there, gets a blank inside: < |im_end|>.
    Raises WorkshopError for a single text in place of the list, for an empty chat and for messages of another form.
    """
    chats = take_list(chats, "chats", "[text]")
    if chats and all(isinstance(chat, dict) for chat in chats):
        raise WorkshopError("expected a list of chats, got the messages of one chat. For one, give [messages].")
    marks = [token.content for token in tokenizer.added_tokens_decoder.values() if token.special]
    return [_encode_chat(tokenizer, chat, marks, place) for place, chat in enumerate(chats)]


def _encode_chat(tokenizer: Any, chat: Chat, marks: Sequence[str], place: int) -> list[int]:
    """Return the token ids of one chat."""
    turns = [{"role": "user", "content": chat}] if isinstance(chat, str) else list(chat)
    _check_turns(turns, place)
    turns = [{**turn, "content": disarm(mend_text(turn["content"]), marks)} for turn in turns]
    text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    return tokenizer.encode(text, add_special_tokens=False)


def disarm(text: str, marks: Iterable[str]) -> str:
    """Return a text in which no mark of a tokenizer's stands whole: each has a blank after its first letter."""
    # Longest first: one mark may hold another. A mark of one letter can't be taken for a text's end.
    for mark in sorted((mark for mark in marks if len(mark) > 1), key=len, reverse=True):
        text = text.replace(mark, f"{mark[0]} {mark[1:]}")
    return text


def _check_turns(turns: list[Any], place: int) -> None:
    """Raise WorkshopError unless every turn has a known role and a text."""
    if not turns:
        raise WorkshopError(f"chat {place} is empty: expected at least one message. Give [{FORM}].")
    for turn in turns:
        fits = isinstance(turn, dict) and turn.get("role") in ROLES and isinstance(turn.get("content"), str)
        if not fits:
            raise WorkshopError(
                f"chat {place} holds {turn!r:.80}: expected {FORM} with a role of {', '.join(ROLES)} and a text."
            )
