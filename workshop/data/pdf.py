"""Read the text layer of a PDF, page by page."""

import logging
import warnings
from pathlib import Path
from typing import Any

from workshop.data.clean import clean_text, count_unreadable
from workshop.data.files import DataWarning
from workshop.errors import INSTALL, WorkshopError, require

MOST_PAGES = 5


def read_pdf(path: Path) -> str:
    """Return the text layer of a PDF, cleaned, pages joined by empty lines.

    A page without text (a picture, a scan), one that is damaged and one with letters that nobody can read give a
    DataWarning. Raises WorkshopError where the file is broken, locked or holds no text at all; MissingExtra where
    pypdf is not installed.
    """
    require("pypdf", "rag")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages = _read_pages(path)
    texts = [None if text is None else clean_text(text).strip() for text in pages]
    if not any(texts):
        raise WorkshopError(
            f"{path.name} has no text layer: it is a scan or holds pictures only. Run it through text recognition "
            "(ocrmypdf, for one), or give its text as .txt."
        )
    places = list(enumerate(texts, start=1))
    _warn(path, "damaged on", [number for number, text in places if text is None], "left out")
    _warn(path, "no text on", [number for number, text in places if text == ""], "left out")
    odd = {number: count for number, text in enumerate(pages, start=1) if (count := count_unreadable(text or ""))}
    _warn(
        path, f"{sum(odd.values()):,} letters that only the PDF's own fonts know on", list(odd), "left out; look there"
    )
    # Once more over all pages, for a word that is hyphenated at a page's end.
    return clean_text("\n\n".join(text for text in texts if text))


def _read_pages(path: Path) -> list[str | None]:
    """Return each page's text as pypdf finds it, None for a damaged one; raise WorkshopError where none can be read."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise WorkshopError(
                f"{path.name} is locked with a password. Open it in a viewer with the password and print it to PDF "
                "anew, or give its text as .txt."
            )
        return [_read_page(page) for page in reader.pages]
    except DependencyError:
        raise WorkshopError(
            f"{path.name} is encrypted (AES), and reading it needs cryptography. "
            f"Install it with: {INSTALL.format(extra='rag')}"
        ) from None
    except WorkshopError:
        raise
    except Exception as error:  # pypdf raises many kinds on broken files
        raise WorkshopError(
            f"can't read {path.name} as a PDF: {error}. Open it in a viewer; if it opens there, print it to PDF anew."
        ) from None


def _read_page(page: Any) -> str | None:
    try:
        return page.extract_text()
    except Exception:  # one damaged page costs that page only; which kind pypdf raises depends on the damage
        return None


def _warn(path: Path, what: str, pages: list[int], done: str) -> None:
    """Warn of some pages of a PDF, of none where the list is empty."""
    if pages:
        more = f" and {len(pages) - MOST_PAGES} more" if len(pages) > MOST_PAGES else ""
        named = ", ".join(map(str, pages[:MOST_PAGES]))
        warnings.warn(f"{path.name}: {what} page {named}{more}, {done}.", DataWarning, stacklevel=4)
