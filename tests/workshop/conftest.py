"""A learner's record for each test: a file of its own, or none but memory."""

import pytest

from workshop.score import store


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give a folder for the learner's record, not there yet."""
    yield from _record(monkeypatch, tmp_path / "results")


@pytest.fixture
def in_memory(monkeypatch):
    """Keep the learner's record in memory."""
    yield from _record(monkeypatch, "memory")


def _record(monkeypatch, place):
    monkeypatch.setenv("WORKSHOP_RESULTS", str(place))
    for cache in (store.memory, store.say_once):
        cache.cache_clear()
    yield place
    for cache in (store.memory, store.say_once):
        cache.cache_clear()
