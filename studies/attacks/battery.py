"""Read the battery of attacks: each a small notebook in texts/, with what it tries and what must come of it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "texts"
HEAD = re.compile(r"# (\w+): (.*)\n")


@dataclass(frozen=True)
class Attack:
    """A hostile submission of lesson 00.

    tries: what it is after. points: those that it deserves, or "any". reason, says: how the mark's reason begins, and
    what its message holds. heavy: whether it takes all it can get of the machine.
    """

    name: str
    cells: tuple[str, ...]
    tries: str
    points: str = "0"
    reason: str = ""
    says: str = ""
    heavy: str = ""

    def notebook(self, places: dict[str, object]) -> bytes:
        """Return the notebook. places: what stands for the words between @ signs."""
        cells = ["\n".join(["import workshop", "from workshop import check"]), *self.cells]
        cells += ["check.start_here.count_words(count_words)"]
        made = [_cell(number, _fill(text, places)) for number, text in enumerate(cells)]
        facts = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        return json.dumps({"cells": made, "metadata": facts, "nbformat": 4, "nbformat_minor": 5}).encode()


def _cell(number: int, text: str) -> dict:
    """Return a code cell."""
    return {
        "cell_type": "code",
        "id": f"c{number}",
        "metadata": {},
        "source": text,
        "outputs": [],
        "execution_count": None,
    }


def _fill(text: str, places: dict[str, object]) -> str:
    """Return a text with its @NAMES@ replaced."""
    return re.sub(r"@([A-Z]+)@", lambda found: str(places[found[1]]), text)


def read_attacks() -> list[Attack]:
    """Return every attack of the folder, by name."""
    return [_read(path) for path in sorted(FOLDER.glob("*.txt"))]


def _read(path: Path) -> Attack:
    """Read one attack: lines of facts, then cells with `# %%` between them."""
    text, facts = path.read_text(encoding="utf-8"), {}
    while found := HEAD.match(text):
        facts[found[1]], text = found[2], text[found.end() :]
    return Attack(path.stem, tuple(cell.strip("\n") for cell in text.split("\n# %%\n")), **facts)
