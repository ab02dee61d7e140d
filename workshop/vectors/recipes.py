"""The recipes of the word vectors that gensim trains, once for the notebook and for the measurement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workshop.errors import require, take_list, unknown


@dataclass(frozen=True)
class Recipe:
    """How gensim trains word vectors.

    window: words on each side. negatives: wrong words a right one is told from. sample: above which share of the
    text a word is thinned out. rate: the first learning rate. fewest: how often a word must occur.
    """

    dimensions: int = 100
    window: int = 8
    epochs: int = 10
    negatives: int = 5
    sample: float = 1e-4
    rate: float = 0.05
    fewest: int = 5


# Epochs were chosen so that each trains in well under half a minute on one core.
RECIPES = {"cbow": Recipe(epochs=15), "skipgram": Recipe(), "fasttext": Recipe(epochs=8)}
# What counting and GloVe share with the recipes: their window, and how many of the most frequent words they know.
COUNT_WINDOW = 8
VOCABULARY_SIZE = 3000
# fastText keeps a row for each of this many n-gram buckets; its default of two million takes 800 MB.
NGRAM_BUCKETS = 20_000
NGRAM_LENGTHS = (3, 6)


def find_recipe(method: str, **changes: Any) -> Recipe:
    """Return the recipe of cbow, skipgram or fasttext, with changed fields; raise WorkshopError for another name."""
    if method not in RECIPES:
        raise unknown("method", method, RECIPES)
    return replace(RECIPES[method], **changes)


def train_model(
    method: str,
    sentences: Sequence[Sequence[str]],
    *,
    seed: int = 0,
    progress: Callable[[int], Any] | None = None,
    **changes: Any,
) -> Any:
    """Train gensim word vectors by a recipe on one thread, so that a seed gives the same vectors again.

    method: cbow, skipgram or fasttext. changes: fields of `Recipe` to change, such as dimensions=50.
    progress: called after each epoch with its number, from 1. Returns the gensim model (its vectors are `model.wv`).
    Raises WorkshopError for an unknown method. Source: Mikolov et al. 2013; Bojanowski et al. 2017.
    """
    recipe = find_recipe(method, **changes)
    sentences = take_list(sentences, "sentences", "[words]")
    gensim_models = require("gensim", "words").models
    options = {
        "vector_size": recipe.dimensions,
        "window": recipe.window,
        "epochs": recipe.epochs,
        "negative": recipe.negatives,
        "sample": recipe.sample,
        "alpha": recipe.rate,
        "min_count": recipe.fewest,
        "sg": int(method != "cbow"),
        "workers": 1,
        "seed": seed + 1,
        "callbacks": [] if progress is None else [_reporter(progress)],
    }
    if method == "fasttext":
        shortest, longest = NGRAM_LENGTHS
        return gensim_models.FastText(sentences, bucket=NGRAM_BUCKETS, min_n=shortest, max_n=longest, **options)
    return gensim_models.Word2Vec(sentences, **options)


def train_words(
    method: str, sentences: Sequence[Sequence[str]], *, seed: int = 0, **changes: Any
) -> tuple[list[str], np.ndarray]:
    """Train gensim word vectors by a recipe and return V words, the most frequent first, and vectors (V, D), float32.

    The arguments are those of `train_model`.
    """
    keyed = train_model(method, sentences, seed=seed, **changes).wv
    return list(keyed.index_to_key), np.array(keyed.vectors)


def _reporter(progress: Callable[[int], Any]) -> Any:
    """Return a gensim callback that reports the number of each finished epoch."""
    from gensim.models.callbacks import CallbackAny2Vec

    class Reporter(CallbackAny2Vec):
        """Counts the epochs."""

        def __init__(self) -> None:
            self.done = 0

        def on_epoch_end(self, model: Any) -> None:
            """Report one more epoch."""
            self.done += 1
            progress(self.done)

    return Reporter()
