"""Lesson 01: analogies and bias in MiniLM's token embeddings."""

from studies.word_embeddings.intervals import wilson_interval
from studies.word_embeddings.plan import LESSON
from studies.word_embeddings.rules import LIMITS, RULES, SOCIAL, judge_bias
from workshop.data import load_analogies
from workshop.models import load_token_embeddings
from workshop.score.results import Claim, Row
from workshop.vectors import association_test, effect_interval, find_test, score_analogies

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


def measure_bias() -> tuple[list[Row], dict[str, Claim]]:
    """Run the association tests on MiniLM's token embeddings."""
    words, vectors = load_token_embeddings()
    rows, tests, intervals = [], {}, {}
    for name in ASSOCIATIONS:
        sets = find_test(name)
        test = association_test(sets, words, vectors)
        low, high = effect_interval(sets, words, vectors)
        n = len(sets.targets_x) + len(sets.targets_y)
        tests[name], intervals[name] = (test.effect, high, test.p), (low, high)
        rows.append(Row(LESSON, SPACE, f"association {name}", "effect_size", test.effect, low, high, n))
        rows.append(Row(LESSON, SPACE, f"association {name}", "p_value", test.p, n=n))
    weakest = min(SOCIAL, key=lambda name: tests[name][0])
    each = ", ".join(f"{name} {tests[name][0]:.2f}" for name in SOCIAL)
    measured = f"effect sizes in one model's token embeddings: {each}; here the smallest of the three, {weakest}"
    n = sum(len(group) for group in (find_test(weakest).targets_x, find_test(weakest).targets_y))
    verdict = judge_bias(tests)
    return rows, {
        "C21": Claim(
            measured, "effect size", tests[weakest][0], *intervals[weakest], n, 1, RULES["C21"], verdict, LIMITS["C21"]
        )
    }
