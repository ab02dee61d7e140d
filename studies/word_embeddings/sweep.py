"""One point of a sweep: skip-gram of one size, trained on one share of the text, against people's ratings."""

import functools
import time
from collections import Counter
from typing import Any

import numpy as np

from workshop.data import draw_share, load_ratings, load_sentences
from workshop.vectors.agreement import pair_cosines, shared_pairs
from workshop.vectors.recipes import train_model

YARDSTICKS = ("wordsim353", "simlex999")
SMALLEST_SHARE = 0.05
SWEPT_EPOCHS = 10


@functools.cache
def sentences() -> list[list[str]]:
    """Return the sentences of all articles, read once in each process."""
    return load_sentences()


@functools.cache
def drawn_pairs(name: str, draw: int) -> tuple[list[tuple[str, str]], np.ndarray]:
    """Return the rated pairs whose words occur in the smallest share of a draw, and so in every larger one."""
    smallest = Counter(word for sentence in draw_share(sentences(), SMALLEST_SHARE, draw) for word in sentence)
    return shared_pairs(*load_ratings(name), [smallest])


def run_size(share: float, dimensions: int, draw: int, epochs: int = SWEPT_EPOCHS) -> dict[str, Any]:
    """Train skip-gram of one size on one share of the text and return the cosines of the draw's pairs.

    Every word of the text is kept, so that the pairs are known at each share. draw: which sentences are drawn, and
    the seed of the training.
    """
    text = draw_share(sentences(), share, draw)
    start = time.process_time()
    keyed = train_model("skipgram", text, seed=draw, dimensions=dimensions, epochs=epochs, fewest=1).wv
    found: dict[str, Any] = {"seconds": time.process_time() - start, "parameters": 2 * keyed.vectors.size}
    for name in YARDSTICKS:
        found[name] = pair_cosines(drawn_pairs(name, draw)[0], keyed.index_to_key, keyed.vectors).tolist()
    return found
