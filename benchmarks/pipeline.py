"""Time what a question to the bot costs, step by step, and the search of 100 thousand vectors beside numpy.

Run: python benchmarks/pipeline.py [--questions 10] [--threads 2]. Prints milliseconds, the median over questions, each
step of one question after the other: encode, search by vectors and by stems, fuse, look at tokens again, write the
prompt, the first token, the whole answer. Then FAISS and numpy search the same 100 thousand vectors, turn by turn.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import faiss
import numpy as np

from workshop.bot import build_prompt, stream_answer
from workshop.data import enlarge, load_faq, load_passages, load_wiki_vectors
from workshop.models import load_encoder, load_language_model
from workshop.search import StemSearch, encode_with_tokens, fuse_scores, max_sim
from workshop.settings import setup

ROUNDS, VECTORS, RERANKED, READ, TOKENS = 7, 100_000, 20, 3, 24


def time_step(seconds: dict[str, list[float]], name: str, run: Callable[[], Any]) -> Any:
    """Run a step, add its seconds under its name and return what it gave."""
    start = time.perf_counter()
    found = run()
    seconds.setdefault(name, []).append(time.perf_counter() - start)
    return found


def time_questions(count: int) -> dict[str, list[float]]:
    """Return the seconds of every step for so many questions of the handbook."""
    settings = setup()
    encoder, (tokenizer, model) = load_encoder(settings), load_language_model(settings)
    passages = load_passages(settings)
    texts = [one.text for one in passages]
    vectors, tokens = encode_with_tokens(encoder, texts)
    stems, index = StemSearch(texts), faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    seconds: dict[str, list[float]] = {}
    for one in load_faq(settings, split="unseen")[: count + 1]:
        question = one.question
        (query,), (own,) = time_step(seconds, "encode", lambda q=question: encode_with_tokens(encoder, [q]))
        near, rows = time_step(seconds, "search by vectors", lambda q=query: index.search(q[None], len(texts)))
        words = time_step(seconds, "search by stems", lambda q=question: stems.score([q])[0])
        by_row = np.empty(len(texts), dtype=np.float32)
        by_row[rows[0]] = near[0]
        joined = time_step(seconds, "fuse", lambda a=by_row, b=words: fuse_scores(a, b))
        first = np.argsort(-joined)[:RERANKED]
        again = time_step(
            seconds, "look at tokens again", lambda o=own, f=first: max_sim(o, [tokens[row] for row in f])
        )
        best = [texts[first[place]] for place in np.argsort(-again)[:READ]]
        prompt = time_step(seconds, "write the prompt", lambda q=question, b=best: build_prompt(q, b))
        pieces = stream_answer(tokenizer, model, prompt, max_new_tokens=TOKENS)
        start = time.perf_counter()
        next(pieces, None)
        seconds.setdefault("first token", []).append(time.perf_counter() - start)
        list(pieces)
        seconds.setdefault("whole answer", []).append(time.perf_counter() - start)
    return {name: some[1:] for name, some in seconds.items()}  # the first question loads and compiles


def compare_search() -> dict[str, float]:
    """Return the median seconds in which FAISS and numpy find the ten nearest of 100 thousand vectors."""
    vectors = np.ascontiguousarray(enlarge(load_wiki_vectors(), VECTORS), dtype=np.float32)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    seconds: dict[str, list[float]] = {}
    for place in range(ROUNDS):
        query = vectors[place * 1000]
        _, rows = time_step(seconds, "FAISS, exact", lambda q=query: index.search(q[None], 10))
        found = time_step(seconds, "numpy", lambda q=query: np.argpartition(-(vectors @ q), 10)[:10])
        if set(rows[0].tolist()) != set(found.tolist()):
            raise SystemExit("FAISS and numpy found other vectors: the comparison would be of two different searches.")
    return {name: statistics.median(some) for name, some in seconds.items()}


def main() -> None:
    """Print both tables."""
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reader.add_argument("--questions", type=int, default=10)
    reader.add_argument("--threads", type=int, default=2)
    given = reader.parse_args()
    import torch

    torch.set_num_threads(given.threads)
    faiss.omp_set_num_threads(given.threads)
    found = time_questions(given.questions)
    whole = statistics.median(found["whole answer"])
    print(f"One question, {given.threads} threads, median of {given.questions}:")
    for name, some in found.items():
        middle = statistics.median(some)
        print(f"  {name:22} {1000 * middle:9.2f} ms  {middle / whole:7.2%} of the answer")
    print(f"The ten nearest of {VECTORS:,} vectors:")
    for name, seconds in compare_search().items():
        print(f"  {name:22} {1000 * seconds:9.2f} ms")


if __name__ == "__main__":
    main()
