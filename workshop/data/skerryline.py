"""Load Skerryline, the fictional ferry company: handbook, questions, tickets, voice, baskets."""

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError

SKERRYLINE = Path(__file__).resolve().parents[1] / "assets" / "skerryline"
SPLITS = ("train", "unseen", "changed", "unanswerable")


@dataclass(frozen=True)
class Document:
    """A page of the handbook. name: the file's stem. text: Markdown or plain text. edition: 1 or 2."""

    name: str
    text: str
    edition: int = 1


@dataclass(frozen=True)
class Question:
    """A question of the FAQ.

    document: the name of the page that answers it, None where none does. answer: what stands there, letter for letter
    (of a changed fact, the second edition's; earlier_answer is the first's). split: train, unseen, changed or
    unanswerable. paraphrases: the same question in other words.
    """

    id: str
    question: str
    answer: str
    document: str | None
    split: str = "unseen"
    fact: str | None = None
    paraphrases: tuple[str, ...] = ()
    earlier_answer: str | None = None


@dataclass(frozen=True)
class Ticket:
    """A customer's message. topic, tone: its labels. date: YYYY-MM-DD. home_island: where the customer lives."""

    ticket_id: str
    text: str
    topic: str
    tone: str = ""
    customer: str = ""
    home_island: str = ""
    date: str = ""


@dataclass(frozen=True)
class VoicePair:
    """A plain answer and the same facts in Skerryline's voice, with the question that they answer."""

    id: str
    question: str
    plain: str
    voiced: str


@dataclass(frozen=True)
class Basket:
    """What somebody bought on board at once (generated, see the data card)."""

    basket_id: str
    date: str
    route: str
    items: tuple[str, ...] = field(default=())


def load_handbook(edition: int = 1, folder: Path = SKERRYLINE) -> list[Document]:
    """Load the handbook, ordered by name.

    edition: 1, or 2, in which some documents have changed. Raises WorkshopError for another edition.
    """
    if edition not in (1, 2):
        raise WorkshopError(f"there is no edition {edition!r} of the handbook. There are 1 and 2.")
    pages = {path.stem: Document(path.stem, _read(path)) for path in _list_pages(folder / "handbook")}
    if edition == 2:
        pages |= {path.stem: Document(path.stem, _read(path), 2) for path in _list_pages(folder / "handbook_v2")}
    return [pages[name] for name in sorted(pages)]


def load_faq(split: str | None = None, folder: Path = SKERRYLINE) -> list[Question]:
    """Load the questions, all or those of one split: train, unseen, changed or unanswerable."""
    if split is not None and split not in SPLITS:
        raise WorkshopError(f"unknown split {split!r}. Known: {', '.join(SPLITS)}.")
    questions = [_make_question(record) for record in _read_lines(folder / "faq.jsonl")]
    return [question for question in questions if split in (None, question.split)]


def _make_question(record: dict[str, Any]) -> Question:
    """Make a Question of a line of faq.jsonl."""
    return Question(
        id=record["id"],
        question=record["question"],
        answer=record["answer"],
        document=record["document"],
        split=record["split"],
        fact=record["fact"],
        paraphrases=tuple(record["paraphrases"]),
        earlier_answer=record.get("answer_v1"),
    )


def load_tickets(folder: Path = SKERRYLINE) -> list[Ticket]:
    """Load the customers' messages, oldest first."""
    return [Ticket(**row) for row in _read_rows(folder / "tickets.csv")]


def load_voice(folder: Path = SKERRYLINE) -> list[VoicePair]:
    """Load plain answers beside the same in Skerryline's voice."""
    names = ("id", "question", "plain", "voiced")
    return [VoicePair(*(record[name] for name in names)) for record in _read_lines(folder / "voice.jsonl")]


def load_baskets(folder: Path = SKERRYLINE) -> list[Basket]:
    """Load what was bought together in the Kettle, the shop on board (generated)."""
    rows = _read_rows(folder / "shop_baskets.csv")
    return [Basket(row["basket_id"], row["date"], row["route"], tuple(row["items"].split(";"))) for row in rows]


def load_prices(folder: Path = SKERRYLINE) -> dict[str, float]:
    """Load what each item of the Kettle costs, in crowns."""
    return {row["item"]: float(row["price"]) for row in _read_rows(folder / "shop_items.csv")}


def _list_pages(folder: Path) -> list[Path]:
    """Return the Markdown pages of a folder, ordered by name."""
    return sorted(folder.glob("*.md"))


def _read(path: Path) -> str:
    """Return a bundled file's text; raise WorkshopError where it is missing."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise WorkshopError(
            f"can't read {path}: {error.strerror}. It belongs to the package: install it again, pip install -e ."
        ) from None


def _read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a bundled JSON Lines file."""
    return [json.loads(line) for line in _read(path).splitlines()]


def _read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a bundled CSV file by column."""
    return list(csv.DictReader(_read(path).splitlines(keepends=True)))
