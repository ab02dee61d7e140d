"""Usual mistakes, and which of them explains an answer."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.checks.causes import same_error
from workshop.checks.protocol import NOT_PLAIN, NotPlainError, Reply, plain
from workshop.checks.values import matches

ORDINARY = (ArithmeticError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class Mistake:
    """A usual mistake: what a function with it would return, and what to tell its author.

    id: names it in the tests ("norm_missing"). function: the exercise's function with the mistake in it.
    likely, next: the lines of the message. They point, they don't give the answer.
    sign: what must also be seen in the answer, where the same numbers can come from another mistake.
    """

    id: str
    function: Callable[..., Any]
    likely: str
    next: str
    sign: Callable[[Any], bool] | None = None


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

    def explains(self, mistake: Mistake, arguments: Sequence[Any], reply: Reply) -> bool:
        """Tell whether a function with this mistake would reply the same: the same value, or the same error."""
        made = attempt(mistake, arguments)
        if reply.error_type or made.error_type:
            return same_error(made, reply)
        if mistake.sign is not None and not mistake.sign(reply.value):
            return False
        return self.same(reply.value, made.value)


def attempt(mistake: Mistake, arguments: Sequence[Any]) -> Reply:
    """Return what the mistaken function makes of the arguments."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Reply(plain(mistake.function(*arguments)))
    except NotPlainError as error:
        return Reply(error_type=NOT_PLAIN, error_text=str(error))
    except ORDINARY as error:
        return Reply(error_type=type(error).__name__, error_text=str(error))


def find_mistakes(
    rule: Rule, mistakes: Sequence[Mistake], arguments: Sequence[Any], reply: Reply, want: Any
) -> list[Mistake]:
    """Return the mistakes that explain a reply to these arguments, where a right answer would be another."""
    found = []
    for mistake in mistakes:
        made = attempt(mistake, arguments)
        wrong = bool(made.error_type) or not rule.same(made.value, want)
        if wrong and rule.explains(mistake, arguments, reply):
            found.append(mistake)
    return found


def is_whole(value: Any) -> bool:
    """Tell whether an answer is an array of whole numbers by its type: a sign of an array made for integers."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "iu"
