"""Where models are put: the device and the number format of the settings, found where they say auto."""

import contextlib
import ctypes
import gc
import os
import sys

from workshop.errors import WorkshopError
from workshop.settings import Settings, choose_device, choose_dtype

# oneDNN keeps a compiled kernel for every shape of a product that it has met, a thousand by default. Batches of texts
# have many shapes: after 30 batches of MiniLM's tuning that is 200 MB. With 20 kernels tuning takes as long.
KERNELS = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
KEPT_KERNELS = 20


def place(settings: Settings) -> tuple[str, str]:
    """Return the device and the number format that models are loaded on and in; sets PyTorch's threads.

    The memory of models that nobody holds any more is given back first: two together may be too much for 2 GB.

    Raises WorkshopError for a device that isn't there.
    """
    os.environ.setdefault(KERNELS, str(KEPT_KERNELS))
    import torch

    _free_memory()
    torch.set_num_threads(settings.threads)
    device = choose_device() if settings.device == "auto" else settings.device
    missing = {
        "cuda": not torch.cuda.is_available(),
        "mps": not torch.backends.mps.is_available(),
    }
    if missing.get(device.partition(":")[0]):
        raise WorkshopError(
            f"the settings name the device {device!r}, and PyTorch finds none. Take the processor: "
            "dataclasses.replace(settings, device='cpu', dtype='auto'). On Colab, a runtime with a T4 has cuda."
        )
    return device, choose_dtype(device) if settings.dtype == "auto" else settings.dtype


def trim_memory() -> None:
    """Let the system have the pages that this process has freed, where its C library can."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def _free_memory() -> None:
    """Drop what only points to itself, as a deleted model does, and give its memory back."""
    gc.collect()
    trim_memory()
