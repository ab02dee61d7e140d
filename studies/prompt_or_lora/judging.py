"""What a model finds likely, without having it write: the values of a ticket's JSON, and whole texts."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from studies.adapters.wordings import Chat
from studies.prompt_or_lora.tickets import KEYS, ask_tickets, list_labels, write_reply
from workshop.bot import encode_chats
from workshop.data import JsonTask

BATCH = 16
Judged = dict[str, list[Any]]


def judge_tickets(
    tokenizer: Any, model: Any, rows: Sequence[JsonTask], examples: Sequence[JsonTask] = (), wording: int = 0
) -> Judged:
    """Return for each of N tickets the likeliest topic and tone among those allowed, and the loss of the right ones.

    The JSON is given up to each value (the tone's after the right topic). Values differ in their first token, so that
    alone is compared. loss: the mean of both values' -log probability among the allowed, in nats.
    """
    import torch

    firsts = {key: list(_first_tokens(tokenizer, key).values()) for key in KEYS}
    asked = [_write_up_to_tone(tokenizer, ask_tickets(examples, row.text, wording), row) for row in rows]
    found: Judged = {"topic": [], "tone": [], "loss": []}
    with torch.no_grad():
        for states, places, some in _read_after_prefix(model, asked):
            for row, (_, spots) in enumerate(some):
                losses = []
                for key, spot in zip(KEYS, spots, strict=True):
                    logits = _head(model)(states[row, spot - places]).float()[firsts[key]]  # (C,)
                    names = list_labels()[key]
                    found[key].append(names[int(logits.argmax())])
                    truth = names.index(rows[len(found["loss"])].answer[key])
                    losses.append(float(-logits.log_softmax(0)[truth]))
                found["loss"].append(sum(losses) / len(losses))
    return found


def _first_tokens(tokenizer: Any, key: str) -> dict[str, int]:
    """Return the first token of each allowed value, as it follows the quote."""
    plain = {one: list_labels()[one][0] for one in KEYS}
    replies = {name: _encode(tokenizer, plain | {key: name}) for name in list_labels()[key]}
    place = _count_shared(list(replies.values()))
    found = {name: ids[place] for name, ids in replies.items()}
    if len(set(found.values())) < len(found):
        raise ValueError(f"two values of {key} begin with the same token of this tokenizer: compare whole values")
    return found


def _encode(tokenizer: Any, answer: dict[str, str]) -> list[int]:
    return tokenizer.encode(write_reply(answer), add_special_tokens=False)


def _count_shared(lists: Sequence[Sequence[int]]) -> int:
    """Return how many tokens all lists begin with together."""
    same = [len(set(tokens)) == 1 for tokens in zip(*lists, strict=False)]
    return same.index(False) if False in same else len(same)


def _write_up_to_tone(tokenizer: Any, chat: Chat, row: JsonTask) -> tuple[list[int], tuple[int, int]]:
    """Return the prompt's ids with the right reply up to the tone, and the places that predict topic and tone."""
    ids, reply = encode_chats(tokenizer, [chat])[0], _encode(tokenizer, row.answer)
    starts = []
    for key in KEYS:
        others = [name for name in list_labels()[key] if name != row.answer[key]]
        starts.append(_count_shared([reply, _encode(tokenizer, row.answer | {key: others[0]})]))
    return ids + reply[: starts[1]], (len(ids) + starts[0] - 1, len(ids) + starts[1] - 1)


def _read_after_prefix(model: Any, asked: Sequence[tuple[list[int], Any]]) -> Iterator[tuple[Any, int, list[Any]]]:
    """Yield for each batch the last states (B, T, D) of what follows the prefix that all share, its length, the batch.

    What all prompts begin with, the instruction and the examples, is read once.
    """
    import torch

    # The first value of the shortest is predicted after the prefix, so that its state is at hand.
    shared = min(_count_shared([ids for ids, _ in asked]), *(spots[0] for _, spots in asked))
    cache = _body(model)(torch.tensor([asked[0][0][:shared]]), use_cache=True).past_key_values if shared else None
    for start in range(0, len(asked), BATCH):
        some = list(asked[start : start + BATCH])
        longest = max(len(ids) for ids, _ in some)
        rest = torch.tensor([ids[shared:] + [0] * (longest - len(ids)) for ids, _ in some])
        before = None
        if cache is not None:
            before = copy.deepcopy(cache)
            before.batch_repeat_interleave(len(some))
        # No mask: a causal model's tokens never see the padding to their right.
        yield _body(model)(rest, past_key_values=before, use_cache=before is not None).last_hidden_state, shared, some


def score_texts(model: Any, sequences: Sequence[Sequence[int]], starts: Sequence[int], batch: int = 8) -> np.ndarray:
    """Return the log probability, in nats, of each sequence's tokens from its start on, shape (N,), float64.

    starts: at least 1, since the first token has nothing before it.
    """
    import torch

    order = sorted(range(len(sequences)), key=lambda row: len(sequences[row]))
    found = np.zeros(len(sequences))
    with torch.no_grad():
        for first in range(0, len(order), batch):
            rows = order[first : first + batch]
            longest = max(len(sequences[row]) for row in rows)
            ids = torch.tensor([[*sequences[row], *[0] * (longest - len(sequences[row]))] for row in rows])
            states = _body(model)(ids, use_cache=False).last_hidden_state  # (B, T, D)
            for place, row in enumerate(rows):
                span = slice(starts[row] - 1, len(sequences[row]) - 1)
                logits = _head(model)(states[place, span]).float().log_softmax(-1)  # (K, V)
                wanted = ids[place, starts[row] : len(sequences[row])]
                found[row] = float(logits.gather(1, wanted[:, None]).double().sum())
    return found


def _bare(model: Any) -> Any:
    """Return the language model inside of peft's, or itself."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def _body(model: Any) -> Any:
    return _bare(model).model


def _head(model: Any) -> Any:
    return _bare(model).lm_head
