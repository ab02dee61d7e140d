"""Where a learner's record lies: one JSON file, safe with two notebooks open, or memory."""

import contextlib
import functools
import json
import math
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCHEMA = 1
FILE = "learner.json"
MEMORY_ONLY = "memory"
KINDS = ("rows", "predictions", "passes")
Store = dict[str, dict[str, dict[str, Any]]]


def empty() -> Store:
    """Return a store without entries: for each kind, entries by their key."""
    return {kind: {} for kind in KINDS}


def merge(*stores: Store) -> Store:
    """Return all entries of the stores; of two with the same key, the newer one stays, a tie goes to the later."""
    merged = empty()
    for store in stores:
        for kind in KINDS:
            for key, entry in store[kind].items():
                old = merged[kind].get(key)
                if old is None or entry["at"] >= old["at"]:
                    merged[kind][key] = entry
    return merged


def parse(text: str) -> Store:
    """Return the store that a JSON text holds; raise ValueError where it is anything else."""
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ValueError("not a learner's record of this version")
    store = {kind: data.get(kind) for kind in KINDS}
    for kind, entries in store.items():
        if not isinstance(entries, dict) or not all(_sound(kind, entry) for entry in entries.values()):
            raise ValueError(f"damaged {kind}")
    return store


def _sound(kind: str, entry: Any) -> bool:
    """Tell whether an entry has its time and a value of its kind's type."""
    if not isinstance(entry, dict) or not _number(entry.get("at")):
        return False
    value = entry.get("value")
    if kind == "passes":
        return _number(value)
    return isinstance(value, dict if kind == "rows" else str)


def _number(value: Any) -> bool:
    """Tell whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def dump(store: Store, *, compact: bool = False) -> str:
    """Return a store as JSON text, in lines or compact; raise TypeError for a value that JSON can't hold."""
    layout = {"separators": (",", ":")} if compact else {"indent": 1}
    return json.dumps({"schema": SCHEMA, **store}, ensure_ascii=False, default=_plain, **layout)


def _plain(value: Any) -> Any:
    """Return a NumPy scalar or array as Python's own numbers."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} can't be kept in a record")


def folder() -> Path | None:
    """Return the folder of the record, $WORKSHOP_RESULTS or results/ beside the notebook; None for memory only."""
    name = os.environ.get("WORKSHOP_RESULTS") or "results"
    return None if name == MEMORY_ONLY else Path(name).expanduser()


@functools.cache
def memory() -> Store:
    """Return this process's own store: what could not be written, or is not meant to be."""
    return empty()


@functools.cache
def say_once(text: str) -> None:
    """Print a line, the first time only."""
    print(text)


def load() -> Store:
    """Return the entries of the file and of memory together."""
    place = folder()
    kept = empty() if place is None else _read(place / FILE)
    return merge(kept, memory())


def add(new: Store) -> None:
    """Merge new entries into the file, or into memory where nothing can be written."""
    place = folder()
    if place is not None:
        try:
            place.mkdir(parents=True, exist_ok=True)
            with _locked(place / f".{FILE}.lock"):
                _write(place / FILE, dump(merge(_read(place / FILE), memory(), new)))
            return
        except OSError as error:
            say_once(
                f"can't write to {place} ({error.strerror or type(error).__name__}): your results stay in this "
                "notebook's memory. Take them along with workshop.score.code.make_code()."
            )
    memory().update(merge(memory(), new))


def erase() -> None:
    """Delete the file and empty the memory."""
    memory().update(empty())
    place = folder()
    if place is not None:
        with contextlib.suppress(OSError):
            (place / FILE).unlink()


def _read(path: Path) -> Store:
    """Return a file's entries; a damaged file is set aside under another name, and said."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except ValueError:
        _set_aside(path)
    except OSError:
        pass
    return empty()


def _set_aside(path: Path) -> None:
    """Rename a damaged file, so that it is neither read again nor overwritten."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}.json")).exists():
        number += 1
    with contextlib.suppress(FileNotFoundError):
        path.rename(aside)
        print(f"{path} could not be read and is kept as {aside.name}; a new record begins.")


def _write(path: Path, text: str) -> None:
    """Replace a file in one step, so that no reader sees half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        _replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _replace(name: str, path: Path) -> None:
    """Rename over a file; Windows refuses while a reader has it open, so try for a second."""
    for _ in range(20):
        with contextlib.suppress(PermissionError):
            os.replace(name, path)
            return
        time.sleep(0.05)
    os.replace(name, path)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the record's lock, which ends with its process; go on without one where the file system knows no locks."""
    from filelock import FileLock

    lock = FileLock(path)
    with contextlib.suppress(OSError, NotImplementedError):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
