"""How much is run for lesson 05's searches, and on what each kind of run depends."""

from dataclasses import dataclass

LESSON, STEM = "05", "05_retrieval_bot"
HAYSTACK = 10_000
# The claims are tried on the questions of 40 documents; what is trained sees those of ten others.
TESTED, TRAINED = "unseen", "train"
KINDS_ASKED = ("question", "paraphrase")
INDEX_KINDS = ("numpy", "Flat", "IVF", "HNSW", "PQ")
RERANKERS = ("late interaction", "cross-encoder", "likelihood")
# How many of the first list each looks at again: the dearer, the fewer.
DEPTHS = dict(zip(RERANKERS, (50, 20, 10), strict=True))


@dataclass(frozen=True)
class SearchPlan:
    """How much is run.

    size: passages of the haystack. every: of the wordings asked each so manieth. crossed, likely: the same for the
    cross-encoder and for the likelihood, which take seconds a question and look at the handbook alone; odd, for each
    question's two paraphrases stand side by side, the nearer first. sizes: of the
    indexes, in vectors. splits: words a passage, words shared with the one before. seeds: of the tuned encoder; epochs,
    pairs: of both tuned models. repeats: of the prices.
    """

    size: int = HAYSTACK
    every: int = 1
    crossed: int = 3
    likely: int = 5
    sizes: tuple[int, ...] = (500, 2_000, 10_000, 20_000, 100_000)
    splits: tuple[tuple[int, int], ...] = ((40, 0), (40, 10), (80, 0), (80, 20), (160, 0), (160, 40))
    seeds: int = 3
    epochs: int = 3
    pairs: int = 240
    repeats: int = 3


SHORT = SearchPlan(
    size=500,
    every=150,
    crossed=150,
    likely=300,
    sizes=(500,),
    splits=((80, 0), (80, 20)),
    seeds=1,
    epochs=1,
    pairs=4,
    repeats=1,
)

TEXTS = ("corpora", "haystack", "skerryline/handbook", "faq", "wiki_vectors", "wiki_int8", "retrieval_runs")
MINILM = (*TEXTS, "models/texts", "models/encoder", "text_embeddings/searches")
SEARCH_INPUTS = (
    *MINILM,
    *("retrieval_bot/search_runs", "search/keywords", "search/stems", "search/fusion", "search/late"),
)
RERANK_INPUTS = (*SEARCH_INPUTS, "retrieval_bot/search_rerank", "retrieval_bot/tuned", "models/language", "bot/chat")
TUNED_INPUTS = (*MINILM, "retrieval_bot/search_runs", "retrieval_bot/tuned", "judged")
INDEX_INPUTS = (*MINILM, "retrieval_bot/search_runs", "retrieval_bot/indexes")
SPLIT_INPUTS = (*SEARCH_INPUTS, "retrieval_bot/search_splits", "exercises/retrieval_bot")
PRICE_INPUTS = (
    *(*MINILM, "retrieval_bot/search_runs", "retrieval_bot/search_prices", "bot/answers", "bot/prompt"),
    *("tune/batches", "tune/training", "models/language"),
)
PILOT_INPUTS = (*TUNED_INPUTS, "search/stems", "retrieval_bot/search_pilot")
