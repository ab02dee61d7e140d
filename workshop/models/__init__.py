"""Models: installed with the workshop or fetched from a hub, checked before they are used; and texts to vectors."""

from workshop.models.catalogue import MODELS, ModelEntry, list_models
from workshop.models.classifier import load_classifier, open_classifier, predict_logits
from workshop.models.encoder import load_encoder
from workshop.models.heads import load_span_reader, load_tagger
from workshop.models.language import load_language_model, open_language_model
from workshop.models.layers import encode_layers
from workshop.models.small import make_resnet, make_t5
from workshop.models.static import load_token_embeddings
from workshop.models.texts import encode_texts, pool_mean
from workshop.models.tokens import encode_tokens, encode_word, read_head

__all__ = [
    "MODELS",
    "ModelEntry",
    "encode_layers",
    "encode_texts",
    "encode_tokens",
    "encode_word",
    "list_models",
    "load_classifier",
    "load_encoder",
    "load_language_model",
    "load_span_reader",
    "load_tagger",
    "load_token_embeddings",
    "make_resnet",
    "make_t5",
    "open_classifier",
    "open_language_model",
    "pool_mean",
    "predict_logits",
    "read_head",
]
