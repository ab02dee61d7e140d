"""From runs to rows: every figure that lesson 04 shows beside its claims."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from studies.adapters.scores import read_json
from studies.prompt_or_lora.domain import draw_uses
from studies.prompt_or_lora.figures import Runs as Values
from studies.prompt_or_lora.figures import average_runs, estimate, estimate_share, weigh
from studies.prompt_or_lora.found import (
    Found,
    Runs,
    customers,
    fact_documents,
    pair_ids,
    score_judgement,
    score_pairs,
    score_tickets,
)
from studies.prompt_or_lora.plan import LESSON
from studies.prompt_or_lora.rules import Estimate
from studies.prompt_or_lora.skills import draw_skills, score_skills
from studies.prompt_or_lora.tickets import draw_asked, list_labels, score_values
from studies.prompt_or_lora.voicing import draw_pairs, score_voice
from workshop.score.results import Row

JSON = ("valid", "values right", "both right", "topic right", "tone right")
JUDGED = ("judgement", "judged topic", "judged tone")
VOICE = ("all six rules", "without marks", "a house word", "numbers kept")


def tell(
    method: str, task: str, metric: str, one: Estimate, n: int, price: Found | None = None, **settings: Any
) -> Row:
    """Return one figure as a row. price: a run whose seconds and parameters stand beside it."""
    price = price or {}
    return Row(
        LESSON, method, task, metric, one.value, one.low, one.high, n,
        price.get("seconds"), price.get("parameters"), None, price.get("prompt_tokens"), settings=settings,
    )  # fmt: skip


def _share(method: str, task: str, metric: str, runs: Values, groups: Sequence[str], **more: Any) -> Row:
    n = sum(one is not None for run in runs for one in run)
    return tell(method, task, metric, estimate_share(runs, groups), n, **more)


def _price(some: Sequence[Found]) -> Found:
    """Return the median seconds of some runs, and what else is the same in all."""
    return (
        some[0] | {"seconds": float(np.median([run["seconds"] for run in some]))} if "seconds" in some[0] else some[0]
    )


def tell_rates(runs: Runs) -> list[Row]:
    """Return the loss on dev of every arm, rank and rate, after as many steps."""
    groups = [row.customer for row in draw_asked("dev", runs.asked.dev)]
    rows = []
    for (_, arm, rank, rate, steps, _), found in _list(runs, "rate"):
        one = estimate(average_runs([found["judged"]["loss"]], groups))
        settings = {"rank": rank, "rate": rate, "steps": steps}
        rows.append(tell(arm, "tickets", "loss on dev", one, len(groups), price=found, **settings))
    return rows


def _list(runs: Runs, kind: str) -> list[tuple[Any, Found]]:
    return [(cell, found) for cell, found in runs.cells.items() if cell[0] == kind]


def score_allowed(replies: Sequence[str]) -> list[float]:
    """Return whether each reply is valid and names an allowed topic and an allowed tone, 0 or 1."""
    labels = list_labels()
    return [float(all(found.get(key) in labels[key] for key in labels)) for found in map(read_json, replies)]


def tell_prompts(runs: Runs) -> list[Row]:
    """Return every prompt's scores: on dev, where one was chosen, and on the test."""
    rows = []
    for (_, wording, examples, split, count, judged), found in _list(runs, "prompt"):
        asked = draw_asked(split, count)
        scores = score_values(found["replies"], asked)
        settings = {"wording": wording, "examples": examples, "split": split}
        groups = [row.customer for row in asked]
        scores["values allowed"] = score_allowed(found["replies"])
        names = (*JSON, "values allowed")
        rows += [_share("prompt", "tickets", name, [scores[name]], groups, price=found, **settings) for name in names]
        if judged:
            rows += [
                _share("prompt", "tickets", name, score_judgement([found], name), customers(judged), **settings)
                for name in JUDGED
            ]
    return rows


