"""Slips with texts and chat messages."""

from typing import Any

from workshop.checks.kinds import becomes

TEXT_SLIPS = (
    becomes(str.lower, "the case of the letters is lost.", "leave out lower()."),
    becomes(str.strip, "white space at the ends is lost.", "leave out strip()."),
    becomes(lambda want: want + "\n", "a new line at the end is too many.", "end without one."),
    becomes(lambda want: want.rstrip("\n"), "the new line at the end is missing.", "end with one."),
    becomes(repr, "the text stands in quotes: str() of a list, or repr(), adds them.", "join the texts themselves."),
    becomes(lambda want: want.replace("\n", " "), "lines are joined with blanks.", 'join them with "\\n".'),
    becomes(lambda want: "".join(want.split()), "the white space between is lost.", "join with the text between."),
    becomes(list, "a list of single characters is returned.", 'put it together: "".join(…).'),
)


def _swap(messages: Any, one: str, other: str) -> list[dict]:
    """Return chat messages with two roles exchanged."""
    roles = {one: other, other: one}
    return [each | {"role": roles.get(each["role"], each["role"])} for each in messages]


MESSAGE_SLIPS = (
    becomes(
        lambda want: _swap(want, "user", "assistant"),
        "the roles of user and assistant are exchanged.",
        "questions come from the user.",
    ),
    becomes(lambda want: want[::-1], "the messages come in the wrong order.", "the oldest comes first."),
    becomes(
        lambda want: [each for each in want if each["role"] != "system"],
        "the system message is missing.",
        "put it first.",
    ),
    becomes(lambda want: want[:-1], "the last message is missing.", "look at where the loop ends."),
    becomes(lambda want: want[-1:], "only the last message is there.", "append to the list, don't begin it anew."),
    becomes(
        lambda want: [each["content"] for each in want],
        "the texts are there without their roles.",
        'each message is a dict {"role": …, "content": …}.',
    ),
)
