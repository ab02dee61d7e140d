"""The comparison with stock nbgrader runs, and what was measured keeps the promise."""

import pytest

pytest.importorskip("nbgrader")

from backstage.grade.jail.bubblewrap import Jail
from backstage.lessons.notebooks import write_json
from studies import memory
from studies.grader import study as grader
from studies.grader.class_of_students import make_class
from studies.keep import read_measured
from workshop.checks.registry import list_exercises
from workshop.errors import WorkshopError

WORDS = "01_word_embeddings"


def read(metric, task=None):
    """Return the measured value of the grader for a metric."""
    rows = read_measured(grader.STEM).select(metric=metric, method="workshop grade")
    return next(row.value for row in rows if task in (None, row.task))


def test_measured_throughput_reaches_the_goal():
    assert read("times nbgrader's throughput") >= grader.GOAL


def test_measurement_is_fresh_and_memory_and_start_keep_the_promise():
    assert read("peak memory") < 3000
    assert read("seconds until ready") <= 0.3


@pytest.mark.slow
def test_short_form_gives_the_same_marks(capsys):
    try:
        Jail(()).close()
    except WorkshopError as error:
        pytest.skip(f"no jail here: {error}")
    rows = grader.measure(short=True).rows
    assert "the same marks" in capsys.readouterr().out
    assert {row.method for row in rows} == {"nbgrader autograde", "workshop grade"}
    assert all(row.value > 0 for row in rows if row.metric != "reading, writing and the rest")


@pytest.mark.slow
def test_class_is_mixed_and_the_same_for_a_seed():
    made = make_class(WORDS, 12)
    assert {name: write_json(one) for name, one in make_class(WORDS, 12).items()} == {
        name: write_json(one) for name, one in made.items()
    }
    written = [write_json(one).count("NotImplementedError") for one in made.values()]
    assert (written[0], written[1]) == (0, len(list_exercises(WORDS)))
    assert len(set(written)) > 3


@pytest.mark.slow
def test_peak_memory_counts_what_was_taken():
    with memory.PeakMemory() as before:
        memory.threading.Event().wait(3 * memory.TICK)
    taken = bytearray(b"x" * 200_000_000)
    with memory.PeakMemory() as after:
        memory.threading.Event().wait(3 * memory.TICK)
    assert len(taken) > 0
    assert 150 < after.megabytes - before.megabytes < 300
