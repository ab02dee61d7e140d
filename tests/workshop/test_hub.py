"""Models from a hub: a stand-in server, every trouble of a network, and never a byte from elsewhere."""

import dataclasses
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from huggingface_hub import constants

from tests.workshop.stand_in_hub import COMMIT, serve
from tests.workshop.tiny_models import make_bert, make_llama, make_qwen
from workshop.bot import answer
from workshop.errors import WorkshopError
from workshop.models import (
    MODELS,
    catalogue,
    encode_texts,
    list_models,
    load_encoder,
    load_language_model,
    prepared,
    wheel,
)
from workshop.models.catalogue import WEIGHTS, Pin, read_pin, write_pin
from workshop.models.fetch import describe_models, fetch_profile
from workshop.models.hub import fetch_model, hash_file, pin_model
from workshop.settings import setup

pytestmark = pytest.mark.slow

LLAMA, BERT, QWEN = MODELS["smollm2-hub"], MODELS["gte-base"], MODELS["qwen3-0.6b"]
UNKNOWN = "hub.invalid"
WAY_BACK = r"To go on with what is installed: workshop\.setup\('small'\)"


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    made = ((LLAMA, make_llama), (BERT, make_bert), (QWEN, make_qwen))
    return {entry.repository: make(tmp_path_factory.mktemp(entry.name)) for entry, make in made}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Give each test a cache and a table of pins of its own, and a token that must never be sent."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1024)
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)
    monkeypatch.setattr(catalogue, "PINS", tmp_path / "pins.json")
    monkeypatch.setenv("HF_TOKEN", "hf_never_to_be_sent")
    for function in (read_pin, write_pin):
        monkeypatch.setattr(function, "__defaults__", (tmp_path / "pins.json",))
    return tmp_path / "hub"


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch):
    """Refuse every connection but those to this machine, and fail where another was tried."""
    asked = []
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def local(host):
        asked.append(host)
        if host not in ("127.0.0.1", "localhost"):
            raise OSError(f"a test asked for {host}")

    def connect_locally(self, address):
        if isinstance(address, tuple):
            local(address[0])
        return connect(self, address)

    def resolve_locally(host, *arguments, **options):
        local(host)
        return resolve(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", connect_locally)
    monkeypatch.setattr(socket, "getaddrinfo", resolve_locally)
    yield
    assert set(asked) <= {"127.0.0.1", "localhost", UNKNOWN}


@pytest.fixture
def hub(checkpoints, monkeypatch):
    with serve() as running:
        for repository, folder in checkpoints.items():
            running.add(repository, folder)
        monkeypatch.setenv("HF_ENDPOINT", running.address)
        yield running


def weights_of(hub, entry=LLAMA):
    """Return the true content of a model's weights."""
    return hub.files[entry.repository][WEIGHTS]


def test_a_model_is_fetched_whole_and_once(hub, cache):
    folder = fetch_model(LLAMA)
    assert folder.name == COMMIT
    assert folder.is_relative_to(cache)
    for name in (*LLAMA.files, *LLAMA.optional):
        assert (folder / name).read_bytes() == hub.files[LLAMA.repository][name]
    assert {request.name for request in hub.requests} == {*LLAMA.files, *LLAMA.optional}
    before = len(hub.requests)
    assert fetch_model(LLAMA) == folder
    assert len(hub.requests) == before
    assert not list(cache.rglob("*partial"))


def test_no_token_is_sent(hub):
    fetch_model(LLAMA)
    assert {request.token for request in hub.requests} == {None}


def test_all_files_are_of_one_commit(hub):
    fetch_model(LLAMA)
    first, *others = LLAMA.files
    assert {request.revision for request in hub.requests if request.name == first} == {"main"}
    assert {request.revision for request in hub.requests if request.name in others} == {COMMIT}


def test_large_loads_encodes_and_answers_with_the_real_architectures(hub):
    settings = dataclasses.replace(setup("large"), threads=1, device="cpu", dtype="float32")
    tokenizer, model = load_language_model(settings)
    assert type(model).__name__ == "Qwen3ForCausalLM"
    found = answer(tokenizer, model, ["Hi", "Where is the boat?"], max_new_tokens=4)
    assert found == [answer(tokenizer, model, [text], max_new_tokens=4)[0] for text in ("Hi", "Where is the boat?")]
    encoder = load_encoder(settings)
    assert encoder.max_seq_length == 512
    vectors = encode_texts(encoder, ["a boat", "a ferry"])
    assert vectors.shape == (2, 16)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_a_models_template_options_are_written_into_its_template(hub):
    tokenizer, _ = load_language_model(dataclasses.replace(setup("large"), threads=1))
    asked = tokenizer.apply_chat_template([{"role": "user", "content": "Hi"}], tokenize=False)
    assert "aloud" not in asked
    assert "aloud" in hub.files[QWEN.repository]["chat_template.jinja"].decode()


@pytest.fixture
def no_wheel(monkeypatch, tmp_path):
    """Let the small profile's wheel be missing, and no prepared copy be there."""
    monkeypatch.setattr(wheel, "find_gguf", lambda: None)
    monkeypatch.setattr(prepared, "own_places", lambda: [tmp_path / "own"])
    monkeypatch.setattr(prepared, "shared_place", lambda: tmp_path / "shared")


def test_without_its_wheel_small_takes_the_hubs_copy(hub, no_wheel):
    settings = dataclasses.replace(setup("small"), threads=1)
    with pytest.raises(WorkshopError, match=r"not installed.*-r models\.txt.*workshop fetch"):
        load_language_model(settings)
    assert not hub.requests
    lines = list(fetch_profile("small"))
    assert lines[0] == f"{LLAMA.repository}: Apache-2.0, about 269 MB, since its wheel isn't installed"
    tokenizer, model = load_language_model(settings)
    assert answer(tokenizer, model, ["Hi"], max_new_tokens=4)


def test_the_hubs_copy_can_be_shared_in_the_environment(hub, no_wheel, tmp_path, monkeypatch):
    list(fetch_profile("small", shared=True))
    assert prepared.is_whole(tmp_path / "shared" / prepared.NAME)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "elsewhere"))
    asked = len(hub.requests)
    tokenizer, model = load_language_model(dataclasses.replace(setup("small"), threads=1))
    assert answer(tokenizer, model, ["Hi"], max_new_tokens=4)
    assert len(hub.requests) == asked
    assert "ready in" in next(fetch_profile("small", shared=True))


