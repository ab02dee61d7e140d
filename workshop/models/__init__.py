"""Models that come with the installation, checked before they are used."""

from workshop.models.encoder import Encoder, load_encoder
from workshop.models.static import load_token_embeddings

__all__ = ["Encoder", "load_encoder", "load_token_embeddings"]
