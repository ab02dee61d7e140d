"""Bring your own: a folder whose handbook, questions and tickets take the place of Skerryline's."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from workshop.data.files import DataWarning, read_pdf, read_text, stream_csv, stream_json
from workshop.data.records import Document, Question, Ticket
from workshop.errors import WorkshopError, unknown

SKERRYLINE = Path(__file__).resolve().parents[1] / "assets" / "skerryline"
KINDS = {".md": read_text, ".txt": read_text, ".pdf": read_pdf}
PARTS = ("handbook", "faq", "tickets")
FAQ_FILES = ("faq.jsonl", "faq.csv")
MOST_ROWS = 20_000
UNANSWERABLE = "unanswerable"
SPLITS = ("train", "unseen", "changed", UNANSWERABLE)

Record = TypeVar("Record")


def find_part(folder: Path | None, part: str) -> Path | None:
    """Return where a folder has its handbook, handbook_v2, faq or tickets, or None where that stays Skerryline's.

    Raises WorkshopError where the part is a link out of the folder, or the FAQ is there twice.
    """
    if folder is None:
        return None
    names = {"faq": FAQ_FILES, "tickets": ("tickets.csv",)}.get(part, (part,))
    found = [folder / name for name in names if (folder / name).exists() or (folder / name).is_symlink()]
    if len(found) > 1:
        raise WorkshopError(f"{folder.name} has both {' and '.join(FAQ_FILES)}: expected one. Take one away.")
    if not found:
        return None
    _refuse_outside(found[0], folder)
    if part.startswith("handbook") and not found[0].is_dir():
        raise WorkshopError(f"{part} is a file: expected a folder of {', '.join(KINDS)} files.")
    return found[0]


def _refuse_outside(path: Path, folder: Path) -> None:
    """Raise WorkshopError where a link leads out of the user's folder or nowhere."""
    if path.is_symlink() and not (path.exists() and path.resolve().is_relative_to(folder.resolve())):
        raise WorkshopError(
            f"{path.relative_to(folder).as_posix()} is a link that leads out of {folder.name}, or nowhere. "
            "Copy the file itself into the folder."
        )


def list_documents(folder: Path, handbook: Path) -> list[Path]:
    """Return the Markdown, text and PDF files of a handbook and its subfolders, by name; hidden ones are left out."""
    inside = sorted(path for path in handbook.rglob("*") if not _is_hidden(path.relative_to(handbook)))
    for path in inside:
        _refuse_outside(path, folder)
    found = [path for path in inside if path.suffix.lower() in KINDS and path.is_file()]
    if not found:
        raise WorkshopError(f"{handbook.name}/ holds no document: expected files that end in {', '.join(KINDS)}.")
    return found


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$", "__MACOSX")) for part in path.parts)


def name_documents(folder: Path, handbook: Path) -> list[str]:
    """Return the names of a handbook's documents without reading them."""
    return [path.relative_to(handbook).with_suffix("").as_posix() for path in list_documents(folder, handbook)]


def name_bundled() -> list[str]:
    """Return the names of the documents of Skerryline's handbook."""
    return sorted(path.stem for path in (SKERRYLINE / "handbook").glob("*.md"))


def read_documents(folder: Path, handbook: Path, edition: int = 1) -> list[Document]:
    """Read a handbook's documents, ordered by name: the path below the handbook without its ending.

    Raises WorkshopError with the file where one is empty, broken, without text, or named like another.
    """
    documents: dict[str, Document] = {}
    for path in list_documents(folder, handbook):
        name = path.relative_to(handbook).with_suffix("").as_posix()
        if name in documents:
            raise WorkshopError(
                f"two documents are named {name!r} in {handbook.name}/ (one is {path.name}). Rename one of them."
            )
        documents[name] = Document(name, KINDS[path.suffix.lower()](path), edition)
    return [documents[name] for name in sorted(documents)]


