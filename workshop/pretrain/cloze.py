"""Questions about ordinary English: a span of a sentence is taken out, what is left of the sentence asks for it.

After Lewis, Denoyer and Riedel, "Unsupervised Question Answering by Cloze Translation", ACL 2019.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from workshop.bot import build_prompt
from workshop.pretrain.english import load_english
from workshop.pretrain.kinds import is_held_out
from workshop.pretrain.tasks import ABSTAIN, Chat, turn
from workshop.pretrain.values import is_reserved

FEWEST_WORDS, MOST_WORDS = 8, 40
NEAR = 12
STOPWORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "as",
        "and",
        "or",
        "but",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "has",
        "have",
        "had",
        "not",
        "no",
        "which",
        "who",
        "whom",
        "whose",
        "what",
        "when",
        "where",
        "there",
        "their",
        "they",
        "he",
        "she",
        "his",
        "her",
        "him",
        "we",
        "our",
        "you",
        "your",
        "i",
        "can",
        "may",
        "might",
        "will",
        "would",
        "should",
        "could",
        "do",
        "does",
        "did",
        "also",
        "than",
        "then",
        "so",
        "such",
        "if",
        "about",
        "into",
        "over",
        "under",
        "after",
        "before",
        "between",
        "through",
        "during",
        "only",
        "more",
        "most",
        "other",
        "some",
        "any",
        "each",
        "all",
        "both",
        "very",
    ]
)
SPANS = {
    "date": r"\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?: \d{4})?\b",
    "year": r"(?:(?<=\bin )|(?<=\bof )|(?<=\bsince )|(?<=\buntil )|(?<=\bfrom ))(?:1\d|20)\d\d\b",
    "amount": r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?:%| [a-z]{3,}\b)?"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty) [a-z]{3,}\b",
    "name": r"(?<=[a-z,] )(?:[A-Z][a-z]+)(?: (?:of |the )?[A-Z][a-z]+){0,3}",
    "thing": r"(?<=\bthe )(?:[a-z]{3,} )?[a-z]{4,}(?=[,.;])|(?<=\ba )(?:[a-z]{3,} )?[a-z]{4,}(?=[,.;])",
}
ASKS = {
    "date": ("When", "On what date", "On which day"),
    "year": ("When", "In which year", "In what year"),
    "amount": ("How many", "How much", "What is the number of", "How large is"),
    "name": ("Who", "What", "Which", "Where", "What is the name of"),
    "thing": ("What", "Which", "Where", "What is"),
}
SENTENCE_END = re.compile(r"(?<=[a-z0-9)][.!?]) (?=[A-Z])")


@dataclass(frozen=True)
class Span:
    """A part of a sentence that can be asked for."""

    sort: str
    start: int
    end: int


@cache
def load_paragraphs() -> tuple[tuple[str, ...], ...]:
    """Return ordinary English as paragraphs of at least two sentences of 8 to 40 words."""
    lines = (re.sub(r"\s+", " ", line) for text in load_english() for line in re.split(r"\n(?=\S)", text))
    split = (tuple(one.strip() for one in SENTENCE_END.split(line)) for line in lines)
    return tuple(kept for line in split if len(kept := tuple(filter(_is_plain, line))) > 1)


def _is_plain(sentence: str) -> bool:
    return FEWEST_WORDS <= len(sentence.split()) <= MOST_WORDS and sentence[0].isupper() and "(" not in sentence


def find_spans(sentence: str) -> list[Span]:
    """Return what a sentence can be asked for: dates, years, amounts, names and things, none inside another."""
    found: list[Span] = []
    for sort, pattern in SPANS.items():
        for match in re.finditer(pattern, sentence):
            words = match.group().lower().split()
            apart = all(match.end() <= span.start or match.start() >= span.end for span in found)
            if apart and not STOPWORDS.intersection(words[-1:]):
                found.append(Span(sort, *match.span()))
    return found


def ask_for(sentence: str, span: Span, rng: Random) -> str:
    """Ask for a span with some of the words around it; those after it often come first, as in real questions."""
    before, after = sentence[: span.start].split()[-NEAR:], sentence[span.end :].split()[:NEAR]
    order = (after, before) if rng.random() < 0.4 else (before, after)
    kept = [word.strip('.,;:"') for part in order for word in part if rng.random() < _chance(word)]
    rest = " ".join(word.lower() if word.lower() in STOPWORDS else word for word in kept if word)
    return f"{rng.choice(ASKS[span.sort])} {rest}?"


def _chance(word: str) -> float:
    """Return how likely a word stays in the question."""
    return 0.55 if word.lower() in STOPWORDS else 0.8


def cloze_group(rng: Random, passages: int, questions: int) -> list[Chat]:
    """Make chats about passages of ordinary English, one in six without its answer there."""
    chosen = [_take(rng.choice(load_paragraphs()), rng) for _ in range(rng.randint(1, passages))]
    texts = [" ".join(sentences) for sentences in chosen]
    chats = [_make_chat(texts, chosen, rng) for _ in range(rng.randint(2, questions))]
    return [chat for chat in chats if chat]


def _take(paragraph: Sequence[str], rng: Random) -> tuple[str, ...]:
    """Take one to four sentences that follow each other."""
    count = rng.randint(1, min(4, len(paragraph)))
    start = rng.randrange(len(paragraph) - count + 1)
    return tuple(paragraph[start : start + count])


def _make_chat(texts: list[str], chosen: Sequence[Sequence[str]], rng: Random) -> Chat | None:
    """Ask about one of the passages, or about a paragraph that is not among them; None where nothing can be asked."""
    missing = rng.random() < 1 / 6
    place = rng.randrange(len(texts))
    sentences = rng.choice(load_paragraphs()) if missing else chosen[place]
    sentence = rng.choice(sentences)
    spans = find_spans(sentence)
    if not spans or (missing and any(sentence in text for text in texts)):
        return None
    span = rng.choice(spans)
    question, answer = ask_for(sentence, span, rng), sentence[span.start : span.end]
    # What is kept for evaluation, and Skerryline's own answers, are asked for nowhere.
    if answer in question or is_held_out(answer) or is_reserved(answer):
        return None
    answer = ABSTAIN if missing else answer
    messages = (turn("user", build_prompt(question, texts)), turn("assistant", answer))
    return Chat(messages, "abstain" if missing else "cloze", len(texts), None if missing else place)
