"""The grid: nine tasks by prompt, LoRA, retrieval and both; every cell says which adapter it is of."""

from collections.abc import Callable

from studies.intervals import bound_all
from studies.prompt_or_lora.figures import average_runs, estimate, estimate_share
from studies.prompt_or_lora.rules import Estimate
from studies.tune_or_retrieve import found as scores
from studies.tune_or_retrieve.earlier import read_adapter, read_answers, read_plain, read_voice
from studies.tune_or_retrieve.found import Runs, Scored
from studies.tune_or_retrieve.plan import LESSON
from workshop.score.results import Row

METHODS = ("prompt", "LoRA", "retrieval", "both")
# A cell's replies, and the adapter that wrote them ("" for the model as it comes).
Part = tuple[Scored, str]


def tell(method: str, task: str, metric: str, one: Estimate, n: int, **more: object) -> Row:
    """Return one figure as a row. more: prompt_tokens; all else are settings."""
    tokens = more.pop("prompt_tokens", None)
    return Row(LESSON, method, task, metric, one.value, one.low, one.high, n, prompt_tokens=tokens, settings=more)


def share(one: Scored) -> Estimate:
    """Return the mean with its interval."""
    return estimate_share(one.values, one.groups)


def difference(one: Scored, other: Scored) -> Estimate:
    """Return a paired difference: of the same cases, which are drawn anew together, and seeds.

    Where no case differs, drawing anew shows nothing: the ends are then those of a share of which none was right.
    """
    one, other = scores.align(one, other)
    sides = [average_runs(side.values, side.groups) for side in (one, other)]
    found = estimate(sides[0].minus(sides[1]))
    edge = 1 - bound_all(len(set(one.groups)))
    return found if found.low < found.high else Estimate(found.value, found.value - edge, found.value + edge)


def known(runs: Runs) -> list[Part]:
    """Return the thirty facts that the adapter `facts` was taught, in other words."""
    name = "known/found"
    return [
        (scores.score_facts("known/none", [read_plain("facts/worded")]), ""),
        (scores.score_facts("known/none", read_adapter("facts", "facts/worded")), "facts"),
        (scores.score_facts(name, [runs.of("plain", name)]), ""),
        (scores.score_facts(name, [runs.of("reader", name)]), "reader"),
    ]


def unseen(runs: Runs) -> list[Part]:
    """Return the 120 questions of documents that nothing was trained on."""
    name = "unseen/none"
    return [
        (scores.score_facts(name, [read_answers("plain", "unseen", "none", 0)]), ""),
        (scores.score_facts(name, [runs.of("facts", name)]), "facts"),
        (scores.score_facts(name, [read_answers("plain", "unseen", "MiniLM", 3)]), ""),
        (scores.score_facts(name, [read_answers("reader", "unseen", "MiniLM", 3)]), "reader"),
    ]


def changed(runs: Runs, *, old: bool = False) -> list[Part]:
    """Return the 60 questions whose answer changes; old: how often the first edition's answer is given."""
    name, second = "changed/none", "MiniLM, second edition"
    return [
        (scores.score_facts(name, [runs.of("plain", name)], old=old), ""),
        (scores.score_facts(name, runs.studied("first edition", name), old=old), "reader, first edition studied"),
        (scores.score_facts(name, [read_answers("plain", "changed", second, 3)], old=old), ""),
        (scores.score_facts(name, [read_answers("reader", "changed", second, 3)], old=old), "reader"),
    ]


def tickets(metric: str) -> Callable[[Runs], list[Part]]:
    """Return what makes the 72 tickets' cells: format, or judgement."""

    def parts(runs: Runs) -> list[Part]:
        name, near = "tickets/prompt", "tickets/nearest"
        return [
            (scores.score_tickets(name, [runs.of("plain", name)], metric), ""),
            (scores.score_tickets(name, read_adapter("json", "json/0"), metric), "json"),
            (scores.score_tickets(near, [runs.of("plain", near)], metric), ""),
            (scores.score_tickets(near, [runs.of("json", near)], metric), "json"),
        ]

    return parts


def voice(runs: Runs) -> list[Part]:
    """Return the 48 answers in the voice."""
    name = "voice/nearest"
    return [
        (scores.score_rules(scores.read_best_voice()), ""),
        (scores.score_rules(read_voice("shipped_voice")), "voice"),
        (scores.score_rules([runs.of("plain", name)]), ""),
        (scores.score_rules([runs.of("voice", name)]), "voice"),
    ]


def facts_in_json(runs: Runs) -> list[Part]:
    """Return the 80 questions whose answer must come as JSON."""
    name, learnt, count = "json answers/test", "reader, answers as JSON learnt", runs.choose_json()
    none, found = f"{name}/none/{count}", f"{name}/found/{count}"
    bare, read = f"{name}/none/0", f"{name}/found/0"
    return [
        (scores.score_json(none, [runs.of("plain", none)]), ""),
        (scores.score_json(bare, runs.studied("answers as JSON", bare)), learnt),
        (scores.score_json(found, [runs.of("plain", found)]), ""),
        (scores.score_json(read, runs.studied("answers as JSON", read)), learnt),
    ]


