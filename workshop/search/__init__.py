"""Search: what lies nearest to a query, and how well a search finds what it should."""

from workshop.search.measures import mean_reciprocal_rank, recall_at_k
from workshop.search.vectors import top_k

__all__ = ["mean_reciprocal_rank", "recall_at_k", "top_k"]
