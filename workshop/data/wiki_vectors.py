"""Vectors at scale: 14,000 of Wikipedia's sentences, encoded once, and more that behave like them."""

from pathlib import Path

import numpy as np

from workshop.errors import WorkshopError

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "vectors"
VALUES_FILE = "wiki_int8.npy"
SCALES_FILE = "wiki_scales.npy"
LEVELS = 127
NEAREST = 10
# The whole difference spreads the made ones too far, half of it leaves them too near: see tests/test_haystack.py.
STEP = 0.75
BLOCK = 2048


def quantize(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Round vectors (N, D) to int8: returns values (N, D), int8, and a scale for each vector (N,), float32."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / LEVELS
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def restore(values: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Return the unit vectors, shape (N, D), float32, of int8 values (N, D) and scales (N,)."""
    vectors = values.astype(np.float32) * scales[:, None]
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def load_wiki_vectors(folder: Path = FOLDER) -> np.ndarray:
    """Load MiniLM's unit vectors of load_wiki_passages, shape (14000, 384), float32 (shipped as int8, 5.4 MB).

    Raises WorkshopError where the files are missing or don't belong together.
    """
    again = "They belong to the package: install it again, pip install -e ."
    try:
        values, scales = (np.load(folder / name, allow_pickle=False) for name in (VALUES_FILE, SCALES_FILE))
    except (OSError, ValueError) as error:
        raise WorkshopError(f"can't read the vectors in {folder}: {error}. {again}") from None
    if values.dtype != np.int8 or scales.shape != (len(values),):
        raise WorkshopError(f"{VALUES_FILE} and {SCALES_FILE} in {folder} don't belong together. {again}")
    return restore(values, scales)


def enlarge(vectors: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """Return the vectors followed by made ones near them, `count` in all: shape (count, D), float32, length 1.

    vectors: unit vectors (N, D), N above 10. A made one is a real one moved by three quarters of the difference of
    two others near it, so it leaves in directions in which its neighbours differ, not in all 384 at once. They stand
    for size only: nothing about texts follows from them. A count below N gives the first of the real ones.
    Raises WorkshopError for fewer than 11 vectors.
    """
    if len(vectors) <= NEAREST:
        raise WorkshopError(f"expected more than {NEAREST} vectors to make others near them, got {len(vectors)}.")
    extra = max(0, count - len(vectors))
    if not extra:
        return np.array(vectors[:count], dtype=np.float32)
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, len(vectors), extra)
    near = find_near(vectors, np.unique(starts), NEAREST)
    neighbours = near[np.searchsorted(np.unique(starts), starts)]
    picked = rng.permuted(np.tile(np.arange(NEAREST), (extra, 1)), axis=1)[:, :2]
    first, second = (vectors[np.take_along_axis(neighbours, picked[:, [side]], axis=1)[:, 0]] for side in (0, 1))
    made = vectors[starts] + STEP * (first - second)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return np.concatenate([vectors, made]).astype(np.float32)


def find_near(vectors: np.ndarray, rows: np.ndarray, k: int) -> np.ndarray:
    """Return for some rows of unit vectors (N, D) the k nearest others by cosine, shape (len(rows), k), exact."""
    found = np.empty((len(rows), k), dtype=np.int64)
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        scores = vectors[block] @ vectors.T
        scores[np.arange(len(block)), block] = -np.inf
        found[start : start + BLOCK] = np.argpartition(-scores, k, axis=1)[:, :k]
    return found
