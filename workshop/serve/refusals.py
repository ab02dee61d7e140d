"""Refusals in the protocol's form: an error object that the client turns into an exception of its own."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from workshop.errors import WorkshopError


class Refusal(Exception):
    """A request that isn't done. status: HTTP's number; code: the protocol's word; param: what is wrong."""

    def __init__(self, message: str, *, status: int = 400, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.param = status, code, param

    def as_object(self) -> dict[str, Any]:
        """Return the protocol's error object."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {"error": {"message": str(self), "type": kind, "param": self.param, "code": self.code}}

    def as_response(self) -> JSONResponse:
        """Return the answer to the request."""
        return JSONResponse(self.as_object(), self.status)


def as_refusal(error: Exception) -> Refusal:
    """Return what a failure is in the protocol: a WorkshopError is the request's fault, all else the server's."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, WorkshopError):
        return Refusal(str(error))
    if isinstance(error, HTTPException):
        return Refusal(error.detail, status=error.status_code)
    return Refusal(f"the server failed: {type(error).__name__}: {error}", status=500, code="internal_error")


async def answer_failure(request: Request, error: Exception) -> JSONResponse:
    """Answer a request that failed; an address that nothing is at is named."""
    if isinstance(error, HTTPException) and error.status_code in (404, 405):
        text = f"nothing answers {request.method} {request.url.path} here. docs/serve.md lists what is served."
        error = Refusal(text, status=error.status_code, code="unknown_url")
    return as_refusal(error).as_response()
