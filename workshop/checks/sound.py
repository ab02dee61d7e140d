"""Prove that checks can judge: every reference passes its own check, on visible and hidden inputs."""

from collections.abc import Iterable

from workshop.checks.ask import Ask, CheckBroken
from workshop.checks.hidden import SEEDS, derive_seeds
from workshop.checks.protocol import Caller, Reply, plain
from workshop.checks.registry import Exercise
from workshop.errors import NotYet

__all__ = ["CheckBroken", "prove_checks"]


def call_reference(exercise: Exercise) -> Caller:
    """Return a caller of the exercise's reference. It has no timer, and errors pass through it."""
    return lambda *arguments: Reply(plain(exercise.solve(*arguments)))


def prove_checks(exercises: Iterable[Exercise], secret: bytes = b"", count: int = SEEDS) -> None:
    """Let every reference pass its visible check, and its hidden ones where there is a secret.

    Raises CheckBroken naming the first exercise whose check can't judge: no answer could pass it, so that none may be
    marked by it. count: how many hidden seeds.
    """
    for exercise in exercises:
        for seed in (0, *(derive_seeds(secret, exercise.id, count) if secret else ())):
            prove_check(exercise, seed)


def prove_check(exercise: Exercise, seed: int = 0) -> None:
    """Let a reference pass its check on one seed; raise CheckBroken where it doesn't."""
    try:
        exercise.check(Ask(exercise, call_reference(exercise), seed))
    except CheckBroken:
        raise
    except NotYet as problem:
        why = f"it refuses its own reference. {' '.join(str(problem).split())}"
    except Exception as error:
        why = f"it ends in {type(error).__name__}: {error}"
    else:
        return
    lesson = exercise.lesson.partition("_")[2]
    raise CheckBroken(
        f"{exercise.heading}: this check can't judge, whatever the answer: {why}. For the teacher: the workshop needs "
        f"mending, in workshop/exercises/{lesson}.py."
    )
