"""What a process gives back: compiled kernels of past shapes don't pile up."""

import os
import subprocess
import sys

import pytest

from workshop.models import memory

GROWTH = """
from workshop.models.memory import make_room, trim_memory

make_room()
import torch

torch.set_num_threads(1)


def products(lengths):
    for length in lengths:
        torch.ones(length, 64, dtype=torch.bfloat16) @ torch.ones(64, 64, dtype=torch.bfloat16)
    trim_memory()
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


before = products(range(1, 101))
print(products(range(101, 1101)) - before)
"""


def measure_growth(**variables):
    """Return by how many kB a process grows over products of a thousand new shapes."""
    done = subprocess.run(
        [sys.executable, "-c", GROWTH], env=os.environ | variables, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.slow
def test_products_of_many_shapes_leave_little_behind(monkeypatch):
    for name in memory.KERNELS:
        monkeypatch.delenv(name, raising=False)
    assert measure_growth() < 20_000  # half a million without a limit, where the processor has bfloat16


@pytest.mark.slow
def test_a_limit_that_the_user_set_stays(monkeypatch):
    names = list(memory.KERNELS)
    monkeypatch.setenv(names[0], "7")
    monkeypatch.delenv(names[1], raising=False)
    memory.make_room()
    assert [os.environ[name] for name in names] == ["7", str(memory.KERNELS[names[1]])]
