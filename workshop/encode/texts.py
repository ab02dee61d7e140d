"""Encode texts: short ones beside short ones, mean over the tokens, length 1."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from workshop.data.clean import mend_letters
from workshop.data.files import DataWarning
from workshop.data.tokens import UNKNOWN
from workshop.errors import WorkshopError, take_list
from workshop.models.encoder import Encoder

BATCH_TOKENS = 1024
BAR_FROM = 500


def encode_texts(encoder: Encoder, texts: Sequence[str], *, batch_tokens: int = BATCH_TOKENS) -> np.ndarray:
    """Turn N texts into unit vectors, shape (N, D), float32, in the order given.

    Texts longer than encoder.max_tokens are cut there, with a DataWarning. batch_tokens: how many tokens, padding
    included, go through the network at once. Over 500 texts a progress bar is shown. An empty text gets the vector of
    its two marks; ligatures are read as letters, half of a surrogate pair as �.
    Raises WorkshopError for a single string or for items that are no strings.
    """
    import torch

    texts = take_list(texts, "texts", "encode_texts(encoder, [text])")
    _check(texts)
    encodings = encoder.tokenizer.encode_batch([mend_letters(text) for text in texts])
    _warn_unread(encoder, encodings)
    ids = [encoding.ids for encoding in encodings]
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]), reverse=True)
    vectors = np.empty((len(ids), encoder.dimensions), dtype=np.float32)
    with torch.inference_mode(), progress(len(ids)) as advance:
        for rows in split_batches([len(ids[row]) for row in order], batch_tokens):
            places = [order[place] for place in rows]
            vectors[places] = _encode_batch(encoder.model, [ids[place] for place in places])
            advance(len(places))
    return vectors


def _check(texts: list[Any]) -> None:
    """Raise WorkshopError unless all texts are strings."""
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            kind = type(text).__name__
            raise WorkshopError(f"expected texts, got {kind} at place {place}. Turn it into a string or leave it out.")


def _warn_unread(encoder: Encoder, encodings: list[Any]) -> None:
    """Warn of what the encoder doesn't read: the end of long texts, and texts whose letters it doesn't know."""
    long = [place for place, encoding in enumerate(encodings) if encoding.overflowing]
    if long:
        told = f"have more than {encoder.max_tokens} tokens, whose rest is not read"
        _warn(told, long, len(encodings), "Cut them into passages first: workshop.data.cut_document.")
    strange = [
        place for place, encoding in enumerate(encodings) if 2 * encoding.tokens.count(UNKNOWN) > len(encoding.ids) - 2
    ]
    if strange:
        told = "are mostly of letters that the encoder doesn't know"
        _warn(told, strange, len(encodings), "They are as good as empty: take an encoder of their language.")


def _warn(told: str, places: list[int], total: int, step: str) -> None:
    text = f"{len(places):,} of {total:,} texts {told}; the first is at place {places[0]}. {step}"
    warnings.warn(text, DataWarning, stacklevel=4)


def split_batches(lengths: Sequence[int], batch_tokens: int) -> Iterator[range]:
    """Yield ranges of places whose padded size stays within batch_tokens; lengths must fall."""
    start = 0
    while start < len(lengths):
        stop = start + max(1, batch_tokens // max(1, lengths[start]))
        yield range(start, min(stop, len(lengths)))
        start = stop


def _encode_batch(model: Any, ids: list[list[int]]) -> np.ndarray:
    """Return the unit vectors of one batch, shape (B, D)."""
    import torch

    longest = max(map(len, ids))
    padded = torch.zeros((len(ids), longest), dtype=torch.long)
    mask = torch.zeros((len(ids), longest), dtype=torch.long)
    for row, tokens in enumerate(ids):
        padded[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
    padded, mask = padded.to(model.device), mask.to(model.device)
    states = model(input_ids=padded, attention_mask=None if bool(mask.all()) else mask).last_hidden_state
    return torch.nn.functional.normalize(pool_mean(states, mask), dim=1).cpu().numpy()


def pool_mean(states: Any, mask: Any) -> Any:
    """Average token vectors (B, T, D) over the tokens that mask (B, T) marks with 1; returns (B, D), tensors."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1.0)


@contextmanager
def progress(total: int) -> Iterator[Any]:
    """Give a function that counts texts done; it moves a progress bar when there are more than BAR_FROM."""
    if total <= BAR_FROM:
        yield lambda count: None
        return
    import sys

    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=sys.stdout), transient=True) as bar:
        task = bar.add_task("encoding texts", total=total)
        yield lambda count: bar.advance(task, count)
