"""Ordinary English that comes with what is installed: Wikipedia articles in gensim, Python's own documentation."""

import bz2
import re
from functools import cache

from workshop.data.corpora import ARTICLES_FILE, find_file

SHORTEST = 200
_NOT_PROSE = re.compile(r"^\s*(?:=|\||\{|!|\*|#|:)")
_SPACES = re.compile(r"[ \t]+")


@cache
def load_english() -> tuple[str, ...]:
    """Load about 230 texts of ordinary English, with capitals and marks, each of at least 200 characters.

    Sources: the English Wikipedia, shortened (CC BY-SA), in gensim's test data; Python's language reference (PSF).
    Raises WorkshopError where gensim or its test data is not installed.
    """
    return tuple(text for text in (*_load_articles(), *_load_topics()) if len(text) >= SHORTEST)


def _load_articles() -> list[str]:
    """Return the prose of 106 Wikipedia articles."""
    path = find_file(ARTICLES_FILE)
    from gensim.corpora.wikicorpus import extract_pages, filter_wiki

    with bz2.open(path) as file:
        pages = [filter_wiki(markup) for _, markup, _ in extract_pages(file, filter_namespaces=("0",))]
    return [_tidy(page) for page in pages]


def _tidy(text: str) -> str:
    """Return the lines that are prose, with the odd marks of the markup taken out."""
    lines = (_SPACES.sub(" ", line).replace("'''", "").replace("''", '"').strip() for line in text.splitlines())
    return "\n".join(line for line in lines if len(line) > 40 and not _NOT_PROSE.match(line))


def _load_topics() -> list[str]:
    """Return the pages behind Python's help()."""
    from pydoc_data.topics import topics

    return [topics[name] for name in sorted(topics)]
