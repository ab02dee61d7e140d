"""MiniLM with a linear head, trained for a measurement: all layers, the top ones on kept states, or random weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.models import pool_mean
from workshop.models.quiet import quiet_transformers
from workshop.models.static import find_minilm

MAX_TOKENS = 128
# Texts of like length go together within so many batches, which spares a third of the padding.
POOL = 8
LONGEST_STEP = 1.0
TOP = 2
LAYERS = 6

# What a network reads: N texts, each a list of T token ids, or the states (T, D) that its frozen layers gave.
Inputs = Sequence[Any]


@dataclass(frozen=True)
class Recipe:
    """How a network is trained: AdamW's peak rate, how many batches, of how many texts.

    warmup: the share of the updates in which the rate rises; afterwards it falls to 0 in a straight line. decay:
    AdamW's weight decay.
    """

    rate: float
    updates: int
    batch: int = 16
    warmup: float = 0.1
    decay: float = 0.01


class Network:
    """MiniLM's layers, all or the top ones, mean pooling, and a linear head for C classes.

    arm: "all", "top" (the lower layers are left out: it reads the states that they gave) or "random". No dropout, in
    every arm; products of matrices are rounded to bfloat16, weights stay float32.
    """

    def __init__(self, arm: str, classes: int, seed: int) -> None:
        import torch

        torch.manual_seed(seed)
        model = load_minilm(random=arm == "random")
        self.embeddings = None if arm == "top" else model.embeddings
        self.layers = list(model.encoder.layer)[-TOP if arm == "top" else 0 :]
        self.head = torch.nn.Linear(model.config.hidden_size, classes)
        parts = [*self.layers, self.head, *([self.embeddings] if self.embeddings else [])]
        self.weights = [weights for part in parts for weights in part.parameters()]

    def classify(self, inputs: Inputs) -> Any:
        """Return the classes' scores of B texts, shape (B, C), float32."""
        states, mask = self.read(inputs)
        return self.head(pool_mean(states[-1].float(), mask))

    def read(self, inputs: Inputs) -> tuple[list[Any], Any]:
        """Return the states before the layers and after each, shape (B, T, D), and the mask (B, T)."""
        import torch

        first, mask = pad(inputs)
        hidden = torch.zeros(mask.shape).masked_fill(mask == 0, -1e9)[:, None, None, :]
        with torch.autocast("cpu", torch.bfloat16):
            states = [first if self.embeddings is None else self.embeddings(input_ids=first)]
            for layer in self.layers:
                states.append(layer(states[-1], hidden.to(torch.bfloat16)))
        return states, mask


def load_minilm(*, random: bool = False) -> Any:
    """Return MiniLM without a pooler, float32, without dropout; random: the same shape with weights drawn anew."""
    import torch
    from transformers import BertConfig, BertModel

    torch.set_num_threads(1)
    shape = BertConfig.from_pretrained(find_minilm(), hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    # Plain attention: with texts this short it takes three quarters of the seconds of the fused one.
    shape._attn_implementation = "eager"
    if random:
        return BertModel(shape, add_pooling_layer=False)
    with quiet_transformers():
        return BertModel.from_pretrained(find_minilm(), config=shape, dtype=torch.float32, add_pooling_layer=False)


def pad(inputs: Inputs) -> tuple[Any, Any]:
    """Return B texts filled up on the right to the longest, (B, T) ids or (B, T, D) states, and the mask (B, T)."""
    import torch

    longest = max(map(len, inputs))
    mask = torch.tensor([[1] * len(one) + [0] * (longest - len(one)) for one in inputs])
    if isinstance(inputs[0], list):
        return torch.tensor([one + [0] * (longest - len(one)) for one in inputs]), mask
    states = torch.zeros(len(inputs), longest, inputs[0].shape[1])
    for row, one in enumerate(inputs):
        states[row, : len(one)] = torch.from_numpy(one)
    return states, mask


def train(network: Network, inputs: Inputs, labels: Sequence[int], recipe: Recipe, seed: int) -> list[float]:
    """Train a network on N texts and their classes; returns the loss of each update."""
    import torch

    optimizer = torch.optim.AdamW(network.weights, lr=recipe.rate, weight_decay=recipe.decay, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: share_of_rate(step, recipe))
    targets = torch.tensor(np.asarray(labels), dtype=torch.int64)
    batches = draw_batches([len(one) for one in inputs], recipe.batch, seed)
    losses = []
    for _ in range(recipe.updates):
        rows = next(batches)
        loss = torch.nn.functional.cross_entropy(network.classify([inputs[row] for row in rows]), targets[rows])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.weights, LONGEST_STEP)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def share_of_rate(step: int, recipe: Recipe) -> float:
    """Return the share of the peak rate at an update, counted from 0."""
    rising = max(1, round(recipe.warmup * recipe.updates))
    return min((step + 1) / rising, (recipe.updates - step) / max(1, recipe.updates - rising + 1))


