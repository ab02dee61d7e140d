"""The jailed child: reads one notebook, runs its cells, answers calls. Everything in it may turn hostile."""

import ast
import contextlib
import os
import re
import socket
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from backstage.grade.jail import imports, wire
from backstage.grade.jail.notebook import NotebookError, read_notebook
from workshop.checks.local import Printed, TimeUp, local_caller, time_limit
from workshop.checks.protocol import NOT_PLAIN, TIME_UP, Reply

MOST_CELLS = 5000
MOST_REMARKS = 20
LONGEST_TEXT = 500
BATCH_SECONDS = 1.0
TOO_LARGE = Reply(error_type=NOT_PLAIN, error_text="a value that is too large or has too many parts")
IN_DEMONSTRATION = "its cell begins as a demonstration does, and those are left out"
IN_TEXT = "it stands in a cell of text"
NOT_RUN = "its cell was left out"


class Notebook:
    """A submitted notebook's code cells and the shell that runs them."""

    def __init__(self, shell: Any) -> None:
        self.shell, self.cells = shell, []
        self._stopped: dict[int, str] = {}
        self._unused: dict[str, list[str]] = {IN_DEMONSTRATION: [], IN_TEXT: []}
        self._missed: list[str] = []

    def open(self, content: bytes, demonstration: str) -> list[Any]:
        """Read the cells, demonstrations left out; all cells' imports follow the set-up.

        Returns their number, why the bytes are no notebook, and remarks on what could not be read.
        """
        try:
            notebook, remarks = read_notebook(content)
        except NotebookError as error:
            return [0, str(error), []]
        pattern, every = re.compile(demonstration), []
        for cell in (cell for sheet in notebook.get("worksheets", [notebook]) for cell in sheet["cells"]):
            source = cell["source"] if "source" in cell else cell.get("input", "")
            code = cell["cell_type"] == "code"
            every.append((source, code))
            if not code:
                self._unused[IN_TEXT].append(source)
            elif pattern.match(source):
                self._unused[IN_DEMONSTRATION].append(source)
            elif source.strip():
                self.cells.append(source)
        remarks += [f"only its first {MOST_CELLS} cells were run"] if len(self.cells) > MOST_CELLS else []
        self.cells = self.cells[:MOST_CELLS]
        after = next((place for place, source in enumerate(self.cells, 1) if imports.is_set_up(source)), 0)
        self.cells[after:after] = imports.list_imports(every, self.shell.transform_cell, bool(remarks))
        return [len(self.cells), "", remarks]

    def run(self, number: int, seconds: float) -> list[str]:
        """Run one cell as Jupyter would, output dropped; return the imports that were passed over."""
        self._missed.clear()
        imports.install(self.shell, self._missed.append)
        self._stopped[number] = f"its cell ran longer than {seconds:g} s"
        with contextlib.suppress(TimeUp), time_limit(seconds):
            result = self.shell.run_cell(self.cells[number], store_history=False, silent=True)
            error = result.error_before_exec or result.error_in_exec
            self._stopped[number] = f"its cell stopped: {imports.describe(error)}" if error is not None else ""
        return [text[:LONGEST_TEXT] for text in self._missed]

    def look(self, function: str) -> list[Any]:
        """Return how often the notebook defines a function, whether it is there in the end, and what stopped its cell.

        Where there is none, the last says why, or is "".
        """
        written = re.compile(rf"\bdef[\s\\]+{function}\b")
        several = [(number, source) for number, source in enumerate(self.cells) if written.search(source)]
        counts = {number: self._count(source, function) for number, source in several}
        there = callable(self.shell.user_ns.get(function))
        last = max((number for number, count in counts.items() if count != 0), default=None)
        why = "" if last is None else self._stopped.get(last, NOT_RUN)
        if not there and last is None:
            why = next((why for why, cells in self._unused.items() if any(map(written.search, cells))), "")
        if not there and not why and function in self.shell.user_ns:
            why = f"in the end the name stands for something else: {type(self.shell.user_ns[function]).__name__}"
        return [sum(filter(None, counts.values())), there, why[:LONGEST_TEXT]]

    def _count(self, source: str, function: str) -> int | None:
        """Return how often a cell defines a function at its top; None where it can't be read as Python."""
        try:
            body = ast.parse(self.shell.transform_cell(source)).body
        except Exception:
            return None
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


def prove(filtered: bool) -> dict[str, Any]:
    """Return what this process may do, as the kernel tells; without a kernel that tells, nothing is known.

    filtered: whether it has installed a filter of its own; the kernel's word alone could be for one of a container.
    """
    path = Path("/proc/self/status")
    facts = dict(line.split(":", 1) for line in path.read_text().splitlines()) if path.is_file() else {}
    held = [int(facts.get(name, "0"), 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")]
    others = [name for _, name in socket.if_nameindex() if name != "lo"]
    privileges, mode = int(facts.get("NoNewPrivs", 0)), int(facts.get("Seccomp", 0)) if filtered else 0
    found = {"capabilities": sum(held), "privileges": privileges, "first": os.getpid() == 1, "net": len(others)}
    return found | {"seccomp": mode}


def serve(connection: socket.socket, shell: Any, filtered: bool = False) -> None:
    """Answer requests until the connection closes; each is a list of a number, what to do, and arguments.

    filtered: whether system calls are filtered.
    """
    notebook = Notebook(shell)
    actions = {"prove": lambda: prove(filtered), "open": notebook.open, "run": notebook.run, "look": notebook.look}
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
