"""Measure lesson 02: texts against people, search, quality against bytes, senses, baskets."""

from collections.abc import Callable, Sequence
from typing import Any

from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from studies.runner import run_cells
from studies.text_embeddings.baskets import METHODS as BASKET_METHODS
from studies.text_embeddings.baskets import run_baskets
from studies.text_embeddings.forms import run_forms, run_query_seconds
from studies.text_embeddings.people import FIXED, TRAINED, run_people
from studies.text_embeddings.plan import SHORT, STEM, Plan
from studies.text_embeddings.searches import METHODS, run_search
from studies.text_embeddings.senses import run_senses
from studies.text_embeddings.tables import tell_baskets, tell_forms, tell_people, tell_pilot, tell_search, tell_senses
from workshop.score.results import Results

__all__ = ["INPUTS", "KINDS", "STEM", "measure"]

TEXTS = ("corpora", "haystack", "skerryline/handbook", "handbook_v2", "faq", "wiki_vectors", "wiki_int8")
SEARCH = ("text_embeddings/searches", "retrieval_runs", "keywords", "text_embeddings/trained", "models/texts", "static")
SEARCH = (*SEARCH, *TEXTS)
PEOPLE = (
    "text_embeddings/people",
    "text_embeddings/searches",
    "judged",
    "keywords",
    "text_embeddings/trained",
    "static",
)
FORMS = (*SEARCH, "forms")
SENSES = ("text_embeddings/senses", "models/tokens", "tasks/senses", "text_embeddings/trained", "static")
BASKETS = ("text_embeddings/baskets", "shop_baskets")
# What is run cell by cell, with what each kind of run depends on.
KINDS: dict[Callable[..., Any], Sequence[str]] = {
    run_people: PEOPLE,
    run_search: SEARCH,
    run_forms: FORMS,
    run_query_seconds: FORMS,
    run_senses: SENSES,
    run_baskets: BASKETS,
}
PARTS = ("estimates", "pilot", "plan", "rules", "study", "tables")
INPUTS = tuple(
    sorted({name for some in KINDS.values() for name in some} | {f"text_embeddings/{name}" for name in PARTS})
)
LIBRARIES = ("numpy", "scipy", "scikit-learn", "gensim", "torch", "bm25s", "sentence-transformers")


def measure(short: bool = False) -> Results:
    """Run everything and return the results. short: the smallest form of each run, to see that all of it works."""
    plan = SHORT if short else Plan()

    def run(function: Callable[..., Any], cells: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], Any]:
        return run_cells(function, cells, stem=STEM, inputs=KINDS[function], short=short)

    seeds, size = range(plan.seeds), plan.size
    people = [(name, 0) for name in FIXED] + [(name, seed) for seed in seeds for name in TRAINED]
    searches = [(name, 0, size, plan.epochs) for name in METHODS if name != "Doc2Vec"]
    searches += [("Doc2Vec", seed, size, plan.epochs) for seed in range(plan.search_seeds)]
    forms = [("dense", 0, size), ("sparse", 0, size)]
    forms += [("random projection", seed, size) for seed in range(plan.projections)]
    baskets = [(name, seed) for name in BASKET_METHODS for seed in (seeds if name == "vectors" else (0,))]
    parts = (
        tell_people(run(run_people, people), plan),
        tell_senses(run(run_senses, [()]), plan),
        tell_baskets(run(run_baskets, baskets), plan),
        tell_search(run(run_search, searches), plan),
        tell_forms(run(run_forms, forms), run(run_query_seconds, [(size,)]), plan),
        tell_pilot(plan),
    )
    rows = [row for part in parts for row in part[0]]
    claims = {name: claim for part in parts for name, claim in part[1].items()}
    bands = {name: band for part in parts for name, band in part[2].items()}
    versions, machine = describe_versions(LIBRARIES), describe_machine()
    return Results(STEM, "small", tuple(rows), claims, bands, versions, machine, hash_inputs(INPUTS))
