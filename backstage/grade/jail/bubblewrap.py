"""Start the jail: bubblewrap around a warm parent, which gives a confined child whenever one is asked for."""

import array
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from typing import Any

from backstage.grade.jail import box
from backstage.grade.jail.cell import CONFINED, END_SECONDS, Cell, examine
from backstage.grade.temporary import TemporaryFolder
from workshop.errors import WorkshopError

LIGHT = ("numpy", "scipy.stats")
MEGABYTES = 1024
PROCESSES = 64
WARM_SECONDS = 180.0
TRIES = 3
FIRST_USER, USERS_EACH, GRADERS = 1_879_048_192, 10_000, 20_000
CAPABILITIES = ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "KILL", "SYS_PTRACE", "SETFCAP")
NAMESPACES = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
START = """import json, sys
sys.path.insert(0, {box!r})
from backstage.grade.jail.warm import main
main(json.loads(sys.argv[1]))
"""
REFUSAL = (
    "can't jail students' code on this machine: {why}. {fix} Or grade without a jail, where their code can read and "
    "change whatever you can, with --unsafe."
)
INSTALL = "Install bubblewrap (apt install bubblewrap, dnf install bubblewrap)."
ALLOW = (
    "Allow user namespaces (Ubuntu 24.04: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0), or grade as "
    "root. In a container: start it with --privileged, or grade outside it."
)
PROCESSORS = "Grade on a machine with an x86-64 or a 64-bit Arm processor and a kernel with seccomp."
ELSEWHERE = "Grade on Linux: in WSL on Windows, in a virtual machine on a Mac."


class NoFilterError(WorkshopError):
    """A machine whose system calls can't be filtered."""


def first_user() -> int:
    """Return the first of the user ids that this process gives to children, where root gives each its own."""
    return FIRST_USER + os.getpid() % GRADERS * USERS_EACH


