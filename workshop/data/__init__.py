"""Texts and yardsticks: what the lessons read and what they are judged by."""

from workshop.data.corpora import Article, draw_share, load_analogies, load_articles, load_ratings, load_sentences

__all__ = ["Article", "draw_share", "load_analogies", "load_articles", "load_ratings", "load_sentences"]
