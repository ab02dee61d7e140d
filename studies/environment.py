"""What a measurement ran on."""

import os
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any


def describe_versions(libraries: Iterable[str]) -> dict[str, str]:
    """Return the versions of Python and of the installed ones among these libraries."""
    found = {"python": platform.python_version()}
    for name in libraries:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def describe_machine() -> dict[str, Any]:
    """Return the kind of machine: system, processor type, cores, gigabytes of memory."""
    found: dict[str, Any] = {"system": sys.platform, "processor": platform.machine(), "cores": os.cpu_count()}
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        found["memory_gb"] = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)
    return found
