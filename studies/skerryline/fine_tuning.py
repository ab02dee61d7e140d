"""Fine-tune MiniLM as a classifier for a measurement: mean of the token vectors, one linear layer, a plain loop."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from workshop.models import pool_mean
from workshop.models.quiet import quiet_transformers
from workshop.models.static import find_minilm

MAX_TOKENS = 96
BATCH = 16
# Texts of like length go together within so many, which spares a third of the padding.
POOL = 128
WARMUP = 0.1
WEIGHT_DECAY = 0.01

Report = Callable[[int, np.ndarray], None]


def fine_tune(
    texts: Sequence[str],
    labels: np.ndarray,
    others: Sequence[str],
    *,
    rate: float,
    epochs: int,
    seed: int,
    report: Report | None = None,
) -> tuple[np.ndarray, int]:
    """Train every weight on N texts and their labels (N,), int, and classify other texts.

    rate: AdamW's, rising over the first tenth of the first epoch, then constant; products of matrices are rounded to
    bfloat16, weights stay float32. report: is given the epoch and the
    predictions after it. Returns the predictions for others, shape (M,), int, and how many weights were trained.
    """
    import torch

    torch.manual_seed(seed)
    tokenizer, network = _load_minilm()
    head = torch.nn.Linear(network.config.hidden_size, int(labels.max()) + 1)
    weights = [*network.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=WEIGHT_DECAY, fused=True)
    steps = max(1, round(WARMUP * len(texts) / BATCH))
    warmup = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / steps))
    ids, other_ids = ([one.ids for one in tokenizer.encode_batch(list(some))] for some in (texts, others))
    targets = torch.from_numpy(np.asarray(labels, dtype=np.int64))
    order = np.random.default_rng(seed)
    predicted = np.empty(0, dtype=np.int64)
    for epoch in range(1, epochs + 1):
        network.train()
        for rows in _draw_batches([len(one) for one in ids], order):
            scores = _score(network, head, [ids[row] for row in rows])
            torch.nn.functional.cross_entropy(scores, targets[rows]).backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            warmup.step()
            optimizer.zero_grad()
        if report or epoch == epochs:
            predicted = _predict(network, head, other_ids)
        if report:
            report(epoch, predicted)
    return predicted, sum(weight.numel() for weight in weights)


def _load_minilm() -> tuple[Any, Any]:
    """Return MiniLM's tokenizer, which cuts texts after 96 tokens, and its network without a pooler, float32."""
    import torch
    from tokenizers import Tokenizer
    from transformers import BertModel

    folder = find_minilm()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    torch.set_num_threads(1)
    with quiet_transformers():
        return tokenizer, BertModel.from_pretrained(folder, dtype=torch.float32, add_pooling_layer=False)


def _draw_batches(lengths: Sequence[int], order: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield every row once, in batches of like length, in random order."""
    rows = order.permutation(len(lengths))
    pools = (rows[start : start + POOL] for start in range(0, len(rows), POOL))
    batches = [
        pool[np.argsort(np.take(lengths, pool), kind="stable")][start : start + BATCH]
        for pool in pools
        for start in range(0, len(pool), BATCH)
    ]
    yield from (batches[place] for place in order.permutation(len(batches)))


def _score(model: Any, head: Any, ids: Sequence[list[int]]) -> Any:
    """Return the classes' scores of one batch, shape (B, C)."""
    import torch

    longest = max(map(len, ids))
    padded = torch.tensor([one + [0] * (longest - len(one)) for one in ids])
    mask = torch.tensor([[1] * len(one) + [0] * (longest - len(one)) for one in ids])
    with torch.autocast("cpu", torch.bfloat16):
        states = model(input_ids=padded, attention_mask=mask).last_hidden_state
    return head(pool_mean(states.float(), mask))


def _predict(model: Any, head: Any, ids: Sequence[list[int]]) -> np.ndarray:
    """Return the class of each text, shape (M,), int."""
    import torch

    model.eval()
    order = np.argsort([len(one) for one in ids])
    found = np.empty(len(ids), dtype=np.int64)
    with torch.inference_mode():
        for rows in np.array_split(order, -(-len(ids) // BATCH)):
            found[rows] = _score(model, head, [ids[row] for row in rows]).argmax(dim=1).numpy()
    return found
