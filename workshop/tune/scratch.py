"""Half a minute of training from nothing: what a small network from random weights learns of plain sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.errors import WorkshopError, require
from workshop.tune.examples import Example
from workshop.tune.training import fine_tune

SECONDS = 30.0
VOCABULARY = 4000
CONTEXT = 64
BATCH = 16
RATE = 3e-3
END = "<|endoftext|>"
SHAPE = {"hidden_size": 128, "intermediate_size": 352, "num_hidden_layers": 4, "num_attention_heads": 4}


@dataclass(frozen=True)
class FromNothing:
    """What half a minute gave: tokenizer, model (a LlamaForCausalLM, about 1.3 million weights), each step's loss.

    The loss is the mean over tokens, in nats. tokens: how many were read, seconds: how long that took.
    """

    tokenizer: Any
    model: Any
    losses: tuple[float, ...]
    tokens: int
    seconds: float


def train_from_nothing(
    sentences: Sequence[str], *, seconds: float = SECONDS, steps: int | None = None, seed: int = 0
) -> FromNothing:
    """Train a small Llama from random weights to predict the next token of N sentences, for a time.

    sentences: such as those of load_wiki_passages(); its tokenizer, of 4,000 pieces, is learnt from them too. steps:
    so many batches of 16 rows of 64 tokens instead of seconds; then the same seed gives the same weights.
    Raises WorkshopError for too few sentences.
    """
    torch = require("torch", "tune")
    tokenizer = learn_pieces(sentences)
    rows = [Example(tuple(row), tuple(row)) for row in cut_rows(tokenizer, sentences).tolist()]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = make_random_llama(len(tokenizer))
    found = fine_tune(
        model, rows, steps=steps, seconds=seconds if steps is None else None, rate=RATE, batch=BATCH, seed=seed
    )
    return FromNothing(tokenizer, model.eval(), found.losses, len(found.losses) * BATCH * CONTEXT, found.seconds)


def learn_pieces(sentences: Sequence[str]) -> Any:
    """Learn a byte-level tokenizer of 4,000 pieces from N sentences; returns transformers' tokenizer."""
    require("tokenizers", "text")
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=[END], initial_alphabet=alphabet, show_progress=False
    )
    pieces.train_from_iterator(sentences, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=pieces, eos_token=END, pad_token=END, model_max_length=CONTEXT)


def cut_rows(tokenizer: Any, sentences: Sequence[str]) -> np.ndarray:
    """Return the sentences' tokens one after another, each with its end mark, in rows of 64: shape (N, 64), int64."""
    rows = tokenizer(list(sentences), verbose=False)["input_ids"]  # no warning of sentences longer than a row
    stream = [token for ids in rows for token in (*ids, tokenizer.eos_token_id)]
    count = len(stream) // CONTEXT
    if count < BATCH:
        raise WorkshopError(
            f"{len(sentences)} sentences give {len(stream)} tokens, and a batch needs {BATCH * CONTEXT}. Give more: "
            "[one.text for one in load_wiki_passages()]."
        )
    return np.array(stream[: count * CONTEXT], dtype=np.int64).reshape(count, CONTEXT)


def make_random_llama(vocabulary: int) -> Any:
    """Return a LlamaForCausalLM of 4 layers and width 128 with random weights, float32, for a vocabulary."""
    from transformers import LlamaConfig, LlamaForCausalLM

    ends = {"bos_token_id": None, "eos_token_id": 0, "pad_token_id": 0}
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary, num_key_value_heads=2, max_position_embeddings=CONTEXT, tie_word_embeddings=True,
            **SHAPE, **ends,
        )
    )  # fmt: skip
