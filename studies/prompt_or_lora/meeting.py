"""What the plain model says to the questions that lesson 04 opens with, asked one by one."""

from typing import Any

from studies.adapters.asking import load
from workshop.bot import answer
from workshop.score.results import Row

INPUTS = ("prompt_or_lora/meeting", "adapters/asking")
REPLY_TOKENS = 32
# Question and what is right; nobody outside Skerryline can know the last two.
ASKED = {
    "What is the capital of France?": "Paris",
    "How many days does a week have?": "seven",
    "What is 17 plus 25?": "42",
    "How many legs do seven cats have together?": "28",
    "What does a stowaway pay on Skerryline's boats?": "",
    "When does the next boat to Ottermay leave?": "",
}


def run_meeting(tokens: int) -> dict[str, Any]:
    """Ask the questions, each alone: side by side other sums are rounded, and a reply may differ."""
    tokenizer, model = load()
    return {"replies": [answer(tokenizer, model, [one], max_new_tokens=tokens)[0] for one in ASKED]}


def tell_meeting(lesson: str, found: dict[str, Any]) -> list[Row]:
    """Return the replies word for word; the figure says whether the right answer stands in one."""
    return [
        Row(
            lesson, "plain", "meeting", "holds the answer", float(bool(truth) and truth.lower() in reply.lower()),
            settings={"question": question, "reply": reply},
        )
        for (question, truth), reply in zip(ASKED.items(), found["replies"], strict=True)
    ]  # fmt: skip
