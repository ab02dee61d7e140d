"""Measure the language model as it comes, make the shipped adapters, and write the card and theirs."""

from studies.adapters.asking import ask_plain
from studies.adapters.wordings import WORDINGS
from studies.runner import run_cells
from workshop.score.results import Results

STEM = "adapters"
ASKED_INPUTS = (
    *("adapters/asking", "adapters/questions", "adapters/tasks", "adapters/wordings"),
    *("skerryline/faq", "skerryline/handbook", "skerryline/voice", "assets/tasks", "haystack"),
    *("bot/answers", "bot/chat", "bot/prompt"),
)
INPUTS = ASKED_INPUTS
KINDS = {ask_plain: ASKED_INPUTS}
PLAIN = (
    *(f"wording/{place}" for place in range(len(WORDINGS))),
    *("reading/right", "reading/top 3", "reading/none", "unanswerable/top 3", "skills/"),
    *("json/0", "json/1", "json/3", "voice/0", "voice/1"),
    *("held back/right", "held back/top 3", "held back/absent", "facts/taught", "facts/worded", "facts/never"),
)


def measure(short: bool = False) -> Results:
    run_cells(ask_plain, [(name,) for name in PLAIN], stem=STEM, inputs=ASKED_INPUTS, short=short, workers=1)
    return Results(STEM, "small", ())
