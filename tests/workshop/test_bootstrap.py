"""What `make` runs before anything is installed: one clear line for everything that can be wrong."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "bootstrap.py"


@pytest.fixture
def bootstrap(monkeypatch, tmp_path):
    """Give the script as a module that works in a folder of its own."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("pyproject.toml", "constraints.txt", "models.txt"):
        (tmp_path / name).write_text((SCRIPT.parent.parent / name).read_text())
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "LOG", tmp_path / "build" / "install.log")
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.1)
    return module


def message(call, *arguments) -> str:
    with pytest.raises(SystemExit) as ended:
        call(*arguments)
    text = str(ended.value.code)
    assert len(text.splitlines()) == 1
    assert text.startswith("setup: ")
    return text


@pytest.mark.parametrize(("version", "fault"), [((3, 8, 18), "old"), ((3, 10, 13), "old"), ((3, 14, 0), "new")])
def test_other_pythons_are_named(bootstrap, version, fault):
    text = message(bootstrap.check_python, version)
    assert f"Python 3.{version[1]} is too {fault}" in text
    assert "make lab PYTHON=" in text


@pytest.mark.parametrize("minor", [11, 12, 13])
def test_tested_pythons_pass(bootstrap, minor):
    assert bootstrap.check_python((3, minor, 0)) is None


def test_short_disk_is_named(bootstrap):
    assert "1.0 GB free" in message(bootstrap.check_disk, int(1e9))
    assert bootstrap.check_disk(int(4e9)) is None


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("WARNING: Retrying (Retry(total=4)) after ...\nERROR: No matching distribution found for torch", "network"),
        ("ERROR: No matching distribution found for torch==9.9\n", "pip finds no torch==9.9"),
        ("OSError: [Errno 28] No space left on device", "disk filled up"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "not the one that models.txt names",
        ),
        ("something new", "could not install"),
    ],
)
def test_pips_failures_become_one_line(bootstrap, log, expected):
    text = bootstrap.explain(log)
    assert expected in text
    assert "install.log" in text
    assert "\n" not in text


def install_with(bootstrap, monkeypatch, tmp_path, command: str) -> list[list[str]]:
    """Let pip be a Python one-liner; return the calls of pip."""
    calls = []
    monkeypatch.setattr(bootstrap, "make_venv", lambda: (tmp_path / ".venv").mkdir(exist_ok=True))
    monkeypatch.setattr(bootstrap, "runs", lambda python: True)
    real = subprocess.Popen

    def start(arguments, **options):
        calls.append(arguments[3:])
        return real([sys.executable, "-c", command], **options)

    monkeypatch.setattr(bootstrap.subprocess, "Popen", start)
    return calls


@pytest.mark.slow
def test_installs_once_and_again_when_the_pins_change(bootstrap, monkeypatch, tmp_path):
    calls = install_with(bootstrap, monkeypatch, tmp_path, "print('Collecting things')")
    bootstrap.install("lab")
    assert [call[-2:] for call in calls] == [["constraints.txt", "torch"], ["-e", ".[lab]"], ["-r", "models.txt"]]
    assert calls[2][-4:-2] == ["--no-deps", "--require-hashes"]
    bootstrap.install("lab")
    assert len(calls) == 3
    for name in ("constraints.txt", "models.txt"):
        before = len(calls)
        (tmp_path / name).write_text("torch==9.9\n")
        bootstrap.install("lab")
        assert len(calls) == before + 3


def test_a_change_that_packaging_does_not_see_installs_nothing(bootstrap, monkeypatch, tmp_path):
    calls = install_with(bootstrap, monkeypatch, tmp_path, "")
    bootstrap.install("lab")
    project = tmp_path / "pyproject.toml"
    project.write_text(project.read_text().replace("line-length = 120", "line-length = 119"))
    bootstrap.install("lab")
    assert len(calls) == 3


@pytest.mark.slow
def test_a_maintainers_environment_serves_a_learner_but_not_the_other_way(bootstrap, monkeypatch, tmp_path):
    calls = install_with(bootstrap, monkeypatch, tmp_path, "")
    bootstrap.install("dev")
    bootstrap.install("lab")
    assert len(calls) == 3
    bootstrap.stamp_of("dev").unlink()
    bootstrap.install("lab")
    bootstrap.install("dev")
    assert len(calls) == 9


def test_a_failed_install_leaves_no_stamp_and_names_the_log(bootstrap, monkeypatch, tmp_path):
    install_with(bootstrap, monkeypatch, tmp_path, "print('WARNING: Retrying (Retry'); raise SystemExit(1)")
    assert "can't reach the package index" in message(bootstrap.install, "lab")
    assert "Retrying" in (tmp_path / "build" / "install.log").read_text()
    assert not bootstrap.stamp_of("lab").exists()


@pytest.mark.slow
def test_a_long_install_says_what_it_is_at(bootstrap, monkeypatch, tmp_path, capsys):
    slow = "import time; print('Collecting torch', flush=True); time.sleep(1.5)"
    install_with(bootstrap, monkeypatch, tmp_path, slow)
    bootstrap.install("lab")
    out = capsys.readouterr().out
    assert "about 3 minutes" in out
    assert "s  Collecting torch" in out


def test_a_broken_environment_is_not_taken_for_installed(bootstrap, tmp_path):
    (tmp_path / ".venv").mkdir()
    bootstrap.stamp_of("dev").write_text(bootstrap.fingerprint("dev"))
    assert not bootstrap.is_installed("dev")


def test_python_without_venv_is_named(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1))
    assert "apt install python3." in message(bootstrap.make_venv)


def test_another_word_is_refused():
    ended = subprocess.run([sys.executable, str(SCRIPT), "everything"], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == "setup: usage: python tools/bootstrap.py lab|dev\n"
