"""The user's own questions and tickets: rows and objects turned into records, each field checked."""

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from workshop.data.clean import clean_text, count_unreadable
from workshop.data.files import DataWarning
from workshop.data.markup import strip_markup
from workshop.data.names import Names
from workshop.data.records import Question, Ticket
from workshop.data.tables import Row, stream_csv, stream_json
from workshop.errors import WorkshopError, unknown

MOST_ROWS = 20_000
MOST_SHOWN = 60
UNANSWERABLE = "unanswerable"
SPLITS = ("train", "unseen", "changed", UNANSWERABLE)

Record = TypeVar("Record")


class _Fields:
    """The fields of one row, read as texts; what was cleaned out of them is counted in `removed`."""

    def __init__(self, path: Path, line: int, row: dict[str, Any], removed: Counter[str]) -> None:
        self.path, self.line, self.row, self.removed = path, line, row, removed

    def refuse(self, field: str, reason: object) -> WorkshopError:
        """Return the error for a field."""
        kind = "field" if self.path.suffix == ".jsonl" else "column"
        return WorkshopError(f"{self.path.name}, line {self.line}, {kind} {field}: {reason}")

    def read(self, field: str) -> str:
        """Return a field as text, empty where there is none; a number as it is written."""
        return self._clean(field, self.row.get(field))

    def need(self, field: str) -> str:
        """Return a text that must not be empty."""
        value = self.row[field]
        text = self._clean(field, value) if isinstance(value, str) else ""
        if not text:
            raise self.refuse(field, f"expected text, got {_show(value)}.")
        return text

    def read_list(self, field: str) -> tuple[str, ...]:
        """Return a field of several texts; one text alone counts as a list of one."""
        value = self.row.get(field)
        if isinstance(value, str) or value is None:
            value = [value] if value else []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.refuse(field, f"expected a list of texts, got {_show(value)}.")
        return tuple(text for one in value if (text := self._clean(field, one)))

    def _clean(self, field: str, value: Any) -> str:
        """Return a value as clean text."""
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.refuse(field, f"expected text, got {_show(value)}.")
        self.removed["letters that only the sender's fonts know"] += count_unreadable(str(value))
        return clean_text(str(value)).strip()


def _show(value: Any) -> str:
    """Return a value as a message shows it."""
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def read_questions(path: Path, names: Iterable[str]) -> list[Question]:
    """Read questions and the document that answers each from faq.jsonl or faq.csv.

    names: the documents that there are. Of the columns or fields question and document must be there; id, answer,
    split and (in JSON) paraphrases may be. A question without a document is unanswerable.
    Raises WorkshopError with file, line and field: an unknown document, an empty question, a value of another kind, an
    id that is there twice.
    """
    stream = stream_json if path.suffix == ".jsonl" else stream_csv
    known = Names(names)
    return _take(path, stream(path, ("question", "document")), "id", lambda fields: _make_question(fields, known))


def _make_question(fields: _Fields, known: Names) -> Question:
    """Make a Question of a row, its document checked."""
    written = fields.read("document")
    document = known.find(written) if written else None
    if written and document is None:
        raise fields.refuse("document", unknown("document", written, known.known.values()))
    split = fields.read("split").lower() or ("unseen" if document else UNANSWERABLE)
    if split not in SPLITS:
        raise fields.refuse("split", unknown("split", split, SPLITS))
    return Question(
        id=fields.row["id"],
        question=fields.need("question"),
        answer=fields.read("answer"),
        document=document,
        split=split,
        paraphrases=fields.read_list("paraphrases"),
        earlier_answer=fields.read("answer_v1") or None,
    )


def read_tickets(path: Path) -> list[Ticket]:
    """Read messages and their labels from tickets.csv: columns text and label.

    tone, customer, home_island, date and ticket_id may be there. Without customers each message counts as its own.
    Raises WorkshopError with file, line and column: an empty text or label, an id that is there twice, one label only.
    """
    tickets = _take(path, stream_csv(path, ("text", "label")), "ticket_id", _make_ticket)
    labels = {ticket.topic for ticket in tickets}
    if len(labels) < 2:
        raise WorkshopError(f"{path.name}, column label: expected at least two labels, got {len(tickets)} rows of one.")
    alike: dict[str, list[str]] = {}
    for label in sorted(labels):
        alike.setdefault(" ".join(label.casefold().split()), []).append(label)
    for several in (found for found in alike.values() if len(found) > 1):
        told = f"{' and '.join(map(repr, several))} count as different labels. Write them alike if they are one."
        warnings.warn(f"{path.name}, column label: {told}", DataWarning, stacklevel=2)
    return tickets


def _make_ticket(fields: _Fields) -> Ticket:
    """Make a Ticket of a row."""
    text, removed = strip_markup(fields.need("text"))
    fields.removed.update(removed)
    if not text.strip():
        raise fields.refuse("text", "holds nothing but comments and tags: expected text.")
    more = {key: fields.read(key) for key in ("tone", "home_island", "date")}
    name = fields.row["ticket_id"]
    return Ticket(name, text.strip(), fields.need("label"), customer=fields.read("customer") or name, **more)


def _take(path: Path, rows: Iterator[Row], column: str, make: Callable[[_Fields], Record]) -> list[Record]:
    """Make records of the first MOST_ROWS rows, each with an id of its own; say what was left out."""
    records: list[Record] = []
    seen: dict[str, int] = {}
    removed: Counter[str] = Counter()
    for line, row in rows:
        if len(records) == MOST_ROWS:
            warnings.warn(
                f"{path.name} has more than {MOST_ROWS:,} rows: the first {MOST_ROWS:,} are used.",
                DataWarning,
                stacklevel=3,
            )
            break
        fields = _Fields(path, line, row, removed)
        name = row[column] = fields.read(column) or f"line-{line}"
        if seen.setdefault(name, line) != line:
            raise fields.refuse(column, f"{name!r} is there twice, first in line {seen[name]}. Give each row its own.")
        records.append(make(fields))
    if not records:
        raise WorkshopError(f"{path.name} has no rows after its first line: expected at least one.")
    for what in sorted(+removed):
        warnings.warn(f"{path.name}: {what} left out, {removed[what]:,} in all.", DataWarning, stacklevel=3)
    return records
