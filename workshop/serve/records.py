"""What the server keeps in its folder: files, jobs and their events, each written whole or not at all."""

import json
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError
from workshop.serve.refusals import Refusal

KINDS = ("files", "jobs", "events")
# What a job is until it is over.
OPEN = ("queued", "running")
MOST_LISTED = 10_000
Record = dict[str, Any]


def new_id(prefix: str) -> str:
    """Return a new name; names sort by their time."""
    return f"{prefix}{time.time_ns():016x}{secrets.token_hex(3)}"


class Records:
    """The records of a folder, by kind and id, as the protocol shows them; one server at a time has a folder.

    Raises WorkshopError for a folder that can't be written, that another server has, or with a damaged record.
    """

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock, Timeout

        self.folder = folder
        self._lock = FileLock(folder / ".lock", thread_local=False)
        try:
            for kind in (*KINDS, "models"):
                (folder / kind).mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            self._kept = {kind: self._read(kind) for kind in KINDS}
        except Timeout:
            raise WorkshopError(
                f"another server has {folder}. Stop it, or choose another folder: --folder DIR, serve(…, folder=…)."
            ) from None
        except OSError as error:
            raise WorkshopError(
                f"can't write into {folder}: {error.strerror}. Choose another: --folder DIR, serve(…, folder=…)."
            ) from None

    def _read(self, kind: str) -> dict[str, Record]:
        """Return all records of a kind, the oldest first."""
        found = {}
        for path in sorted((self.folder / kind).glob("*.json")):
            try:
                found[path.stem] = json.loads(path.read_text(encoding="utf-8"))
            except ValueError:
                self._lock.release()
                raise WorkshopError(f"{path} is damaged. Delete it, and start the server again.") from None
        return found

    def newest(self, kind: str) -> list[Record]:
        """Return all records of a kind, the newest first."""
        return list(self._kept[kind].values())[::-1]

    def find(self, kind: str, name: str) -> Record:
        """Return a record; raises Refusal where there is none."""
        if name not in self._kept[kind]:
            raise Refusal(f"there is no {name!r} among the {kind} here.", status=404, code="not_found")
        return self._kept[kind][name]

    def save(self, kind: str, record: Record) -> Record:
        """Write a record, in place of the one with its id, and return it."""
        write_whole(self.folder / kind / f"{record['id']}.json", json.dumps(record, ensure_ascii=False).encode())
        self._kept[kind][record["id"]] = record
        return record

    def remove(self, kind: str, name: str) -> None:
        """Delete a record; raises Refusal where there is none."""
        self.find(kind, name)
        (self.folder / kind / f"{name}.json").unlink(missing_ok=True)
        del self._kept[kind][name]

    def close(self) -> None:
        """Let another server have the folder."""
        self._lock.release()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is the old one or the new one at any time; a folder that was deleted is made again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def cut_page(query: Mapping[str, str], records: list[Record]) -> dict[str, Any]:
    """Return the part of a list that a query wants: `limit` records after the one named `after`.

    records: the newest first; with an `order` of asc the oldest comes first. Raises Refusal for a limit out of range
    and a name that isn't in the list.
    """
    wanted, after = query.get("limit", "20"), query.get("after")
    if not (wanted.isdecimal() and 1 <= int(wanted) <= MOST_LISTED):
        raise Refusal(f"limit: expected 1 to {MOST_LISTED:,}, got {wanted!r}.", code="invalid_value", param="limit")
    records = records[::-1] if query.get("order") == "asc" else records
    names = [one["id"] for one in records]
    if after is not None and after not in names:
        raise Refusal(f"after: there is no {after!r} in this list.", code="invalid_value", param="after")
    start = 0 if after is None else names.index(after) + 1
    data = records[start : start + int(wanted)]
    first, last = (data[0]["id"], data[-1]["id"]) if data else (None, None)
    more = start + len(data) < len(records)
    return {"object": "list", "data": data, "first_id": first, "last_id": last, "has_more": more}
