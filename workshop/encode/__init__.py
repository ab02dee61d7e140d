"""Texts to vectors."""

from workshop.encode.texts import encode_texts, pool_mean

__all__ = ["encode_texts", "pool_mean"]
