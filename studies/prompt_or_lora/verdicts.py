"""From runs to verdicts: each claim of lesson 04 with its figures."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from studies.keep import read_measured
from studies.prompt_or_lora import rules
from studies.prompt_or_lora.domain import draw_uses
from studies.prompt_or_lora.fading import score_kept
from studies.prompt_or_lora.figures import average_runs, estimate, share_of_gain, weigh
from studies.prompt_or_lora.found import (
    Runs,
    customers,
    fact_documents,
    pair_ids,
    score_judgement,
    score_pairs,
    score_tickets,
)
from studies.prompt_or_lora.rules import LIMITS, RULES, Estimate
from studies.prompt_or_lora.skills import draw_skills, score_skills
from workshop.score.results import Claim

SOURCES = ("nothing", "handbook", "wiki")
FIRST, PART = "03_finetune_classifier", "C07/03"


def tell(name: str, measure: str, one: Estimate, verdict: str, n: int, seeds: int, unit: str = "share") -> Claim:
    """Return a claim with its rule and limits."""
    return Claim(measure, unit, one.value, one.low, one.high, n, seeds, RULES[name], verdict, LIMITS[name])


def write(**parts: Estimate) -> str:
    """Return figures in words, each with its interval."""
    named = ((name.replace("_", " "), one) for name, one in parts.items())
    return "; ".join(f"{name} {one.value:.2f} [{one.low:.2f}, {one.high:.2f}]" for name, one in named)


def minus(one: Sequence, other: Sequence, groups: Sequence[str]) -> Estimate:
    """Return the difference of two arms' means, paired by case."""
    return estimate(average_runs(one, groups).minus(average_runs(other, groups)))


def judge_c07(runs: Runs) -> Claim:
    """Return C07/04: tuned minus random weights at equal steps."""
    groups, gaps = customers(runs.asked.timed), {}
    for mark in map(str, runs.plan.marks):
        sides = [[run["marks"][mark] for run in some] for some in (runs.lora(), runs.of("random"))]
        gaps[f"after_{mark}_steps"] = minus(*map(score_judgement, sides), groups)
    worst = min(gaps.values(), key=lambda one: one.low)
    verdict = rules.judge_price(list(gaps.values()))
    said = f"judgement, LoRA minus random weights: {write(**gaps)}"
    return tell("C07/04", said, worst, verdict, len(groups), runs.plan.seeds)


def whole_of_c07(mine: Claim) -> Claim:
    """Return C07: the figure of this lesson's part, and the weaker of both parts' verdicts."""
    first = read_measured(FIRST).claims[PART]
    measured = f"{mine.measure} (this lesson's part: {mine.verdict}; lesson 03's: {first.verdict})"
    verdict = rules.weaker([first.verdict, mine.verdict])
    return dataclasses.replace(mine, measure=measured, rule=RULES["C07"], verdict=verdict, limits=LIMITS["C07"])


def forget(runs: Runs) -> dict[str, Estimate]:
    """Return what is forgotten: the drop of the old items by LoRA, by full tuning, and their difference."""
    rows = draw_skills(runs.asked.skills)
    groups = [row.page or row.id for row in rows]
    plain = [score_skills(runs.of("plain")[0]["skills"])]
    lora, full = ([score_skills(run["old"]["skills"]) for run in some] for some in (runs.lora(), runs.full()))
    return {
        "LoRA": minus(plain, lora, groups),
        "full tuning": minus(plain, full, groups),
        "LoRA minus full tuning": minus(full, lora, groups),
    }


def judge_c11(runs: Runs) -> Claim:
    """Return C11: the old items that are lost."""
    drops = forget(runs)
    both = [drops["LoRA"], drops["full tuning"]]
    reached = sum(run["reached"] for run in runs.full())
    said = (
        f"old items lost: {write(**drops)}; full tuning reached LoRA's loss with {reached} of {runs.plan.seeds} seeds"
    )
    worst = max(both, key=lambda one: one.low)
    return tell("C11", said, worst, rules.judge_forgetting(both), runs.asked.skills, runs.plan.seeds)


def judge_c12(runs: Runs) -> Claim:
    """Return C12: the adapter switched off, unloaded and merged."""
    found = runs.of("switch")[0]
    off, unloaded = (max(found[dtype][name] for dtype in found) for name in ("off", "unloaded"))
    merged = found["float32"]["merged"]
    said = (
        f"largest difference of logits: switched off {off:g}, unloaded {unloaded:g}; merged, over the largest logit, "
        f"{merged:.1e} in float32 and {found['bfloat16']['merged']:.1e} in bfloat16"
    )
    verdict = rules.judge_switch(off, unloaded, merged)
    return tell("C12", said, Estimate(merged, None, None), verdict, runs.asked.switch, 1, "of the largest logit")


