"""Chat completions: an answer in one piece, or in events as it is written."""

import json
import time
from collections.abc import Iterator
from typing import Any

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from workshop.bot import encode_chats
from workshop.serve.bodies import ChatBody, read_body
from workshop.serve.records import new_id
from workshop.serve.refusals import Refusal, as_refusal
from workshop.serve.served import Models
from workshop.serve.writing import Piece, Plan, write_answer

# What an answer may have where the request doesn't say: a small model may ramble on to the end of its context.
TOKENS = 256


async def answer_chat(models: Models, request: Request) -> Response:
    """Answer a chat; raises Refusal for what can't be answered, before anything is sent."""
    body = await read_body(request, ChatBody)
    prompt, pieces = await run_in_threadpool(_begin, models, body)
    head = {"id": new_id("chatcmpl-"), "created": int(time.time()), "model": body.model}
    if body.stream:
        events = _write_events(head, pieces, prompt, body.stream_options.include_usage)
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
    text, piece = "", Piece("", 0)
    async for piece in iterate_in_threadpool(pieces):
        text += piece.text
        if await request.is_disconnected():
            break
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": piece.finish, "logprobs": None}
    usage = _count(prompt, piece.tokens)
    return JSONResponse({**head, "object": "chat.completion", "choices": [choice], "usage": usage})


def _begin(models: Models, body: ChatBody) -> tuple[int, Iterator[Piece]]:
    """Return how many tokens a chat has, and the answer to be written."""
    model = models.open(body.model)
    (ids,) = encode_chats(models.tokenizer, [[one.as_turn() for one in body.messages]])
    room = model.config.max_position_embeddings - len(ids)
    wanted = body.max_completion_tokens or body.max_tokens
    most = wanted or min(TOKENS, room)
    if most < 1 or most > room:
        raise Refusal(
            f"the model reads {len(ids) + room:,} tokens in all: the messages have {len(ids):,}, and the answer "
            f"may have {wanted or 1:,}. Shorten the messages, or ask for fewer tokens.",
            code="context_length_exceeded",
            param="messages",
        )
    temperature = body.temperature if body.temperature is not None else 0.0 if body.top_p is None else 1.0
    plan = Plan(most, temperature, body.top_p or 1.0, body.seed, body.stop)
    return len(ids), write_answer(models.tokenizer, model, ids, plan, models.turns)


def _count(prompt: int, written: int) -> dict[str, int]:
    """Return the tokens as the protocol shows them."""
    return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}


def _write_events(head: dict[str, Any], pieces: Iterator[Piece], prompt: int, usage: bool) -> Iterator[str]:
    """Yield an answer as server-sent events: the role, the text, why it ends, its tokens if asked, and the end."""

    def event(delta: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _as_event({**chunk, "choices": [choice]})

    chunk = {**head, "object": "chat.completion.chunk"} | ({"usage": None} if usage else {})
    yield event({"role": "assistant", "content": ""})
    try:
        for piece in pieces:
            if piece.text:
                yield event({"content": piece.text})
            if piece.finish:
                yield event({}, piece.finish)
                if usage:
                    yield _as_event({**chunk, "choices": [], "usage": _count(prompt, piece.tokens)})
    except Exception as error:  # the answer has begun, with a status that says all is well
        yield _as_event(as_refusal(error).as_object())
    yield "data: [DONE]\n\n"


def _as_event(plain: dict[str, Any]) -> str:
    return f"data: {json.dumps(plain, ensure_ascii=False)}\n\n"