def test_large_is_not_shared_in_the_environment():
    with pytest.raises(WorkshopError, match=r"only the small profile's model can be shared.*HF_HUB_CACHE"):
        list(fetch_profile("large", shared=True))


def test_an_optional_file_may_be_missing(hub):
    del hub.files[LLAMA.repository]["chat_template.jinja"]
    folder = fetch_model(LLAMA)
    assert not (folder / "chat_template.jinja").exists()
    assert fetch_model(LLAMA) == folder


def test_an_optional_file_that_can_not_be_reached_is_not_taken_for_missing(hub):
    hub.failing = "chat_template.jinja"
    with pytest.raises(WorkshopError, match=r"status 503"):
        fetch_model(LLAMA)
    hub.failing = None
    assert (fetch_model(LLAMA) / "chat_template.jinja").is_file()


def test_a_missing_file_that_must_be_there_is_named_before_the_weights_come(hub):
    del hub.files[LLAMA.repository]["tokenizer.json"]
    with pytest.raises(WorkshopError, match=rf"no such file or revision \(status 404\).*{WAY_BACK}"):
        fetch_model(LLAMA)
    assert not hub.downloads()


def interrupt(hub, bytes_sent):
    """Break a download off and bring the hub back."""
    hub.cut = bytes_sent
    with pytest.raises(WorkshopError, match=rf"in trouble \(status 503\). What was downloaded is kept.*{WAY_BACK}"):
        fetch_model(LLAMA)
    hub.cut = hub.down = None
    hub.requests.clear()


