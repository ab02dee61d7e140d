"""Compare five ways to search on your own questions: how often the right document is found, and at what price.

    python benchmarks/searches.py --data my-texts [--k 5]

my-texts: a folder with handbook/ and faq.csv (columns question and document), or faq.jsonl; see
docs/bring_your_own.md. Without --data, Skerryline's. Prints a row a method: hit rate at k and mean reciprocal rank,
both of documents, and milliseconds a query, by the clock and of the process' own CPU time, so that a busy machine
shows. Nothing is tuned on the questions, and nothing is written.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workshop.data import Document, cut_document, load_faq, load_handbook
from workshop.errors import WorkshopError
from workshop.models import load_encoder
from workshop.models.quiet import show_progress
from workshop.search import (
    StemSearch,
    encode_with_tokens,
    fuse_rankings,
    fuse_scores,
    max_sim,
    mean_reciprocal_rank,
    recall_at_k,
)
from workshop.settings import Settings, setup

# Each method, and which steps its query pays for: words, vectors, fusing ranks, fusing z-scores, late interaction.
METHODS = {
    "BM25 on stems": (1, 0, 0, 0, 0),
    "MiniLM": (0, 1, 0, 0, 0),
    "both, by ranks": (1, 1, 1, 0, 0),
    "both, by z-scores": (1, 1, 0, 1, 0),
    "both, by z-scores, and late interaction": (1, 1, 0, 1, 1),
}
# How many of each list are fused by ranks, and how many passages are looked at again by late interaction.
FUSED, RERANKED = 100, 50
# Fewer than the encoder reads, so that a title fits before the passage.
TOKENS = 200


@dataclass(frozen=True)
class Judged:
    """How a method did: hit_rate at k and mrr, both of documents, from 0 to 1.

    milliseconds: a query by the clock, all its steps included. cpu: the same of the process' own time.
    """

    method: str
    hit_rate: float
    mrr: float
    milliseconds: float
    cpu: float


class Searches:
    """The five METHODS over the passages of one handbook, each read below its page's title.

    settings: with data, the user's own handbook. Kept are the counts of stems, N vectors and all tokens' vectors.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        """Cut the handbook into passages, count their stems and encode them."""
        pages = load_handbook(settings)
        cut = [(page, one.text) for page in pages for one in cut_document(page, tokens=TOKENS)]
        texts = [f"{find_title(page)}\n{text}" for page, text in cut]
        self.documents = [page.name for page, _ in cut]
        self.words, self.encoder = StemSearch(texts), load_encoder(settings)
        self.vectors, self.tokens = encode_with_tokens(self.encoder, texts)

    def rank(self, question: str) -> tuple[list[list[str]], np.ndarray]:
        """Return the documents that each of METHODS finds, best first, and the steps' seconds (5, 2), clock and CPU."""
        times = [_now()]
        words = self.words.score([question])[0]  # (N,)
        by_words = _sort(words)
        times.append(_now())
        vectors, (query,) = encode_with_tokens(self.encoder, [question])
        near = self.vectors @ vectors[0]  # (N,)
        by_vectors = _sort(near)
        times.append(_now())
        listed = by_words[words[by_words] > 0]  # what shares no stem is not in the list
        by_ranks = fuse_rankings([listed[:FUSED].tolist(), by_vectors[:FUSED].tolist()])
        times.append(_now())
        fused = fuse_scores(words, near)
        by_scores = _sort(fused)
        times.append(_now())
        again, rest = by_scores[:RERANKED], by_scores[RERANKED:]
        late = max_sim(query, [self.tokens[row] for row in again])
        reranked = np.concatenate([again[_sort(fuse_scores(fused[again], late))], rest])
        times.append(_now())
        rankings = (by_words, by_vectors, by_ranks, by_scores, reranked)
        return [list(dict.fromkeys(self.documents[row] for row in one)) for one in rankings], np.diff(times, axis=0)


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def find_title(page: Document) -> str:
    """Return a page's title: its first line where that is a Markdown heading, else the words of its file's name."""
    first = page.text.lstrip().partition("\n")[0]
    heading = first.lstrip("#").strip() if first.startswith("#") else ""
    return heading or page.name.rpartition("/")[2].replace("-", " ").replace("_", " ")


def _sort(scores: np.ndarray) -> np.ndarray:
    """Return the rows of scores (N,), the highest first, ties by row."""
    return np.argsort(-scores, kind="stable")


def compare_searches(settings: Settings | None = None, k: int = 5) -> list[Judged]:
    """Ask every question that a document answers, one at a time, and judge each of METHODS by where it finds that one.

    settings: with data, the user's own handbook and FAQ; nothing is tuned on them. Raises
    WorkshopError where no question names a document, or k is below 1.
    """
    asked = [question for question in load_faq(settings) if question.document]
    if k < 1:
        raise WorkshopError(f"expected k of 1 or more, got {k}. It is how many documents count as found.")
    if not asked:
        raise WorkshopError("no question names a document: nothing can be judged. Name in faq.csv what answers each.")
    searches = Searches(settings)
    found, seconds = [], np.zeros((5, 2))
    with show_progress("searching", len(asked)) as advance:
        for question in asked:
            rankings, spent = searches.rank(question.question)
            found.append(rankings)
            seconds += spent
            advance()
    wanted = [[question.document] for question in asked]
    judged = []
    for (method, pays), rankings in zip(METHODS.items(), zip(*found, strict=True), strict=True):
        prices = 1000 * np.array(pays) @ seconds / len(asked)  # (2,)
        judged.append(
            Judged(method, recall_at_k(rankings, wanted, k), mean_reciprocal_rank(rankings, wanted), *prices.tolist())
        )
    return judged


def main() -> None:
    """Read the arguments, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder of your own texts; without it, Skerryline's")
    parser.add_argument("--k", type=int, default=5, help="how many documents count as found (5)")
    arguments = parser.parse_args()
    try:
        judged = compare_searches(setup(data=arguments.data), arguments.k)
    except WorkshopError as error:
        sys.exit(f"searches: {error}")
    print(f"{'method':<42}hit rate at {arguments.k:<5}MRR    ms a query   CPU ms")
    for one in judged:
        print(f"{one.method:<42}{one.hit_rate:<17.3f}{one.mrr:.3f}  {one.milliseconds:<13.1f}{one.cpu:.1f}")


if __name__ == "__main__":
    main()
