"""The circuit for copying that a model begins with: what came before the same word, and what followed it there.

Two heads in a row, known as an induction head: one in the first layer notes at each word which one stood before it;
one in the second finds the places where the present word was noted, and writes the word that stands there. Left to
itself so small a model finds it late or never, and learns its pools of words by heart instead.
Source: Olsson et al. 2022, In-context Learning and Induction Heads.
"""

import math
from typing import Any

from workshop.errors import require

NEXT_TO = 10.0
ALIKE = 16.0
LOUD = 6.0


def begin_with_copying(model: Any, seed: int = 0) -> None:
    """Set a Llama's weights so that it continues what it has seen before; its other heads and its MLPs write nothing.

    The embedding's first half is the word (random), its last number is 1, the rest is room for the word before.
    """
    torch = require("torch", "tune")
    width = model.config.hidden_size
    half = width // 2
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        embeddings = model.model.embed_tokens.weight
        embeddings.zero_()
        words = torch.randn(len(embeddings), half, generator=generator)
        embeddings[:, :half] = words / words.norm(dim=1, keepdim=True)
        embeddings[:, -1] = 1.0
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        first, second = (layer.self_attn for layer in model.model.layers[:2])
        for head in range(math.ceil(half / first.head_dim)):
            _note_the_word_before(first, head, width, model.config.rope_parameters["rope_theta"])
            _write_what_followed(second, head, width)


def _clear(attention: Any, head: int) -> slice:
    """Set a head's weights to 0; returns its rows."""
    rows = slice(attention.head_dim * head, attention.head_dim * (head + 1))
    for projection in (attention.q_proj, attention.k_proj, attention.v_proj):
        projection.weight[rows] = 0
    attention.o_proj.weight[:, rows] = 0
    return rows


def _note_the_word_before(attention: Any, head: int, width: int, theta: float) -> None:
    """Let a head look one place back, whatever stands there, and write a part of that word into the room for it."""
    torch = require("torch", "tune")
    rows, size, half = _clear(attention, head), attention.head_dim, width // 2
    pairs = size // 2
    # The norm makes a word and the 1, each of length 1, together as long as the root of the width.
    scale = math.sqrt(width / 2)
    # Only the fastest rotations are used: they alone tell a place from its neighbours.
    fast = pairs // 4
    turns = theta ** (-torch.arange(fast) / pairs)
    strength = math.sqrt(NEXT_TO * math.sqrt(size)) / scale
    attention.q_proj.weight[rows.start : rows.start + fast, -1] = strength * torch.cos(turns)
    attention.q_proj.weight[rows.start + pairs : rows.start + pairs + fast, -1] = -strength * torch.sin(turns)
    attention.k_proj.weight[rows.start : rows.start + fast, -1] = strength
    count = min(size, half - size * head)
    read, room = slice(size * head, size * head + count), slice(half + size * head, half + size * head + count)
    if room.stop == width:
        count, read, room = count - 1, slice(read.start, read.stop - 1), slice(room.start, room.stop - 1)
    values = slice(rows.start, rows.start + count)
    attention.v_proj.weight[values, read] = torch.eye(count)
    attention.o_proj.weight[room, values] = torch.eye(count) / scale


def _write_what_followed(attention: Any, head: int, width: int) -> None:
    """Let a head look where the present word was noted as the one before, and write what stands there."""
    torch = require("torch", "tune")
    rows, size, half = _clear(attention, head), attention.head_dim, width // 2
    quarter = size // 4
    scale = math.sqrt(width / 3)
    # Only the slower half of the rotations is used: words are to match wherever they stand.
    strength = math.sqrt(ALIKE * math.sqrt(size) * half / (2 * quarter)) / scale
    for part in (0, 1):
        slow = slice(rows.start + quarter * (2 * part + 1), rows.start + quarter * (2 * part + 2))
        start = 2 * quarter * head + quarter * part
        attention.q_proj.weight[slow, start : start + quarter] = strength * torch.eye(quarter)
        attention.k_proj.weight[slow, half + start : half + start + quarter] = strength * torch.eye(quarter)
    count = min(size, half - size * head)
    values, words = slice(rows.start, rows.start + count), slice(size * head, size * head + count)
    attention.v_proj.weight[values, words] = torch.eye(count)
    attention.o_proj.weight[words, values] = torch.eye(count) * LOUD / scale
