"""What the model could do before: all 240 old items, and Wikipedia's sentences."""

from collections.abc import Sequence
from typing import Any

from studies.adapters.tasks import SKILL_TOKENS
from studies.prompt_or_lora.domain import lose_on_wiki
from workshop.bot import answer
from workshop.data import Skill, load_task
from workshop.score import exact_match
from workshop.score.replies import contains_short

# Of Wikipedia, beside the items.
SENTENCES = 400


def draw_skills(count: int) -> list[Skill]:
    """Return so many old items, their four kinds mixed evenly."""
    rows: list[Skill] = load_task("skills", "test")
    kinds = sorted({one.kind for one in rows})
    columns = [[one for one in rows if one.kind == kind] for kind in kinds]
    return [one for some in zip(*columns, strict=True) for one in some][:count]


def ask_old(tokenizer: Any, model: Any, count: int, sentences: int = SENTENCES) -> dict[str, Any]:
    """Return the replies to so many old items, and the loss on sentences of Wikipedia."""
    chats = [one.messages for one in draw_skills(count)]
    return {
        "skills": answer(tokenizer, model, chats, max_new_tokens=SKILL_TOKENS),
        "wiki": lose_on_wiki(tokenizer, model, sentences),
    }


def score_skills(replies: Sequence[str]) -> list[float]:
    """Return whether each reply is right, 0 or 1."""
    rows = draw_skills(len(replies))
    return [
        float(any(exact_match(reply, one) or contains_short(reply, one) for one in row.answers))
        for reply, row in zip(replies, rows, strict=True)
    ]
