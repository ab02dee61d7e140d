"""From chats to what a model is tuned on: token ids, and labels that leave out all but the assistant's tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workshop.errors import WorkshopError, take_list

IGNORED = -100
# Tokens of a text that a classifier reads: 96 hold nearly every message whole.
LONGEST = 96
ROLES = ("system", "user", "assistant")
FORM = '{"role": "user", "content": "…"}'

Message = dict[str, str]


@dataclass(frozen=True)
class Example:
    """T token ids and their labels.

    For a language model as many labels as ids: the same ids where the assistant writes, IGNORED elsewhere; they are not
    shifted. For a classifier one number: the class.
    """

    ids: tuple[int, ...]
    labels: tuple[int, ...] | int


def make_examples(tokenizer: Any, chats: Sequence[Sequence[Message]]) -> list[Example]:
    """Turn N chats, each a list of {"role": …, "content": …}, into N examples by the tokenizer's own chat template.

    Every turn of the assistant is learnt, with the mark that ends it; where the template adds a system line of its own,
    it stands before the user's first turn, as when the model is asked. Raises WorkshopError, with the place of the
    chat, for one of another form, that begins with an answer or has none, or that holds the template's own marks.
    """
    return [
        _make_example(tokenizer, chat if isinstance(chat, str | dict) else list(chat), place)
        for place, chat in enumerate(take_list(chats, "chats", "[chat]"))
    ]


def make_text_examples(
    tokenizer: Any, texts: Sequence[str], classes: Sequence[int], *, longest: int = LONGEST
) -> list[Example]:
    """Turn N texts and their classes, counted from 0, into N examples; texts are cut after the longest's tokens.

    Raises WorkshopError where texts and classes differ in number.
    """
    texts, classes = take_list(texts, "texts", "[text]"), [int(one) for one in classes]
    if len(texts) != len(classes):
        raise WorkshopError(f"expected a class for each text, got {len(texts)} texts and {len(classes)} classes.")
    coded = tokenizer(texts, truncation=True, max_length=longest)["input_ids"] if texts else []
    return [Example(tuple(ids), label) for ids, label in zip(coded, classes, strict=True)]


def _make_example(tokenizer: Any, chat: Sequence[Message], place: int) -> Example:
    """Return one chat as an example."""
    _check(chat, place)
    _check_texts(tokenizer, chat, place)
    text = _render(tokenizer, chat)
    spans = [_find_answer(tokenizer, chat, turn, text, place) for turn in range(len(chat)) if _answers(chat[turn])]
    coded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids = tuple(coded["input_ids"])
    written = [any(start <= first < end for start, end in spans) for first, _ in coded["offset_mapping"]]
    return Example(ids, tuple(one if flag else IGNORED for one, flag in zip(ids, written, strict=True)))


def _answers(message: Message) -> bool:
    return message["role"] == "assistant"


def _render(tokenizer: Any, messages: Sequence[Message], *, ask: bool = False) -> str:
    """Return messages as the chat template writes them; ask: up to where the next answer begins."""
    return tokenizer.apply_chat_template(list(messages), tokenize=False, add_generation_prompt=ask)


def _find_answer(tokenizer: Any, chat: Sequence[Message], turn: int, text: str, place: int) -> tuple[int, int]:
    """Return where in the text of the whole chat an answer begins, and where the mark that ends it ends."""
    before, after = _render(tokenizer, chat[:turn], ask=True), _render(tokenizer, chat[: turn + 1])
    if not (text.startswith(before) and text.startswith(after)):
        raise WorkshopError(
            f"example {place}: the chat template writes earlier answers in another way than the last one, so they "
            "can't be learnt together. Make an example of each answer."
        )
    # What a template writes after the mark, a new line for one, is never asked of the model.
    return len(before), len(after.rstrip())


def _check(chat: Any, place: int) -> None:
    """Raise WorkshopError unless a chat has the form that is expected, and an answer."""
    if isinstance(chat, str | dict) or not chat:
        raise WorkshopError(f"example {place} is {chat!r:.80}: expected a list of messages, [{FORM}, …].")
    for message in chat:
        fits = isinstance(message, dict) and message.get("role") in ROLES and isinstance(message.get("content"), str)
        if not fits:
            raise WorkshopError(
                f"example {place} holds {message!r:.80}: expected {FORM} with a role of {', '.join(ROLES)} and a text."
            )
    if _answers(chat[0]):
        raise WorkshopError(
            f"example {place} begins with an answer: there is nothing that it answers. Put a turn of the user's first."
        )
    if not any(_answers(message) for message in chat):
        raise WorkshopError(
            f"example {place} has no turn of the assistant's: there is nothing to learn. "
            'End it with {"role": "assistant", "content": "…"}.'
        )


def _check_texts(tokenizer: Any, chat: Sequence[Message], place: int) -> None:
    """Raise WorkshopError for texts that would be read as something else than what they say."""
    marks = [token.content for token in tokenizer.added_tokens_decoder.values() if token.special]
    for message in chat:
        found = next((mark for mark in marks if len(mark) > 1 and mark in message["content"]), None)
        if found:
            raise WorkshopError(
                f"example {place} holds {found!r}, a mark of the chat template's own, which would end the turn there. "
                "Take it out of the text."
            )
        if any("\ud800" <= letter <= "\udfff" for letter in message["content"]):
            raise WorkshopError(
                f"example {place} holds half of a surrogate pair, which no tokenizer reads: the text was cut or "
                "decoded wrongly. Write it as UTF-8 again."
            )
