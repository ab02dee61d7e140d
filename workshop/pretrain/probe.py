"""A look at a run while it goes on: which tokens of an answer are right, by sort, on values never trained on.

The loss misleads: it falls as well when a pool's few words are learnt by heart. What is right on unseen values tells.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from workshop.errors import WorkshopError, require
from workshop.pretrain.run import CHECKPOINT, PLAN
from workshop.pretrain.tasks import Chat, Page, Shape, make_page, read, repeat

CASES = 200
SKILLS: dict[str, Callable[[Page, Random, Shape], Chat]] = {"read": read, "repeat": repeat}


def sort_of_token(token: str) -> str:
    """Return a token's sort: digit, blank, mark, capitalised word, word, or piece of a word."""
    word = token.lstrip("Ġ")
    if token.startswith("<|"):
        return "mark"
    if not word:
        return "blank"
    if word.isdigit():
        return "digit"
    if token.startswith("Ġ"):
        return "capitalised word" if word[0].isupper() else "word"
    return "piece"


def probe(model: Any, tokenizer: Any, skill: str, shape: Shape, cases: int = CASES) -> dict[str, tuple[int, int]]:
    """Return how many tokens of right answers are the model's likeliest ones, and of how many, by sort.

    Each token is predicted from the right ones before it. An answer's first token has its own sort, "first word" for
    example: to find it, the question must be understood; the others mostly go on from it. "whole" counts answers.
    """
    torch = require("torch", "tune")
    from workshop.pretrain.tokenizer import Encoder

    rng, encoder, counts = Random(f"probe/{skill}"), Encoder(tokenizer), dict[str, tuple[int, int]]()

    def count(sort: str, right: bool) -> None:
        hits, seen = counts.get(sort, (0, 0))
        counts[sort] = (hits + right, seen + 1)

    for _ in range(cases):
        chat = SKILLS[skill](make_page(rng, shape), rng, shape)
        ids, written = encoder.encode_chat(chat.messages)
        with torch.inference_mode():
            likeliest = model(input_ids=torch.tensor([ids])).logits[0].argmax(-1).tolist()
        places = [place for place, flag in enumerate(written) if flag]
        right = [likeliest[place - 1] == ids[place] for place in places]
        for place, hit in zip(places, right, strict=True):
            sort = sort_of_token(tokenizer.convert_ids_to_tokens(ids[place]))
            count(f"first {sort}" if place == places[0] else sort, hit)
        count("whole", all(right))
    return dict(sorted(counts.items()))


def load_moment(folder: Path) -> tuple[Any, Any, int]:
    """Load the model of a run's newest checkpoint; returns it with the tokenizer and the number of steps done.

    Raises WorkshopError where the folder has no checkpoint.
    """
    import json

    torch = require("torch", "tune")
    from workshop.pretrain.sizes import build_model, find_size
    from workshop.pretrain.tokenizer import load_tokenizer

    if not (folder / CHECKPOINT).is_file():
        raise WorkshopError(f"{folder} has no checkpoint yet. A run writes one every minute.")
    tokenizer = load_tokenizer(folder / "tokenizer")
    size = json.loads((folder / PLAN).read_text(encoding="utf-8"))["size"]
    model = build_model(find_size(size), tokenizer)
    state = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    return model.eval(), tokenizer, state["step"]


def look(folder: Path, cases: int = CASES) -> str:
    """Return tables in Markdown for a run's newest checkpoint: one or two facts, then as many as there are later."""
    model, tokenizer, step = load_moment(folder)
    tables = [f"After {step:,} steps; held-out companies and values."]
    few = Shape(facts=2, passages=1, content="held_out")
    for skill, shape, title in (
        ("read", few, "One or two facts"),
        ("read", Shape(content="held_out"), "Up to eighteen facts in up to six passages"),
        ("read", Shape(content="held_out", phrasings="held_out"), "The same, phrasings held out too"),
        ("repeat", few, "Repeating one or two facts word for word"),
    ):
        rows = probe(model, tokenizer, skill, shape, cases)
        lines = ["| tokens | right | of |", "| --- | --- | --- |"]
        lines += [f"| {sort} | {hits / seen:.0%} | {seen} |" for sort, (hits, seen) in rows.items()]
        tables.append(f"{title}:\n\n" + "\n".join(lines))
    return "\n\n".join(tables)