def test_an_interrupted_download_goes_on_where_it_stopped(hub, cache):
    interrupt(hub, 40 * 1024)
    (partial,) = cache.rglob("*partial")
    assert partial.read_bytes() == weights_of(hub)[: 40 * 1024]
    folder = fetch_model(LLAMA)
    assert [request.range for request in hub.downloads()] == [f"bytes={40 * 1024}-"]
    assert (folder / WEIGHTS).read_bytes() == weights_of(hub)
    assert next(request.name for request in hub.requests if request.method == "GET") == WEIGHTS
    assert not list(cache.rglob("*partial"))


def test_a_connection_that_breaks_once_is_mended_at_once(hub, monkeypatch):
    hub.cut = 40 * 1024
    monkeypatch.setattr(type(hub), "down", property(lambda self: None, lambda self, _: setattr(self, "cut", None)))
    folder = fetch_model(LLAMA)
    assert [request.range for request in hub.downloads()] == [None, f"bytes={40 * 1024}-"]
    assert (folder / WEIGHTS).read_bytes() == weights_of(hub)


def test_a_server_that_ignores_ranges_costs_only_time(hub):
    interrupt(hub, 40 * 1024)
    hub.deaf = True
    assert (fetch_model(LLAMA) / WEIGHTS).read_bytes() == weights_of(hub)


def test_a_damaged_part_costs_one_fresh_start(hub, cache):
    interrupt(hub, 40 * 1024)
    (partial,) = cache.rglob("*partial")
    partial.write_bytes(b"\x00" * partial.stat().st_size)
    assert (fetch_model(LLAMA) / WEIGHTS).read_bytes() == weights_of(hub)
    assert [request.range for request in hub.downloads()] == [f"bytes={40 * 1024}-", None]


def test_a_part_that_is_too_long_is_thrown_away(hub, cache):
    interrupt(hub, 40 * 1024)
    (partial,) = cache.rglob("*partial")
    partial.write_bytes(b"\x00" * (len(weights_of(hub)) + 1))
    assert (fetch_model(LLAMA) / WEIGHTS).read_bytes() == weights_of(hub)
    assert [request.range for request in hub.downloads()] == [None]


def test_another_hash_than_the_hubs_own_is_refused(hub, cache):
    hub.announce = "0" * 64
    with pytest.raises(WorkshopError, match=rf"{WEIGHTS} of .* sha256 000000000000… was expected.*{WAY_BACK}"):
        fetch_model(LLAMA)
    assert not list(cache.rglob("*partial"))
    assert not list(cache.rglob(WEIGHTS))


def test_another_hash_than_the_pinned_is_refused(hub, cache):
    write_pin(LLAMA.name, Pin(COMMIT, {"tokenizer.json": "1" * 64}))
    with pytest.raises(WorkshopError, match=r"tokenizer.json of .* is not the expected file: sha256 111111111111…"):
        fetch_model(LLAMA)
    assert not list(cache.rglob("tokenizer.json"))


def test_a_damaged_cache_is_refused_and_mended_on_demand(hub):
    folder = fetch_model(LLAMA)
    stored = (folder / WEIGHTS).resolve()
    stored.write_bytes(stored.read_bytes()[:-1] + b"\x01")
    with pytest.raises(WorkshopError, match=r"is not the expected file.*Fetch it again: workshop fetch --again"):
        fetch_model(LLAMA)
    assert fetch_model(LLAMA, again=True) == folder
    assert (folder / WEIGHTS).read_bytes() == weights_of(hub)


def test_pinning_writes_commit_and_hashes_and_holds_to_them(hub, cache):
    pin = pin_model(LLAMA)
    assert pin.revision == COMMIT
    content = hub.files[LLAMA.repository]
    names = (*LLAMA.files, *LLAMA.optional)
    assert pin.sha256 == {name: hashlib.sha256(content[name]).hexdigest() for name in names}
    assert read_pin(LLAMA.name) == pin
    assert read_pin(BERT.name) == Pin()
    hub.commit, hub.files[LLAMA.repository] = "f" * 40, {**content, "config.json": b"{}"}
    assert fetch_model(LLAMA).name == COMMIT
    hub.requests.clear()
    assert pin_model(LLAMA).revision == "f" * 40
    assert read_pin(LLAMA.name).sha256["config.json"] == hashlib.sha256(b"{}").hexdigest()
    assert not hub.downloads()


