"""Models: installed with the workshop or fetched from a hub, checked before they are used."""

from workshop.models.catalogue import MODELS, ModelEntry, list_models
from workshop.models.encoder import Encoder, load_encoder
from workshop.models.language import LanguageModel, load_language_model, open_language_model
from workshop.models.static import load_token_embeddings

__all__ = [
    "MODELS",
    "Encoder",
    "LanguageModel",
    "ModelEntry",
    "list_models",
    "load_encoder",
    "load_language_model",
    "load_token_embeddings",
    "open_language_model",
]
