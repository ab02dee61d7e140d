"""One child of the jail, as the trusted process holds it: two connections, and what the child says of its rights."""

import socket
from dataclasses import dataclass
from typing import Any

from backstage.grade.jail import wire

END_SECONDS = 10.0
CONFINED = {"capabilities": 0, "privileges": 1, "first": True, "net": 0, "seccomp": 2}


@dataclass
class Cell:
    """One child: a connection to talk over, and one whose end ends the child."""

    talk: socket.socket
    life: socket.socket

    def end(self) -> str:
        """End the child and all that it started, wait until they are gone, and return why its guard ended it."""
        self.talk.close()
        why = b""
        try:
            self.life.settimeout(END_SECONDS)
            self.life.shutdown(socket.SHUT_WR)
            why = self.life.recv(32)
        except OSError:
            pass
        self.life.close()
        return why.decode("ascii", "replace")


def examine(cell: Cell) -> dict[str, Any]:
    """Return what a child says of its own rights, nothing where it doesn't answer."""
    try:
        wire.send(cell.talk, [0, "prove"], END_SECONDS)
        answer = wire.receive(cell.talk, END_SECONDS)
    except (wire.ClosedError, wire.WireError, TimeoutError):
        return {}
    return answer[1] if isinstance(answer, list) and isinstance(answer[-1], dict) else {}
