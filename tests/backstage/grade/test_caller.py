"""The same replies get the same verdict, judged once; what the verdict rests on is all in the replies."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest

from backstage.grade import engine, judge
from backstage.grade.caller import JailCaller, Questions
from backstage.grade.jail import child, wire
from backstage.grade.replay import Limits
from backstage.hidden import derive_seeds
from workshop.checks import run_check
from workshop.checks.local import local_caller
from workshop.checks.protocol import plain
from workshop.checks.registry import LESSONS, find_exercise, list_exercises
from workshop.errors import NotYet

pytestmark = pytest.mark.slow

SECRET = b"c" * 32
EXERCISES = [one for lesson in LESSONS for one in list_exercises(lesson.stem)]
STRANGE = "stopped: an answer that no honest notebook gives"


class Stopped(Exception):
    """Stands in for what ends a check."""


class FakeReplay:
    """Answers as a jailed child would, with a function of this process."""

    limits = Limits()

    def __init__(self, function, tamper=lambda content: content):
        self.requests, self._tamper = 0, tamper
        self._notebook = child.Notebook(SimpleNamespace(user_ns={"count_words": function}))

    def request(self, action, *arguments, seconds):
        self.requests += 1
        return self._tamper(getattr(self._notebook, action)(*arguments))

    def stop(self, why):
        raise Stopped(why)


def right(text):
    words = text.lower().split()
    return {word: words.count(word) for word in words}


def ones(text):
    return dict.fromkeys(text.lower().split(), 1)


def make_engine():
    """Return an engine of lesson 00 without a jail."""
    made = engine.Engine.__new__(engine.Engine)
    made._secret, made._known, made.exercises = SECRET, {}, list_exercises("00")
    made._questions = made._foresee()
    return made


@pytest.fixture
def counted(monkeypatch):
    """Give the list of the checks that ran."""
    ran = []
    real = judge.run_check
    monkeypatch.setattr(judge, "run_check", lambda exercise, caller: (ran.append(exercise.id), real(exercise, caller)))
    return ran


@pytest.mark.parametrize("hidden", [False, True])
def test_same_replies_are_judged_once(counted, hidden):
    made, exercise = make_engine(), find_exercise("0.1")
    counted.clear()
    verdict = judge.Verdict(exercise, notes=("mine",))
    found = [made._judge(FakeReplay(f), verdict, hidden=hidden) for f in (right, right, ones, ones, right)]
    assert [bool(one.reason) for one in found] == [False, False, True, True, False]
    assert found[2] == found[3]
    assert found[2].message
    assert {one.notes for one in found} == {("mine",)}
    assert len(counted) == (0 if hidden else 2)
    assert len(made._known) == 2


def test_judged_once_says_what_judged_alone_says():
    exercise = find_exercise("0.1")
    made = make_engine()
    for function in (right, ones, len, lambda text: 1 / 0, print):
        judged = [made._judge(FakeReplay(function), judge.Verdict(exercise), hidden=False) for _ in range(2)]
        alone = judge.judge_visible(judge.Verdict(exercise), local_caller(function, exercise.seconds))
        assert judged == [alone, alone]


def test_a_verdict_that_rests_on_more_than_the_foreseen_is_not_kept():
    made, exercise = make_engine(), find_exercise("0.1")
    made._questions[exercise.id, False] = Questions(made._questions[exercise.id, False].each[:1])
    assert not made._judge(FakeReplay(right), judge.Verdict(exercise), hidden=False).reason
    assert made._known == {}


@pytest.mark.parametrize("exercise", EXERCISES, ids=[one.id for one in EXERCISES])
def test_no_check_looks_at_the_seconds_of_a_reply(exercise):
    """The grader's replies carry none, so that the same values are the same replies."""
    facts = {"error_text": "", "stdout": "", "mutated": False}

    def answer(*arguments):
        try:
            return SimpleNamespace(value=plain(exercise.reference(*arguments)), error_type="", **facts)
        except ValueError as error:  # what must be refused
            said = {**facts, "error_text": f"raise ValueError({str(error)!r})"}
            return SimpleNamespace(value=None, error_type="ValueError", **said)

    for seed in (0, *derive_seeds(SECRET, exercise.id, 1)):
        run_check(exercise, answer, seed)
        for value, error in ((3.5, ""), (None, ""), (None, "ValueError"), (None, "TimeUp")):
            with pytest.raises(NotYet):
                run_check(
                    exercise,
                    lambda *_, value=value, error=error: SimpleNamespace(value=value, error_type=error, **facts),
                    seed,
                )


