"""Measure lesson 05: searches and indexes, an encoder tuned on questions, and what a reader makes of what is found."""

from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from studies.retrieval_bot.answer_plan import ANSWER_INPUTS, STEM
from studies.retrieval_bot.answers import ANSWER_KINDS, measure_answers
from studies.retrieval_bot.band import predict_live
from studies.retrieval_bot.search_study import SEARCH_KINDS, measure_search
from workshop.score.results import Results

__all__ = ["INPUTS", "KINDS", "STEM", "measure"]

KINDS = ANSWER_KINDS | SEARCH_KINDS
MADE = (
    "answer_choice",
    "answer_found",
    "answer_plan",
    "answer_rules",
    "answer_tables",
    "answer_verdicts",
    "answers",
    "band",
    "study",
)
INPUTS = tuple(
    dict.fromkeys(
        (
            *ANSWER_INPUTS,
            *(name for inputs in SEARCH_KINDS.values() for name in inputs),
            *(f"retrieval_bot/{name}" for name in MADE),
        )
    )
)
LIBRARIES = ("torch", "transformers", "peft", "tokenizers", "sentence-transformers", "faiss-cpu", "bm25s")


def measure(short: bool = False) -> Results:
    """Run everything and return the results. short: the smallest form of each run, to see that all of it works."""
    asked, claims, runs = measure_answers(short)
    searched, more = measure_search(short)
    return Results(
        STEM,
        "small",
        (*asked, *searched),
        claims | more,
        predict_live(runs, runs.choose_count()),
        describe_versions(LIBRARIES),
        describe_machine(),
        hash_inputs(INPUTS),
    )
