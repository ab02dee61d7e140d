"""The handbook as language: its halves, plain Wikipedia beside it, and the house words that are left out."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from studies.adapters.questions import SEED
from studies.prompt_or_lora.judging import score_texts
from workshop.data import SenseUse, load_handbook, load_task, load_wiki_passages
from workshop.tune import Example

ROW = 128
# Enough of Wikipedia for as many tokens as half of the handbook has.
WIKI_SENTENCES = 1500
MEANINGS = (
    "Words of the ferry company Skerryline. A drag is a sailing that leaves late. A still is a cancelled sailing. The "
    "Nest is the control room on land. A hop is a ticket for one crossing. A bench night is a night's stay on land for "
    "passengers whose boat doesn't sail. The Kettle is the shop on board.\n"
)
Ids = list[int]


@cache
def list_documents() -> tuple[tuple[str, str, int], ...]:
    """Return every handbook document's name, text and half (0 or 1); halves alternate by rising length."""
    known = sorted(load_handbook(), key=lambda one: (len(one.text), one.name))
    return tuple((one.name, one.text, (place % 4 in (1, 2)) * 1) for place, one in enumerate(known))


def cut_rows(tokenizer: Any, texts: Sequence[str], most: int | None = None) -> list[Ids]:
    """Return the texts' tokens in rows of at most 128, none across two texts; at most so many tokens in all."""
    rows, left = [], most
    for text in texts:
        ids = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        for start in range(0, len(ids), ROW):
            row = ids[start : start + ROW][:left]
            if len(row) > 1:
                rows.append(row)
            if left is not None:
                left -= len(row)
            if left is not None and left <= 1:
                return rows
    return rows


@cache
def _list_sentences() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return Wikipedia's sentences to learn from, article by article, and those to test on, in random order.

    No article is in both.
    """
    articles: dict[str, list[str]] = {}
    for one in load_wiki_passages():
        articles.setdefault(one.document, []).append(one.text)
    names, rng = sorted(articles), np.random.default_rng(SEED)
    parts = [
        [text for place in some for text in articles[names[place]]] for some in _halve(rng.permutation(len(names)))
    ]
    return tuple(parts[0]), tuple(parts[1][place] for place in rng.permutation(len(parts[1])))


def _halve(order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return order[: len(order) // 2], order[len(order) // 2 :]


def write_half(tokenizer: Any, source: str, fold: int, documents: int | None = None) -> list[Example]:
    """Return rows to learn from: the handbook's documents that aren't of a half, or as many tokens of Wikipedia.

    documents: at most so many of them.
    """
    rows = cut_rows(tokenizer, [text for _, text, half in list_documents() if half != fold][:documents])
    if source == "wiki":
        half = _halve(np.arange(len(_list_sentences()[0])))[fold]
        text = " ".join(_list_sentences()[0][place] for place in half[:WIKI_SENTENCES])
        rows = cut_rows(tokenizer, [text], sum(map(len, rows)))
    return [Example(tuple(row), tuple(row)) for row in rows]


def lose_on_half(tokenizer: Any, model: Any, fold: int, documents: int | None = None) -> dict[str, list[float]]:
    """Return for each document of a half its name, tokens that are predicted, and their loss in nats, summed."""
    found: dict[str, list[Any]] = {"names": [], "tokens": [], "loss": []}
    for name, text, half in [one for one in list_documents() if one[2] == fold][:documents]:
        del half
        rows = cut_rows(tokenizer, [text])
        found["names"].append(name)
        found["tokens"].append(sum(len(row) - 1 for row in rows))
        found["loss"].append(float(-score_texts(model, rows, [1] * len(rows)).sum()))
    return found


def lose_on_wiki(tokenizer: Any, model: Any, count: int) -> dict[str, list[float]]:
    """Return the tokens and the summed loss in nats of so many sentences of articles that nothing learns from."""
    rows = [ids for one in _list_sentences()[1][:count] for ids in cut_rows(tokenizer, [one])[:1]]
    losses = -score_texts(model, rows, [1] * len(rows), batch=16)
    return {"tokens": [len(row) - 1 for row in rows], "loss": losses.tolist()}


def draw_uses(fold: int) -> list[SenseUse]:
    """Return the sentences with a house word whose document is of a half; those of no document are of the first."""
    halves = {name: half for name, _, half in list_documents()}
    rows = [one for one in load_task("senses", "test") if one.sense == "house"]
    return [one for one in rows if halves.get(one.document or "", 0) == fold]


def fill_words(tokenizer: Any, model: Any, uses: Sequence[SenseUse], told: bool) -> list[str]:
    """Return for each sentence which of the six house words makes it likeliest. told: after their meanings."""
    words = sorted({one.word for one in load_task("senses", "test") if one.kind == "house word"})
    before = tokenizer.encode((MEANINGS if told else "") or tokenizer.bos_token, add_special_tokens=False)
    rows = [before + tokenizer.encode(_put_word(one, word), add_special_tokens=False) for one in uses for word in words]
    scores = score_texts(model, rows, [len(before)] * len(rows), batch=12).reshape(len(uses), len(words))
    return [words[place] for place in scores.argmax(axis=1)]


def _put_word(one: SenseUse, word: str) -> str:
    """Return a sentence with another word in the place of its own, with a capital where that has one."""
    place = slice(one.start, one.start + len(one.word))
    own = one.sentence[place]
    return one.sentence[: place.start] + (word.capitalize() if own[:1].isupper() else word) + one.sentence[place.stop :]
