"""A real JupyterLab, started as learners start it, and a real browser on it."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
from pathlib import Path

import pytest

from tests.browser.driver import Notebook, Server, keep_picture

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
START_SECONDS = 120
WAIT_SECONDS = 60


@pytest.fixture(scope="session")
def browser():
    """Give a headless Chromium, or skip where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip(f"no Chromium: none of {', '.join(CHROMIUM)} is on PATH")
    with playwright.sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=program, args=FLAGS)


@pytest.fixture
def page(browser, request):
    """Give a fresh page that never waits for ever, and keep what it shows at the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAIT_SECONDS * 1000)
    page = context.new_page()
    yield page
    keep_picture(page, f"last_{request.node.name}")
    context.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Run `workshop lab` in a folder and with settings of its own."""
    home = tmp_path_factory.mktemp("lab")
    token, port = secrets.token_hex(16), _free_port()
    log = (home / "lab.log").open("w")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "workshop.cli",
            "lab",
            "--no-browser",
            "--port",
            str(port),
            "--work",
            str(home / "work"),
        ],
        stdout=log,
        stderr=subprocess.STDOUT,
        env=_own_environment(home, token),
    )
    running = Server(f"http://127.0.0.1:{port}", token, home / "work")
    try:
        _wait_for(running, process, home / "lab.log")
        yield running
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


@pytest.fixture
def open_cell(page, server, request):
    """Give a function that opens a notebook with one cell and runs it."""

    def run(source):
        cell = {"cell_type": "code", "id": "only", "metadata": {}, "outputs": [], "execution_count": None}
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        content = {"cells": [cell | {"source": source}], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        # A file for each test: Lab asks questions where one changes on disk. Brackets in an address open nothing.
        name = re.sub(r"\W+", "_", request.node.name) + ".ipynb"
        (server.work / name).write_text(json.dumps(content))
        opened = Notebook(page, server, name)
        opened.run()
        return opened

    return run


def _own_environment(home: Path, token: str) -> dict[str, str]:
    """Return an environment in which Jupyter reads and writes nothing of the user's."""
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_SETTINGS_DIR")
    return (
        os.environ
        | {name: str(home / name.lower()) for name in (*folders, "JUPYTERLAB_WORKSPACES_DIR")}
        | {"JUPYTER_TOKEN": token, "WORKSHOP_RESULTS": str(home / "results"), "OMP_NUM_THREADS": "1"}
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(server: Server, process: subprocess.Popen, log: Path) -> None:
    """Return when the server answers; fail with what it wrote where it does not."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            server.ask("/api/status")
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")
