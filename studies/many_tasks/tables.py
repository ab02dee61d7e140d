"""From runs to figures: each task's arms, their scores with intervals, and what they cost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from studies.grouped import DRAWS, Figure, average_runs, draw_groups, draw_seeds
from studies.many_tasks.entities import KINDS, deal, score_f1
from studies.many_tasks.pictures import EACH, draw_few, read_digits
from studies.many_tasks.plan import LESSON, Cell, Chosen, Plan
from studies.many_tasks.reading import deal_questions
from studies.many_tasks.rivals import FEATURES, RIVALS, SPOKEN, TYPED
from studies.many_tasks.sentiment import BASELINES, OTHERS
from studies.many_tasks.spoken import PAIRS, draw_prices
from studies.many_tasks.summaries import deal_pages
from workshop.score.results import Row

Found = Mapping[str, Any]
TUNED, NOTHING = "tuned", "from nothing"
METRICS = {
    "entities": "f1",
    "spans": "exact",
    "summaries": "rouge_l",
    "sentiment": "accuracy",
    "pictures": "accuracy",
    "prices in words": "exact",
}


@dataclass(frozen=True)
class Arm:
    """A method's score.

    figure: with its bootstrap; runs: what it is made of; is_baseline: without pre-training; is_added: after a first
    look.
    """

    method: str
    figure: Figure
    runs: Sequence[Found]
    n: int
    is_baseline: bool = False
    is_added: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Runs:
    """What was run, by function and cell, and what was chosen on validation."""

    plan: Plan
    kept: dict[str, dict[Cell, Found]] = field(default_factory=dict)
    chosen: dict[str, Chosen] = field(default_factory=dict)

    def add(self, name: str, found: Mapping[Cell, Found]) -> None:
        """Take in what a function gave."""
        self.kept.setdefault(name, {}).update(found)

    def choose(self, name: str) -> Chosen:
        """Return for each arm what was best on validation, of the runs so far; the same ever after."""
        if name not in self.chosen:
            place = 2 if name in ("run_entities", "run_spans") else 1
            scores: dict[str, dict[Any, list[float]]] = {}
            for cell, found in self.kept[name].items():
                scores.setdefault(cell[0], {}).setdefault(cell[place], []).append(_score_validation(name, found))
            self.chosen[name] = {
                arm: max(some, key=lambda value, some=some: float(np.mean(some[value])))  # type: ignore[misc]
                for arm, some in scores.items()
            }
        return self.chosen[name]

    def find(self, name: str, *fields: Any) -> list[Found]:
        """Return the runs of a function whose cell begins so, in order of their cells; None stands for anything."""
        fits = [
            cell
            for cell in self.kept[name]
            if all(want is None or want == got for want, got in zip(fields, cell, strict=False))
        ]
        return [self.kept[name][cell] for cell in sorted(fits, key=repr)]


def _score_validation(name: str, found: Found) -> float:
    """Return what a run reached on validation."""
    part = found["validation"]
    if name == "run_entities":
        return score_f1(part)
    return float(np.mean(part["exact"])) if name == "run_spans" else float(part)


def measure_f1(counts: Sequence[Found], groups: Sequence[str]) -> Figure:
    """Return the F1 of spans, mean over seeds, with a bootstrap over groups and seeds."""
    times, seeds = draw_groups(groups, DRAWS), draw_seeds(len(counts), DRAWS)
    right, both = (
        np.array([[np.array(one[name]) for name in names] for one in counts]).sum(axis=1)
        for names in (("right",), ("found", "there"))
    )  # (S, N)
    drawn = 2 * times @ right.T / np.maximum(times @ both.T, 1)  # (draws, S)
    return Figure(float(np.mean([score_f1(one) for one in counts])), (drawn * seeds).sum(axis=1))


def tell_entities(runs: Runs) -> list[Arm]:
    """Return the ways to find names."""
    test = deal("test")[: runs.plan.most]
    groups, n = [one.origin for one in test], sum(len(one.spans) for one in test)
    rates, steps = runs.choose("run_entities"), runs.plan.entity_steps

    def arm(method: str, some: list[Found], **more: Any) -> Arm:
        return Arm(method, measure_f1([one["test"] for one in some], groups), some, n, **more)

    def trained(kind: str, marked: bool) -> list[Found]:
        return runs.find("run_entities", kind, marked, rates[kind], steps)

    return [
        arm(TUNED, trained("tuned", True), settings={"steps": steps, "rate": rates["tuned"]}),
        arm(NOTHING, trained("nothing", True), settings={"steps": steps, "rate": rates["nothing"]}),
        arm("tuned, capitals not marked", trained("tuned", False), settings={"steps": steps, "rate": rates["tuned"]}),
        arm("list of known names", runs.find("run_entity_baseline", "dictionary"), is_baseline=True),
        arm(FEATURES, runs.find("run_rival", FEATURES), is_baseline=True),
    ]


def tell_spans(runs: Runs) -> list[Arm]:
    """Return the ways to cut an answer out of a passage."""
    groups = [one.document for one in deal_questions("test")[: runs.plan.most]]
    rates, steps = runs.choose("run_spans"), runs.plan.span_steps

    def arm(method: str, some: list[Found], **more: Any) -> Arm:
        return Arm(method, average_runs([one["test"]["exact"] for one in some], groups), some, len(groups), **more)

    def trained(kind: str, source: str) -> list[Found]:
        return runs.find("run_spans", kind, source, rates[kind], steps)

    return [
        arm(TUNED, trained("tuned", "both"), settings={"steps": steps, "rate": rates["tuned"]}),
        arm(NOTHING, trained("nothing", "both"), settings={"steps": steps, "rate": rates["nothing"]}),
        arm("tuned, handbook alone", trained("tuned", "handbook"), settings={"steps": steps, "rate": rates["tuned"]}),
        arm("likest sentence", runs.find("run_span_baseline", "sentence"), is_baseline=True),
        arm("its first number", runs.find("run_span_baseline", "number"), is_baseline=True),
        arm(TYPED, runs.find("run_rival", TYPED), is_baseline=True, is_added=True),
    ]


def tell_summaries(runs: Runs) -> list[Arm]:
    """Return the ways to write a line."""
    groups = [str(one.document) for one in deal_pages("test")[: runs.plan.most]]
    epochs = runs.choose("run_summaries")["tuned"]

    def arm(method: str, *cell: Any, name: str = "run_summaries", **more: Any) -> Arm:
        some = runs.find(name, *cell)
        return Arm(method, average_runs([one["rouge"] for one in some], groups), some, len(groups), **more)

    return [
        arm(TUNED, "tuned", epochs, settings={"epochs": epochs}),
        arm(NOTHING, "nothing", epochs, settings={"epochs": epochs}),
        arm("first sentence", "lead", is_baseline=True),
        arm("prompt, no example", "prompt/0", is_baseline=True),
        arm("prompt, 2 examples", "prompt/2", is_baseline=True),
        *(arm(rule, rule, name="run_rival", is_baseline=True, is_added=True) for rule in RIVALS[2:]),
    ]


def tell_sentiment(runs: Runs) -> list[Arm]:
    """Return the ways to tell reviews apart."""

    def arm(method: str, some: list[Found], **more: Any) -> Arm:
        right = dict(sorted((row, one) for run in some for row, one in zip(run["rows"], run["right"], strict=True)))
        return Arm(method, average_runs([list(right.values())], list(map(str, right))), some, len(right), **more)

    nothing = {cell[1] for cell in runs.kept["run_sentiment"] if cell[0] == "nothing"}
    arms = [arm(NOTHING, runs.find("run_sentiment", "nothing", rate), settings={"rate": rate}) for rate in nothing]
    plain = {name: arm(name, runs.find("run_sentiment_plain", name), is_baseline=True) for name in BASELINES}
    found = {cell[0] for cell in runs.kept["run_sentiment_plain"]}
    others = [arm(name, runs.find("run_sentiment_plain", name)) for name in OTHERS if name in found]
    best = max(arms, key=lambda one: one.figure.value)
    return [arm(TUNED, runs.find("run_sentiment", "tuned")), best, *plain.values(), *others]


def tell_pictures(runs: Runs) -> list[Arm]:
    """Return the ways to name new digits."""
    rates, (steps, _) = runs.choose("run_pictures"), runs.plan.small_steps

    def arm(method: str, some: list[Found], **more: Any) -> Arm:
        return Arm(method, measure_draws([one["right"] for one in some]), some, len(some[0]["right"]), **more)

    def trained(kind: str, longer: bool = False) -> list[Found]:
        cells = sorted(
            c for c in runs.kept["run_pictures"] if c[:2] == (kind, rates[kind]) and (c[2] > steps) == longer
        )
        return [runs.kept["run_pictures"][one] for one in cells]

    return [
        arm(TUNED, trained("tuned"), settings={"steps": steps, "rate": rates["tuned"], "each": EACH}),
        arm(NOTHING, trained("nothing"), settings={"steps": steps, "rate": rates["nothing"], "each": EACH}),
        arm("from nothing, longer", trained("nothing", True), settings={"rate": rates["nothing"], "each": EACH}),
        arm("pixels", runs.find("run_pictures", "pixels"), is_baseline=True),
        arm("nearest picture", runs.find("run_pictures", "nearest"), is_baseline=True),
        arm("frozen", runs.find("run_pictures", "frozen")),
    ]


def measure_draws(right: Sequence[str]) -> Figure:
    """Return the mean over draws of labels, each with a test of its own, with a bootstrap over draws and pictures.

    right: of each draw, in order, a 1 or a 0 for each picture of its test.
    """
    size = len(read_digits(old=False)[1])
    values, shown = np.zeros((len(right), size)), np.zeros((len(right), size))
    for draw, one in enumerate(right):
        rows = draw_few(EACH, draw)[2]
        values[draw, rows], shown[draw, rows] = list(map(int, one)), 1
    times, seeds = draw_groups(list(map(str, range(size))), DRAWS), draw_seeds(len(right), DRAWS)
    drawn = (times @ values.T) / (times @ shown.T)  # (draws, S)
    return Figure(float(np.mean(values.sum(1) / shown.sum(1))), (drawn * seeds).sum(axis=1))


def tell_prices(runs: Runs) -> list[Arm]:
    """Return the ways to write prices in words."""
    rates, (_, steps) = runs.choose("run_spoken"), runs.plan.small_steps
    groups = [price for price, _ in draw_prices(PAIRS, 0)[2]]

    def arm(method: str, some: list[Found], **more: Any) -> Arm:
        return Arm(method, average_runs([one["right"] for one in some], groups), some, len(groups), **more)

    def trained(kind: str, longer: bool = False) -> list[Found]:
        cells = sorted(c for c in runs.kept["run_spoken"] if c[:2] == (kind, rates[kind]) and (c[2] > steps) == longer)
        return [runs.kept["run_spoken"][one] for one in cells]

    return [
        arm(TUNED, trained("tuned"), settings={"steps": steps, "rate": rates["tuned"], "pairs": PAIRS}),
        arm(NOTHING, trained("nothing"), settings={"steps": steps, "rate": rates["nothing"], "pairs": PAIRS}),
        arm("from nothing, longer", trained("nothing", True), settings={"rate": rates["nothing"], "pairs": PAIRS}),
        arm("nearest price", runs.find("run_spoken", "nearest"), is_baseline=True),
        *(arm(rule, runs.find("run_spoken_rival", rule), is_baseline=True, is_added=True) for rule in SPOKEN),
        arm("times alone", runs.find("run_spoken", "times")),
    ]


TASKS: dict[str, Callable[[Runs], list[Arm]]] = {
    "entities": tell_entities,
    "spans": tell_spans,
    "summaries": tell_summaries,
    "sentiment": tell_sentiment,
    "pictures": tell_pictures,
    "prices in words": tell_prices,
}


def tell_tasks(runs: Runs) -> list[Row]:
    """Return every arm's score, and what lies beside: by kind, short-contained, BLEU."""
    rows = [
        Row(LESSON, arm.method, task, METRICS[task], arm.figure.value, *arm.figure.interval, arm.n, *_price(arm.runs),
            settings=dict(arm.settings))
        for task, make in TASKS.items() for arm in make(runs)
    ]  # fmt: skip
    return [*rows, *tell_kinds(runs), *tell_contained(runs), *tell_bleu(runs)]


