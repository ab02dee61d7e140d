"""Models that come with the installation, checked before they are used."""

from workshop.models.static import load_token_embeddings

__all__ = ["load_token_embeddings"]