def skills(runs: Runs) -> list[Part]:
    """Return the 96 old skills; with retrieval they stand behind three passages of the handbook."""
    name = "skills/found"
    return [
        (scores.score_skills([read_plain("skills/")]), ""),
        (scores.score_skills(read_adapter("reader", "skills/")), "reader"),
        (scores.score_skills([runs.of("plain", name)]), ""),
        (scores.score_skills([runs.of("reader", name)]), "reader"),
    ]


def abstaining(runs: Runs) -> list[Part]:
    """Return the 60 questions that nothing answers: how often is that said? The plain model is told to."""
    name, told = "unanswerable/none, told to abstain", "told to abstain"
    return [
        (scores.score_refusals(name, [runs.of("plain", name)]), ""),
        (scores.score_refusals(name, [read_answers("reader", "unanswerable", "none", 0)]), "reader"),
        (scores.score_refusals(name, [read_answers("plain", "unanswerable", "MiniLM", 3, told)]), ""),
        (scores.score_refusals(name, [read_answers("reader", "unanswerable", "MiniLM", 3)]), "reader"),
    ]


TASKS: dict[str, Callable[[Runs], list[Part]]] = {
    "known facts": known,
    "unseen facts": unseen,
    "changed facts": changed,
    "format": tickets("format"),
    "judgement": tickets("judgement"),
    "voice": voice,
    "facts in JSON": facts_in_json,
    "old skills": skills,
    "abstaining": abstaining,
}


def tell_grid(runs: Runs) -> list[Row]:
    """Return every cell of the grid."""
    return [row for task, make in TASKS.items() for row in _tell_line(task, "right", make(runs))]


def _tell_line(task: str, metric: str, parts: list[Part]) -> list[Row]:
    return [
        tell(method, task, metric, share(one), one.size, prompt_tokens=one.prompt_tokens, adapter=adapter,
             seeds=len(one.values))
        for method, (one, adapter) in zip(METHODS, parts, strict=True)
    ]  # fmt: skip


def tell_beside(runs: Runs) -> list[Row]:
    """Return what stands beside the grid: old answers, other adapters on known facts, differences of cells."""
    rows = _tell_line("changed facts", "old answer", changed(runs, old=True))
    for name, task, one in (
        ("nearest stored question", "known facts", scores.score_nearest_questions()),
        ("nearest ticket's labels", "judgement", scores.score_nearest_labels()),
    ):
        rows.append(tell(name, f"{task}, beside", "right", share(one), one.size))
    spoken = (read_voice("shipped_voice"), [runs.of("voice", "voice/nearest")])
    words = [scores.score_rules(some, "a house word") for some in spoken]
    for method, one in zip(("LoRA", "both"), words, strict=True):
        rows.append(tell(method, "voice, beside", "a house word", share(one), one.size))
    rows.append(
        tell("both minus LoRA", "voice, beside", "a house word", difference(*words[::-1]), len(words[0].groups))
    )
    for adapter, task in (("facts", "known/found"), ("reader", "known/none")):
        one = scores.score_facts(task, [runs.of(adapter, task)])
        said = "reading" if task.endswith("found") else "without passages"
        rows.append(tell(f"{adapter}, {said}", "known facts, beside", "right", share(one), one.size))
    for task, name in (("known facts", "known/found"), ("unseen facts", "unseen/found")):
        one = scores.score_passages(name)
        rows.append(tell("passages", f"{task}, beside", "answer in them", share(one), one.size))
    refused = scores.score_refusals("unseen/none", [read_answers("reader", "unseen", "none", 0)])
    rows.append(
        tell("reader, without passages", "abstaining, beside", "refused, answerable", share(refused), refused.size)
    )
    retrieved, both = (one for one, _ in unseen(runs)[2:])
    alone = [Scored(one.values, tuple(map(str, range(one.size)))) for one in (both, retrieved)]
    gap = difference(*alone)
    rows.append(tell("both minus retrieval", "unseen facts, questions drawn", "difference", gap, retrieved.size))
    plain = scores.score_skills([read_plain("skills/")])
    for adapter in ("reader", "json", "voice", "facts"):
        gap = difference(scores.score_skills(read_adapter(adapter, "skills/")), plain)
        rows.append(tell(adapter, "old skills, beside", "minus plain", gap, len(plain.groups)))
    for task, make in TASKS.items():
        parts = [one for one, _ in make(runs)]
        for place, other in ((1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)):
            gap = difference(parts[place], parts[other])
            said = f"{METHODS[place]} minus {METHODS[other]}"
            rows.append(tell(said, task, "difference", gap, len(parts[place].groups)))
    return rows
