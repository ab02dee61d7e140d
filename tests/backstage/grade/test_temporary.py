"""What a killed grading leaves is swept at a later start; nothing else is touched."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("fcntl")

from backstage.grade.temporary import PREFIX, TemporaryFolder, sweep

HOLD = """
from backstage.grade.temporary import TemporaryFolder
folder = TemporaryFolder()
(folder.path / "workshop").mkdir()
(folder.path / "workshop" / "file").write_text("x")
print(folder.path, flush=True)
input()
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Give a folder that stands for /tmp."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_folder_of_a_killed_grading_is_swept_and_of_a_running_one_kept(place):
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as grading:
        left = Path(grading.stdout.readline().strip())
        assert left.parent == place
        assert sweep(place, young=-1) == []
        assert (left / "workshop" / "file").exists()
        grading.kill()
    assert sweep(place) == [], "it may be so new that its lock is still to come"
    assert sweep(place, young=-1) == [left]
    assert list(place.iterdir()) == []


def test_a_start_sweeps(place):
    left = place / f"{PREFIX}left"
    left.mkdir()
    os.utime(left, (0, 0))
    folder = TemporaryFolder()
    assert list(place.iterdir()) == [folder.path]
    assert sweep(place, young=-1) == [], "another of the same process is in use too"
    folder.cleanup()
    folder.cleanup()
    assert list(place.iterdir()) == []


def test_links_files_and_other_names_stay(place):
    outside = place / "outside"
    (outside / "below").mkdir(parents=True)
    (place / f"{PREFIX}link").symlink_to(outside)
    (place / f"{PREFIX}file").write_text("x")
    left = place / f"{PREFIX}left"
    left.mkdir()
    (left / "link").symlink_to(outside)
    assert sweep(place, young=-1) == [left]
    assert (outside / "below").is_dir()
    assert {path.name for path in place.iterdir()} == {"outside", f"{PREFIX}link", f"{PREFIX}file"}


def test_what_another_user_has_left_stays(place, monkeypatch):
    left = place / f"{PREFIX}left"
    left.mkdir()
    user = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + 1)
    assert sweep(place, young=-1) == []
    monkeypatch.undo()
    assert sweep(place, young=-1) == [left]
