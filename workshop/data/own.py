"""Bring your own: a folder whose handbook, questions and tickets take the place of Skerryline's."""

import difflib
import unicodedata
import warnings
from collections import defaultdict
from pathlib import Path

from workshop.data.clean import clean_text, count_unreadable
from workshop.data.files import DataWarning, read_text
from workshop.data.markup import strip_markup
from workshop.data.names import ENDINGS, drop_ending, make_key
from workshop.data.pdf import read_pdf
from workshop.data.records import Document
from workshop.errors import WorkshopError

SKERRYLINE = Path(__file__).resolve().parents[1] / "assets" / "skerryline"
PARTS = ("handbook", "faq", "tickets")
FAQ_FILES = ("faq.jsonl", "faq.csv")
MOST_NAMED = 5


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
        raise WorkshopError(f"{part} is a file: expected a folder of {', '.join(ENDINGS)} files.")
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
    found = [path for path in inside if path.suffix.lower() in ENDINGS and path.is_file()]
    if not found:
        raise WorkshopError(f"{handbook.name}/ holds no document: expected files that end in {', '.join(ENDINGS)}.")
    return found


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$", "__MACOSX")) for part in path.parts)


def name_document(path: Path, handbook: Path) -> str:
    """Return a document's name: its path below the handbook without its ending, in NFC (macOS stores é as two)."""
    return unicodedata.normalize("NFC", drop_ending(path.relative_to(handbook).as_posix()))


def name_documents(folder: Path) -> list[str]:
    """Return the names of the documents of a folder's handbook, else of Skerryline's, without reading them."""
    handbook = find_part(folder, "handbook")
    if handbook is None:
        return sorted(path.stem for path in (SKERRYLINE / "handbook").glob("*.md"))
    return [name_document(path, handbook) for path in list_documents(folder, handbook)]


def read_documents(folder: Path, handbook: Path, edition: int = 1) -> list[Document]:
    """Read a handbook's documents, ordered by name: the path below the handbook without its ending.

    What no reader sees is left out of the texts, with one DataWarning for each kind of it. Raises WorkshopError with
    the file where one is empty, broken, without text, or named like another.
    """
    documents: dict[str, Document] = {}
    removed: dict[str, list[str]] = defaultdict(list)
    for path in list_documents(folder, handbook):
        name = name_document(path, handbook)
        if make_key(name) in documents:
            raise WorkshopError(
                f"two documents are named {name!r} in {handbook.name}/ (one is {path.name}; case doesn't count). "
                "Rename one of them."
            )
        text, kinds = _read_document(path)
        for kind in kinds:
            removed[kind].append(path.relative_to(handbook).as_posix())
        documents[make_key(name)] = Document(name, text, edition)
    for kind in sorted(removed):
        warnings.warn(f"{handbook.name}/: {kind} left out of {name_some(removed[kind])}.", DataWarning, stacklevel=2)
    return sorted(documents.values(), key=lambda document: document.name)


def _read_document(path: Path) -> tuple[str, list[str]]:
    """Return a document's clean text, and the kinds of things that were left out of it."""
    if path.suffix.lower() == ".pdf":
        return read_pdf(path), []
    text, removed = strip_markup(read_text(path))
    unreadable = count_unreadable(text)
    if unreadable:
        removed["letters that only the sender's fonts know"] = unreadable
    text = clean_text(text).strip("\n")
    if not text.strip():
        raise WorkshopError(f"{path.name} holds nothing but {' and '.join(sorted(+removed))}: expected text.")
    return text, list(+removed)


def name_some(names: list[str]) -> str:
    """Return a list of names as a message shows it: the first few, and how many more there are."""
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def read_handbook(folder: Path, handbook: Path, edition: int = 1) -> list[Document]:
    """Read a handbook, ordered by name; of edition 2 the documents of handbook_v2/ lie over those of the same name.

    One that matches none of the first edition is added, with a DataWarning. Raises as read_documents.
    """
    pages = {make_key(page.name): page for page in read_documents(folder, handbook)}
    newer = find_part(folder, "handbook_v2") if edition == 2 else None
    known, added = [page.name for page in pages.values()], []
    for page in read_documents(folder, newer, 2) if newer else []:
        first = pages.get(make_key(page.name))
        if first is None:
            near = difflib.get_close_matches(page.name, known, n=1)
            added.append(page.name + (f" (is it {near[0]}?)" if near else ""))
        pages[make_key(page.name)] = Document(first.name if first else page.name, page.text, 2)
    if added:
        told = f"handbook_v2/: no document of handbook/ has the name of {name_some(added)}. Added as new."
        warnings.warn(told, DataWarning, stacklevel=2)
    return sorted(pages.values(), key=lambda page: page.name)
