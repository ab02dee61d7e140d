"""Download models: nothing twice, going on where an interruption left off, and nothing whose sha256 is another."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.models.catalogue import ModelEntry, Pin, read_pin, write_pin
from workshop.models.network import explain_network

SHA256 = re.compile(r"[0-9a-f]{64}")
LATEST = "main"
WAY_BACK = "To go on with what is installed: workshop.setup('small')"


def fetch_model(entry: ModelEntry, *, again: bool = False) -> Path:
    """Return the folder of a hub model's files, each held to its sha256; downloads what the cache lacks.

    The hub is asked only for what is missing (HF_ENDPOINT, HF_HUB_CACHE and HF_HUB_OFFLINE are honoured; no token is
    sent). An unpinned file is held to the hash that the hub itself gave it. again: ask even for what is there.
    Raises WorkshopError for a hub that can't be reached, a file that is another than the pinned one, a full disk.
    """
    found = None if again else find_fetched(entry)
    if found:
        return found
    _prepare()
    pin = read_pin(entry.name)
    with _explained(entry):
        return _download(entry, pin.revision or LATEST, pin)


def find_fetched(entry: ModelEntry) -> Path | None:
    """Return the folder of a model that was fetched before, or None; nothing is asked. Raises as fetch_model does."""
    _prepare()
    pin = read_pin(entry.name)
    found = _find_cached(entry, pin.revision or LATEST)
    if found:
        _check_cached(entry, found, pin)
    return found


def pin_model(entry: ModelEntry) -> Pin:
    """Fetch what the hub has now and write its commit and the sha256 of each file into the table of pins."""
    _prepare()
    kept = {name: value for name, value in read_pin(entry.name).sha256.items() if name in entry.files}
    known = Pin(None, kept if read_pin(entry.name).revision is None else {})
    with _explained(entry):
        folder = _download(entry, LATEST, known)
    names = [name for name in (*entry.files, *entry.optional) if (folder / name).is_file()]
    pin = Pin(folder.name, {name: hash_file(folder / name) for name in names})
    write_pin(entry.name, pin)
    return pin


def hash_file(path: Path) -> str:
    """Return a file's sha256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def endpoint() -> str:
    """Return the hub's address: HF_ENDPOINT, also where it was set after huggingface_hub was imported."""
    from huggingface_hub import constants

    return (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")


def _prepare() -> None:
    """Import huggingface_hub and keep it from reporting home, which it does before its first request."""
    require("huggingface_hub", "text")
    from huggingface_hub import constants

    constants.HF_HUB_DISABLE_TELEMETRY = True


def _find_cached(entry: ModelEntry, revision: str) -> Path | None:
    """Return the cached folder of a revision that holds every file that must be there, or None."""
    from huggingface_hub import try_to_load_from_cache

    found = [try_to_load_from_cache(entry.repository, name, revision=revision) for name in entry.files]
    return Path(found[0]).parent if all(isinstance(path, str) for path in found) else None


def _check_cached(entry: ModelEntry, folder: Path, pin: Pin) -> None:
    """Raise WorkshopError where a cached file's sha256 is neither the pinned one nor the one it was stored under."""
    for name in entry.files:
        stored = (folder / name).resolve()
        expected = pin.sha256.get(name) or (stored.name if SHA256.fullmatch(stored.name) else None)
        if expected and hash_file(stored) != expected:
            raise _other_file(entry, name, expected, hash_file(stored), "Fetch it again: workshop fetch --again")


def _download(entry: ModelEntry, revision: str, pin: Pin) -> Path:
    """Fetch every file of one commit into the hub's cache, the weights last, and return the commit's folder."""
    from huggingface_hub.errors import RemoteEntryNotFoundError

    folder = None
    for name in (entry.files[0], *entry.optional, *entry.files[1:]):
        try:
            path = _download_file(entry, name, folder.name if folder else revision, pin.sha256.get(name))
        except RemoteEntryNotFoundError:
            if name in entry.optional:
                continue
            raise
        folder = path.parent
    return folder


def _download_file(entry: ModelEntry, name: str, revision: str, pinned: str | None) -> Path:
    """Fetch one file, check it, and let huggingface_hub link it into its cache."""
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_download, hf_hub_url
    from huggingface_hub.file_download import repo_folder_name

    url = hf_hub_url(entry.repository, name, revision=revision, endpoint=endpoint())
    facts = get_hf_file_metadata(url, token=False, timeout=constants.HF_HUB_ETAG_TIMEOUT, endpoint=endpoint())
    if not facts.etag or not facts.commit_hash:
        raise WorkshopError(
            f"{endpoint()} answers, but not as a model hub does (no commit, no etag): a login page or a proxy, "
            f"perhaps. Look at HF_ENDPOINT and at your connection. {WAY_BACK}."
        )
    blobs = Path(constants.HF_HUB_CACHE) / repo_folder_name(repo_id=entry.repository, repo_type="model") / "blobs"
    expected = pinned or (facts.etag if SHA256.fullmatch(facts.etag) else None)
    blob = blobs / facts.etag
    if blob.is_file() and expected and hash_file(blob) != expected:
        blob.unlink()
    if not blob.is_file():
        blobs.mkdir(parents=True, exist_ok=True)
        _complete(entry, name, url, blob, facts.size, expected)
    return Path(hf_hub_download(entry.repository, name, revision=revision, token=False, endpoint=endpoint()))


def _complete(entry: ModelEntry, name: str, url: str, blob: Path, size: int | None, expected: str | None) -> None:
    """Download into a partial file, going on with what an interruption left; only a checked one becomes the blob."""
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import WeakFileLock, build_hf_headers

    partial = blob.with_name(blob.name + ".workshop-partial")
    headers = {**build_hf_headers(token=False), "Accept-Encoding": "identity"}
    with WeakFileLock(blob.with_name(blob.name + ".workshop-lock")):
        for _ in range(2):  # what went wrong in an earlier part costs one fresh start
            begun = partial.stat().st_size if partial.is_file() else 0
            if size is not None and begun > size:
                partial.unlink()
                begun = 0
            _check_room(entry, blob.parent, (size or 0) - begun)
            with partial.open("ab") as file:
                http_get(url, file, resume_size=begun, headers=headers, expected_size=size, displayed_filename=name)
            found = hash_file(partial)
            if expected in (None, found):
                partial.replace(blob)
                return
            partial.unlink()
            if not begun:
                break
    raise _other_file(entry, name, expected, found, "It was thrown away; try again: workshop fetch")


def _check_room(entry: ModelEntry, folder: Path, needed: int) -> None:
    """Raise WorkshopError where the disk has no room for what is still to come."""
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise WorkshopError(
            f"{entry.repository} needs {needed / 1e6:.0f} MB more and {folder} has {free / 1e6:.0f} MB free. "
            f"Make room, or set HF_HUB_CACHE to another disk. {WAY_BACK}."
        )


def _other_file(entry: ModelEntry, name: str, expected: str, found: str, step: str) -> WorkshopError:
    """Return the error for a file with another sha256."""
    return WorkshopError(
        f"{name} of {entry.repository} is not the expected file: sha256 {expected[:12]}… was expected, {found[:12]}… "
        f"came. It is damaged, or was changed. {step}. {WAY_BACK}."
    )


@contextmanager
def _explained(entry: ModelEntry) -> Iterator[None]:
    """Turn what the network and the hub can raise into one line with the way back."""
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, HTTPError, OfflineModeIsEnabled

    again = "What was downloaded is kept; try again with `workshop fetch`"
    where = f"{entry.repository} from {endpoint()}"
    try:
        with explain_network(where, WAY_BACK):
            yield
    except OfflineModeIsEnabled:
        raise WorkshopError(
            f"{entry.repository} is not in the cache and HF_HUB_OFFLINE forbids to fetch it. Unset it. {WAY_BACK}."
        ) from None
    except HfHubHTTPError as error:
        raise WorkshopError(f"can't fetch {where}: {_reason(error)}. {again}. {WAY_BACK}.") from None
    except (HTTPError, EntryNotFoundError) as error:
        raise WorkshopError(f"can't reach {where} ({first_line(error)}). {again}. {WAY_BACK}.") from None
    except OSError as error:
        raise WorkshopError(f"can't store {where}: {first_line(error)}. {again}. {WAY_BACK}.") from None


def _reason(error: Any) -> str:
    """Return what an HTTP status means here."""
    status = error.response.status_code
    known = {
        401: "the hub wants a login for it, or it is not there",
        403: "the hub refuses it",
        404: "the hub has no such file or revision",
        429: "the hub counts too many requests from this address; wait a few minutes",
    }
    return f"{known.get(status, 'the hub is in trouble' if status >= 500 else 'the hub said no')} (status {status})"


def first_line(error: Exception) -> str:
    """Return an error's first line, or its kind where it says nothing."""
    return (str(error).splitlines() or [""])[0].rstrip(".") or type(error).__name__
