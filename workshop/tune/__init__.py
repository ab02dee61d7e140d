"""Tuning a language model on chats: its own weights, or a low-rank adapter beside them; and training from nothing."""

from workshop.tune.examples import IGNORED, Example, make_examples
from workshop.tune.lora import adapter, add_lora, count_trained
from workshop.tune.scratch import FromNothing, train_from_nothing
from workshop.tune.training import Report, Training, fine_tune

__all__ = [
    "IGNORED",
    "Example",
    "FromNothing",
    "Report",
    "Training",
    "adapter",
    "add_lora",
    "count_trained",
    "fine_tune",
    "make_examples",
    "train_from_nothing",
]
