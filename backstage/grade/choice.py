"""Which of several notebooks counts: never an unchanged handout, then the latest attempt."""

import functools
import re
from collections.abc import Callable, Sequence

from backstage.grade.files import UnreadableError
from workshop.checks.registry import list_exercises

# The end of the docstring, in JSON, and the line that the handout has below it.
STUB = re.compile(rb'\\"\\"\\"\\n(?:",\s*")?[ \t]*raise NotImplementedError\(')
ATTEMPT = re.compile(r"\b(?:version|attempt)[ _-]?(\d{1,6})\b", re.IGNORECASE)
HANDOUT, UNREAD, CHANGED = range(3)


@functools.cache
def _functions(lesson: str) -> tuple[bytes, ...]:
    """Return the names of the functions that a lesson's learners write."""
    return tuple(one.function.encode() for one in list_exercises(lesson))


def is_handout(content: bytes, lesson: str) -> bool:
    """Tell whether every function of a lesson is still the stub that was handed out, and stands there once at most.

    The bytes are searched, not parsed, so that nothing that a student wrote is interpreted here.
    """
    content = content.replace(b"\0", b"")  # UTF-16
    functions = _functions(lesson)
    if len(STUB.findall(content)) < len(functions):
        return False
    return all(len(re.findall(rb"\bdef +" + name + rb"\b", content)) <= 1 for name in functions)


def grade_state(read: Callable[[], bytes] | None, lesson: str) -> int:
    """Return whether a notebook is an unchanged handout, unreadable, or something that a student changed."""
    try:
        content = read() if read else b""
    except UnreadableError:
        return UNREAD
    return HANDOUT if lesson and is_handout(content, lesson) else CHANGED


def find_attempt(inside: Sequence[str], file: str, stem: str) -> tuple[int, bool, int]:
    """Return how a file ranks among a student's several by its path.

    These are the number of a folder such as `Version 2`, whether it bears the lesson's own name, and the number after
    that.
    """
    numbers = [int(found) for part in inside[:-1] for found in ATTEMPT.findall(part)]
    own = re.fullmatch(rf"{re.escape(stem)}(?:-(\d{{1,9}}))?\.ipynb", file)
    return (max(numbers, default=0), bool(own), int(own[1] or 0) if own else 0)
