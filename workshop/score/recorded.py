"""Which rows a lesson records as it runs, and where the same figures lie in its measured results."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workshop.score.results import Row

Key = tuple[str, str, str, str]  # lesson ("01"), method, task, metric
KINDS = ("questions", "paraphrases")
DECIDED = ("known facts", "unseen facts", "changed facts", "format", "judgement", "old skills", "abstaining")


@dataclass(frozen=True)
class Place:
    """Where a figure lies in a lesson's results: the row's key, and settings that tell it from others of that key.

    priced: whether its seconds are those of the same work.
    """

    key: Key
    settings: Mapping[str, Any] = field(default_factory=dict)
    priced: bool = True


def find_key(row: Row) -> Key:
    """Return what a row is known by on the scoreboard."""
    return (str(row.lesson)[:2], str(row.method), str(row.task), str(row.metric))


def _same(lesson: str, task: str, metric: str, methods: Sequence[str]) -> dict[Key, Place | None]:
    """Return rows that have the same key in the results."""
    keys = [(lesson, method, task, metric) for method in methods]
    return {key: Place(key) for key in keys}


def _other(
    live: Key, method: str, task: str = "", metric: str = "", *, priced: bool = True, **settings: Any
) -> dict[Key, Place | None]:
    """Return a row that is called otherwise in the results."""
    return {live: Place((live[0], method, task or live[2], metric or live[3]), settings, priced)}


def _search(kind: str) -> dict[Key, Place | None]:
    """Return the rows of the searches of lessons 02 and 05 for one kind of wording."""
    handbook, haystack, unseen = f"handbook, {kind}", f"haystack, {kind}", f"search, {kind}"
    names = {"words": "BM25", "stems": "BM25 on stems", "vectors": "MiniLM"}
    names |= {name: f"both, {name}" for name in ("by ranks", "by z-scores")}
    rows = _same("02", handbook, "recall@5", ("averages", "BM25", "TF-IDF", "MiniLM"))
    rows |= _same("02", haystack, "recall@5", ("BM25", "TF-IDF", "MiniLM"))
    rows |= _other(("02", "BM25, b=0", haystack, "recall@5"), "BM25, b chosen")
    # Fewer dimensions were measured among 10,000 passages alone, which is another task.
    rows |= {("02", f"PCA {size}", handbook, "recall@5"): None for size in (192, 128, 64, 32)}
    rows |= {("02", "int8", handbook, "recall@5"): None}
    for name, method in names.items():
        rows |= _other(("05", name, unseen, "recall@5"), method, f"search, handbook, {kind}")
    return rows | _other(("05", "tuned", unseen, "recall@5"), "MiniLM, tuned", f"tuned encoder, handbook, {kind}")


# What each lesson records with record_row; None where no equal figure was measured.
RECORDED: dict[Key, Place | None] = {
    **_same("01", "wordsim353", "spearman", ("random", "cbow", "skipgram", "ppmi_svd", "glove", "fasttext")),
    **{key: place for kind in KINDS for key, place in _search(kind).items()},
    **_same("02", "haystack, paraphrases", "recall@5_minus_TF-IDF", ("MiniLM",)),
    **_same("02", "lee", "pearson", ("Doc2Vec", "MiniLM", "TF-IDF")),
    **_same("03", "topic", "macro_f1", ("majority", "words and marks", "frozen")),
    **_same("03", "tone", "macro_f1", ("majority", "words and marks", "frozen", "all layers")),
    # The layer that the lesson chooses on validation.
    **_other(("03", "frozen, layer 6", "topic", "macro_f1"), "frozen", metric="macro_f1_by_layer", layer=6),
    **_other(("03", "frozen, layer 3", "tone", "macro_f1"), "frozen", metric="macro_f1_by_layer", layer=3),
    ("03", "Trainer, 200 tickets", "tone", "macro_f1"): None,
    **{
        key: place
        for n in (0, 1, 3)
        for key, place in _other(
            *(("04", f"prompt, {n} examples", "tickets", "valid"), "prompt"),
            **{"priced": False, "examples": n, "split": "test", "wording": 0},
        ).items()
    },
    **_other(("04", "LoRA, 24 tickets", "tickets", "valid"), "LoRA, live"),
    # The column that the lesson runs; facts in JSON need an adapter that isn't shipped.
    **{("06", "both", task, "right"): Place(("06", "both", task, "right")) for task in DECIDED},
    # Trained live for fewer steps than measured, so that their prices differ.
    **{
        (number, method, task, metric): Place((number, method, task, metric), priced=False)
        for number, method, task, metric in (
            ("07", "tuned", "entities", "f1"),
            ("07", "tuned", "spans", "exact"),
            ("07", "tuned", "prices in words", "exact"),
            ("07", "tuned", "pictures", "accuracy"),
        )
    },
    **_same("08", "tickets", "form", ("job",)),
    **_same("08", "same as ask", "answers", ("LangChain's chain",)),
}


def select_same(key: Key, measured: Iterable[Row]) -> list[Row]:
    """Return the measured rows of the figure that a row with this key shows; empty where there are none."""
    place = RECORDED.get(key) or Place(key)
    return [
        row
        for row in measured
        if find_key(row) == place.key and all(row.settings.get(name) == one for name, one in place.settings.items())
    ]


def has_interval(row: Row) -> bool:
    """Tell whether a row has both ends of its interval."""
    return row.low is not None and row.high is not None
