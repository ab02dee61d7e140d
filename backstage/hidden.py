"""Hidden tests: the same checks on inputs whose seeds derive from a course's secret."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workshop.checks import run_check
from workshop.checks.local import local_caller, silence
from workshop.checks.protocol import Caller
from workshop.checks.registry import Exercise, find_exercise
from workshop.checks.show import show_failure
from workshop.errors import NotYet, WorkshopError

ENVIRONMENT = "WORKSHOP_SECRET_FILE"
SECRET_BYTES = 32
SEEDS = 4


class HiddenTestsError(WorkshopError):
    """The hidden tests can't run for a reason that is the teacher's to mend, not the student's."""


def make_secret(path: Path) -> bool:
    """Write a new secret, readable by its owner alone; leave an existing one as it is.

    Returns whether one was written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(SECRET_BYTES) + "\n")
    return True


def read_secret(path: Path | None = None) -> bytes:
    """Read a course's secret.

    path: its file; without it the environment's WORKSHOP_SECRET_FILE. Raises HiddenTestsError where there is none.
    """
    named = str(path or os.environ.get(ENVIRONMENT, ""))
    if not named:
        raise HiddenTestsError(
            f"for the teacher: the hidden tests need the course's secret, and {ENVIRONMENT} names no file. "
            "Grade from the course's folder, whose nbgrader_config.py sets it; then grade this submission again."
        )
    try:
        secret = bytes.fromhex(Path(named).read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a line of hexadecimal digits"
        raise HiddenTestsError(
            f"for the teacher: can't read the hidden tests' secret {named}: {why}. "
            "Restore the file from your backup, or run `workshop course` again for a new one; then grade again."
        ) from None
    if len(secret) < SECRET_BYTES:
        raise HiddenTestsError(f"for the teacher: the secret {named} is too short. Restore it from your backup.")
    return secret


def derive_seeds(secret: bytes, exercise_id: str, count: int = SEEDS) -> list[int]:
    """Return an exercise's hidden seeds, each from 1 to 2**63: HMAC-SHA256 of its id and a number."""
    digests = [hmac.digest(secret, f"{exercise_id}/{n}".encode(), hashlib.sha256) for n in range(count)]
    return [1 + (int.from_bytes(digest[:8], "big") >> 1) for digest in digests]


def run_hidden(exercise: Exercise, caller: Caller, secret: bytes, count: int = SEEDS) -> None:
    """Run an exercise's check on every hidden seed.

    Raises NotYet with a diagnosis that names the mistake and shows none of the inputs.
    """
    for seed in derive_seeds(secret, exercise.id, count):
        try:
            run_check(exercise, caller, seed)
        except NotYet as problem:
            raise NotYet(without_inputs(exercise, str(problem))) from None


def without_inputs(exercise: Exercise, diagnosis: str) -> str:
    """Return what a student may read of a failed hidden test: its likely cause, not its inputs."""
    lines = [line for line in diagnosis.splitlines() if line.startswith("  Likely:")]
    return "\n".join(
        [
            f"{exercise.heading}: right on the examples of its check, not on others.",
            "  Expected: the same rule for every input of the kind that the card describes.",
            "  Got:      something else for some of them.",
            *lines[:1],
            "  Next:     try inputs of your own that the card allows: one element, many, values that repeat.",
        ]
    )


def run(exercise_id: str, function: Callable[..., Any]) -> None:
    """Run the hidden tests of a learner's function in a graded notebook.

    Shows the diagnosis and raises NotYet where one fails; raises HiddenTestsError without the secret.
    """
    exercise, secret = find_exercise(exercise_id), read_secret()
    try:
        with silence():
            run_hidden(exercise, local_caller(function, exercise.seconds, tensors=exercise.tensors), secret)
    except NotYet as problem:
        show_failure(problem)
        raise problem from None
