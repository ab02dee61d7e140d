"""What was measured for a lesson: rows, claims with their verdicts, bands; one JSON file a lesson."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, unknown
from workshop.score.claims import CHOICES, TRUE_BY_CONSTRUCTION

SCHEMA = 2
FOLDER = Path(__file__).resolve().parents[1] / "results"
VERDICTS = (*CHOICES, TRUE_BY_CONSTRUCTION)


@dataclass(frozen=True)
class Row:
    """One measured figure.

    low, high: its 95 % interval. n: of how many cases it is made. source: measured, published or yours. settings: what
    was varied, numbers as numbers ({"dimensions": 100, "share": 0.05}).
    """

    lesson: str
    method: str
    task: str
    metric: str
    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    seconds: float | None = None
    trained_parameters: int | None = None
    megabytes: float | None = None
    prompt_tokens: float | None = None
    seed: int | None = None
    source: str = "measured"
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """What became of a claim.

    rule: what decides, in words, written before the run; verdict: computed from it. limits: what the verdict does not
    cover, and what had been seen of the data before the rule stood.
    """

    measure: str
    unit: str
    value: float
    low: float | None
    high: float | None
    n: int
    seeds: int
    rule: str
    verdict: str
    limits: str = ""

    def __post_init__(self) -> None:
        """Raise WorkshopError for a verdict that is not one of the five."""
        if self.verdict not in VERDICTS:
            raise unknown("verdict", self.verdict, VERDICTS)


@dataclass(frozen=True)
class Results:
    """Everything that was measured for a lesson.

    bands: the range of a live figure by its name, such as "01.skipgram_spearman": a mapping with low and high, and, as
    far as they are kept, how it was made and the causes of what lies below and above.
    inputs: the digest of everything that the figures were made from, by logical name.
    """

    stem: str
    profile: str
    rows: tuple[Row, ...]
    claims: Mapping[str, Claim] = field(default_factory=dict)
    bands: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    machine: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)

    def select(self, **wanted: Any) -> list[Row]:
        """Return the rows whose fields have the wanted values: `select(method="skipgram", metric="spearman")`."""
        fields = [one.name for one in dataclasses.fields(Row)]
        for name in wanted:
            if name not in fields:
                raise unknown("field of a row", name, fields)
        return [row for row in self.rows if all(getattr(row, name) == value for name, value in wanted.items())]


def find_results(stem: str, folder: Path | None = None) -> Path:
    """Return where a lesson's results lie, whether they exist or not."""
    return (folder or FOLDER) / f"{stem}.json"


def read_results(stem: str, folder: Path | None = None) -> Results:
    """Read what was measured for a lesson.

    stem: such as 01_word_embeddings. folder: where it lies, without it the workshop's own. Raises WorkshopError where
    there are no results or the file is damaged.
    """
    path = find_results(stem, folder)
    if not path.is_file():
        raise WorkshopError(f"nothing was measured yet for {stem!r}. Measure it: python -m studies {stem}")
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain.pop("schema") != SCHEMA:
            raise ValueError(f"schema {SCHEMA} is expected")
        plain["rows"] = tuple(Row(**row) for row in plain["rows"])
        plain["claims"] = {name: Claim(**claim) for name, claim in plain["claims"].items()}
        return Results(**plain)
    except (ValueError, TypeError, KeyError, AttributeError, WorkshopError) as error:
        raise WorkshopError(f"can't read {path.name}: {error}. Measure it again: python -m studies {stem}") from None
