"""Search: by words, by vectors, by both; and how well a search finds what it should."""

from workshop.search.fusion import fuse_rankings, fuse_scores
from workshop.search.keywords import Bm25Search, TfidfSearch, content_words
from workshop.search.late import encode_with_tokens, max_sim
from workshop.search.measures import mean_reciprocal_rank, recall_at_k
from workshop.search.stems import StemSearch, content_stems
from workshop.search.stored import load_index, save_index
from workshop.search.vectors import top_k

__all__ = [
    "Bm25Search",
    "StemSearch",
    "TfidfSearch",
    "content_stems",
    "content_words",
    "encode_with_tokens",
    "fuse_rankings",
    "fuse_scores",
    "load_index",
    "max_sim",
    "mean_reciprocal_rank",
    "recall_at_k",
    "save_index",
    "top_k",
]