def _price(runs: Sequence[Found]) -> tuple[float, int | None]:
    """Return the median of the runs' seconds, and how many weights were trained."""
    return float(np.median([one["seconds"] for one in runs])), runs[0].get("parameters")


def tell_kinds(runs: Runs) -> list[Row]:
    """Return the F1 of each kind of name, of the tuned tagger and the best baseline."""
    test, rows = deal("test")[: runs.plan.most], []
    for arm in tell_entities(runs):
        for kind in KINDS:
            counts = [_count_kind(one["test"]["spans"], [list(some.spans) for some in test], kind) for one in arm.runs]
            there = counts[0][2]
            value = float(np.mean([2 * right / max(1, found + there) for right, found, there in counts]))
            rows.append(Row(LESSON, arm.method, "entities", "f1_by_kind", value, n=there, settings={"kind": kind}))
    return rows


def _count_kind(found: Sequence[Any], truths: Sequence[Any], kind: str) -> tuple[int, int, int]:
    """Return how many spans of a kind are right, found, and there."""
    mine, theirs = (
        {(row, *span) for row, some in enumerate(spans) for span in some if span[2] == kind}
        for spans in (found, truths)
    )
    return len(mine & theirs), len(mine), len(theirs)


def tell_contained(runs: Runs) -> list[Row]:
    """Return the share of answers that hold the truth in their first 12 words."""
    groups = [one.document for one in deal_questions("test")[: runs.plan.most]]
    rows = []
    for arm in tell_spans(runs):
        figure = average_runs([one["test"]["contained"] for one in arm.runs], groups)
        rows.append(Row(LESSON, arm.method, "spans", "contained", figure.value, *figure.interval, len(groups)))
    return rows


def tell_bleu(runs: Runs) -> list[Row]:
    """Return BLEU of the prices in words, of the first draw's texts, by sacrebleu, from 0 to 100."""
    from sacrebleu.metrics import BLEU

    truths = [words for _, words in draw_prices(PAIRS, 0)[2]]
    found = [(arm, next((one["texts"] for one in arm.runs if one["texts"]), None)) for arm in tell_prices(runs)]
    bleu = BLEU(tokenize="none", effective_order=True)
    return [
        Row(LESSON, arm.method, "prices in words", "bleu", bleu.corpus_score(texts, [truths]).score, n=len(truths))
        for arm, texts in found
        if texts
    ]
