"""Extractive answers: MiniLM with a head for spans, pre-trained or from nothing, and a rule without any network."""

import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from workshop.data import SpanQuestion, load_span_questions
from workshop.models import load_span_reader
from workshop.score import contains_short, exact_match
from workshop.search import content_stems
from workshop.settings import Settings
from workshop.tune import best_span, count_trained, fit

BATCH = 16
LONGEST = 12
# Every so many-th page or company of train is held back, to choose a rate on.
HELD = 6
# What an answer may be made of: "6 crowns 10", "19:35", "early November" is none of these.
NUMBER = re.compile(r"\d[\d.,:]*\d|\d")
Cell = dict[str, Any]


def deal_questions(split: str, source: str = "both") -> list[SpanQuestion]:
    """Return the questions to train on, of `validation` (handbook pages alone) or of `test`. source: of train."""
    if split == "test":
        return load_span_questions("test")
    rows = load_span_questions("train")
    pages = sorted({one.document for one in rows if one.source == "handbook"})[::HELD]
    if split == "validation":
        return [one for one in rows if one.document in pages]
    return [one for one in rows if one.document not in pages and source in (one.source, "both")]


def run_spans(arm: str, source: str, rate: float, steps: int, seed: int, most: int | None) -> Cell:
    """Train a reader of spans and let it answer. arm: tuned, or nothing: all weights random. source: of its pairs."""
    rows = deal_questions("train", source)[:most]
    tokenizer, model = load_span_reader(Settings(threads=1), random=arm == "nothing", seed=seed)
    start = time.process_time()
    fit(model, make_span_batches(tokenizer, rows, seed), steps=steps, rate=rate)
    found: Cell = {"seconds": time.process_time() - start, "parameters": count_trained(model), "pairs": len(rows)}
    for split in ("validation", "test"):
        some = deal_questions(split)[:most]
        found[split] = judge_answers(some, predict_answers(tokenizer, model, some))
    return found


def make_span_batches(tokenizer: Any, rows: Sequence[SpanQuestion], seed: int) -> Iterator[Any]:
    """Yield batches of questions without end, each epoch in another order."""
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(rows))
        for start in range(0, len(order), BATCH):
            yield make_span_batch(tokenizer, [rows[row] for row in order[start : start + BATCH]])


def make_span_batch(tokenizer: Any, rows: Sequence[SpanQuestion]) -> Any:
    """Return pieces, mask, and the first and last piece of each of B answers."""
    import torch

    texts = [one.question for one in rows], [one.passage for one in rows]
    coded = tokenizer(*texts, padding=True, return_tensors="pt")
    first = [coded.char_to_token(row, one.start, 1) for row, one in enumerate(rows)]
    last = [coded.char_to_token(row, one.start + len(one.answer) - 1, 1) for row, one in enumerate(rows)]
    return {**coded, "start_positions": torch.tensor(first), "end_positions": torch.tensor(last)}


def predict_answers(tokenizer: Any, model: Any, rows: Sequence[SpanQuestion]) -> list[str]:
    """Return the best span of each passage."""
    import torch

    found = []
    for start in range(0, len(rows), 16):
        some = rows[start : start + 16]
        texts = [one.question for one in some], [one.passage for one in some]
        coded = tokenizer(*texts, padding=True, return_tensors="pt", return_offsets_mapping=True)
        places = coded.pop("offset_mapping").tolist()
        with torch.inference_mode():
            scores = model(**coded)
        for row, one in enumerate(some):
            inside = [piece for piece, part in enumerate(coded.sequence_ids(row)) if part == 1]
            begins, ends = scores.start_logits[row, inside].tolist(), scores.end_logits[row, inside].tolist()
            i, j = best_span(begins, ends, LONGEST)
            found.append(one.passage[places[row][inside[i]][0] : places[row][inside[j]][1]])
    return found


def judge_answers(rows: Sequence[SpanQuestion], answers: Sequence[str]) -> Cell:
    """Return the answers and which are right: short-contained, and exact."""
    pairs = [(answer, one.answer) for answer, one in zip(answers, rows, strict=True)]
    contained, exact = ([int(judge(*pair)) for pair in pairs] for judge in (contains_short, exact_match))
    return {"answers": list(answers), "contained": contained, "exact": exact}


def run_span_baseline(arm: str, most: int | None) -> Cell:
    """Answer the test without a network. arm: number or sentence: of the sentence most like the question."""
    rows = deal_questions("test")[:most]
    start = time.process_time()
    answers = [_answer_by_rule(one, arm) for one in rows]
    return {"seconds": time.process_time() - start, "test": judge_answers(rows, answers)}


def _answer_by_rule(one: SpanQuestion, arm: str) -> str:
    """Return the sentence that shares most stems with the question, or its first number and the word after it."""
    asked = set(content_stems(one.question))
    sentences = re.split(r"(?<=[.!?])\s+|\n+", one.passage)
    best = max(sentences, key=lambda text: len(asked & set(content_stems(text))))
    if arm == "sentence":
        return best
    found = list(re.finditer(r"\d[\d.,:]*(?: \w+)?", best))
    fresh = [hit for hit in found if hit.group() not in one.question]
    return fresh[0].group() if fresh else best
