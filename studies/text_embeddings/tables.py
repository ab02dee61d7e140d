"""From the runs of lesson 02 to rows, claims and bands."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from studies.grouped import Figure
from studies.text_embeddings import rules
from studies.text_embeddings.baskets import METHODS as BASKET_METHODS
from studies.text_embeddings.baskets import split_baskets
from studies.text_embeddings.estimates import (
    average_runs,
    correlate_stories,
    find_nearest,
    score_ranks,
    separate_words,
)
from studies.text_embeddings.people import upper
from studies.text_embeddings.pilot import run_pilot
from studies.text_embeddings.plan import LESSON, PILOT_SPLIT, PLACES, K, Plan
from studies.text_embeddings.searches import BM25, METHODS, wordings
from studies.word_embeddings.intervals import predict_next
from workshop.data import load_lee
from workshop.score.results import Claim, Row

Part = tuple[list[Row], dict[str, Claim], dict[str, Any]]
Cells = Mapping[tuple[Any, ...], Mapping[str, Any]]

FAMILIES = ("averages", "Doc2Vec", "MiniLM")
COUNTED = "TF-IDF"
TUNED = "BM25, b chosen"
MEGA = 1e6
# What others report on the same stories, for comparison only. Source: Lee, Pincombe and Welsh 2005.
PUBLISHED = {"people, two raters": 0.6, "LSA, the best of 2005": 0.6, "words, the best of 2005": 0.5}
BAND_LEAST = 0.02


def make_row(method: str, task: str, metric: str, figure: Figure, n: int, **more: Any) -> Row:
    """Return one figure as a row."""
    return Row(LESSON, method, task, metric, figure.value, *figure.interval, n, **more)


def make_claim(claim: str, measure: str, unit: str, figure: Figure, n: int, seeds: int, verdict: str) -> Claim:
    """Return a claim's figure with its rule, its verdict and its limits."""
    low, high = figure.interval
    return Claim(measure, unit, figure.value, low, high, n, seeds, rules.RULES[claim], verdict, rules.LIMITS[claim])


def tell_people(cells: Cells, plan: Plan) -> Part:
    """Return how methods agree with people on the likeness of 50 stories, and C04."""
    texts, table = load_lee()
    ratings = upper(table)
    tables: dict[str, list[Sequence[float]]] = {}
    for (method, _), found in sorted(cells.items()):
        tables.setdefault(method, []).append(found["cosines"])
        if "weighted" in found:
            tables.setdefault(f"{method}, rare words weigh more", []).append(found["weighted"])
    figures = {name: correlate_stories(some, ratings, len(texts), plan.draws) for name, some in tables.items()}
    rows, leads = [], {}
    for name, found in figures.items():
        rows += [make_row(name, "lee", metric, figure, len(ratings)) for metric, figure in found.items()]
        leads[name] = found["pearson"].minus(figures[COUNTED]["pearson"])
        if name != COUNTED:
            rows.append(make_row(name, "lee", "pearson_above_tfidf", leads[name], len(ratings)))
    single = [float(np.corrcoef(one, ratings)[0, 1]) for one in tables["Doc2Vec"]]
    rows += [Row(LESSON, "Doc2Vec", "lee", "pearson", one, n=len(ratings), seed=s) for s, one in enumerate(single)]
    rows += [Row(LESSON, name, "lee", "pearson", one, source="published") for name, one in PUBLISHED.items()]
    verdict = rules.judge_documents({name: (figures[name]["pearson"], leads[name]) for name in FAMILIES})
    areas = ", ".join(f"{name} {figures[name]['auc'].value:.2f}" for name in (*FAMILIES, COUNTED))
    measure = (
        "Pearson's correlation with people of MiniLM minus that of TF-IDF, 50 news stories (area under the curve for "
        f"pairs rated 3 or more: {areas})"
    )
    claim = make_claim("C04", measure, "correlation", leads["MiniLM"], len(ratings), plan.seeds, verdict)
    low, high = predict_next(single, BAND_LEAST)
    how = f"mean ± 3 standard deviations over {plan.seeds} seeds"
    return rows, {"C04": claim}, {"02.doc2vec_pearson": {"low": low, "high": high, "n": plan.seeds, "how": how}}


