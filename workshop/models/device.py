"""Where models are put: the device and the number format of the settings, found where they say auto."""

from workshop.errors import WorkshopError
from workshop.settings import Settings, choose_device, choose_dtype


def place(settings: Settings) -> tuple[str, str]:
    """Return the device and the number format that models are loaded on and in; sets PyTorch's threads.

    Raises WorkshopError for a device that isn't there.
    """
    import torch

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
