"""What the model is asked: the handbook's questions, each with no passage, the right one, or the three found."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from workshop.data import Passage, Question, load_faq, load_passages
from workshop.models import encode_texts, load_encoder
from workshop.settings import Settings

TOP = 3
SEED = 15
CONDITIONS = ("none", "right", "top 3")
# The documents of `train` that choices are made on; what is chosen may then learn from them too.
HELD_BACK = ("fares-pets-bikes", "it-wifi", "staff-uniform", "wake-notes")


@dataclass(frozen=True)
class Asked:
    """A question and the passages put before it. stands: whether its answer stands in one of them."""

    question: Question
    passages: tuple[str, ...]
    stands: bool

    @property
    def group(self) -> str:
        """Return what intervals draw anew: the document, or the question where there is none."""
        return self.question.document or self.question.id


def draw_questions(split: str, each: int, documents: Sequence[str] = ()) -> list[Question]:
    """Draw up to `each` questions of every document of a split, the same ones always; without documents, of all.

    Of `unanswerable`, which has no documents, so many in all.
    """
    rng = np.random.default_rng(SEED)
    rows = load_faq(split=split)
    groups = sorted({row.document or "" for row in rows if not documents or row.document in documents})
    found = []
    for group in groups:
        mine = [row for row in rows if (row.document or "") == group]
        found += [mine[place] for place in sorted(rng.permutation(len(mine))[:each])]
    return found


def put_passages(questions: Sequence[Question], condition: str) -> list[Asked]:
    """Put before each question no passage, the right one (of a question without one: none), or the three found."""
    if condition == "none":
        return [Asked(one, (), False) for one in questions]
    if condition == "right":
        return [Asked(one, (find_right(one).text,), True) for one in questions]
    found = search([one.question for one in questions])
    return [
        Asked(one, tuple(passage.text for passage in some), any(holds(passage, one) for passage in some))
        for one, some in zip(questions, found, strict=True)
    ]


def put_others(questions: Sequence[Question]) -> list[Asked]:
    """Put before each question of `train` the nearest three passages of `train` that don't hold its answer."""
    documents = frozenset(row.document for row in load_faq(split="train") if row.document)
    found = search([one.question for one in questions], 2 * TOP, documents)
    return [
        Asked(one, tuple([passage.text for passage in some if not states(passage, one)][:TOP]), False)
        for one, some in zip(questions, found, strict=True)
    ]


def states(passage: Passage, question: Question) -> bool:
    """Tell whether a question's answer stands in a passage, whichever document that is of."""
    return question.answer.casefold() in passage.text.casefold()


def holds(passage: Passage, question: Question) -> bool:
    """Tell whether a passage is of the question's document and its answer stands in it."""
    return passage.document == question.document and states(passage, question)


@cache
def read_passages() -> tuple[Passage, ...]:
    """Return the handbook's passages, first edition."""
    return tuple(load_passages())


def find_right(question: Question) -> Passage:
    """Return the passage that holds a question's answer; of several, the one nearest to the question."""
    mine = [passage for passage in read_passages() if holds(passage, question)]
    return mine[0] if len(mine) == 1 else max(zip(_near(question.question, mine), mine, strict=True), key=_first)[1]


def _first(pair: tuple[float, Passage]) -> float:
    return pair[0]


def search(texts: Sequence[str], top: int = TOP, documents: frozenset[str] | None = None) -> list[list[Passage]]:
    """Return for each text the passages of highest cosine, best first. documents: where to look, else everywhere."""
    near = _encode(tuple(texts)) @ _encode(tuple(one.text for one in read_passages())).T  # (Q, N)
    if documents is not None:
        near[:, [one.document not in documents for one in read_passages()]] = -1
    return [[read_passages()[row] for row in np.argsort(-line, kind="stable")[:top]] for line in near]


def _near(text: str, passages: Sequence[Passage]) -> np.ndarray:
    """Return the cosine of a text with each of N passages, shape (N,)."""
    return (_encode((text,)) @ _encode(tuple(one.text for one in passages)).T)[0]


@cache
def _encode(texts: tuple[str, ...]) -> np.ndarray:
    """Return unit vectors, shape (N, D), kept for the next call."""
    return encode_texts(_load_encoder(), list(texts))


@cache
def _load_encoder() -> object:
    return load_encoder(Settings(device="cpu"))
