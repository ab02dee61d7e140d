"""Named entities: MiniLM with a head for tags, pre-trained or from nothing; a list of known names; plain features."""

import re
import time
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from workshop.data import TaggedSentence, load_task
from workshop.models import load_tagger
from workshop.score import read_tags
from workshop.settings import Settings
from workshop.tune import align_labels, bio_tags, count_trained, fit

KINDS = ("place", "ship", "route", "role", "system", "amount")
TAGS = ("O", *(f"{mark}-{kind}" for kind in KINDS for mark in "BI"))
BATCH = 16
# The sentences of every so many-th name of train are held back, to choose a rate on: names that are new there, too.
HELD = 5
# MiniLM reads lower case alone; this mark before a word tells it that there was a capital letter.
CAPITAL = "^"
Cell = dict[str, Any]


def deal(split: str) -> list[TaggedSentence]:
    """Return the sentences to train on, of `validation` or of `test`."""
    rows = load_task("entities", "test" if split == "test" else "train")
    if split == "test":
        return rows
    held = sorted({name for one in rows for name in list_names(one)})[::HELD]
    return [one for one in rows if bool(list_names(one) & {*held}) == (split == "validation")]


def list_names(one: TaggedSentence) -> set[str]:
    """Return the names in a sentence."""
    return {" ".join(one.tokens[start:end]).lower() for start, end, _ in one.spans}


def mark(tokens: Sequence[str], marked: bool) -> list[str]:
    """Return tokens as the tokenizer gets them, with a mark before those that begin with a capital letter."""
    return [CAPITAL + one if marked and one[:1].isupper() else one for one in tokens]


def run_entities(arm: str, marked: bool, rate: float, steps: int, seed: int, most: int | None) -> Cell:
    """Train a tagger and find the names of validation and test.

    arm: tuned, or nothing: all weights random. marked: whether the tokenizer is told of capital letters.
    """
    rows = deal("train")[:most]
    tokenizer, model = load_tagger(Settings(threads=1), TAGS, random=arm == "nothing", seed=seed)
    start = time.process_time()
    fit(model, make_batches(tokenizer, rows, marked, seed), steps=steps, rate=rate)
    found: Cell = {"seconds": time.process_time() - start, "parameters": count_trained(model)}
    for split in ("validation", "test"):
        some = deal(split)[:most]
        found[split] = count_right(some, predict_spans(tokenizer, model, some, marked))
    return found


def make_batches(tokenizer: Any, rows: Sequence[TaggedSentence], marked: bool, seed: int) -> Iterator[Any]:
    """Yield batches of tagged sentences without end, each epoch in another order."""
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(rows))
        for start in range(0, len(order), BATCH):
            yield make_batch(tokenizer, [rows[row] for row in order[start : start + BATCH]], marked)


def make_batch(tokenizer: Any, rows: Sequence[TaggedSentence], marked: bool) -> Any:
    """Return pieces, mask and labels of B sentences, tensors (B, T)."""
    import torch

    words = [mark(one.tokens, marked) for one in rows]
    coded = tokenizer(words, is_split_into_words=True, padding=True, return_tensors="pt")
    labels = [
        align_labels(coded.word_ids(row), [TAGS.index(tag) for tag in bio_tags(list(one.tokens), list(one.spans))])
        for row, one in enumerate(rows)
    ]
    return {**coded, "labels": torch.tensor(labels)}


def predict_spans(
    tokenizer: Any, model: Any, rows: Sequence[TaggedSentence], marked: bool
) -> list[dict[tuple[int, int], str]]:
    """Return the spans that a tagger finds in N sentences."""
    import torch

    found = []
    for start in range(0, len(rows), 32):
        some = rows[start : start + 32]
        words = [mark(one.tokens, marked) for one in some]
        coded = tokenizer(words, is_split_into_words=True, padding=True, return_tensors="pt")
        with torch.inference_mode():
            best = model(**coded).logits.argmax(-1).tolist()  # (B, T)
        for row, one in enumerate(some):
            first = align_labels(coded.word_ids(row), list(range(len(one.tokens))))
            found.append(read_tags([TAGS[tag] for tag, word in zip(best[row], first, strict=True) if word >= 0]))
    return found


def count_right(rows: Sequence[TaggedSentence], found: Sequence[dict[tuple[int, int], str]]) -> Cell:
    """Return of each sentence how many spans are right, found, and there; and the wrong ones among them by kind."""
    truths = [{(start, end): kind for start, end, kind in one.spans} for one in rows]
    return {
        "right": [len(one.items() & truth.items()) for one, truth in zip(found, truths, strict=True)],
        "found": [len(one) for one in found],
        "there": [len(truth) for truth in truths],
        "spans": [[[*place, kind] for place, kind in one.items()] for one in found],
    }


def score_f1(counts: Cell) -> float:
    """Return the F1 of counted spans."""
    return 2 * sum(counts["right"]) / max(1, sum(counts["found"]) + sum(counts["there"]))


def run_entity_baseline(arm: str, most: int | None) -> Cell:
    """Find the test's names without a network. arm: dictionary, or features of words and neighbours."""
    train, test = load_task("entities", "train")[:most], deal("test")[:most]
    start = time.process_time()
    find = _look_up(train) if arm == "dictionary" else _fit_features(train)
    found = [find(list(one.tokens)) for one in test]
    return {"seconds": time.process_time() - start, "test": count_right(test, found)}


def _look_up(train: Sequence[TaggedSentence]) -> Any:
    """Return a function that finds the names of train, the longest first."""
    names = {tuple(one.tokens[start:end]): kind for one in train for start, end, kind in one.spans}
    longest = max((len(name) for name in names), default=0)

    def find(tokens: list[str]) -> dict[tuple[int, int], str]:
        found, place = {}, 0
        while place < len(tokens):
            ends = [end for end in range(place + longest, place, -1) if tuple(tokens[place:end]) in names]
            if ends:
                found[place, min(ends[0], len(tokens))] = names[tuple(tokens[place : ends[0]])]
            place = ends[0] if ends else place + 1
        return found

    return find


def _fit_features(train: Sequence[TaggedSentence]) -> Any:
    """Return a function that tags words by logistic regression on what they and their neighbours look like."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = [_describe(one.tokens, place) for one in train for place in range(len(one.tokens))]
    tags = [tag for one in train for tag in bio_tags(list(one.tokens), list(one.spans))]
    model = make_pipeline(DictVectorizer(), LogisticRegression(C=10.0, max_iter=300)).fit(words, tags)

    def find(tokens: list[str]) -> dict[tuple[int, int], str]:
        return read_tags(model.predict([_describe(tokens, place) for place in range(len(tokens))]).tolist())

    return find


def _describe(tokens: Sequence[str], place: int) -> dict[str, Any]:
    """Return what a word and its neighbours look like."""
    found: dict[str, Any] = {"first": place == 0}
    for step in (-2, -1, 0, 1, 2):
        word = tokens[place + step] if 0 <= place + step < len(tokens) else ""
        shape = re.sub(r"(.)\1+", r"\1", re.sub("[a-z]", "x", re.sub("[A-Z]", "X", re.sub("[0-9]", "9", word))))
        found |= {f"{step} {word.lower()}": True, f"{step} shape": shape, f"{step} end": word[-3:].lower()}
    return found


@cache
def groups_of_test() -> tuple[str, ...]:
    """Return the page or ticket of each test sentence."""
    return tuple(one.origin for one in deal("test"))
