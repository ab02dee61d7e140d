"""One scorer for all arms: exact, short-contained, abstained, and what chance alone would give."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workshop.errors import WorkshopError, take_list

if TYPE_CHECKING:
    # Whoever keeps a learner's record imports this room, and shouldn't wait for numpy.
    import numpy as np

ARTICLES = {"a", "an", "the"}
SHORT = 12
HYPHENS = re.compile(r"[-\u2010-\u2015]")
# Punctuation stays only where a digit stands on both sides: 7:35, 1.95, 38,500.
PUNCTUATION = re.compile(r"(?<!\d)(?:[^\w\s]|_)|(?:[^\w\s]|_)(?!\d)")
NUMBER = re.compile(
    r"(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?P<unit>\w+?)s?\b"
)
ABSTAINING = re.compile(
    r"\b(?:(?:do not|don't|did not|didn't|cannot|can't|could not|couldn't) (?:really |actually )?"
    r"(?:know|say|tell|answer|find|mention|state|specify|provide|give|contain|include)"
    r"|(?:does not|doesn't) (?:say|tell|answer|mention|state|specify|provide|give|contain|include)"
    r"|(?:is not|isn't|are not|aren't|not) (?:known|stated|mentioned|specified|given|provided)"
    r"|(?:am|are) not (?:sure|able)|i'm not (?:sure|able)|unable to|no (?:information|mention)\b)"
)


@dataclass(frozen=True)
class ReplyScores:
    """What N replies are worth, each array of shape (N,).

    exact, contained, abstained: bool. exact_chance, contained_chance: float64, the share of the other questions of the
    same kind whose answer the reply would have matched: their means are the scorer's chance level. Where a kind has a
    single question, all other questions stand in; NaN where there is no other at all.
    """

    exact: np.ndarray
    contained: np.ndarray
    abstained: np.ndarray
    exact_chance: np.ndarray
    contained_chance: np.ndarray

    @property
    def outcomes(self) -> np.ndarray:
        """Return "right" (short-contained), else "abstained", else "wrong", shape (N,): what is to be counted."""
        import numpy as np

        return np.where(self.contained, "right", np.where(self.abstained, "abstained", "wrong"))


def score_replies(
    replies: Sequence[str],
    truths: Sequence[str | Sequence[str] | None],
    *,
    kinds: Sequence[str] | None = None,
    questions: Sequence[str] | None = None,
) -> ReplyScores:
    """Score N replies, of whatever arm, against N truths.

    truths: a text, several of which each is right, or, for a question that has no answer, None or a text that abstains:
    nothing is right there but to abstain. kinds: of each truth; without them as `find_kind` tells. questions: the id of
    each row's question, where one is asked in several wordings: they are no others to each other. The chance level
    averages over all other questions of the kind that have an answer: no seed, and a level for each reply, so that it
    is paired and resampled with it. Raises WorkshopError for lengths that differ and a truth without words.
    """
    import numpy as np

    replies = take_list(replies, "replies", "score_replies([reply], [truth])")
    allowed = [_list_truths(one, place) for place, one in enumerate(truths)]
    kinds = [find_kind(one[0]) if one else "" for one in allowed] if kinds is None else list(kinds)
    questions = [str(row) for row in range(len(allowed))] if questions is None else list(questions)
    if not len(replies) == len(allowed) == len(kinds) == len(questions):
        raise WorkshopError(
            f"expected as many truths, kinds and questions as replies, got {len(replies)} replies, {len(allowed)} "
            f"truths, {len(kinds)} kinds and {len(questions)} questions. Give each reply its own question's."
        )
    others = _find_others(np.array(kinds), np.array(questions), np.array([bool(some) for some in allowed], dtype=bool))
    scores = []
    for holds, most in ((_is_same, None), (_holds_words, SHORT)):
        said = [split_words(" ".join(reply.split()[:most])) for reply in replies]
        matched = _match(said, [[split_words(one) for one in some] for some in allowed], holds)
        scores.append((matched.diagonal().copy(), _average(matched, others)))
    (exact, exact_chance), (contained, contained_chance) = scores
    abstained = np.array([abstains(reply) for reply in replies], dtype=bool)
    return ReplyScores(exact, contained, abstained, exact_chance, contained_chance)


def exact_match(answer: str, truth: str) -> bool:
    """Tell whether an answer is the truth: case, articles, blanks and punctuation outside of numbers count nothing."""
    return split_words(answer) == split_words(truth)


def contains_short(answer: str, truth: str) -> bool:
    """Tell whether the truth stands, word for word, within an answer's first 12 words."""
    return _holds_words(split_words(" ".join(answer.split()[:SHORT])), split_words(truth))


def split_words(text: str) -> list[str]:
    """Return the words that are compared: lower-case, without articles; hyphens part, punctuation in numbers stays."""
    words = PUNCTUATION.sub("", HYPHENS.sub(" ", text.lower())).split()
    return [word for word in words if word not in ARTICLES]


def abstains(answer: str) -> bool:
    """Tell whether an answer says within its first 12 words that it doesn't know, or that the passages don't say."""
    words = answer.lower().replace("\u2019", "'").split()
    return bool(ABSTAINING.search(" ".join(words[:SHORT])))


def find_kind(answer: str) -> str:
    """Return the kind of an answer by its form: time, a number with its unit ("number of crown"), or words."""
    if re.search(r"\d:\d\d", answer):
        return "time"
    found = NUMBER.match(answer.lower())
    return f"number of {found['unit']}" if found else "words"


def _is_same(said: list[str], wanted: list[str]) -> bool:
    return said == wanted


def _holds_words(said: list[str], wanted: list[str]) -> bool:
    """Tell whether the wanted words stand in a row."""
    places = range(len(said) - len(wanted) + 1) if wanted else ()
    return any(said[place : place + len(wanted)] == wanted for place in places)


def _list_truths(truth: str | Sequence[str] | None, place: int) -> list[str]:
    """Return all texts that are right: none without an answer. Raises WorkshopError for one without words."""
    allowed = [] if truth is None else [truth] if isinstance(truth, str) else list(truth)
    for one in allowed:
        if not split_words(one):
            raise WorkshopError(
                f"truth {place} is {one!r}, of which no word is left to compare. Give a word or a number, or None "
                "where the question has no answer."
            )
    return [one for one in allowed if not abstains(one)]


def _match(said: list[list[str]], allowed: list[list[list[str]]], holds: Callable[..., bool]) -> np.ndarray:
    """Return whether reply i matches one of question j's truths, shape (N, N), bool."""
    import numpy as np

    found = [[any(holds(words, one) for one in some) for some in allowed] for words in said]
    return np.array(found, dtype=bool).reshape(len(said), len(said))


def _find_others(kinds: np.ndarray, questions: np.ndarray, answerable: np.ndarray) -> np.ndarray:
    """Return which rows j stand for chance at row i, shape (N, N), bool."""
    import numpy as np

    different = (questions[:, None] != questions[None, :]) & answerable
    same = (kinds[:, None] == kinds[None, :]) & different
    return np.where(same.any(axis=1, keepdims=True), same, different)


def _average(matched: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the share of others that matched, shape (N,), NaN where there is none."""
    import numpy as np

    counts = others.sum(axis=1)
    return np.where(counts, (matched & others).sum(axis=1) / np.maximum(counts, 1), np.nan)
