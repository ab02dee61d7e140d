"""Files and fine-tuning jobs of `workshop serve`: a real LoRA in the background that no restart loses."""

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workshop.serving import (
    ANSWER,
    BERT,
    CHAT,
    LLAMA,
    LONG,
    QUICK,
    ask,
    connect,
    load_tiny,
    openai,
    text_of,
    upload,
    wait_for,
)
from workshop.bot import answer
from workshop.errors import WorkshopError
from workshop.serve import serve

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SHORT = len(ANSWER)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return load_tiny(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def client(tiny, tmp_path_factory):
    with serve(*tiny, folder=tmp_path_factory.mktemp("served")) as address:
        yield connect(address)


@pytest.fixture(scope="module")
def file(client):
    return upload(client, [CHAT, CHAT])


@pytest.fixture(scope="module")
def done(client, file):
    """Tune a model that knows one answer by heart."""
    job = client.fine_tuning.jobs.create(
        model=LLAMA, training_file=file, suffix="quay", hyperparameters=QUICK, seed=0, metadata={"course": "one"}
    )
    assert job.status in ("queued", "running")
    return wait_for(client, job.id)


def start_long(client):
    """Start a job that doesn't end by itself in a test's time; returns its id."""
    file = upload(client, [CHAT] * 200)
    return client.fine_tuning.jobs.create(model=LLAMA, training_file=file, hyperparameters=LONG).id


def test_a_file_comes_back_as_it_was_sent(client):
    name = upload(client, [CHAT], "boats.jsonl")
    found = client.files.retrieve(name)
    assert (found.filename, found.purpose, found.status) == ("boats.jsonl", "fine-tune", "processed")
    assert len(client.files.content(name).read()) == found.bytes
    assert name == next(iter(client.files.list())).id
    assert client.files.delete(name).deleted
    with pytest.raises(openai.NotFoundError, match="among the files"):
        client.files.retrieve(name)
    with pytest.raises(openai.NotFoundError):
        client.files.content("../../jobs/x")


LINE = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n'


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "no lines"),
        (LINE + b"{", "line 2: this is not JSON"),
        (LINE + b"\n[]", "line 3: expected a JSON object, got list"),
        (b"\xef\xbb\xbf" + LINE + b'{"prompt": "a"}', "line 2: .*missing|line 2: this server doesn't do prompt"),
        (b'{"messages": [{"role": "user", "content": "a"}]}', "line 1: has no turn of the assistant's"),
        (b'{"messages": [{"role": "user", "content": 3}]}', r"line 1: messages.0.content: .* got 3"),
        (LINE.replace(b'"b"', b'"b", "weight": 0'), "line 1: this server doesn't do"),
        (b'{"messages": [{"role": "user", "content": "<|end|>"}, {"role": "assistant", "content": "b"}]}', "line 1: h"),
        (LINE.replace(b'"a"', b'"' + b"a" * 200 + b'"'), "line 1 has 20. tokens, and the model reads 128"),
        (b"\xff" + LINE, "not UTF-8: .* at byte 0"),
    ],
)
def test_a_file_that_cant_be_learnt_is_refused_with_its_line(client, content, match):
    before = [one.id for one in client.files.list()]
    with pytest.raises(openai.BadRequestError, match=match) as raised:
        client.files.create(file=("x.jsonl", content), purpose="fine-tune")
    assert (raised.value.code, raised.value.param) == ("invalid_training_file", "file")
    assert [one.id for one in client.files.list()] == before


def test_files_for_another_purpose_are_refused(client):
    with pytest.raises(openai.BadRequestError, match="expected 'fine-tune', got 'batch'"):
        client.files.create(file=("x.jsonl", LINE), purpose="batch")


def test_a_job_gives_a_model_that_has_learnt(client, done):
    assert (done.status, done.error, done.model) == ("succeeded", None, LLAMA)
    assert done.fine_tuned_model.startswith(f"ft:{LLAMA}:quay:")
    assert done.hyperparameters.n_epochs == 30
    assert (done.seed, done.metadata) == (0, {"course": "one"})
    assert done.trained_tokens % 60 == 0
    assert text_of(ask(client, model=done.fine_tuned_model, max_tokens=SHORT)) == ANSWER
    assert done.fine_tuned_model in [one.id for one in client.models.list()]
    assert client.models.retrieve(done.fine_tuned_model).created == done.finished_at


