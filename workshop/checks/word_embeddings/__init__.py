"""The checks of lesson 01: counting neighbours, one step of training, and the geometry of word vectors."""

from workshop.checks.word_embeddings.geometry import agreement_with_people, analogy, cosine, nearest
from workshop.checks.word_embeddings.neighbours import cooccurrence
from workshop.checks.word_embeddings.pairs import skipgram_pairs
from workshop.checks.word_embeddings.subwords import character_ngrams
from workshop.checks.word_embeddings.training import negative_sampling_step
from workshop.checks.word_embeddings.weights import glove_weights

__all__ = [
    "agreement_with_people",
    "analogy",
    "character_ngrams",
    "cooccurrence",
    "cosine",
    "glove_weights",
    "nearest",
    "negative_sampling_step",
    "skipgram_pairs",
]