def compare_behaviour(runs: Runs) -> dict[str, Estimate]:
    """Return tuned minus best prompt: JSON, voice, house words, and the numbers kept."""
    best, voice = runs.choose_prompt(), runs.choose_voice()
    prompt, told = runs.prompt(*best), runs.of("voice_prompt", *voice, "test")
    shipped = runs.of("shipped_voice")
    groups, pairs = customers(runs.asked.replies), pair_ids(runs.asked.pairs)
    tuned, plain, documents = score_words(runs)
    return {
        "JSON": minus(score_tickets(runs.lora(), "values right"), score_tickets([prompt], "values right"), groups),
        "voice": minus(score_pairs(shipped, "without marks"), score_pairs(told, "without marks"), pairs),
        "house words": minus([tuned], [plain], documents),
        "numbers kept": minus(score_pairs(shipped, "numbers kept"), score_pairs(told, "numbers kept"), pairs),
    }


def score_words(runs: Runs) -> tuple[list[float], list[float], list[str]]:
    """Return whether each house word was found by the tuned and by the better way of asking the plain model."""
    found: dict[str, list[float]] = {"tuned": [], "plain": [], "told": []}
    documents: list[str] = []
    for fold in (0, 1):
        uses = draw_uses(fold)[: runs.plan.documents]
        documents += [one.document or one.id for one in uses]
        tuned, plain = (runs.of("domain", fold, source)[0] for source in ("handbook", "nothing"))
        for name, said in (("tuned", tuned["words"]), ("plain", plain["words"]), ("told", plain["words told"])):
            found[name] += [float(word == one.word) for word, one in zip(said, uses, strict=True)]
    return found["tuned"], max(found["plain"], found["told"], key=np.mean), documents


def judge_c13(runs: Runs) -> Claim:
    """Return C13: behaviour, tuned minus best prompt."""
    parts = compare_behaviour(runs)
    verdict = rules.judge_behaviour(*parts.values())
    worst = min(list(parts.values())[:3], key=lambda one: one.low)
    said = f"tuned minus best prompt: {write(**parts)}"
    return tell("C13", said, worst, verdict, runs.asked.replies, runs.plan.seeds)


def judge_c18(runs: Runs) -> Claim:
    """Return C18/04: the share of LoRA's gain that the best prompt reaches."""
    base, best = runs.prompt(0, 0), runs.prompt(*runs.choose_prompt())
    told = runs.of("voice_prompt", *runs.choose_voice(), "test")
    metric = "values right"
    tickets = [score_tickets(some, metric) for some in ([best], runs.lora(), [base])]
    metric = "all six rules"
    pairs = [
        score_pairs(some, metric) for some in (told, runs.of("shipped_voice"), runs.of("voice_prompt", 0, 0, "test"))
    ]
    shares = {
        "JSON": share_of_gain(*tickets, customers(runs.asked.replies)),
        "voice": share_of_gain(*pairs, pair_ids(runs.asked.pairs)),
    }
    worst = min(shares.values(), key=lambda one: one.low)
    said = f"share of LoRA's gain that the best prompt reaches: {write(**shares)}"
    verdict = rules.judge_prompts(list(shares.values()))
    return tell("C18/04", said, worst, verdict, runs.asked.replies, runs.plan.seeds)


def share_few(runs: Runs) -> dict[str, Estimate]:
    """Return which share of the gain at the most 32 examples give: form, judgement and voice, in both ways."""
    plain, most = runs.prompt(0, 0), runs.lora()
    pairs, voice = pair_ids(runs.asked.pairs), runs.of("shipped_voice")
    untold = score_pairs(runs.of("voice_prompt", 0, 0, "test"), "all six rules")
    asked, judged, shares = runs.asked.few, runs.asked.judged, {}
    for place, way in enumerate(("equal updates", "equal epochs")):
        some = runs.few("clean", *runs.plan.few[place])
        form = [[one[:asked] for one in score_tickets(runs_, "valid")] for runs_ in (some, most, [plain])]
        shares[f"form at {way}"] = share_of_gain(*form, customers(asked))
        gains = [score_judgement(runs_) for runs_ in (some, most, [plain])]
        shares[f"judgement at {way}"] = share_of_gain(*gains, customers(judged))
        few = score_pairs(runs.of("voice", *runs.plan.voice[place]), "all six rules")
        shares[f"voice at {way}"] = share_of_gain(few, score_pairs(voice, "all six rules"), untold, pairs)
    return shares


def judge_c23(runs: Runs) -> Claim:
    """Return C23: the gain from 32 examples."""
    shares = share_few(runs)
    worst = min(shares.values(), key=lambda one: one.low)
    said = f"share of the gain that 32 examples give: {write(**shares)}"
    return tell("C23", said, worst, rules.judge_few(list(shares.values())), runs.asked.judged, runs.plan.seeds)


def compare_quality(runs: Runs) -> dict[str, Estimate]:
    """Return what variety gives (tone), and what quality gives against number (both values)."""
    groups, steps = customers(runs.asked.judged), runs.plan.quality_steps
    clean, narrow, wrong = (runs.few(kind, tickets, steps) for kind, tickets in runs.plan.quality)
    tone = "judged tone"
    return {
        "variety": minus(score_judgement(clean, tone), score_judgement(narrow, tone), groups),
        "quality": minus(score_judgement(clean), score_judgement(wrong), groups),
    }


