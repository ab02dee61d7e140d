"""Encode texts: short ones beside short ones, mean over the tokens, length 1."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from workshop.data.clean import mend_letters
from workshop.data.files import DataWarning
from workshop.errors import WorkshopError, take_list
from workshop.models.quiet import show_progress

BATCH = 32
BAR_FROM = 500
# So many texts go to the library at once, so that the bar moves.
PART = 128


def encode_texts(encoder: Any, texts: Sequence[str], *, batch: int = BATCH) -> np.ndarray:
    """Turn N texts into unit vectors, shape (N, D), float32, in the order given.

    encoder: a SentenceTransformer, which cuts texts after encoder.max_seq_length tokens, with a DataWarning. batch: how
    many texts go through the network at once. Over 500 texts a progress bar is shown. An empty text gets the vector of
    its two marks; ligatures are read as letters, half of a surrogate pair as �.
    Raises WorkshopError for a single string or for items that are no strings.
    """
    texts = take_list(texts, "texts", "encode_texts(encoder, [text])")
    _check_texts(texts)
    texts = [mend_letters(text) for text in texts]
    _warn_unread(encoder, texts)
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]), reverse=True)
    vectors = np.empty((len(texts), _count_dimensions(encoder)), dtype=np.float32)
    with show_progress("encoding texts", len(texts), shown=len(texts) > BAR_FROM) as advance:
        for start in range(0, len(order), PART):
            rows = order[start : start + PART]
            some = [texts[row] for row in rows]
            vectors[rows] = encoder.encode(some, batch_size=batch, normalize_embeddings=True, show_progress_bar=False)
            advance(len(rows))
    return vectors


def _count_dimensions(encoder: Any) -> int:
    """Return D; older releases of sentence-transformers ask for it by another name."""
    ask = getattr(encoder, "get_embedding_dimension", None) or encoder.get_sentence_embedding_dimension
    return ask()


def _check_texts(texts: list[Any]) -> None:
    """Raise WorkshopError unless all texts are strings."""
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            kind = type(text).__name__
            raise WorkshopError(f"expected texts, got {kind} at place {place}. Turn it into a string or leave it out.")


def _warn_unread(encoder: Any, texts: list[str]) -> None:
    """Warn of what the encoder doesn't read: the end of long texts, and texts whose letters it doesn't know."""
    if not texts:
        return
    rows = encoder.tokenizer(texts, truncation=False, verbose=False)["input_ids"]
    most, unknown = encoder.max_seq_length, encoder.tokenizer.unk_token_id
    long = [place for place, ids in enumerate(rows) if len(ids) > most]
    if long:
        told = f"have more than {most} tokens, whose rest is not read"
        _warn(told, long, len(rows), "Cut them into passages first: workshop.data.cut_document.")
    read = [ids[:most] for ids in rows]
    strange = [place for place, ids in enumerate(read) if 2 * ids.count(unknown) > len(ids) - 2]
    if strange:
        told = "are mostly of letters that the encoder doesn't know"
        _warn(told, strange, len(rows), "They are as good as empty: take an encoder of their language.")


def _warn(told: str, places: list[int], total: int, step: str) -> None:
    text = f"{len(places):,} of {total:,} texts {told}; the first is at place {places[0]}. {step}"
    warnings.warn(text, DataWarning, stacklevel=4)


def pool_mean(token_vectors: Any, mask: Any) -> Any:
    """Average token vectors (N, T, D) over the tokens that mask (N, T) marks with 1 or True; returns (N, D).

    Both are arrays, or both tensors. A text without a marked token gets a vector of zeros.
    """
    marks = mask[:, :, None]  # (N, T, 1)
    return (token_vectors * marks).sum(1) / marks.sum(1).clip(min=1)