def test_pinning_keeps_a_hash_that_was_known_before(hub):
    write_pin(BERT.name, Pin(None, {WEIGHTS: "5" * 64}))
    with pytest.raises(WorkshopError, match="sha256 555555555555… was expected"):
        pin_model(BERT)
    assert read_pin(BERT.name).revision is None


def test_a_pinned_revision_is_asked_for_by_its_commit(hub):
    write_pin(LLAMA.name, Pin(COMMIT))
    fetch_model(LLAMA)
    assert {request.revision for request in hub.requests} == {COMMIT}
    write_pin(LLAMA.name, Pin("e" * 40))
    with pytest.raises(WorkshopError, match="no such file or revision"):
        fetch_model(LLAMA)


def test_pins_that_are_no_json_are_named(tmp_path):
    (tmp_path / "pins.json").write_text("{")
    with pytest.raises(WorkshopError, match=r"pins.json is not JSON. Take it back"):
        read_pin(LLAMA.name)


def unused_address():
    """Return an address of this machine at which nothing listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}"


def test_a_hub_out_of_reach_is_one_line_with_the_way_back(monkeypatch):
    address = unused_address()
    monkeypatch.setenv("HF_ENDPOINT", address)
    with pytest.raises(WorkshopError, match=rf"can't reach {LLAMA.repository} from {address}.*{WAY_BACK}") as raised:
        fetch_model(LLAMA)
    assert len(str(raised.value).splitlines()) == 1
    assert raised.value.__suppress_context__


def test_a_name_that_resolves_to_nothing_is_one_line(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", f"http://{UNKNOWN}")
    with pytest.raises(WorkshopError, match=rf"can't reach .* from http://{UNKNOWN}.*{WAY_BACK}"):
        fetch_model(LLAMA)


def test_what_is_in_the_cache_needs_no_hub(hub, monkeypatch):
    folder = fetch_model(LLAMA)
    monkeypatch.setenv("HF_ENDPOINT", unused_address())
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert fetch_model(LLAMA) == folder


def test_offline_without_a_cache_says_so_and_asks_nobody(hub, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(WorkshopError, match=rf"not in the cache and HF_HUB_OFFLINE forbids.*{WAY_BACK}"):
        fetch_model(LLAMA)
    assert not hub.requests


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "wants a login"), (403, "refuses it"), (429, "too many requests"), (500, "in trouble"), (418, "said no")],
)
def test_what_the_hub_refuses_is_explained(hub, status, words):
    hub.down = status
    with pytest.raises(WorkshopError, match=rf"{words}.*\(status {status}\).*{WAY_BACK}"):
        fetch_model(LLAMA)


def test_a_login_page_is_no_hub(hub):
    hub.plain = True
    with pytest.raises(WorkshopError, match=rf"answers, but not as a model hub does.*{WAY_BACK}"):
        fetch_model(LLAMA)


def test_a_full_disk_is_named_before_the_download(hub, monkeypatch):
    usage = type("Usage", (), {"free": 5_000})
    monkeypatch.setattr("workshop.models.hub.shutil.disk_usage", lambda _: usage)
    with pytest.raises(WorkshopError, match=rf"needs 0 MB more and .* has 0 MB free.*HF_HUB_CACHE.*{WAY_BACK}"):
        fetch_model(LLAMA)
    assert not hub.downloads()


def test_fetching_a_profile_says_what_it_does(hub):
    lines = list(fetch_profile("large"))
    assert lines[0] == f"{BERT.repository}: MIT, about 219 MB"
    assert lines[1].endswith("not pinned: held to the hashes that the hub gave")
    assert list(fetch_profile("large", pin=True))[1] == f"  pinned to {COMMIT[:12]} with the sha256 of 4 files"
    assert list(fetch_profile("laptop"))[3].endswith("held to its pinned hashes")
    with pytest.raises(WorkshopError, match="unknown profile 'larg'"):
        list(fetch_profile("larg"))


def test_the_table_can_be_read_without_a_hub():
    write_pin(LLAMA.name, Pin(COMMIT))
    text = "\n".join(describe_models())
    for entry in MODELS.values():
        assert f"{entry.name}: {entry.repository or 'comes with the workshop'}, {entry.licence}" in text
        assert entry.certainty in text
    assert text.count(f"pinned to {COMMIT[:12]}") == 1
    assert text.count("not pinned") == 2


def test_weights_with_a_known_hash_are_said_to_be_held_to_it():
    write_pin(BERT.name, Pin(None, {WEIGHTS: "5" * 64}))
    assert "its weights are held to a known hash" in "\n".join(describe_models())


def test_the_page_on_models_gives_the_tables_facts():
    page = (Path(__file__).resolve().parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
    for entry in MODELS.values():
        name = entry.repository or entry.name
        (line,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        assert f"| {entry.licence} |" in line
        assert f"| {entry.megabytes:,} |" in line


def test_every_profile_finds_its_models_in_the_table():
    for profile, expected in (("small", [LLAMA]), ("large", [BERT, QWEN])):
        settings = setup(profile)
        assert {settings.encoder, settings.language_model} <= set(MODELS)
        assert list_models(profile) == expected
    for entry in MODELS.values():
        assert entry.licence in ("Apache-2.0", "MIT")
        assert WEIGHTS in entry.files
        assert entry.certainty


def test_the_committed_pins_are_whole():
    pins = json.loads((Path(catalogue.__file__).parents[1] / "assets" / "models" / "pins.json").read_text())
    assert set(pins) == {entry.name for entry in MODELS.values() if entry.repository}
    for name, pin in pins.items():
        assert set(pin) == {"revision", "sha256"}
        assert all(len(value) == 64 for value in pin["sha256"].values())
        assert pin["revision"] is None or (len(pin["revision"]) == 40 and set(MODELS[name].files) <= set(pin["sha256"]))


def environment(hub, cache):
    """Return what a fresh process needs to use the stand-in hub."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "WORKSHOP_"))}
    return {**kept, "HF_ENDPOINT": hub.address, "HF_HUB_CACHE": str(cache), "OMP_NUM_THREADS": "1"}


