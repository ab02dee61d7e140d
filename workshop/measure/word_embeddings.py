"""Measure lesson 01: methods against people, size against data, analogies, bias."""

STEM = "01_word_embeddings"
RUN_INPUTS = (
    "workshop/data/corpora.py",
    "workshop/measure/word_runs.py",
    "workshop/vectors/agreement.py",
    "workshop/vectors/association.py",
    "workshop/vectors/counts.py",
    "workshop/vectors/glove.py",
    "workshop/vectors/recipes.py",
)
