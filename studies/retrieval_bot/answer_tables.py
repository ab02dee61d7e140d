"""From answers to rows: readers, pasting, cures, blame, changed pages, planted orders, a threshold."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from studies.prompt_or_lora.figures import average_runs, estimate, estimate_share
from studies.prompt_or_lora.rules import Estimate
from studies.retrieval_bot.answer_found import Runs
from studies.retrieval_bot.answer_inputs import find_nearest, make_asked
from studies.retrieval_bot.answer_plan import LESSON, READERS, WAYS, Cell
from workshop.exercises.retrieval_bot import choose_threshold
from workshop.score.results import Row

OUTCOMES = ("right", "wrong", "abstained")


def tell(method: str, task: str, metric: str, one: Estimate, n: int, **more: object) -> Row:
    """Return one figure as a row. more: prompt_tokens; all else are settings."""
    tokens = more.pop("prompt_tokens", None)
    return Row(LESSON, method, task, metric, one.value, one.low, one.high, n, prompt_tokens=tokens, settings=more)


def tell_cell(runs: Runs, cell: Cell, task: str, method: str, **more: object) -> list[Row]:
    """Return right, wrong, abstained and exact of a run."""
    found, n = runs.cells[cell], len(runs.cells[cell]["replies"])
    price = {"prompt_tokens": found["prompt_tokens"]}
    settings = {"reader": cell[0], "passages": cell[2], "count": cell[3], "way": cell[4], **more}
    rows = [tell(method, task, name, runs.share(cell, name), n, **price, **settings) for name in OUTCOMES]
    exact = estimate_share([runs.scores(cell).exact.astype(float).tolist()], runs.groups(cell))
    chance = float(np.nanmean(runs.scores(cell).contained_chance)) if "unanswerable" not in cell[1] else 0.0
    return [
        *rows,
        tell(method, task, "exact", exact, n, **settings),
        tell(method, task, "chance", Estimate(chance, None, None), n, **settings),
    ]


def tell_readers(runs: Runs, k: int) -> list[Row]:
    """Return what each reader makes of no, random, found and right passages, and how k was chosen."""
    rows = []
    for count in (1, 3):
        rows += tell_cell(runs, ("plain", "choosing", "MiniLM", count, "contract"), "choosing", "plain")
    for cell in runs.cells:
        if cell[1] in ("unseen", "paraphrases") and cell[4] == "contract":
            rows += tell_cell(runs, cell, "reading" if cell[1] == "unseen" else "reading, in other words", cell[0])
    chosen = Estimate(float(k), None, None)
    return [*rows, tell("plain", "choosing", "chosen", chosen, 1)]


def tell_pasting(runs: Runs) -> list[Row]:
    """Return accuracy behind 1, 3 and many passages, on the same questions."""
    rows = []
    for cell in [one for one in runs.cells if one[1] == "pasting"]:
        rows += tell_cell(runs, cell, "pasting", cell[0])
    kept = {one.source.id for one in runs.asked(("plain", "pasting", "MiniLM", runs.plan.many[0], "contract"))}
    for cell in [one for one in runs.cells if one[1] == "unseen" and one[2] == "MiniLM" and one[4] == "contract"]:
        right = [value for value, one in zip(runs.right(cell), runs.asked(cell), strict=True) if one.source.id in kept]
        groups = [one.group for one in runs.asked(cell) if one.source.id in kept]
        price = {"prompt_tokens": runs.cells[cell]["prompt_tokens"]}
        settings = {"reader": cell[0], "passages": cell[2], "count": cell[3], "way": cell[4]}
        rows.append(tell(cell[0], "pasting", "right", estimate_share([right], groups), len(right), **price, **settings))
    return rows


def tell_waits(found: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return the seconds of an answer behind each number of passages: the mean of repeats, the lowest, the highest."""
    runs = list(found)
    rows = []
    for k in runs[0]["seconds"]:
        values = [one["seconds"][k] for one in runs]
        tokens = float(np.mean([one["tokens"][k] for one in runs]))
        spent = Estimate(float(np.mean(values)), min(values), max(values))
        rows.append(tell("plain", "pasting", "seconds", spent, len(runs), prompt_tokens=tokens, count=int(k)))
    return rows


def tell_cures(runs: Runs, k: int) -> list[Row]:
    """Return right, wrong and abstained with and without an answer in the handbook, by each cure."""
    cures = {
        "no passages": ("plain", "none", 0, "contract"),
        "passages": ("plain", "MiniLM", k, "contract"),
        "told to abstain": ("plain", "MiniLM", k, "told to abstain"),
        "the adapter reader": ("reader", "MiniLM", k, "contract"),
        "reader, no passages": ("reader", "none", 0, "contract"),
    }
    rows = []
    for source, task in (("unseen", "cures, answerable"), ("unanswerable", "cures, unanswerable")):
        for name, (reader, condition, count, way) in cures.items():
            rows += tell_cell(runs, (reader, source, condition, count, way), task, name)
    rows += tell_cell(
        runs, ("facts", "unanswerable", "none", 0, "contract"), "cures, unanswerable", "the adapter facts"
    )
    return rows + _tell_grounded(runs, k)


def _tell_grounded(runs: Runs, k: int) -> list[Row]:
    """Return what is left where only answers are accepted that stand in a passage: the others become refusals."""
    rows = []
    for reader in READERS:
        for source, task in (("unseen", "cures, answerable"), ("unanswerable", "cures, unanswerable")):
            cell = (reader, source, "MiniLM", k, "contract")
            stands = runs.stands(cell)
            for name in OUTCOMES:
                values = [
                    float(kept and before == name) if name != "abstained" else float(not kept or before == name)
                    for kept, before in zip(stands, runs.scores(cell).outcomes, strict=True)
                ]
                if source == "unanswerable" and name == "right":
                    values = [0.0] * len(values)
                share = estimate_share([values], runs.groups(cell))
                rows.append(tell(f"{reader}, grounded answers alone", task, name, share, len(values), reader=reader))
    return rows


