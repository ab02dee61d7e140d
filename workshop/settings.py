"""Profiles: one notebook in three sizes."""

import os
from dataclasses import dataclass
from pathlib import Path

from workshop.errors import WorkshopError, unknown
from workshop.threads import choose_threads, set_threads


@dataclass(frozen=True)
class Settings:
    """What a notebook runs on.

    profile: tiny, laptop or gpu. encoder, language_model: names that the loaders know.
    device: cpu or cuda. dtype: the number format that language models are loaded in.
    threads: how many threads numerical libraries may use. seed: where randomness starts.
    data: a folder of the user's own texts, or None for Skerryline's.
    """

    profile: str = "tiny"
    encoder: str = "minilm-wheel"
    language_model: str = "tiny-lm"
    device: str = "cpu"
    dtype: str = "float32"
    threads: int = 1
    seed: int = 0
    data: Path | None = None


PROFILES = {
    "tiny": {},
    "laptop": {"encoder": "minilm-hub", "language_model": "smollm2-135m"},
    "gpu": {"encoder": "gpu-encoder", "language_model": "gpu-instruct", "device": "cuda", "dtype": "float16"},
}


def setup(profile: str | None = None, *, data: str | Path | None = None, seed: int = 0) -> Settings:
    """Choose a profile and return its settings.

    profile: tiny, laptop or gpu; without it the environment's WORKSHOP_PROFILE, else tiny.
    data: a folder of your own texts; without it the environment's WORKSHOP_DATA, else Skerryline.
    Raises WorkshopError for an unknown profile or a folder that can't be read.
    """
    name = profile or os.environ.get("WORKSHOP_PROFILE") or "tiny"
    if name not in PROFILES:
        raise unknown("profile", name, PROFILES)
    folder = data or os.environ.get("WORKSHOP_DATA") or None
    threads = choose_threads()
    set_threads(threads)
    return Settings(profile=name, threads=threads, seed=seed, data=_readable(folder), **PROFILES[name])


def _readable(folder: str | Path | None) -> Path | None:
    """Return the folder as an absolute path, or raise where it can't be listed."""
    if folder is None:
        return None
    path = Path(folder).expanduser().absolute()
    try:
        next(path.iterdir(), None)
    except OSError as error:
        raise WorkshopError(
            f"can't read the data folder {path}: {error.strerror}. "
            "Give a folder that exists and that you may read, or unset WORKSHOP_DATA to use Skerryline."
        ) from None
    return path
