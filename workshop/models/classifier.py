"""Load the encoder as a classifier, pre-trained or with random weights, and let it score texts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workshop.errors import WorkshopError, require, take_list
from workshop.models.catalogue import find_model
from workshop.models.device import place
from workshop.models.hub import fetch_model
from workshop.models.quiet import quiet_transformers
from workshop.models.static import find_minilm
from workshop.settings import Settings

BATCH = 32
LONGEST = 96
# In two passes over a few hundred texts there is little to guard against, and it costs a fifth of seconds and memory.
NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


def load_classifier(
    settings: Settings | None, labels: Sequence[str], *, random: bool = False, seed: int = 0
) -> tuple[Any, Any]:
    """Load the profile's encoder with a new linear layer for C labels; returns transformers' tokenizer and model.

    The model averages the token vectors (MeanPoolClassifier). Its weights are float32; where the settings' number
    format is bfloat16, products of matrices are rounded to it. random: all weights random, to train from nothing.
    seed: of what is random. Raises WorkshopError for fewer than two labels and for an encoder that is no BERT.
    """
    settings, labels = settings or Settings(), take_list(labels, "labels", "[label]")
    if len(set(labels)) < 2 or len(set(labels)) < len(labels):
        raise WorkshopError(f"expected two or more different labels, got {labels!r:.80}. Give sorted(set(labels)).")
    require("transformers", "text")
    entry = find_model(settings.encoder)
    return _load(fetch_model(entry) if entry.repository else find_minilm(), settings, labels, random, seed)


def open_classifier(folder: str | Path, settings: Settings | None = None) -> tuple[Any, Any]:
    """Load what `tokenizer.save_pretrained(folder)` and `model.save_pretrained(folder)` wrote.

    Raises WorkshopError for a folder that holds no such classifier.
    """
    require("transformers", "text")
    return _load(Path(folder), settings or Settings())


def predict_logits(tokenizer: Any, model: Any, texts: Sequence[str], *, batch: int = BATCH) -> np.ndarray:
    """Return a classifier's logits of N texts, shape (N, C), float32; texts are cut after 96 tokens.

    The class is the largest logit: model.config.id2label[int(row.argmax())].
    """
    torch = require("torch", "text")
    texts = take_list(texts, "texts", "[text]")
    found = np.empty((len(texts), model.config.num_labels), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            some = [texts[row] for row in rows]
            coded = tokenizer(some, truncation=True, max_length=LONGEST, padding=True, return_tensors="pt")
            mask = coded["attention_mask"].to(model.device)
            found[rows] = model(input_ids=coded["input_ids"].to(model.device), attention_mask=mask).logits.cpu().numpy()
    model.train(was_training)
    return found


def _load(
    folder: Path, settings: Settings, labels: Sequence[str] | None = None, random: bool = False, seed: int = 0
) -> tuple[Any, Any]:
    """Return tokenizer and model; without labels, those of the folder's config."""
    import torch
    from transformers import AutoConfig, AutoTokenizer

    from workshop.models.mean_pool import MeanPoolClassifier

    device, dtype = place(settings)
    names = dict(enumerate(labels or ()))
    named = {"id2label": names, "label2id": {one: row for row, one in names.items()}} if names else {}
    try:
        with quiet_transformers(), torch.random.fork_rng():
            torch.manual_seed(seed)
            config = AutoConfig.from_pretrained(folder, local_files_only=True, **NO_DROPOUT, **named)
            if config.model_type != "bert":
                raise ValueError(f"it is of the kind {config.model_type}, not bert")
            if device == "cpu":
                # With texts this short plain attention takes three quarters of the seconds of the fused one.
                config._attn_implementation = "eager"
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            if len(tokenizer) < config.vocab_size // 2:
                # Where its files are missing, the library makes an empty one without a word.
                raise ValueError(f"its tokenizer knows {len(tokenizer)} pieces, the model {config.vocab_size}")
            if random:
                model = MeanPoolClassifier(config)
            else:
                model, report = MeanPoolClassifier.from_pretrained(
                    folder, config=config, dtype=torch.float32, local_files_only=True, output_loading_info=True
                )
                missing = [one for one in report["missing_keys"] if not (labels and one.startswith("classifier."))]
                if missing:
                    raise ValueError(f"{len(missing)} of its weights are missing")
    except (OSError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160].rstrip(".")
        raise WorkshopError(
            f"can't load a classifier from {folder}: {reason}. Give a folder that save_pretrained wrote, with the "
            "tokenizer beside the model, or load_classifier(settings, labels)."
        ) from None
    model.rounds_products = dtype == "bfloat16"
    return tokenizer, model.to(device).eval()
