"""How much is run for lesson 04, in which order, and on what each kind of run depends.

In the order in which they run. Seconds are of one core for the whole of a line, told from trials of single steps,
replies and judged tickets on a machine with other work: 165 tokens a second by LoRA, 120 where all weights are trained,
0.6 to 0.9 seconds a reply, 0.15 a judged ticket. A quiet core takes about a third less.

| kind of run | runs | tokens trained | replies | seconds | for |
| --- | --- | --- | --- | --- | --- |
| rates: LoRA 4, full 3, random 2 | 9 | 94,600 | | 800 | every tuned arm |
| prompts on dev: 4 wordings x 0, 1, 3 examples | 12 | | 384 | 300 | C13, C18 |
| plain model's old items | 1 | | 240 | 160 | C11 |
| LoRA on 512 tickets | 3 | 168,200 | 1,080 | 2,100 | C07, C11, C13, C18, C23 |
| prompts on test | 4 | | 480 | 550 | C13, C18, C23 |
| random weights | 3 | 60,400 | | 700 | C07 |
| the switch | 1 | | | 50 | C12 |
| handbook and Wikipedia, two halves | 6 | 72,400 | | 850 | C28, C13 |
| shipped voice, three seeds | 3 | | 144 | 130 | C13, C18, C23 |
| voice by prompt, dev and test | 8 | | 168 | 330 | C13, C18 |
| full tuning up to LoRA's loss, at most | 3 | 126,100 | 720 | 1,650 | C11 |
| the lesson's own tuning | 10 | 33,000 | 240 | 450 | C32, band |
| fading | 3 | 61,800 | 450 | 650 | C25 |
| few tickets: 32 (128 and 8 steps), 8 (2 steps) | 9 | 181,300 | 432 | 1,750 | C23 |
| few voice pairs: 32 (52 and 16 steps), 8 (4 steps) | 9 | 127,900 | 432 | 1,150 | C23 |
| quality against number | 9 | 252,300 | | 1,900 | C24 |
| the prompt's own examples | 3 | 21,000 | 144 | 230 | shown |
| other ranks | 4 | 42,000 | | 300 | shown |
| MiniLM and two classifiers | 3 | | | 90 | shown |
| MiniLM in few bits | 4 | | | 120 | shown |
| pig Latin, by LoRA and by a prompt | 4 | 13,100 | 80 | 200 | shown |
| the six questions of the opening | 1 | | 6 | 10 | shown |
| in all | 112 | 1,254,000 | 5,000 | 14,470 | |
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LESSON, STEM = "04", "04_prompt_or_lora"
TICKET_INPUTS = (
    *(f"prompt_or_lora/{name}" for name in ("tickets", "judging", "tuning", "skills", "runs", "domain")),
    *("adapters/asking", "adapters/tasks", "assets/tasks", "tune/training", "batches", "haystack"),
)
OTHER_INPUTS = (
    *(f"prompt_or_lora/{name}" for name in ("judging", "tuning", "voicing", "fading", "domain", "other_runs")),
    *("adapters/asking", "adapters/tasks", "assets/tasks", "tune/training", "batches", "haystack", "assets/adapters"),
    *("skerryline/voice", "skerryline/handbook", "skerryline/faq"),
)
LIVE_INPUTS = (
    "prompt_or_lora/live",
    "prompt_or_lora/tickets",
    "prompt_or_lora/judging",
    "assets/tasks",
    "tune/training",
    "tune/lora",
)
# What the study may take at most.
MOST_TOKENS, MOST_REPLIES = 1_300_000, 5_000
# Tokens of a chat of four tickets, of a voice pair, of an unrelated chat, and of half of the handbook.
STEP, PAIR, UNRELATED, HALF = 438, 148, 112, 18_100
# Of a chat of two tickets, which the lesson's own tuning takes a step, and of a list of words in pig Latin.
LIVE_STEP, PIG_STEP = 275, 87
EXAMPLES = (0, 1, 3)
# In the order of importance: after each, what it settles is whole.
PARTS = ("tickets", "voice and handbook", "full", "live", "fading", "few", "quality", "beside", "folds")

Cell = tuple[Any, ...]


@dataclass(frozen=True)
class Plan:
    """How much is run.

    wordings: of the JSON's instruction. arms: those whose rate is chosen, with the rates; other_ranks: pairs of arm and
    rank that are tried at `rank_rate`. tickets, steps, marks: LoRA on all tickets, a chat of four a step. full: steps
    at most, and between two looks. few, few_epochs: pairs of tickets and steps. quality: kinds with tickets and steps.
    voice: pairs and steps, four pairs a step. every: MiniLM in few bits is tried on one in so many wordings and
    passages. pig: lists of words learnt, sentences and facts asked; shown: sentences asked with lists in the prompt
    instead. seeds: where a verdict hangs on them. parts: what is run at all; a claim whose part is left out is left
    out too.
    """

    wordings: tuple[int, ...] = (0, 1, 2, 3)
    arms: tuple[tuple[str, int, tuple[float, ...]], ...] = (
        ("lora", 8, (5e-4, 1e-3, 2e-3, 4e-3)),
        ("full", 0, (3e-5, 1e-4, 3e-4)),
        ("random", 0, (3e-4, 1e-3)),
    )
    other_ranks: tuple[tuple[str, int], ...] = (("lora", 1), ("lora", 32), ("q and v", 8), ("q and v", 32))
    rank_rate: float = 1e-3
    rate_steps: int = 24
    tickets: int = 512
    steps: int = 128
    marks: tuple[int, ...] = (5, 14, 46)
    full: tuple[int, int] = (96, 16)
    few: tuple[tuple[int, int], ...] = ((32, 128), (32, 8), (8, 2))
    quality: tuple[tuple[str, int], ...] = (("clean", 64), ("two topics", 64), ("wrong", 256))
    quality_steps: int = 64
    voice: tuple[tuple[int, int], ...] = ((32, 52), (32, 16), (8, 4))
    own: tuple[int, int] = (3, 16)
    fading: tuple[int, ...] = (23, 46)
    seeds: int = 3
    live: tuple[int, int] = (10, 12)
    documents: int | None = None
    every: int = 1
    pig: tuple[int, int, int] = (50, 20, 4)
    shown: int = 8
    parts: tuple[str, ...] = PARTS


@dataclass(frozen=True)
class Asked:
    """How many are asked: tickets of dev (replies to choose a prompt; judged) and test (judged at a mark, at the end;
    replies; replies after few examples), old items, voice pairs to choose on and to test on, facts, sentences of
    Wikipedia, prompts of the switch, tickets of the lesson's own tuning."""  # noqa: D205, D209

    choosing: int = 32
    dev: int = 48
    timed: int = 120
    judged: int = 240
    replies: int = 120
    few: int = 48
    skills: int = 240
    choosing_pairs: int = 12
    pairs: int = 48
    facts: int | None = None
    sentences: int = 400
    switch: int = 8
    live: int = 24


