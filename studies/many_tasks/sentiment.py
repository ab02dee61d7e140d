"""Sentiment of film reviews: lesson 03's networks, counted words, and what a language model's last token holds."""

import time
from functools import cache
from typing import Any

import numpy as np

from studies.adapters.asking import load
from studies.finetune_classifier.linear import MAJORITY, MARKS, WORDS, run_linear
from studies.finetune_classifier.runs import run_network
from studies.finetune_classifier.texts import FOLDS, labels_of, split, texts_of

TASK = "reviews"
LONGEST = 128
STRENGTHS = (0.001, 0.01, 0.1, 1.0)
Cell = dict[str, Any]


def run_sentiment(arm: str, rate: float, fold: int, updates: int) -> Cell:
    """Tell the reviews of a fold apart, with all other labels. arm: tuned or nothing, as in lesson 03."""
    found = run_network("all" if arm == "tuned" else "random", TASK, fold, 0, rate, updates, fold)
    return {"seconds": found["seconds"], "parameters": found["parameters"], **judge_fold(found, fold)}


def run_sentiment_plain(arm: str, fold: int) -> Cell:
    """Tell the reviews of a fold apart without tuning.

    arm: majority, bag of words, words and marks, frozen (MiniLM's vectors), or last token (the language model's last
    hidden state); a logistic regression on each but the first, lesson 03's with C = 1.
    """
    if arm != "last token":
        found = run_linear(arm, TASK, fold, 0, 1.0)
        return {"seconds": found["seconds"], **judge_fold(found, fold)}
    from sklearn.linear_model import LogisticRegressionCV

    classes, _ = labels_of(TASK)
    train, _, test = split(TASK, fold)
    start = time.process_time()
    states = read_last_tokens()
    model = LogisticRegressionCV(Cs=STRENGTHS, cv=4, max_iter=2000, use_legacy_attributes=False, l1_ratios=(0,))
    predicted = model.fit(states[train], classes[train]).predict(states[test])
    found = {"test": {"rows": test.tolist(), "predicted": predicted.tolist()}}
    return {"seconds": time.process_time() - start, **judge_fold(found, fold)}


@cache
def read_last_tokens() -> np.ndarray:
    """Return the language model's hidden state at each review's last token, scaled to mean 0 and spread 1, (N, D)."""
    import torch

    tokenizer, model = load()
    found = []
    for text in texts_of(TASK):
        ids = torch.tensor([tokenizer(text, truncation=True, max_length=LONGEST)["input_ids"]])
        with torch.inference_mode():
            found.append(model.model(input_ids=ids).last_hidden_state[0, -1].float().numpy())
    states = np.array(found)
    return (states - states.mean(0)) / states.std(0)


def judge_fold(found: Cell, fold: int) -> Cell:
    """Return the fold's reviews and which were told rightly."""
    classes, _ = labels_of(TASK)
    rows, predicted = (np.array(found["test"][name]) for name in ("rows", "predicted"))
    return {"rows": rows.tolist(), "right": (predicted == classes[rows]).astype(int).tolist()}


BASELINES, OTHERS = (MAJORITY, WORDS, MARKS), ("frozen", "last token")
__all__ = ["BASELINES", "FOLDS", "OTHERS", "run_sentiment", "run_sentiment_plain"]