def read_questions(path: Path, names: Iterable[str]) -> list[Question]:
    """Read questions and the document that answers each from faq.jsonl or faq.csv.

    names: the documents that there are. Of the columns or fields question and document must be there; id, answer,
    split and (in JSON) paraphrases may be. A question without a document is unanswerable.
    Raises WorkshopError with file and line: an unknown document, an empty question, an id that is there twice.
    """
    stream = stream_json if path.suffix == ".jsonl" else stream_csv
    known = set(names)
    rows = _check_ids(path, stream(path, ("question", "document")), "id")
    return _take(path, ((line, row) for line, row in rows), lambda line, row: _make_question(path, line, row, known))


def _make_question(path: Path, line: int, row: dict[str, Any], known: set[str]) -> Question:
    """Make a Question of a row, its document checked."""
    document = row["document"] or None
    if document is not None and document not in known:
        document = str(document).rpartition(".")[0] if Path(str(document)).suffix in KINDS else document
        if document not in known:
            raise WorkshopError(f"{path.name}, line {line}, column document: {unknown('document', document, known)}")
    split = row.get("split") or ("unseen" if document else UNANSWERABLE)
    if split not in SPLITS:
        raise WorkshopError(f"{path.name}, line {line}, column split: {unknown('split', split, SPLITS)}")
    return Question(
        id=str(row.get("id") or f"line-{line}"),
        question=_need(path, line, row, "question"),
        answer=str(row.get("answer") or ""),
        document=document,
        split=split,
        paraphrases=tuple(map(str, row.get("paraphrases") or ())),
        earlier_answer=row.get("answer_v1"),
    )


def read_tickets(path: Path) -> list[Ticket]:
    """Read messages and their labels from tickets.csv: columns text and label.

    tone, customer, home_island, date and ticket_id may be there. Without customers each message counts as its own.
    Raises WorkshopError with file, line and column: an empty text or label, an id that is there twice, one label only.
    """
    rows = _check_ids(path, stream_csv(path, ("text", "label")), "ticket_id")
    tickets = _take(path, rows, lambda line, row: _make_ticket(path, line, row))
    if len({ticket.topic for ticket in tickets}) < 2:
        raise WorkshopError(f"{path.name}, column label: expected at least two labels, got {len(tickets)} rows of one.")
    return tickets


def _make_ticket(path: Path, line: int, row: dict[str, str]) -> Ticket:
    """Make a Ticket of a row."""
    name = row.get("ticket_id") or f"line-{line}"
    more = {key: row.get(key, "") for key in ("tone", "home_island", "date")}
    label = _need(path, line, row, "label")
    return Ticket(name, _need(path, line, row, "text"), label, customer=row.get("customer") or name, **more)


def _need(path: Path, line: int, row: dict[str, Any], column: str) -> str:
    """Return a text that must not be empty."""
    text = row[column]
    if not isinstance(text, str) or not text.strip():
        raise WorkshopError(f"{path.name}, line {line}, column {column}: expected text, got {text!r}.")
    return text.strip()


def _check_ids(path: Path, rows: Iterator[Any], column: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Pass rows on; raise WorkshopError where an id comes a second time."""
    seen: dict[str, int] = {}
    for line, row in rows:
        name = row.get(column)
        if name and seen.setdefault(name, line) != line:
            raise WorkshopError(
                f"{path.name}, line {line}, column {column}: {name!r} is there twice, first in line {seen[name]}. "
                "Give each row its own."
            )
        yield line, row


def _take(path: Path, rows: Iterator[Any], make: Callable[[int, dict[str, Any]], Record]) -> list[Record]:
    """Make records of the first MOST_ROWS rows; say so where there are more."""
    records: list[Record] = []
    for line, row in rows:
        if len(records) == MOST_ROWS:
            warnings.warn(
                f"{path.name} has more than {MOST_ROWS:,} rows: the first {MOST_ROWS:,} are used.",
                DataWarning,
                stacklevel=3,
            )
            break
        records.append(make(line, row))
    if not records:
        raise WorkshopError(f"{path.name} has no rows after its first line: expected at least one.")
    return records
