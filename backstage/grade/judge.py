"""Judge one exercise through a caller: the visible check, the hidden ones, and what the student may read of them."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from backstage.grade.caller import Questions
from backstage.grade.jail import wire
from backstage.grade.records import Mark
from backstage.grade.replay import LostError, StoppedError
from workshop.checks import run_check
from workshop.checks.hidden import run_hidden
from workshop.checks.protocol import TIME_UP, Caller, Reply, on_arrays, plain
from workshop.checks.registry import Exercise
from workshop.errors import NotWritten, NotYet

LONGEST = 4000
ONCE_MORE = "The other exercises are graded without it."


@dataclass(frozen=True)
class Verdict:
    """What judging an exercise gave so far: reason and message are "" while nothing speaks against it."""

    exercise: Exercise
    reason: str = ""
    message: str = ""
    notes: tuple[str, ...] = ()

    def fail(self, reason: str, message: str) -> "Verdict":
        """Return the verdict with a reason against it."""
        return replace(self, reason=reason, message=message)

    def note(self, *notes: str) -> "Verdict":
        """Return the verdict with more remarks."""
        return replace(self, notes=tuple(dict.fromkeys((*self.notes, *notes))))

    def as_mark(self) -> Mark:
        """Return the mark: all points where there is no reason against it, with texts that are safe to print."""
        points = 0 if self.reason else self.exercise.points
        notes = tuple(map(clean, self.notes))
        return Mark(
            self.exercise.id, points, self.exercise.points, clean(self.reason), clean(self.message, "\n"), notes
        )


def judge_visible(verdict: Verdict, caller: Caller) -> Verdict:
    """Run the check that the student sees."""
    return _judge(verdict, caller, lambda watched: run_check(verdict.exercise, watched))


def judge_hidden(verdict: Verdict, caller: Caller, secret: bytes) -> Verdict:
    """Run the same check on the secret's seeds; its message shows no input."""
    return _judge(verdict, caller, lambda watched: run_hidden(verdict.exercise, watched, secret))


def _judge(verdict: Verdict, caller: Caller, run: Callable[[Caller], Any]) -> Verdict:
    """Run a check; lets StoppedError and the like through, for what ends the child is not the check's affair."""
    exercise, overran = verdict.exercise, False

    def watched(*arguments: Any) -> Reply:
        nonlocal overran
        reply = caller(*arguments)
        overran = overran or reply.error_type == TIME_UP
        return reply

    try:
        run(watched)
    except (LostError, StoppedError):
        raise
    except NotWritten as error:
        return verdict.fail("not written", str(error))
    except NotYet as error:
        likely = _line(str(error), "Likely:") or "none of the usual mistakes fits."
        reason = f"stopped: overran {exercise.seconds:g} s" if overran else f"wrong: {likely}"
        return verdict.fail(reason, str(error))
    except Exception as error:
        # The check itself could not stand the value: for nbgrader too that is an error and no points.
        return verdict.fail("wrong: a value that the check can't read", _unreadable(exercise, error))
    return verdict


def foresee(exercise: Exercise, run: Callable[..., Verdict], *more: Any) -> Questions:
    """Return what a check asks of a right answer; nothing where the reference doesn't pass by itself.

    run: judge_visible or judge_hidden, which gets `more`.
    """
    asked: list[bytes] = []
    reference = on_arrays(exercise.reference) if exercise.tensors else exercise.reference

    def remember(*arguments: Any) -> Reply:
        asked.append(wire.encode(list(arguments)))
        return Reply(plain(reference(*arguments)))

    passed = not run(Verdict(exercise), remember, *more).reason
    found = Questions(tuple(asked) if passed else ())
    try:
        wire.decode(found.content)
    except wire.WireError:
        return Questions()
    return found


def stopped(verdict: Verdict, error: StoppedError) -> Verdict:
    """Return the verdict on an exercise whose check ended the child."""
    return verdict.fail(str(error), f"{verdict.exercise.heading}: {error}.\n  {ONCE_MORE}")


def clean(text: str, kept: str = "") -> str:
    """Return a text without control characters, marks of direction and halves of characters, cut to a length.

    kept: control characters that stay.
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = "".join(c if c in kept or unicodedata.category(c)[0] not in "CZ" or c == " " else " " for c in text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _line(diagnosis: str, label: str) -> str:
    """Return one line of a diagnosis without its label, or ""."""
    lines = [line.strip() for line in diagnosis.splitlines()]
    return next((line.removeprefix(label).strip() for line in lines if line.startswith(label)), "")


def not_found(verdict: Verdict) -> Verdict:
    """Return the verdict on an exercise whose function isn't there."""
    exercise = verdict.exercise
    return verdict.fail(
        "not found",
        f"{exercise.heading}: not found.\n"
        f"  Expected: a function {exercise.function} in one of the notebook's cells.\n"
        "  Likely:   its cell was deleted, the name is misspelt, or the cell ends in an error before the function.\n"
        "  Next:     write it under this name, run the whole notebook from the top, and hand it in again.",
    )


def _unreadable(exercise: Exercise, error: Exception) -> str:
    """Return the message for a value that the check itself stumbles over."""
    return (
        f"{exercise.heading}: not yet.\n"
        f"  Got:      a value that the check can't read ({type(error).__name__}).\n"
        "  Likely:   numbers of an enormous size, or lists of uneven lengths.\n"
        "  Next:     return what the card asks for, and run the check in the notebook."
    )