def test_events_tell_the_loss_the_newest_first_and_page_by_page(client, done):
    events = list(client.fine_tuning.jobs.list_events(done.id, limit=7))
    assert len(events) > 14
    assert events[0].message == f"The model is ready: {done.fine_tuned_model}."
    assert events[-1].message == "The job is queued."
    losses = [one.data["train_loss"] for one in events if one.type == "metrics"]
    assert losses[0] < losses[-1]
    page = client.fine_tuning.jobs.list_events(done.id, limit=2, after=events[3].id)
    assert [one.id for one in page.data] == [one.id for one in events[4:6]]
    assert done.id in [one.id for one in client.fine_tuning.jobs.list(limit=1)]
    names = [one.id for one in client.files.list()]
    assert names[::-1] == [one.id for one in client.files.list(order="asc")]
    for bad in ({"limit": 0}, {"after": "nobody"}):
        with pytest.raises(openai.BadRequestError, match=next(iter(bad))):
            client.fine_tuning.jobs.list(**bad)


def test_the_same_seed_tunes_the_same_model(client, file, done):
    method = {"type": "supervised", "supervised": {"hyperparameters": QUICK}}
    job = client.fine_tuning.jobs.create(model=LLAMA, training_file=file, method=method, seed=0)
    again = wait_for(client, job.id)
    assert again.hyperparameters == done.hyperparameters
    assert again.fine_tuned_model.startswith(f"ft:{LLAMA}::")
    texts = [text_of(ask(client, "Hm?", model=one.fine_tuned_model, max_tokens=40)) for one in (done, again)]
    assert texts[0] == texts[1] != text_of(ask(client, "Hm?", max_tokens=40))


def test_while_a_job_trains_every_model_answers_as_itself(client, tiny, done):
    tokenizer, model, _ = tiny
    plain, own = text_of(ask(client)), answer(tokenizer, model, ["Hm?"])
    job = start_long(client)
    wait_for(client, job, ("running",))
    for _ in range(3):
        assert text_of(ask(client)) == plain
        assert text_of(ask(client, model=done.fine_tuned_model, max_tokens=SHORT)) == ANSWER
        assert answer(tokenizer, model, ["Hm?"]) == own
    assert client.fine_tuning.jobs.retrieve(job).status == "running"
    client.fine_tuning.jobs.cancel(job)
    assert text_of(ask(client)) == plain


def test_one_job_at_a_time_others_queue_and_both_can_be_cancelled(client, file):
    first = start_long(client)
    second = client.fine_tuning.jobs.create(model=LLAMA, training_file=file, hyperparameters=QUICK).id
    wait_for(client, first, ("running",))
    assert client.fine_tuning.jobs.retrieve(second).status == "queued"
    with pytest.raises(openai.ConflictError, match=f"the job {second} needs this file"):
        client.files.delete(file)
    assert client.fine_tuning.jobs.cancel(second).status == "cancelled"
    assert client.fine_tuning.jobs.cancel(first).status == "cancelled"
    with pytest.raises(openai.BadRequestError, match="is over: cancelled"):
        client.fine_tuning.jobs.cancel(first)
    third = client.fine_tuning.jobs.create(model=LLAMA, training_file=file, hyperparameters={"n_epochs": 1}).id
    assert wait_for(client, third).status == "succeeded"
    assert [client.fine_tuning.jobs.retrieve(one).fine_tuned_model for one in (first, second)] == [None, None]


@pytest.mark.parametrize(
    ("options", "param", "match"),
    [
        ({"training_file": "file-x"}, "training_file", "no file 'file-x'"),
        ({"hyperparameters": {"n_epochs": 0}}, "hyperparameters.n_epochs", "greater than or equal to 1, got 0"),
        ({"hyperparameters": {"batch_size": "big"}}, "hyperparameters.batch_size", "got 'big'"),
        ({"hyperparameters": {"rank": 4}}, "hyperparameters.rank", "rank=4"),
        ({"method": {"type": "dpo"}}, "method.type", "got 'dpo'"),
        ({"validation_file": "file-x"}, "validation_file", "leave it out"),
        ({"suffix": "a b/c"}, "suffix", "pattern"),
    ],
)
def test_a_job_that_cant_be_is_refused(client, file, options, param, match):
    with pytest.raises(openai.BadRequestError, match=match) as raised:
        client.fine_tuning.jobs.create(**{"model": LLAMA, "training_file": file} | options)
    assert raised.value.param == param


def test_only_the_language_model_is_tuned(client, file, done):
    with pytest.raises(openai.BadRequestError, match="only tiny-llama can be tuned"):
        client.fine_tuning.jobs.create(model=done.fine_tuned_model, training_file=file)
    with pytest.raises(openai.NotFoundError, match="unknown model"):
        client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=file)


def test_what_fails_in_a_training_is_the_jobs_error(client, file, monkeypatch):
    monkeypatch.setattr("workshop.serve.jobs.read_examples", lambda *_: [])
    job = client.fine_tuning.jobs.create(model=LLAMA, training_file=file, hyperparameters={"n_epochs": "auto"})
    found = wait_for(client, job.id)
    assert found.status == "failed"
    assert found.error.code == "training_failed"
    assert "expected examples to tune on, got none" in found.error.message
    assert client.fine_tuning.jobs.list_events(job.id).data[0].level == "error"


