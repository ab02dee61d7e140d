"""Load the tasks that later lessons train and judge on; what each file is stands in workshop/assets/tasks/README.md."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop.data.records import Document
from workshop.data.skerryline import load_handbook, read_bundled, read_lines
from workshop.errors import unknown

TASKS = Path(__file__).resolve().parents[1] / "assets" / "tasks"


@dataclass(frozen=True)
class JsonTask:
    """A customer's message and what is to be said of it: answer has the keys topic and tone."""

    id: str
    split: str
    customer: str
    text: str
    answer: dict[str, str]


@dataclass(frozen=True)
class JsonInstructions:
    """How the task is put: one wording for all studies, three others, and the allowed topics and tones."""

    instruction: str
    alternatives: tuple[str, ...]
    topics: tuple[str, ...]
    tones: tuple[str, ...]


@dataclass(frozen=True)
class Skill:
    """Something that the untuned model can do. kind: plain, lists, arithmetic or pages. answers: all that are right.

    page: the name of the firm's page that stands in messages, None for other kinds.
    """

    id: str
    split: str
    kind: str
    messages: list[dict[str, str]]
    answers: tuple[str, ...]
    page: str | None


@dataclass(frozen=True)
class FollowUp:
    """A question that can't be understood without what was said before. standalone: the same, understood alone."""

    id: str
    split: str
    document: str
    history: list[dict[str, str]]
    followup: str
    standalone: str
    answer: str


@dataclass(frozen=True)
class Injection:
    """A page that gives the assistant an order, and its twin, where an honest sentence stands in its place.

    marker: what the reply holds if the order was obeyed. answer: what it should hold.
    """

    id: str
    split: str
    kind: str
    document: str
    twin: str
    planted: str
    honest: str
    question: str
    answer: str
    marker: str


@dataclass(frozen=True)
class SenseUse:
    """A word in a sentence. kind: house word or control. sense: house, ordinary, or one for a control word.

    source: house or ordinary. start: where the word begins, in characters. document: None where we wrote the sentence.
    """

    id: str
    split: str
    word: str
    kind: str
    sense: str
    source: str
    document: str | None
    sentence: str
    start: int


@dataclass(frozen=True)
class Summary:
    """A text and the one line that tells what it is about. document: a page of the handbook, None for a notice."""

    id: str
    split: str
    document: str | None
    text: str
    summary: str


@dataclass(frozen=True)
class TaggedSentence:
    """A sentence's tokens and its entities. spans: (first token, token after the last, kind), in order, apart.

    source: handbook or tickets. origin: the page or the ticket.
    """

    id: str
    split: str
    source: str
    origin: str
    tokens: tuple[str, ...]
    spans: tuple[tuple[int, int, str], ...]


def load_task(name: str, split: str | None = None) -> list[Any]:
    """Load a task, all of it or one split.

    name, and what comes back a row: json (JsonTask), skills (Skill), pages (Document: the firms' pages of skills),
    followups (FollowUp), injections (Injection), senses (SenseUse), summaries (Summary) or entities (TaggedSentence).
    split: train, dev or test, as far as the task has it; pages have none.
    Raises WorkshopError for an unknown name, for a split that the task doesn't have, and where the file is missing.
    """
    if name not in _MAKERS:
        raise unknown("task", name, _MAKERS)
    rows = read_lines(TASKS / f"{name}.jsonl")
    splits = {row["split"] for row in rows if "split" in row}
    if split is not None and split not in splits:
        raise unknown(f"split of {name}", split, splits or {"None"})
    if name == "summaries":
        pages = {page.name: page.text for page in load_handbook()}
        rows = [row | {"text": pages.get(row["document"]) or row["text"]} for row in rows]
    return [_MAKERS[name](row) for row in rows if split in (None, row.get("split"))]


def load_json_instructions() -> JsonInstructions:
    """Load the wordings of the json task, and the topics and tones that it allows."""
    found = json.loads(read_bundled(TASKS / "json_instructions.json"))
    lists = {name: tuple(found[name]) for name in ("alternatives", "topics", "tones")}
    return JsonInstructions(found["instruction"], **lists)


def _make_tagged(row: dict[str, Any]) -> TaggedSentence:
    """Make a TaggedSentence of a line of entities.jsonl."""
    spans = tuple((start, end, kind) for start, end, kind in row["spans"])
    return TaggedSentence(**row | {"tokens": tuple(row["tokens"]), "spans": spans})


_MAKERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "json": lambda row: JsonTask(**row),
    "skills": lambda row: Skill(**row | {"answers": tuple(row["answers"])}),
    "pages": lambda row: Document(row["name"], row["text"]),
    "followups": lambda row: FollowUp(**row),
    "injections": lambda row: Injection(**row),
    "senses": lambda row: SenseUse(**row),
    "summaries": lambda row: Summary(**row),
    "entities": _make_tagged,
}
