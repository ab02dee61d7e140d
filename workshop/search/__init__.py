"""Search: by words, by vectors, by both; and how well a search finds what it should."""

from workshop.search.fusion import fuse_rankings
from workshop.search.keywords import Bm25Search, TfidfSearch, content_words
from workshop.search.measures import mean_reciprocal_rank, recall_at_k
from workshop.search.vectors import top_k

__all__ = [
    "Bm25Search",
    "TfidfSearch",
    "content_words",
    "fuse_rankings",
    "mean_reciprocal_rank",
    "recall_at_k",
    "top_k",
]