class Jail:
    """A warm parent in its jail. Safe for threads; a parent that is gone is replaced.

    libraries: what it imports beforehand. unsafe: no jail at all. Raises WorkshopError where there can be none.
    """

    def __init__(self, libraries: Sequence[str] = LIGHT, unsafe: bool = False) -> None:
        self._lock, self._unsafe, self._libraries = threading.Lock(), unsafe, tuple(libraries)
        self._folder = TemporaryFolder()
        self._process: subprocess.Popen[bytes] | None = None
        self.facts: dict[str, Any] = {}
        try:
            box.fill_box(self._folder.path)
            self._start_first()
        except BaseException:
            self._folder.cleanup()
            raise

    def _start_first(self) -> None:
        """Start the warm parent, or say why this machine has no jail to give."""
        if not hasattr(os, "fork") or (sys.platform != "linux" and not self._unsafe):
            raise WorkshopError(REFUSAL.format(why=f"{sys.platform} has no namespaces", fix=ELSEWHERE))
        if not self._unsafe and shutil.which("bwrap") is None:
            raise WorkshopError(REFUSAL.format(why="bubblewrap (bwrap) is not installed", fix=INSTALL))
        self._own_user = os.geteuid() != 0
        try:
            self._start()
            self._prove()
        except WorkshopError as error:
            self._stop()
            fix = PROCESSORS if isinstance(error, NoFilterError) else ALLOW
            raise WorkshopError(REFUSAL.format(why=error, fix=fix)) from None

    def _start(self) -> None:
        """Start the warm parent and wait until it is warm."""
        ours, theirs = socket.socketpair()
        options = {
            "fd": theirs.fileno(),
            "jailed": not self._unsafe,
            "own_user": self._own_user,
            "first_user": first_user(),
            "users": USERS_EACH,
            "libraries": self._libraries,
            "places": [box.SCRATCH, "/dev/shm", "/tmp"],
            "megabytes": MEGABYTES,
            "processes": PROCESSES,
        }
        with theirs, tempfile.TemporaryFile() as errors:
            self._process = subprocess.Popen(
                self._command(options),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=box.environment() if not self._unsafe else os.environ | box.environment(),
                pass_fds=[theirs.fileno()],
                cwd="/",
            )
            theirs.close()
            self._control = ours
            self.facts = self._read_facts(errors)

    def _command(self, options: dict[str, Any]) -> list[str]:
        """Return the command that runs the warm parent."""
        if self._unsafe:
            options["places"] = [str(self._folder.path)]
            return [sys.executable, "-I", "-c", START.format(box=str(self._folder.path)), json.dumps(options)]
        command = [shutil.which("bwrap"), *NAMESPACES, "--new-session", "--hostname", "grading"]
        command += ["--unshare-user", "--uid", "0", "--gid", "0"] if self._own_user else []
        command += [word for name in CAPABILITIES for word in ("--cap-add", f"CAP_{name}")]
        command += [*box.mounts(self._folder.path), "--proc", "/proc", "--dev", "/dev"]
        command += ["--tmpfs", box.SCRATCH, "--dir", "/tmp", "--chdir", "/"]
        command += ["--remount-ro", "/dev", "--remount-ro", "/"]
        return [*command, box.find_python(), "-I", "-c", START.format(box=box.BOX), json.dumps(options)]

    def _read_facts(self, errors: Any) -> dict[str, Any]:
        """Return the line that the warm parent writes when it is ready; raise WorkshopError with its last words."""
        line = b""
        try:
            self._control.settimeout(WARM_SECONDS)
            while not line.endswith(b"\n"):
                part = self._control.recv(4096)
                if not part:
                    break
                line += part
            return json.loads(line)
        except (OSError, ValueError):
            errors.seek(0)
            words = errors.read()[-4000:].decode("utf-8", "replace").split("\n")
            said = next((word for word in reversed(words) if word.strip()), "no word")
            raise WorkshopError(f"the warm parent didn't start ({said.strip()})") from None

    def _prove(self) -> None:
        """Start one child and let it answer, so that a jail that doesn't hold is seen before anybody's code runs."""
        cell = self._ask()
        found = examine(cell)
        cell.end()
        if not self._unsafe and found and found != CONFINED and found | {"seccomp": 2} == CONFINED:
            kind = f"{platform.machine()}, {platform.release()}"
            raise NoFilterError(f"system calls can't be filtered on this processor and kernel ({kind})")
        if not self._holds(found):
            raise WorkshopError(f"a child could not be confined ({found or 'it did not answer'})")

    def _holds(self, found: dict[str, Any]) -> bool:
        """Tell whether a child is as confined as it should be, by what it found before anybody's code ran."""
        return bool(found) if self._unsafe else found == CONFINED

    def spawn(self) -> Cell:
        """Return a new child, confined; raise WorkshopError where even a new warm parent gives none."""
        for _ in range(TRIES):
            with self._lock:
                parent = self._process
                try:
                    cell = self._ask()
                except OSError:
                    cell = None
            if cell is not None and self._holds(examine(cell)):
                return cell
            if cell is not None:
                cell.end()
            with self._lock:
                if parent is self._process:
                    self._stop()
                    self._start()
        raise WorkshopError(REFUSAL.format(why="it gave no child, several times", fix="Is there memory left?"))

    def _ask(self) -> Cell:
        """Ask the warm parent for a child; raise OSError where it is gone."""
        talk, their_talk = socket.socketpair()
        life, their_life = socket.socketpair()
        with their_talk, their_life:
            descriptors = array.array("i", [their_talk.fileno(), their_life.fileno()])
            self._control.sendmsg([b"f"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
        return Cell(talk, life)

    def _stop(self) -> None:
        """End the warm parent, and with it everything in the jail."""
        if self._process is None:
            return
        self._control.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def close(self) -> None:
        """End the jail and remove its folder."""
        with self._lock:
            self._stop()
            self._folder.cleanup()
