"""The jailed child: reads one notebook, runs its cells, answers calls. Everything in it may turn hostile."""

import ast
import contextlib
import json
import os
import re
import socket
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from backstage.grade.jail import wire
from workshop.checks.local import Printed, TimeUp, local_caller, time_limit
from workshop.checks.protocol import NOT_PLAIN, TIME_UP, Reply

ANSWER_ID = "ex-"
MOST_CELLS = 5000
LONGEST_TEXT = 500
BATCH_SECONDS = 1.0
TOO_LARGE = Reply(error_type=NOT_PLAIN, error_text="a value that is too large or has too many parts")


class Notebook:
    """A submitted notebook's code cells and the shell that runs them."""

    def __init__(self, shell: Any) -> None:
        self.shell, self.cells = shell, []

    def open(self, content: bytes, demonstration: str) -> int:
        """Read the cells, demonstrations left out, and return their number.

        Raises ValueError or LookupError for bytes that are no notebook.
        """
        notebook = json.loads(content.decode("utf-8-sig"))
        sheets = notebook.get("worksheets", [notebook])
        sources = [_code_of(cell) for sheet in sheets for cell in sheet["cells"]]
        pattern = re.compile(demonstration)
        self.cells = [source for source in sources if source.strip() and not pattern.match(source)][:MOST_CELLS]
        return len(self.cells)

    def run(self, number: int, seconds: float) -> None:
        """Run one cell as Jupyter would, errors and output dropped."""
        with contextlib.suppress(TimeUp), time_limit(seconds):
            self.shell.run_cell(self.cells[number], store_history=False, silent=True)

    def look(self, function: str) -> list[Any]:
        """Return how often the notebook defines a function and whether the name stands for one in the end."""
        written = re.compile(rf"\bdef[\s\\]+{function}\b")
        count = sum(self._count(source, function) for source in self.cells if written.search(source))
        return [count, callable(self.shell.user_ns.get(function))]

    def _count(self, source: str, function: str) -> int:
        """Return how often a cell defines a function at its top."""
        try:
            body = ast.parse(self.shell.transform_cell(source)).body
        except Exception:
            return 0
        return sum(isinstance(node, ast.FunctionDef) and node.name == function for node in body)

    def call(self, function: str, seconds: float, tensors: bool, questions: bytes) -> bytes:
        """Call a function of the notebook on several lists of arguments, and stop early where that takes long.

        tensors: whether arrays reach it as torch tensors. questions: the lists, as they travel.
        Returns the replies as they travel; b"" where they are too large together.
        """
        several, replies = wire.decode(questions), []
        start = time.perf_counter()
        for arguments in several:
            replies.append(local_caller(self.shell.user_ns[function], seconds, tensors=tensors)(*arguments))
            if replies[-1].error_type == TIME_UP or time.perf_counter() - start > BATCH_SECONDS:
                break
        return _pack(replies) or (_pack([TOO_LARGE]) if len(several) == 1 else b"")


def _pack(replies: Sequence[Reply]) -> bytes:
    """Return replies as they travel; b"" where they are too large for one frame."""
    try:
        content = wire.encode([_as_list(reply) for reply in replies])
    except (wire.WireError, RecursionError):
        return b""
    return content if len(content) < wire.MOST_BYTES - 100 else b""


def _as_list(reply: Reply) -> list[Any]:
    """Return a reply as a list that can travel."""
    return [reply.value, reply.error_type, reply.error_text[:LONGEST_TEXT], bool(reply.stdout), reply.mutated]


def _code_of(cell: dict[str, Any]) -> str:
    """Return a cell's code; "" for a text, unless it is an answer that was made text by accident."""
    grading = cell.get("metadata", {}).get("nbgrader")
    name = str(grading.get("grade_id")) if isinstance(grading, dict) else ""
    if cell["cell_type"] != "code" and not name.startswith(ANSWER_ID):
        return ""
    source = cell["source"] if "source" in cell else cell.get("input", "")
    return source if isinstance(source, str) else "".join(source)


def prove() -> dict[str, Any]:
    """Return what this process may do, as the kernel tells; without a kernel that tells, nothing is known."""
    path = Path("/proc/self/status")
    facts = dict(line.split(":", 1) for line in path.read_text().splitlines()) if path.is_file() else {}
    held = [int(facts.get(name, "0"), 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")]
    others = [name for _, name in socket.if_nameindex() if name != "lo"]
    privileges = int(facts.get("NoNewPrivs", 0))
    return {"capabilities": sum(held), "privileges": privileges, "first": os.getpid() == 1, "net": len(others)}


def serve(connection: socket.socket, shell: Any) -> None:
    """Answer requests until the connection closes; each is a list of a number, what to do, and arguments."""
    notebook = Notebook(shell)
    actions = {"prove": prove, "open": notebook.open, "run": notebook.run, "look": notebook.look}
    actions["call"] = notebook.call
    while True:
        number, action, *arguments = wire.receive(connection, most=2 * wire.MOST_BYTES)
        sys.stdout, sys.stderr = Printed(), Printed()
        connection.setblocking(True)
        _answer(connection, number, actions[action], arguments)


def _answer(connection: socket.socket, number: int, action: Callable[..., Any], arguments: list[Any]) -> None:
    """Do what is asked and send the result under the request's number."""
    try:
        result = action(*arguments)
    except Exception:
        result = "failed"
    wire.send(connection, [number, result])
