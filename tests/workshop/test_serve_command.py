"""`workshop serve` and `serve()` say in one line what is missing, taken or refused; the whole once with real models."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from workshop import cli
from workshop.errors import MissingExtra, WorkshopError
from workshop.serve import running, serve

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def run(capsys, *arguments):
    """Run the command in this process; returns its status and its lines on standard error."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["serve", *arguments])
    return ended.value.code, capsys.readouterr().err.splitlines()


def test_a_host_that_others_reach_wants_a_key(capsys, monkeypatch):
    monkeypatch.setattr(running, "require_stacks", lambda: None)
    monkeypatch.delenv(running.KEY, raising=False)
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        status, lines = run(capsys, "--host", host, "--key", "")
        assert (status, len(lines)) == (1, 1)
        assert lines[0].startswith(f"workshop: on {host} other machines could ask without a key.")
    for host in ("127.0.0.1", "localhost", "::1", "127.8.8.8"):
        running.check_access(host, None)
    running.check_access("0.0.0.0", "sesame")
    with pytest.raises(WorkshopError, match="letters and digits"):
        running.check_access("127.0.0.1", "sésame")


def test_a_port_that_is_taken_is_said_before_anything_is_loaded(capsys, monkeypatch):
    monkeypatch.setattr(running, "require_stacks", lambda: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, lines = run(capsys, "--port", str(taken.getsockname()[1]))
    assert status == 1
    assert re.fullmatch(r"workshop: can't listen on 127.0.0.1, port \d+: .* Choose another: .*--port 8001\.", *lines)


def test_the_key_may_come_from_the_environment(monkeypatch):
    given = []
    monkeypatch.setattr("workshop.serve.run_server", lambda *values: given.append(values))
    monkeypatch.setenv(running.KEY, "sesame")
    with pytest.raises(SystemExit):
        cli.main(["serve", "--port", "0"])
    assert given == [("127.0.0.1", 0, "sesame", None)]


def test_what_is_not_installed_is_said_with_the_line_that_brings_it(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r'pip install -e "\.\[stacks\]"'), serve(None, None):
        pass


def test_the_room_is_light_until_something_is_served():
    code = (
        "import sys, workshop.serve; print([one for one in ('starlette', 'torch', 'pydantic') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_folder_that_cant_be_used_is_said(tmp_path):
    serving = pytest.importorskip("tests.workshop.serving")
    tiny = serving.load_tiny(tmp_path / "models")
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(WorkshopError, match=r"can't write into .*--folder DIR, serve"),
        serve(*tiny, folder=tmp_path / "file"),
    ):
        pass
    (tmp_path / "served" / "jobs").mkdir(parents=True)
    damaged = tmp_path / "served" / "jobs" / "ftjob-x.json"
    damaged.write_text("{")
    with pytest.raises(WorkshopError, match=r"is damaged\. Delete it"), serve(*tiny, folder=tmp_path / "served"):
        pass
    damaged.unlink()
    with serve(*tiny, folder=tmp_path / "served"):
        pass


def test_the_command_serves_the_real_models_and_tunes_one_within_its_memory(tmp_path):
    serving = pytest.importorskip("tests.workshop.serving")
    environment = {**os.environ, running.KEY: "sesame"}
    child = subprocess.Popen(
        [sys.executable, "-m", "workshop.cli", "serve", "--port", "0", "--folder", str(tmp_path)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        address = next(found[1] for line in child.stdout if (found := re.search(r'base_url="(.*?)"', line)))
        client = serving.connect(address, "sesame")
        name = "smollm2-135m-instruct"
        assert [one.id for one in client.models.list()] == ["all-minilm-l6-v2", name]
        assert (
            len(client.embeddings.create(model="all-minilm-l6-v2", input=["a boat", "a ship"]).data[1].embedding) == 384
        )
        before = serving.ask(client, "What is the capital of France?", name)
        assert "Paris" in serving.text_of(before)
        file = serving.upload(client, [serving.CHAT] * 8)
        plan = {"n_epochs": 2, "batch_size": 2}
        job = client.fine_tuning.jobs.create(model=name, training_file=file, hyperparameters=plan, suffix="quay").id
        serving.wait_for(client, job, ("running",))
        assert serving.ask(client, "What is the capital of France?", name).choices == before.choices
        tuned = serving.wait_for(client, job, seconds=120)
        assert tuned.status == "succeeded", tuned.error
        reply = serving.ask(client, model=tuned.fine_tuned_model).choices[0]
        assert (reply.message.content, reply.finish_reason) == (serving.ANSWER, "stop")
        if sys.platform == "linux":
            status = Path(f"/proc/{child.pid}/status").read_text()
            assert int(re.search(r"VmHWM:\s+(\d+)", status)[1]) < 1_500_000  # kB
        child.send_signal(signal.SIGTERM)
        assert child.wait(30) == 130
        assert json.loads((tmp_path / "jobs" / f"{job}.json").read_text())["status"] == "succeeded"
    finally:
        child.kill()
        child.wait()
