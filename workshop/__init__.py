"""Tune or Retrieve: a hands-on workshop on adapting language models."""

from typing import Any

from workshop.settings import Settings, setup

__version__ = "0.1.0"
__all__ = ["Settings", "check", "setup"]


def __getattr__(name: str) -> Any:
    """Load the checks only when a notebook asks for them, so that the import stays light."""
    if name == "check":
        from workshop.checks import check

        return check
    raise AttributeError(f"module 'workshop' has no attribute {name!r}")
