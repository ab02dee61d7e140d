"""The jail itself: a quiet warm parent, children that prove their confinement, a clear refusal elsewhere."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backstage.grade.jail import box, wire
from backstage.grade.jail import bubblewrap as jail
from workshop.errors import WorkshopError

pytestmark = pytest.mark.slow

LIBRARIES = ("numpy",)


def make(**options):
    """Return a jail, or skip where this machine has none to give."""
    try:
        return jail.Jail(LIBRARIES, **options)
    except WorkshopError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def own():
    made = make()
    yield made
    made.close()


def ask(cell, *request):
    """Send a request to a child and return what it answers."""
    wire.send(cell.talk, [7, *request], 10)
    number, answer = wire.receive(cell.talk, 20)
    assert number == 7
    return answer


def test_warm_parent_runs_one_thread_and_has_its_libraries(own):
    assert own.facts["threads"] == 1
    assert set(LIBRARIES) <= set(own.facts["loaded"])


def test_child_has_no_right_left(own):
    cell = own.spawn()
    assert ask(cell, "prove") == {"capabilities": 0, "privileges": 1, "first": True, "net": 0, "seccomp": 2}
    assert cell.end() in ("told", "ended")


def test_two_children_have_nothing_in_common(own):
    source = b'{"cells": [{"cell_type": "code", "source": "open(\'/tmp/x\', \'w\').write(\'x\')"}]}'
    looks = b'{"cells": [{"cell_type": "code", "source": "import os\\nif os.path.exists(\'/tmp/x\'): found = print"}]}'
    first, second = own.spawn(), own.spawn()
    assert ask(first, "open", source, "never") == [1, "", []]
    assert ask(second, "open", looks, "never") == [2, "", []]  # its import is run by itself too
    ask(first, "run", 0, 5.0)
    assert [ask(second, "run", number, 5.0) for number in (0, 1)] == [[], []]
    assert ask(second, "look", "found") == [0, False, ""]
    first.end()
    second.end()


def test_box_holds_no_check_no_reference_and_no_tool(tmp_path):
    box.fill_box(tmp_path)
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py")}
    allowed = {f"workshop/{name}" for name in ("__init__.py", "errors.py", "settings.py", "threads.py")}
    allowed |= {f"workshop/checks/{name}.py" for name in ("__init__", "local", "protocol")}
    allowed |= {f"{package}/__init__.py" for package in ("backstage", "backstage/grade", "backstage/grade/jail")}
    allowed |= {f"backstage/grade/jail/{name}.py" for name in box.COPIED_JAIL}
    assert {name for name in files if not name.startswith("workshop/data/")} == allowed
    assert "reference" not in "".join((tmp_path / name).read_text() for name in sorted(allowed))


def test_every_copy_of_the_workshop_is_covered(tmp_path):
    checkout, installed, other = (tmp_path / name for name in ("checkout", "site-packages", "other"))
    for home in (checkout, installed):
        for name in ("workshop/checks", "backstage/grade", "numpy"):
            (home / name).mkdir(parents=True)
    for name in ("studies", "solutions", "tests", ".git"):
        (checkout / name).mkdir()
    (other / "tests").mkdir(parents=True)
    wanted = {checkout / name for name in ("workshop", "backstage", "studies", "solutions", "tests", ".git")}
    wanted |= {installed / "workshop", installed / "backstage"}
    assert set(box.list_masked([checkout, installed, other, tmp_path / "nowhere"])) == wanted


def test_without_a_filter_of_system_calls_there_is_no_jail(monkeypatch):
    make().close()
    fill = box.fill_box

    def fill_for_another_processor(folder):
        fill(folder)
        path = folder / "backstage" / "grade" / "jail" / "confine.py"
        text = path.read_text()
        assert "\nMACHINES = {" in text
        path.write_text(text.replace("\nMACHINES = {", "\nMACHINES = {} and {"))

    monkeypatch.setattr(box, "fill_box", fill_for_another_processor)
    with pytest.raises(WorkshopError, match=r"system calls can't be filtered on this processor.*x86-64.*--unsafe"):
        jail.Jail(LIBRARIES)


def test_a_containers_filter_is_no_filter_of_ours():
    """The kernel says `Seccomp: 2` for any filter; only a child that installed one may take that for its own."""
    code = (
        "from backstage.grade.jail import child, confine\nconfine._prctl(confine.NO_NEW_PRIVS, 1)\n"
        "print(confine.filter_calls(), child.prove(False)['seccomp'], child.prove(True)['seccomp'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.stdout.startswith("False") or "OSError" in done.stderr:
        pytest.skip("no filter for this processor")
    assert done.stdout.split() == ["True", "0", "2"], done.stderr


def test_lost_warm_parent_is_replaced():
    made = make()
    try:
        made._process.send_signal(signal.SIGKILL)
        made._process.wait()
        cell = made.spawn()
        assert ask(cell, "prove")["capabilities"] == 0
        cell.end()
    finally:
        made.close()


def test_everything_ends_with_the_grader():
    code = (
        "import sys, time\nfrom backstage.grade.jail.bubblewrap import Jail\n"
        "jail = Jail(('numpy',)); cell = jail.spawn(); print(jail._process.pid, flush=True); time.sleep(100)"
    )
    make().close()
    grader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    warm = int(grader.stdout.readline())
    grader.kill()
    grader.wait()
    grader.stdout.close()
    end = time.monotonic() + 20
    while Path(f"/proc/{warm}").exists() and time.monotonic() < end:
        if "State:\tZ" in Path(f"/proc/{warm}/status").read_text():
            break
        time.sleep(0.1)
    else:
        assert not Path(f"/proc/{warm}").exists()


NOBODY = 65534
PROVE = """
from backstage.grade.jail import wire
from backstage.grade.jail import bubblewrap as jail
made = jail.Jail(("numpy",))
cell = made.spawn()
wire.send(cell.talk, [7, "prove"], 10)
print(wire.receive(cell.talk, 10)[1] == jail.CONFINED, made._own_user)
cell.end()
made.close()
"""


def as_nobody(code):
    """Return the command by which root runs Python code as a user without rights, its interpreter made readable."""
    base = sys.base_prefix
    way = ["--perms", "0755", "--tmpfs", "/root", *box._open_way(base), "--ro-bind", base, base]
    shown = ["--dev-bind", "/", "/", *(way if base.startswith("/root/") else [])]
    user = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
    return ["bwrap", *shown, "--cap-add", "ALL", "--chdir", "/", *user, sys.executable, "-c", code]


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as a user without rights already")
def test_jail_for_those_who_are_not_root(own, tmp_path):
    done = subprocess.run(
        as_nobody(PROVE), capture_output=True, text=True, check=False, env=dict(os.environ, HOME="/tmp")
    )
    if "No permissions to create" in done.stderr or "setpriv" in done.stderr:
        pytest.skip(f"users without rights can make no namespaces here: {done.stderr[-200:]}")
    assert done.stdout.split() == ["True", "True"], done.stderr[-2000:]


def test_without_bubblewrap_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(jail.shutil, "which", lambda _: None)
    with pytest.raises(WorkshopError, match=r"bubblewrap .* is not installed.*apt install bubblewrap.*--unsafe"):
        jail.Jail(LIBRARIES)


def test_where_bubblewrap_is_forbidden_it_says_what_to_allow(monkeypatch, tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(jail.shutil, "which", lambda _: str(fake))
    with pytest.raises(WorkshopError, match=r"No permissions to create new namespace.*sysctl.*--unsafe"):
        jail.Jail(LIBRARIES)


def test_elsewhere_than_on_linux_it_says_so(monkeypatch):
    monkeypatch.setattr(jail.sys, "platform", "darwin")
    with pytest.raises(WorkshopError, match=r"darwin has no namespaces.*WSL.*--unsafe"):
        jail.Jail(LIBRARIES)


def test_trusted_side_loads_where_there_is_no_fork():
    code = (
        "import sys\nfor name in ('resource', 'fcntl', 'pwd'): sys.modules[name] = None\n"
        "import os; del os.fork\nfrom workshop.errors import WorkshopError\nfrom backstage.grade.engine import Engine\n"
        "try:\n    Engine('00', bytes(32), jobs=1, unsafe=True)\nexcept WorkshopError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Grade on Linux" in done.stdout, done.stderr[-1000:]
