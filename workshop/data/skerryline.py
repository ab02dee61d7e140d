"""Load Skerryline, the fictional ferry company, or the user's own texts in its place."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from workshop.data import own, rows
from workshop.data.records import Basket, Document, Question, Ticket, VoicePair
from workshop.errors import WorkshopError, unknown
from workshop.settings import Settings

SKERRYLINE = own.SKERRYLINE
SPLITS = rows.SPLITS


def load_handbook(settings: Settings | None = None, edition: int = 1) -> list[Document]:
    """Load the handbook, ordered by name: 64 documents of 150 to 400 words, four of them of about 2,000.

    settings: with data, the user's own handbook where the folder has one. edition: 1, or 2, in which 14 documents
    have changed. Raises WorkshopError for another edition and for a file that can't be read.
    """
    if edition not in (1, 2):
        raise WorkshopError(f"there is no edition {edition!r} of the handbook. There are 1 and 2.")
    folder = settings.data if settings else None
    mine = own.find_part(folder, "handbook")
    if folder is not None and mine is not None:
        return own.read_handbook(folder, mine, edition)
    pages = {page.name: page for page in _read_pages(SKERRYLINE / "handbook", 1)}
    changed = _read_pages(SKERRYLINE / "handbook_v2", 2) if edition == 2 else []
    pages |= {page.name: page for page in changed}
    return [pages[name] for name in sorted(pages)]


def load_faq(settings: Settings | None = None, split: str | None = None) -> list[Question]:
    """Load the questions, all or those of one split: train, unseen, changed or unanswerable.

    settings: with data, the user's own questions where the folder has some. Raises WorkshopError for an unknown split.
    """
    if split is not None and split not in SPLITS:
        raise unknown("split", split, SPLITS)
    folder = settings.data if settings else None
    mine = own.find_part(folder, "faq")
    if folder is not None and mine is not None:
        questions = rows.read_questions(mine, own.name_documents(folder))
    else:
        questions = [_make_question(record) for record in read_lines(SKERRYLINE / "faq.jsonl")]
    return [question for question in questions if split in (None, question.split)]


def _make_question(record: dict[str, Any]) -> Question:
    """Make a Question of a line of faq.jsonl."""
    plain = {name: record[name] for name in ("id", "question", "answer", "document", "split", "fact")}
    return Question(**plain, paraphrases=tuple(record["paraphrases"]), earlier_answer=record.get("answer_v1"))


def load_tickets(settings: Settings | None = None) -> list[Ticket]:
    """Load 1,000 customers' messages, oldest first, each with one of 8 topics and one of 6 tones.

    settings: with data, the user's own messages where the folder has some; their label is the topic.
    """
    mine = own.find_part(settings.data if settings else None, "tickets")
    if mine is not None:
        return rows.read_tickets(mine)
    return [Ticket(**row) for row in _read_rows(SKERRYLINE / "tickets.csv")]


def load_voice() -> list[VoicePair]:
    """Load 150 plain answers beside the same in Skerryline's voice."""
    names = ("id", "question", "plain", "voiced")
    return [VoicePair(*(record[name] for name in names)) for record in read_lines(SKERRYLINE / "voice.jsonl")]


def load_baskets() -> list[Basket]:
    """Load what was bought together in the Kettle, the shop on board (generated: see the data card)."""
    rows = _read_rows(SKERRYLINE / "shop_baskets.csv")
    return [Basket(row["basket_id"], row["date"], row["route"], tuple(row["items"].split(";"))) for row in rows]


def load_prices() -> dict[str, float]:
    """Load what each item of the Kettle costs, in crowns."""
    return {row["item"]: float(row["price"]) for row in _read_rows(SKERRYLINE / "shop_items.csv")}


def _read_pages(folder: Path, edition: int) -> list[Document]:
    """Return the bundled Markdown pages of a folder, ordered by name."""
    return [Document(path.stem, read_bundled(path), edition) for path in sorted(folder.glob("*.md"))]


def read_bundled(path: Path) -> str:
    """Return a bundled file's text; raise WorkshopError where it is missing."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise WorkshopError(
            f"can't read {path}: {error.strerror}. It belongs to the package: install it again, pip install -e ."
        ) from None


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a bundled JSON Lines file."""
    return [json.loads(line) for line in read_bundled(path).split("\n") if line]


def _read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a bundled CSV file by column."""
    return list(csv.DictReader(io.StringIO(read_bundled(path), newline="")))
