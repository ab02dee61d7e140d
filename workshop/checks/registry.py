"""The one place for an exercise's facts. Cards, lists and marks are made from it."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workshop.errors import unknown


@dataclass(frozen=True)
class Lesson:
    """A lesson's stem, title and the minutes that it takes a learner."""

    stem: str
    title: str
    minutes: int

    @property
    def name(self) -> str:
        """The stem without its number: what `check.NAME` is called."""
        return self.stem.partition("_")[2]


LESSONS = (
    Lesson("00_start_here", "Start here", 15),
    Lesson("01_word_embeddings", "Word embeddings", 80),
)


@dataclass(frozen=True)
class Exercise:
    """An exercise's facts, its check and its reference solution.

    id: "1.2". stars: 1 to 3, how hard. room: done in the room (R in the curriculum).
    check: a function of an `Ask`; reference: a right answer, used where a learner's is missing.
    tensors: arrays reach the function, and the reference, as torch tensors; a check has arrays alone.
    seconds: the time limit of one call.
    """

    id: str
    lesson: str
    function: str
    title: str
    points: int
    minutes: int
    stars: int
    check: Callable[[Any], None]
    reference: Callable[..., Any]
    room: bool = False
    tensors: bool = False
    seconds: float = 5.0

    @property
    def heading(self) -> str:
        """How messages name the exercise."""
        return f"Exercise {self.id} – {self.title}"


_exercises: dict[str, Exercise] = {}


def exercise(id: str, *, reference: Callable[..., Any], **facts: Any) -> Callable:
    """Register the decorated check under an exercise's id.

    facts: title, points, minutes, stars and, where they differ, room, tensors, seconds, function (the
    name that learners define; without it the reference's own).
    Raises ValueError for an id or a function that is used twice in a lesson.
    """

    def register(check: Callable[[Any], None]) -> Callable[[Any], None]:
        number = int(id.partition(".")[0])
        lesson = next(lesson for lesson in LESSONS if lesson.stem.startswith(f"{number:02d}_"))
        facts.setdefault("function", reference.__name__)
        new = Exercise(id=id, lesson=lesson.stem, check=check, reference=reference, **facts)
        for old in _exercises.values():
            same = old.id == id or (old.lesson, old.function) == (new.lesson, new.function)
            if same and old.check.__qualname__ != check.__qualname__:
                raise ValueError(f"exercise {id} ({new.function}) is registered twice")
        _exercises[id] = new
        return check

    return register


def find_lesson(name: str) -> Lesson:
    """Return the lesson with this stem, number or name; raise WorkshopError where there is none."""
    for lesson in LESSONS:
        if name in (lesson.stem, lesson.name, lesson.stem[:2]):
            return lesson
    raise unknown("lesson", name, [lesson.stem for lesson in LESSONS])


def list_exercises(stem: str) -> list[Exercise]:
    """Return a lesson's exercises in the order of their ids, loading its checks when need be."""
    lesson = find_lesson(stem)
    importlib.import_module(f"workshop.checks.{lesson.name}")
    found = [e for e in _exercises.values() if e.lesson == lesson.stem]
    return sorted(found, key=lambda e: [int(part) for part in e.id.split(".")])


def find_exercise(id: str) -> Exercise:
    """Return the exercise with this id, loading its lesson's checks alone; raise WorkshopError where there is none."""
    number = id.partition(".")[0].zfill(2)
    stems = [lesson.stem for lesson in LESSONS if lesson.stem[:2] == number]
    known = [e for stem in stems or [lesson.stem for lesson in LESSONS] for e in list_exercises(stem)]
    for found in known:
        if found.id == id:
            return found
    raise unknown("exercise", id, [e.id for e in known])
