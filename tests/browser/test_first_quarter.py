"""A learner's first quarter of an hour, in a real JupyterLab and a real browser."""

import time

import pytest

from tests.browser.driver import Notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHECK = "check.start_here.count_words(count_words)"
WRONG = """def count_words(text: str) -> dict[str, int]:
    return {word: text.split().count(word) for word in text.split()}
"""
RIGHT = """def count_words(text: str) -> dict[str, int]:
    words = text.lower().split()
    return {word: words.count(word) for word in words}
"""


def test_a_learner_reads_a_diagnosis_and_mends_the_answer(page, server):
    notebook = Notebook(page, server, "00_start_here.ipynb")
    notebook.run_up_to("preflight")
    preflight = notebook.run()
    assert "The small profile can run here" in preflight
    notebook.picture("00_preflight")

    notebook.run_up_to(CHECK)
    stub = notebook.run()
    assert "Exercise 0.1" in stub
    assert "not yet" in stub
    assert "NotImplementedError" in stub
    assert "Traceback" not in stub
    notebook.picture("00_stub")

    notebook.up()
    notebook.write(WRONG)
    notebook.run_up_to(CHECK)
    wrong = notebook.run()
    assert "Likely:" in wrong
    assert "lower" in wrong
    notebook.picture("00_wrong")

    notebook.up()
    notebook.write(RIGHT)
    notebook.run_up_to(CHECK)
    right = notebook.run()
    assert "passed (2 points)" in right
    assert "not yet" not in right
    notebook.picture("00_passed")

    # Other tests' notebooks may still be open.
    mine = {one["kernel"]["id"] for one in server.ask("/api/sessions") if "00_start_here" in one["path"]}
    assert mine
    notebook.close()
    wait_until(
        lambda: not mine & {one["id"] for one in server.ask("/api/kernels")}, "closing a notebook stops its kernel"
    )


def wait_until(done, what: str, seconds: float = 60) -> None:
    """Wait for something that happens soon after."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, what
        time.sleep(0.2)
