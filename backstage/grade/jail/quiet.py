"""The workshop as a jailed notebook sees it: checks that say nothing, and no part that knows an answer."""

import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

REAL = ("checks", "data", "errors", "settings", "threads")


class Quiet:
    """Stands in for everything of the workshop that grading leaves out; is no answer to any exercise."""

    def __getattr__(self, name: str) -> "Quiet":
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> "Quiet":
        """Do nothing."""
        return self

    def __iter__(self) -> Iterator["Quiet"]:
        return iter(())

    def __repr__(self) -> str:
        return "left out while grading"


class Checks:
    """What `from workshop import check` gives here: every check is silent and gives nothing."""

    def __getattr__(self, name: str) -> "Checks":
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> None:
        """Say nothing."""


class QuietFinder:
    """Finds a quiet module for each part of the workshop that grading leaves out."""

    def find_spec(self, name: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        """Return what makes the module, or None for modules that are real."""
        parts = name.split(".")
        left_out = parts[0] == "workshop" and len(parts) > 1 and parts[1] not in REAL
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if left_out else None

    def create_module(self, _: Any) -> None:
        """Let Python make the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Let every name of the module be there."""
        module.__getattr__ = _quiet_name


def _quiet_name(name: str) -> Quiet:
    """Return what stands for a module's name."""
    if name.startswith("_"):
        raise AttributeError(name)
    return Quiet()


def ready(function: Any, _: str = "") -> Any:
    """Return the learner's function: here there is no other."""
    return function


def install(meta_path: Sequence[Any] = sys.meta_path) -> None:
    """Let imports of the workshop's other parts succeed, before anything else is asked."""
    meta_path.insert(0, QuietFinder())


check = Checks()
