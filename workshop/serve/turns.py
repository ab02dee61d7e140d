"""Who computes: one at a time, in the order asked; a training makes way for answers after each step."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WAIT = 5.0
LOOK = 0.02


class Turns:
    """A lock that is given in the order asked: `with turns:` is one turn.

    An answer takes a turn for each token and a training one for each step: two at once are slower than one after the
    other, and their memory adds up.
    """

    def __init__(self) -> None:
        self._queue: deque[Any] = deque()
        self._guard = threading.Lock()
        self._answers = 0

    def __enter__(self) -> None:
        mine = threading.Lock()
        mine.acquire()
        with self._guard:
            self._queue.append(mine)
            is_free = len(self._queue) == 1
        if not is_free:
            mine.acquire()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            self._queue.popleft()
            if self._queue:
                self._queue[0].release()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Tell, while a `with` block lasts, that an answer is being written."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def make_way(self, wait: float = WAIT) -> None:
        """Give up one's turn until no answer is being written, or for `wait` seconds; then take it again."""
        self.__exit__()
        until = time.monotonic() + wait
        while self._answers and time.monotonic() < until:
            time.sleep(LOOK)
        self.__enter__()

    def _count(self, more: int) -> None:
        with self._guard:
            self._answers += more
