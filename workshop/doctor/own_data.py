"""Look through a folder of the user's own texts and say what the lessons will use."""

import warnings
from collections.abc import Callable
from pathlib import Path

from workshop.data import own, rows
from workshop.data.files import DataWarning
from workshop.doctor.finding import Finding
from workshop.errors import WorkshopError

LESSONS = {"handbook": "lessons 02, 05, 06, 07, 08", "faq": "lessons 02, 05, 06, 07, 08", "tickets": "lessons 03, 07"}
EXPECTED = "it may hold handbook/ (Markdown, text, PDF), faq.jsonl or faq.csv, tickets.csv"
FILES = ("handbook", "handbook_v2", *own.FAQ_FILES, "tickets.csv")
MOST_NAMED = 5
MOST_LETTERS = 300


def examine(folder: Path) -> list[Finding]:
    """Read every part of a folder as the lessons would, and say of each whose is used, and what is wrong with it."""
    if not folder.is_dir():
        return [Finding("your data", "fail", f"{folder} is not a folder", EXPECTED)]
    readers: dict[str, Callable[[Path], str]] = {
        "handbook": lambda path: _tell_documents(folder, path),
        "faq": lambda path: _tell_questions(folder, path),
        "tickets": _tell_tickets,
    }
    parts, mine = [], set()
    for name, read in readers.items():
        found = _examine_part(folder, name, read)
        mine |= {name} if found[0].state != "note" else set()
        parts += found
    if "handbook" not in mine and (folder / "handbook_v2").exists():
        step = "put the first edition into handbook/, under the same names"
        parts.append(Finding("your data", "warn", "handbook_v2/ is not used: there is no handbook/", step))
    if not mine:
        return [Finding("your data", "fail", f"nothing to use in {folder}", EXPECTED)]
    if "handbook" in mine and "faq" not in mine:
        step = "add faq.csv with the columns question and document, or take Skerryline's handbook as well"
        parts.append(Finding("your faq", "warn", "Skerryline's questions have no answer in your handbook", step))
    return parts + _list_unused(folder)


def _examine_part(folder: Path, name: str, read: Callable[[Path], str]) -> list[Finding]:
    """Return one line for a part, and one for each thing to know about it."""
    label = f"your {name}"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", DataWarning)
        try:
            path = own.find_part(folder, name)
            if path is None:
                return [Finding(label, "note", f"not there: Skerryline's is used ({LESSONS[name]})")]
            found = [Finding(label, "ok", f"{read(path)} ({LESSONS[name]})")]
        except WorkshopError as error:
            found = [Finding(label, "fail", str(error), "mend the file, then: workshop doctor --data DIR")]
        except Exception as error:  # whatever a file holds, the table is shown
            text = f"can't be read ({type(error).__name__}: {error})"[:MOST_LETTERS]
            found = [Finding(label, "fail", text, "save the file anew, or take it out of the folder")]
    told = [str(one.message) for one in caught if issubclass(one.category, DataWarning)]
    more = [f"and {len(told) - MOST_NAMED} more like these"] if len(told) > MOST_NAMED else []
    return found + [Finding(label, "warn", text) for text in told[:MOST_NAMED] + more]


def _tell_documents(folder: Path, path: Path) -> str:
    documents = own.read_handbook(folder, path, 2)
    newer = own.find_part(folder, "handbook_v2")
    changed = f", {sum(document.edition == 2 for document in documents)} in a second edition" if newer else ""
    words = sum(len(document.text.split()) for document in documents)
    return f"{len(documents):,} documents, {words:,} words{changed}"


def _tell_questions(folder: Path, path: Path) -> str:
    questions = rows.read_questions(path, own.name_documents(folder))
    open_ones = sum(question.document is None for question in questions)
    return f"{len(questions):,} questions, {open_ones:,} that no document answers"


def _tell_tickets(path: Path) -> str:
    tickets = rows.read_tickets(path)
    labels = sorted({ticket.topic for ticket in tickets})
    return f"{len(tickets):,} messages, {len(labels)} labels: {', '.join(labels[:MOST_NAMED])}"


def _list_unused(folder: Path) -> list[Finding]:
    """Return one line that names what lies in the folder and no lesson reads."""
    names = sorted(path.name for path in folder.iterdir() if path.name not in FILES and not path.name.startswith("."))
    handbook = folder / "handbook"
    if handbook.is_dir():
        inside = sorted(path for path in handbook.rglob("*") if path.is_file() and not path.name.startswith("."))
        names += [path.relative_to(folder).as_posix() for path in inside if path.suffix.lower() not in own.ENDINGS]
    if not names:
        return []
    return [Finding("your data", "note", f"not used: {own.name_some(names)}")]
