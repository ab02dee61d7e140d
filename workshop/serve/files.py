"""Files to tune on: checked as they come, kept as they were sent."""

import time
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from workshop.serve.lines import read_examples
from workshop.serve.records import OPEN, Record, Records, new_id, write_whole
from workshop.serve.refusals import Refusal
from workshop.serve.served import Models

PURPOSE = "fine-tune"


async def upload_file(models: Models, request: Request) -> Response:
    """Keep a file; raises Refusal for another purpose and for lines that can't be learnt."""
    async with request.form(max_files=1, max_fields=2) as form:
        file, purpose = form.get("file"), form.get("purpose")
        if not isinstance(file, UploadFile):
            raise Refusal("'file' is missing.", code="missing_required_parameter", param="file")
        if purpose != PURPOSE:
            text = f"purpose: expected {PURPOSE!r}, got {purpose!r:.40}."
            raise Refusal(text, code="invalid_value", param="purpose")
        content, name = await file.read(), file.filename or "unnamed.jsonl"
    return JSONResponse(await run_in_threadpool(_keep, models, content, name))


def _keep(models: Models, content: bytes, name: str) -> Record:
    """Check and write a file and its record."""
    read_examples(models.tokenizer, content, models.base.config.max_position_embeddings)
    record = {
        "id": new_id("file-"), "object": "file", "bytes": len(content), "created_at": int(time.time()),
        "filename": name, "purpose": PURPOSE, "status": "processed",
    }  # fmt: skip
    write_whole(path_of(models.records, record["id"]), content)
    return models.records.save("files", record)


def path_of(records: Records, name: str) -> Path:
    """Return where a file's content lies."""
    return records.folder / "files" / f"{name}.jsonl"


async def read_file(records: Records, request: Request) -> Response:
    """Give a file's content, byte by byte as it came."""
    record = records.find("files", request.path_params["name"])
    return Response(path_of(records, record["id"]).read_bytes(), media_type="application/octet-stream")


def delete_file(records: Records, name: str) -> Record:
    """Delete a file; raises Refusal for one that a job waits to read."""
    records.find("files", name)
    for job in records.newest("jobs"):
        if job["training_file"] == name and job["status"] in OPEN:
            text = f"the job {job['id']} needs this file. Wait for it, or cancel it."
            raise Refusal(text, status=409, code="file_in_use")
    records.remove("files", name)
    path_of(records, name).unlink(missing_ok=True)
    return {"id": name, "object": "file", "deleted": True}