def draw_batches(lengths: Sequence[int], batch: int, seed: int) -> Iterator[np.ndarray]:
    """Yield batches without end: in each epoch every row once, beside rows of like length, in random order."""
    rng = np.random.default_rng(seed)
    while True:
        rows = rng.permutation(len(lengths))
        pools = [rows[start : start + POOL * batch] for start in range(0, len(rows), POOL * batch)]
        ordered = [pool[np.argsort(np.take(lengths, pool), kind="stable")] for pool in pools]
        batches = [pool[start : start + batch] for pool in ordered for start in range(0, len(pool), batch)]
        yield from (batches[place] for place in rng.permutation(len(batches)))


def score_texts(network: Network, inputs: Inputs, batch: int = 32) -> np.ndarray:
    """Return the log-probabilities of N texts, shape (N, C), float32."""
    import torch

    found: list[Any] = [None] * len(inputs)
    with torch.inference_mode():
        for rows in in_batches(inputs, batch):
            scores = network.classify([inputs[row] for row in rows])
            for row, one in zip(rows, torch.log_softmax(scores, dim=1).numpy(), strict=True):
                found[row] = one
    return np.array(found)


def in_batches(inputs: Inputs, batch: int) -> list[np.ndarray]:
    """Return the rows of N texts in batches of like length."""
    order = np.argsort([len(one) for one in inputs], kind="stable")
    return np.array_split(order, -(-len(inputs) // batch))


def pool_layers(network: Network, inputs: Inputs, batch: int = 32) -> np.ndarray:
    """Return each text's mean token vector before the layers and after each, shape (L + 1, N, D), float32."""
    import torch

    found = np.empty((len(network.layers) + 1, len(inputs), network.head.in_features), dtype=np.float32)
    with torch.inference_mode():
        for rows in in_batches(inputs, batch):
            states, mask = network.read([inputs[row] for row in rows])
            for place, one in enumerate(states):
                found[place, rows] = pool_mean(one.float(), mask).numpy()
    return found


def keep_states(inputs: Inputs, batch: int = 32) -> list[np.ndarray]:
    """Return what MiniLM's frozen lower layers give for N texts: the states (T, D) below the top layers, float32."""
    import torch

    network = Network("all", 1, 0)
    network.layers = network.layers[:-TOP]
    found: list[Any] = [None] * len(inputs)
    with torch.inference_mode():
        for rows in in_batches(inputs, batch):
            states, _ = network.read([inputs[row] for row in rows])
            for row, one in zip(rows, states[-1].float().numpy(), strict=True):
                found[row] = one[: len(inputs[row])].copy()
    return found


def load_ids(texts: Sequence[str]) -> list[list[int]]:
    """Return each text's token ids as MiniLM reads them, with its two marks, cut after 128."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(find_minilm() / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return [one.ids for one in tokenizer.encode_batch(list(texts))]
