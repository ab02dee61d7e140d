"""Profiles: one notebook in two sizes."""

import importlib.util
import os
import platform
import shutil
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

from workshop.errors import WorkshopError, unknown
from workshop.threads import choose_threads, set_threads

CPU_INFO = Path("/proc/cpuinfo")
# What processors that compute in bfloat16 call it: Zen 4 and Cooper Lake, Sapphire Rapids, Arm.
BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}
# Where the drivers of NVIDIA's cards, of AMD's and of Windows' Linux show themselves.
GRAPHICS_CARDS = tuple(Path("/dev") / name for name in ("nvidiactl", "nvidia0", "kfd", "dxg"))


@dataclass(frozen=True)
class Settings:
    """What a notebook runs on.

    profile: small or large. encoder, language_model: names that the loaders know. device: cuda, mps or cpu; dtype: the
    number format that language models are loaded in; auto: what this machine does best, found when a model is loaded.
    threads: how many threads numerical libraries may use. seed: where randomness starts.
    data: a folder of the user's own texts, or None for Skerryline's.
    """

    profile: str = "small"
    encoder: str = "minilm-wheel"
    language_model: str = "smollm2-wheel"
    device: str = "auto"
    dtype: str = "auto"
    threads: int = 1
    seed: int = 0
    data: Path | None = None


PROFILES = {
    "small": {},
    "large": {"encoder": "gte-base", "language_model": "qwen3-0.6b"},
}
# What profiles were called before: course folders made then still name them.
OLD_NAMES = {"tiny": "small", "laptop": "large", "gpu": "large"}


def setup(profile: str | None = None, *, data: str | Path | None = None, seed: int = 0) -> Settings:
    """Choose a profile, say in one line what was chosen, and return its settings.

    profile: small or large; without it the environment's WORKSHOP_PROFILE, else small.
    data: a folder of your own texts; without it the environment's WORKSHOP_DATA, else Skerryline.
    Raises WorkshopError for an unknown profile or a folder that can't be read.
    """
    name = read_profile(profile or os.environ.get("WORKSHOP_PROFILE") or "small")
    folder = data or os.environ.get("WORKSHOP_DATA") or None
    threads = choose_threads()
    set_threads(threads)
    device = choose_device()
    chosen = {"device": device, "dtype": choose_dtype(device), "threads": threads, "seed": seed}
    settings = Settings(profile=name, data=_readable(folder), **PROFILES[name], **chosen)
    print(describe(settings))
    return settings


def read_profile(name: str) -> str:
    """Return a profile's name, of an old one its present name with one line; raises WorkshopError for others."""
    if name in OLD_NAMES:
        print(f"The profile {name!r} is called {OLD_NAMES[name]!r} now.")
        name = OLD_NAMES[name]
    if name not in PROFILES:
        raise unknown("profile", name, PROFILES)
    return name


def describe(settings: Settings) -> str:
    """Return one line that says what was chosen, and on which device."""
    threads = f"{settings.threads} thread{'s' * (settings.threads > 1)}"
    where = f"on {settings.device} in {settings.dtype}, {threads}"
    is_slow = settings.profile == "large" and settings.device == "cpu"
    slow = "; it was made for a graphics card and is slow without" if is_slow else ""
    return f"Profile {settings.profile}: {settings.encoder} and {settings.language_model}, {where}{slow}."


def choose_device() -> str:
    """Return cuda, else mps, else cpu. PyTorch is asked, and imported, only where a graphics card shows itself."""
    apple = sys.platform == "darwin" and platform.machine() == "arm64"
    shown = any(path.exists() for path in GRAPHICS_CARDS) or (os.name == "nt" and bool(shutil.which("nvidia-smi")))
    if not (apple or shown) or importlib.util.find_spec("torch") is None:
        return "cpu"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an old driver is warned about at every start
        import torch

        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"


def choose_dtype(device: str, cpu_info: Path = CPU_INFO) -> str:
    """Return the number format that a device computes language models in best.

    cuda: bfloat16 from Ampere on, float16 before, as on a T4. mps: float32. cpu: bfloat16 where Linux names it among
    the processor's abilities, else float32, which takes 1.6 times as long and is always right.
    """
    if device == "cuda":
        import torch

        return "bfloat16" if torch.cuda.get_device_capability()[0] >= 8 else "float16"
    if device != "cpu":
        return "float32"
    try:
        text = cpu_info.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "float32"
    lines = (line.partition(":") for line in text.splitlines())
    able = next((set(flags.split()) for name, _, flags in lines if name.strip() in ("flags", "Features")), set())
    return "bfloat16" if able & BFLOAT16_FLAGS else "float32"


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
