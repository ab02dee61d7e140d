"""Vectors of texts that are learnt from the texts alone: Doc2Vec, and means of word vectors trained alike."""

import re
import zlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from workshop.errors import require

# One recipe for both, so that both see the same words as often; the lesson trains Doc2Vec by it too.
DIMENSIONS, EPOCHS, WINDOW, FEWEST = 100, 40, 8, 2


def every_word(text: str) -> list[str]:
    """Return the lower-case words of a text, letters of a to z only, function words too."""
    return re.findall("[a-z]+", text.lower())


def train_documents(
    texts: Sequence[Sequence[str]], seed: int = 0, *, epochs: int = EPOCHS, memory: bool = False
) -> Any:
    """Train gensim's Doc2Vec on N texts, each a list of words, on one thread.

    memory: PV-DM, which guesses a word from its neighbours and its text; otherwise PV-DBOW, which guesses the words of
    a text from the text alone. Returns the model; its vectors are `model.dv.vectors` (N, 100), and
    `model.infer_vector(words)` makes one for a new text. Source: Le and Mikolov 2014.
    """
    doc2vec = require("gensim", "words").models.doc2vec
    tagged = [doc2vec.TaggedDocument(list(words), [number]) for number, words in enumerate(texts)]
    options = {"vector_size": DIMENSIONS, "window": WINDOW, "min_count": FEWEST, "negative": 5, "workers": 1}
    return doc2vec.Doc2Vec(tagged, dm=int(memory), epochs=epochs, seed=seed, **options)


def infer_vectors(model: Any, texts: Sequence[Sequence[str]], seed: int = 0) -> np.ndarray:
    """Return Doc2Vec's vectors for N new texts, each a list of words: (N, D), the same in every process.

    gensim starts each inference from Python's hash of the text, which is another whenever Python starts anew; here it
    starts from a checksum.
    """
    doc2vec = require("gensim", "words").models.doc2vec
    start = partial(doc2vec.pseudorandom_weak_vector, hashfxn=lambda text: zlib.crc32(text.encode()))
    model.random.seed(seed)
    with patch.object(doc2vec, "pseudorandom_weak_vector", start):
        return np.array([model.infer_vector(list(words)) for words in texts])


def train_word_table(texts: Sequence[Sequence[str]], seed: int = 0, *, epochs: int = EPOCHS) -> tuple[list[str], Any]:
    """Train skip-gram on the same texts by the same recipe; return V words and their vectors, (V, 100), float32."""
    gensim = require("gensim", "words")
    options = {"vector_size": DIMENSIONS, "window": WINDOW, "min_count": FEWEST, "negative": 5, "workers": 1}
    model = gensim.models.Word2Vec([list(words) for words in texts], sg=1, epochs=epochs, seed=seed, **options)
    return list(model.wv.index_to_key), np.array(model.wv.vectors)


def weigh_words(texts: Sequence[Sequence[str]]) -> Mapping[str, float]:
    """Return how rare each word is: the logarithm of N over how many of N texts have it."""
    sets = [set(words) for words in texts]
    having: dict[str, int] = {}
    for words in sets:
        for word in words:
            having[word] = having.get(word, 0) + 1
    return {word: float(np.log(len(sets) / count)) for word, count in having.items()}


def average_words(
    texts: Sequence[Sequence[str]],
    words: Sequence[str],
    vectors: np.ndarray,
    weights: Mapping[str, float] | None = None,
) -> np.ndarray:
    """Return the mean of each text's word vectors, shape (N, D); zeros where no word is known.

    words: V words, vectors: (V, D). weights: how much each word counts, 1 where none are given; a word that they lack
    counts as much as the heaviest.
    """
    place = {word: row for row, word in enumerate(words)}
    heaviest = max(weights.values(), default=1.0) if weights else 1.0
    means = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
    for row, text in enumerate(texts):
        known = [word for word in text if word in place]
        shares = np.array([weights.get(word, heaviest) if weights else 1.0 for word in known])
        if shares.sum() > 0:
            means[row] = shares @ vectors[[place[word] for word in known]] / shares.sum()
    return means
