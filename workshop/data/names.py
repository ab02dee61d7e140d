"""Names of documents, compared as people mean them: case, accents' spelling, apostrophes and endings don't count."""

import unicodedata
from collections.abc import Iterable

ENDINGS = (".md", ".txt", ".pdf")
_STRAIGHT = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00b4": "'", "\\": "/"})


def make_key(name: str) -> str:
    """Return what names of documents are compared by: two that differ in case or in how é is stored are one."""
    plain = unicodedata.normalize("NFC", name.strip()).translate(_STRAIGHT).casefold()
    return unicodedata.normalize("NFC", plain).removeprefix("./")


def drop_ending(name: str) -> str:
    """Return a name without the ending of a document's file, where it has one."""
    ending = next((one for one in ENDINGS if name.lower().endswith(one)), "")
    return name[: len(name) - len(ending)]


class Names:
    """The names of documents that there are, found by what people write."""

    def __init__(self, names: Iterable[str]) -> None:
        self.known = {make_key(name): name for name in names}

    def find(self, written: str) -> str | None:
        """Return the document's own name for one as it was written, with or without ending and folder, or None."""
        key = make_key(written)
        tries = (key, drop_ending(key), drop_ending(key.removeprefix("handbook/")))
        return next((self.known[one] for one in tries if one in self.known), None)
