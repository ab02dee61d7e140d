"""A file to tune on: a chat a line, each checked, with the line's number where one is wrong."""

from typing import Any

from workshop.errors import WorkshopError
from workshop.serve.bodies import Line, read_plain
from workshop.serve.refusals import Refusal
from workshop.tune import Example, make_examples


def read_examples(tokenizer: Any, content: bytes, context: int) -> list[Example]:
    """Turn a file of {"messages": […]} lines into an example each, of at most `context` tokens.

    Raises Refusal, with the number of the line, for one that can't be learnt, and for a file without lines.
    """
    try:
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise _refuse(f"it is not UTF-8: {error.reason} at byte {error.start}. Save it as UTF-8") from None
    examples = [_read(tokenizer, line, at, context) for at, line in enumerate(lines, start=1) if line.strip()]
    if not examples:
        raise _refuse('it has no lines. Write a chat on each: {"messages": [{"role": …, "content": …}, …]}')
    return examples


def _read(tokenizer: Any, line: str, at: int, context: int) -> Example:
    """Return a line's example."""
    try:
        turns = [one.as_turn() for one in read_plain(line, Line).messages]
        (example,) = make_examples(tokenizer, [turns])
    except (Refusal, WorkshopError) as error:
        raise _refuse(f"line {at}: {str(error).removeprefix('example 0 ').rstrip('.')}") from None
    if len(example.ids) > context:
        raise _refuse(f"line {at} has {len(example.ids):,} tokens, and the model reads {context:,}. Shorten it")
    return example


def _refuse(text: str) -> Refusal:
    return Refusal(f"the file can't be tuned on: {text}.", code="invalid_training_file", param="file")
