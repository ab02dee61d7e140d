"""Run something that may never end, in a child process that can be killed."""

import contextlib
import os
import select
import signal
from collections.abc import Callable

from workshop.errors import WorkshopError

MEMORY_BYTES = 2 * 2**30
ANSWER_BYTES = 4096
BROKEN = "error: "


def run_forked(function: Callable[[], str], seconds: float) -> str | None:
    """Return a function's text from a fork of this process; None where it died or had to be killed.

    The child starts as warm as its parent, with at most 2 GiB of memory of its own. Raises WorkshopError where the
    function raised, and where the system can't fork.
    """
    if not hasattr(os, "fork"):
        raise WorkshopError("this needs a system that can fork: Linux or macOS. On Windows use WSL.")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(function, writing)
    os.close(writing)
    try:
        ready, _, _ = select.select([reading], [], [], seconds)
        text = os.read(reading, ANSWER_BYTES).decode() if ready else ""
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if text.startswith(BROKEN):
        raise WorkshopError(f"the function in the child process failed: {text.removeprefix(BROKEN)}")
    return text or None


def _answer(function: Callable[[], str], writing: int) -> None:
    """Write the function's text and end this process at once, whatever happens."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
        os.write(writing, function().encode())
    except Exception as error:
        os.write(writing, f"{BROKEN}{error!r}"[:ANSWER_BYTES].encode())
    finally:
        os._exit(0)
