"""Lesson 01: every method on the same text, words, window, thinning and passes, against people."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from studies.runner import run_cells
from studies.word_embeddings.intervals import agree_over_seeds, draw_pairs, draw_words, estimate, predict_next
from studies.word_embeddings.plan import LESSON, RUN_INPUTS, STEM, Plan
from studies.word_embeddings.rules import LIMITS, RULES, Estimate, judge_capture
from studies.word_embeddings.runs import METHODS, Cell, fixed_pairs, run_counts, run_method, vocabulary
from studies.word_embeddings.sweep import YARDSTICKS
from workshop.score.results import Claim, Row
from workshop.vectors.agreement import spearman
from workshop.vectors.glove import ROWS

# What a live figure is called, by yardstick: "01.skipgram_spearman" is the one that the lesson shows.
BANDS = {"wordsim353": "spearman", "simlex999": "simlex"}
# Other processors add up in another order, which moves a score as another seed does; no band is narrower than this.
LEAST_REACH = 0.02
# What an interval draws anew, and how its rows are called.
DRAWN = {"words": "", "pairs": "_pairs"}

Agreed = Mapping[tuple[str, str], tuple[Mapping[str, float], Mapping[str, np.ndarray]]]


def measure_methods(plan: Plan, short: bool) -> tuple[list[Row], dict[str, Claim], dict[str, Any]]:
    """Compare all methods on the fixed pairs; return rows, claim C01, and the bands of one more seed."""
    options = {"stem": STEM, "inputs": RUN_INPUTS, "short": short}
    cells = [(method, seed, plan.passes) for method in METHODS for seed in range(plan.seeds)]
    other = [("cbow", plan.cbow_passes), *(("skipgram", passes) for passes in plan.skipgram_passes)]
    tried = {one: [(one[0], seed, one[1]) for seed in range(plan.fewer_seeds)] for one in other}
    found = run_cells(run_method, [*cells, *(cell for some in tried.values() for cell in some)], **options)
    counted = run_cells(run_counts, [(0, plan.passes)], **options)[0, plan.passes] | {"passes": plan.passes}
    runs = {method: [found[cell] for cell in cells if cell[0] == method] for method in METHODS}
    rows, bands, agreed = [], {}, {}
    for name in YARDSTICKS:
        pairs, ratings = fixed_pairs(name)
        cosines = {method: np.array([run[name] for run in ran]) for method, ran in runs.items()}
        for drawn, samples in (("words", draw_words(pairs, plan.draws)), ("pairs", draw_pairs(pairs, plan.draws))):
            agreed[drawn, name] = agree_over_seeds(cosines, ratings, samples, seeds=drawn == "words")
        for method, ran in runs.items():
            each = [float(value) for value in spearman(cosines[method], ratings[None])]
            bands[f"{LESSON}.{method}_{BANDS[name]}"] = _band(each)
            updates = {"passes": plan.passes, "updates": count_updates(method, counted, plan.passes)}
            rows += _method_rows(method, name, agreed, len(ratings), ran, updates)
            rows += [
                Row(LESSON, method, name, "spearman", value, n=len(ratings), seconds=run["seconds"], seed=seed)
                for seed, (value, run) in enumerate(zip(each, ran, strict=True))
            ]
        rows += _difference_rows(agreed, name, len(ratings))
        for (method, passes), some in tried.items():
            mean = np.mean([spearman(np.array(found[cell][name]), ratings) for cell in some])
            settings = {"passes": passes, "updates": _scale_updates(method, counted, passes), "seeds": len(some)}
            rows.append(Row(LESSON, method, name, "spearman_other_passes", mean, n=len(ratings), settings=settings))
        rows += _frequent_rows(cosines, name)
    words = [Row(LESSON, "text", "cut text", f"words_{name}", counted[key]) for name, key in WORDS.items()]
    return rows + words + _association_rows(runs), {"C01": _claim_capture(agreed, plan)}, bands


WORDS = {"cut": "text_words", "thinned_all_passes": "words"}


def count_updates(method: str, counted: Cell, passes: int) -> int:
    """Return how many training steps a method takes in all its passes; 0 where nothing is trained.

    Skip-gram and fastText take one a pair of centre and neighbour (a window of 8 is drawn from 1 to 8, so a pair at
    distance d is there in (9 - d) of 8 windows); CBOW one a place; GloVe one a batch of rows against all columns.
    """
    if method in ("skipgram", "fasttext"):
        pairs = counted["pairs_by_distance"]
        return round(sum(2 * n * (len(pairs) - d) / len(pairs) for d, n in enumerate(pairs)))
    if method == "cbow":
        return round(counted["words"] * passes / counted["passes"])
    return passes * -(-len(vocabulary()) // ROWS) if method == "glove" else 0


def _scale_updates(method: str, counted: Cell, passes: int) -> int:
    """Return the training steps of a method in other passes than were counted."""
    return round(count_updates(method, counted, counted["passes"]) * passes / counted["passes"])


def _band(each: list[float]) -> dict[str, Any]:
    """Return where one more seed should fall, with how that is known."""
    low, high = predict_next(each, LEAST_REACH)
    how = f"mean ± 3 standard deviations over {len(each)} seeds"
    return {"low": low, "high": high, "n": len(each), "how": how}


def _method_rows(
    method: str, name: str, agreed: Agreed, n: int, runs: list[Cell], updates: dict[str, int]
) -> list[Row]:
    """Return a method's rows over its seeds, its seconds their median: words and seeds drawn anew, pairs drawn anew."""
    price = (float(np.median([run["seconds"] for run in runs])), runs[0]["parameters"], runs[0]["megabytes"])
    rows = []
    for drawn, ending in DRAWN.items():
        values, spread = agreed[drawn, name]
        one = estimate(values[method], spread[method])
        figures = (one.value, one.low, one.high, n, *price)
        rows.append(Row(LESSON, method, name, f"spearman{ending}", *figures, settings=updates))
    return rows


