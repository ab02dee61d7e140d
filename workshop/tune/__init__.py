"""Tuning a language model on chats: its own weights, or a low-rank adapter beside them."""

from workshop.tune.adapter import add_lora, count_trained
from workshop.tune.examples import IGNORED, Example, make_examples
from workshop.tune.training import Report, Training, fine_tune

__all__ = [
    "IGNORED",
    "Example",
    "Report",
    "Training",
    "add_lora",
    "count_trained",
    "fine_tune",
    "make_examples",
]
