"""Where measured results lie, and how they are written: the same bytes for the same figures."""

import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studies.freshness import ROOT
from workshop.checks.registry import LESSONS
from workshop.errors import WorkshopError
from workshop.score.results import FOLDER, SCHEMA, Results, find_results, read_results

FOR_MAINTAINERS = ROOT / "studies" / "results"
DIGITS = 6


def choose_folder(stem: str) -> Path:
    """Return where a study's results lie: a lesson's in the package, for learners; all others with the studies."""
    return FOLDER if stem in {lesson.stem for lesson in LESSONS} else FOR_MAINTAINERS


def read_measured(stem: str, folder: Path | None = None) -> Results:
    """Return what was measured; raise WorkshopError where nothing was."""
    return read_results(stem, folder or choose_folder(stem))


def list_measured() -> list[str]:
    """Return the stem of every study that has results, sorted."""
    return sorted(path.stem for folder in (FOLDER, FOR_MAINTAINERS) for path in folder.glob("*.json"))


def write_results(results: Results, folder: Path | None = None) -> Path:
    """Write a study's results as sorted JSON and return the path.

    Raises WorkshopError where a figure is not a finite number.
    """
    plain = round_numbers({"schema": SCHEMA, **dataclasses.asdict(results)})
    plain["rows"].sort(key=_order_of)
    try:
        text = json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise WorkshopError(
            f"a figure of {results.stem} is not a finite number. Leave out what could not be measured."
        ) from None
    path = find_results(results.stem, folder or choose_folder(results.stem))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _order_of(row: dict[str, Any]) -> str:
    """Return what a row is sorted by."""
    settings = json.dumps(row["settings"], sort_keys=True)
    return json.dumps([str(row[name]) for name in ("method", "task", "metric", "seed")] + [settings])


def round_numbers(value: Any) -> Any:
    """Return a value as JSON knows it, numbers rounded to six significant digits."""
    if isinstance(value, Mapping):
        return {str(key): round_numbers(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [round_numbers(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.{DIGITS}g}")
    return value
