"""Lesson 01: analogies and associations in MiniLM's token embeddings."""

import numpy as np
from scipy.stats import bootstrap

from studies.word_embeddings.intervals import wilson_interval
from studies.word_embeddings.plan import LESSON
from studies.word_embeddings.rules import ASSOCIATIONS_CLAIM, LIMITS, RULES, SOCIAL, judge_associations
from studies.word_embeddings.runs import vocabulary
from workshop.data import load_analogies
from workshop.errors import WorkshopError
from workshop.models import load_token_embeddings
from workshop.score.results import Claim, Row
from workshop.vectors import WordSets, association_test, find_test, score_analogies
from workshop.vectors.association import keep_known, lean

SPACE = "minilm_tokens"
ASSOCIATIONS = ("flowers", "months", *SOCIAL)


def measure_analogies() -> list[Row]:
    """Answer the analogies in MiniLM's token embeddings, with and without the question's words barred."""
    words, vectors = load_token_embeddings()
    rows = []
    for category, questions in load_analogies().items():
        score = score_analogies(questions, words, vectors)
        for metric in ("excluded", "included", "repeated", "third_alone"):
            share = getattr(score, metric)
            interval = wilson_interval(share, score.n)
            rows.append(Row(LESSON, SPACE, f"analogy {category}", f"share_{metric}", share, *interval, n=score.n))
    return rows


def measure_associations() -> tuple[list[Row], dict[str, Claim]]:
    """Run the association tests on MiniLM's token embeddings, with all words and with those of lesson 01's text."""
    words, vectors = load_token_embeddings()
    rows, tests, intervals = [], {}, {}
    for name in ASSOCIATIONS:
        sets = find_test(name)
        test = association_test(sets, words, vectors)
        low, high = effect_interval(sets, words, vectors)
        n = len(sets.targets_x) + len(sets.targets_y)
        tests[name], intervals[name] = (test.effect, test.p), (low, high)
        task = f"association {name}"
        rows.append(Row(LESSON, SPACE, task, "effect_size", test.effect, low, high, n, settings={"p": test.p}))
        rows.append(Row(LESSON, SPACE, task, "effect_needed", test.needed, n=n))
        rows += _with_the_words_of_the_text(name, words, vectors)
    weakest = min(SOCIAL, key=lambda name: tests[name][0])
    each = ", ".join(f"{name} {tests[name][0]:.2f} (p {tests[name][1]:.4f})" for name in SOCIAL)
    measured = f"effect sizes in one model's token embeddings: {each}; here the smallest of the three, {weakest}"
    n = sum(len(group) for group in (find_test(weakest).targets_x, find_test(weakest).targets_y))
    figures = (tests[weakest][0], *intervals[weakest], n, 1)
    rule, limits = RULES[ASSOCIATIONS_CLAIM], LIMITS[ASSOCIATIONS_CLAIM]
    claim = Claim(measured, "effect size", *figures, rule, judge_associations(tests), limits)
    return rows, {ASSOCIATIONS_CLAIM: claim}


def _with_the_words_of_the_text(name: str, words: list[str], vectors: np.ndarray) -> list[Row]:
    """Return the test's effect with the words of our own text alone; nothing where too few are left."""
    known = set(vocabulary())
    kept = [row for row, word in enumerate(words) if word in known]
    try:
        test = association_test(find_test(name), [words[row] for row in kept], vectors[kept])
    except WorkshopError:
        return []
    settings = {"p": test.p, "missing": len(test.missing)}
    return [Row(LESSON, SPACE, f"association {name}", "effect_size_words_of_text", test.effect, settings=settings)]


def effect_interval(
    sets: WordSets, words: list[str], vectors: np.ndarray, draws: int = 10_000, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the effect size, the words of X and of Y drawn anew.

    The arguments and errors are those of `association_test`.
    """
    kept = keep_known(sets, words)
    leans = [lean(targets, kept, words, vectors) for targets in (kept.targets_x, kept.targets_y)]
    found = bootstrap(leans, _measure_effect, n_resamples=draws, method="percentile", rng=seed)
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def _measure_effect(x: np.ndarray, y: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return the effect size of the leans of X and of Y along an axis."""
    spread = np.concatenate([x, y], axis=axis).std(axis=axis, ddof=1)
    return (x.mean(axis=axis) - y.mean(axis=axis)) / np.where(spread == 0, 1, spread)
