"""Call a learner's function in this process: with a time limit, quietly, and without losing anything."""

import contextlib
import copy
import ctypes
import io
import itertools
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any

from workshop.checks.protocol import NOT_PLAIN, TIME_UP, Caller, NotPlainError, Reply, equal, plain, with_tensors

LIMIT_SECONDS = 5.0
PRINT_LIMIT = 20_000
REPEAT_SECONDS = 0.2
SHORTEST_SECONDS = 0.0005
LINES = (0, 1, 0, 2, 0, 3)


class TimeUp(BaseException):
    """The call ran past its limit. Not an Exception, so that `except Exception` in a loop can't swallow it."""


class Printed(io.StringIO):
    """Keeps the first characters of what is printed, so that endless printing can't fill the memory."""

    def write(self, text: str) -> int:
        """Keep the text as far as there is room and claim to have written all of it."""
        super().write(text[: max(0, PRINT_LIMIT - self.tell())])
        return len(text)


def local_caller(function: Callable[..., Any], limit: float = LIMIT_SECONDS, *, tensors: bool = False) -> Caller:
    """Return a caller that runs the function here.

    limit: seconds before a call is stopped. A user's own interrupt (KeyboardInterrupt) passes through.
    tensors: whether arrays reach the function as torch tensors. Raises MissingExtra where they should and there is no
    torch.
    """

    def call(*arguments: Any) -> Reply:
        given = copy.deepcopy(arguments)
        if tensors:
            given = tuple(map(with_tensors, given))
        printed, start = Printed(), time.perf_counter()
        value, error_type, error_text = None, "", ""
        try:
            with quiet(printed), time_limit(limit):
                value = plain(function(*given))
        except TimeUp:
            error_type, error_text = TIME_UP, f"still running after {limit:g} s"
        except NotPlainError as error:
            error_type, error_text = NOT_PLAIN, str(error)
        except (Exception, SystemExit, GeneratorExit) as error:
            error_type, error_text = name_error(error), describe_error(error, function)
        seconds = time.perf_counter() - start
        return Reply(value, error_type, error_text, printed.getvalue(), changed(arguments, given), seconds)

    return call


def changed(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Tell whether arguments differ after a call, tensors being arrays; what can't be compared counts as changed."""
    try:
        return not (all(map(equal, before, after)) or equal(plain(before), plain(after)))
    except Exception:
        return True


def name_error(error: BaseException) -> str:
    """Return an error's class name; every kind of NotImplementedError counts as one."""
    return "NotImplementedError" if isinstance(error, NotImplementedError) else type(error).__name__


def describe_error(error: BaseException, function: Callable[..., Any]) -> str:
    """Return an error's text and the line of the learner's own code that it came from."""
    home = getattr(getattr(function, "__code__", None), "co_filename", None)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == home]
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"{text}  (at: {frames[-1].line})" if frames and frames[-1].line else text


@contextlib.contextmanager
def quiet(printed: io.StringIO) -> Iterator[None]:
    """Send what is printed, and whatever goes to standard error, away from the notebook."""
    with contextlib.redirect_stdout(printed), silence():
        yield


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Keep standard error silent by every way to it: nbgrader gives 0 for a single character there.

    The stream is muted as well as replaced, since log handlers and progress bars hold on to the one they met first.
    Within itself it has nothing left to do.
    """
    if isinstance(sys.stderr, Printed):
        yield
        return
    with contextlib.ExitStack() as stack:
        stack.enter_context(mute(sys.stderr))
        stack.enter_context(contextlib.redirect_stderr(Printed()))
        with contextlib.suppress(OSError):
            saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 2)
            os.close(null)
            stack.callback(os.close, saved)
            stack.callback(os.dup2, saved, 2)
        yield


class Nowhere:
    """Stands in for a kernel's session: messages that are sent with it are dropped."""

    def msg(self, *_: Any, **__: Any) -> dict:
        """Return an empty message."""
        return {}

    def send(self, *_: Any, **__: Any) -> None:
        """Drop the message."""


@contextlib.contextmanager
def mute(stream: Any) -> Iterator[None]:
    """Drop what is written to a kernel's stream, even by those who kept its methods; leave other streams alone."""
    session = getattr(stream, "session", None)
    if session is None:
        yield
        return
    stream.flush()
    stream.session = Nowhere()
    try:
        yield
    finally:
        stream.flush()
        stream.session = session


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeUp in the calling thread after some seconds, again and again until the block ends."""
    posix = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    with _alarm(seconds) if posix else _interrupt(seconds):
        yield


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Limit by a timer signal, which wakes sleeping calls too.

    A bare `except:` in an endless loop swallows what the signal raises; so a line soon after raises again. Which one
    changes from alarm to alarm, for loops within loops.
    """
    lines = itertools.cycle(LINES)

    def stop(_: int, frame: FrameType | None) -> None:
        sys.settrace(None)
        trace = _raise_after(next(lines))
        sys.settrace(trace)
        while frame is not None and frame.f_code.co_filename != __file__:
            frame.f_trace, frame = trace, frame.f_back
        raise TimeUp

    tracing, before = sys.gettrace(), signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.settrace(tracing)
        signal.signal(signal.SIGALRM, before)


def _raise_after(lines: int) -> Callable[..., Any]:
    """Return a trace function that raises TimeUp at a line of the learner's code, after so many others."""
    left = iter(range(lines))

    def trace(frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        if frame.f_code.co_filename == __file__:
            return None
        if event == "line" and next(left, None) is None:
            raise TimeUp
        return trace

    return trace


@contextlib.contextmanager
def _interrupt(seconds: float) -> Iterator[None]:
    """Limit by an exception that a second thread sets (Windows, and threads other than the first)."""
    thread, done = threading.get_ident(), threading.Event()

    def stop() -> None:
        wait = seconds
        while not done.wait(wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TimeUp))
            # Ever faster: a bare `except:` swallows all but those that meet the moment between two tries.
            wait = min(REPEAT_SECONDS, max(wait / 2, SHORTEST_SECONDS))

    watcher = threading.Thread(target=stop, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
