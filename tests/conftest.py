"""Say at the end, in one line, how many tests were skipped for want of what, and the command that brings it."""

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

# What a reason of a skip speaks of, and the command that brings it.
WANTS = {
    "bubblewrap": (r"bubblewrap|bwrap|namespaces|jail", "apt-get install bubblewrap"),
    "Chromium": (r"Chromium", "apt-get install chromium"),
    "libraries": (r"could not import|not installed", "python3 tools/bootstrap.py dev"),
}
OTHERS = "other reasons"
SLOW_FILE = re.compile(r"^pytestmark = .*pytest\.mark\.slow", re.MULTILINE)
REASONS = pytest.StashKey[list[str]]()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where slow tests are left out, leave a file of them alone: what it imports takes seconds."""
    left_out = config.option.markexpr.startswith("not slow") and collection_path.suffix == ".py"
    return True if left_out and SLOW_FILE.search(collection_path.read_text(encoding="utf-8")) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let slow tests come first: what is short fills the time at the end, when workers wait for one another."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def sort_reason(reason: str) -> str:
    """Return what a skipped test wanted."""
    return next((want for want, (pattern, _) in WANTS.items() if re.search(pattern, reason)), OTHERS)


def tell_skips(reasons: list[str]) -> str:
    """Return the line on the tests that were skipped for these reasons; an empty text where there are none."""
    if not reasons:
        return ""
    parts = [
        f"{count} for want of {want} ({WANTS[want][1]})" if want in WANTS else f"{count} for {want} (listed above)"
        for want, count in Counter(map(sort_reason, reasons)).most_common()
    ]
    return f"{len(reasons)} test{'s' * (len(reasons) > 1)} skipped: {', '.join(parts)}."


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Keep the reasons of what was skipped."""
    found = terminalreporter.stats.get("skipped", [])
    terminalreporter.config.stash[REASONS] = [
        report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr) for report in found
    ]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write the line below everything else; with $WORKSHOP_SKIPS, for the runs before as well that named this file."""
    reasons = config.stash.get(REASONS, None)
    if reasons is None:  # a worker, not the one that reports
        return
    name = os.environ.get("WORKSHOP_SKIPS")
    if name:
        with Path(name).open("a+", encoding="utf-8") as file:
            file.writelines(json.dumps(reason) + "\n" for reason in reasons)
            file.seek(0)
            reasons = [json.loads(line) for line in file]
    if reasons:
        print(tell_skips(reasons))
