"""Drive a jailed child through one notebook; where a cell or a check ends it, begin anew without that."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NoReturn

from backstage.grade.jail import wire
from backstage.grade.jail.cell import Cell
from backstage.lessons.source import DEMONSTRATION

FAILED = "failed"
LONGEST_TEXT = 500
MOST_TEXTS = 20
STRANGE = "stopped: an answer that no honest notebook gives"
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


class NoNotebookError(Exception):
    """The submission is no notebook."""


class Replay:
    """One submission in the jail. A context manager: leaving it ends every child.

    spawn: gives a new child. content: the notebook's bytes.
    """

    def __init__(self, spawn: Callable[[], Cell], content: bytes, limits: Limits) -> None:
        self._spawn, self._content, self.limits = spawn, content, limits
        self._cell: Cell | None = None
        self._left_out: dict[int, str] = {}
        self._said: list[str] = []
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

    @property
    def remarks(self) -> list[str]:
        """Return what the child said of the notebook as a whole: cells mended, imports passed over."""
        return list(dict.fromkeys(self._said))

    def prepare(self) -> None:
        """Have a child that has run the notebook, cells that end it left out.

        Raises NoNotebookError for what is no notebook, StoppedError where too many cells end the child.
        """
        while self._cell is None and len(self._left_out) <= self.limits.replays:
            if time.monotonic() > self._end:
                raise StoppedError(f"stopped: overran {self.limits.submission:g} s in all")
            self._begin()
        if self._cell is None:
            raise StoppedError(f"stopped: more than {self.limits.replays} cells end the notebook")

    def _begin(self) -> None:
        """Start a child and run the cells; where one of them ends it, leave that one out from now on."""
        self._cell = self._spawn()
        try:
            opened = self.request("open", self._content, DEMONSTRATION.pattern, seconds=self.limits.cell)
        except StoppedError:
            raise NoNotebookError("a notebook too large or too deeply nested to be read") from None
        if not (isinstance(opened, list) and list(map(type, opened)) == [int, str, list]):
            raise NoNotebookError("not a notebook: it can't be read")
        count, problem, said = opened
        if problem:
            raise NoNotebookError(f"not a notebook: {problem[:LONGEST_TEXT]}")
        self._said = self._texts(said)
        for number in range(count):
            if number in self._left_out:
                continue
            try:
                said = self.request("run", number, self.limits.cell, seconds=self.limits.cell + self.limits.grace)
                self._said += self._texts(said)[: MOST_TEXTS - len(self._said)]
            except StoppedError as problem:
                self._left_out[number] = str(problem)
                return

    def _texts(self, said: Any) -> list[str]:
        """Return the few short texts that a child gives, or end it; none where it could not do what was asked."""
        if said == FAILED:
            return []
        if not (isinstance(said, list) and all(type(one) is str for one in said)):
            self.stop(STRANGE)
        return [one[:LONGEST_TEXT] for one in said[:MOST_TEXTS]]

    def look(self, function: str) -> tuple[int, bool, str]:
        """Return how often the notebook defines a function, whether it is there at the end, what stopped its cell."""
        found = self.request("look", function, seconds=self.limits.cell)
        if not (isinstance(found, list) and list(map(type, found)) == [int, bool, str]):
            self.stop(STRANGE)
        return found[0], found[1], found[2][:LONGEST_TEXT]

    def request(self, *request: Any, seconds: float) -> Any:
        """Send a request and return what the child answers under its number; raise StoppedError where it doesn't."""
        number = self._number.getrandbits(62)
        left = self._end - time.monotonic()
        if left <= 0:
            self.stop(f"stopped: overran {self.limits.submission:g} s in all")
        try:
            wire.send(self._cell.talk, [number, *request], min(seconds, left))
            answer = wire.receive(self._cell.talk, min(seconds, left))
        except TimeoutError:
            self.stop(f"stopped: overran {min(seconds - self.limits.grace, left):.0f} s")
        except wire.ClosedError:
            self.stop("stopped: ended Python itself")
        except wire.WireError:
            self.stop(STRANGE)
        if not (isinstance(answer, list) and len(answer) == 2 and type(answer[0]) is int and answer[0] == number):
            self.stop(STRANGE)
        return answer[1]

    def stop(self, why: str) -> NoReturn:
        """End the child and raise StoppedError with the reason that its guard knows, or the given one."""
        told = self._drop()
        if not told:
            raise LostError
        raise StoppedError(ENDED.get(told, why))

    def _drop(self) -> str:
        """End the child, if there is one, and return why its guard had ended it."""
        cell, self._cell = self._cell, None
        return cell.end() if cell else ""
