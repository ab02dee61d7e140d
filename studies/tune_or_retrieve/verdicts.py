"""From replies to verdicts: claims C16 to C20."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from studies.intervals import summarise
from studies.prompt_or_lora.figures import average_runs, estimate, share_of_gain
from studies.prompt_or_lora.rules import Estimate
from studies.prompt_or_lora.verdicts import write
from studies.tune_or_retrieve import found as scores
from studies.tune_or_retrieve import grid, prices, rules
from studies.tune_or_retrieve.earlier import read_answers
from studies.tune_or_retrieve.found import Runs, Scored
from studies.tune_or_retrieve.grid import difference, tell
from studies.tune_or_retrieve.tasks import list_halves
from workshop.score.results import Claim, Row, read_results

SECOND = "MiniLM, second edition"


def _claim(name: str, measure: str, one: Estimate, verdict: str, n: int, seeds: int = 1, unit: str = "share") -> Claim:
    return Claim(measure, unit, one.value, one.low, one.high, n, seeds, rules.RULES[name], verdict, rules.LIMITS[name])


def judge_c16(runs: Runs) -> tuple[Claim, list[Row]]:
    """Return C16: new answers gained by indexing again, and old ones of a model that had studied the old pages."""
    first, second, name = "changed/first edition", "changed/second edition", "changed/none"
    before = read_answers("reader", "changed", "MiniLM", 3)
    after = read_answers("reader", "changed", SECOND, 3)
    new = difference(*(scores.score_facts(name, [one]) for one in (after, before)))
    plain = difference(
        scores.score_facts(name, [read_answers("plain", "changed", SECOND, 3)]),
        scores.score_facts(first, [runs.of("plain", first)]),
    )
    studied = runs.studied("first edition", second)
    kept, own = scores.score_facts(name, studied, old=True), scores.score_facts(name, [after], old=True)
    old = _minus_one(kept, own)
    verdict = rules.judge_change(new, old)
    said = f"reader behind the second edition minus the first, {write(new_answers=new)}; studied minus reader, "
    said += write(old_answers=old)
    rows = [
        tell("reader", "changed, indexed again", "new answers, gain", new, len(own.groups)),
        tell("plain", "changed, indexed again", "new answers, gain", plain, len(own.groups)),
        tell("studied", "changed, reading", "old answer", grid.share(kept), kept.size, seeds=len(studied)),
        tell("studied", "changed, reading", "right", grid.share(scores.score_facts(name, studied)), kept.size),
        tell("studied minus reader", "changed, reading", "old answer", old, kept.size),
        tell("studied minus reader", "changed, reading", "right",
             _minus_one(scores.score_facts(name, studied), scores.score_facts(name, [after])), kept.size),
        *(tell("studied", "changed, reading", "old answers of a seed", Estimate(sum(one), None, None), len(one),
               seed=place) for place, one in enumerate(kept.values)),
    ]  # fmt: skip
    return _claim("C16", said, new, verdict, len(own.groups), len(studied)), rows


def _minus_one(many: Scored, one: Scored) -> Estimate:
    """Return S runs minus one run, case by case: open on both sides where no case differs."""
    many, one = scores.align(many, one)
    gaps = [[a - b for a, b in zip(run, one.values[0], strict=True)] for run in many.values]
    found = summarise(gaps, many.groups, signed=True)
    return Estimate(found["value"], found["low"], found["high"])


def judge_c17(runs: Runs) -> tuple[dict[str, Claim], list[Row]]:
    """Return C17/06 and C17: a year of weekly changes, and right answers among 10,000 passages."""
    far = "unseen/among 10,000"
    drops = {
        reader: difference(
            scores.score_facts(far, [read_answers(reader, "unseen", "MiniLM", 3)]),
            scores.score_facts(far, [runs.of(reader, far)]),
        )
        for reader in ("reader", "plain")
    }
    timed = [one["seconds"] for _, one in sorted(runs.prices.items())]
    years = {(m, n): prices.year(timed, m, n) for m in ("retrieval", "LoRA") for n in prices.COUNTS}
    pairs = {n: list(zip(years["retrieval", n], years["LoRA", n], strict=True)) for n in prices.COUNTS}
    cheaper = [all(a < b for a, b in pairs[n]) for n in prices.COUNTS]
    dearer = [all(a > b for a, b in pairs[n]) for n in prices.COUNTS]
    verdict = rules.judge_year(cheaper, dearer, drops["reader"])
    said = " and ".join(
        f"at {n:,} questions {_mean(years['retrieval', n])} s by retrieval, {_mean(years['LoRA', n])} s tuned"
        for n in prices.COUNTS
    )
    count = len(scores.score_facts(far, [runs.of("reader", far)]).groups)
    said = f"right, handbook minus among 10,000 passages (a year of weekly changes, {said})"
    part = _claim("C17/06", said, drops["reader"], verdict, count)
    rows = [tell(reader, "among 10,000", "right, lost", one, count) for reader, one in drops.items()]
    return {"C17/06": part, "C17": _whole("C17", "05_retrieval_bot", part)}, rows


def _mean(seconds: Sequence[float]) -> str:
    return f"{np.mean(seconds):,.0f}"


def _whole(name: str, stem: str, part: Claim) -> Claim:
    """Return a claim of two parts: the weaker verdict decides, and its figure is shown."""
    other = read_results(stem).claims[f"{name}/{stem[:2]}"]
    verdict = rules.judge_whole([other.verdict, part.verdict])
    shown, of = (part, "06") if part.verdict == verdict else (other, stem[:2])
    return Claim(
        f"{name}/{of} decides: {shown.measure}", shown.unit, shown.value, shown.low, shown.high, shown.n, shown.seeds,
        rules.RULES[name], verdict, rules.LIMITS[name],
    )  # fmt: skip


def judge_c18(runs: Runs) -> tuple[dict[str, Claim], list[Row]]:
    """Return C18/06 and C18: which share of reader's gain the best prompt for reading reaches."""
    wording, count = runs.choose_reading()
    task = f"reading/test/{wording}/{count}"
    plain = read_answers("plain", "unseen", "MiniLM", 3)
    best = plain if (wording, count) == (0, 0) else runs.of("plain", task)
    base, mine, most = (
        scores.score_facts("unseen/none", [one]) for one in (plain, best, read_answers("reader", "unseen", "MiniLM", 3))
    )
    base, mine, most = scores.align(base, mine, most)
    share = share_of_gain(mine.values, most.values, base.values, base.groups)
    part = _claim(
        "C18/06", f"share of reader's gain that the best prompt for reading reaches (wording {wording}, {count} "
        f"examples: {grid.share(mine).value:.2f} right; plain wording {grid.share(base).value:.2f}, reader "
        f"{grid.share(most).value:.2f})", share, rules.judge_prompt(share), len(base.groups),
    )  # fmt: skip
    dev = [
        tell("plain", "reading, dev", "right", grid.share(one), one.size, wording=w, examples=c)
        for (w, c), one in _score_dev(runs)
    ]
    rows = [*dev, tell("plain, best prompt", "reading", "right", grid.share(mine), mine.size, wording=wording,
            examples=count, prompt_tokens=best["prompt_tokens"])]  # fmt: skip
    for name, one, other in (("best prompt minus plain", mine, base), ("reader minus best prompt", most, mine)):
        rows.append(tell(name, "reading", "difference", difference(one, other), len(base.groups)))
    return {"C18/06": part, "C18": _whole("C18", "04_prompt_or_lora", part)}, rows


