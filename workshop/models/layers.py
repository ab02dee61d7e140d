"""Texts to vectors at every layer of an encoder, not at its end alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workshop.data.clean import mend_letters
from workshop.errors import WorkshopError, require, take_list
from workshop.models.texts import BATCH, pool_mean


def encode_layers(encoder: Any, texts: Sequence[str], *, batch: int = BATCH) -> np.ndarray:
    """Turn N texts into the mean of their token vectors before the first layer and after each of L, of length 1.

    Returns shape (L + 1, N, D), float32, texts in the order given. encoder, texts, batch: as for encode_texts; without
    a progress bar and without warnings. Raises WorkshopError for a single string and for no text.
    """
    torch = require("torch", "text")
    texts = [mend_letters(text) for text in take_list(texts, "texts", "encode_layers(encoder, [text])")]
    if not texts:
        raise WorkshopError("expected texts, got none. Give at least one: encode_layers(encoder, [text]).")
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    parts = []
    for start in range(0, len(order), batch):
        some = [texts[row] for row in order[start : start + batch]]
        cut = {"truncation": True, "max_length": encoder.max_seq_length}
        tokens = encoder.tokenizer(some, padding=True, return_tensors="pt", **cut).to(encoder.device)
        with torch.inference_mode():
            states = encoder[0].auto_model(**tokens, output_hidden_states=True).hidden_states  # L + 1 of (B, T, D)
            pooled = [pool_mean(one.float(), tokens["attention_mask"]) for one in states]
        parts.append(torch.nn.functional.normalize(torch.stack(pooled), dim=2).cpu().numpy())
    return np.concatenate(parts, axis=1)[:, np.argsort(order)]