def tell_search(cells: Cells, plan: Plan) -> Part:
    """Return how often each method finds the passages that hold the answer."""
    kinds = np.array([kind for _, kind, _ in wordings()])
    groups = np.array([question.document for question, _, _ in wordings()])
    chosen = choose_b(cells)
    names = {name: name for name in METHODS if name not in BM25 or name == "BM25"} | {TUNED: chosen}
    rows = [Row(LESSON, TUNED, "haystack, paraphrases", "b", BM25[chosen])]
    for place in PLACES:
        runs = {
            name: [score_ranks(found[place]) for (method, *_), found in sorted(cells.items()) if method == kept]
            for name, kept in names.items()
        }
        for kind in ("question", "paraphrase"):
            kept, task = kinds == kind, f"{place}, {kind}s"
            for metric in ("recall@1", "recall@3", "recall@5", "mrr"):
                figures = {
                    name: average_runs([one[metric][kept] for one in some], groups[kept], plan.draws)
                    for name, some in runs.items()
                }
                rows += [make_row(name, task, metric, one, int(kept.sum())) for name, one in figures.items()]
                pairs = [(name, other) for name in ("MiniLM", "BM25", TUNED, "averages") for other in (COUNTED, TUNED)]
                for name, other in [pair for pair in pairs if len(set(pair)) == 2]:
                    gap = figures[name].minus(figures[other])
                    rows.append(make_row(name, task, f"{metric}_minus_{other}", gap, int(kept.sum())))
    seconds = {method: found["seconds"] for (method, seed, *_), found in cells.items() if seed == 0}
    rows += [Row(LESSON, name, "haystack", "seconds", value, seconds=value) for name, value in seconds.items()]
    return rows, {}, {}


def choose_b(cells: Cells) -> str:
    """Return the BM25 that finds most among five for the pilot's paraphrases in the haystack."""
    rows = choose_rows(PILOT_SPLIT)
    found = {method: score_ranks(one["haystack"])[f"recall@{K}"][rows].mean() for (method, *_), one in cells.items()}
    return max(BM25, key=lambda name: found[name])


def choose_rows(split: str | None) -> np.ndarray:
    """Return which wordings are paraphrases of the pilot's split, or with None of all others, as places."""
    pilot = np.array([one.split == PILOT_SPLIT for one, _, _ in wordings()])
    paraphrases = np.array([kind == "paraphrase" for _, kind, _ in wordings()])
    return np.flatnonzero((pilot == (split == PILOT_SPLIT)) & paraphrases)


def choose_smallest(forms: Mapping[str, Mapping[str, Any]], names: Iterable[str]) -> str:
    """Return the form with the fewest bytes that is within 0.02 of the best of its family, on the pilot's documents."""
    names, rows = list(names), choose_rows(PILOT_SPLIT)
    scores = {name: float(np.mean(np.array(forms[name]["recall"])[rows])) for name in names}
    good = [name for name in names if scores[name] >= max(scores.values()) - rules.MARGIN]
    return min(good, key=lambda name: forms[name]["bytes"])


