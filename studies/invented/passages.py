"""From facts to passages: sentences, several facts in one, tables, lists, headings, and talk that says nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from studies.invented.companies import Company, Fact
from studies.invented.kinds import load_fillers

LEADS = (
    "Please note that",
    "As everybody knows,",
    "From this year on,",
    "It has been decided that",
    "Remember that",
    "According to the board,",
    "Keep in mind that",
    "By the way,",
    "For your information,",
    "In short,",
    "Unless you hear otherwise,",
    "Visitors should know that",
)
LOWERED = frozenset(
    (
        "The", "A", "At", "You", "We", "In", "On", "For", "It", "To", "From", "Nobody",
        "Each", "Every", "With", "No", "When", "Anyone", "Whoever", "Everyone", "If", "Only", "There", "After",
        "An", "As", "Before", "Between", "Since", "Without", "Up", "This",
    )
)  # fmt: skip
JOINTS = (", and ", "; ", ", while ", ", but ", " - ", ", whereas ")


@dataclass(frozen=True)
class Passage:
    """A text and the facts that it states."""

    text: str
    facts: tuple[Fact, ...]


def state_fact(fact: Fact, rng: Random) -> str:
    """Write a fact as a sentence, with one of its kind's phrasings."""
    return fill(rng.choice(fact.kind.passages), fact)


def fill(phrasing: str, fact: Fact) -> str:
    """Put subject and value into a phrasing, its first letter in upper case."""
    text = phrasing.replace("{s}", fact.subject).replace("{v}", fact.value)
    return text[0].upper() + text[1:]


def write_passages(company: Company, rng: Random, count: int) -> list[Passage]:
    """Write a company's facts into at most `count` passages, each a few sentences, a table or a list."""
    facts = list(company.facts)
    cuts = sorted(rng.sample(range(1, len(facts)), min(count, len(facts)) - 1)) if len(facts) > 1 else []
    parts = [facts[start:end] for start, end in zip([0, *cuts], [*cuts, len(facts)], strict=True)]
    return [Passage(_write(part, company, rng), tuple(part)) for part in parts]


def _write(facts: Sequence[Fact], company: Company, rng: Random) -> str:
    """Write one passage."""
    chance = rng.random()
    if chance < 0.07:
        return _add_heading("\n".join(f"| {_label(fact)} | {fact.value} |" for fact in facts), company, rng)
    if chance < 0.14:
        return _add_heading("\n".join(f"- {_label(fact)}: {fact.value}" for fact in facts), company, rng)
    sentences = _write_sentences(facts, company, rng)
    text = " ".join(sentences)
    return _add_heading(text, company, rng) if chance > 0.8 else text


def _label(fact: Fact) -> str:
    return f"{fact.subject}, {fact.kind.label}"


def _add_heading(text: str, company: Company, rng: Random) -> str:
    """Put a Markdown heading over a text, mostly with an empty line between."""
    title = rng.choice((company.name, f"About {company.name}", "For staff", "For visitors", "What to know", "In brief"))
    return f"{'#' * rng.randint(1, 2)} {title}{rng.choice((chr(10), chr(10) * 2))}{text}"


def _write_sentences(facts: Sequence[Fact], company: Company, rng: Random) -> list[str]:
    """Write each fact as a sentence; some are led in, joined, or go on with "it"; some say nothing."""
    sentences: list[str] = []
    before: Fact | None = None
    for fact in facts:
        sentence = state_fact(fact, rng)
        if before and before.subject == fact.subject and rng.random() < 0.5:
            sentence = _say_it(sentence, fact.subject)
        if sentences and rng.random() < 0.25 and _lower(sentence) != sentence:
            sentences[-1] = sentences[-1].rstrip(".") + rng.choice(JOINTS) + _lower(sentence)
        else:
            sentences.append(_lead_in(sentence, company, rng))
        if rng.random() < 0.15:
            sentences.append(rng.choice(load_fillers()))
        before = fact if sentences[-1].endswith(sentence[1:]) else None
    return sentences


def _say_it(sentence: str, subject: str) -> str:
    """Return the sentence with "it" for the subject, where that reads well."""
    if sentence.count(subject) != 1 or not sentence.startswith(f"The {subject} "):
        return sentence
    return sentence.replace(f"The {subject} ", "It ", 1)


def _lead_in(sentence: str, company: Company, rng: Random) -> str:
    """Return the sentence with a few words before it, one time in eight where it may go on in small letters."""
    chance = rng.random() if _lower(sentence) != sentence else 1.0
    if chance < 0.06:
        return f"At {company.name}, {_lower(sentence)}"
    return f"{rng.choice(LEADS)} {_lower(sentence)}" if chance < 0.13 else sentence


def _lower(sentence: str) -> str:
    """Return the sentence with a small first letter, where its first word is an ordinary one."""
    first = sentence.split(" ", 1)[0]
    return sentence[0].lower() + sentence[1:] if first in LOWERED else sentence
