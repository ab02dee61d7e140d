"""How much lesson 05 asks the language model: sources of questions, passages before them, ways to put them."""

from dataclasses import dataclass
from typing import Any

STEM = "05_retrieval_bot"
LESSON = "05"
READERS = ("plain", "reader")
# The reader, the questions, what is put before them, how many passages, and how it is put.
Cell = tuple[str, str, str, int, str]
ANSWER_INPUTS = (
    "retrieval_bot/answer_inputs",
    "retrieval_bot/answer_runs",
    "adapters/questions",
    "bot/answers",
    "bot/prompt",
    "tune/lora",
    "models/language",
    "assets/adapters/reader",
    "assets/adapters/facts",
    "faq",
    "handbook",
    "handbook_v2",
    "injections",
    "haystack",
    "stems",
)
COUNTS = (1, 3)
# How a planted page is read: as any other, after a warning, or without the sentences that look like orders.
WAYS = ("contract", "warned", "filtered")


@dataclass(frozen=True)
class Plan:
    """How many are asked: questions of each document (of `unseen`, of `train` to choose k on), and in all.

    pasted: how many questions are asked behind many passages; many: how many passages. unanswerable, changed,
    pages: how many of those questions and planted pages. tokens: of a reply at most.
    """

    each: int = 3
    choosing: int = 4
    pasted: int = 30
    many: tuple[int, ...] = (10, 30)
    unanswerable: int = 60
    changed: int = 60
    pages: int = 18
    tokens: int = 24


SHORT = Plan(1, 1, 2, (4,), 2, 2, 3, 4)
# Seconds are measured by themselves, a few questions at a time: repeats, and questions of each.
WAITS, SHORT_WAITS = (3, 4), (1, 1)


def list_choosing() -> list[Cell]:
    """Return the runs that say how many passages the plain model reads best, on `train`."""
    return [("plain", "choosing", "MiniLM", k, "contract") for k in COUNTS]


def list_answers(plan: Plan, k: int) -> list[Cell]:
    """Return the other runs. k: how many passages are read, as was chosen."""
    other = next(one for one in COUNTS if one != k)
    cells: list[Cell] = []
    for reader in READERS:
        found = [("none", 0), ("random", k), ("BM25", k), ("MiniLM", k), ("right", 1)]
        cells += [(reader, "unseen", condition, count, "contract") for condition, count in found]
        cells += [(reader, "pasting", "MiniLM", many, "contract") for many in plan.many]
        cells += [(reader, "unanswerable", *one, "contract") for one in (("none", 0), ("MiniLM", k))]
        for page in ("planted", "twin"):
            cells += [(reader, page, "page", 1, way) for way in WAYS]
        cells += [(reader, "changed", "MiniLM, second edition", k, "contract")]
    cells += [("plain", "unseen", "MiniLM", other, "contract"), ("reader", "changed", "MiniLM", k, "contract")]
    cells += [("plain", source, "MiniLM", k, "told to abstain") for source in ("unseen", "unanswerable")]
    cells += [("reader", "paraphrases", condition, k, "contract") for condition in ("BM25", "MiniLM")]
    cells += [("reader", "unseen", "MiniLM", k, way) for way in WAYS[1:]]
    cells += [(reader, "unanswerable, in other words", "none", 0, "contract") for reader in ("plain", "facts")]
    return [*cells, ("facts", "unanswerable", "none", 0, "contract")]


def count_answers(plan: Plan, cell: Cell, documents: dict[str, int]) -> int:
    """Return how many answers a run asks for. documents: how many each split has."""
    source = cell[1]
    if source in ("unseen", "paraphrases"):
        return plan.each * documents["unseen"]
    if source == "choosing":
        return plan.choosing * documents["train"]
    counts = {"pasting": plan.pasted, "changed": plan.changed, "planted": plan.pages, "twin": plan.pages}
    return counts.get(source, plan.unanswerable)


def key(*fields: Any) -> Cell:
    """Return a cell by its fields, in the order reader, questions, passages, how many, way."""
    reader, source, condition, count, way = fields
    return reader, source, condition, count, way
