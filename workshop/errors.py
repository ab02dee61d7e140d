"""What the workshop raises: one readable line each, with the next step."""

import difflib
import importlib
import importlib.util
from collections.abc import Iterable
from types import ModuleType
from typing import Any

MOST_KNOWN = 20
MOST_SHOWN = 100
INSTALL = 'pip install -e ".[{extra}]"'


class WorkshopError(Exception):
    """Something the user can put right; its text says what, why and what to do."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows: the message alone, without a trace."""
        return [f"{type(self).__name__}: {self}"]


class MissingExtra(WorkshopError, ImportError):
    """A library that an optional part needs is not installed."""


class NotYet(Exception):
    """An exercise that does not pass yet; its text is the diagnosis.

    shown: whether the diagnosis is on the page already (the coloured box of a notebook).
    """

    def __init__(self, text: str, *, shown: bool = False) -> None:
        super().__init__(text)
        self.shown = shown

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows: one line under the box, or the whole diagnosis."""
        text = str(self)
        return [text.splitlines()[0] if self.shown else text]


class NotWritten(NotYet, NotImplementedError):
    """An exercise whose function still is the stub."""


def unknown(kind: str, value: object, known: Iterable[str]) -> WorkshopError:
    """Return the error for a name that is not among the known ones, with the nearest and the first of them."""
    names = sorted(known)
    near = difflib.get_close_matches(str(value), names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    more = f" and {len(names) - MOST_KNOWN:,} more" if len(names) > MOST_KNOWN else ""
    shown = f"{value!r}"
    shown = shown if len(shown) <= MOST_SHOWN else f"{shown[:MOST_SHOWN]}…"
    return WorkshopError(f"unknown {kind} {shown}.{hint} Known: {', '.join(names[:MOST_KNOWN])}{more}.")


def take_list(items: Iterable[Any], what: str, call: str) -> list[Any]:
    """Return items as a list, so that a generator is read once and nothing of it is lost.

    what: what the items are, such as texts; call: how a single one is given. Raises WorkshopError for a single string
    and for what holds no items.
    """
    if isinstance(items, str | bytes):
        raise WorkshopError(f"expected a list of {what}, got one string. For one, use {call}.")
    if not isinstance(items, Iterable):
        raise WorkshopError(f"expected a list of {what}, got {type(items).__name__}. For one, use {call}.")
    return list(items)


def require(module: str, extra: str) -> ModuleType:
    """Import a library of an optional part.

    module: its import name; extra: the part of pyproject.toml that installs it.
    Raises MissingExtra with the pip line where the library is not installed.
    """
    if importlib.util.find_spec(module.partition(".")[0]) is None:
        line = INSTALL.format(extra=extra)
        raise MissingExtra(f"this step needs {module}. Install it with: {line}")
    return importlib.import_module(module)
