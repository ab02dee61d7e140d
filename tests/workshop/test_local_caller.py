"""Whatever a learner's function does, the caller gives one plain reply and loses nothing."""

import os
import signal
import sys
import threading
import time

import numpy as np
import pytest

from workshop.checks.local import local_caller, silence
from workshop.checks.protocol import NOT_PLAIN, TIME_UP

LIMIT = 0.3
posix = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer signal")


def test_value_comes_back_plain():
    reply = local_caller(lambda x: (x, np.float32(2)))(1)
    assert reply.value == [1, 2.0]
    assert not reply.error_type
    assert not reply.mutated


def raise_here(x):
    return x[10]  # the line to be shown


@pytest.mark.parametrize(
    ("function", "error_type"),
    [
        (raise_here, "IndexError"),
        (lambda x: sys.exit(0), "SystemExit"),
        (lambda x: undefined, "NameError"),  # noqa: F821
        (lambda: None, "TypeError"),
    ],
)
def test_errors_become_a_reply(function, error_type):
    assert local_caller(function)([1]).error_type == error_type


def test_error_shows_the_learners_line():
    assert "the line to be shown" in local_caller(raise_here)([1]).error_text


def test_endless_recursion_becomes_a_reply():
    def again(x):
        return again(x)

    assert local_caller(again)(1).error_type == "RecursionError"


def test_prints_are_kept_apart(capfd):
    def noisy(x):
        print("to stdout")
        print("to stderr", file=sys.stderr)
        os.write(2, b"to the descriptor")
        return x

    reply = local_caller(noisy)(1)
    assert reply.stdout == "to stdout\n"
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


def test_endless_printing_is_cut():
    reply = local_caller(lambda: [print("x" * 1000) for _ in range(1000)] and 1)()
    assert reply.value == 1
    assert len(reply.stdout) <= 20_000


def test_silence_restores_standard_error(capfd):
    with silence():
        print("gone", file=sys.stderr)
    print("heard", file=sys.stderr)
    assert capfd.readouterr().err == "heard\n"


@pytest.mark.parametrize("value", [{1, 2}, object(), (n for n in range(3)), print, [object()], 1j])
def test_what_is_not_plain_is_named(value):
    assert local_caller(lambda: value)().error_type == NOT_PLAIN


def test_silence_within_silence_and_after_it(capfd):
    with silence():
        with silence():
            print("inner", file=sys.stderr)
            os.write(2, b"to the descriptor")
        print("outer", file=sys.stderr)
        sys.stderr = sys.__stderr__
        with silence():
            print("given back by the function", file=sys.stderr)
    print("after", file=sys.stderr)
    assert capfd.readouterr().err == "after\n"


class Unequal(np.ndarray):
    def __eq__(self, other):
        raise RuntimeError("not to be compared")


@pytest.mark.parametrize(
    ("value", "mutated"),
    [(1.5, False), (np.float64(1.5), False), (1, True), (np.zeros(2).view(Unequal), True), (object(), True)],
)
def test_what_is_put_into_an_argument_is_compared_by_its_value(value, mutated):
    def put(x):
        x[0] = value

    assert local_caller(put)([1.5]).mutated == mutated


def test_changed_arguments_are_noticed_and_the_callers_stay():
    given, array = [3, 1, 2], np.zeros(2)

    def change(items, numbers):
        items.sort()
        numbers += 1
        return items

    reply = local_caller(change)(given, array)
    assert reply.mutated
    assert given == [3, 1, 2]
    assert (array == 0).all()


def spin():
    while True:
        pass


def swallow():
    while True:
        try:  # noqa: SIM105
            time.sleep(0.01)
        except:  # noqa: E722
            pass


def swallow_in_loops():
    while True:
        try:
            try:
                time.sleep(10)
            finally:
                time.sleep(10)
        except BaseException:
            continue


def sleep():
    time.sleep(60)


@posix
@pytest.mark.parametrize("function", [spin, swallow, swallow_in_loops, sleep])
def test_endless_call_is_stopped(function):
    tracing, handler = sys.gettrace(), signal.getsignal(signal.SIGALRM)
    assert local_caller(function, LIMIT)().error_type == TIME_UP
    assert sys.gettrace() is tracing
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_endless_call_is_stopped_in_another_thread():
    replies = []
    thread = threading.Thread(target=lambda: replies.append(local_caller(spin, LIMIT)()), daemon=True)
    thread.start()
    thread.join(20)
    assert [reply.error_type for reply in replies] == [TIME_UP]


def test_interrupt_by_the_user_passes_through():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        local_caller(interrupted)()
