"""Usual mistakes, and whether one explains an answer."""

import copy
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workshop.checks.causes import same_error
from workshop.checks.protocol import NOT_PLAIN, TIME_UP, NotPlainError, Reply, plain
from workshop.checks.values import matches


class Endless(Exception):
    """Raised by a mistake in the place of a loop that never ends: mistakes run without a timer."""


def never_ends(*_: Any) -> None:
    """Stand for a function that never ends, among an exercise's mistakes."""
    raise Endless


@dataclass(frozen=True)
class Mistake:
    """A usual mistake: what a function with it would return, and what to tell its author.

    likely, next: the lines of the message. They point, they don't give the answer. pieces: the edits of the reference
    that make it, (piece, replacement) each; empty where it is a function.
    """

    function: Callable[..., Any]
    likely: str
    next: str
    pieces: tuple[tuple[str, str], ...] = ()

    def on(self, change: Callable[[Callable[..., Any]], Callable[..., Any]]) -> "Mistake":
        """Return the mistake with its function changed."""
        return replace(self, function=change(self.function))

    def attempt(self, arguments: Sequence[Any]) -> Reply:
        """Return what the mistaken function makes of a copy of the arguments; its errors are replies too."""
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return Reply(plain(self.function(*copy.deepcopy(arguments))))
        except NotPlainError as error:
            return Reply(error_type=NOT_PLAIN, error_text=str(error))
        except Endless:
            return Reply(error_type=TIME_UP)
        except Exception as error:
            return Reply(error_type=type(error).__name__, error_text=str(error))


@dataclass(frozen=True)
class Rule:
    """When two plain values count as the same.

    tolerance: relative, and a tenth of it absolute. unordered: whether the order of a list is free.
    """

    tolerance: float = 1e-4
    unordered: bool = False

    def same(self, got: Any, want: Any) -> bool:
        """Tell whether two plain values are the same by this rule."""
        if self.unordered:
            got, want = (sorted(value, key=repr) if isinstance(value, list) else value for value in (got, want))
        return matches(got, want, self.tolerance)

    def alike(self, reply: Reply, made: Reply) -> bool:
        """Tell whether a mistake's reply is the learner's: the same value, or the same error."""
        if reply.error_type or made.error_type:
            return TIME_UP == reply.error_type == made.error_type or same_error(made, reply)
        return self.same(reply.value, made.value)
