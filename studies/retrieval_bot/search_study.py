"""Measure the searches of lesson 05: `measure_search`; the language model's half stands beside it.

`python -m studies.retrieval_bot.search_study [PART ...]` runs them and prints what became of the claims.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from studies.grouped import Figure
from studies.retrieval_bot import search_costs as prices
from studies.retrieval_bot import search_plan as plans
from studies.retrieval_bot import search_tables as tables
from studies.retrieval_bot.indexes import QUERIES, run_index
from studies.retrieval_bot.search_pilot import run_search_pilot
from studies.retrieval_bot.search_plan import LESSON, SHORT, STEM, TESTED, SearchPlan
from studies.retrieval_bot.search_prices import run_prices
from studies.retrieval_bot.search_rerank import run_cross_encoder, run_likelihood
from studies.retrieval_bot.search_runs import run_searches
from studies.retrieval_bot.search_splits import run_splits
from studies.retrieval_bot.tuned import UNTUNED, run_tuned
from studies.runner import run_cells
from workshop.score.results import Claim, Row

__all__ = ["SEARCH_INPUTS", "SEARCH_KINDS", "compare_search", "measure_search"]

SEARCH_KINDS: dict[Callable[..., Any], Sequence[str]] = {
    run_searches: plans.SEARCH_INPUTS,
    run_tuned: plans.TUNED_INPUTS,
    run_index: plans.INDEX_INPUTS,
    run_splits: plans.SPLIT_INPUTS,
    run_prices: plans.PRICE_INPUTS,
    run_search_pilot: plans.PILOT_INPUTS,
    run_cross_encoder: plans.RERANK_INPUTS,
    run_likelihood: plans.RERANK_INPUTS,
}
MADE = ("search_plan", "search_rules", "search_tables", "search_costs", "search_study")
# All that the searches' results are made from, by logical name.
SEARCH_INPUTS = tuple(
    dict.fromkeys(
        [
            *(name for some in SEARCH_KINDS.values() for name in some),
            *(f"retrieval_bot/{name}" for name in MADE),
            "text_embeddings/estimates",
        ]
    )
)
SEARCHED_NEAR = 500

Part = tuple[list[Row], dict[str, Claim]]


def _run(function: Callable[..., Any], cells: Sequence[tuple[Any, ...]], short: bool) -> dict[tuple[Any, ...], Any]:
    # One process: each holds a model, and seconds count.
    return run_cells(function, cells, stem=STEM, inputs=SEARCH_KINDS[function], short=short, workers=1)


def _search(plan: SearchPlan, short: bool) -> tuple[Any, Any]:
    """Return the runs of the handbook and the haystack, and that of 500 passages."""
    sizes = (0, plan.size, SEARCHED_NEAR)
    found = _run(run_searches, list(dict.fromkeys((TESTED, size, plan.every) for size in sizes)), short)
    near = (TESTED, SEARCHED_NEAR, plan.every)
    return {cell: one for cell, one in found.items() if cell[1] in (0, plan.size)}, {near: found[near]}


def _measure_searches(plan: SearchPlan, short: bool) -> Part:
    return tables.tell_searches(_search(plan, short)[0]), {}


def _measure_prices(plan: SearchPlan, short: bool) -> Part:
    searches, near = _search(plan, short)
    far = {cell: one for cell, one in searches.items() if cell[1]}
    cells = [(repeat, max(plan.sizes)) for repeat in range(plan.repeats)]
    return prices.tell_prices(_run(run_prices, cells, short), far, near)


def _measure_tuned(plan: SearchPlan, short: bool) -> Part:
    cells = [(seed, plan.size, plan.epochs, plan.every, plan.pairs) for seed in (UNTUNED, *range(plan.seeds))]
    return tables.tell_tuned(_run(run_tuned, cells, short))


def _measure_indexes(plan: SearchPlan, short: bool) -> Part:
    cells = [(kind, size, QUERIES) for size in plan.sizes for kind in plans.INDEX_KINDS]
    return tables.tell_indexes(_run(run_index, cells, short)), {}


def _measure_splits(plan: SearchPlan, short: bool) -> Part:
    return tables.tell_splits(_run(run_splits, [(*one, plan.every) for one in plan.splits], short)), {}


def _measure_reranked(plan: SearchPlan, short: bool) -> Part:
    searches = _search(plan, short)[0]
    crossed = _run(run_cross_encoder, [(0, 0, plan.crossed, plan.epochs, plan.pairs)], short)
    likely = _run(run_likelihood, [(0, plan.likely)], short)
    rows = tables.tell_reranked("cross-encoder", crossed, searches)
    seconds = next(iter(crossed.values()))["seconds"]["training"]
    rows.append(Row(LESSON, "cross-encoder", "tuned cross-encoder", "seconds", seconds, seconds=seconds))
    return [*rows, *tables.tell_reranked("likelihood", likely, searches)], {}


def _measure_pilot(plan: SearchPlan, short: bool) -> Part:
    (pilot,) = _run(run_search_pilot, [(plan.epochs, plan.size, plan.pairs)], short).values()
    return [Row(LESSON, "pilot", claim, "smallest_detectable", value) for claim, value in pilot.items()], {}


PARTS: dict[str, Callable[[SearchPlan, bool], Part]] = {
    "searches": _measure_searches,
    "prices": _measure_prices,
    "tuned": _measure_tuned,
    "splits": _measure_splits,
    "indexes": _measure_indexes,
    "reranked": _measure_reranked,
    "pilot": _measure_pilot,
}


def measure_search(short: bool = False, parts: Iterable[str] = PARTS) -> Part:
    """Run all searches; return their rows, and the claims C17/05 and C26. short: the smallest form, nothing is kept."""
    rows, claims = [], {}
    for part in parts:
        found, own = PARTS[part](SHORT if short else SearchPlan(), short)
        rows, claims = rows + found, claims | own
    return rows, claims


def compare_search(short: bool = False) -> dict[str, Figure]:
    """Return MiniLM's recall@3 minus that of BM25 on stems, on "questions" and "paraphrases": C30's second part."""
    return tables.compare_vectors(_search(SHORT if short else SearchPlan(), short)[0])


if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        for name, claim in measure_search(parts=[part])[1].items():
            print(f"{name} {claim.verdict}: {claim.measure} {claim.value:.3f} [{claim.low:.3f}, {claim.high:.3f}]")
        print(f"{part} is measured", flush=True)
