"""From the runs of lesson 05's searches to rows and claims."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from studies.grouped import Figure, average_runs
from studies.retrieval_bot import search_rules as rules
from studies.retrieval_bot.search_plan import DEPTHS, KINDS_ASKED, LESSON, TESTED
from studies.retrieval_bot.search_runs import wordings
from studies.retrieval_bot.tuned import UNTUNED
from studies.text_embeddings.estimates import correlate_stories, score_ranks
from workshop.data import load_lee
from workshop.score.results import Claim, Row

Cells = Mapping[tuple[Any, ...], Mapping[str, Any]]
Ranks = Sequence[Sequence[int]]

METRICS = ("recall@1", "recall@3", "recall@5", "mrr")
BASE, WORDS, FUSED = "MiniLM", "BM25 on stems", "both, by z-scores"
# Sizes of a passage are compared by its first five, and by as many as make 480 words.
SPLIT_FIRST, SPLIT_WORDS = 5, 480
DRAWS = 2000


def name_place(size: int) -> str:
    """Return what is searched: the handbook alone, or with Wikipedia around it."""
    return "haystack" if size else "handbook"


def make_row(method: str, task: str, metric: str, figure: Figure, n: int, **more: Any) -> Row:
    """Return one figure as a row."""
    return Row(LESSON, method, task, metric, figure.value, *figure.interval, n, **more)


def estimate(
    runs: Sequence[Ranks], metric: str, every: int, kind: str | None = None, other: Ranks | None = None
) -> tuple[Figure, int]:
    """Return a metric's mean over S seeds' ranks, of one kind of wordings or of all, and of how many cases it is.

    other: ranks whose metric is taken away, case by case. The bootstrap draws documents and seeds anew.
    """
    asked = wordings(TESTED, every)
    kept = np.array([kind in (None, one) for _, one, _ in asked])
    groups = [one.document for (one, _, _), keep in zip(asked, kept, strict=True) if keep]
    base = score_ranks(other)[metric][kept] if other is not None else 0.0
    return average_runs([score_ranks(ranks)[metric][kept] - base for ranks in runs], groups, DRAWS), int(kept.sum())


def tell_searches(cells: Cells) -> list[Row]:
    """Return what each search finds, how far it lies above MiniLM, and milliseconds a query."""
    rows = []
    for (_, size, every), found in sorted(cells.items()):
        for name, ranks in found["ranks"].items():
            base = None if name == BASE else found["ranks"][BASE]
            rows += _tell_ranks(name, size, every, [ranks], base, found["seconds"][name], "MiniLM")
            if "late" in name:
                rows += _tell_above_no_second_look(name, size, every, [ranks], found["ranks"][FUSED])
    return rows


def tell_reranked(name: str, cells: Cells, cheap: Cells) -> list[Row]:
    """Return the same after a second look: its own order, or added by z-scores; above MiniLM and above no second look.

    cells: by (seed,) size, every. Milliseconds are the judge's and the first list's together.
    """
    rows = []
    for size in sorted({_size(cell) for cell in cells}):
        runs = [found for cell, found in cells.items() if _size(cell) == size]
        every = next(_every(cell) for cell in cells if _size(cell) == size)
        first = next(found for cell, found in cheap.items() if cell[1] == size)
        price = first["seconds"][FUSED] + float(np.mean([one["seconds"]["milliseconds"] for one in runs]))
        step, base = max(1, every // next(cell[2] for cell in cheap)), first["ranks"][BASE]
        for way in ("alone", "added"):
            ranks = [one["ranks"][way] for one in runs]
            method = f"both, {name} {way}"
            more = {"settings": {"first": DEPTHS[name], "seeds": len(runs)}}
            rows += _tell_ranks(method, size, every, ranks, base[::step], price, "MiniLM", **more)
            rows += _tell_above_no_second_look(method, size, every, ranks, runs[0]["ranks"]["before"])
    return rows


def _tell_above_no_second_look(method: str, size: int, every: int, runs: list[Ranks], before: Ranks) -> list[Row]:
    """Return how far a second look's ranks lie above those of the list that it was given."""
    rows = _tell_ranks(method, size, every, runs, before, None, FUSED)
    return [row for row in rows if "minus" in row.metric]


def _size(cell: tuple[Any, ...]) -> int:
    return cell[0] if len(cell) == 2 else cell[1]


def _every(cell: tuple[Any, ...]) -> int:
    return cell[1] if len(cell) == 2 else cell[2]


def _tell_ranks(
    method: str, size: int, every: int, runs: list[Ranks], base: Ranks | None, price: float | None, over: str,
    **more: Any,
) -> list[Row]:  # fmt: skip
    rows = []
    for kind in KINDS_ASKED:
        task = f"search, {name_place(size)}, {kind}s"
        for metric in METRICS:
            rows.append(make_row(method, task, metric, *estimate(runs, metric, every, kind), **more))
            if base is not None:
                gap = estimate(runs, metric, every, kind, base)
                rows.append(make_row(method, task, f"{metric}_minus_{over}", *gap, **more))
    if price is not None:
        rows.append(Row(LESSON, method, f"search, {name_place(size)}", "milliseconds", price, **more))
    return rows