KILLED = """
from huggingface_hub import constants
constants.DOWNLOAD_CHUNK_SIZE = 16384
from workshop.models import MODELS
from workshop.models.hub import fetch_model
fetch_model(MODELS["smollm2-hub"])
"""


def count_bytes(cache, start):
    """Return how much has come of the file whose partial name begins so; folders may come and go while one looks."""
    parts = (Path(folder, name) for folder, _, names in os.walk(cache) for name in names if name.startswith(start))
    return max((part.stat().st_size for part in parts if part.name.endswith("partial")), default=0)


def test_a_killed_download_goes_on_in_the_next_process(hub, cache):
    hub.cut, hub.stall = 64 * 1024, True
    process = subprocess.Popen([sys.executable, "-c", KILLED], env=environment(hub, cache), stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    whole = hashlib.sha256(weights_of(hub)).hexdigest()
    while count_bytes(cache, whole) < 32 * 1024:
        assert process.poll() is None, "the download ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    hub.cut = hub.down = None
    hub.requests.clear()
    folder = fetch_model(LLAMA)
    (request,) = hub.downloads()
    assert int(request.range.removeprefix("bytes=").rstrip("-")) >= 32 * 1024
    assert hash_file(folder / WEIGHTS) == whole


def test_the_command_fails_in_one_line(hub, cache):
    hub.announce = "0" * 64
    command = [sys.executable, "-m", "workshop.cli", "fetch", "--profile", "large"]
    refused = subprocess.run(command, env=environment(hub, cache), capture_output=True, text=True)
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith(f"workshop: {WEIGHTS} of {BERT.repository} is not the expected")
    assert "Traceback" not in refused.stderr
    unreachable = {**environment(hub, cache), "HF_ENDPOINT": unused_address()}
    out = subprocess.run(command, env=unreachable, capture_output=True, text=True)
    assert out.returncode == 1
    assert out.stderr.splitlines()[-1].startswith("workshop: can't reach thenlper/gte-base from http://127.0.0.1")
    assert "Traceback" not in out.stderr
