"""Memory of models: what nobody holds any more goes back to the system, and compiled kernels stay few."""

import contextlib
import ctypes
import gc
import os
import sys

# oneDNN keeps a compiled kernel for every shape of a product that it has met, a thousand by default. Batches of texts
# have many shapes: after 30 batches of MiniLM's tuning that is 200 MB. With 20 kernels tuning takes as long.
KERNELS = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
KEPT_KERNELS = 20


def make_room() -> None:
    """Drop what only points to itself, as a deleted model does, and give its memory back; before a model is loaded."""
    os.environ.setdefault(KERNELS, str(KEPT_KERNELS))  # read by oneDNN at its first product
    gc.collect()
    trim_memory()


def trim_memory() -> None:
    """Let the system have the pages that this process has freed, where its C library can."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL("libc.so.6").malloc_trim(0)
