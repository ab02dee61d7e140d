"""What is skipped is said in one line, with the command that mends it."""

import os
import subprocess
import sys

import pytest

from tests.conftest import tell_skips


def test_nothing_skipped_is_no_line():
    assert tell_skips([]) == ""


def test_the_line_says_how_many_for_want_of_what_and_the_command():
    reasons = [
        "Skipped: can't jail students' code on this machine: bubblewrap (bwrap) is not installed.",
        "Skipped: can't jail students' code on this machine: bubblewrap (bwrap) is not installed.",
        "Skipped: no Chromium: none of chromium, chrome is on PATH",
        "Skipped: could not import 'peft': No module named 'peft'",
        "Skipped: root may write anywhere",
    ]
    assert tell_skips(reasons) == (
        "5 tests skipped: 2 for want of bubblewrap (apt-get install bubblewrap), "
        "1 for want of Chromium (apt-get install chromium), 1 for want of libraries (python3 tools/bootstrap.py dev), "
        "1 for other reasons (listed above)."
    )


@pytest.mark.slow
def test_the_line_is_the_last_and_counts_the_runs_before(tmp_path):
    (tmp_path / "test_one.py").write_text("import pytest\n\ndef test():\n    pytest.skip('no Chromium')\n")
    environment = os.environ | {"WORKSHOP_SKIPS": str(tmp_path / "skips")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-c", os.devnull, str(tmp_path)]
    for count in ("1 test ", "2 tests "):
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        assert done.stdout.splitlines()[-1].startswith(f"{count}skipped: {count[0]} for want of Chromium")
