"""Encode Wikipedia's sentences once and write workshop/assets/vectors/ (a few minutes on one core)."""

import numpy as np

from workshop.data.haystack import load_wiki_passages
from workshop.data.wiki_vectors import FOLDER, SCALES_FILE, VALUES_FILE, quantize
from workshop.models import encode_texts
from workshop.models.encoder import load_encoder
from workshop.settings import setup


def main() -> None:
    """Write the values and the scales."""
    texts = [passage.text for passage in load_wiki_passages()]
    values, scales = quantize(encode_texts(load_encoder(setup("small")), texts))
    FOLDER.mkdir(parents=True, exist_ok=True)
    np.save(FOLDER / VALUES_FILE, values, allow_pickle=False)
    np.save(FOLDER / SCALES_FILE, scales, allow_pickle=False)
    print(f"wrote {len(values)} vectors, {values.nbytes + scales.nbytes} bytes, to {FOLDER}")


if __name__ == "__main__":
    main()
