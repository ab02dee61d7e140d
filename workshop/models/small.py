"""Two small networks with random weights, of shapes that transformers knows: a ResNet and a T5."""

from typing import Any

from workshop.errors import WorkshopError, require


def make_resnet(labels: int, *, seed: int = 0) -> Any:
    """Return a ResNet for pictures (N, 1, 32, 32) and C labels: two stages of a residual block, 76,000 weights.

    A transformers ResNetForImageClassification: `pixel_values` and `labels` in, loss and logits (N, C) out. Raises
    WorkshopError for fewer than two labels. Source: He et al. 2016.
    """
    torch, transformers = require("torch", "tune"), require("transformers", "tune")
    if labels < 2:
        raise WorkshopError(f"expected two or more labels, got {labels}.")
    shape = transformers.ResNetConfig(
        num_channels=1, embedding_size=16, hidden_sizes=[16, 64], depths=[1, 1], layer_type="basic", num_labels=labels
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return transformers.ResNetForImageClassification(shape).eval()


def make_t5(words: int, *, seed: int = 0) -> Any:
    """Return an encoder-decoder of T5's shape for V words, of which 0 pads and begins, and 1 ends.

    Two blocks of width 64 in either half. A transformers T5ForConditionalGeneration: `input_ids`, `attention_mask`
    and `labels` in, loss and logits (N, T, V) out; `generate` writes. Source: Raffel et al. 2020.
    """
    torch, transformers = require("torch", "tune"), require("transformers", "tune")
    shape = transformers.T5Config(
        vocab_size=words, d_model=64, d_kv=16, d_ff=128, num_layers=2, num_heads=4, dropout_rate=0.0,
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=1, feed_forward_proj="gated-gelu",
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return transformers.T5ForConditionalGeneration(shape).eval()
