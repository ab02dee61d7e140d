"""Search: by words, by vectors, by both; and how well a search finds what it should."""

from workshop.search.fusion import fuse_rankings
from workshop.search.keywords import Bm25Search, TfidfSearch, rank

__all__ = ["Bm25Search", "TfidfSearch", "fuse_rankings", "rank"]