def list_first(plan: Plan, asked: Asked) -> list[Cell]:
    """Return the runs on tickets that depend on no other: what rates and prompts are chosen by, and the plain model."""
    rates = [("rate", arm, rank, rate, plan.rate_steps, asked.dev) for arm, rank, rates in plan.arms for rate in rates]
    prompts = [
        ("prompt", wording, examples, "dev", asked.choosing, 0)
        for examples in reversed(EXAMPLES)
        for wording in plan.wordings
    ]
    return [*rates, *prompts, ("plain", asked.skills)]


def list_tuned(plan: Plan, asked: Asked, rates: Mapping[str, float], wording: int) -> list[Cell]:
    """Return LoRA on all tickets, random weights, and the test of the plain instruction and of the chosen wording."""
    counts = (asked.timed, asked.judged, asked.replies, asked.dev, asked.skills)
    seeds = range(plan.seeds)
    lora = [("lora", rates["lora"], seed, plan.tickets, plan.steps, plan.marks, counts) for seed in seeds]
    random = [("random", rates["random"], seed, plan.tickets, plan.marks, asked.timed) for seed in seeds]
    prompts = [("prompt", wording, examples, "test", asked.replies, asked.judged) for examples in EXAMPLES]
    plain = ("prompt", 0, 0, "test", asked.replies, asked.judged)
    return list(dict.fromkeys([*lora, plain, *prompts, *random]))


def list_full(plan: Plan, asked: Asked, rates: Mapping[str, float], targets: Sequence[float]) -> list[Cell]:
    """Return full tuning up to LoRA's losses, one for each seed."""
    steps, every = plan.full
    return [
        ("full", rates["full"], target, seed, plan.tickets, steps, every, asked.dev, asked.skills)
        for seed, target in enumerate(targets)
    ]


def list_few(plan: Plan, asked: Asked, rates: Mapping[str, float]) -> list[Cell]:
    """Return LoRA on few tickets."""
    return [
        ("few", "clean", tickets, steps, rates["lora"], seed, asked.judged, asked.few)
        for tickets, steps in plan.few
        for seed in range(plan.seeds)
    ]


def list_quality(plan: Plan, asked: Asked, rates: Mapping[str, float]) -> list[Cell]:
    """Return quality and variety against number, a draw of all kinds after the other."""
    return [
        ("few", kind, tickets, plan.quality_steps, rates["lora"], seed, asked.judged, 0)
        for seed in range(plan.seeds)
        for kind, tickets in plan.quality
    ]


