"""What retrieving and tuning cost in seconds, where they break even, and C17's part of lesson 05."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from studies.retrieval_bot import search_rules as rules
from studies.retrieval_bot.search_plan import LESSON
from studies.retrieval_bot.search_tables import BASE, Cells, estimate, make_claim, make_row
from workshop.score.results import Claim, Row

COUNTS = (1_000, 100_000)


def tell_prices(cells: Cells, searches: Cells, small: Cells) -> tuple[list[Row], dict[str, Claim]]:
    """Return the seconds of retrieving and of tuning facts in, where they break even, and C17's part of lesson 05.

    searches: the haystack's run; small: that of 500 passages.
    """
    runs = [found["seconds"] for _, found in sorted(cells.items())]
    rows = [_tell_seconds("one thread", f"{part}, s", [run[part] for run in runs]) for part in runs[0]]
    cheaper = []
    for count in COUNTS:
        totals = [(cost_retrieving(run, count), cost_tuning(run, count)) for run in runs]
        cheaper.append([one < other for one, other in totals])
        for name, values in zip(("retrieval", "facts tuned in"), zip(*totals, strict=True), strict=True):
            rows.append(_tell_seconds(name, "total, s", list(values), questions=count))
    even = [find_break_even(run) for run in runs]
    if all(one is not None for one in even):
        rows.append(_tell_seconds("retrieval", "cheaper up to, questions", even))
    shares = [run["search many"] / run["answer on passages"] for run in runs]
    rows.append(_tell_seconds("search of 100 thousand", "share of an answer's seconds", shares))
    ((_, _, every), far), ((_, size, _), near) = *searches.items(), *small.items()
    drop, n = estimate([near["ranks"][BASE]], "recall@5", every, None, far["ranks"][BASE])
    rows.append(make_row(BASE, "search, all wordings", "recall@5, 500 minus 10,000", drop, n))
    verdict = rules.judge_scaling([all(one) for one in cheaper], [not any(one) for one in cheaper], drop, shares)
    costs = "; ".join(
        f"{count:,} questions: {np.mean([cost_retrieving(run, count) for run in runs]):,.0f} s retrieving, "
        f"{np.mean([cost_tuning(run, count) for run in runs]):,.0f} s tuned"
        for count in COUNTS
    )
    measure = (
        f"recall@5 of MiniLM on {size} passages minus that on 10,000 ({costs}; search of 100 thousand vectors: "
        f"{max(shares):.1%} of an answer's seconds)"
    )
    return rows, {"C17/05": make_claim("C17/05", measure, "share found", drop, n, 1, verdict)}


def cost_retrieving(run: Mapping[str, float], count: int) -> float:
    """Return the seconds of answering so many questions from the handbook's passages, the index made once."""
    each = run["encode question"] + run["search handbook"] + run["answer on passages"]
    return run["encode handbook"] + count * each


def cost_tuning(run: Mapping[str, float], count: int) -> float:
    """Return the seconds of tuning all facts in once, and of answering so many questions without passages."""
    return run["tune"] + count * run["answer from weights"]


def find_break_even(run: Mapping[str, float]) -> float | None:
    """Return the number of questions from which tuning costs less in all; None where it never does."""
    more = cost_retrieving(run, 1) - cost_retrieving(run, 0) - run["answer from weights"]
    return max(0.0, (run["tune"] - run["encode handbook"]) / more) if more > 0 else None


def _tell_seconds(method: str, metric: str, values: Sequence[float], **settings: Any) -> Row:
    """Return the mean of repeats, with the lowest and the highest."""
    ends = (min(values), max(values))
    return Row(LESSON, method, "prices", metric, float(np.mean(values)), *ends, len(values), settings=settings)