def test_foreseen_questions_go_in_one_message_and_others_one_by_one():
    exercise = find_exercise("0.1")
    questions = Questions(tuple(wire.encode([text]) for text in ("a b", "c")))
    replay = FakeReplay(right)
    caller = JailCaller(replay, exercise, questions)
    assert (caller("a b").value, caller("c").value) == ({"a": 1, "b": 1}, {"c": 1})
    assert (replay.requests, caller.beyond) == (1, False)
    assert caller("d d").value == {"d": 2}
    assert (replay.requests, caller.beyond) == (2, True)
    late = JailCaller(replay, exercise, questions)
    assert late("c").value == {"c": 1}
    assert late("a b").value == {"a": 1, "b": 1}
    assert replay.requests == 5


def test_digest_is_of_the_replies_alone():
    exercise, questions = find_exercise("0.1"), Questions((wire.encode(["a b b"]),))
    digests = [JailCaller(FakeReplay(f), exercise, questions).digest for f in (right, right, ones)]
    assert digests[0] == digests[1] != digests[2]
    empty = JailCaller(FakeReplay(right), exercise, Questions())
    assert empty.digest == hashlib.sha256(b"").digest()


REPLY = [{"a": 1}, "", "", False, False]
HOSTILE = {
    "no_bytes": 3,
    "no_value": b"z",
    "no_list": wire.encode(3),
    "no_replies": wire.encode([3]),
    "nothing": wire.encode([None]),
    "too_short": wire.encode([REPLY[:-1]]),
    "too_long": wire.encode([[*REPLY, False]]),
    "other_kinds": wire.encode([[{"a": 1}, "", "", 1, 0]]),
    "no_reply_to_one": wire.encode([]),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("ahead", [True, False])
def test_strange_replies_stop_the_check(content, ahead):
    questions = Questions((wire.encode(["a"]),) if ahead else ())
    with pytest.raises(Stopped, match=STRANGE):
        JailCaller(FakeReplay(right, lambda _: content), find_exercise("0.1"), questions)("a")


def test_what_is_too_large_together_is_asked_one_by_one_and_alone_is_named():
    def grow(text):
        return np.zeros(int(text))

    exercise = find_exercise("0.1")
    questions = Questions(tuple(wire.encode([size]) for size in ("1500000", "1400000", "3000000")))
    replay = FakeReplay(grow)
    caller = JailCaller(replay, exercise, questions)
    assert caller.digest == hashlib.sha256(b"").digest()
    assert [caller(size).value.size for size in ("1500000", "1400000")] == [1_500_000, 1_400_000]
    assert "too large" in caller("3000000").error_text


def shell():
    """Return what a notebook needs of a shell to count definitions."""
    return SimpleNamespace(transform_cell=lambda source: source, user_ns={"f": len})


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("def f(x): pass\ndef f(x): pass", 2),
        ("def \\\n f(x): pass", 1),
        ("@print\ndef  f(x): pass", 1),
        ("# def f(x)", 0),
        ("'def f'", 0),
        ("def f_more(x): pass", 0),
        ("if True:\n    def f(x): pass", 0),
        ("check.start_here.f(f)", 0),
        ("def f(x: pass", 0),
    ],
)
def test_definitions_are_counted(source, count):
    notebook = child.Notebook(shell())
    notebook.cells = [source]
    assert notebook.look("f")[:2] == [count, True]
