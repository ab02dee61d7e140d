"""Tuning a classifier or a language model: all weights, some, or a low-rank adapter; and training from nothing."""

from workshop.tune.batches import evaluate
from workshop.tune.examples import IGNORED, Example, make_examples, make_text_examples
from workshop.tune.fitting import fit
from workshop.tune.freezing import count_trained, train_only
from workshop.tune.lora import adapter, add_lora
from workshop.tune.parts import Parts, as_loss
from workshop.tune.scratch import FromNothing, train_from_nothing
from workshop.tune.sequences import align_labels, best_span, bio_tags, decoder_inputs
from workshop.tune.shipped import Recipe, train_adapter, train_adapters
from workshop.tune.training import Report, Training, fine_tune

__all__ = [
    "IGNORED",
    "Example",
    "FromNothing",
    "Parts",
    "Recipe",
    "Report",
    "Training",
    "adapter",
    "add_lora",
    "align_labels",
    "as_loss",
    "best_span",
    "bio_tags",
    "count_trained",
    "decoder_inputs",
    "evaluate",
    "fine_tune",
    "fit",
    "make_examples",
    "make_text_examples",
    "train_adapter",
    "train_adapters",
    "train_from_nothing",
    "train_only",
]
