"""Drive a jailed child through one notebook; where a cell or a check ends it, begin anew without that."""

import random
import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from workshop.checks.protocol import NOT_PLAIN, Reply
from workshop.checks.registry import Exercise
from workshop.grade import wire
from workshop.grade.cell import Cell

DEMONSTRATION = r"\A# demonstration \d+\.\d+"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,99}")
LONGEST_TEXT = 500
REPLY_PARTS = 6
AHEAD_SECONDS = 1.0
ENDED = {
    "memory": "stopped: took more memory than a submission may",
    "processes": "stopped: started more processes than a submission may",
}


@dataclass(frozen=True)
class Limits:
    """What one submission may take: seconds of wall clock, and how often its notebook is begun anew.

    grace: what is given beyond a limit that the child should have kept itself.
    """

    cell: float = 60.0
    check: float = 60.0
    submission: float = 600.0
    grace: float = 3.0
    replays: int = 5


class StoppedError(Exception):
    """The child ended, or was ended; the text says why in a line that begins with 'stopped'."""


class LostError(Exception):
    """The child's guard is gone, which no submission can reach: something outside ended it."""


class UnreadableError(Exception):
    """The submission is no notebook."""


class Replay:
    """One submission in the jail. A context manager: leaving it ends every child.

    spawn: gives a new child. content: the notebook's bytes.
    """

    def __init__(self, spawn: Callable[[], Cell], content: bytes, limits: Limits) -> None:
        self._spawn, self._content, self._limits = spawn, content, limits
        self._cell: Cell | None = None
        self._left_out: dict[int, str] = {}
        self._end = time.monotonic() + limits.submission
        self._number = random.SystemRandom()

    def __enter__(self) -> "Replay":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop()

    @property
    def stops(self) -> list[str]:
        """Return why cells were left out."""
        return list(self._left_out.values())

    def prepare(self) -> None:
        """Have a child that has run the notebook, cells that end it left out.

        Raises UnreadableError for what is no notebook, StoppedError where too many cells end the child.
        """
        while self._cell is None and len(self._left_out) <= self._limits.replays:
            if time.monotonic() > self._end:
                raise StoppedError(f"stopped: overran {self._limits.submission:g} s in all")
            self._begin()
        if self._cell is None:
            raise StoppedError(f"stopped: more than {self._limits.replays} cells end the notebook")

    def _begin(self) -> None:
        """Start a child and run the cells; where one of them ends it, leave that one out from now on."""
        self._cell = self._spawn()
        try:
            count = self._request("open", self._content, DEMONSTRATION, seconds=self._limits.cell)
        except StoppedError:
            raise UnreadableError("a notebook too large or too deeply nested to be read") from None
        if type(count) is not int:
            raise UnreadableError("not a notebook: its JSON can't be read or has no cells")
        for number in range(count):
            if number in self._left_out:
                continue
            try:
                self._request("run", number, self._limits.cell, seconds=self._limits.cell + self._limits.grace)
            except StoppedError as problem:
                self._left_out[number] = str(problem)
                return

    def look(self, function: str) -> tuple[int, bool]:
        """Return how often the notebook defines a function, and whether the name stands for one in the end."""
        found = self._request("look", function, seconds=self._limits.cell)
        if not (isinstance(found, list) and list(map(type, found)) == [int, bool]):
            self._break("stopped: an answer that no honest notebook gives")
        return found[0], found[1]

    def caller(self, exercise: Exercise, asked: Sequence[list[Any]] = ()) -> Callable[..., Reply]:
        """Return a caller for the function of an exercise; all its calls together may take `Limits.check` seconds.

        asked: arguments that a check will probably ask for, in this order; they go to the child in one message.
        """
        end = time.monotonic() + self._limits.check
        ahead = deque(zip(asked, self._ask_ahead(exercise, asked), strict=False))

        def call(*arguments: Any) -> Reply:
            if ahead:
                expected, reply = ahead.popleft()
                if wire.encode(expected) == wire.encode(list(arguments)):
                    return reply
                ahead.clear()
            if time.monotonic() > end:
                self._break(f"stopped: its check overran {self._limits.check:g} s")
            seconds = exercise.seconds + self._limits.grace
            request = ("call", exercise.function, exercise.seconds, list(arguments))
            return self._read_reply(self._request(*request, seconds=seconds), exercise)

        return call

    def _ask_ahead(self, exercise: Exercise, asked: Sequence[list[Any]]) -> list[Reply]:
        """Return the replies to the first of these arguments: fewer of them where the function is slow."""
        if not asked:
            return []
        seconds = exercise.seconds + AHEAD_SECONDS + self._limits.grace
        found = self._request("calls", exercise.function, exercise.seconds, list(asked), seconds=seconds)
        if not isinstance(found, list):
            self._break("stopped: an answer that no honest notebook gives")
        return [self._read_reply(parts, exercise) for parts in found[: len(asked)]]

    def _request(self, *request: Any, seconds: float) -> Any:
        """Send a request and return what the child answers under its number; raise StoppedError where it doesn't."""
        number = self._number.getrandbits(62)
        left = self._end - time.monotonic()
        if left <= 0:
            self._break(f"stopped: overran {self._limits.submission:g} s in all")
        try:
            wire.send(self._cell.talk, [number, *request], min(seconds, left))
            answer = wire.receive(self._cell.talk, min(seconds, left))
        except TimeoutError:
            self._break(f"stopped: overran {min(seconds - self._limits.grace, left):.0f} s")
        except wire.ClosedError:
            self._break("stopped: ended Python itself")
        except wire.WireError:
            self._break("stopped: an answer that no honest notebook gives")
        if not (isinstance(answer, list) and len(answer) == 2 and type(answer[0]) is int and answer[0] == number):
            self._break("stopped: an answer that no honest notebook gives")
        return answer[1]

    def _read_reply(self, parts: Any, exercise: Exercise) -> Reply:
        """Return the reply that a child's answer says, its types and texts held to what they must be."""
        kinds = [str, str, bool, bool, float]
        if not (isinstance(parts, list) and len(parts) == REPLY_PARTS and list(map(type, parts[1:])) == kinds):
            self._break("stopped: an answer that no honest notebook gives")
        value, error, text, printed, mutated, seconds = parts
        if error and not NAME.fullmatch(error):
            error = "Exception"
        text = "".join(c if c.isprintable() else " " for c in text[:LONGEST_TEXT])
        if not _is_plain(value):
            value, error, text = None, NOT_PLAIN, "bytes"
        seconds = min(max(seconds, 0.0), exercise.seconds) if seconds == seconds else 0.0
        return Reply(None if error else value, error, text, "printed" if printed else "", mutated, seconds)

    def _break(self, why: str) -> None:
        """End the child and raise StoppedError with the reason that its guard knows, or the given one."""
        told = self._drop()
        if not told:
            raise LostError
        raise StoppedError(ENDED.get(told, why))

    def _drop(self) -> str:
        """End the child, if there is one, and return why its guard had ended it."""
        cell, self._cell = self._cell, None
        return cell.end() if cell else ""


def _is_plain(value: Any) -> bool:
    """Tell whether a decoded value could have come from `plain`: no bytes, tuples only in keys."""
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    return not isinstance(value, bytes | tuple)
