"""Memory of models: what nobody holds any more goes back to the system, and compiled kernels stay few."""

import contextlib
import ctypes
import gc
import os
import sys

# oneDNN, and PyTorch's own cache above it, keep a compiled kernel for every shape of a product that they have met, a
# thousand by default. Batches of texts have many shapes: 12 chats and 50 short lists to tune on left 300 MB. A step has
# some thirty shapes; with so few kept, tuning and answers take as long as before.
KERNELS = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": 20, "LRU_CACHE_CAPACITY": 40}


def make_room() -> None:
    """Drop what only points to itself, as a deleted model does, and give its memory back; before a model is loaded."""
    for name, kept in KERNELS.items():
        os.environ.setdefault(name, str(kept))  # both are read at the first product
    gc.collect()
    trim_memory()


def trim_memory() -> None:
    """Let the system have the pages that this process has freed, where its C library can."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL("libc.so.6").malloc_trim(0)
