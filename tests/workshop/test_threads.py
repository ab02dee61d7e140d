"""Threads follow the container's share, what else the machine does, and what somebody has set."""

import os
import subprocess
import sys

import pytest

from workshop import setup, threads
from workshop.threads import choose_threads, count_threads, read_busy_share, set_threads, use_threads


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch):
    """Begin without a choice of threads, and leave none behind."""
    for name in threads.VARIABLES:
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(threads, "_ours", "")


@pytest.mark.parametrize(
    ("content", "expected"),
    [("max 100000", 4), ("100000 100000", 1), ("150000 100000", 2), ("50000 100000", 1), ("900000 100000", 4)],
)
def test_threads_come_from_the_containers_share(monkeypatch, tmp_path, content, expected):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)
    limit = tmp_path / "cpu.max"
    limit.write_text(content)
    assert count_threads(limit) == expected


@pytest.mark.parametrize("content", [None, "", "rubbish", "1 2 3"])
def test_threads_without_a_readable_share_are_the_cores(monkeypatch, tmp_path, content):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    limit = tmp_path / "cpu.max"
    if content is not None:
        limit.write_text(content)
    assert count_threads(limit) == 3


@pytest.mark.parametrize(("share", "expected"), [(0.0, 4), (0.4, 4), (0.6, 1), (1.0, 1)])
def test_a_busy_machine_gives_one_thread(monkeypatch, share, expected):
    monkeypatch.setattr(threads, "count_threads", lambda: 4)
    assert choose_threads(share) == expected


def test_somebodys_choice_is_kept_and_our_own_is_made_anew(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert choose_threads(1.0) == 7
    with monkeypatch.context() as inner:
        inner.setattr(threads.time, "sleep", lambda _: pytest.fail("looks at the machine though somebody has chosen"))
        assert [setup().threads, setup().threads] == [7, 7]
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    monkeypatch.setattr(threads, "count_threads", lambda: 4)
    set_threads(choose_threads(1.0))
    assert (os.environ["OMP_NUM_THREADS"], choose_threads(0.0)) == ("1", 4)


def test_how_busy_the_machine_is_comes_from_its_ticks(monkeypatch, tmp_path):
    ticks = tmp_path / "stat"
    ticks.write_text("cpu  100 0 100 800 0 0 0 0 0 0\n")
    monkeypatch.setattr(threads.time, "sleep", lambda _: ticks.write_text("cpu  160 0 110 830 0 0 0 0 0 0\n"))
    assert read_busy_share(times=ticks) == pytest.approx(0.7)


@pytest.mark.parametrize("content", [None, "", "cpu x", "cpu  1 2\n"])
def test_a_machine_that_does_not_tell_counts_as_free(tmp_path, content):
    ticks = tmp_path / "stat"
    if content is not None:
        ticks.write_text(content)
    assert read_busy_share(0.0, ticks) == 0.0


@pytest.mark.slow
def test_libraries_that_are_loaded_follow():
    code = (
        "import os, numpy, torch\nfrom threadpoolctl import threadpool_info\nfrom workshop.threads import *\n"
        "numpy.ones((2, 2)) @ numpy.ones((2, 2)); set_threads(1)\n"
        "print(torch.get_num_threads(), {pool['num_threads'] for pool in threadpool_info()})\n"
        "with use_threads(2): print(torch.get_num_threads())\nprint(torch.get_num_threads())"
    )
    pytest.importorskip("torch")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "{1}", "2", "1"]


def test_without_torch_a_block_runs_as_it_is(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    with use_threads(1):
        pass
