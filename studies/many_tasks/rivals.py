"""Baselines that were added after a first look, to make the claim harder to hold: plain rules that know the task."""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from studies.many_tasks.entities import _fit_features as fit_features
from studies.many_tasks.entities import count_right, deal
from studies.many_tasks.reading import deal_questions, judge_answers
from studies.many_tasks.spoken import PAIRS, Pairs, draw_prices
from studies.many_tasks.summaries import _take_lead as take_lead
from studies.many_tasks.summaries import cut, deal_pages, judge_lines
from workshop.data import SpanQuestion
from workshop.search import content_stems

FEATURES, HALVES, DIGITS = "features of words", "halves from the list", "tens and ones from the list"
NUMBERED, HEADED = "first sentence with a number", "heading, and this sentence"
TYPED = "likest number or name"
RIVALS = (FEATURES, TYPED, NUMBERED, HEADED)
SPOKEN = (HALVES, DIGITS)
WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|half"
UNIT = r"(?: (?!and\b|or\b|to\b|in\b|on\b|at\b|of\b|the\b|a\b)[a-z]+)?"
MONEY = r"\d[\d.,]*\d? crowns?(?: \d+)?"
SPANS = {
    "number": re.compile(rf"{MONEY}|\d[\d.,:]*{UNIT}"),
    "word": re.compile(rf"\b(?:{WORDS})(?:[- ](?:{WORDS}))?{UNIT}", re.IGNORECASE),
    "name": re.compile(r"(?<![.!?\n] )(?<!^)\b[A-Z][\w'-]+(?: (?:and |of )?[A-Z0-9][\w'-]*)*"),
}
# What a question asks for, by its first words; what it asks for is worth more.
ASKED = {
    "number": re.compile(
        r"\b(?:how (?:many|much|long|far|often|old|high|early|late)|when|what time|price|cost|number)\b"
    ),
    "name": re.compile(r"\b(?:who|whom|where|name|called)\b"),
}
# A character's distance to the nearest word of the question; a kind that is asked for.
NEAR, FITS = 0.01, 1.0
Cell = dict[str, Any]


def run_rival(arm: str, most: int | None) -> Cell:
    """Do a task's test by a rule. arm: one of RIVALS; features are fitted on the sentences that the networks had."""
    start = time.process_time()
    if arm == FEATURES:
        test = deal("test")[:most]
        find = fit_features(deal("train")[:most])
        found: Cell = {"test": count_right(test, [find(list(one.tokens)) for one in test])}
    elif arm == TYPED:
        rows = deal_questions("test")[:most]
        found = {"test": judge_answers(rows, [pick_span(one) for one in rows])}
    else:
        write = take_numbered if arm == NUMBERED else take_headed
        dev, test = (list(deal_pages(split))[:most] for split in ("dev", "test"))
        found = judge_lines(dev, test, *([write(one.text) for one in some] for some in (dev, test)))
    return {"seconds": time.process_time() - start, **found}


def run_spoken_rival(arm: str, draw: int) -> Cell:
    """Write the test's prices by look-up lists of the hundred pairs of a draw. arm: one of SPOKEN."""
    train, _, test = draw_prices(PAIRS, draw)
    start = time.process_time()
    say = list_halves(train, combine=arm == DIGITS)
    texts = [say(price) for price, _ in test]
    right = [int(text == words) for text, (_, words) in zip(texts, test, strict=True)]
    return {"seconds": time.process_time() - start, "right": right, "texts": texts if draw == 0 else []}


def list_halves(train: Pairs, *, combine: bool) -> Callable[[str], str]:
    """Return a function that joins what the pairs say before the point and after it.

    combine: a number of crowns that no pair has is put together from the tens of one and the ones of another.
    """
    crowns, rests = {}, {}
    for price, words in train:
        before, after = price.split(".")
        first, _, last = re.split(r"( crowns? )", words)
        crowns[before], rests[after] = first, last
    known = crowns | {number: words for number, words in rests.items() if number[0] != "0"}

    def say(price: str) -> str:
        before, after = price.split(".")
        first = crowns.get(before) or (known.get(before) or _combine(known, before) if combine else "")
        return f"{first} crown{'s' * (before != '1')} {rests.get(after, '')}"

    return say


def _combine(known: dict[str, str], number: str) -> str:
    """Return the words of a number of two digits from those of others with the same tens and the same ones."""
    if len(number) < 2 or number[0] == "1":
        return ""
    tens = next((words.split()[0] for other, words in known.items() if len(other) == 2 and other[0] == number[0]), "")
    ones = next(
        (words.split()[-1] for other, words in known.items() if other[-1] == number[1] and other[:-1] != "1"), ""
    )
    return tens if number[1] == "0" else f"{tens} {ones}"


def take_numbered(text: str) -> str:
    """Return a text's first sentence with a digit, else its first."""
    sentences = _split_sentences(text)
    return next((one for one in sentences if re.search(r"\d", one)), take_lead(text))


def take_headed(text: str) -> str:
    """Return a text's heading and its first sentence with a digit."""
    heading = next((line.lstrip("# ") for line in text.split("\n") if line.startswith("#")), "")
    return f"{heading} {take_numbered(text)}"


def _split_sentences(text: str) -> list[str]:
    plain = " ".join(line for line in cut(text).split("\n") if line.strip() and not line.startswith("#"))
    return re.split(r"(?<=[.!?])\s+", plain)


def pick_span(one: SpanQuestion) -> str:
    """Return the number or name that lies nearest to words of the question, of the kind that it asks for."""
    asked, lower = set(content_stems(one.question)), one.question.lower()
    places = [found.start() for found in re.finditer(r"\w+", one.passage) if asked & set(content_stems(found.group()))]
    best, highest = "", float("-inf")
    for kind, pattern in SPANS.items():
        wanted = ASKED["name" if kind == "name" else "number"].search(lower) is not None
        for found in pattern.finditer(one.passage):
            near = min((abs(found.start() - place) for place in places), default=300)
            score = _share_sentence(one.passage, found.start(), asked) - NEAR * near + FITS * wanted
            if score > highest and found.group().lower() not in lower:
                best, highest = found.group(), score
    return best


def _share_sentence(passage: str, place: int, asked: set[str]) -> int:
    """Return how many of the question's stems stand in the sentence around a place."""
    before = max((passage.rfind(mark, 0, place) for mark in (". ", "! ", "? ", "\n")), default=-1)
    ends: Sequence[int] = [end for mark in (". ", "! ", "? ", "\n") if (end := passage.find(mark, place)) >= 0]
    return len(asked & set(content_stems(passage[before + 1 : min(ends, default=len(passage))])))
