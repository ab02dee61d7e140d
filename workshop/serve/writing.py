"""An answer, token by token: each takes a turn, so that answers and a training go side by side."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.bot import sample_probabilities
from workshop.bot.answers import find_stops
from workshop.errors import WorkshopError
from workshop.serve.turns import Turns

# Below it the likeliest token is all that is ever drawn.
COLDEST = 1e-3
HALF = "\ufffd"


@dataclass(frozen=True)
class Plan:
    """How an answer is written. most: tokens at most; temperature 0: the likeliest each time; stops: texts that end it.

    seed: where the draws start; None: somewhere else each time.
    """

    most: int
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stops: Sequence[str] = ()


@dataclass(frozen=True)
class Piece:
    """What has come: text, how many tokens so far, and at last why it ends, "stop" or "length"."""

    text: str
    tokens: int
    finish: str | None = None


def write_answer(tokenizer: Any, model: Any, ids: list[int], plan: Plan, turns: Turns) -> Iterator[Piece]:
    """Write the answer to T token ids piece by piece; whoever stops asking stops the model.

    A piece is held back while it is half a letter, or may be the beginning of a stop. The mark that ends an answer is a
    token like the others, and no text. Raises WorkshopError for a model that predicts no numbers.
    """
    ends, drawn, sent = set(find_stops(tokenizer, model)), [], 0
    with turns.answering():
        for count, token in enumerate(_draw_tokens(model, ids, _choose(plan), turns), start=1):
            drawn += [] if token in ends else [token]
            text = tokenizer.decode(drawn, skip_special_tokens=True)
            found = [place for place in map(text.find, plan.stops) if place >= 0]
            finish = "stop" if found or token in ends else "length" if count == plan.most else None
            ready = min(found) if found else len(text) if finish else _count_ready(text, plan.stops)
            yield Piece(text[sent:ready], count, finish)
            sent = max(sent, ready)
            if finish:
                return


def _draw_tokens(model: Any, ids: list[int], choose: Callable[[Any], int], turns: Turns) -> Iterator[int]:
    """Yield one token after the other without end, the keys and values of those before kept."""
    import torch

    cache, fed = None, ids
    while True:
        with turns, torch.inference_mode():
            tokens = torch.tensor([fed], device=model.device)  # (1, T), then (1, 1)
            out = model(input_ids=tokens, past_key_values=cache, use_cache=True, logits_to_keep=1)
            cache, fed = out.past_key_values, [choose(out.logits[0, -1].float().cpu())]
        yield fed[0]


def _choose(plan: Plan) -> Callable[[Any], int]:
    """Return what takes logits (V,) and gives a token; its randomness is its own."""
    import torch

    generator = torch.Generator()
    generator.seed() if plan.seed is None else generator.manual_seed(plan.seed)
    temperature = plan.temperature if plan.temperature >= COLDEST else 0.0

    def choose(logits: Any) -> int:
        if not torch.isfinite(logits.max()):
            raise WorkshopError("the model predicts no numbers. Load it with dtype float32.")
        probabilities = sample_probabilities(logits, temperature, plan.top_p)
        return int(torch.multinomial(probabilities, 1, generator=generator))

    return choose


def _count_ready(text: str, stops: Sequence[str]) -> int:
    """Return how many letters of an unfinished text can't change any more nor begin a stop."""
    text = text.rstrip(HALF)
    starts = {stop[:size] for stop in stops for size in range(1, len(stop))}
    return len(text) - max((len(start) for start in starts if text.endswith(start)), default=0)
