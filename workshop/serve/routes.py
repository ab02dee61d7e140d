"""The addresses of the protocol that are served, and what each gives."""

import base64
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from workshop.errors import WorkshopError
from workshop.serve.bodies import EmbeddingsBody, JobBody, read_body
from workshop.serve.chat import answer_chat
from workshop.serve.door import Door
from workshop.serve.files import delete_file, read_file, upload_file
from workshop.serve.jobs import Trainer
from workshop.serve.records import cut_page
from workshop.serve.refusals import Refusal, answer_failure
from workshop.serve.served import Models

JOBS, JOB = "/fine_tuning/jobs", "/fine_tuning/jobs/{name}"


def build_app(models: Models, trainer: Trainer, key: str | None, hosts: tuple[str, ...] | None) -> Starlette:
    """Return the application. key and hosts: as for Door."""
    plain = [("GET", path, _show(call)) for path, call in list_shown(models).items()]
    changing = [
        ("POST", "/chat/completions", partial(answer_chat, models)),
        ("POST", "/embeddings", partial(_embed, models)),
        ("DELETE", "/models/{name:path}", _show(lambda name, _: models.delete(name))),
        ("POST", "/files", partial(upload_file, models)),
        ("GET", "/files/{name}/content", partial(read_file, models.records)),
        ("DELETE", "/files/{name}", _show(lambda name, _: delete_file(models.records, name))),
        ("POST", JOBS, partial(_create_job, trainer)),
        ("POST", f"{JOB}/cancel", _show(lambda name, _: trainer.cancel(name))),
    ]
    routes = [Route(f"/v1{path}", called, methods=[method]) for method, path, called in plain + changing]
    failures = dict.fromkeys((Refusal, WorkshopError, HTTPException, Exception), answer_failure)
    door = Middleware(Door, key=key, hosts=hosts)
    return Starlette(routes=routes, middleware=[door], exception_handlers=failures)


Shown = Callable[[str, Mapping[str, str]], dict[str, Any]]


def list_shown(models: Models) -> dict[str, Shown]:
    """Return what is only looked at: by its path, what gives the answer for a name and a query."""
    records = models.records
    return {
        "/models": lambda *_: {"object": "list", "data": models.list_all()},
        "/models/{name:path}": lambda name, _: models.find(name),
        "/files": lambda _, query: cut_page(query, records.newest("files")),
        "/files/{name}": lambda name, _: records.find("files", name),
        JOBS: lambda _, query: cut_page(query, records.newest("jobs")),
        JOB: lambda name, _: records.find("jobs", name),
        f"{JOB}/events": lambda name, query: cut_page(query, records.find("events", name)["data"][::-1]),
    }


def _show(call: Shown) -> Callable[[Request], Any]:
    """Return what answers a request with a JSON object."""

    async def endpoint(request: Request) -> Response:
        return JSONResponse(call(request.path_params.get("name", ""), request.query_params))

    return endpoint


async def _embed(models: Models, request: Request) -> Response:
    """Turn texts into vectors."""
    body = await read_body(request, EmbeddingsBody)
    vectors, tokens = await run_in_threadpool(models.embed, body.model, body.input)
    if body.encoding_format == "base64":
        plain = [base64.b64encode(one.astype("<f4").tobytes()).decode() for one in vectors]
    else:
        plain = vectors.tolist()
    data = [{"object": "embedding", "index": place, "embedding": one} for place, one in enumerate(plain)]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return JSONResponse({"object": "list", "data": data, "model": body.model, "usage": usage})


async def _create_job(trainer: Trainer, request: Request) -> Response:
    """Put a job in the queue."""
    return JSONResponse(trainer.create(await read_body(request, JobBody)))
