"""Where models are put, the device and the number format of the settings; what is said where one can't be loaded."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workshop.errors import WorkshopError
from workshop.models.hub import first_line
from workshop.models.memory import make_room
from workshop.settings import Settings, choose_device, choose_dtype


def place(settings: Settings) -> tuple[str, str]:
    """Return the device and the number format that models are loaded on and in; sets PyTorch's threads.

    The memory of models that nobody holds any more is given back first: two together may be too much for 2 GB.
    Raises WorkshopError for a device that isn't there.
    """
    import torch

    make_room()
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


@contextmanager
def explain_loading(name: str, folder: Path, more: str = "") -> Iterator[None]:
    """Turn what a damaged folder makes the libraries raise into one line. more: another way to bring the model."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError:
        raise WorkshopError(
            f"{name} doesn't fit this graphics card's memory. Close other notebooks, or take workshop.setup('small')."
        ) from None
    except Exception as error:
        raise WorkshopError(
            f"can't load {name} from {folder}: {first_line(error)[:160]}. A file is damaged or missing. "
            f"Fetch it again: workshop fetch --again{more}."
        ) from None