def _score_dev(runs: Runs) -> list[tuple[tuple[int, int], Scored]]:
    """Return what each prompt for reading reached on the questions that the best was chosen on."""
    found = []
    for reader, task in runs.asked:
        if task.startswith("reading/dev/"):
            wording, count = map(int, task.split("/")[2:])
            found.append(((wording, count), scores.score_facts(task, [runs.of(reader, task)])))
    return sorted(found, key=lambda one: one[0])


def judge_c19(runs: Runs) -> tuple[Claim, list[Row]]:
    """Return C19: what an adapter answers better about documents of which it studied other facts."""
    task = "others/found"
    sides = {half: scores.score_facts(task, runs.studied(f"half {half}", task)) for half in ("a", "b")}
    wrong = scores.score_wrong(task, [one for half in ("a", "b") for one in runs.studied(f"half {half}", task)])
    groups, halves = sides["a"].groups, list_halves()
    mine = [half for group in groups for half in ("a", "b") if group in halves[half]]
    other = {"a": "b", "b": "a"}
    gaps, own, away = [], [], []
    for seed in range(len(sides["a"].values)):
        values = {half: sides[half].values[seed] for half in ("a", "b")}
        own.append([values[half][place] for place, half in enumerate(mine)])
        away.append([values[other[half]][place] for place, half in enumerate(mine)])
        gaps.append([a - b for a, b in zip(own[-1], away[-1], strict=True)])
    found = summarise(gaps, groups, signed=True)
    gap = Estimate(found["value"], found["low"], found["high"])
    said = "right answers to what wasn't studied, own half minus other half"
    itself = scores.score_facts(task, [runs.of("reader", task)])
    known = {half: scores.score_facts(f"studied {half}/none", runs.studied(f"half {half}", f"studied {half}/none"))
             for half in ("a", "b")}  # fmt: skip
    rows = [
        tell("own half", "studied before", "right", estimate(average_runs(own, groups)), found["n"]),
        tell("other half", "studied before", "right", estimate(average_runs(away, groups)), found["n"]),
        tell("either half", "studied before", "wrong", grid.share(wrong), wrong.size),
        tell("reader, nothing studied", "studied before", "right", grid.share(itself), itself.size),
        *(tell(f"half {half}", "studied facts, in other words", "right", grid.share(one), one.size)
          for half, one in known.items()),
    ]  # fmt: skip
    return _claim("C19", said, gap, rules.judge_study(gap), found["n"], len(gaps)), rows


