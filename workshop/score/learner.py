"""The learner's record: rows of the scoreboard, predictions, passed exercises."""

import dataclasses
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshop.errors import WorkshopError
from workshop.score import store
from workshop.score.results import Row

ROW_KEY = ("lesson", "method", "task", "metric")
CAUGHT_UP = "caught up"


@dataclass(frozen=True)
class Record:
    """What a learner has done so far.

    rows: the scoreboard's rows, oldest first. predictions: the answer to each claim by its id.
    passes: the points of each passed exercise by its id.
    """

    rows: tuple[Row, ...] = ()
    predictions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    passes: Mapping[str, int] = dataclasses.field(default_factory=dict)


def record_pass(exercise_id: str, points: int) -> None:
    """Keep that an exercise passed and the points that it gives."""
    _keep("passes", exercise_id, points)


def record_prediction(claim_id: str, answer: str) -> None:
    """Keep a prediction; a later one for the same claim replaces it."""
    _keep("predictions", claim_id, answer)


def record_row(row: Row | Mapping[str, Any]) -> None:
    """Keep a row of the scoreboard; a later run of the same method, task and metric of a lesson replaces it.

    row: a `Row`, or its fields (lesson, method, task, metric and value at least); its source becomes "yours"
    unless it says something else than "measured". A row that is "caught up" counts as older than any other: it never
    replaces a run, here or from a pasted code. Raises WorkshopError for missing or unknown fields.
    """
    fields = dataclasses.asdict(row) if isinstance(row, Row) else dict(row)
    if fields.get("source", "measured") == "measured":
        fields["source"] = "yours"
    _check_fields(fields)
    made = dataclasses.asdict(Row(**fields))
    kept = {name: value for name, value in made.items() if value is not None}
    key = json.dumps([str(made[name]) for name in ROW_KEY], ensure_ascii=False)
    _keep("rows", key, kept, dated=kept["source"] != CAUGHT_UP)


def _check_fields(fields: Mapping[str, Any]) -> None:
    """Raise WorkshopError where a row lacks a field that it needs, or has one that no row has."""
    known = dataclasses.fields(Row)
    names = [one.name for one in known]
    needed = [one.name for one in known if one.default is one.default_factory is dataclasses.MISSING]
    missing = [name for name in needed if name not in fields]
    strange = [name for name in fields if name not in names]
    problems = [("this row lacks", missing), ("a row has no field", strange)]
    said = [f"{words} {', '.join(map(repr, found))}" for words, found in problems if found]
    if said:
        raise WorkshopError(f"{'; '.join(said)}. The fields of a row: {', '.join(names)}.")


def read_record() -> Record:
    """Return everything that is kept, from the file and from this process's memory."""
    kept = store.load()

    def values(kind: str) -> dict[str, Any]:
        return {key: entry["value"] for key, entry in sorted(kept[kind].items(), key=lambda item: item[1]["at"])}

    rows = (_as_row(fields) for fields in values("rows").values())
    return Record(tuple(row for row in rows if row is not None), values("predictions"), values("passes"))


def clear() -> None:
    """Forget the whole record, on disk too."""
    store.erase()


def _as_row(fields: dict[str, Any]) -> Row | None:
    """Return the row that was kept, None for what another version kept with other fields."""
    try:
        return Row(**fields)
    except TypeError:
        return None


def _keep(kind: str, key: str, value: Any, *, dated: bool = True) -> None:
    """Add one entry, stamped with the time in seconds, or with 0 where any other shall count as newer."""
    new = store.empty()
    new[kind][str(key)] = {"at": round(time.time(), 3) if dated else 0, "value": value}
    try:
        plain = store.parse(store.dump(new))
    except (TypeError, ValueError) as error:
        raise WorkshopError(f"can't keep {kind} {key!r}: {error}. Give numbers and texts.") from None
    store.add(plain)
