"""Judge one exercise through a caller: the visible check, the hidden ones, and what the student may read of them."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from backstage.grade.caller import Questions
from backstage.grade.jail import wire
from backstage.grade.names import clean_line, printable, shorten
from backstage.grade.records import Mark
from backstage.grade.replay import LostError, StoppedError
from backstage.hidden import run_hidden
from workshop.checks import run_check
from workshop.checks.ask import CheckBroken
from workshop.checks.faults import call_reference
from workshop.checks.protocol import TIME_UP, Caller, Reply
from workshop.checks.registry import Exercise
from workshop.errors import NotWritten, NotYet, WorkshopError

LONGEST = 4000
ONCE_MORE = "The other exercises are graded without it."
OPEN = "not graded, for the teacher"
NO_ZERO = "The check itself failed, whatever the answer. No points are counted until the teacher has looked."
REFUSED = (
    "{heading}: its check refuses the workshop's own reference ({why}), so it would refuse every answer. Nothing was "
    "graded. Install the tested versions (pip install -c constraints.txt -e .) and try again; if that fails too, mend "
    "the exercise."
)


@dataclass(frozen=True)
class Verdict:
    """What judging an exercise gave so far: reason and message are "" while nothing speaks against it.

    fault: the trace of an error of the check's own, for the teacher; then nothing was judged.
    """

    exercise: Exercise
    reason: str = ""
    message: str = ""
    notes: tuple[str, ...] = ()
    fault: str = ""

    def fail(self, reason: str, message: str) -> "Verdict":
        """Return the verdict with a reason against it."""
        return replace(self, reason=reason, message=message)

    def note(self, *notes: str) -> "Verdict":
        """Return the verdict with more remarks."""
        return replace(self, notes=tuple(dict.fromkeys((*self.notes, *notes))))

    def as_mark(self) -> Mark:
        """Return the mark: all points where there is no reason against it, with texts that are safe to print."""
        points = None if self.fault else 0 if self.reason else self.exercise.points
        reason, *notes = (clean_line(text, LONGEST) for text in (self.reason, *self.notes))
        message = shorten(printable(self.message, kept="\n"), LONGEST)
        return Mark(self.exercise.id, points, self.exercise.points, reason, message, tuple(notes))


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
    except CheckBroken as error:
        return replace(
            verdict.fail(OPEN, f"{exercise.heading}: {OPEN}.\n  {NO_ZERO}"), fault=write_trace(error.__cause__ or error)
        )
    return verdict


def foresee(exercise: Exercise, run: Callable[..., Verdict], *more: Any) -> Questions:
    """Return what a check asks of a right answer; nothing where that is too much to be sent at once.

    run: judge_visible or judge_hidden, which gets `more`. Raises WorkshopError where the check refuses its own
    reference: it would refuse every student's answer too.
    """
    asked: list[bytes] = []
    answer = call_reference(exercise)

    def remember(*arguments: Any) -> Reply:
        asked.append(wire.encode(list(arguments)))
        return answer(*arguments)

    found = run(Verdict(exercise), remember, *more)
    if found.reason:
        why = found.fault.strip().splitlines()[-1] if found.fault else found.reason
        raise WorkshopError(REFUSED.format(heading=exercise.heading, why=why))
    if not asked:
        raise WorkshopError(f"{exercise.heading}: its check asks nothing, so that every answer would pass. Mend it.")
    questions = Questions(tuple(asked))
    try:
        wire.decode(questions.content)
    except wire.WireError:
        return Questions()
    return questions


def write_trace(error: BaseException) -> str:
    """Return an error's trace."""
    return "".join(traceback.format_exception(error))


def stopped(verdict: Verdict, error: StoppedError) -> Verdict:
    """Return the verdict on an exercise whose check ended the child."""
    return verdict.fail(str(error), f"{verdict.exercise.heading}: {error}.\n  {ONCE_MORE}")


def _line(diagnosis: str, label: str) -> str:
    """Return one line of a diagnosis without its label, or ""."""
    lines = [line.strip() for line in diagnosis.splitlines()]
    return next((line.removeprefix(label).strip() for line in lines if line.startswith(label)), "")
