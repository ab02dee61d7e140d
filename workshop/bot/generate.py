"""Write on, one token at a time: keys and values are kept, prompts of unlike length are padded on the left."""

from collections.abc import Sequence
from typing import Any

from workshop.errors import WorkshopError
from workshop.models.language import LanguageModel

MAX_TOKENS = 64


def generate(
    language_model: LanguageModel,
    prompts: Sequence[Sequence[int]],
    *,
    max_tokens: int = MAX_TOKENS,
    temperature: float = 0.0,
    top_p: float = 1.0,
    seed: int = 0,
) -> list[list[int]]:
    """Continue B prompts of token ids side by side; returns B lists of new ids, without the mark that ended them.

    max_tokens: of each continuation, at most. temperature: 0 always takes the likeliest token; 1 draws as the model
    predicts. top_p: only the likeliest tokens that together reach this probability are drawn from.
    Raises WorkshopError for a prompt that is empty or leaves too little of the context, and for numbers out of range.
    """
    import torch

    check_prompts(language_model, prompts, max_tokens)
    _check_sampling(temperature, top_p)
    if not prompts:
        return []
    generator = torch.Generator(language_model.model.device).manual_seed(seed)
    written: list[list[int]] = [[] for _ in prompts]
    running = set(range(len(prompts)))
    with torch.inference_mode():
        for tokens in _steps(language_model, prompts, max_tokens, temperature, top_p, generator):
            for row in sorted(running):
                if tokens[row] in language_model.stop_ids:
                    running.discard(row)
                else:
                    written[row].append(tokens[row])
            if not running:
                break
    return written


def _steps(
    language_model: LanguageModel,
    prompts: Sequence[Sequence[int]],
    max_tokens: int,
    temperature: float,
    top_p: float,
    generator: Any,
) -> Any:
    """Yield the next token of each row, max_tokens times; a step reads only the tokens before it, the rest is kept."""
    import torch

    ids, mask = pad_left(prompts, language_model.pad_id, language_model.model.device)
    places = (mask.cumsum(1) - 1).clamp(min=0)  # (B, T): a row's first token stands at 0, wherever its padding ends
    alike = bool(mask.all())
    kept = None
    for _ in range(max_tokens):
        seen = None if alike else mask
        output = language_model.model(
            ids, attention_mask=seen, position_ids=places, past_key_values=kept, use_cache=True, logits_to_keep=1
        )
        kept = output.past_key_values
        chosen = choose_tokens(output.logits[:, -1].float(), temperature, top_p, generator)  # (B,)
        yield chosen.tolist()
        ids, places = chosen[:, None], places[:, -1:] + 1
        mask = torch.cat([mask, mask.new_ones(len(mask), 1)], dim=1)


def pad_left(rows: Sequence[Sequence[int]], pad_id: int, device: Any = "cpu") -> tuple[Any, Any]:
    """Return the rows as one tensor of ids (B, T), filled up on the left, and its mask (B, T): 1 where a token is."""
    import torch

    longest = max(map(len, rows))
    ids = [[pad_id] * (longest - len(row)) + list(row) for row in rows]
    mask = [[0] * (longest - len(row)) + [1] * len(row) for row in rows]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


def choose_tokens(logits: Any, temperature: float, top_p: float, generator: Any) -> Any:
    """Return one token a row, (B,), from logits (B, V): the likeliest at temperature 0, else drawn."""
    import torch

    if not torch.isfinite(logits.amax(dim=-1)).all():
        raise WorkshopError(
            "the model predicts no numbers: its weights are damaged, or float16 is too narrow for it. "
            "Fetch it again with `workshop fetch --again`, or load it with dtype float32."
        )
    if temperature == 0:
        return logits.argmax(dim=-1)
    return torch.multinomial(sample_probabilities(logits, temperature, top_p), 1, generator=generator)[:, 0]


def sample_probabilities(logits: Any, temperature: float, top_p: float = 1.0) -> Any:
    """Turn logits (..., V) into the probabilities that are drawn from, same shape, summing to 1.

    Below top_p 1, only the likeliest tokens whose probabilities before them sum to less than top_p are left.
    Source: Holtzman et al. 2020 (nucleus sampling).
    """
    probabilities = (logits / temperature).softmax(dim=-1)
    if top_p == 1:
        return probabilities
    falling, order = probabilities.sort(dim=-1, descending=True, stable=True)
    outside = falling.cumsum(dim=-1) - falling >= top_p
    left = probabilities.masked_fill(outside.scatter(-1, order, outside), 0.0)
    return left / left.sum(dim=-1, keepdim=True)


def check_prompts(language_model: LanguageModel, prompts: Sequence[Sequence[int]], max_tokens: int) -> None:
    """Raise WorkshopError unless every prompt has a token and leaves room for max_tokens."""
    if max_tokens < 1:
        raise WorkshopError(f"expected max_tokens of 1 or more, got {max_tokens}.")
    for place, prompt in enumerate(prompts):
        if not len(prompt):
            raise WorkshopError(f"prompt {place} has no token. Give the model something to go on from.")
        if len(prompt) + max_tokens > language_model.context:
            raise WorkshopError(
                f"prompt {place} has {len(prompt):,} tokens and its answer may have {max_tokens}, but "
                f"{language_model.name} reads {language_model.context:,} in all. Give fewer or shorter passages "
                "(a smaller budget in build_prompt), or a smaller max_tokens."
            )


def _check_sampling(temperature: float, top_p: float) -> None:
    """Raise WorkshopError for numbers that no token can be drawn with."""
    if not 0 <= temperature < float("inf"):
        raise WorkshopError(f"expected a temperature of 0 or more, got {temperature}. 0 takes the likeliest token.")
    if not 0 < top_p <= 1:
        raise WorkshopError(f"expected top_p above 0 and at most 1, got {top_p}. 1 leaves every token in.")
