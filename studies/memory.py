"""The peak of memory that this process and everything it started take together, each shared page counted once."""

import threading
from pathlib import Path
from types import TracebackType

TICK = 0.25


class PeakMemory:
    """Watches a block of code. A context manager; afterwards `megabytes` is the peak (10^6 bytes), 0 if unknown."""

    def __init__(self) -> None:
        self.megabytes = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        """Read the sum again and again."""
        while not self._done.wait(TICK):
            self.megabytes = max(self.megabytes, sum(map(read_share, list_family())) / 1e6)


def list_family(process: str = "self") -> list[str]:
    """Return a process and all its descendants, as /proc names them."""
    found, place = [process], 0
    while place < len(found):
        for path in Path(f"/proc/{found[place]}/task").glob("*/children"):
            try:
                found += path.read_text().split()
            except OSError:
                continue
        place += 1
    return found


def read_share(process: str) -> int:
    """Return a process's memory in bytes, of shared pages its share (PSS); 0 where it can't be read."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