def tell_tuned(runs: Runs) -> list[Row]:
    """Return LoRA on all tickets, and judgement step by step beside random weights."""
    lora, plan, asked = runs.lora(), runs.plan, runs.asked
    settings = {"tickets": plan.tickets, "steps": plan.steps, "seeds": len(lora)}
    rows = _tell_tickets("LoRA", lora, settings)
    for arm, some in (("LoRA", lora), ("random weights", runs.of("random"))):
        for mark in plan.marks:
            values = score_judgement([run["marks"][str(mark)] for run in some])
            share = _share(arm, "tickets", "judgement by steps", values, customers(asked.timed), steps=mark)
            rows.append(share)
        steps = {"steps": some[0]["steps"]}
        for name in ("tokens", "seconds", "peak_megabytes", "train_loss"):
            rows.append(
                Row(LESSON, arm, "training", name, float(np.median([run[name] for run in some])), settings=steps)
            )
    return rows


def _tell_tickets(method: str, some: Sequence[Found], settings: Mapping[str, Any]) -> list[Row]:
    """Return replies and judgement of some seeds."""
    rows = []
    if some[0]["replies"]:
        groups = customers(len(some[0]["replies"]))
        rows = [
            _share(method, "tickets", name, score_tickets(some, name), groups, price=_price(some), **settings)
            for name in JSON
        ]
    if "judged" in some[0]:
        groups = customers(len(some[0]["judged"]["topic"]))
        rows += [_share(method, "tickets", name, score_judgement(some, name), groups, **settings) for name in JUDGED]
    return rows


def tell_few(runs: Runs, kinds: Sequence[tuple[str, int, int]]) -> list[Row]:
    """Return LoRA on few tickets. kinds: which, how many, in how many steps."""
    rows = []
    for kind, tickets, steps in kinds:
        some = runs.few(kind, tickets, steps)
        rows += _tell_tickets("LoRA", some, {"kind": kind, "tickets": tickets, "steps": steps, "seeds": len(some)})
    return rows


def tell_few_pairs(runs: Runs) -> list[Row]:
    """Return the voice from few pairs."""
    rows = []
    for pairs, steps in runs.plan.voice:
        some = runs.of("voice", pairs, steps)
        rows += _tell_voice("LoRA", some, {"pairs": pairs, "steps": steps, "seeds": len(some)})
    return rows


def _tell_voice(method: str, some: Sequence[Found], settings: Mapping[str, Any]) -> list[Row]:
    groups = pair_ids(len(some[0]["replies"]))
    return [_share(method, "voice", name, score_pairs(some, name), groups, **settings) for name in VOICE]


def tell_voice(runs: Runs) -> list[Row]:
    """Return the voice by every prompt, and by the shipped adapter."""
    rows = _tell_voice("LoRA", runs.of("shipped_voice"), {"pairs": 102, "steps": 52, "seeds": runs.plan.seeds})
    for (_, instruction, examples, split, count), found in _list(runs, "voice_prompt"):
        pairs = draw_pairs(split, count)
        scores, groups = score_voice(found["replies"], pairs), [one.id for one in pairs]
        settings = {"instruction": instruction, "examples": examples, "split": split}
        rows += [_share("prompt", "voice", name, [scores[name]], groups, **settings) for name in VOICE]
    return rows


