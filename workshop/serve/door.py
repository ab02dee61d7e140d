"""What every request passes first: is it from a web page, has it the key, is it too large."""

import secrets
from typing import Any

from starlette.datastructures import Headers

from workshop.serve.refusals import Refusal

MOST_BYTES = 16_000_000
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Door:
    """An ASGI middleware. key: what clients must send, or None; hosts: the names that they may call the server by."""

    def __init__(self, app: Any, key: str | None, hosts: tuple[str, ...] | None) -> None:
        self.app, self.key, self.hosts = app, key, hosts

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        try:
            self._check(Headers(scope=scope))
        except Refusal as refusal:
            return await refusal.as_response()(scope, receive, send)
        return await self.app(scope, _limit(receive), send)

    def _check(self, headers: Headers) -> None:
        """Raise Refusal for a request from a web page, under another name, or without the key."""
        if "origin" in headers:
            raise Refusal("web pages may not ask this server. Ask from a program.", status=403, code="forbidden")
        name = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
        if self.hosts and name not in self.hosts:
            # A page may have its own name point to 127.0.0.1, and then reads the answers.
            raise Refusal(f"this server isn't called {name!r}. Call it {self.hosts[0]}.", status=403, code="forbidden")
        sent = headers.get("authorization", "").removeprefix("Bearer ")
        if self.key and not secrets.compare_digest(sent.encode(), self.key.encode()):
            text = "this server wants its key and got another one, or none. Give it: OpenAI(base_url=…, api_key=…)."
            raise Refusal(text, status=401, code="invalid_api_key")


def _limit(receive: Any) -> Any:
    """Return a way to read a request's body that refuses what is too large.

    The rest is read and thrown away: a client that is cut off while it writes would never see the answer.
    """
    read = 0

    async def limited() -> dict[str, Any]:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            while message.get("more_body"):
                message = await receive()
            raise Refusal(f"a request may have {MOST_BYTES / 1e6:.0f} MB at most.", status=413, code="too_large")
        return message

    return limited
