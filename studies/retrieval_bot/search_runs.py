"""The searches of lesson 05: of every wording the ranks of the passages that hold its answer, and the milliseconds."""

import functools
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from studies.retrieval_bot.search_plan import DEPTHS
from studies.skerryline.retrieval_runs import Wordings, find_wanted, list_wordings
from studies.text_embeddings.searches import rank_relevant
from workshop.data import load_faq, load_handbook, load_haystack, load_passages, load_wiki_vectors
from workshop.models import encode_texts, load_encoder
from workshop.search import Bm25Search, StemSearch, encode_with_tokens, fuse_rankings, fuse_scores, max_sim
from workshop.settings import Settings

FUSED = 100
STEPS = ("words", "stems", "titled", "encoding", "comparing", "ranks", "z-scores", "late")
# Each search, and the steps that one of its queries pays for.
SEARCHES = {
    "random": (),
    "BM25": ("words",),
    "BM25 on stems": ("stems",),
    "BM25 on stems, title joined": ("titled",),
    "MiniLM": ("encoding", "comparing"),
    "both, by ranks": ("titled", "encoding", "comparing", "ranks"),
    "both, by z-scores": ("titled", "encoding", "comparing", "z-scores"),
    "both, late interaction alone": ("titled", "encoding", "comparing", "z-scores", "late"),
    "both, late interaction added": ("titled", "encoding", "comparing", "z-scores", "late"),
}

Found = dict[str, Any]


@functools.cache
def wordings(split: str, every: int = 1) -> Wordings:
    """Return each so manieth wording of a split's questions: (question, kind, text)."""
    return list_wordings([one for one in load_faq() if one.split == split])[::every]


@functools.cache
def relevant(split: str, every: int = 1) -> np.ndarray:
    """Return which passages of the handbook hold the answer, shape (wordings, passages), bool."""
    return find_wanted(wordings(split, every), load_passages())["answer"]


@functools.cache
def passages(size: int) -> tuple[str, ...]:
    """Return the handbook's passages, followed by Wikipedia's, `size` in all; 0: the handbook alone."""
    return tuple(one.text for one in (load_haystack(size=size) if size else load_passages()))


@functools.cache
def titled(size: int) -> tuple[str, ...]:
    """Return the passages, each below its page's title."""
    titles = {page.name: page.text.lstrip().partition("\n")[0].lstrip("# ") for page in load_handbook()}
    found = load_haystack(size=size) if size else load_passages()
    return tuple(f"{titles.get(one.document, one.document)}\n{one.text}" for one in found)


@functools.cache
def encoder() -> Any:
    """Return MiniLM on one thread."""
    return load_encoder(Settings(threads=1))


@functools.cache
def passage_vectors(size: int) -> np.ndarray:
    """Return MiniLM's vectors of the passages, Wikipedia's as they are shipped, float32, shape (size, 384)."""
    handbook = encode_texts(encoder(), passages(0))
    return np.concatenate([handbook, load_wiki_vectors()[: max(0, size - len(handbook))]])


def order_first(scores: np.ndarray) -> np.ndarray:
    """Return the rows of scores (N,), the highest first, ties by row."""
    return np.argsort(-scores, kind="stable")


def put_first(fused: np.ndarray, first: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return scores (N,) by which the rows `first` come before all others, ordered by `scores`; the rest by fused."""
    found = fused - fused.max() - 1.0
    found[first[order_first(scores)]] = np.arange(len(first), 0, -1)
    return found


def score_ranking(ranking: Sequence[int], count: int) -> np.ndarray:
    """Return scores (count,) that order rows as a ranking does; what it lacks comes last."""
    scores = np.full(count, -np.inf)
    scores[list(ranking)] = -np.arange(len(ranking))
    return scores


class Clock:
    """The process' own seconds since the last look."""

    def __init__(self) -> None:
        """Begin to count."""
        self.at = time.process_time()

    def read(self) -> float:
        """Return the seconds since the last call, and begin anew."""
        before, self.at = self.at, time.process_time()
        return self.at - before


def run_searches(split: str, size: int, every: int) -> Found:
    """Return of each of SEARCHES the ranks of each wording's relevant passages, and milliseconds a query.

    size: passages, 0 for the handbook alone. One query at a time, one thread, the process' own time.
    """
    asked = [text for _, _, text in wordings(split, every)]
    words, stems, joined = Bm25Search(passages(size)), StemSearch(passages(size)), StemSearch(titled(size))
    vectors, count, random = passage_vectors(size), len(passages(size)), np.random.default_rng(0)
    tables: dict[str, list[np.ndarray]] = {name: [] for name in SEARCHES}
    spent, queries = dict.fromkeys(STEPS, 0.0), []
    encode_with_tokens(encoder(), asked[:1])
    for text in asked:
        clock = Clock()
        by_words = words.score([text])[0]
        spent["words"] += clock.read()
        by_stems = stems.score([text])[0]
        spent["stems"] += clock.read()
        by_titled = joined.score([text])[0]
        spent["titled"] += clock.read()
        vector, (tokens,) = encode_with_tokens(encoder(), [text])
        spent["encoding"] += clock.read()
        near = vectors @ vector[0]
        spent["comparing"] += clock.read()
        listed = order_first(by_titled)[:FUSED]
        ranked = fuse_rankings([listed[by_titled[listed] > 0].tolist(), order_first(near)[:FUSED].tolist()])
        spent["ranks"] += clock.read()
        fused = fuse_scores(by_titled, near)
        spent["z-scores"] += clock.read()
        queries.append(tokens)
        scores = (random.random(count), by_words, by_stems, by_titled, near, score_ranking(ranked, count), fused)
        for name, row in zip(SEARCHES, scores, strict=False):
            tables[name].append(row)
    spent["late"] = _look_again(tables, queries, size)
    ranks = {name: rank_relevant(np.array(table), relevant(split, every)) for name, table in tables.items()}
    price = {name: 1000 * sum(spent[step] for step in steps) / len(asked) for name, steps in SEARCHES.items()}
    return {"ranks": ranks, "seconds": price}


def _look_again(tables: dict[str, list[np.ndarray]], queries: Sequence[np.ndarray], size: int) -> float:
    """Add the two lists that late interaction makes of the first 50 by z-scores; return its seconds.

    Passages' token vectors are made before, as the passages' own are.
    """
    depth, texts, seconds = DEPTHS["late interaction"], passages(size), 0.0
    firsts = [order_first(fused)[:depth] for fused in tables["both, by z-scores"]]
    needed = sorted({int(row) for first in firsts for row in first})
    kept = dict(zip(needed, encode_with_tokens(encoder(), [texts[row] for row in needed])[1], strict=True))
    for fused, first, tokens in zip(tables["both, by z-scores"], firsts, queries, strict=True):
        clock = Clock()
        late = max_sim(tokens, [kept[row] for row in first])
        added = fuse_scores(fused[first], late)
        seconds += clock.read()
        tables["both, late interaction alone"].append(put_first(fused, first, late))
        tables["both, late interaction added"].append(put_first(fused, first, added))
    return seconds
