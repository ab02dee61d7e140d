"""Look inside the encoder: a text's tokens, their vectors, and the numbers of one attention head."""

from typing import Any

import numpy as np


def encode_tokens(encoder: Any, text: str) -> tuple[list[str], np.ndarray]:
    """Return a text's tokens, its two marks among them, and a vector for each: T strings and (T, 384), float32.

    encoder: a SentenceTransformer. What comes after its longest input is cut off.
    """
    import torch

    batch = encoder.tokenizer([text], truncation=True, max_length=encoder.max_seq_length, return_tensors="pt")
    with torch.no_grad():
        states = encoder[0].auto_model(**batch.to(encoder.device)).last_hidden_state
    tokens = encoder.tokenizer.convert_ids_to_tokens(batch["input_ids"][0].tolist())
    return tokens, states[0].float().cpu().numpy()


def encode_word(encoder: Any, text: str, start: int, length: int) -> np.ndarray:
    """Return the vector of the word at text[start : start + length], the mean of its tokens', shape (384,)."""
    offsets = encoder.tokenizer(text, return_offsets_mapping=True)["offset_mapping"]
    rows = [row for row, (first, end) in enumerate(offsets) if first < start + length and end > start]
    return encode_tokens(encoder, text)[1][rows].mean(axis=0)


def read_head(encoder: Any, text: str, layer: int, head: int) -> tuple[list[str], dict[str, np.ndarray]]:
    """Return a text's T tokens and what one attention head of MiniLM computes on them, plain arrays.

    layer, head: from 0. By name: query, key, value and outputs, what the model itself makes of the three, each (T, 32),
    and weights (T, T): how much each token (row) takes of each, rows adding up to 1.
    """
    from scipy.special import softmax

    attention = encoder[0].auto_model.encoder.layer[layer].attention.self
    kept: dict[str, Any] = {}
    hooks = [
        getattr(attention, name).register_forward_hook(lambda _, __, out, name=name: kept.update({name: out}))
        for name in ("query", "key", "value")
    ]
    hooks.append(attention.register_forward_hook(lambda _, __, out: kept.update(outputs=out[0])))
    try:
        tokens, _ = encode_tokens(encoder, text)
    finally:
        for hook in hooks:
            hook.remove()
    mine = slice(head * attention.attention_head_size, (head + 1) * attention.attention_head_size)
    found = {name: one[0, :, mine].float().cpu().numpy() for name, one in kept.items()}
    scores = found["query"] @ found["key"].T / np.sqrt(attention.attention_head_size)  # (T, T)
    return tokens, found | {"weights": softmax(scores, axis=1)}
