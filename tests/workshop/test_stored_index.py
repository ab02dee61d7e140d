"""A FAISS index and its passages: what is saved comes back, damage is refused unread, no kill loses anything."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("faiss")

import faiss

from workshop.data import Passage
from workshop.errors import WorkshopError
from workshop.search import load_index, save_index, stored

ROOT = Path(__file__).resolve().parents[2]
ODD = ["plain", "two\nlines", "é ﬃ 何時", "\ud800 half", "\u2028", "", '"quoted" \\', "\x00"]


def make(seed=0, count=8, kind="Flat"):
    """Return an index of random vectors and as many passages."""
    vectors = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    index = faiss.index_factory(8, kind, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    return index, [Passage(f"page/{seed}-{row}", ODD[row % len(ODD)]) for row in range(count)]


def search(index):
    """Return what an index finds for fixed queries."""
    scores, ids = index.search(np.random.default_rng(9).normal(size=(5, 8)).astype(np.float32), 4)
    return ids.tolist(), scores.tolist()


def read(folder):
    """Return what a stored index is known by."""
    index, passages = load_index(folder)
    return search(index), passages


@pytest.mark.parametrize("kind", ["Flat", "IVF4,Flat", "HNSW8", "PQ4x4np"])
def test_what_is_saved_comes_back(tmp_path, kind):
    index, passages = make(count=64, kind=kind)
    save_index(tmp_path / "new" / "folder", index, iter(passages))
    found, texts = load_index(str(tmp_path / "new" / "folder"))
    assert isinstance(found, type(index))
    assert search(found) == search(index)
    assert texts == passages


def test_files_are_faiss_own_and_json_lines_held_to_their_sums(tmp_path):
    import hashlib

    index, passages = make()
    save_index(tmp_path, index, passages)
    names = sorted(path.name for path in tmp_path.iterdir() if path.name != ".lock")
    assert [name.partition("-")[0] for name in names] == ["index", "index.json", "passages"]
    assert search(faiss.read_index(str(tmp_path / names[0]))) == search(index)
    lines = (tmp_path / names[2]).read_text(encoding="utf-8").split("\n")
    assert [json.loads(line)["text"] for line in lines if line] == [one.text for one in passages]
    sums = json.loads((tmp_path / "index.json").read_text())
    for part, name in (("index", names[0]), ("passages", names[2])):
        assert sums[part] == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()


def test_a_newer_index_takes_the_place_of_the_older_and_leaves_other_files(tmp_path):
    (tmp_path / "index-notes.faiss").write_text("somebody else's")
    save_index(tmp_path, *make(0))
    save_index(tmp_path, *make(1))
    assert read(tmp_path)[1] == make(1)[1]
    assert len(list(tmp_path.glob("*.faiss"))) == 2
    assert len(list(tmp_path.glob("*.jsonl"))) == 1
    save_index(tmp_path, *make(1))
    assert read(tmp_path)[1] == make(1)[1]


class Killed(BaseException):
    """Stands for a process that ends here."""


def kill_at(monkeypatch, step):
    """Let the step-th thing that is done to the disk be the last."""
    left = [step]

    def count(name, function):
        def counted(*arguments, **options):
            left[0] -= 1
            if left[0] < 0:
                raise Killed(name)
            return function(*arguments, **options)

        return counted

    monkeypatch.setattr(os, "fsync", count("fsync", os.fsync))
    for name in ("open", "replace", "unlink"):
        monkeypatch.setattr(Path, name, count(name, getattr(Path, name)))


@pytest.mark.parametrize("step", range(12))
def test_whoever_is_killed_at_any_step_leaves_the_old_or_the_new(tmp_path, step):
    old, new = make(0), make(1)
    save_index(tmp_path, *old)
    with pytest.MonkeyPatch.context() as patch:
        kill_at(patch, step)
        try:
            save_index(tmp_path, *new)
        except Killed:
            ended = True
        else:
            ended = False
    assert ended == (step < 11), "three files of three steps each and two old ones to throw away"
    assert read(tmp_path) == (search(new[0] if step >= 9 else old[0]), new[1] if step >= 9 else old[1])
    save_index(tmp_path, *new)  # what was left half made is in nobody's way
    assert read(tmp_path) == (search(new[0]), new[1])
    assert sorted(path.suffix for path in tmp_path.iterdir()) == ["", ".faiss", ".json", ".jsonl"]


WRITER = """
import sys
from tests.workshop.test_stored_index import make, save_index
indexes = [make(seed, 20_000) for seed in (0, 1)]
print("ready", flush=True)
while True:
    for one in indexes:
        save_index(sys.argv[1], *one)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGKILL")
