"""Measure what the small profile's language model costs: preparing, loading, memory, writing.

    python benchmarks/language_model.py [--prepare] [--threads 1]

Prints seconds of this machine as they are now, and of the process alone (CPU), so that a busy machine shows. --prepare
also prepares a copy in a temporary folder.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

FRESH = """
import json, sys, time
from pathlib import Path
def spend():
    return time.perf_counter(), time.process_time()
def since(start):
    return [now - before for now, before in zip(spend(), start)]
start = spend()
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
import transformers.models.llama.modeling_llama
from workshop.bot import answer, build_prompt
from workshop.models import load_language_model
from workshop.models.language import prepare_wheel
from workshop.settings import Settings
threads, cache = int(sys.argv[1]), sys.argv[2]
spent = {"importing the libraries": since(start)}
if cache:
    torch.set_num_threads(threads)
    start = spend()
    prepare_wheel([Path(cache)])
    spent["preparing"] = since(start)
start = spend()
tokenizer, model = load_language_model(Settings(threads=threads, device="cpu"))
spent["loading"] = since(start)
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
memory = {"resident": int(status["VmRSS"].split()[0]) / 1e3, "peak": int(status["VmHWM"].split()[0]) / 1e3}
if not cache:
    passage = "A bicycle travels for 6 crowns. A dog travels for 2 crowns in the pen on the car deck. " * 4
    chats = [build_prompt(f"What does item {place} cost?", [passage]) for place in range(16)]
    answer(tokenizer, model, chats[:1], max_new_tokens=2)
    start = spend()
    answer(tokenizer, model, chats[:1], max_new_tokens=24)
    spent["one answer of 24 tokens on a passage"] = since(start)
    start = spend()
    answer(tokenizer, model, chats, max_new_tokens=24)
    spent["sixteen at once"] = since(start)
print(json.dumps({"dtype": str(model.dtype), "spent": spent, "memory": memory}))
"""


def run_fresh(threads: int, cache: str = "") -> dict:
    """Run the measurement in a fresh process and return what it printed; with a cache, prepare a copy there first.

    Linux only: memory is read from /proc.
    """
    environment = os.environ | {"OMP_NUM_THREADS": str(threads)} | ({"WORKSHOP_CACHE": cache} if cache else {})
    command = [sys.executable, "-c", FRESH, str(threads), cache]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def show(found: dict) -> None:
    """Print one process' figures."""
    for what, (wall, cpu) in found["spent"].items():
        print(f"  {what}: {wall:.1f} s ({cpu:.1f} s of the process alone)")
    print(f"  memory: {found['memory']['resident']:.0f} MB resident once loaded, {found['memory']['peak']:.0f} MB peak")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prepare", action="store_true", help="also prepare a copy in a temporary folder")
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch (default 1)")
    arguments = parser.parse_args()
    if arguments.prepare:
        with tempfile.TemporaryDirectory() as cache:
            print("prepared in the same process:")
            show(run_fresh(arguments.threads, cache))
    found = run_fresh(arguments.threads)
    print(f"prepared before, {found['dtype']}, threads: {arguments.threads}")
    show(found)


if __name__ == "__main__":
    main()
