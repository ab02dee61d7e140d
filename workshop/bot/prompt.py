"""The prompt: what bot, lessons, checks and adapters all put before the model."""

from collections.abc import Iterable
from typing import Any

from workshop.errors import WorkshopError, take_list

WORD_BUDGET = 400


def build_prompt(question: str, passages: Iterable[str] = (), budget: int = WORD_BUDGET) -> str:
    """Write the user's turn: the passages, best first, then the question; without passages the question alone.

    budget: how many words of passages (split at blanks) are read at most. Passages are taken whole and in the order
    given, up to the first that no longer fits; blank ones are left out. The question is never cut.
    Raises WorkshopError for a blank question, passages that are no list of texts, or a budget below 0.
    """
    passages = take_list(passages, "passages", "build_prompt(question, [passage])")
    _check(question, passages, budget)
    chosen, words = [], 0
    for passage in passages:
        words += len(passage.split())
        if words > budget:
            break
        if passage.strip():
            chosen.append(passage)
    return "Passages:\n" + "\n".join(chosen) + "\n\nQuestion: " + question if chosen else question


def _check(question: Any, passages: list[Any], budget: Any) -> None:
    """Raise WorkshopError for what can't become a prompt."""
    if not isinstance(question, str) or not question.strip():
        found = "an empty text" if isinstance(question, str) else type(question).__name__
        raise WorkshopError(f"expected a question, got {found}. Give the question as a text.")
    for place, passage in enumerate(passages):
        if not isinstance(passage, str):
            kind = type(passage).__name__
            step = (
                "Give its text: passage.text." if hasattr(passage, "text") else "Turn it into a text or leave it out."
            )
            raise WorkshopError(f"expected passages as texts, got {kind} at place {place}. {step}")
    if budget < 0:
        raise WorkshopError(f"expected a budget of 0 words or more, got {budget}.")
