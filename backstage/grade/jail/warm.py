"""The warm parent: imports the libraries once inside the jail, then forks a child a submission. Runs nothing itself."""

import array
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from backstage.grade.jail import child, confine, quiet
from backstage.grade.jail.imports import SET_UP

TICK = 0.1
DESCRIPTORS = 2


def main(options: dict[str, Any]) -> None:
    """Warm up, say so, and fork a child for each request until the connection closes.

    options: fd, jailed (whether to confine children), own_user (whether children need a user namespace), libraries,
    places (folders that children may write to), first_user and users (the ids that root gives to children), megabytes
    and processes (what one child may take).
    """
    control = socket.socket(fileno=options["fd"])
    gc.disable()
    quiet.install()
    shell = make_shell()
    loaded = warm_up(options["libraries"])
    if options["jailed"]:
        confine.set_dumpable(False)
    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    threads = len(os.listdir("/proc/self/task")) if Path("/proc/self/task").is_dir() else 0
    control.sendall(json.dumps({"loaded": loaded, "threads": threads}).encode() + b"\n")
    for number in range(sys.maxsize):
        descriptors = receive_descriptors(control)
        if descriptors is None:
            os._exit(0)
        if os.fork() == 0:
            control.close()
            guard(*descriptors, options, number, shell)
        for descriptor in descriptors:
            os.close(descriptor)


def make_shell() -> Any:
    """Return an IPython shell without kernel, history, threads and screen, its set-up run."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    shell = InteractiveShell.instance(config=config)
    for name in ("showtraceback", "showsyntaxerror", "show_usage_error", "enable_gui"):
        setattr(shell, name, lambda *_, **__: None)
    shell.run_cell(SET_UP, store_history=False, silent=True)
    return shell


def warm_up(libraries: Sequence[str]) -> list[str]:
    """Import those libraries that are installed; return their names."""
    loaded = []
    for name in libraries:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
            loaded.append(name)
    if "torch" in loaded:
        sys.modules["torch"].set_num_threads(1)
    return loaded


def receive_descriptors(control: socket.socket) -> list[int] | None:
    """Wait for a request and return its two descriptors; None where the connection is closed."""
    room = socket.CMSG_SPACE(DESCRIPTORS * array.array("i").itemsize)
    content, parts, *_ = control.recvmsg(1, room)
    found = array.array("i")
    for _, _, data in parts:
        found.frombytes(data)
    return list(found) if content and len(found) == DESCRIPTORS else None


def guard(talk: int, life: int, options: dict[str, Any], number: int, shell: Any) -> NoReturn:
    """Start the child in namespaces of its own; end it, by its PID 1, when told or when it takes too much."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if options["jailed"]:
            confine.set_dumpable(True)
            confine.enter_namespaces(options["own_user"])
        process = os.fork()
        if process == 0:
            os.close(life)
            _enter(talk, options, number, shell)
        os.close(talk)
        os.write(life, watch(process, life, options))
    finally:
        os._exit(0)


def _enter(talk: int, options: dict[str, Any], number: int, shell: Any) -> NoReturn:
    """Take every right from this process, then serve the submission. Never returns."""
    filtered = False
    try:
        os.setsid()
        _close_others(talk)
        if options["jailed"]:
            Path("/proc/self/oom_score_adj").write_text("1000")
            user = 1000 if options["own_user"] else options["first_user"] + number % options["users"]
            confine.mount_own(user, options["places"])
            confine.become(user, options["own_user"])
            confine.limit_resources(options["megabytes"])
            with contextlib.suppress(OSError):  # what the child proves says so
                filtered = confine.filter_calls()
            os.chdir(options["places"][0])
        child.serve(socket.socket(fileno=talk), shell, filtered)
    finally:
        os._exit(0)


def _close_others(kept: int) -> None:
    """Close every descriptor but one; the standard ones lead nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    for name in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else range(3, 256):
        if int(name) > 2 and int(name) != kept:
            with contextlib.suppress(OSError):
                os.close(int(name))


def watch(process: int, life: int, options: dict[str, Any]) -> bytes:
    """Wait until the child ends or has to be ended; return why: told, memory, processes, or nothing."""
    base, why = _read_memory(process), b""
    while not why:
        if select.select([life], [], [], TICK)[0]:
            why = b"told"
        elif os.waitpid(process, os.WNOHANG)[0]:
            return b"ended"
        else:
            why = _judge(process, base, options)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process, 0)
    return why


def _judge(process: int, base: int, options: dict[str, Any]) -> bytes:
    """Return what the child and its descendants have too much of: memory or processes, or nothing."""
    family = _family(process, options["processes"] + 1)
    if len(family) > options["processes"]:
        return b"processes"
    grown = sum(max(0, _read_memory(one) - base) for one in family)
    return b"memory" if grown > options["megabytes"] * confine.MEGABYTE else b""


def _family(process: int, most: int) -> list[int]:
    """Return a process and its descendants; orphans are the children of its PID 1, which is the process itself."""
    found, place = [process], 0
    while place < len(found) and len(found) <= most:
        for path in Path(f"/proc/{found[place]}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, path.read_text().split())
        place += 1
    return found


def _read_memory(process: int) -> int:
    """Return a process's memory that is no file's, in bytes; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "RssShmem:")))
