"""The circuits that a model begins with, set by hand: one copies, one finds the place that a question is about.

Copying takes pairs of heads known as induction heads. The first layer's notes at each token which one stood before it;
the second layer's finds the places where the present token was noted, and writes the token that stands there.
Finding takes one head of each layer. The first layer's sums up at each token what the last dozen tokens are about; the
second layer's, where an answer begins, finds places further back where this sum is alike, and there tokens that are
rare, follow one that is not, and don't stand in the question: what a fact says of its subject. It writes them.
Neither had been learnt from random weights within the steps that the model's card tells of.
Source of the first: Olsson et al. 2022, In-context Learning and Induction Heads. The second is this project's own.
"""

import math
from collections import Counter
from typing import Any

from workshop.bot import build_prompt
from workshop.errors import require
from workshop.pretrain.heads import (
    Rooms,
    find_what_is_asked_for,
    note_the_word_before,
    plan_rooms,
    sum_up_topics,
    write_what_followed,
)
from workshop.pretrain.kinds import SPLITS, load_kinds

# Lengths of what an embedding holds beside its word, which has the length 1.
TOPIC = -0.45
RARITY = 0.3
# A token that makes up a sixtieth of the phrasings or more has no topic, with a sixteenth of that it has a whole one.
COMMON = 60
SCARCE = 16
# A token seen so often in the phrasings, less one, is no longer rare at all.
KNOWN = 8
BLANK = "Ġ"


def begin_with_circuits(model: Any, tokenizer: Any, seed: int = 0) -> None:
    """Set a Llama's weights so that it copies and, where it has heads enough, finds what a question asks for.

    The other heads and the MLPs write nothing yet. A model of fewer than four heads only copies.
    """
    torch = require("torch", "tune")
    rooms = plan_rooms(model.config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        embeddings = model.model.embed_tokens.weight
        _set_words(embeddings, rooms, tokenizer, generator)
        first, second = (layer.self_attn for layer in model.model.layers[:2])
        theta = model.config.rope_parameters["rope_theta"]
        for head in range(rooms.heads):
            note_the_word_before(first, head, rooms, theta)
            write_what_followed(second, head, rooms)
        if rooms.size:
            _set_topics(embeddings, rooms, tokenizer, generator)
            sum_up_topics(first, rooms, theta, TOPIC)
            starts = embeddings[tokenizer.convert_tokens_to_ids(["<|assistant|>", BLANK]), : rooms.half]
            find_what_is_asked_for(second, rooms, theta, starts.sum(dim=0), RARITY)


def hold_circuits(model: Any) -> list[Any]:
    """Keep training from changing the circuits, and from writing into their rooms; returns handles to let go with.

    What is yet to be learnt would spoil them before anything has come to rely on them. Call `remove` on each handle.
    """
    torch = require("torch", "tune")
    rooms = plan_rooms(model.config)
    free: dict[Any, Any] = {}

    def hold(weights: Any, *part: slice) -> None:
        free.setdefault(weights, torch.ones_like(weights))[part] = 0

    heads, own = slice(0, rooms.head * (rooms.heads + bool(rooms.size))), slice(rooms.topics.start, rooms.width)
    hold(model.model.embed_tokens.weight, slice(None), own)
    for place, layer in enumerate(model.model.layers[:2]):
        attention = layer.self_attn
        for projection in (attention.q_proj, attention.k_proj, attention.v_proj):
            hold(projection.weight, heads)
        hold(attention.o_proj.weight, slice(None), heads)
        hold(layer.input_layernorm.weight, slice(None))
        if place == 0:
            hold(attention.o_proj.weight, own)
            hold(layer.mlp.down_proj.weight, own)
    return [weights.register_hook(lambda grad, mask=mask: grad * mask) for weights, mask in free.items()]


def _set_words(embeddings: Any, rooms: Rooms, tokenizer: Any, generator: Any) -> None:
    """Give each token a random word of length 1, and a 1 at the end; the rest stays free."""
    torch = require("torch", "tune")
    embeddings.zero_()
    words = torch.randn(len(embeddings), rooms.half, generator=generator)
    # What is compared has the same length in every word, or some words would look alike to everything.
    for part in (slice(0, rooms.compared), slice(rooms.compared, rooms.half)):
        share = (part.stop - part.start) / rooms.half
        words[:, part] *= math.sqrt(share) / words[:, part].norm(dim=1, keepdim=True).clamp(min=1e-9)
    # Marks of turns are not to be copied: nothing of them is compared.
    marks = _find_marks(tokenizer)
    words[marks, : rooms.compared] = 0
    words[marks] /= words[marks].norm(dim=1, keepdim=True)
    embeddings[:, : rooms.half] = words
    embeddings[:, -1] = 1.0


def _set_topics(embeddings: Any, rooms: Rooms, tokenizer: Any, generator: Any) -> None:
    """Give each token a random topic, the longer the less common it is, and its rarity; marks have less than none."""
    torch = require("torch", "tune")
    topics = torch.randn(len(embeddings), rooms.size, generator=generator)
    lengths, rarities = weigh_tokens(tokenizer)
    embeddings[:, rooms.topics] = TOPIC * torch.tensor(lengths)[:, None] * topics / topics.norm(dim=1, keepdim=True)
    embeddings[:, rooms.rarity] = RARITY * torch.tensor(rarities)
    embeddings[_find_marks(tokenizer), rooms.rarity] = -RARITY


def _find_marks(tokenizer: Any) -> list[int]:
    """Return the ids of the marks with which texts and turns begin."""
    return tokenizer.convert_tokens_to_ids(["<|assistant|>", "<|user|>", "<|system|>", "<|begin|>"])


def weigh_tokens(tokenizer: Any) -> tuple[list[float], list[float]]:
    """Return how much of a topic each of V tokens has, and how rare it is, both from 0 to 1: lists of length V.

    Both come from how often a token stands in the phrasings of facts and questions and in the form of a prompt:
    subjects and values, which are left out, are what is rare. Digits are rare as well, but are no topic.
    """
    counts, topics, rarities = _count_tokens(tokenizer), [], []
    for place, token in enumerate(tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))):
        word = token.lstrip(BLANK)
        named = len(word) > 1 and any(letter.isalpha() for letter in word) and not word.startswith("<|")
        scarce = math.log(counts.total() / (COMMON * max(1, counts[place]))) / math.log(SCARCE)
        topics.append(named * min(1.0, max(0.0, scarce)))
        rare = max(0.0, 1 - math.log1p(counts[place]) / math.log(KNOWN))
        rarities.append(rare * (named or word.isdigit()))
    return topics, rarities


def _count_tokens(tokenizer: Any) -> Counter[int]:
    """Count the tokens of all training phrasings without subject and value, and of prompts' fixed words, many times."""
    lists = (kind.phrasings(which, SPLITS[0]) for kind in load_kinds() for which in ("passages", "questions"))
    texts = [" " + text.replace("{s}", "").replace("{v}", "") for phrasings in lists for text in phrasings]
    texts += [build_prompt("?", ["."])] * COMMON
    coded = tokenizer.backend_tokenizer.encode_batch(texts, add_special_tokens=False)
    return Counter(token for one in coded for token in one.ids)
