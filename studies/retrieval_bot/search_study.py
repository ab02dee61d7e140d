"""Measure the searches of lesson 05: `measure_search`; the language model's half stands beside it.

`python -m studies.retrieval_bot.search_study [--short]` runs them and prints what became of the claims.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any

from studies.grouped import Figure
from studies.retrieval_bot import search_plan as plans
from studies.retrieval_bot import search_tables as tables
from studies.retrieval_bot.indexes import run_index
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
MADE = ("search_plan", "search_rules", "search_tables", "search_study")
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


def _run(function: Callable[..., Any], cells: Sequence[tuple[Any, ...]], short: bool) -> dict[tuple[Any, ...], Any]:
    # One process: each holds a model, and seconds count.
    return run_cells(function, cells, stem=STEM, inputs=SEARCH_KINDS[function], short=short, workers=1)


def _search(plan: SearchPlan, short: bool) -> tuple[Any, Any]:
    """Return the runs of the handbook and the haystack, and that of 500 passages."""
    sizes = (0, plan.size, SEARCHED_NEAR)
    found = _run(run_searches, list(dict.fromkeys((TESTED, size, plan.every) for size in sizes)), short)
    near = (TESTED, SEARCHED_NEAR, plan.every)
    return {cell: one for cell, one in found.items() if cell[1] in (0, plan.size)}, {near: found[near]}


def measure_search(short: bool = False) -> tuple[list[Row], dict[str, Claim]]:
    """Run all searches; return their rows, and the claims C17/05 and C26. short: the smallest form, nothing is kept."""
    plan = SHORT if short else SearchPlan()
    searches, near = _search(plan, short)
    far = {cell: one for cell, one in searches.items() if cell[1]}
    tuned = [(seed, plan.size, plan.epochs, plan.every) for seed in (UNTUNED, *range(plan.seeds))]
    indexes = [(kind, size, 200) for size in plan.sizes for kind in plans.INDEX_KINDS]
    many = max(plan.sizes)
    rows = tables.tell_searches(searches)
    found, claims = tables.tell_tuned(_run(run_tuned, tuned, short))
    rows += found
    rows += tables.tell_indexes(_run(run_index, indexes, short))
    rows += tables.tell_splits(_run(run_splits, [(*one, plan.every) for one in plan.splits], short))
    prices = _run(run_prices, [(repeat, many) for repeat in range(plan.repeats)], short)
    found, own = tables.tell_prices(prices, far, near)
    rows, claims = rows + found, claims | own
    cells = [(seed, size, plan.every, plan.epochs) for size in (0, plan.size) for seed in range(plan.seeds)]
    crossed = _run(run_cross_encoder, cells, short)
    rows += tables.tell_reranked("cross-encoder", crossed, searches)
    # A model is tuned once for both sizes.
    seconds = sum(one["seconds"]["training"] for one in crossed.values()) / plan.seeds
    rows.append(Row(LESSON, "cross-encoder", "tuned cross-encoder", "seconds", seconds, seconds=seconds))
    asked = plan.every * plan.asked if not short else plan.asked
    likely = _run(run_likelihood, [(0, asked)], short)
    rows += tables.tell_reranked("likelihood", likely, searches)
    (pilot,) = _run(run_search_pilot, [(plan.epochs, plan.size)], short).values()
    rows += [Row(LESSON, "pilot", claim, "smallest_detectable", value) for claim, value in pilot.items()]
    return rows, claims


def compare_search(short: bool = False) -> dict[str, Figure]:
    """Return MiniLM's recall@3 minus that of BM25 on stems, on "questions" and "paraphrases": C30's second part."""
    return tables.compare_vectors(_search(SHORT if short else SearchPlan(), short)[0])


if __name__ == "__main__":
    rows, claims = measure_search("--short" in sys.argv)
    for name, claim in claims.items():
        print(f"{name} {claim.verdict}: {claim.measure} {claim.value:.3f} [{claim.low:.3f}, {claim.high:.3f}]")
    for kind, gap in compare_search("--short" in sys.argv).items():
        print(f"C30, {kind}: {gap.value:.3f} [{gap.interval[0]:.3f}, {gap.interval[1]:.3f}]")
    print(f"{len(rows)} rows")
