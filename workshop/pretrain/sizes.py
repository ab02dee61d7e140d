"""The model's sizes, and the model itself: a stock Llama of transformers, untrained."""

from dataclasses import dataclass
from typing import Any

from workshop.errors import require, unknown
from workshop.pretrain.circuit import begin_with_circuits
from workshop.pretrain.tokenizer import CONTEXT

# Slow rotations leave half of each head free to match a word wherever in the context it stands.
ROPE_THETA = 1e6


@dataclass(frozen=True)
class Size:
    """Width, layers, heads and inner width of a Llama, and what suits it.

    batch: sequences of half the context a step. matrix_rate, other_rate: the peak rates of Muon and AdamW.
    """

    width: int
    layers: int
    heads: int
    inner: int
    batch: int = 4
    matrix_rate: float = 0.002
    other_rate: float = 0.001


# Parameters with 5,120 tokens: 0.5, 2.8, 5.3, 10.3 and 12.6 million.
SIZES = {
    "nano": Size(64, 3, 2, 176),
    "probe": Size(192, 4, 4, 512),
    "small": Size(256, 5, 4, 688),
    "medium": Size(320, 7, 5, 864),
    "large": Size(384, 6, 6, 1024),
}


def find_size(name: str) -> Size:
    """Return a size by its name. Raises WorkshopError for an unknown one."""
    if name not in SIZES:
        raise unknown("size", name, SIZES)
    return SIZES[name]


def build_model(size: Size, tokenizer: Any, seed: int = 0, circuit: bool = True) -> Any:
    """Return an untrained LlamaForCausalLM in float32, its input and output embeddings shared.

    Its weights are random; with circuit, but for circuits that copy and find.
    """
    torch, transformers = require("torch", "tune"), require("transformers", "tune")
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=size.width,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        num_key_value_heads=size.heads,
        intermediate_size=size.inner,
        max_position_embeddings=CONTEXT,
        initializer_range=size.width**-0.5,
        rope_parameters={"rope_type": "default", "rope_theta": ROPE_THETA},
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    torch.manual_seed(seed)
    model = transformers.LlamaForCausalLM(config)
    if circuit:
        begin_with_circuits(model, tokenizer, seed)
    return model


def count_parameters(model: Any) -> int:
    """Return how many numbers a model has learnt, shared ones once."""
    return sum(weights.numel() for weights in model.parameters())
