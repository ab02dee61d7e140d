"""Of what kind an answer is: when two are the same, and which slips are looked for whatever the exercise."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workshop.checks.mistakes import Rule

Named = tuple[str, str]  # the likely cause, the next step


@dataclass(frozen=True)
class Case:
    """A wrong answer, and all that a slip may look at.

    got, want: plain values. arguments: of the call, plain. exercise: whose they are.
    """

    got: Any
    want: Any
    arguments: Sequence[Any]
    exercise: Any

    @property
    def rule(self) -> Rule:
        """When two answers count as the same."""
        return self.exercise.answer.rule

    def is_got(self, value: Any) -> bool:
        """Tell whether a value is what was returned, and is wrong."""
        return self.rule.same(self.got, value) and not self.rule.same(value, self.want)

    def texts(self) -> list[list[str]]:
        """Return the arguments that are lists of names."""
        return [each for each in self.arguments if isinstance(each, list) and each and set(map(type, each)) == {str}]


Slip = Callable[[Case], Named | None]


@dataclass(frozen=True)
class Kind:
    """A kind of answer.

    slips: what people do wrong with it everywhere, the surest first. relations: how a wrong answer stands to the right
    one, where nothing else explains it. parts: the names of an answer's parts.
    """

    name: str
    slips: tuple[Slip, ...]
    relations: tuple[Slip, ...] = ()
    rule: Rule = field(default_factory=Rule)
    parts: tuple[str, ...] = ()


def find_named(slips: Sequence[Slip], case: Case) -> Named | None:
    """Return what the first slip that fits says; what a value is too strange for doesn't fit."""
    for slip in slips:
        try:
            named = slip(case)
        except Exception:
            continue
        if named is not None:
            return named
    return None


def becomes(change: Callable[[Any], Any], likely: str, step: str) -> Slip:
    """Return the slip of answering with a change of the right answer."""

    def slip(case: Case) -> Named | None:
        made = change(case.want)
        return (likely, step) if made is not None and case.is_got(made) else None

    return slip
