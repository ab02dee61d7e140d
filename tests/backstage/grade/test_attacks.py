"""Attacks on the grader, each tried for real: no undeserved point, no leak, no effect on the next student."""

import copy
import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backstage.grade.engine import Engine
from backstage.grade.jail.bubblewrap import USERS_EACH, first_user
from backstage.grade.records import Record, Submission
from backstage.grade.replay import Limits
from backstage.lessons.notebooks import make_solved, write_json
from backstage.lessons.source import checkout
from studies.attacks.battery import Attack, read_attacks
from workshop.errors import WorkshopError

pytestmark = pytest.mark.slow
STEM = "00_start_here"
ATTACKS = read_attacks()
FIRST_USER = first_user()
CALL_SECONDS = 2.0
# Some attacks run on until they are stopped; others walk the whole disk and must have the time to end their search.
QUICK = Limits(cell=4, check=12, submission=60, grace=1.5)
PATIENT = Limits(cell=60, check=12, submission=90, grace=1.5)


@dataclass
class Range:
    """What the attacks aim at: an engine, a folder, ports and sockets of this process."""

    engine: Engine
    places: dict[str, object]
    folder: Path
    listeners: list[socket.socket]
    honest: bytes

    def grade(self, content: bytes) -> Record:
        """Grade a notebook's bytes."""
        return self.engine.grade(Submission("student", STEM, content, "test"))

    def touched(self) -> list[str]:
        """Return which targets were reached or changed."""
        found = [str(one) for one in self.folder.iterdir() if one.name != "canary"]
        found += [] if (self.folder / "canary").read_text() == self.places["CANARY"] else ["canary"]
        for listener in self.listeners:
            try:
                found.append(
                    f"reached: {listener.recv(9) if listener.type == socket.SOCK_DGRAM else listener.accept()}"
                )
            except BlockingIOError:
                continue
        return found


@pytest.fixture(scope="module")
def secret() -> bytes:
    return secrets.token_bytes(32)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, secret: bytes) -> Iterator[Range]:
    folder = tmp_path_factory.mktemp("other_students")
    canary = secrets.token_hex(16)
    (folder / "canary").write_text(canary)
    listeners = make_listeners(canary)
    os.environ["WORKSHOP_CANARY"] = canary
    places = {
        "CANARY": canary, "FOLDER": folder, "CHECKOUT": checkout(), "PID": os.getpid(), "ABSTRACT": canary,
        "PORT": listeners[0].getsockname()[1], "UDP": listeners[1].getsockname()[1],
        "WANTED": bytes(byte ^ 0xAA for byte in secret[:12]).hex(),
    }  # fmt: skip
    try:
        engine = Engine(STEM, secret, jobs=1, limits=QUICK, libraries=("numpy",))
    except WorkshopError as error:
        pytest.skip(str(error))
    engine.exercises = [hurry(one) for one in engine.exercises]
    with engine:
        yield Range(engine, places, folder, listeners, write_json(make_solved(STEM)).encode())
    del os.environ["WORKSHOP_CANARY"]
    for listener in listeners:
        listener.close()


def hurry(exercise):
    """Return an exercise whose calls may take less time; its inputs and mistakes stay."""
    made = copy.copy(exercise)
    made.seconds = CALL_SECONDS
    return made


def make_listeners(name: str) -> list[socket.socket]:
    """Return sockets of this machine that a student must not reach: TCP, UDP, and Unix by an abstract name."""
    kinds = [
        (socket.AF_INET, socket.SOCK_STREAM),
        (socket.AF_INET, socket.SOCK_DGRAM),
        (socket.AF_UNIX, socket.SOCK_STREAM),
    ]
    made = [socket.socket(*kind) for kind in kinds]
    for listener, address in zip(made, [("127.0.0.1", 0), ("127.0.0.1", 0), f"\0{name}"], strict=True):
        listener.bind(address)
        listener.setblocking(False)
    made[0].listen()
    made[2].listen()
    return made


def left_over() -> list[str]:
    """Return the processes that run as one of this grader's students."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if FIRST_USER <= entry.stat().st_uid < FIRST_USER + USERS_EACH:
                found.append((entry / "cmdline").read_text()[:80])
        except OSError:
            continue
    return found


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_attack_gains_nothing(target: Range, attack: Attack, secret: bytes, monkeypatch: pytest.MonkeyPatch):
    if attack.says.startswith("found"):
        monkeypatch.setattr(target.engine, "_limits", PATIENT)
    record = target.grade(attack.notebook(target.places))
    [mark] = record.marks
    assert attack.points in ("any", str(mark.points)), mark
    assert mark.reason.startswith(attack.reason), mark
    assert attack.says in mark.message, mark.message
    shown = repr(record)
    assert not [word for word in (secret.hex(), str(target.places["CANARY"]), repr(secret)) if word in shown]
    assert all(c.isprintable() or c == "\n" for c in mark.message + mark.reason)
    assert target.touched() == []
    assert left_over() == []
    after = target.grade(target.honest)
    assert (after.points, after.problem) == (2, "")


def test_battery_covers_what_the_threat_model_names():
    assert len(ATTACKS) >= 30
    assert all(attack.tries for attack in ATTACKS)