def _frequent_rows(cosines: Mapping[str, np.ndarray], name: str) -> list[Row]:
    """Return what each method scores on the pairs of the thousand most frequent words alone: the same vectors."""
    pairs, ratings = fixed_pairs(name)
    frequent = set(vocabulary()[:1000])
    kept = [row for row, pair in enumerate(pairs) if frequent.issuperset(pair)]
    return [
        Row(LESSON, method, name, "spearman_frequent_words", value, n=len(kept), seed=seed)
        for method, table in cosines.items()
        for seed, value in enumerate(spearman(table[:, kept], ratings[None, kept]).tolist())
    ]


def _difference(agreed: Agreed, method: str, other: str, name: str, drawn: str = "words") -> Estimate:
    """Return by how much one method agrees better than another on the same pairs."""
    values, spread = agreed[drawn, name]
    return estimate(values[method] - values[other], spread[method] - spread[other])


def _difference_rows(agreed: Agreed, name: str, n: int) -> list[Row]:
    """Return how far each method lies above random and above counted vectors."""
    rows = []
    for other in ("random", "ppmi_svd"):
        for method in METHODS:
            for drawn, ending in DRAWN.items() if method != other else ():
                gap = _difference(agreed, method, other, name, drawn)
                metric = f"spearman_above_{other}{ending}"
                rows.append(Row(LESSON, method, name, metric, gap.value, gap.low, gap.high, n))
    return rows


def _association_rows(runs: Mapping[str, list[Cell]]) -> list[Row]:
    """Return what each method's vectors give on the association tests: one text, one vocabulary, a row a seed."""
    return [
        Row(LESSON, method, f"association {name}", "effect_size", effect, seed=seed, settings={"p": p})
        for method, ran in runs.items()
        for seed, run in enumerate(ran)
        for name, (effect, p) in run.get("associations", {}).items()
    ]


def _claim_capture(agreed: Agreed, plan: Plan) -> Claim:
    """Judge C01."""
    trials = [(method, name) for method in ("skipgram", "cbow") for name in YARDSTICKS]
    both = [agreed["words", name] for _, name in trials]
    methods = [method for method, _ in trials]
    value = np.mean([values[method] for method, (values, _) in zip(methods, both, strict=True)])
    mean = estimate(value, np.mean([spread[m] for m, (_, spread) in zip(methods, both, strict=True)], axis=0))
    each = [(_own(agreed, *trial), _difference(agreed, trial[0], "random", trial[1])) for trial in trials]
    said = ", ".join(f"{m} {name} {own.value:.2f}" for (m, name), (own, _) in zip(trials, each, strict=True))
    measured = f"Spearman with people after training on 106 articles: {said}; here the mean of the four"
    pairs = sum(len(fixed_pairs(name)[1]) for name in YARDSTICKS)
    verdict = judge_capture(each)
    figures = (mean.value, mean.low, mean.high, pairs, plan.seeds)
    return Claim(measured, "correlation", *figures, RULES["C01"], verdict, LIMITS["C01"])


def _own(agreed: Agreed, method: str, name: str) -> Estimate:
    """Return a method's correlation with people."""
    values, spread = agreed["words", name]
    return estimate(values[method], spread[method])
