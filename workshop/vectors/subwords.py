"""fastText's vectors of pieces of words."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workshop.errors import WorkshopError


def look_up_pieces(keyed: Any, pieces: Sequence[str]) -> np.ndarray:
    """Return the vector of each piece of a word, shape (P, D), float32.

    keyed: gensim's FastTextKeyedVectors. pieces: P texts; each is hashed into one of the model's buckets, so that any
    text has a vector, sometimes that of another piece too. Raises WorkshopError where there are no pieces.
    Source: Bojanowski et al. 2017.
    """
    if not len(pieces):
        raise WorkshopError("there are no pieces to look up. A word gives some: character_ngrams(word, 3, 6).")
    from gensim.models.fasttext_inner import ft_hash_bytes

    return keyed.vectors_ngrams[[ft_hash_bytes(piece.encode("utf-8")) % keyed.bucket for piece in pieces]]
