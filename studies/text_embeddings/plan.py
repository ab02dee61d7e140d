"""How much is run for lesson 02, and on what it depends."""

from dataclasses import dataclass

LESSON, STEM = "02", "02_text_embeddings"
EDITION = 2
HAYSTACK = 10_000
K = 5
# Choices and the pilot are made on these documents; the claims are tried on all others.
PILOT_SPLIT = "train"
PLACES = ("handbook", "haystack")
DIMENSIONS = (384, 192, 128, 64, 32)


@dataclass(frozen=True)
class Plan:
    """How much is run.

    seeds: of what is trained for people's judgements and for baskets. search_seeds: of Doc2Vec on the haystack.
    projections: random ones of each size. draws: of a bootstrap. size: passages of the haystack. epochs: of Doc2Vec
    for search, of 100, 200 and 400 those that found most in the handbook for the pilot's wordings.
    """

    seeds: int = 10
    search_seeds: int = 2
    projections: int = 5
    draws: int = 2000
    size: int = HAYSTACK
    epochs: int = 400


SHORT = Plan(seeds=2, search_seeds=1, projections=1, draws=50, size=560, epochs=1)
