"""A stand-in for the model hub on 127.0.0.1: what huggingface_hub asks for, and the troubles that a network has."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Request:
    """What the server was asked. range: where a download was to go on, as sent."""

    method: str
    name: str
    revision: str
    range: str | None
    token: str | None


@dataclass
class Hub:
    """The server's content and behaviour; a test changes them while it runs.

    files: by repository and name. cut: bytes of weights after which a connection breaks, and then `down` holds.
    stall: keep the connection open instead of breaking it. down: answer with this status. failing: a file that is
    answered with 503. plain: be no hub at all. deaf: answer a Range with the whole file. announce: give this sha256
    for weights instead of the true one.
    """

    address: str = ""
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    commit: str = COMMIT
    cut: int | None = None
    stall: bool = False
    down: int | None = None
    failing: str | None = None
    plain: bool = False
    deaf: bool = False
    announce: str | None = None
    requests: list[Request] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def add(self, repository: str, folder: Path) -> None:
        """Take a folder's files in as a repository."""
        self.files[repository] = {path.name: path.read_bytes() for path in folder.iterdir()}

    def downloads(self, name: str = "model.safetensors") -> list[Request]:
        """Return the requests that asked for a file's content."""
        return [request for request in self.requests if (request.method, request.name) == ("GET", name)]


@contextmanager
def serve() -> Iterator[Hub]:
    """Run a hub on a free port of 127.0.0.1."""
    hub = Hub()
    handler = type("HubHandler", (Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield hub
    finally:
        hub.released.set()
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answer HEAD and GET of /OWNER/NAME/resolve/REVISION/FILE."""

    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        """Answer with the headers alone."""
        self._answer(body=False)

    def do_GET(self) -> None:
        """Answer with headers and content."""
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        owner, model, _, revision, name = [*self.path.lstrip("/").split("/", 4), *[""] * 5][:5]
        ranged, token = self.headers.get("Range"), self.headers.get("Authorization")
        self.hub.requests.append(Request(self.command, name, revision, ranged, token))
        content = self.hub.files.get(f"{owner}/{model}", {}).get(name)
        if self.hub.down or name == self.hub.failing:
            self._send(self.hub.down or 503, b"", {})
        elif self.hub.plain:
            self._send(200, b"<html>Please log in</html>", {}, body)
        elif revision not in ("main", self.hub.commit):
            self._send(404, b"", {"X-Error-Code": "RevisionNotFound"})
        elif content is None:
            code = "EntryNotFound" if f"{owner}/{model}" in self.hub.files else "RepoNotFound"
            self._send(404, b"", {"X-Error-Code": code, "X-Repo-Commit": self.hub.commit})
        else:
            self._send_file(name, content, ranged, body)

    def _send_file(self, name: str, content: bytes, ranged: str | None, body: bool) -> None:
        weights = name.endswith(".safetensors")
        etag = hashlib.sha256(content).hexdigest() if weights else hashlib.sha1(content).hexdigest()
        if weights and self.hub.announce:
            etag = self.hub.announce
        headers = {"ETag": f'"{etag}"', "X-Repo-Commit": self.hub.commit, "Accept-Ranges": "bytes"}
        start = int(ranged.removeprefix("bytes=").rstrip("-")) if ranged and not self.hub.deaf else 0
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._send(206 if start else 200, content[start:], headers, body, cut=self.hub.cut if weights else None)

    def _send(
        self, status: int, content: bytes, headers: dict[str, str], body: bool = True, cut: int | None = None
    ) -> None:
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(key, value)
        self.end_headers()
        if not body:
            return
        self.wfile.write(content[:cut])
        self.wfile.flush()
        if cut is not None and cut < len(content):
            if self.hub.stall:
                self.hub.released.wait(60)
            self.hub.down = 503
            self.close_connection = True
