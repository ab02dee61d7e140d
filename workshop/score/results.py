"""What was measured for a lesson: rows, claims with their verdicts, bands; one JSON file a lesson."""

import dataclasses
import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, unknown
from workshop.score.claims import CHOICES, TRUE_BY_CONSTRUCTION

SCHEMA = 1
ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parents[1] / "results"
VERDICTS = (*CHOICES, TRUE_BY_CONSTRUCTION)
DIGITS = 6


@dataclass(frozen=True)
class Row:
    """One measured figure.

    low, high: its 95 % interval. n: of how many cases it is made. source: measured, published or yours.
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

    bands: the range of a live figure by its name, such as "01.skipgram_spearman": (low, high).
    inputs_sha256: of what the figures were made from, by path.
    """

    stem: str
    profile: str
    rows: tuple[Row, ...]
    claims: Mapping[str, Claim] = field(default_factory=dict)
    bands: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    machine: Mapping[str, Any] = field(default_factory=dict)
    inputs_sha256: Mapping[str, str] = field(default_factory=dict)

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

    stem: such as 01_word_embeddings. Raises WorkshopError where there are no results or the file is damaged.
    """
    path = find_results(stem, folder)
    if not path.is_file():
        raise WorkshopError(f"nothing was measured yet for {stem!r}. Measure it: python -m workshop.measure {stem}")
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain.pop("schema") != SCHEMA:
            raise ValueError(f"schema {SCHEMA} is expected")
        plain["rows"] = tuple(Row(**row) for row in plain["rows"])
        plain["claims"] = {name: Claim(**claim) for name, claim in plain["claims"].items()}
        plain["bands"] = {name: tuple(band) for name, band in plain["bands"].items()}
        return Results(**plain)
    except (ValueError, TypeError, KeyError, AttributeError, WorkshopError) as error:
        raise WorkshopError(
            f"can't read {path.name}: {error}. Measure it again: python -m workshop.measure {stem}"
        ) from None


def write_results(results: Results, folder: Path | None = None) -> Path:
    """Write a lesson's results as sorted JSON, the same bytes for the same figures, and return the path.

    Raises WorkshopError where a figure is not a finite number.
    """
    plain = _plain({"schema": SCHEMA, **dataclasses.asdict(results)})
    plain["rows"].sort(key=lambda row: json.dumps([str(row[name]) for name in ("method", "task", "metric", "seed")]))
    try:
        text = json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise WorkshopError(
            f"a figure of {results.stem} is not a finite number. Leave out what could not be measured."
        ) from None
    path = find_results(results.stem, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it, numbers rounded to six significant digits."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.{DIGITS}g}")
    return value


def input_hash(paths: Iterable[str], root: Path = ROOT) -> dict[str, str]:
    """Return the sha256 of each input by its path relative to the repository; of a folder, of all that it holds.

    Line ends count as one newline, so that a checkout on Windows gives the same. Of "FILE#code" only the code counts:
    a typo mended in a lesson's text leaves its measurements fresh. Raises WorkshopError where a path is missing.
    """
    return {path: _hash_input(path, root) for path in sorted(paths)}


def _hash_input(name: str, root: Path) -> str:
    """Return the sha256 of an input by its name, with or without #code."""
    path, _, part = name.partition("#")
    if part != "code":
        return _hash(root / path)
    _hash(root / path)
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    code = "\n".join(line for line in lines if line.strip() and not line.startswith("#"))
    return hashlib.sha256(code.encode()).hexdigest()


def _hash(path: Path) -> str:
    """Return the sha256 of a file or of a folder's files with their names."""
    if path.is_dir():
        inside = sorted(one for one in path.rglob("*") if one.is_file() and "__pycache__" not in one.parts)
        lines = (f"{one.relative_to(path).as_posix()} {_hash(one)}" for one in inside)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()
    if not path.is_file():
        raise WorkshopError(f"{path} is an input of a measurement and is missing. Put it back, or change INPUTS.")
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def is_stale(stem: str, folder: Path | None = None, root: Path = ROOT) -> list[str]:
    """Return the inputs that are no longer what a lesson's results were made from; empty where they are fresh."""
    kept = read_results(stem, folder).inputs_sha256
    return [
        name
        for name, found in kept.items()
        if not (root / name.partition("#")[0]).exists() or _hash_input(name, root) != found
    ]
