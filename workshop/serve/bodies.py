"""What requests may hold: checked by pydantic, refused with the name of what is wrong."""

from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import from_json
from starlette.requests import Request

from workshop.serve.refusals import Refusal

MOST_TEXTS = 2048


def _join_parts(content: Any) -> Any:
    """Return a message's text, of parts that all are texts joined."""
    if not isinstance(content, list):
        return content
    if not all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        raise ValueError("expected a text, or parts of type 'text': these models read nothing else")
    return "".join(str(part.get("text", "")) for part in content)


def _as_texts(value: Any) -> Any:
    """Return one text as a list of it."""
    if isinstance(value, list) and any(isinstance(one, int | list) for one in value):
        raise ValueError(
            "expected texts, got numbers: tokens of another model mean nothing to this one. Send the texts "
            "(LangChain's OpenAIEmbeddings does with check_embedding_ctx_length=False)"
        )
    return [value] if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_join_parts)]
Auto = BeforeValidator(lambda value: None if value == "auto" else value)
Filled = Annotated[str, Field(min_length=1)]


class Body(BaseModel):
    """What a request holds. IGNORED: left unread; USUAL: left unread where they are as if they weren't given."""

    model_config = ConfigDict(extra="forbid", strict=True)
    IGNORED: ClassVar[frozenset[str]] = frozenset({"user"})
    USUAL: ClassVar[dict[str, Any]] = {}


class Message(Body):
    """One turn of a chat."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Text
    name: str | None = None

    def as_turn(self) -> dict[str, str]:
        """Return the turn as chat templates know it."""
        return {"role": "system" if self.role == "developer" else self.role, "content": self.content}


class StreamOptions(BaseModel):
    """include_usage: whether a last chunk tells the tokens."""

    include_usage: bool = False


class ChatBody(Body):
    """A chat to be answered. Without temperature and top_p the likeliest token is taken each time."""

    IGNORED: ClassVar[frozenset[str]] = frozenset(
        ("user", "store", "metadata", "service_tier", "safety_identifier", "parallel_tool_calls", "prompt_cache_key",
         "prompt_cache_options", "prompt_cache_retention")
    )  # fmt: skip
    USUAL: ClassVar[dict[str, Any]] = {
        "n": 1, "frequency_penalty": 0, "presence_penalty": 0, "logprobs": False, "logit_bias": {}, "tools": [],
        "response_format": {"type": "text"}, "modalities": ["text"],
    }  # fmt: skip
    model: str
    messages: Annotated[list[Message], Field(min_length=1)]
    max_tokens: Annotated[int | None, Field(ge=1)] = None
    max_completion_tokens: Annotated[int | None, Field(ge=1)] = None
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None
    top_p: Annotated[float | None, Field(gt=0, le=1)] = None
    seed: Annotated[int | None, Field(ge=-(2**63), lt=2**63)] = None
    stop: Annotated[list[Filled], BeforeValidator(_as_texts), Field(max_length=4)] = []
    stream: bool = False
    stream_options: StreamOptions = StreamOptions()


class EmbeddingsBody(Body):
    """Texts to be turned into vectors."""

    model: str
    input: Annotated[list[Filled], BeforeValidator(_as_texts), Field(min_length=1, max_length=MOST_TEXTS)]
    encoding_format: Literal["float", "base64"] = "float"


class Hyperparameters(Body):
    """How to train; "auto" and what isn't given are the workshop's own."""

    n_epochs: Annotated[Annotated[int, Field(ge=1, le=50)] | None, Auto] = None
    batch_size: Annotated[Annotated[int, Field(ge=1, le=16)] | None, Auto] = None
    learning_rate_multiplier: Annotated[Annotated[float, Field(gt=0, le=10)] | None, Auto] = None


class Supervised(Body):
    """The one method's own options."""

    hyperparameters: Hyperparameters = Hyperparameters()


class Method(Body):
    """How a model is tuned: on answers that are given."""

    type: Literal["supervised"]
    supervised: Supervised = Supervised()


class JobBody(Body):
    """A model to be tuned on a file."""

    USUAL: ClassVar[dict[str, Any]] = {"integrations": []}
    model: str
    training_file: str
    hyperparameters: Hyperparameters | None = None
    method: Method = Method(type="supervised")
    suffix: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = None
    seed: Annotated[int | None, Field(ge=0, lt=2**31)] = None
    metadata: Annotated[dict[str, str] | None, Field(max_length=16)] = None


class Line(Body):
    """A line of a file to tune on."""

    messages: Annotated[list[Message], Field(min_length=1)]


Kind = TypeVar("Kind", bound=Body)


async def read_body(request: Request, kind: type[Kind]) -> Kind:
    """Return what a request holds; raises Refusal as read_plain does."""
    return read_plain(await request.body(), kind)


def read_plain(text: bytes | str, kind: type[Kind]) -> Kind:
    """Return what a JSON text holds; raises Refusal for another form, and for what would be left undone."""
    try:
        plain = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise Refusal(f"this is not JSON: {error}.", code="invalid_json") from None
    if not isinstance(plain, dict):
        raise Refusal(f"expected a JSON object, got {type(plain).__name__}.", code="invalid_json")
    kept = {
        name: value
        for name, value in plain.items()
        if value is not None and name not in kind.IGNORED and (name, value) not in kind.USUAL.items()
    }
    try:
        return kind.model_validate(kept)
    except ValidationError as error:
        raise _explain(error) from None


def _explain(error: ValidationError) -> Refusal:
    """Return the refusal of the first thing that is wrong."""
    first = error.errors(include_url=False)[0]
    param = ".".join(str(step) for step in first["loc"])
    if first["type"] == "extra_forbidden":
        text = f"this server doesn't do {param}={first['input']!r:.40}, which would change what it gives: leave it out."
        return Refusal(text, code="unsupported_parameter", param=param)
    if first["type"] == "missing":
        return Refusal(f"{param!r} is missing.", code="missing_required_parameter", param=param)
    text = f"{param}: {first['msg'].removeprefix('Value error, ')}, got {first['input']!r:.80}."
    return Refusal(text, code="invalid_value", param=param)
