"""A grid as lesson 06 measures one, and prices, made up for tests."""

from workshop.score.results import Row
from workshop.score.tree import METHODS

SHARES = {
    "known facts": (0, 0.42, 0.03, 0.47),
    "unseen facts": (0, 0, 0.23, 0.45),
    "changed facts": (0, 0.01, 0.28, 0.70),
    "format": (1, 1, 0.99, 1),
    "judgement": (0.12, 0.26, 0.34, 0.31),
    "voice": (0, 0.85, 0.06, 0.81),
    "facts in JSON": (0, 0, 0.10, 0.51),
    "old skills": (0.53, 0.23, 0.42, 0.15),
    "abstaining": (0.18, 0.85, 0, 0.43),
}
# Seconds of set-up, seconds and tokens a question.
PRICES = {"prompt": (0, 0.2, 40), "LoRA": (1265, 0.22, 40), "retrieval": (5, 0.83, 480), "both": (370, 0.68, 480)}
METRICS = ("setup_seconds", "seconds_each", "prompt_tokens")


def make_row(task: str, method: str, value: float, reach: float = 0.1, **more: object) -> Row:
    """Return a cell of the grid with an interval of value ± reach."""
    return Row("06", method, task, "right", value, max(0, value - reach), min(1, value + reach), 100, **more)


def make_grid(**changed: dict[str, float]) -> list[Row]:
    """Return the rows of the grid; changed: other values by method, then by task."""
    return [
        make_row(task, method, changed.get(method, {}).get(task, value))
        for task, values in SHARES.items()
        for method, value in zip(METHODS, values, strict=True)
    ]


def make_prices() -> list[Row]:
    """Return the rows of the prices, for facts, tickets and the voice."""
    return [
        Row("06", method, f"price, {what}", metric, value)
        for what in ("facts", "tickets", "voice")
        for method, values in PRICES.items()
        for metric, value in zip(METRICS, values, strict=True)
    ]