def compare_vectors(cells: Cells) -> dict[str, Figure]:
    """Return MiniLM's recall@3 in the handbook minus that of BM25 on stems, "questions" and "paraphrases": C30."""
    every, found = next((cell[2], one) for cell, one in cells.items() if not cell[1])
    pair = found["ranks"][BASE], found["ranks"][WORDS]
    return {f"{kind}s": estimate([pair[0]], "recall@3", every, kind, pair[1])[0] for kind in KINDS_ASKED}


def tell_tuned(cells: Cells) -> tuple[list[Row], dict[str, Claim]]:
    """Return what tuning MiniLM on `train` changes, and C26."""
    every = next(cell[3] for cell in cells)
    runs = [found for cell, found in sorted(cells.items()) if cell[0] != UNTUNED]
    (plain,) = (found for cell, found in cells.items() if cell[0] == UNTUNED)
    settings = {"seeds": len(runs), "epochs": next(cell[2] for cell in cells)}
    rows, gaps = [], []
    for place in ("handbook", "haystack"):
        for kind in (None, *KINDS_ASKED):
            task = f"tuned encoder, {place}, {f'{kind}s' if kind else 'all'}"
            for metric in METRICS:
                for name, some in (("MiniLM", [plain[place]]), ("MiniLM, tuned", [one[place] for one in runs])):
                    rows.append(make_row(name, task, metric, *estimate(some, metric, every, kind), settings=settings))
                gap = estimate([one[place] for one in runs], metric, every, kind, plain[place])
                rows.append(make_row("MiniLM, tuned", task, f"{metric}_minus_MiniLM", *gap, settings=settings))
                if kind is None and metric == "recall@1":
                    gaps.append(gap)
    texts, table = load_lee()
    ratings = table[np.triu_indices(len(texts), 1)]
    lee = [
        correlate_stories(some, ratings, len(texts), 500)["pearson"]
        for some in ([plain["lee"]] * len(runs), [one["lee"] for one in runs])
    ]
    cases = [str(row) for row in range(len(plain["reviews"]))]
    reviews = [average_runs(some, cases) for some in ([plain["reviews"]] * len(runs), [one["reviews"] for one in runs])]
    for task, metric, pair, count in (("lee", "pearson", lee, len(ratings)), ("reviews", "accuracy", reviews, 200)):
        for name, figure in zip(("MiniLM", "MiniLM, tuned"), pair, strict=True):
            rows.append(make_row(name, task, metric, figure, count, settings=settings))
        gap = pair[1].minus(pair[0])
        rows.append(make_row("MiniLM, tuned", task, f"{metric}_minus_MiniLM", gap, count, settings=settings))
    seconds = float(np.mean([one["seconds"] for one in runs]))
    rows.append(Row(LESSON, "MiniLM, tuned", "tuned encoder", "seconds", seconds, seconds=seconds, settings=settings))
    measure = "recall@1 in the handbook of MiniLM tuned on train minus MiniLM (haystack: {:.3f} [{:.3f}, {:.3f}])"
    measure = measure.format(gaps[1][0].value, *gaps[1][0].interval)
    verdict = rules.judge_tuned(gaps[0][0], gaps[1][0])
    return rows, {"C26": make_claim("C26", measure, "share found", *gaps[0], len(runs), verdict)}


def make_claim(name: str, measure: str, unit: str, figure: Figure, n: int, seeds: int, verdict: str) -> Claim:
    """Return a claim's figure with its rule, its verdict and its limits."""
    low, high = figure.interval
    return Claim(measure, unit, figure.value, low, high, n, seeds, rules.RULES[name], verdict, rules.LIMITS[name])


def tell_indexes(cells: Cells) -> list[Row]:
    """Return of each kind of index and each number of vectors what it finds and costs."""
    rows = []
    for (kind, count, _), found in sorted(cells.items()):
        settings = {"vectors": count}
        recall = average_runs([found["recall"]], [str(row) for row in range(len(found["recall"]))], DRAWS)
        low, middle, high = found["seconds"]["milliseconds"]
        rows += [
            make_row(kind, "index", "recall@10 of the exact", recall, len(found["recall"]), settings=settings),
            Row(LESSON, kind, "index", "milliseconds", middle, low, high, len(found["recall"]), settings=settings),
            Row(
                LESSON, kind, "index", "megabytes", found["megabytes"], megabytes=found["megabytes"], settings=settings
            ),
            Row(LESSON, kind, "index", "build seconds", found["seconds"]["build"], settings=settings),
        ]
    return rows


def tell_splits(cells: Cells) -> list[Row]:
    """Return for each size of passage how often the whole answer stands in one, and in those found first."""
    rows = []
    for (size, overlap, every), found in sorted(cells.items()):
        asked = wordings(TESTED, every)
        settings = {"words": size, "overlap": overlap, "passages": found["passages"]}
        for name, ranks in found["ranks"].items():
            places = np.array(ranks)
            shares = {
                "answer whole in a passage": places > 0,
                f"answer in the first {SPLIT_FIRST}": (places > 0) & (places <= SPLIT_FIRST),
                f"answer in the first {SPLIT_WORDS} words": (places > 0) & (places <= SPLIT_WORDS // size),
            }
            for kind in KINDS_ASKED:
                kept = np.array([one == kind for _, one, _ in asked])
                groups = [one.document for (one, _, _), keep in zip(asked, kept, strict=True) if keep]
                for metric, values in shares.items():
                    figure = average_runs([values[kept].astype(float)], groups, DRAWS)
                    rows.append(make_row(name, f"splitting, {kind}s", metric, figure, len(groups), settings=settings))
    return rows
