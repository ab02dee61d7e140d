"""Find out whose fault it is that a check ends in an error: the value's that it judged, or its own."""

from collections.abc import Callable
from typing import Any

from workshop.checks.ask import CheckBroken
from workshop.checks.protocol import Caller, Reply, plain
from workshop.checks.registry import Exercise
from workshop.errors import NotYet


def call_reference(exercise: Exercise) -> Caller:
    """Return a caller of the exercise's reference. It has no timer; errors are replies, as a learner's are."""

    def call(*arguments: Any) -> Reply:
        try:
            return Reply(plain(exercise.solve(*arguments)))
        except Exception as error:  # a check may ask for what must be refused
            return Reply(error_type=type(error).__name__, error_text=str(error))

    return call


def judge_fairly(exercise: Exercise, caller: Caller, check: Callable[[Caller], None]) -> None:
    """Run a check; where it ends in an error of its own, run it on the reference, which shows whose fault that is.

    check: called with a caller; the same inputs each time. Raises NotYet for a wrong answer and for a value that the
    check can't read, CheckBroken where the reference fails too, and whatever the caller itself raises.
    """
    passed_on: list[BaseException] = []

    def watched(*arguments: Any) -> Reply:
        try:
            return caller(*arguments)
        except BaseException as error:
            passed_on.append(error)
            raise

    try:
        check(watched)
    except NotYet:
        raise
    except Exception as error:
        if error in passed_on:
            raise
        try:
            check(call_reference(exercise))
        except Exception as fault:
            raise CheckBroken(
                f"for the teacher: {exercise.heading}: this check can't judge, whatever the answer "
                f"({type(fault).__name__}). That counts neither for nor against a student: give the points by "
                "hand, and mend the exercise or install the tested versions (pip install -c constraints.txt -e .)."
            ) from fault
        raise NotYet(write_unreadable(exercise, error)) from None


def write_unreadable(exercise: Exercise, error: Exception) -> str:
    """Return the message for a value that a check stumbles over."""
    return (
        f"{exercise.heading}: not yet.\n"
        "  Expected: a value of the kind that the card describes.\n"
        f"  Got:      a value that the check can't read ({type(error).__name__}).\n"
        "  Likely:   a value that the check can't read: numbers of an enormous size, or lists of uneven lengths.\n"
        "  Next:     return what the card asks for, and run the check in the notebook."
    )