def test_a_tuned_model_can_be_deleted(client, file):
    job = client.fine_tuning.jobs.create(model=LLAMA, training_file=file, hyperparameters={"n_epochs": 1})
    name = wait_for(client, job.id).fine_tuned_model
    ask(client, model=name)
    assert client.models.delete(name).deleted
    with pytest.raises(openai.NotFoundError):
        ask(client, model=name)
    assert client.fine_tuning.jobs.retrieve(job.id).fine_tuned_model == name


def test_the_code_of_the_documentation_runs(client, tmp_path, monkeypatch, capsys):
    text = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(import time.*?)```", text, re.DOTALL)[1]
    names = {"http://127.0.0.1:8000/v1": str(client.base_url), "smollm2-135m-instruct": LLAMA, "all-minilm-l6-v2": BERT}
    for name, other in names.items():
        assert name in code
        code = code.replace(name, other)
    (tmp_path / "chats.jsonl").write_bytes(LINE * 2)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    exec(code, {})
    assert "The model is ready: ft:tiny-llama:quay:" in capsys.readouterr().out


def test_leaving_fails_the_job_that_trains_and_keeps_the_queue(tiny, tmp_path):
    with serve(*tiny, folder=tmp_path) as address:
        client = connect(address)
        first = start_long(client)
        file = upload(client, [CHAT])
        second = client.fine_tuning.jobs.create(model=LLAMA, training_file=file, hyperparameters={"n_epochs": 1}).id
        wait_for(client, first, ("running",))
        with pytest.raises(WorkshopError, match="another server has"), serve(*tiny, folder=tmp_path):
            pass
    with serve(*tiny, folder=tmp_path) as address:
        client = connect(address)
        found = client.fine_tuning.jobs.retrieve(first)
        assert (found.status, found.error.code) == ("failed", "server_stopped")
        assert wait_for(client, second).status == "succeeded"
    assert not [path for path in tmp_path.rglob(".*") if path.name != ".lock"]


def test_a_folder_that_is_deleted_fails_the_job_that_needs_it_and_no_other(tiny, tmp_path):
    folder = tmp_path / "served"
    with serve(*tiny, folder=folder) as address:
        client = connect(address)
        first, file = start_long(client), upload(client, [CHAT])
        second = client.fine_tuning.jobs.create(model=LLAMA, training_file=file, hyperparameters=QUICK).id
        wait_for(client, first, ("running",))
        shutil.rmtree(folder, ignore_errors=True)
        client.fine_tuning.jobs.cancel(first)
        found = wait_for(client, second)
        assert (found.status, found.error.code) == ("failed", "training_failed")
        assert "FileNotFoundError" in found.error.message
        third = client.fine_tuning.jobs.create(
            model=LLAMA, training_file=upload(client, [CHAT, CHAT]), hyperparameters=QUICK, seed=0
        )
        assert wait_for(client, third.id).status == "succeeded"


CHILD = """
import sys
from pathlib import Path
from tests.workshop.serving import CHAT, LLAMA, LONG, QUICK, connect, load_tiny, upload, wait_for
from workshop.serve import serve

folder = Path(sys.argv[1])
with serve(*load_tiny(folder / "models"), folder=folder / "served") as address:
    client = connect(address)
    for plan, status, chats in ((QUICK, "succeeded", 2), (LONG, "running", 200)):
        file = upload(client, [CHAT] * chats)
        job = client.fine_tuning.jobs.create(model=LLAMA, training_file=file, hyperparameters=plan, seed=0)
        wait_for(client, job.id, (status,))
        print("job", job.id, flush=True)
    sys.stdin.read()
"""


def test_a_killed_servers_job_has_failed_and_its_models_are_there(tiny, tmp_path):
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        jobs = (line.split()[1] for line in child.stdout if line.startswith("job "))
        finished, interrupted = next(jobs), next(jobs)
        time.sleep(0.2)
    finally:
        child.kill()
        child.wait()
    assert child.returncode == -signal.SIGKILL
    with serve(*tiny, folder=tmp_path / "served") as address:
        client = connect(address)
        found = client.fine_tuning.jobs.retrieve(interrupted)
        assert (found.status, found.error.code, found.fine_tuned_model) == ("failed", "server_stopped", None)
        assert "the server stopped while this job was training" in found.error.message
        assert client.fine_tuning.jobs.list_events(interrupted).data[0].level == "error"
        name = client.fine_tuning.jobs.retrieve(finished).fine_tuned_model
        assert text_of(ask(client, model=name, max_tokens=SHORT)) == ANSWER
        assert len(list(client.files.list())) == 2
