"""Marks: what is right gets its points however the notebook looks, what is broken gets a record."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from backstage import hidden
from backstage.grade.engine import Engine
from backstage.grade.jail.imports import SET_UP
from backstage.grade.records import Submission
from backstage.grade.replay import Limits
from backstage.lessons.notebooks import make_learner, make_solved, write_json
from backstage.lessons.source import read_functions
from tests.backstage.hearts import know_by_heart
from workshop.checks import run_check
from workshop.checks.protocol import Reply, plain
from workshop.checks.registry import find_exercise
from workshop.errors import WorkshopError
from workshop.exercises.start_here import count_words

pytestmark = pytest.mark.slow

START, WORDS = "00_start_here", "01_word_embeddings"
SECRET = b"t" * 32
RIGHT = """def count_words(text):
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts"""
WRONG = "def count_words(text):\n    return {w: 1 for w in text.lower().split()}"


def notebook(*cells):
    """Return a notebook's bytes; a cell is a text of code, or a whole cell."""
    made = [
        {"cell_type": "code", "metadata": {}, "source": c, "outputs": []} if isinstance(c, str) else c for c in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def make_engine(stem, **options):
    """Return an engine with short limits, or skip where this machine has no jail to give."""
    limits = options.pop("limits", Limits(cell=5, check=20, submission=120, grace=2))
    try:
        return Engine(stem, SECRET, jobs=2, limits=limits, libraries=("numpy", "scipy.stats"), **options)
    except WorkshopError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def start():
    with make_engine(START) as engine:
        yield engine


@pytest.fixture(scope="module")
def words():
    with make_engine(WORDS) as engine:
        yield engine


def grade(engine, content):
    return engine.grade(Submission("student", engine.lesson, content, "test"))


HONEST = {
    "as_released": (write_json(make_learner(START)).encode(), 0, "not written"),
    "solved": (write_json(make_solved(START)).encode(), 2, ""),
    "only_the_function": (notebook(RIGHT), 2, ""),
    "wrong": (notebook(SET_UP, WRONG), 0, "wrong: every one counts 1"),
    "by_heart": (notebook(know_by_heart()), 0, "wrong: "),
    "moved_below_its_check": (notebook(SET_UP, "check.start_here.count_words(count_words)", RIGHT), 2, ""),
    "merged_with_its_check": (notebook(SET_UP, RIGHT + "\ncheck.start_here.count_words(count_words)"), 2, ""),
    "cell_before_fails": (notebook("1 / 0", "raise SystemExit", "x = (", RIGHT), 2, ""),
    "magics": (notebook("%matplotlib inline\n!ls\n%%time", "%%time\n" + RIGHT, "?print", "!echo hello"), 2, ""),
    "prints_and_warns": (
        notebook("import warnings, sys", RIGHT.replace("counts = {}", "counts = {}; print(1); warnings.warn('x')")),
        2,
        "",
    ),
    "text_by_accident": (
        notebook({"cell_type": "markdown", "metadata": {"nbgrader": {"grade_id": "ex-0-1"}}, "source": RIGHT}),
        2,
        "",
    ),
    "demonstration_that_ends_python": (notebook("# demonstration 0.1\nimport os; os._exit(1)", RIGHT), 2, ""),
    "own_cell_ends_python": (notebook("import os; os._exit(1)", RIGHT, "import os; os.kill(os.getpid(), 9)"), 2, ""),
    "workshop_parts": (notebook("from workshop.widgets import predict\npredict('C01')\n" + RIGHT), 2, ""),
    "source_in_lines": (notebook({"cell_type": "code", "source": RIGHT.splitlines(keepends=True)}), 2, ""),
    "old_format": (json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": RIGHT}]}]}).encode(), 2, ""),
    "byte_order_mark": (b"\xef\xbb\xbf" + notebook(RIGHT), 2, ""),
    "name_of_a_value": (notebook("count_words = 3"), 0, "not found"),
    "no_cells": (notebook(), 0, "not found"),
}


@pytest.mark.parametrize(("content", "points", "reason"), HONEST.values(), ids=HONEST)
def test_marks_of_honest_notebooks(start, content, points, reason):
    record = grade(start, content)
    assert (record.problem, record.points, record.max) == ("", points, 2)
    assert record.marks[0].reason.startswith(reason)
    assert bool(record.marks[0].reason) == (points == 0)
    assert bool(record.marks[0].message) == (points == 0)


def test_second_definition_counts_and_the_note_says_so(start):
    record = grade(start, notebook(WRONG, RIGHT))
    assert record.points == 2
    assert record.marks[0].notes == ("defined twice: the last one counts",)
    assert grade(start, notebook(RIGHT, WRONG)).points == 0


def test_message_is_the_checks_and_no_hidden_input(start):
    wrong, heart = grade(start, notebook(WRONG)).marks[0], grade(start, notebook(know_by_heart())).marks[0]
    assert "Likely:   every one counts 1" in wrong.message
    assert "right on the examples of its check, not on others" in heart.message
    seen = []
    for seed in hidden.derive_seeds(SECRET, "0.1"):
        run_check(find_exercise("0.1"), lambda text: seen.append(text) or Reply(count_words(text)), seed)
    drawn = {text for text in seen if len(text) > 100}
    assert len(drawn) == hidden.SEEDS
    assert not [text for text in drawn if text[:30] in heart.message]


BROKEN = {
    "empty": b"",
    "not_json": b"{",
    "not_text": b"\xff\xfe\x00\x01" * 100,
    "a_list": b"[1, 2]",
    "a_number": b"3",
    "no_cells": b'{"metadata": {}}',
    "cells_of_numbers": b'{"cells": [1, 2]}',
    "deep": b'{"cells": ' + b"[" * 100_000,
    "large": b" " * (20 * 10**6 + 1),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_broken_notebooks_get_a_record_that_says_why(start, content):
    record = grade(start, content)
    assert record.problem
    assert "\n" not in record.problem
    assert [(mark.points, mark.max, mark.reason) for mark in record.marks] == [(0, 2, "not graded")]
    assert grade(start, notebook(RIGHT)).points == 2


def test_problem_of_the_submission_stays(start):
    record = start.grade(Submission("student", START, None, "test", "an empty zip"))
    assert (record.problem, record.points, record.max) == ("an empty zip", 0, 2)


def test_more_than_five_cells_that_end_python_are_too_many(start):
    ends = "import os; os._exit(0)"
    assert grade(start, notebook(*[ends] * 5, RIGHT)).points == 2
    record = grade(start, notebook(*[ends] * 6, RIGHT))
    assert record.points == 0
    assert record.marks[0].reason == "stopped: more than 5 cells end the notebook"


def with_answer(name, text):
    """Return the solved lesson 01 with another answer for one function."""
    solved = make_solved(WORDS)
    cell = next(c for c in solved["cells"] if f"def {name}(" in "".join(c["source"]))
    cell["source"] = text
    return write_json(solved).encode()


@pytest.mark.parametrize(
    ("body", "reason"),
    [("import os; os._exit(0)", "stopped: ended Python itself"), ("while True: pass", "stopped: overran 5 s")],
    ids=["exits", "never_ends"],
)
def test_other_exercises_keep_their_points(words, body, reason):
    record = grade(words, with_answer("skipgram_pairs", f"def skipgram_pairs(tokens, window):\n    {body}"))
    lost = {mark.exercise: mark.reason for mark in record.marks if mark.reason}
    assert lost == {"1.1": reason}
    assert record.points == record.max - record.marks[0].max


def test_hidden_inputs_seen_in_one_exercise_are_not_shown_in_the_message_of_another(words):
    solved = make_solved(WORDS)
    keeps = "seen = []\n\n\n" + "".join(read_functions(WORDS)["1.1"]).replace(
        "pairs = []", "seen.append(' '.join(tokens)); pairs = []"
    )
    shows = "def cosine(u, V):\n    raise RuntimeError('|'.join(seen[-3:]))"
    for name, text in (("skipgram_pairs", keeps), ("cosine", shows)):
        next(c for c in solved["cells"] if f"def {name}(" in "".join(c["source"]))["source"] = text
    marks = {mark.exercise: mark for mark in grade(words, write_json(solved).encode()).marks}
    assert marks["1.1"].points
    asked = {"visible": set(), "hidden": set()}
    reference = find_exercise("1.1").reference
    for kind, seeds in (("visible", [0]), ("hidden", hidden.derive_seeds(SECRET, "1.1"))):
        for seed in seeds:
            run_check(
                find_exercise("1.1"),
                lambda tokens, window, kind=kind: (
                    asked[kind].add(" ".join(tokens)) or Reply(plain(reference(tokens, window)))
                ),
                seed,
            )
    secret = asked["hidden"] - asked["visible"]
    assert secret
    assert not [text for text in secret if text in marks["1.2"].message]
    assert any(text and text in marks["1.2"].message for text in asked["visible"])


def test_solved_and_released_lesson(words):
    assert grade(words, write_json(make_solved(WORDS)).encode()).points == 16
    released = grade(words, write_json(make_learner(WORDS)).encode())
    assert {mark.reason for mark in released.marks} == {"not written"}


def test_several_at_once(start):
    contents = [notebook(RIGHT), notebook(WRONG), b"{", notebook("import os; os._exit(0)", RIGHT)] * 5
    with ThreadPoolExecutor(4) as pool:
        records = list(pool.map(lambda content: grade(start, content), contents))
    assert [record.points for record in records] == [2, 0, 0, 2] * 5


def test_time_for_a_submission_is_limited():
    cells = ["import time\ntime.sleep(100)"] * 10
    with make_engine(START, limits=Limits(cell=1, check=5, submission=2.5, grace=1)) as engine:
        record = grade(engine, notebook(*cells, RIGHT))
        assert record.marks[0].reason.startswith("stopped: overran")
        assert grade(engine, notebook(RIGHT)).points == 2


def test_unsafe_gives_the_same_marks():
    with make_engine(START, unsafe=True) as engine:
        for content, points, _ in (HONEST[name] for name in ("solved", "wrong", "by_heart", "own_cell_ends_python")):
            assert grade(engine, content).points == points


def test_lost_guard_is_no_fault_of_the_student(start, monkeypatch):
    losses = []
    spawn = start.jail.spawn

    def lossy():
        cell = spawn()
        if len(losses) < 2:
            losses.append(cell.end())
            cell.talk, cell.life = (
                cell.talk,
                type(
                    "Gone",
                    (),
                    {
                        "settimeout": lambda *_: None,
                        "close": lambda *_: None,
                        "shutdown": lambda *_: None,
                        "recv": lambda *_: b"",
                    },
                )(),
            )
        return cell

    monkeypatch.setattr(start.jail, "spawn", lossy)
    assert grade(start, notebook(RIGHT)).points == 2
    assert len(losses) == 2
