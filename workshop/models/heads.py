"""The encoder with a head for each token: which kind of name it belongs to, or whether an answer begins or ends there.

The heads are transformers' own (BertForTokenClassification, BertForQuestionAnswering): a linear layer on each token's
last vector, and a loss that the model computes where it is given labels. With rounds_products, which follows the
settings' number format, workshop.tune.fit multiplies matrices in bfloat16, while weights and what they learn stay
float32.
"""

from collections.abc import Sequence
from typing import Any

from workshop.errors import WorkshopError, require, take_list
from workshop.models.catalogue import find_model
from workshop.models.classifier import NO_DROPOUT
from workshop.models.device import place
from workshop.models.hub import fetch_model
from workshop.models.quiet import quiet_transformers
from workshop.models.static import find_minilm
from workshop.settings import Settings


def load_tagger(
    settings: Settings | None, labels: Sequence[str], *, random: bool = False, seed: int = 0
) -> tuple[Any, Any]:
    """Load the profile's encoder with a new head that gives each token one of C labels; returns tokenizer and model.

    Its logits have the shape (N, T, C). random: all weights random, to train from nothing. seed: of what is random.
    Raises WorkshopError for fewer than two labels, the same label twice, and an encoder without such a head.
    """
    labels = take_list(labels, "labels", "[label]")
    if len(set(labels)) < 2 or len(set(labels)) < len(labels):
        raise WorkshopError(f"expected two or more different labels, got {labels!r:.80}. Give each label once.")
    names = dict(enumerate(labels))
    named = {"id2label": names, "label2id": {one: row for row, one in names.items()}}
    return _load("AutoModelForTokenClassification", settings, random, seed, named)


def load_span_reader(settings: Settings | None = None, *, random: bool = False, seed: int = 0) -> tuple[Any, Any]:
    """Load the profile's encoder with a new head that says where an answer begins and ends; tokenizer and model.

    Its start_logits and end_logits have the shape (N, T). random: all weights random, to train from nothing. seed: of
    what is random. Raises WorkshopError for an encoder without such a head.
    """
    return _load("AutoModelForQuestionAnswering", settings, random, seed, {})


def _load(head: str, settings: Settings | None, random: bool, seed: int, named: dict[str, Any]) -> tuple[Any, Any]:
    """Return tokenizer and model, float32, without dropout, on the profile's device."""
    transformers, torch = require("transformers", "tune"), require("torch", "tune")
    settings = settings or Settings()
    entry, (device, dtype) = find_model(settings.encoder), place(settings)
    folder = fetch_model(entry) if entry.repository else find_minilm()
    maker = getattr(transformers, head)
    try:
        with quiet_transformers(), torch.random.fork_rng():
            torch.manual_seed(seed)
            config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True, **NO_DROPOUT, **named)
            if device == "cpu":
                # With texts this short plain attention takes three quarters of the seconds of the fused one.
                config._attn_implementation = "eager"
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
            if random:
                model = maker.from_config(config)
            else:
                model = maker.from_pretrained(folder, config=config, dtype=torch.float32, local_files_only=True)
    except (OSError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160].rstrip(".")
        raise WorkshopError(
            f"can't load {settings.encoder} with a head for each token: {reason}. Choose another encoder, or the "
            "profile small."
        ) from None
    model.rounds_products = dtype == "bfloat16"
    return tokenizer, model.to(device).eval()