def tell_forms(cells: Cells, times: Cells, plan: Plan) -> Part:
    """Return quality against bytes, with C03 and C29."""
    ((_, seconds),) = times.items()
    forms: dict[str, Any] = {}
    drawn: dict[str, list[Any]] = {}
    for (family, *_), found in sorted(cells.items()):
        for name, one in found.items():
            if family == "random projection":
                drawn.setdefault(name, []).append(one)
            else:
                forms[name] = one
    rows_tested = choose_rows(None)
    groups = np.array([wordings()[row][0].document for row in rows_tested])

    def figure(runs: Sequence[Mapping[str, Any]]) -> Figure:
        return average_runs([np.array(one["recall"])[rows_tested] for one in runs], groups, plan.draws)

    every = {name: [one] for name, one in forms.items()} | drawn
    figures, n = {name: figure(runs) for name, runs in every.items()}, len(rows_tested)
    whole = figures["MiniLM, 384, float32"]
    rows = []
    for name, one in figures.items():
        size = every[name][0]["bytes"]
        rows.append(make_row(name, "forms", f"recall@{K}", one, n, megabytes=size / MEGA))
        rows.append(make_row(name, "forms", f"recall@{K}_minus_whole", one.minus(whole), n, megabytes=size / MEGA))
    spent = seconds["seconds"]
    rows += [Row(LESSON, name, "one query", "seconds", one, seconds=one) for name, one in spent.items()]
    small = {
        family: choose_smallest(forms, [name for name in forms if name.startswith(starts)])
        for family, starts in (("dense", "MiniLM"), ("sparse", ("TF-IDF", "BM25")))
    }
    for family, name in small.items():
        size = forms[name]["bytes"]
        rows.append(Row(LESSON, name, "smallest form", family, size, megabytes=size / MEGA))
    gap = figures[small["dense"]].minus(figures[small["sparse"]])
    rows.append(make_row(small["dense"], "smallest form", f"recall@{K}_minus_sparse", gap, n))
    fewer = forms[small["dense"]]["bytes"] < forms[small["sparse"]]["bytes"]
    counted = "BM25" if small["sparse"].startswith("BM25") else COUNTED
    quick = spent["MiniLM, encoding"] + spent["MiniLM, comparing"] <= spent[counted]
    cut = [figures[name].minus(whole) for name in ("MiniLM, 128, float32", "MiniLM, 384, int8")]
    measure = f"recall@{K} on paraphrases in the haystack: {small['dense']} minus {small['sparse']}"
    claims = {
        "C03": make_claim("C03", measure, "share found", gap, n, 1, rules.judge_price(fewer, gap, quick)),
        "C29": make_claim(
            "C29",
            f"recall@{K} on paraphrases in the haystack: 128 numbers by PCA minus 384",
            "share found",
            cut[0],
            n,
            1,
            rules.judge_cut(*cut),
        ),
    }
    return rows, claims, {}


def tell_senses(cells: Cells, plan: Plan) -> Part:
    """Return how far senses lie apart, and C27."""
    (found,) = cells.values()
    figures = separate_words(found, plan.draws)
    rows = [make_row(name, "senses", "separation", one, 6) for name, one in figures.items()]
    for word, one in found.items():
        for way in ("contextual", "static"):
            values = find_nearest(np.array(one[way]), one["groups"])
            rows.append(Row(LESSON, way, f"senses, {word}", "nearest_same", float(np.mean(values)), n=len(values)))
    house = figures["house word, contextual"]
    gaps = house.minus(figures["house word, static"]), house.minus(figures["control, contextual"])
    for name, gap in zip(("context", "control"), gaps, strict=True):
        rows.append(make_row("house word, contextual", "senses", f"separation_minus_{name}", gap, 6))
    measure = "separation of the senses of six house words: in MiniLM minus by the words around"
    claim = make_claim("C27", measure, "cosine", gaps[0], 144, 1, rules.judge_senses(*gaps))
    return rows, {"C27": claim}, {}


def tell_baskets(cells: Cells, plan: Plan) -> Part:
    """Return how often a hidden item is among five recommended, and C05."""
    groups = [str(number) for number in range(len(split_baskets()[1]))]
    runs = {
        name: [np.array(found["hits"]) for (method, _), found in sorted(cells.items()) if method == name]
        for name in BASKET_METHODS
    }
    figures = {name: average_runs(some, groups, plan.draws) for name, some in runs.items()}
    rows = [make_row(name, "baskets", f"recall@{K}", one, len(groups)) for name, one in figures.items()]
    for other in ("popularity", "counts"):
        gap = figures["vectors"].minus(figures[other])
        rows.append(make_row("vectors", "baskets", f"recall@{K}_minus_{other}", gap, len(groups)))
    measure = f"recall@{K} of a hidden item: item vectors minus counts of what was bought together"
    gap = figures["vectors"].minus(figures["counts"])
    claim = make_claim("C05", measure, "share found", gap, len(groups), plan.seeds, rules.judge_baskets())
    return rows, {"C05": claim}, {}


def tell_pilot(plan: Plan) -> Part:
    """Return the smallest detectable differences that the rules state."""
    rows = [Row(LESSON, "pilot", claim, "smallest_detectable", value) for claim, value in run_pilot(plan.draws).items()]
    return rows, {}, {}
