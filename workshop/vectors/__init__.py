"""Word vectors: counted, trained, compared with people, tested for bias."""

from workshop.vectors.agreement import Agreement, pair_cosines, shared_pairs, spearman_with_people
from workshop.vectors.analogies import AnalogyScore, score_analogies
from workshop.vectors.association import Association, WordSets, association_test, find_test
from workshop.vectors.counts import (
    choose_vocabulary,
    count_neighbours,
    cut_text,
    positive_pmi,
    ppmi_vectors,
    random_vectors,
    thin_text,
)
from workshop.vectors.geometry import analogy, cosine, nearest
from workshop.vectors.glove import glove_weights, train_glove
from workshop.vectors.read_text import read_glove_text
from workshop.vectors.recipes import (
    COUNT_WINDOW,
    VOCABULARY_SIZE,
    Recipe,
    find_recipe,
    train_model,
    train_words,
)
from workshop.vectors.subwords import look_up_pieces
from workshop.vectors.write_text import write_glove_text

__all__ = [
    "COUNT_WINDOW",
    "VOCABULARY_SIZE",
    "Agreement",
    "AnalogyScore",
    "Association",
    "Recipe",
    "WordSets",
    "analogy",
    "association_test",
    "choose_vocabulary",
    "cosine",
    "count_neighbours",
    "cut_text",
    "find_recipe",
    "find_test",
    "glove_weights",
    "look_up_pieces",
    "nearest",
    "pair_cosines",
    "positive_pmi",
    "ppmi_vectors",
    "random_vectors",
    "read_glove_text",
    "score_analogies",
    "shared_pairs",
    "spearman_with_people",
    "thin_text",
    "train_glove",
    "train_model",
    "train_words",
    "write_glove_text",
]
