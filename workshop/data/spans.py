"""Questions with the passage that answers them, and where in it the answer stands."""

import json
from dataclasses import dataclass
from pathlib import Path

from workshop.data.skerryline import read_bundled
from workshop.errors import unknown

FILE = Path(__file__).resolve().parents[1] / "assets" / "reading" / "spans.jsonl"


@dataclass(frozen=True)
class SpanQuestion:
    """A question, its passage, and the answer, which stands in the passage from the character `start` on.

    source: handbook or invented. document: the page, or the invented company.
    """

    id: str
    split: str
    source: str
    document: str
    question: str
    passage: str
    answer: str
    start: int


def load_span_questions(split: str) -> list[SpanQuestion]:
    """Load the questions of a split: train (240 on ten handbook pages, 720 on invented companies) or test (200).

    Test asks about 40 handbook pages of which train has none. Raises WorkshopError for an unknown split.
    """
    rows = [SpanQuestion(**json.loads(line)) for line in read_bundled(FILE).splitlines()]
    if split not in (known := {one.split for one in rows}):
        raise unknown("split of span questions", split, known)
    return [one for one in rows if one.split == split]
