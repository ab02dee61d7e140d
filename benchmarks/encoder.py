"""Compare our encoder with sentence-transformers on the same texts in the same run: ratio, equality, memory, loading.

Run: python benchmarks/encoder.py [--texts 400]. Needs sentence-transformers, which the workshop itself doesn't.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from workshop.data import load_faq, load_passages, load_tickets
from workshop.models import encode_texts, load_encoder
from workshop.models.static import find_minilm
from workshop.settings import Settings

ROUNDS = 3
PEAK = """
import json, sys, time
start = time.process_time()
if sys.argv[1] == "ours":
    from workshop.models import load_encoder
    from workshop.settings import Settings
    load_encoder(Settings(threads=1))
else:
    from sentence_transformers import SentenceTransformer
    SentenceTransformer(sys.argv[2], device="cpu")
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([time.process_time() - start, int(peak.split()[1]) / 1e3]))
"""


def draw_texts(count: int) -> list[str]:
    """Return a mix of tickets, questions and passages in random order."""
    texts = [one.text for one in load_tickets()] + [one.question for one in load_faq()]
    texts += [one.text for one in load_passages()]
    return [texts[row] for row in np.random.default_rng(0).permutation(len(texts))[:count]]


def time_rounds(runs: dict[str, Callable[[], np.ndarray]]) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Return each run's median seconds of this process and its vectors; rounds alternate, so that noise hits all."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    found = {}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = time.process_time()
            found[name] = run()
            seconds[name].append(time.process_time() - start)
    return {name: statistics.median(some) for name, some in seconds.items()}, found


def load_fresh(which: str, folder: str) -> tuple[float, float]:
    """Return the seconds and the peak megabytes of loading in a fresh process (Linux)."""
    run = subprocess.run([sys.executable, "-c", PEAK, which, folder], capture_output=True, text=True, check=True)
    seconds, megabytes = json.loads(run.stdout.splitlines()[-1])
    return seconds, megabytes


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=400, help="how many texts are encoded (default 400)")
    texts = draw_texts(parser.parse_args().texts)
    from sentence_transformers import SentenceTransformer

    folder = str(find_minilm())
    encoder, theirs = load_encoder(Settings(threads=1)), SentenceTransformer(folder, device="cpu")
    seconds, found = time_rounds(
        {
            "ours": lambda: encode_texts(encoder, texts),
            "sentence-transformers": lambda: theirs.encode(texts, normalize_embeddings=True, show_progress_bar=False),
        }
    )
    for name, one in seconds.items():
        loading, megabytes = load_fresh("ours" if name == "ours" else "theirs", folder)
        print(f"{name}: {len(texts) / one:.0f} texts a second; loads in {loading:.1f} s, peak {megabytes:.0f} MB")
    print(f"ours is {seconds['sentence-transformers'] / seconds['ours']:.2f} times as fast")
    print(f"largest difference {np.abs(found['ours'] - found['sentence-transformers']).max():.1e}")


if __name__ == "__main__":
    main()
