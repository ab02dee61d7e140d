"""Ask a jailed child what a function of its notebook returns: what was foreseen in one message, the rest one by one."""

import hashlib
import re
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from backstage.grade.jail import wire
from backstage.grade.names import printable
from backstage.grade.replay import STRANGE, Replay
from workshop.checks.protocol import NOT_PLAIN, Reply
from workshop.checks.registry import Exercise

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,99}")
LONGEST_TEXT = 500
AHEAD_SECONDS = 1.0


@dataclass(frozen=True)
class Questions:
    """What a check asks of a right answer: the arguments of each call, as they travel."""

    each: tuple[bytes, ...] = ()

    @property
    def content(self) -> bytes:
        """All of them, as one list that travels."""
        return wire.join(self.each)


class JailCaller:
    """Calls the function of an exercise in a child; all its calls together may take `Limits.check` seconds.

    questions: arguments that a check will probably ask for, in this order; they go to the child in one message.
    digest: of the replies to them. beyond: whether anything else was asked. Raises StoppedError where the child ends.
    """

    def __init__(self, replay: Replay, exercise: Exercise, questions: Questions) -> None:
        self._replay, self._exercise, self._questions = replay, exercise, questions
        self._end = time.monotonic() + replay.limits.check
        self._content = self._ask(questions.content, AHEAD_SECONDS) if questions.each else b""
        self._ahead: deque[tuple[bytes, Reply]] | None = None
        self.digest = hashlib.sha256(self._content).digest()
        self.beyond = False

    def __call__(self, *arguments: Any) -> Reply:
        """Return the child's reply to these arguments."""
        if self._ahead is None:
            replies = self._read(self._content) if self._content else []
            self._ahead = deque(zip(self._questions.each, replies, strict=False))
        question = wire.encode(list(arguments))
        if self._ahead and self._ahead[0][0] == question:
            return self._ahead.popleft()[1]
        self._ahead.clear()
        self.beyond = True
        if time.monotonic() > self._end:
            self._replay.stop(f"stopped: its check overran {self._replay.limits.check:g} s")
        replies = self._read(self._ask(wire.join([question])))
        return replies[0] if replies else self._replay.stop(STRANGE)

    def _ask(self, questions: bytes, more_seconds: float = 0.0) -> bytes:
        """Return the replies to some questions as they travel: to fewer of them where the function is slow."""
        exercise = self._exercise
        seconds = exercise.seconds + more_seconds + self._replay.limits.grace
        facts = (exercise.function, exercise.seconds, exercise.tensors)
        found = self._replay.request("call", *facts, questions, seconds=seconds)
        return found if isinstance(found, bytes) else self._replay.stop(STRANGE)

    def _read(self, content: bytes) -> list[Reply]:
        """Return the replies that a child's bytes say."""
        try:
            found = wire.decode(content)
        except wire.WireError:
            self._replay.stop(STRANGE)
        replies = list(map(_read_reply, found)) if isinstance(found, list) else [None]
        return replies if None not in replies else self._replay.stop(STRANGE)


def _read_reply(parts: Any) -> Reply | None:
    """Return the reply that a child's answer says, its texts held to what they must be; None where it is none."""
    if not (isinstance(parts, list) and list(map(type, parts[1:])) == [str, str, bool, bool]):
        return None
    value, error, text, printed, mutated = parts
    if error and not NAME.fullmatch(error):
        error = "Exception"
    text = printable(text[:LONGEST_TEXT])
    if not _is_plain(value):
        value, error, text = None, NOT_PLAIN, "bytes"
    return Reply(None if error else value, error, text, "printed" if printed else "", mutated)


def _is_plain(value: Any) -> bool:
    """Tell whether a decoded value could have come from `plain`: no bytes, tuples only in keys."""
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    return not isinstance(value, bytes | tuple)