def tell_blame(runs: Runs, k: int) -> list[Row]:
    """Return who is to blame, and what a perfect search or a perfect reader would reach."""
    rows = []
    for reader in READERS:
        cell = (reader, "unseen", "MiniLM", k, "contract")
        blamed, groups = runs.blame(cell), runs.groups(cell)
        for name in sorted(Counter(blamed)):
            share = estimate_share([[float(one == name) for one in blamed]], groups)
            rows.append(tell(reader, "blame", name, share, len(blamed)))
        stands = [float(one) for one in runs.states_truth(cell)]
        rows.append(tell(reader, "blame", "perfect reader", estimate_share([stands], groups), len(stands)))
        needless = [one * (cause == "abstained") for one, cause in zip(stands, blamed, strict=True)]
        share = estimate_share([needless], groups)
        rows.append(tell(reader, "blame", "abstained, answer in the prompt", share, len(stands)))
        best = runs.share((reader, "unseen", "right", 1, "contract"), "right")
        rows.append(tell(reader, "blame", "perfect search", best, len(blamed)))
    return rows


def tell_changed(runs: Runs, k: int) -> list[Row]:
    """Return how often the new answer is given, and the old one, before and after the pages were replaced."""
    rows = []
    cells = {
        ("reader", "before"): ("reader", "changed", "MiniLM", k, "contract"),
        ("reader", "after"): ("reader", "changed", "MiniLM, second edition", k, "contract"),
        ("plain", "after"): ("plain", "changed", "MiniLM, second edition", k, "contract"),
    }
    for (reader, when), cell in cells.items():
        groups, replies = runs.groups(cell), runs.cells[cell]["replies"]
        for name, truths in (
            ("new answer", [one.truth for one in runs.asked(cell)]),
            ("old answer", [one.source.earlier_answer for one in runs.asked(cell)]),
        ):
            values = runs.contained(replies, truths)
            share = estimate_share([values], groups)
            rows.append(tell(reader, "changed pages", name, share, len(values), when=when))
    for source in ("changed", "unseen"):
        asked = make_asked(runs.plan, source, "none", 0)
        digits = [float(any(map(str.isdigit, one.truth or ""))) for one in asked]
        share = estimate_share([digits], [one.group for one in asked])
        rows.append(tell(source, "changed pages", "answers with a digit", share, len(digits)))
    return rows


def tell_orders(runs: Runs, k: int) -> list[Row]:
    """Return how often a planted order is obeyed, and what a defence costs honest answers."""
    rows = []
    for reader in READERS:
        for way in WAYS:
            planted, twin = ((reader, page, "page", 1, way) for page in ("planted", "twin"))
            groups = runs.groups(planted)
            for name, values in (
                ("obeyed", runs.obeyed(planted)),
                ("obeyed, honest twin", runs.obeyed(twin)),
                ("right on the planted page", runs.right(planted)),
                ("right on the honest twin", runs.right(twin)),
            ):
                rows.append(
                    tell(reader, "planted orders", name, estimate_share([values], groups), len(values), way=way)
                )
    before = ("reader", "unseen", "MiniLM", k, "contract")
    for way in WAYS[1:]:
        after = ("reader", "unseen", "MiniLM", k, way)
        groups = runs.groups(before)
        lost = average_runs([runs.right(after)], groups).minus(average_runs([runs.right(before)], groups))
        rows.append(tell("reader", "planted orders", "cost on 120 questions", estimate(lost), len(groups), way=way))
    return rows


def tell_threshold(runs: Runs, k: int) -> list[Row]:
    """Return right, wrong and abstained where the reader answers only above a score.

    The threshold is chosen, a wrong answer costing as much as three refusals, on the 40 questions of `train` and half
    of those without an answer, and tried on the 120 of `unseen` and the other half; then the halves change.
    """
    known = make_asked(runs.plan, "choosing", "none", 0)
    silent, open_ = (("reader", source, "MiniLM", k, "contract") for source in ("unanswerable", "unseen"))
    scores = {name: find_nearest([one.question for one in rows]) for name, rows in (
        ("known", known), ("silent", runs.asked(silent)), ("open", runs.asked(open_)),
    )}  # fmt: skip
    halves = np.arange(len(scores["silent"])) % 2
    rows, kept = [], {"open": np.zeros(len(scores["open"])), "silent": np.zeros(len(halves))}
    for half in (0, 1):
        learnt = scores["silent"][halves != half]
        both = np.concatenate([scores["known"], learnt])
        truth = np.array([True] * len(known) + [False] * len(learnt))
        chosen = choose_threshold(both, truth, 3.0)
        kept["silent"][halves == half] = scores["silent"][halves == half] >= chosen
        kept["open"] += 0.5 * (scores["open"] >= chosen)
        rows.append(tell("threshold", "cures", "chosen", Estimate(float(chosen), None, None), len(both), half=half))
    for cell, name, task in ((open_, "open", "cures, answerable"), (silent, "silent", "cures, unanswerable")):
        outcomes, groups = runs.scores(cell).outcomes, runs.groups(cell)
        for one in OUTCOMES:
            values = np.where(outcomes == one, kept[name], 0) + (1 - kept[name]) * (one == "abstained")
            share = estimate(average_runs([values.tolist()], groups))
            rows.append(tell("reader, threshold", task, one, share, len(groups), reader="reader"))
    return rows
