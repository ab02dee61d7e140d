"""What a check is written with: ask the learner's function, compare, and name the mistake."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from workshop.checks.causes import find_cause
from workshop.checks.mistakes import Mistake, Rule, find_mistakes
from workshop.checks.protocol import NOT_PLAIN, TIME_UP, Caller, Reply, plain
from workshop.checks.registry import Exercise
from workshop.checks.values import contrast, describe, describe_argument, differ_in_kind
from workshop.errors import NotWritten, NotYet

__all__ = ["Ask", "Mistake"]


class Ask:
    """One run of a check on one function.

    exercise: whose it is. caller: calls the function. seed: where the random inputs start.
    rng: the generator for random inputs. Every method raises NotYet with a full diagnosis.
    """

    def __init__(self, exercise: Exercise, caller: Caller, seed: int = 0) -> None:
        self.exercise = exercise
        self.caller = caller
        self.rng = np.random.default_rng(seed)

    def __call__(self, *arguments: Any) -> Any:
        """Call the learner's function and return its plain value."""
        arguments = plain(arguments)
        return self._accept(self.caller(*arguments), arguments)

    def each(
        self,
        inputs: Sequence[Sequence[Any]],
        reference: Callable[..., Any],
        mistakes: Sequence[Mistake] = (),
        *,
        unordered: bool = False,
        tolerance: float = 1e-4,
    ) -> None:
        """Compare with a reference on every input; the first that differs is shown.

        Where several mistakes would give the same there, the one that explains most of the other answers is named.
        """
        options = {"unordered": unordered, "tolerance": tolerance, "others": inputs}
        for arguments in inputs:
            self.same(arguments, reference(*plain(arguments)), mistakes, **options)

    def same(
        self,
        arguments: Sequence[Any],
        want: Any,
        mistakes: Sequence[Mistake] = (),
        *,
        what: str = "",
        tolerance: float = 1e-4,
        unordered: bool = False,
        others: Sequence[Sequence[Any]] = (),
    ) -> Any:
        """Compare the function's value with the wanted one; where it differs, look for a known mistake.

        arguments: they reach the function as `plain` makes them, as in the grader (a tuple is a list).
        what: one sentence on what is expected; without it the call and its value are shown.
        tolerance: relative, and a tenth of it absolute. unordered: whether the order of a list is free.
        others: more arguments, to tell mistakes apart that look the same here. Returns the function's value.
        """
        rule, arguments, want = Rule(tolerance, unordered), plain(arguments), plain(want)
        reply = self.caller(*arguments)
        if not reply.error_type and not reply.mutated and rule.same(reply.value, want):
            return reply.value
        came, wanted = contrast(reply.value, want)
        expected = what or f"{self._show(arguments)} returns {wanted}{' (in any order)' if unordered else ''}."
        mistake = None if reply.mutated else self._diagnose(rule, mistakes, (arguments, reply, want), others)
        if mistake is not None:
            got = f"an error. {reply.error_text}" if reply.error_type else came
            self.fail(expected, got, mistake.likely, mistake.next)
        got = self._accept(reply, arguments)
        return self.fail(expected, came, *(differ_in_kind(got, want) or UNKNOWN))

    def _diagnose(
        self, rule: Rule, mistakes: Sequence[Mistake], asked: tuple, others: Sequence[Sequence[Any]]
    ) -> Mistake | None:
        """Return the mistake that explains a wrong reply and most of the other replies; None where none does.

        asked: the arguments, the reply, and the wanted value. One word or whole number is easily met by chance: there,
        a mistake must explain more than half of the others too.
        """
        arguments, reply, want = asked
        found = find_mistakes(rule, mistakes, arguments, reply, want)
        chancy = isinstance(reply.value, str | int) and bool(others)
        if len(found) <= 1 and not (found and chancy):
            return found[0] if found else None
        replies = []
        for other in map(plain, others):
            replies.append((other, self.caller(*other)))
            if replies[-1][1].error_type == TIME_UP:
                break
        explained = [sum(rule.explains(mistake, *each) for each in replies) for mistake in found]
        most = max(explained)
        return None if chancy and most <= len(replies) / 2 else found[explained.index(most)]

    def _show(self, arguments: Sequence[Any]) -> str:
        """Write a call as the learner would."""
        exercise = self.exercise
        shown = (describe_argument(each, exercise.tensors)[0] for each in arguments)
        return f"{exercise.function}({', '.join(shown)})"

    def _accept(self, reply: Reply, arguments: Sequence[Any]) -> Any:
        """Return a reply's value; raise NotYet for an error, a changed argument or no value at all."""
        if not reply.error_type and not reply.mutated and reply.value is not None:
            return reply.value
        shown = self._show(arguments)
        if reply.error_type:
            self._explain_error(reply, arguments)
        if reply.mutated:
            self.fail(
                f"{shown} leaves its arguments as they were.",
                "an argument that was changed during the call.",
                "the function writes into its input (+=, sort(), append, pop or an assignment to x[i]).",
                "work on a copy, or build a new value and return that.",
            )
        if reply.value is None:
            printed = " It printed something, though." if reply.stdout else ""
            self.fail(
                f"{shown} returns a value.",
                f"None.{printed}",
                "print() instead of return."
                if printed
                else "the `return` is missing, or stands in a branch not taken.",
                "end the function with `return` and the result.",
            )
        return reply.value

    def true(self, condition: object, expected: str, got: Any, likely: str, next: str) -> None:
        """Fail with this diagnosis unless the condition holds. got: a text, or a value to be described."""
        if not condition:
            self.fail(expected, got if isinstance(got, str) else describe(got), likely, next)

    def fail(self, expected: str, got: str, likely: str, next: str) -> NoReturn:
        """Raise NotYet with the four lines of a diagnosis."""
        raise NotYet(write_message(self.exercise, expected, got, likely, next))

    def _explain_error(self, reply: Reply, arguments: Sequence[Any]) -> None:
        """Raise NotYet for a call that raised, never ended or returned something that can't be read."""
        shown = self._show(arguments)
        if reply.error_type == "NotImplementedError":
            raise NotWritten(
                write_message(
                    self.exercise,
                    f"a function {self.exercise.function} of your own.",
                    "the stub: it still raises NotImplementedError.",
                    "it isn't written yet, or the cell above wasn't run after the change.",
                    "replace the `raise` line by your code, run that cell, then this one.",
                )
            )
        if reply.error_type == TIME_UP:
            cause = "a loop whose condition never becomes false, or far more steps than needed."
            nothing = f"nothing: {reply.error_text}."
            self.fail(f"{shown} returns within {self.exercise.seconds:g} s.", nothing, cause, self._again(arguments))
        if reply.error_type == NOT_PLAIN:
            self.fail(
                f"{shown} returns numbers, text, lists, dicts or arrays.",
                f"{reply.error_text}.",
                "an iterator, a set or an object is returned as it is.",
                "turn it into a list, dict or array first.",
            )
        cause, step = find_cause(reply)
        got = f"an error. {reply.error_text}"
        self.fail(f"{shown} returns a value.", got, cause, step or self._again(arguments))

    def _again(self, arguments: Sequence[Any]) -> str:
        """Return the step of reading an error where it occurs: with the same call, if it can be written down."""
        if not all(describe_argument(each)[1] for each in arguments):
            return "try that line with small values of your own in a cell of its own; then run this cell again."
        return f"call {self._show(arguments)} in a cell of its own and read the error there; then run this cell again."


UNKNOWN = (
    "none of the usual mistakes fits.",
    "do the example of the card by hand, print the values in between, and compare step by step.",
)


def write_message(exercise: Exercise, expected: str, got: str, likely: str, next: str) -> str:
    """Return the text of a diagnosis."""
    lines = {"Expected:": expected, "Got:": got, "Likely:": likely, "Next:": next}
    body = itertools.starmap("  {:<9} {}".format, lines.items())
    return "\n".join([f"{exercise.heading}: not yet.", *body])
