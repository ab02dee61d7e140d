"""The one place for the facts of exercises. Cards, lists and marks are made from it."""

import importlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from workshop.checks.edits import make_mistake
from workshop.checks.kinds import Kind
from workshop.checks.lessons import LESSONS, Lesson, find_lesson
from workshop.checks.mistakes import Mistake
from workshop.checks.protocol import on_arrays, plain
from workshop.errors import unknown

__all__ = ["LESSONS", "Exercise", "Lesson", "exercise", "find_exercise", "find_lesson", "lesson", "list_exercises"]


@dataclass(eq=False)
class Exercise:
    """An exercise's facts, its reference, the inputs of its check, and the mistakes that people make.

    id: "1.2". stars: 1 to 3, how hard. room: done in the room (R in the curriculum). reference: the one right answer,
    used wherever a learner's is missing; the exercise itself may be called like it. answer: of what kind it is.
    tensors: arrays reach the function, and the reference, as torch tensors.
    function: the name that learners define. seconds: the time limit of one call.
    """

    id: str
    lesson: str
    reference: Callable[..., Any]
    title: str
    points: int
    minutes: int
    stars: int
    answer: Kind
    room: bool = False
    tensors: bool = False
    function: str = ""
    seconds: float = 5.0
    _tries: tuple[tuple[Any, ...], ...] = field(default=(), init=False, repr=False)
    _draw: tuple[Callable[[Any], tuple[Any, ...]], int] | None = field(default=None, init=False, repr=False)
    _specs: tuple[Sequence[Any], ...] = field(default=(), init=False, repr=False)
    _check: Callable[[Any], None] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.function = self.function or self.reference.__name__

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call the reference."""
        return self.reference(*arguments, **named)

    def tries(self, *inputs: tuple[Any, ...]) -> None:
        """Add inputs that every check tries: first the card's example, then others, the simplest before the rest."""
        self._tries += inputs

    def draws(self, draw: Callable[[Any], tuple[Any, ...]], times: int = 2) -> None:
        """Say how arguments are drawn from a NumPy generator: by checks, hidden tests and the mutation proof.

        Small whole numbers make messages that can be redone by hand. times: how many a check draws.
        """
        self._draw = (draw, times)

    def mistakes(self, *specs: Sequence[Any]) -> None:
        """Add usual mistakes, each `(piece, replacement, likely, next)` or another form of `workshop.checks.edits`."""
        self._specs += specs

    def checks(self, check: Callable[[Any], None]) -> Callable[[Any], None]:
        """Judge by this function of an `Ask` instead of comparing with the reference. A decorator."""
        self._check = check
        return check

    def check(self, ask: Any) -> None:
        """Run the check with an `Ask`."""
        if self._check is None:
            ask.each(self.inputs(ask.rng))
        else:
            self._check(ask)

    def inputs(self, rng: Any) -> list[tuple[Any, ...]]:
        """Return the arguments of all calls of a check: those of `tries`, and drawn ones."""
        draw, times = self._draw or (tuple, 0)
        return [*self._tries, *(draw(rng) for _ in range(times))]

    @property
    def card(self) -> tuple[Any, ...]:
        """The arguments of the card's example: the first of the tries."""
        return self._tries[0] if self._tries else ()

    def draw(self, rng: Any) -> tuple[Any, ...] | None:
        """Return drawn arguments, None where the exercise draws none."""
        return self._draw[0](rng) if self._draw else None

    def solve(self, *arguments: Any) -> Any:
        """Return the reference's answer to plain data, as it comes: tuples are tuples."""
        return self.as_plain(self.reference)(*plain(arguments))

    @cached_property
    def known(self) -> tuple[Mistake, ...]:
        """The usual mistakes, made of their specifications when they are first needed."""
        made = [make_mistake(self.reference, spec) for spec in self._specs]
        return tuple(one.on(self.as_plain) for several in made for one in several)

    def as_plain(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function as one of plain data."""
        return on_arrays(function) if self.tensors else function

    @cached_property
    def like(self) -> Any:
        """The card's answer as the reference returns it: what tells tuples from lists in messages."""
        return self.solve(*self.card) if self.card and not self.tensors else None

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the function's arguments."""
        return tuple(inspect.signature(self.reference).parameters)

    @property
    def heading(self) -> str:
        """How messages name the exercise."""
        return f"Exercise {self.id} – {self.title}"


_exercises: dict[str, Exercise] = {}


def lesson(stem: str, **_: Any) -> Lesson:
    """Begin a lesson's file of exercises: declare its title, minutes and whatever else is said of it alone.

    The facts are read from the file's text, so that a list of lessons runs none of them.
    """
    for id in [each.id for each in _exercises.values() if each.lesson == stem]:
        del _exercises[id]  # the file is run again
    return find_lesson(stem)


def exercise(id: str, reference: Callable[..., Any] | None = None, **facts: Any) -> Any:
    """Register a reference under an exercise's id: as a decorator, or with a function that lies in another room.

    facts: those of `Exercise`. Returns the exercise. Raises ValueError for an id or a function that a lesson has
    already, and for an id whose lesson there isn't.
    """
    if reference is None:
        return lambda function: exercise(id, function, **facts)
    stems = [one.stem for one in LESSONS if one.stem[:2] == id.partition(".")[0].zfill(2)]
    if not stems:
        known = ", ".join(one.stem for one in LESSONS)
        raise ValueError(f"exercise {id} belongs to no lesson. Its number must be that of one of these: {known}.")
    new = Exercise(id, stems[0], reference, **facts)
    for old in _exercises.values():
        if old.id == id or (old.lesson, old.function) == (new.lesson, new.function):
            raise ValueError(
                f"exercise {id} ({new.function}) is registered already, as {old.id} ({old.function}). "
                "Give it an id and a function of its own."
            )
    _exercises[id] = new
    return new


def list_exercises(stem: str) -> list[Exercise]:
    """Return a lesson's exercises in the order of their ids, loading its file when need be."""
    found = find_lesson(stem)
    importlib.import_module(f"workshop.exercises.{found.name}")
    mine = [one for one in _exercises.values() if one.lesson == found.stem]
    return sorted(mine, key=lambda one: [int(part) for part in one.id.split(".")])


def find_exercise(id: str) -> Exercise:
    """Return the exercise with this id, loading its lesson's file alone; raise WorkshopError where there is none."""
    number = id.partition(".")[0].zfill(2)
    stems = [one.stem for one in LESSONS if one.stem[:2] == number]
    known = [each for stem in stems or [one.stem for one in LESSONS] for each in list_exercises(stem)]
    for found in known:
        if found.id == id:
            return found
    raise unknown("exercise", id, [each.id for each in known])