def tell_old(runs: Runs) -> list[Row]:
    """Return the old items that are still right and the loss on Wikipedia, plain, by LoRA and by full tuning."""
    items, rows = draw_skills(runs.asked.skills), []
    groups = [one.page or one.id for one in items]
    arms = {
        "plain": runs.of("plain"),
        "LoRA": [run["old"] for run in runs.lora()],
        "full tuning": [run["old"] for run in runs.full()],
    }
    ends = {"LoRA": runs.targets(), "full tuning": [run["losses"][max(run["losses"], key=int)] for run in runs.full()]}
    for arm, some in arms.items():
        right = [score_skills(one["skills"]) for one in some]
        losses = {"loss_on_dev": float(np.mean(ends[arm]))} if arm in ends else {}
        rows.append(_share(arm, "old items", "right", right, groups, seeds=len(some), **losses))
        braces = [[float(reply.lstrip().startswith("{")) for reply in one["skills"]] for one in some]
        rows.append(_share(arm, "old items", "answered in JSON", braces, groups, seeds=len(some)))
        for kind in sorted({one.kind for one in items}):
            places = [place for place, one in enumerate(items) if one.kind == kind]
            part = [[run[place] for place in places] for run in right]
            rows.append(_share(arm, "old items", f"right, {kind}", part, [groups[place] for place in places]))
        loss, tokens = (np.mean([one["wiki"][name] for one in some], axis=0) for name in ("loss", "tokens"))
        one = estimate(weigh(loss, tokens, [str(place) for place in range(len(loss))]))
        rows.append(tell(arm, "wikipedia", "loss", one, len(loss)))
    for run in runs.full():
        rows += [
            Row(LESSON, "full tuning", "tickets", "loss on dev", loss, settings={"steps": int(step)})
            for step, loss in run["losses"].items()
        ]
    full = runs.full()
    costs = ("tokens", "seconds", "steps", "peak_megabytes")
    return rows + [
        Row(LESSON, "full tuning", "training", name, float(np.median([run[name] for run in full]))) for name in costs
    ]


def tell_own(runs: Runs) -> list[Row]:
    """Return LoRA on the tickets that a prompt would show."""
    examples, steps = runs.plan.own
    some = runs.of("own")
    return _tell_tickets(
        "LoRA", some, {"kind": "the prompt's", "tickets": examples, "steps": steps, "seeds": len(some)}
    )


def tell_fading(runs: Runs, kept: Mapping[int, Mapping[str, Values]]) -> list[Row]:
    """Return what is kept at the start and after each mark. kept: by mark and by what, each seed by case."""
    rows = []
    for mark, parts in kept.items():
        for name, values in parts.items():
            groups = fact_documents(len(values[0]), name != "habit")
            rows.append(_share("facts", "fading", name, values, groups, steps=mark, seeds=len(values)))
    return rows


def tell_domain(runs: Runs) -> list[Row]:
    """Return each arm's loss on the half of the handbook not seen, on Wikipedia, and the house words found."""
    rows = []
    for source in ("nothing", "handbook", "wiki"):
        some = [runs.of("domain", fold, source)[0] for fold in (0, 1)]
        for task, place in (("the other half", "half"), ("wikipedia", "wiki")):
            loss, tokens = ([x for run in some for x in run[place][name]] for name in ("loss", "tokens"))
            groups = [str(row) for row in range(len(loss))]
            if place == "wiki":
                groups = [str(row) for run in some for row in range(len(run[place]["loss"]))]
            one = estimate(weigh(loss, tokens, groups))
            rows.append(tell(f"tuned on {source}", task, "loss", one, len(loss)))
        for name in ("words", "words told") if source == "nothing" else ("words",):
            uses = [draw_uses(fold)[: runs.plan.documents] for fold in (0, 1)]
            right = [
                float(word == one.word)
                for run, part in zip(some, uses, strict=True)
                for word, one in zip(run[name], part, strict=True)
            ]
            groups = [one.document or one.id for part in uses for one in part]
            said = f"tuned on {source}" + (", meanings told" if name == "words told" else "")
            rows.append(_share(said, "house words", "right", [right], groups))
    return rows


def tell_switch(runs: Runs) -> list[Row]:
    """Return the differences of logits of an adapter switched off, unloaded and merged."""
    found = runs.of("switch")[0]
    return [
        Row(LESSON, "voice", dtype, name, value, n=runs.asked.switch)
        for dtype, parts in found.items()
        for name, value in parts.items()
    ]
