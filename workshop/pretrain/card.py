"""The model card: a template, filled from what was measured."""

import json
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.pretrain.evaluation import RESULT, Row
from workshop.pretrain.kinds import ASSETS, load_kinds
from workshop.pretrain.run import HELD_STEPS

TRIED = "tried.jsonl"


def table(result: dict[str, Any], parts: bool = True) -> str:
    """Return the measured table in Markdown: one row a test; with parts, then where it fails."""
    rows = [Row(**row) for row in result["rows"]]
    lines = ["| test | at least | measured | 95 % interval | n | met |", "| --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        if not row.part:
            met = {None: "", True: "yes", False: "no"}[row.met]
            lines.append(
                f"| {row.test} | {_target(row.target)} | {row.value:.1%} | {_interval(row)} | {row.n} | {met} |"
            )
    if parts:
        lines += ["", "| test | part | right | 95 % interval | n |", "| --- | --- | --- | --- | --- |"]
        lines += [
            f"| {row.test} | {row.part} | {row.value:.1%} | {_interval(row)} | {row.n} |" for row in rows if row.part
        ]
    return "\n".join(lines)


def _target(target: str) -> str:
    """Return a target in words: 95 %, or under 5 %."""
    if not target:
        return ""
    sign, limit = target.split()
    return f"{'under ' if sign == '<' else ''}{float(limit):.0%}"


def _interval(row: Row) -> str:
    return f"{row.low:.1%} to {row.high:.1%}"


def write_card(folder: Path, tried: Path | None = None) -> Path:
    """Write README.md beside the run's weights from its evaluation.json; returns its path.

    What the model learns comes from workshop/results, where it was measured with these very weights.
    tried: a file of lines {"what", "gave"} about other sizes and mixes, by default tried.jsonl in the folder above.
    Raises WorkshopError where the run has not been evaluated, or its weights have changed since.
    """
    jinja2 = require("jinja2", "build")
    # The measurement is made of this package, so it is imported here and not above.
    from workshop.measure.learning_card import find_section

    path = folder / RESULT
    if not path.is_file():
        raise WorkshopError(f"{folder} was not evaluated. Run: python -m workshop.pretrain evaluate --out {folder}")
    result = json.loads(path.read_text(encoding="utf-8"))
    _check_weights(folder, result["sha256"])
    notes = tried or folder.parent / TRIED
    lines = notes.read_text(encoding="utf-8").splitlines() if notes.is_file() else []
    template = jinja2.Template((ASSETS / "card.md.j2").read_text(encoding="utf-8"), keep_trailing_newline=True)
    kinds = load_kinds()
    text = template.render(
        result,
        table=table(result, parts=False),
        parts=table(result).partition("\n\n")[2],
        learns=find_section(folder / "model" / "model.safetensors"),
        tried=[json.loads(line) for line in lines if line.strip()],
        held=min(HELD_STEPS, result["last"]["step"]),
        kinds=len(kinds),
        phrasings=sum(len(kind.passages) + len(kind.questions) for kind in kinds),
    )
    card = folder / "model" / "README.md"
    card.write_text(text, encoding="utf-8")
    return card


def _check_weights(folder: Path, measured: str) -> None:
    """Raise WorkshopError where the weights are not those that were measured."""
    import hashlib

    found = hashlib.sha256((folder / "model" / "model.safetensors").read_bytes()).hexdigest()
    if found != measured:
        raise WorkshopError(
            f"{folder / RESULT} is about other weights (sha256 {measured[:12]}…, found {found[:12]}…). "
            f"Evaluate again: python -m workshop.pretrain evaluate --out {folder}"
        )