def judge_c20(runs: Runs) -> tuple[Claim, list[Row]]:
    """Return C20: what both add to the better single one, and beyond the sum of single gains, on three tasks."""
    lines = {"known": _known(runs), "unseen": _unseen(runs), "as_JSON": [one for one, _ in grid.facts_in_json(runs)]}
    more, beyond, rows = {}, {}, []
    for name, (none, tuned, retrieved, both) in lines.items():
        better = max((tuned, retrieved), key=lambda one: np.mean(one.values))
        more[name] = difference(both, better)
        beyond[name] = _interact(none, tuned, retrieved, both)
        task = name.replace("_", " ")
        for metric, one in (("both minus the better", more[name]), ("interaction", beyond[name])):
            rows.append(tell("both", f"added up, {task}", metric, one, len(both.groups)))
    verdict = rules.judge_both(list(more.values()), list(beyond.values()))
    worst = min(more.values(), key=lambda one: one.low)
    said = f"right, both minus the better single one: {write(**more)}; beyond the sum of gains: {write(**beyond)}"
    return _claim("C20", said, worst, verdict, sum(len(one[0].groups) for one in lines.values()), 3), rows


def _known(runs: Runs) -> list[Scored]:
    """Return the known facts' line: tuning alone is the better of facts, and reader without passages."""
    none, facts, retrieved, both = (one for one, _ in grid.known(runs))
    bare = scores.score_facts("known/none", [runs.of("reader", "known/none")])
    return [none, max((facts, bare), key=lambda one: np.mean(one.values)), retrieved, both]


def _unseen(runs: Runs) -> list[Scored]:
    """Return the unseen facts' line, both with reader and without passages."""
    none, _, retrieved, both = (one for one, _ in grid.unseen(runs))
    return [none, scores.score_facts("unseen/none", [read_answers("reader", "unseen", "none", 0)]), retrieved, both]


def _interact(none: Scored, tuned: Scored, retrieved: Scored, both: Scored) -> Estimate:
    """Return what both gain beyond the sum of single gains, all drawn anew together."""
    cells = scores.align(none, tuned, retrieved, both)
    sides: Sequence[Any] = [average_runs(one.values, one.groups) for one in cells]
    a, b, c, d = sides
    return estimate(d.minus(b).minus(c.minus(a)))
