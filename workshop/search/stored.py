"""Keep a FAISS index with its passages: in FAISS's own format and JSON Lines, held to checksums, never by pickle."""

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workshop.data import Passage
from workshop.errors import WorkshopError, require

MANIFEST = "index.json"
LOCK_SECONDS = 60
# Each file is named after its sha256, so that old and new lie side by side until the manifest names the new ones.
_FILES = {"index": "index-{}.faiss", "passages": "passages-{}.jsonl"}
_AGAIN = "Make the index again and save it with save_index(folder, index, passages)."


def save_index(folder: str | Path, index: Any, passages: Sequence[Passage]) -> None:
    """Save a FAISS index of N vectors and the N passages that they stand for, row by row, over what the folder holds.

    Both files are written beside those of before; then index.json, which holds their sha256, is exchanged in one step,
    and the old files go: whoever is killed on the way leaves the old index or the new one, whole.
    Raises WorkshopError where numbers differ, or where the folder can't be written.
    """
    from filelock import FileLock

    passages, folder = list(passages), Path(folder)
    if index.ntotal != len(passages) or not all(isinstance(one, Passage) for one in passages):
        wanted = f"{index.ntotal:,} passages, one for each of the index's vectors and in their order"
        raise WorkshopError(f"expected {wanted}, got {len(passages):,} items. Take them from load_passages(settings).")
    lines = "".join(json.dumps(dataclasses.asdict(one)) + "\n" for one in passages)
    parts = {"index": bytes(require("faiss", "rag").serialize_index(index)), "passages": lines.encode("ascii")}
    sums = {part: hashlib.sha256(data).hexdigest() for part, data in parts.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=LOCK_SECONDS):
            for part, data in parts.items():
                _write(_find(folder, part, sums[part]), data)
            _write(folder / MANIFEST, json.dumps(sums, indent=1).encode("ascii"))
            for part, digest in sums.items():
                for path in set(folder.glob(_FILES[part].format("[0-9a-f]" * 16))) - {_find(folder, part, digest)}:
                    with contextlib.suppress(OSError):  # Windows keeps a file that somebody reads
                        path.unlink()
    except (OSError, NotImplementedError) as error:
        room = f"Name a folder that you may write to and that has {sum(map(len, parts.values())) / 1e6:.0f} MB of room."
        raise WorkshopError(f"can't save the index in {folder}: {error}. What lay there is as it was. {room}") from None


def load_index(folder: str | Path) -> tuple[Any, list[Passage]]:
    """Load what save_index saved: the FAISS index of N vectors, and its N passages in the order of its rows.

    Neither file is parsed before its bytes have the sha256 in index.json. That finds damage, not malice: FAISS trusts
    what it reads, and whoever can change a file can change its sum, so load only what you or people you trust saved.
    Raises WorkshopError where there is no index, or a file is missing, damaged or of another form.
    """
    faiss, folder = require("faiss", "rag"), Path(folder)
    try:
        sums = json.loads((folder / MANIFEST).read_bytes())
        data = {part: _read(_find(folder, part, sums[part]), sums[part]) for part in _FILES}
        index = faiss.deserialize_index(np.frombuffer(data["index"], dtype=np.uint8))
        passages = [Passage(**json.loads(line)) for line in data["passages"].splitlines()]
        if index.ntotal != len(passages):
            raise ValueError(f"{index.ntotal:,} vectors, {len(passages):,} passages")
    except (OSError, RuntimeError, ValueError, LookupError, TypeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise WorkshopError(f"found no index in {folder} that can be read ({what}). {_AGAIN}") from None
    return index, passages


def _find(folder: Path, part: str, digest: str) -> Path:
    return folder / _FILES[part].format(digest[:16])


def _write(path: Path, data: bytes) -> None:
    """Bring data to the disk under another name, then rename it, so that nobody sees half of a file."""
    beside = path.with_name(".part")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _read(path: Path, digest: str) -> bytes:
    """Return a file's bytes; raise WorkshopError unless they are those that were saved."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        why = f"its sha256 isn't the one in {MANIFEST}: it is damaged, cut off or changed"
        raise WorkshopError(f"{path} was not parsed: {why}. {_AGAIN}")
    return data
