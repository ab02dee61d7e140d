"""Late interaction: every token of a query looks for its own best match among a passage's tokens."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workshop.data.clean import mend_letters
from workshop.errors import WorkshopError, take_list
from workshop.models.quiet import show_progress
from workshop.models.texts import BAR_FROM, BATCH, PART
from workshop.vectors.geometry import unit


def encode_with_tokens(encoder: Any, texts: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Turn N texts into unit vectors, and each text's tokens into unit vectors of their own, in one pass.

    Returns (N, D), float32, as encode_texts does, and N arrays (T, D), float32, the two marks among the T tokens: about
    150 MB for a thousand passages of 100 tokens. encoder: a SentenceTransformer, which reads up to its longest input.
    Raises WorkshopError for a single string, for no text and for items that are none.
    """
    texts = take_list(texts, "texts", "encode_with_tokens(encoder, [text])")
    if not texts or not all(isinstance(text, str) for text in texts):
        got = ", ".join(sorted({type(text).__name__ for text in texts})) or "none"
        raise WorkshopError(f"expected at least one text and nothing but texts, got {got}. Leave out what is none.")
    vectors, tokens = [], []
    with show_progress("encoding texts", len(texts), shown=len(texts) > BAR_FROM) as advance:
        for start in range(0, len(texts), PART):
            some = [mend_letters(text) for text in texts[start : start + PART]]
            for one in encoder.encode(some, batch_size=BATCH, output_value=None, show_progress_bar=False):
                vectors.append(one["sentence_embedding"].float().cpu().numpy())
                read = one["token_embeddings"][one["attention_mask"].bool()].float().cpu().numpy()
                tokens.append(unit(read))
            advance(len(some))
    return unit(np.stack(vectors)), tokens


def max_sim(query: np.ndarray, passages: Sequence[np.ndarray]) -> np.ndarray:
    """Return how well N passages match a query, shape (N,), float32, from -1 to 1.

    query: its tokens' unit vectors, (T, D). passages: N arrays (T', D), each with its own T' of 1 or more. Each of the
    query's tokens counts its highest cosine with a token of the passage; the score is the mean over the query's.
    Raises WorkshopError for arrays of other shapes. Source: Khattab and Zaharia 2020 (ColBERT), where it is the sum.
    """
    shapes = [np.shape(one) for one in (query, *passages)]
    if any(len(one) != 2 or 0 in one or one[1] != shapes[0][-1] for one in shapes):
        raise WorkshopError(f"expected tokens' vectors (T, D), got {shapes[:3]}. Take them from encode_with_tokens.")
    return np.array([(query @ one.T).max(axis=1).mean() for one in passages], dtype=np.float32)  # each (T, T')
