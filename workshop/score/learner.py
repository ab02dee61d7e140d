"""The learner's record: rows of the scoreboard, predictions, passed exercises."""

import dataclasses
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshop.errors import WorkshopError
from workshop.score import store

ROW_KEY = ("lesson", "method", "task", "metric")


@dataclass(frozen=True)
class Record:
    """What a learner has done so far.

    rows: the scoreboard's rows, oldest first. predictions: the answer to each claim by its id.
    passes: the points of each passed exercise by its id.
    """

    rows: tuple[dict[str, Any], ...] = ()
    predictions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    passes: Mapping[str, int] = dataclasses.field(default_factory=dict)


def record_pass(exercise_id: str, points: int) -> None:
    """Keep that an exercise passed and the points that it gives."""
    _keep("passes", exercise_id, points)


def record_prediction(claim_id: str, answer: str) -> None:
    """Keep a prediction; a later one for the same claim replaces it."""
    _keep("predictions", claim_id, answer)


def record_row(row: Any) -> None:
    """Keep a row of the scoreboard; a later run of the same method, task and metric of a lesson replaces it.

    row: a `Row`, or a dict with its fields. Raises WorkshopError where a field that names the row is missing.
    """
    fields = dataclasses.asdict(row) if dataclasses.is_dataclass(row) else dict(row)
    missing = [name for name in ROW_KEY if not fields.get(name)]
    if missing:
        raise WorkshopError(
            f"a row needs {', '.join(ROW_KEY)}; this one lacks {', '.join(missing)}. Add what is missing."
        )
    _keep("rows", json.dumps([str(fields[name]) for name in ROW_KEY], ensure_ascii=False), fields)


def read_record() -> Record:
    """Return everything that is kept, from the file and from this process's memory."""
    kept = store.load()

    def values(kind: str) -> dict[str, Any]:
        return {key: entry["value"] for key, entry in sorted(kept[kind].items(), key=lambda item: item[1]["at"])}

    return Record(tuple(values("rows").values()), values("predictions"), values("passes"))


def clear() -> None:
    """Forget the whole record, on disk too."""
    store.erase()


def _keep(kind: str, key: str, value: Any) -> None:
    """Add one entry, stamped with the time in seconds."""
    new = store.empty()
    new[kind][str(key)] = {"at": round(time.time(), 3), "value": value}
    try:
        plain = store.parse(store.dump(new))
    except (TypeError, ValueError) as error:
        raise WorkshopError(f"can't keep {kind} {key!r}: {error}. Give numbers and texts.") from None
    store.add(plain)
