"""How much is run for lesson 06, and on what each kind of run depends.

What lessons 04 and 05 and the shipped adapters' study have measured already, reply by reply, is read from their runs.

| kind of run | runs | tokens trained | replies | for |
| --- | --- | --- | --- | --- |
| shipped adapters and the plain model on the grid's tasks | 18 | | 1,244 | the grid |
| prompts: 4 wordings x 0, 1, 3 examples for reading, 0, 1, 3 for JSON, then the best | 18 | | 640 | C18, C20 |
| one half of the documents studied, three seeds each | 6 | 282,000 | 600 | C19 |
| the first edition studied, three seeds | 3 | 142,000 | 360 | C16 |
| answers as JSON learnt, three seeds | 3 | 73,000 | 320 | C20 |
| prices | 3 | | 360 | prices |
| in all, about | 51 | 497,000 | 3,524 | |
"""

from dataclasses import dataclass
from typing import Any

LESSON, STEM = "06", "06_tune_or_retrieve"
# What the study may take at most.
MOST_TOKENS, MOST_REPLIES = 1_000_000, 4_000
HALVES = ("a", "b")
EXAMPLES = (0, 1, 3)
# Places in studies.adapters.wordings of the four wordings that are tried for reading.
READING_WORDINGS = (0, 2, 6, 7)
# Of the prompts that lesson 04 chose: wording and examples for a ticket's JSON, instruction and examples for the voice.
TICKET_PROMPT, VOICE_PROMPT = (0, 1), (0, 3)
NEAREST = 3

TASK_INPUTS = (
    *("tune_or_retrieve/tasks", "tune_or_retrieve/form_tasks", "adapters/questions", "adapters/tasks"),
    *("adapters/wordings", "retrieval_bot/answer_inputs", "prompt_or_lora/tickets", "prompt_or_lora/voicing"),
    *("skerryline/faq", "skerryline/handbook", "handbook_v2", "skerryline/voice", "assets/tasks", "haystack"),
    *("wiki_vectors", "wiki_int8", "bot/prompt"),
)
ASKED_INPUTS = (
    *TASK_INPUTS,
    *("tune_or_retrieve/asking", "bot/answers", "tune/lora", "models/language", "assets/adapters"),
)
STUDY_INPUTS = (*ASKED_INPUTS, "tune_or_retrieve/studying", "tune/training", "batches", "tune/examples")
PRICE_INPUTS = (*STUDY_INPUTS, "tune_or_retrieve/timing")
# The kept replies of earlier studies.
EARLIER = ("adapters", "04_prompt_or_lora", "05_retrieval_bot")

Cell = tuple[Any, ...]


@dataclass(frozen=True)
class Plan:
    """How many are asked of each task, None for all.

    most: of any task. seeds: of each training. passes: how often a fact is studied; practice: chats of reading among
    them; learnt: chats by which answers become JSON. repeats, timed: of the prices, and replies of each.
    """

    most: int | None = None
    seeds: int = 3
    passes: int = 12
    practice: int = 60
    learnt: int = 96
    repeats: int = 3
    timed: int = 12


SHORT = Plan(2, 1, 1, 1, 2, 1, 2)


def list_asked() -> list[Cell]:
    """Return every (reader, task) that is asked of the plain model or a shipped adapter."""
    cells = [
        *[(reader, f"known/{passages}") for reader, passages in (
            ("plain", "found"), ("reader", "none"), ("reader", "found"), ("facts", "found"),
        )],
        ("facts", "unseen/none"), ("reader", "others/found"),
        *[("plain", "changed/none"), ("plain", "changed/first edition")],
        *[(reader, "unseen/among 10,000") for reader in ("plain", "reader")],
        ("plain", "unanswerable/none, told to abstain"),
        *[(reader, "skills/found") for reader in ("plain", "reader")],
        *[("plain", "tickets/prompt"), ("plain", "tickets/nearest"), ("json", "tickets/nearest")],
        *[("plain", "voice/nearest"), ("voice", "voice/nearest")],
    ]  # fmt: skip
    return cells


def list_choosing() -> list[Cell]:
    """Return what prompts are chosen by, on documents of `train`: for reading, and for answers as JSON."""
    reading = [("plain", f"reading/dev/{wording}/{count}") for wording in READING_WORDINGS for count in EXAMPLES]
    return [*reading, *(("plain", f"json answers/dev/found/{count}") for count in EXAMPLES)]


def list_chosen(wording: int, examples: int, json_examples: int) -> list[Cell]:
    """Return the tests of the prompts that were chosen."""
    tests = [f"json answers/test/{passages}/{json_examples}" for passages in ("none", "found")]
    reading = [] if (wording, examples) == (0, 0) else [f"reading/test/{wording}/{examples}"]
    return [("plain", task) for task in (*reading, *tests)]


def list_studies(plan: Plan) -> list[Cell]:
    """Return every training: what is studied, seed, then what is asked afterwards."""
    halves = ("others/found",)
    edition = ("changed/none", "changed/second edition")
    found: list[Cell] = []
    for seed in range(plan.seeds):
        found += [(f"half {half}", seed, (*halves, f"studied {half}/none") if seed == 0 else halves) for half in HALVES]
        found.append(("first edition", seed, edition))
        json = ("json answers/test/found/0", "json answers/test/none/0")
        found.append(("answers as JSON", seed, json if seed == 0 else json[:1]))
    return found
