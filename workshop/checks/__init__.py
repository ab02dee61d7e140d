"""Checks that say what is wrong: `check.LESSON.FUNCTION(function)` under each exercise."""

import importlib
from collections.abc import Callable
from typing import Any

from workshop.checks.ask import Ask, CheckBroken
from workshop.checks.faults import judge_fairly
from workshop.checks.local import local_caller, silence
from workshop.checks.progress import scoreboard
from workshop.checks.protocol import Caller
from workshop.checks.registry import LESSONS, Exercise, find_lesson, list_exercises
from workshop.checks.show import show_failure, show_note, show_pass
from workshop.errors import NotYet, WorkshopError, unknown
from workshop.score.learner import record_pass

__all__ = ["check", "ready", "run_check", "scoreboard"]


def run_check(exercise: Exercise, caller: Caller, seed: int = 0) -> None:
    """Run an exercise's check through a caller.

    seed: where its random inputs start; other seeds are the hidden tests. Raises NotYet with the diagnosis; CheckBroken
    where the check itself fails, whatever the answer.
    """
    judge_fairly(exercise, caller, lambda asked: exercise.check(Ask(exercise, asked, seed)))


def passes(exercise: Exercise, function: Callable[..., Any]) -> bool:
    """Tell whether a function passes, without showing anything."""
    try:
        run_check(exercise, local_caller(function, exercise.seconds, tensors=exercise.tensors))
    except (NotYet, CheckBroken):
        return False
    return True


def ready(function: Callable[..., Any], exercise_id: str) -> Callable[..., Any]:
    """Return the learner's function where it passes, else the workshop's own, and say which.

    Demonstrations use it, so that nobody who is stuck on one exercise misses what builds on it.
    """
    from workshop.checks.registry import find_exercise

    exercise = find_exercise(exercise_id)
    if passes(exercise, function):
        return function
    show_note(f"{exercise.heading}: yours doesn't pass yet, so this cell uses the workshop's {exercise.function}.")
    return exercise.reference


class FunctionCheck:
    """The check of one exercise: call it with the learner's function."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise

    def __call__(self, function: Callable[..., Any]) -> None:
        """Check the function; show the result, and raise NotYet where it isn't right yet."""
        exercise = self._exercise
        if not callable(function):
            name = exercise.function
            raise WorkshopError(
                f"expected the function itself, got what it returned. Write {name}, not {name}(...), in the check."
            )
        try:
            with silence():
                run_check(exercise, local_caller(function, exercise.seconds, tensors=exercise.tensors))
        except NotYet as problem:
            show_failure(problem)
            raise problem from None
        record_pass(exercise.id, exercise.points)
        show_pass(exercise)

    def __repr__(self) -> str:
        name = self._exercise.function
        return f"This is the check itself; nothing has run. Call it: {self._path}({name})"

    @property
    def _path(self) -> str:
        return f"check.{find_lesson(self._exercise.lesson).name}.{self._exercise.function}"


class LessonChecks:
    """The checks of one lesson: an attribute for each function that learners write."""

    def __init__(self, stem: str) -> None:
        self._exercises = {exercise.function: exercise for exercise in list_exercises(stem)}

    def __getattr__(self, name: str) -> FunctionCheck:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._exercises:
            raise unknown("check", name, self._exercises)
        return FunctionCheck(self._exercises[name])

    def __dir__(self) -> list[str]:
        return sorted(self._exercises)


class Checks:
    """What `from workshop import check` gives: an attribute for each lesson."""

    def __getattr__(self, name: str) -> LessonChecks:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in [lesson.name for lesson in LESSONS]:
            raise unknown("lesson", name, [lesson.name for lesson in LESSONS])
        with silence():
            self.__dict__[name] = LessonChecks(find_lesson(name).stem)
        return self.__dict__[name]

    def __dir__(self) -> list[str]:
        return [*(lesson.name for lesson in LESSONS), "band"]

    def band(self, name: str, value: float) -> None:
        """Compare a training outcome with what others get; show it. Bands never give points.

        name: "01.skipgram_spearman", as kept in the lesson's results with how it was measured.
        """
        importlib.import_module("workshop.checks.bands").show_band(name, value)


check = Checks()
