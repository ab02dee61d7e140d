"""What a check is written with: ask the learner's function, compare, and name the mistake."""

import itertools
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from workshop.checks.calls import Call, dress, write_contrast, write_difference
from workshop.checks.causes import find_cause
from workshop.checks.diagnosis import Asked, Diagnosis
from workshop.checks.protocol import NOT_PLAIN, TIME_UP, Caller, Reply, plain
from workshop.checks.registry import Exercise
from workshop.checks.values import describe, differ_in_kind
from workshop.errors import NotWritten, NotYet, WorkshopError

__all__ = ["Ask", "CheckBroken", "write_message"]

WIDTH = 12
UNKNOWN = (
    "none of the usual mistakes fits.",
    "do the example of the card by hand, print the values in between, and compare step by step.",
)

REFUSING = {
    "": "{where} raises no error.",
    NOT_PLAIN: "an error is returned, not raised.",
    TIME_UP: "where {where}, a loop never ends: it must not begin.",
}


class CheckBroken(WorkshopError):
    """A check that can't judge: the workshop's fault, and never a learner's zero."""


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

    def each(self, inputs: Sequence[Sequence[Any]]) -> None:
        """Compare with the reference on every input; the first that differs is shown.

        Raises CheckBroken where the reference fails.
        """
        asked: list[Asked] = []
        for place, arguments in enumerate(map(plain, inputs)):
            asked.append(self._ask(arguments))
            if not self._right(asked[-1]):
                wrong = asked[-1]
                for more in map(plain, inputs[place + 1 :]):
                    if asked[-1].reply.error_type == TIME_UP:
                        break
                    asked.append(self._ask(more))
                self._tell(wrong, asked)

    def refuses(
        self, inputs: Sequence[Sequence[Any]], refused: Sequence[Sequence[Any]], error: str, where: str, next: str
    ) -> None:
        """Compare with the reference on every input, and demand an error of this type for what must be refused.

        where: the condition of refusing, as Python writes it. next: what to do where it isn't done.
        """
        for must, asked in ((False, inputs), (True, refused)):
            for arguments in map(plain, asked):
                reply, call = self.caller(*arguments), Call(self.exercise, arguments)
                raised = reply.error_type == error and (must or "raise" in reply.error_text)
                expected = f"{call} {f'raises a {error}' if must else 'returns a value, and raises nothing'}."
                got = f"an error. {reply.error_text}" if reply.error_type else describe(reply.value)
                likely = REFUSING.get(reply.error_type, "another error is raised.").format(where=where)
                self.true(raised == must, expected, got, likely if must else "your `raise` comes too often.", next)
                if reply.error_type and not must:
                    break
            if not must:
                self.each(inputs)

    def same(self, arguments: Sequence[Any], want: Any, what: str = "") -> Any:
        """Compare the function's value with the wanted one, for checks of their own, and return it.

        what: one sentence on what is expected; without it the call and its value are shown.
        """
        asked = Asked(plain(arguments), self.caller(*plain(arguments)), plain(want))
        if not self._right(asked):
            self._tell(asked, [asked], what)
        return asked.reply.value

    def _ask(self, arguments: Sequence[Any]) -> Asked:
        """Ask one question, and what the right answer is."""
        try:
            want = plain(self.exercise.solve(*arguments))
        except Exception as error:
            raise CheckBroken(
                f"{self.exercise.heading}: this check can't judge, whatever the answer: its own reference ends in "
                f"{type(error).__name__}: {error}. For the teacher: the workshop needs mending, in "
                f"workshop/exercises/{self.exercise.lesson.partition('_')[2]}.py."
            ) from error
        return Asked(arguments, self.caller(*arguments), want)

    def _right(self, asked: Asked) -> bool:
        reply = asked.reply
        return not reply.error_type and not reply.mutated and self.exercise.answer.rule.same(reply.value, asked.want)

    def _tell(self, wrong: Asked, asked: Sequence[Asked], what: str = "") -> NoReturn:
        """Raise NotYet with the diagnosis of a wrong reply. asked: all that was asked."""
        reply, want, free = wrong.reply, wrong.want, self.exercise.answer.rule.unordered
        call = Call(self.exercise, wrong.arguments)
        came, wanted = write_contrast(self.exercise, reply.value, want)
        expected = [what or f"{call} returns {wanted}{' (in any order)' if free else ''}.", *call.tables]
        named = None
        if not reply.mutated and reply.error_type != "NotImplementedError":
            named = Diagnosis(self.exercise, asked, wrong).find()
        if named is not None:
            got = f"an error. {reply.error_text}" if reply.error_type else came
            self.fail("\n".join(expected), self._with_difference(got, wrong), *named)
        got = self._accept(reply, wrong.arguments)
        cause = differ_in_kind(got, want) or UNKNOWN
        self.fail("\n".join(expected), self._with_difference(came, wrong), *cause)

    def _with_difference(self, came: str, wrong: Asked) -> str:
        """Return what came, with what is missing or too many where order is free."""
        if not self.exercise.answer.rule.unordered or wrong.reply.error_type:
            return came
        difference = write_difference(*(dress(one, self.exercise.like) for one in (wrong.reply.value, wrong.want)))
        return f"{came}\n{difference}" if difference else came

    def _accept(self, reply: Reply, arguments: Sequence[Any]) -> Any:
        """Return a reply's value; raise NotYet for an error, a changed argument or no value at all."""
        if not reply.error_type and not reply.mutated and reply.value is not None:
            return reply.value
        call = Call(self.exercise, arguments)
        if reply.error_type:
            self._explain_error(reply, call)
        if reply.mutated:
            self.fail(
                "\n".join([f"{call} leaves its arguments as they were.", *call.tables]),
                "an argument that was changed during the call.",
                "the function writes into its input (+=, sort(), append, pop or an assignment to x[i]).",
                "work on a copy, or build a new value and return that.",
            )
        if reply.value is None:
            printed = " It printed something, though." if reply.stdout else ""
            self.fail(
                "\n".join([f"{call} returns a value.", *call.tables]),
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
        """Raise NotYet with the four lines of a diagnosis; expected and got may go on below."""
        raise NotYet(write_message(self.exercise, expected, got, likely, next))

    def _explain_error(self, reply: Reply, call: Call) -> None:
        """Raise NotYet for a call that raised, never ended or returned something that can't be read."""
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
            expected = "\n".join([f"{call} returns within {self.exercise.seconds:g} s.", *call.tables])
            self.fail(expected, f"nothing: {reply.error_text}.", cause, _again(call))
        if reply.error_type == NOT_PLAIN:
            self.fail(
                "\n".join([f"{call} returns numbers, text, lists, dicts or arrays.", *call.tables]),
                f"{reply.error_text}.",
                "an iterator, a set or an object is returned as it is.",
                "turn it into a list, dict or array first.",
            )
        cause, step = find_cause(reply)
        expected = "\n".join([f"{call} returns a value.", *call.tables])
        self.fail(expected, f"an error. {reply.error_text}", cause, step or _again(call))


def _again(call: Call) -> str:
    """Return the step of reading an error where it occurs: with the same call, if it can be written down."""
    if not call.whole:
        return "try that line with small values of your own in a cell of its own; then run this cell again."
    return f"call {call} in a cell of its own and read the error there; then run this cell again."


def write_message(exercise: Exercise, expected: str, got: str, likely: str, next: str) -> str:
    """Return the text of a diagnosis; lines after the first of each part are moved in."""
    parts = {"Expected:": expected, "Got:": got, "Likely:": likely, "Next:": next}
    moved = {label: text.replace("\n", "\n" + " " * WIDTH) for label, text in parts.items()}
    body = itertools.starmap("  {:<9} {}".format, moved.items())
    return "\n".join([f"{exercise.heading}: not yet.", *body])
