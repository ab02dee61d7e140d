"""What the number of passages is chosen by: the same asking, kept apart from what is judged."""

from typing import Any

from studies.retrieval_bot.answer_runs import run_answers


def choose_answers(
    reader: str, source: str, condition: str, count: int, way: str, sizes: tuple[Any, ...]
) -> dict[str, Any]:
    """Return the replies to questions of `train`; as run_answers."""
    return run_answers(reader, source, condition, count, way, sizes)
