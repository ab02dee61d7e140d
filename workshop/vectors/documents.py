"""Vectors of whole texts, learnt from the texts alone: Doc2Vec."""

import re
from collections.abc import Sequence
from typing import Any

from workshop.errors import require

DIMENSIONS, EPOCHS, WINDOW, FEWEST = 100, 40, 8, 2


def split_words(text: str) -> list[str]:
    """Return the lower-case words of a text, letters of a to z only."""
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
