"""Grade one submission: the trusted side. Checks, oracles and seeds stay here; a student's code runs in the jail."""

import time
import unicodedata
from collections.abc import Callable, Sequence
from types import TracebackType

from workshop.checks import run_check
from workshop.checks.hidden import run_hidden
from workshop.checks.protocol import TIME_UP, Reply
from workshop.checks.registry import Exercise, find_lesson, list_exercises
from workshop.errors import NotWritten, NotYet
from workshop.grade.jail import LIBRARIES, Jail
from workshop.grade.journal import hash_package, make_digest
from workshop.grade.records import Mark, Record, Submission
from workshop.grade.replay import Limits, LostError, Replay, StoppedError, UnreadableError

MOST_BYTES = 20 * 10**6
LONGEST = 4000
LOSSES = 3
ONCE_MORE = "A check that ends Python gives no points; the other exercises are graded without it."


class Engine:
    """Grades submissions of one lesson, `jobs` of them at once. A context manager.

    lesson: its stem. secret: of the hidden tests. unsafe: without a jail. libraries: what is imported beforehand.
    Raises WorkshopError where there can be no jail.
    """

    def __init__(
        self,
        lesson: str,
        secret: bytes,
        *,
        jobs: int,
        unsafe: bool = False,
        limits: Limits | None = None,
        libraries: Sequence[str] = LIBRARIES,
    ) -> None:
        self.lesson, self.jobs = find_lesson(lesson).stem, jobs
        self._secret, self._unsafe, self._limits = secret, unsafe, limits or Limits()
        self._package = hash_package()
        self.exercises = list_exercises(self.lesson)
        self.jail = Jail(libraries, unsafe)

    def __enter__(self) -> "Engine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the jail."""
        self.jail.close()

    def grade(self, submission: Submission) -> Record:
        """Grade a submission. Safe for threads; raises nothing for anything that a submission does."""
        start = time.perf_counter()
        problem, marks = submission.problem, ()
        if not problem and len(submission.content or b"") > MOST_BYTES:
            problem = f"larger than {MOST_BYTES / 1e6:.0f} MB: clear its outputs and hand it in again"
        if not problem:
            marks, problem = self._mark_all(submission.content or b"")
        if problem:
            marks = tuple(Mark(one.id, 0, one.points, "not graded", "") for one in self.exercises)
        digest = make_digest(submission, self._package, self._secret, self._unsafe)
        seconds = time.perf_counter() - start
        return Record(submission.student, submission.lesson, digest, marks, problem, seconds)

    def _mark_all(self, content: bytes) -> tuple[tuple[Mark, ...], str]:
        """Run a notebook and mark every exercise; return the marks, or none of them and the problem."""
        for _ in range(LOSSES):
            try:
                with Replay(self.jail.spawn, content, self._limits) as replay:
                    return tuple(self._mark(replay, exercise) for exercise in self.exercises), ""
            except UnreadableError as error:
                return (), str(error)
            except LostError:
                continue
        return (), f"its processes were ended from outside {LOSSES} times: is the machine out of memory?"

    def _mark(self, replay: Replay, exercise: Exercise) -> Mark:
        """Mark one exercise; a child that its check ends is replaced for the next one."""
        notes: tuple[str, ...] = ()
        try:
            replay.prepare()
            notes = tuple(f"{why.removeprefix('stopped: ')}: a cell was left out" for why in replay.stops)
            count, there = replay.look(exercise.function)
            if count > 1:
                notes += (f"defined {'twice' if count == 2 else f'{count} times'}: the last one counts",)
            if not there:
                return _mark(exercise, "not found", _not_found(exercise), notes)
            reason, message = self._judge(exercise, replay.caller(exercise))
        except StoppedError as error:
            reason = str(error)
            message = f"{exercise.heading}: {reason}.\n  {ONCE_MORE}"
        return _mark(exercise, reason, message, notes)

    def _judge(self, exercise: Exercise, caller: Callable[..., Reply]) -> tuple[str, str]:
        """Run the visible check, then the hidden ones; return reason and message, both "" where all pass."""
        overran = False

        def watched(*arguments: object) -> Reply:
            nonlocal overran
            reply = caller(*arguments)
            overran = overran or reply.error_type == TIME_UP
            return reply

        try:
            run_check(exercise, watched)
            run_hidden(exercise, watched, self._secret)
        except StoppedError:
            raise
        except NotWritten as error:
            return "not written", str(error)
        except NotYet as error:
            likely = _line(str(error), "Likely:") or "none of the usual mistakes fits."
            reason = f"stopped: overran {exercise.seconds:g} s" if overran else f"wrong: {likely}"
            return reason, str(error)
        except Exception as error:
            # The check itself could not stand the value: for nbgrader too that is an error and no points.
            return "wrong: a value that the check can't read", _unreadable(exercise, error)
        return "", ""


def _mark(exercise: Exercise, reason: str, message: str, notes: tuple[str, ...]) -> Mark:
    """Return a mark: all points where there is no reason against it, with texts that are safe to print."""
    points = 0 if reason else exercise.points
    shown = tuple(dict.fromkeys(clean(note) for note in notes))
    return Mark(exercise.id, points, exercise.points, clean(reason), clean(message, "\n"), shown)


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


def _not_found(exercise: Exercise) -> str:
    """Return the message for a function that isn't there."""
    return (
        f"{exercise.heading}: not found.\n"
        f"  Expected: a function {exercise.function} in one of the notebook's cells.\n"
        "  Likely:   its cell was deleted, the name is misspelt, or the cell ends in an error before the function.\n"
        f"  Next:     write it under this name, run the whole notebook from the top, and hand it in again."
    )


def _unreadable(exercise: Exercise, error: Exception) -> str:
    """Return the message for a value that the check itself stumbles over."""
    return (
        f"{exercise.heading}: not yet.\n"
        f"  Got:      a value that the check can't read ({type(error).__name__}).\n"
        "  Likely:   numbers of an enormous size, or lists of uneven lengths.\n"
        "  Next:     return what the card asks for, and run the check in the notebook."
    )
