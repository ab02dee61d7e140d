"""What lesson 04 has in its folds: a sentence encoder's weights in few bits, and how well it still searches."""

from typing import Any

import numpy as np

from studies.grouped import Figure, average_runs
from studies.prompt_or_lora.plan import LESSON
from studies.text_embeddings.estimates import score_ranks
from studies.text_embeddings.plan import K
from studies.text_embeddings.searches import passages, rank_relevant, relevant, wordings
from workshop.models import encode_texts, load_encoder
from workshop.score.results import Row
from workshop.settings import Settings

BITS_INPUTS = (
    *("prompt_or_lora/folds", "text_embeddings/searches", "text_embeddings/estimates", "retrieval_runs"),
    *("models/texts", "models/encoder", "haystack", "skerryline/handbook", "handbook_v2", "faq"),
)
# Weights that share a scale, and bits of a weight; 32: as they are.
BLOCK, WHOLE, BITS = 32, 32, (32, 8, 4, 2)
SCALE_BITS = 16
KINDS = ("question", "paraphrase")

Found = dict[str, Any]
Cell = tuple[Any, ...]


def squeeze(weights: np.ndarray, bits: int, block: int = BLOCK) -> np.ndarray:
    """Return weights as they come back from so many bits each, float32, in the same shape.

    Each block of weights that follow on one another is rounded to 2**bits levels, evenly spread from minus its largest
    magnitude to plus it; that magnitude is kept in float16. The number of weights is a multiple of the block.
    """
    blocks = weights.reshape(-1, block)  # (N, block)
    largest = np.abs(blocks).max(axis=1, keepdims=True).astype(np.float16).astype(np.float32)  # (N, 1)
    largest = np.maximum(largest, np.finfo(np.float16).smallest_subnormal)  # a block of zeros has a scale, too
    steps = 2**bits - 1
    codes = np.rint((blocks / largest + 1) / 2 * steps).clip(0, steps)  # whole numbers, the ones that are kept
    return ((codes / steps * 2 - 1) * largest).reshape(weights.shape).astype(np.float32)


def list_bits(every: int = 1) -> list[Cell]:
    """Return the runs of the encoder, one for each number of bits. every: one in so many wordings and passages."""
    return [(bits, every) for bits in BITS]


def search_in_few_bits(bits: int, every: int) -> Found:
    """Search the handbook with MiniLM whose linear layers are kept in so many bits a weight.

    Returns by wording the share of its passages among five; the size of the change, as a share of the weights' own
    (both root mean squares); how many weights; their megabytes; and the vectors' mean cosine with the whole encoder's.
    """
    import torch

    encoder = load_encoder(Settings(threads=1))
    asked = [text for _, _, text in wordings()][::every]
    wanted = relevant()[::every]
    kept = np.flatnonzero(wanted.any(axis=0) | (np.arange(wanted.shape[1]) % every == 0))
    texts = [passages(wanted.shape[1])[place] for place in kept]
    before = encode_texts(encoder, asked)
    layers = [one for one in encoder.modules() if isinstance(one, torch.nn.Linear)]
    changed = [_squeeze_layer(layer, bits) for layer in layers if bits < WHOLE]
    queries = encode_texts(encoder, asked) if changed else before
    count = sum(layer.weight.numel() for layer in layers)
    ranks = rank_relevant(queries @ encode_texts(encoder, texts).T, wanted[:, kept])
    return {
        "error": float(np.sqrt(np.divide(*np.sum(changed, axis=0)))) if changed else 0.0,
        "weights": count,
        "megabytes": count * (bits if bits == WHOLE else bits + SCALE_BITS / BLOCK) / 8e6,
        "cosine": float((before * queries).sum(axis=1).mean()),
        "recall": score_ranks(ranks)[f"recall@{K}"].tolist(),
    }


def _squeeze_layer(layer: Any, bits: int) -> tuple[float, float]:
    """Round a layer's weights in place; returns the sums of squares of the change and of the weights."""
    import torch

    old = layer.weight.detach().numpy()
    new = squeeze(old, bits)
    sums = float(((new - old) ** 2).sum()), float((old**2).sum())
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(new))
    return sums


def tell_bits(found: dict[Cell, Found], every: int = 1) -> list[Row]:
    """Return the rows of the encoder in few bits: recall for each kind of wording, and its difference to the whole."""
    groups, kinds = (np.array(one)[::every] for one in zip(*((q.document, k) for q, k, _ in wordings()), strict=True))
    rows = []
    for (bits, _), run in found.items():
        method, size = f"{bits} bits", {"megabytes": run["megabytes"], "settings": {"bits": bits, "block": BLOCK}}
        rows += [
            Row(LESSON, method, "MiniLM", name, run[name], n=run["weights"], **size) for name in ("error", "cosine")
        ]
        for kind in KINDS:
            mine = kinds == kind
            now, whole = (
                average_runs([np.array(one["recall"])[mine]], groups[mine]) for one in (run, found[WHOLE, every])
            )
            told = {f"recall@{K}": now} | ({f"recall@{K}_minus_whole": now.minus(whole)} if bits < WHOLE else {})
            rows += [
                _tell(method, f"handbook, {kind}s", name, one, int(mine.sum()), size) for name, one in told.items()
            ]
    return rows


def _tell(method: str, task: str, metric: str, one: Figure, n: int, more: Found) -> Row:
    """Return a figure with its interval as a row."""
    return Row(LESSON, method, task, metric, one.value, *one.interval, n, **more)
