"""Grade one submission: the trusted side. Checks, oracles and seeds stay here; a student's code runs in the jail."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import TracebackType

from backstage.grade import judge
from backstage.grade.caller import JailCaller, Questions
from backstage.grade.jail.bubblewrap import LIGHT, Jail
from backstage.grade.journal import hash_grader
from backstage.grade.names import clean_line
from backstage.grade.records import Mark, Record, Submission
from backstage.grade.replay import Limits, LostError, NoNotebookError, Replay, StoppedError
from backstage.grade.stops import not_found
from workshop.checks.registry import Exercise, find_lesson, list_exercises
from workshop.errors import WorkshopError, require

MOST_BYTES = 20 * 10**6
LOSSES = 3


@dataclass(frozen=True)
class Outcome:
    """What came of running one notebook: verdicts and remarks, or the problem that left none."""

    verdicts: tuple[judge.Verdict, ...] = ()
    remarks: tuple[str, ...] = ()
    problem: str = ""


class Engine:
    """Grades submissions of one lesson, `jobs` of them at once. A context manager.

    lesson: its stem. secret: of the hidden tests. unsafe: without a jail. libraries: what is imported beforehand;
    None: what the lesson's answers use.
    Raises WorkshopError where there can be no jail, where a library is missing that the checks need, or where a check
    refuses its own reference.
    """

    def __init__(
        self,
        lesson: str,
        secret: bytes,
        *,
        jobs: int,
        unsafe: bool = False,
        limits: Limits | None = None,
        libraries: Sequence[str] | None = None,
    ) -> None:
        self.lesson, self.jobs = find_lesson(lesson).stem, jobs
        self._secret, self._limits = secret, limits or Limits()
        libraries = choose_libraries(self.lesson) if libraries is None else libraries
        with ThreadPoolExecutor(1) as thread:
            warming = thread.submit(Jail, libraries, unsafe)
            try:
                hash_grader(self.lesson)  # once, while the jail warms up
                self.exercises = list_exercises(self.lesson)
                self._questions = self._foresee()
            except BaseException:
                warming.result().close()
                raise
        self.jail = warming.result()
        self._known: dict[tuple[str, bool, bytes], tuple[str, str]] = {}

    def _foresee(self) -> dict[tuple[str, bool], Questions]:
        """Return what every check asks of a right answer, by exercise and whether it is a hidden one.

        Raises MissingExtra where an exercise takes tensors and there is no torch, WorkshopError where a check refuses
        its own reference.
        """
        if any(one.tensors for one in self.exercises):
            require("torch", "words")
        visible = {(one.id, False): judge.foresee(one, judge.judge_visible) for one in self.exercises}
        hidden = {(one.id, True): judge.foresee(one, judge.judge_hidden, self._secret) for one in self.exercises}
        return visible | hidden

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
        """Grade a submission. Safe for threads.

        Raises nothing for anything that a submission does; WorkshopError where the machine gives no more processes.
        """
        start = time.perf_counter()
        problem, found = submission.problem, Outcome()
        if not problem and len(submission.content or b"") > MOST_BYTES:
            problem = f"larger than {MOST_BYTES / 1e6:.0f} MB: clear its outputs and hand it in again"
        if not problem:
            found = self._mark_all(submission.content or b"")
            problem = found.problem
        marks = tuple(verdict.as_mark() for verdict in found.verdicts)
        if problem:
            marks = tuple(Mark(one.id, 0, one.points, "not graded", "") for one in self.exercises)
        seconds = time.perf_counter() - start
        made = Record(submission.student, submission.lesson, "", marks, problem, seconds)
        faults = tuple(f"{one.exercise.heading}\n{one.fault}" for one in found.verdicts if one.fault)
        return replace(made, remarks=tuple(clean_line(one, judge.LONGEST) for one in found.remarks), faults=faults)

    def _mark_all(self, content: bytes) -> Outcome:
        """Run a notebook and judge every exercise; or return what is wrong with it as a whole."""
        for _ in range(LOSSES):
            try:
                with Replay(self.jail.spawn, content, self._limits) as replay:
                    return self._judge_all(replay)
            except NoNotebookError as error:
                return Outcome(problem=str(error))
            except LostError:
                continue
        raise WorkshopError(
            f"the jail's processes were ended from outside {LOSSES} times. Is the machine out of memory? "
            "Grade with fewer --jobs."
        )

    def _judge_all(self, replay: Replay) -> Outcome:
        """Judge every exercise: first all visible checks, then the hidden ones.

        So no message is written once a student's code has seen hidden inputs, which it could show there.
        """
        verdicts = [self._look(replay, exercise) for exercise in self.exercises]
        remarks = tuple(replay.remarks)
        judged = (verdict if verdict.reason else self._ask_hidden(replay, verdict) for verdict in verdicts)
        return Outcome(tuple(judged), remarks)

    def _look(self, replay: Replay, exercise: Exercise) -> judge.Verdict:
        """Find an exercise's function and run its visible check; a child that this ends is replaced for the next."""
        verdict = judge.Verdict(exercise)
        try:
            replay.prepare()
            verdict = verdict.note(*(f"{why.removeprefix('stopped: ')}: a cell was left out" for why in replay.stops))
            count, there, why = replay.look(exercise.function)
            if count > 1:
                verdict = verdict.note(f"defined {'twice' if count == 2 else f'{count} times'}: the last one counts")
            if not there:
                return not_found(verdict, why)
            if why:
                verdict = verdict.note(why)
            return self._judge(replay, verdict, hidden=False)
        except StoppedError as error:
            return judge.stopped(verdict, error)

    def _ask_hidden(self, replay: Replay, verdict: judge.Verdict) -> judge.Verdict:
        """Run an exercise's hidden checks."""
        try:
            replay.prepare()
            return self._judge(replay, verdict, hidden=True)
        except StoppedError as error:
            return judge.stopped(verdict, error)

    def _judge(self, replay: Replay, verdict: judge.Verdict, *, hidden: bool) -> judge.Verdict:
        """Run a check; where the same replies to the same questions were judged before, give the same verdict."""
        exercise = verdict.exercise
        caller = JailCaller(replay, exercise, self._questions[exercise.id, hidden])
        key = (exercise.id, hidden, caller.digest)
        if key in self._known:
            return verdict.fail(*self._known[key])
        more = (self._secret,) if hidden else ()
        found = (judge.judge_hidden if hidden else judge.judge_visible)(verdict, caller, *more)
        if not (caller.beyond or found.fault):
            self._known[key] = found.reason, found.message
        return found


def choose_libraries(stem: str) -> tuple[str, ...]:
    """Return what to import before a lesson is graded: NumPy, SciPy and what the lesson's answers use besides.

    Where an exercise takes tensors, torch too. What else a notebook imports is loaded in its own child.
    """
    tensors = ("torch",) if any(one.tensors for one in list_exercises(stem)) else ()
    return (*LIGHT, *dict.fromkeys((*find_lesson(stem).libraries, *tensors)))
