"""Seconds of each kind of work by threads, on a quiet machine and on a busy one: `python benchmarks/threads.py`.

Each figure is the median of runs in processes of their own; quiet and busy runs alternate, since machines drift.
"""

import json
import multiprocessing
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

SET_UP = """
import json, time
import numpy as np
from workshop.data import load_sentences
from workshop.vectors import choose_vocabulary, count_neighbours, ppmi_vectors, glove_weights, train_glove, train_model
sentences = load_sentences()
words = choose_vocabulary(sentences, 3000)
"""
COUNTS = "counts = count_neighbours(sentences, words, 5)"
# train_glove keeps to one thread by itself; here it is let go.
FREE_GLOVE = f"""{COUNTS}
import contextlib
from workshop.vectors import glove
glove.use_threads = contextlib.nullcontext
"""
ENCODER = """
from workshop import setup
from workshop.models import encode_texts, load_encoder
encoder = load_encoder(setup())
"""
MODEL = """
from workshop import setup
from workshop.models import load_language_model
from workshop.bot import answer
tokenizer, model = load_language_model(setup())
chats = [[{"role": "user", "content": f"Name {n} things that float."}] for n in range(8)]
"""
WORK = {
    "count and factorise (PPMI, SVD)": (COUNTS, "ppmi_vectors(counts, 100)"),
    "GloVe, 2 epochs (torch)": (FREE_GLOVE, "train_glove(counts, glove_weights(counts), epochs=2)"),
    "skip-gram, 1 epoch (gensim)": ("", "train_model('skipgram', sentences, epochs=1)"),
    "MiniLM, 100 sentences": (ENCODER, "encode_texts(encoder, [' '.join(one) for one in sentences[:100]])"),
    "SmolLM2, 8 answers": (MODEL, "answer(tokenizer, model, chats, max_new_tokens=16)"),
}


def spin() -> None:
    """Keep a core busy for ever."""
    while True:
        sum(range(10_000))


@contextmanager
def busy_machine(processes: int) -> Iterator[None]:
    """Keep so many cores busy meanwhile."""
    workers = [multiprocessing.Process(target=spin, daemon=True) for _ in range(processes)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.kill()
            worker.join()


def time_once(work: str, threads: int) -> float:
    """Return the seconds of one piece of work in a process of its own."""
    before, call = WORK[work]
    code = f"{SET_UP}{before}\nstart = time.perf_counter()\n{call}\nprint(json.dumps(time.perf_counter() - start))"
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    environment = os.environ | dict.fromkeys(names, str(threads))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@click.command()
@click.option("--runs", default=3, show_default=True, help="How often each piece of work is run.")
@click.option("--only", multiple=True, type=click.Choice(list(WORK)), help="Only this kind of work; may be repeated.")
@click.option("--out", type=click.File("w"), help="Also write the seconds as JSON.")
def main(runs: int, only: tuple[str, ...], out: Any) -> None:
    """Time every kind of work with one and two threads, quiet and busy."""
    table = {}
    print(f"{'median seconds':<36}{'quiet, 1':>10}{'quiet, 2':>10}{'busy, 1':>10}{'busy, 2':>10}")
    for work in only or WORK:
        seconds: dict[str, list[float]] = {}
        for _ in range(runs):
            for label, processes in (("quiet", 0), ("busy", 2)):
                for threads in (1, 2):
                    with busy_machine(processes):
                        seconds.setdefault(f"{label}, {threads}", []).append(time_once(work, threads))
        medians = {name: statistics.median(found) for name, found in seconds.items()}
        table[work] = seconds
        print(f"{work:<36}" + "".join(f"{median:>10.2f}" for median in medians.values()), flush=True)
    if out:
        json.dump(table, out, indent=1)


if __name__ == "__main__":
    main()
