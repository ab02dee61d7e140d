"""Passages to search: the handbook's, and a larger haystack in which Wikipedia's sentences surround them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np

from workshop.data.corpora import load_articles
from workshop.data.records import Document, Passage
from workshop.data.skerryline import load_handbook
from workshop.data.tokens import ENCODER_TOKENS, fit_tokens
from workshop.errors import WorkshopError
from workshop.settings import Settings

PASSAGE_WORDS = 80
WIKI_PASSAGES = 14_000
WIKI_WORDS = (6, 60)
WIKI_SEED = 0

_PARAGRAPH = re.compile(r"\n\s*\n")
_END = re.compile(r"((?<=[.!?])[ \t]+|\n|(?<=[。！？]))")


def cut_document(document: Document, words: int = PASSAGE_WORDS, tokens: int = ENCODER_TOKENS) -> list[Passage]:
    """Cut a document into passages of whole paragraphs; headings stay with what follows.

    words, tokens: how many a passage holds at most; tokens, so that the encoder reads each passage to its end also
    where words are long or written without blanks. A paragraph that is longer by itself is cut between
    lines or sentences, a sentence between words, a word between letters. Raises WorkshopError for a size below 1.
    """
    if words < 1 or tokens < 3:
        raise WorkshopError(f"expected passages of at least 1 word, got {words}, and 3 tokens, got {tokens}.")
    most = _Most(words, tokens)
    passages: list[list[str]] = [[]]
    for paragraph in _join_headings(_PARAGRAPH.split(document.text)):
        for piece in _cut_paragraph(paragraph, most):
            if passages[-1] and not most.holds(*passages[-1], piece):
                passages.append([])
            passages[-1].append(piece)
    return [Passage(document.name, "\n\n".join(pieces)) for pieces in passages if pieces]


@dataclass(frozen=True)
class _Most:
    """How much a passage holds."""

    words: int
    tokens: int

    def holds(self, *texts: str) -> bool:
        """Return whether texts fit a passage together."""
        return sum(len(text.split()) for text in texts) <= self.words and fit_tokens(texts, self.tokens)


def _join_headings(paragraphs: Iterable[str]) -> list[str]:
    """Return the paragraphs that are not empty, each Markdown heading at the head of the next one."""
    joined: list[str] = []
    for paragraph in (one.strip() for one in paragraphs):
        if joined and joined[-1].startswith("#") and "\n" not in joined[-1].strip() and paragraph:
            joined[-1] = f"{joined[-1]}\n{paragraph}"
        elif paragraph:
            joined.append(paragraph)
    return joined


def _cut_paragraph(paragraph: str, most: _Most) -> list[str]:
    """Return a paragraph as it is, or in pieces of whole lines and sentences where it is too long."""
    if most.holds(paragraph):
        return [paragraph]
    pieces, end = [""], ""
    for part in _END.split(paragraph):
        if not part.strip():
            end = part
        elif most.holds(pieces[-1], part):
            pieces[-1] += (end if pieces[-1] else "") + part
        else:
            pieces += _cut_words(part, most)
    return [piece for piece in pieces if piece]


def _cut_words(sentence: str, most: _Most) -> list[str]:
    """Return a sentence as it is, or in pieces of as many words as fit where it is too long by itself."""
    if most.holds(sentence):
        return [sentence]
    pieces: list[list[str]] = [[]]
    for word in chain.from_iterable(_cut_letters(part, most) for part in sentence.split()):
        if pieces[-1] and not most.holds(*pieces[-1], word):
            pieces.append([])
        pieces[-1].append(word)
    return [" ".join(piece) for piece in pieces]


def _cut_letters(word: str, most: _Most) -> list[str]:
    """Return a word as it is, or in halves of halves where it is too long by itself."""
    if len(word) == 1 or most.holds(word):
        return [word]
    middle = len(word) // 2
    return [*_cut_letters(word[:middle], most), *_cut_letters(word[middle:], most)]


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