def test_a_killed_process_leaves_a_whole_index(tmp_path):
    whole = {make(seed, 20_000)[1][0].document for seed in (0, 1)}
    save_index(tmp_path, *make(0, 20_000))
    for wait in (0.05, 0.21, 0.33):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT)
        writer.stdout.readline()
        time.sleep(wait)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        index, passages = load_index(tmp_path)
        assert index.ntotal == len(passages) == 20_000
        assert passages[0].document in whole


def spoil(path, how):
    """Damage a file."""
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "cut off":
        path.write_bytes(data[: len(data) // 2])
    elif how == "a bit":
        path.write_bytes(data[:-3] + bytes([data[-3] ^ 1]) + data[-2:])
    else:
        path.write_bytes(b"")


@pytest.mark.parametrize("how", ["gone", "cut off", "a bit", "empty"])
@pytest.mark.parametrize("pattern", ["index-*.faiss", "passages-*.jsonl", "index.json"])
def test_damage_is_refused_unread(tmp_path, monkeypatch, pattern, how):
    save_index(tmp_path, *make())
    spoil(next(tmp_path.glob(pattern)), how)
    parsed = []
    monkeypatch.setattr(faiss, "deserialize_index", parsed.append)
    with pytest.raises(WorkshopError, match=r"Make the index again and save it with save_index") as caught:
        load_index(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert parsed == []


@pytest.mark.parametrize(
    "manifest",
    [b"[]", b'"index"', b"null", b'{"index": 3, "passages": 4}', b"{}", b"\xff", b'{"index": "..' + b"/" * 9],
)
def test_an_odd_manifest_gets_one_line(tmp_path, manifest):
    save_index(tmp_path, *make())
    (tmp_path / "index.json").write_bytes(manifest)
    with pytest.raises(WorkshopError, match=r"found no index in .* that can be read"):
        load_index(tmp_path)


def resave(folder, part, data):
    """Exchange a part of a stored index, with its sum, as somebody would who makes such files by hand."""
    import hashlib

    sums = json.loads((folder / "index.json").read_text()) | {part: hashlib.sha256(data).hexdigest()}
    (folder / stored._FILES[part].format(sums[part][:16])).write_bytes(data)
    (folder / "index.json").write_text(json.dumps(sums))


@pytest.mark.parametrize(
    ("part", "data", "words"),
    [
        ("index", b"no index at all", "RuntimeError"),
        ("passages", b'{"document": "a", "text": "b"}\n', "8 vectors, 1 passages"),
        ("passages", b'{"page": "a"}\n' * 8, "TypeError"),
        ("passages", b"words\n" * 8, "JSONDecodeError"),
    ],
)
def test_files_of_another_form_get_one_line(tmp_path, part, data, words):
    save_index(tmp_path, *make())
    resave(tmp_path, part, data)
    with pytest.raises(WorkshopError, match=words):
        load_index(tmp_path)


def test_nothing_that_runs_code_is_read(tmp_path):
    import pickle

    class Bomb:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "exploded",))

    save_index(tmp_path, *make())
    for part in ("index", "passages"):
        resave(tmp_path, part, pickle.dumps(Bomb()))
        with pytest.raises(WorkshopError):
            load_index(tmp_path)
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize("passages", [[], make()[1][:-1], [one.text for one in make()[1]]])
def test_passages_that_do_not_fit_are_named_and_nothing_is_written(tmp_path, passages):
    with pytest.raises(WorkshopError, match=r"expected 8 passages, one for each of the index's vectors"):
        save_index(tmp_path / "new", make()[0], passages)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkshopError, match=r"can't save the index in .*file.*Name a folder that you may write to"):
        save_index(tmp_path / "file" / "folder", *make())


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    save_index(tmp_path, *make(0))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(WorkshopError, match=r"No space left on device. What lay there is as it was"):
            save_index(tmp_path, *make(1))
    assert read(tmp_path)[1] == make(0)[1]


def test_two_processes_write_one_after_the_other(tmp_path, monkeypatch):
    from filelock import FileLock

    monkeypatch.setattr(stored, "LOCK_SECONDS", 0.1)
    with FileLock(tmp_path / ".lock"), pytest.raises(WorkshopError, match="can't save the index"):
        save_index(tmp_path, *make())
    save_index(tmp_path, *make())


def test_a_folder_without_an_index_is_named(tmp_path):
    with pytest.raises(WorkshopError, match=r"found no index in .*index\.json.*save_index"):
        load_index(tmp_path / "nowhere")
