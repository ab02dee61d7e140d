"""Replies that earlier studies have kept, read again instead of asked again."""

import functools
from collections.abc import Callable
from typing import Any

from studies.runner import RUNS, read_runs
from workshop.errors import WorkshopError


@functools.cache
def _read(stem: str) -> tuple[dict[str, Any], ...]:
    return tuple(read_runs(RUNS / f"{stem}.jsonl"))


def _find(stem: str, fits: Callable[[list[Any]], bool]) -> list[dict[str, Any]]:
    """Return what the kept runs of a study gave whose cell fits. Raises WorkshopError where there is none."""
    found = sorted((one for one in _read(stem) if fits(one["cell"])), key=lambda one: str(one["cell"]))
    if not found:
        raise WorkshopError(f"a run of {stem} that lesson 06 reads is not kept. Measure it: make measure STEMS={stem}")
    return [one["found"] for one in found]


def read_plain(task: str) -> dict[str, Any]:
    """Return the plain model's replies to a task of the adapters' study."""
    return _find("adapters", lambda cell: cell == [task])[0]


def read_adapter(name: str, task: str) -> list[dict[str, Any]]:
    """Return the replies of a shipped recipe to a task of the adapters' study, seed by seed."""
    runs = _find("adapters", lambda cell: cell[0] == name and len(cell) > 1 and task in cell[4])
    return [run["answers"][task] for run in runs]


def read_training(name: str) -> list[dict[str, Any]]:
    """Return what training a shipped recipe cost, seed by seed: tokens, seconds, megabytes."""
    return _find("adapters", lambda cell: cell[0] == name and len(cell) > 1 and not cell[2][3])


def read_answers(reader: str, source: str, passages: str, count: int, way: str = "contract") -> dict[str, Any]:
    """Return lesson 05's replies of a reader."""
    wanted = [reader, source, passages, count, way]
    return _find("05_retrieval_bot", lambda cell: cell[:5] == wanted)[0]


def read_voice(*first: Any) -> list[dict[str, Any]]:
    """Return lesson 04's replies in the voice: of shipped_voice, or of voice_prompt with instruction and examples."""
    return _find("04_prompt_or_lora", lambda cell: cell[: len(first)] == list(first))