def list_beside(plan: Plan, asked: Asked, rates: Mapping[str, float]) -> list[Cell]:
    """Return what no verdict hangs on: the prompt's own examples, and other ranks."""
    own = [("own", rates["lora"], seed, *plan.own, asked.few) for seed in range(plan.seeds)]
    ranks = [("rate", arm, rank, plan.rank_rate, plan.rate_steps, asked.dev) for arm, rank in plan.other_ranks]
    return [*own, *ranks]


def list_others(plan: Plan, asked: Asked) -> list[Cell]:
    """Return the other runs that depend on none: the switch, the voice's prompts and adapters, the handbook."""
    prompts = [
        ("voice_prompt", instruction, examples, "dev", asked.choosing_pairs)
        for examples in reversed(EXAMPLES)
        for instruction in (0, 1)
    ]
    shipped = [("shipped_voice", seed, asked.pairs) for seed in range(plan.seeds)]
    domain = [
        ("domain", fold, source, plan.documents, asked.sentences)
        for source in ("handbook", "wiki", "nothing")
        for fold in (0, 1)
    ]
    return [("switch", asked.switch), *domain, *shipped, *prompts]


def list_voice_tests(asked: Asked, chosen: tuple[int, int]) -> list[Cell]:
    """Return the test of the plain instruction, and of the best prompt."""
    return list(dict.fromkeys([("voice_prompt", *one, "test", asked.pairs) for one in ((0, 0), chosen)]))


def list_fading(plan: Plan, asked: Asked) -> list[Cell]:
    """Return what is left of facts and a habit after unrelated chats."""
    return [("fading", seed, plan.fading, asked.facts) for seed in range(plan.seeds)]


def list_few_pairs(plan: Plan, asked: Asked) -> list[Cell]:
    """Return the voice from few pairs."""
    return [("voice", pairs, steps, seed, asked.pairs) for pairs, steps in plan.voice for seed in range(plan.seeds)]


def list_live(plan: Plan, asked: Asked) -> list[Cell]:
    """Return the lesson's own tuning, seed by seed."""
    return [(seed, plan.live[1], asked.live) for seed in range(plan.live[0])]


def list_encoder(plan: Plan, asked: Asked) -> list[Cell]:
    """Return lesson 03's encoder on as many tickets, seed by seed: seed, tickets, tickets of dev and of the test."""
    return [(seed, plan.tickets, asked.dev, asked.replies) for seed in range(plan.seeds)]


def list_pig(plan: Plan) -> list[Cell]:
    """Return pig Latin by a prompt, and by an adapter, seed by seed: seed, lists, sentences, facts."""
    return [(0, 0, plan.shown, 0), *((seed, *plan.pig) for seed in range(plan.seeds))]


def count_tokens(cell: Cell) -> int:
    """Return about how many tokens a run trains on; of full tuning at most."""
    kind, *fields = cell
    steps = {
        "rate": lambda: fields[3],
        "lora": lambda: fields[3],
        "random": lambda: fields[3][-1],
        "full": lambda: fields[4],
        "few": lambda: fields[2],
        "own": lambda: fields[3],
    }
    if kind in steps:
        return steps[kind]() * STEP
    if kind == "voice":
        return fields[1] * 4 * PAIR
    if kind == "fading":
        return fields[1][-1] * 4 * UNRELATED
    if kind == "live":
        return fields[1] * LIVE_STEP
    if kind == "pig":
        return fields[1] * PIG_STEP
    return HALF if kind == "domain" and fields[1] != "nothing" else 0


def count_replies(cell: Cell) -> int:
    """Return how many replies a run asks for."""
    kind, *fields = cell
    if kind == "fading":
        return (len(fields[1]) + 1) * 50
    if kind == "pig":
        return fields[2] + fields[3]
    places = {
        "live": 2,
        "prompt": 3,
        "plain": 0,
        "full": 7,
        "few": 6,
        "own": 4,
        "voice_prompt": 3,
        "shipped_voice": 1,
        "voice": 3,
    }
    if kind == "lora":
        return fields[5][2] + fields[5][4]
    return fields[places[kind]] if kind in places else 0


SHORT = Plan(
    wordings=(0, 1),
    arms=(("lora", 2, (1e-3,)), ("full", 0, (1e-4,)), ("random", 0, (1e-3,))),
    other_ranks=(("q and v", 1),),
    rate_steps=1,
    tickets=8,
    steps=4,
    marks=(1, 3),
    full=(2, 1),
    few=((4, 4), (4, 1), (4, 2)),
    quality=(("clean", 5), ("two topics", 5), ("wrong", 8)),
    quality_steps=1,
    voice=((4, 2), (4, 1), (3, 1)),
    own=(3, 1),
    fading=(1, 2),
    seeds=2,
    live=(2, 1),
    documents=2,
    every=60,
    pig=(2, 3, 1),
    shown=2,
)
SHORT_ASKED = Asked(4, 4, 4, 6, 4, 4, 8, 2, 4, 4, 4, 1, 4)
