"""Passages to search: the handbook's, and a larger haystack in which Wikipedia's sentences surround them."""

import re
from collections.abc import Iterable

import numpy as np

from workshop.data.corpora import load_articles
from workshop.data.records import Document, Passage
from workshop.data.skerryline import load_handbook
from workshop.errors import WorkshopError
from workshop.settings import Settings

PASSAGE_WORDS = 80
WIKI_PASSAGES = 14_000
WIKI_WORDS = (6, 60)
WIKI_SEED = 0

_PARAGRAPH = re.compile(r"\n\s*\n")
_END = re.compile(r"((?<=[.!?])[ \t]+|\n)")


def cut_document(document: Document, words: int = PASSAGE_WORDS) -> list[Passage]:
    """Cut a document into passages of whole paragraphs, at most so many words each; headings stay with what follows.

    A paragraph that is longer by itself is cut between lines or sentences, a sentence between words.
    Raises WorkshopError for a size below 1.
    """
    if words < 1:
        raise WorkshopError(f"expected passages of at least 1 word, got {words}.")
    passages: list[list[str]] = [[]]
    for paragraph in _join_headings(_PARAGRAPH.split(document.text)):
        pieces = _cut_paragraph(paragraph, words)
        for piece in pieces:
            if passages[-1] and _count(passages[-1]) + _count([piece]) > words:
                passages.append([])
            passages[-1].append(piece)
    return [Passage(document.name, "\n\n".join(pieces)) for pieces in passages if pieces]


def _join_headings(paragraphs: Iterable[str]) -> list[str]:
    """Return the paragraphs that are not empty, each Markdown heading at the head of the next one."""
    joined: list[str] = []
    for paragraph in (one.strip() for one in paragraphs):
        if joined and joined[-1].startswith("#") and "\n" not in joined[-1].strip() and paragraph:
            joined[-1] = f"{joined[-1]}\n{paragraph}"
        elif paragraph:
            joined.append(paragraph)
    return joined


def _cut_paragraph(paragraph: str, words: int) -> list[str]:
    """Return a paragraph as it is, or in pieces of whole lines and sentences where it is too long."""
    if _count([paragraph]) <= words:
        return [paragraph]
    pieces, end = [""], ""
    for part in _END.split(paragraph):
        if not part.strip():
            end = part
        elif _count([pieces[-1], part]) <= words:
            pieces[-1] += (end if pieces[-1] else "") + part
        else:
            pieces += _cut_words(part, words)
    return [piece for piece in pieces if piece]


def _cut_words(sentence: str, words: int) -> list[str]:
    """Return a sentence as it is, or in pieces of so many words where it is too long by itself."""
    found = sentence.split()
    if len(found) <= words:
        return [sentence]
    return [" ".join(found[start : start + words]) for start in range(0, len(found), words)]


def _count(texts: list[str]) -> int:
    return sum(len(text.split()) for text in texts)


def load_passages(settings: Settings | None = None, edition: int = 1, words: int = PASSAGE_WORDS) -> list[Passage]:
    """Load the handbook's passages, in the order of its documents (the user's own with settings.data)."""
    return [passage for page in load_handbook(settings, edition) for passage in cut_document(page, words)]


def load_wiki_passages() -> list[Passage]:
    """Load 14,000 sentences of 6 to 60 lower-case words from Wikipedia, in the order of load_wiki_vectors.

    document: the article's title. Drawn once, with a fixed seed, of all that are as long.
    """
    shortest, longest = WIKI_WORDS
    found = [
        Passage(article.title, " ".join(sentence))
        for article in load_articles()
        for sentence in article.sentences
        if shortest <= len(sentence) <= longest
    ]
    kept = np.sort(np.random.default_rng(WIKI_SEED).permutation(len(found))[:WIKI_PASSAGES])
    return [found[row] for row in kept]


def load_haystack(settings: Settings | None = None, size: int = 10_000, edition: int = 1) -> list[Passage]:
    """Load the handbook's passages followed by so many of Wikipedia's sentences that there are `size` in all.

    Wikipedia's are about other subjects: what the haystack tests is number, not likeness.
    Raises WorkshopError where that would take more sentences than there are, or fewer than none.
    """
    handbook = load_passages(settings, edition)
    missing = size - len(handbook)
    if not 0 <= missing <= WIKI_PASSAGES:
        raise WorkshopError(
            f"expected a size from {len(handbook)} (the handbook alone) to {len(handbook) + WIKI_PASSAGES}, got {size}."
        )
    return handbook + (load_wiki_passages()[:missing] if missing else [])