def judge_c24(runs: Runs) -> Claim:
    """Return C24: quality and variety."""
    parts = compare_quality(runs)
    worst = min(parts.values(), key=lambda one: one.low)
    verdict = rules.judge_quality(*parts.values())
    return tell("C24", f"right values: {write(**parts)}", worst, verdict, runs.asked.judged, runs.plan.seeds)


def keep_by_document(runs: Runs, marks: Sequence[int]) -> tuple[dict[str, list[list[float]]], list[str]]:
    """Return what is kept of fact, gist and habit at marks, each seed by document, (S, D), and the documents."""
    kept: dict[str, list[list[float]]] = {"fact": [], "gist": [], "habit": []}
    names: list[str] = []
    for run in runs.of("fading"):
        scores = [score_kept(run["kept"][str(mark)]) for mark in marks]
        for name, tables in kept.items():
            values = np.mean([one[name] for one in scores], axis=0)
            documents = np.array(fact_documents(len(values), name != "habit"))
            names = sorted(set(documents))
            tables.append([float(values[documents == one].mean()) for one in names])
    return kept, names


def judge_c25(runs: Runs) -> Claim:
    """Return C25: habit and gist against fact, after unrelated chats."""
    start, names = keep_by_document(runs, [0])
    after, _ = keep_by_document(runs, runs.plan.fading)
    figures = {}
    for name, tables in after.items():
        pairs = zip(tables, start[name], strict=True)
        shares = [[one / max(np.mean(whole), 1e-6) for one in some] for some, whole in pairs]
        figures[name] = average_runs(shares, names)
    gaps = {f"{name} minus fact": estimate(figures[name].minus(figures["fact"])) for name in ("habit", "gist")}
    starts = [float(np.mean(start[name])) for name in ("fact", "habit")]
    verdict = rules.judge_fading(starts, *gaps.values())
    said = f"kept: {write(**{name: estimate(one) for name, one in figures.items()})}; {write(**gaps)}"
    worst = min(gaps.values(), key=lambda one: one.low)
    return tell("C25", said, worst, verdict, len(names), runs.plan.seeds)


def compare_domain(runs: Runs) -> dict[str, Estimate]:
    """Return, in nats a token, what the handbook gives over Wikipedia, over nothing, and what it costs on Wikipedia."""
    halves = {source: [runs.of("domain", fold, source)[0] for fold in (0, 1)] for source in SOURCES}
    names = [name for run in halves["nothing"] for name in run["half"]["names"]]
    tokens = [count for run in halves["nothing"] for count in run["half"]["tokens"]]
    loss = {source: [x for run in some for x in run["half"]["loss"]] for source, some in halves.items()}
    own = {source: weigh(some, tokens, names) for source, some in loss.items()}
    wiki = {source: [x for run in some for x in run["wiki"]["loss"]] for source, some in halves.items()}
    counts = [x for run in halves["nothing"] for x in run["wiki"]["tokens"]]
    sentences = [str(place) for run in halves["nothing"] for place in range(len(run["wiki"]["tokens"]))]
    away = {source: weigh(some, counts, sentences) for source, some in wiki.items()}
    return {
        "control minus handbook": estimate(own["wiki"].minus(own["handbook"])),
        "plain minus handbook": estimate(own["nothing"].minus(own["handbook"])),
        "rise on Wikipedia": estimate(away["handbook"].minus(away["nothing"])),
    }


def judge_c28(runs: Runs) -> Claim:
    """Return C28: the handbook's language."""
    parts = compare_domain(runs)
    gain = parts["control minus handbook"]
    verdict = rules.judge_domain(gain, parts["rise on Wikipedia"])
    documents = sum(len(runs.of("domain", fold, "nothing")[0]["half"]["names"]) for fold in (0, 1))
    return tell("C28", f"loss: {write(**parts)}", gain, verdict, documents, 1, "nats a token")


def judge_c32(runs: Runs) -> Claim:
    """Return C32: seconds and memory of the lesson's own tuning."""
    seconds, memory = ([run[name] for run in runs.live.values()] for name in ("seconds", "peak_megabytes"))
    verdict = rules.judge_machine(seconds, memory)
    said = f"seconds of the lesson's own tuning on one core, with at most {max(memory):.0f} MB"
    middle = Estimate(float(np.median(seconds)), min(seconds), max(seconds))
    return tell("C32", said, middle, verdict, len(seconds), len(seconds), "seconds, slowest and fastest")


# What each claim needs of the plan's parts.
CLAIMS = {
    "C07/04": (judge_c07, ("tickets",)),
    "C11": (judge_c11, ("tickets", "full")),
    "C12": (judge_c12, ("voice and handbook",)),
    "C13": (judge_c13, ("tickets", "voice and handbook")),
    "C18/04": (judge_c18, ("tickets", "voice and handbook")),
    "C23": (judge_c23, ("tickets", "voice and handbook", "few")),
    "C24": (judge_c24, ("tickets", "quality")),
    "C25": (judge_c25, ("fading",)),
    "C28": (judge_c28, ("voice and handbook",)),
    "C32": (judge_c32, ("live",)),
}
