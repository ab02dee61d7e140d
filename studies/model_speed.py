"""What the language model costs here: loading, answering, tuning, in two number formats, on one thread and on two."""

import itertools
import json
import os
import subprocess
import sys

from studies.environment import describe_machine, describe_versions
from studies.freshness import hash_inputs
from workshop.errors import WorkshopError
from workshop.score.results import Results, Row

STEM = "model_speed"
INPUTS = ("model_speed", "tune/batches", "bot/answers")
LESSON = "model"
DTYPES, THREADS = ("bfloat16", "float32"), (1, 2)
STEPS, ANSWERS, NEW = 4, 8, 16
# What each process does; a fresh one, so that memory and loading are its own.
FRESH = """
import json, sys, time
dtype, threads, steps, answers, new = sys.argv[1], *map(int, sys.argv[2:])
import torch
import transformers.models.llama.modeling_llama
from workshop.bot import answer, build_prompt
from workshop.models import load_language_model
from workshop.settings import Settings
from workshop.tune import add_lora, fine_tune, make_examples
torch.set_num_threads(threads)
def read(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name)) / 1e3
start = time.perf_counter()
tokenizer, model = load_language_model(Settings(device="cpu", dtype=dtype, threads=threads))
found = {"loading, s": time.perf_counter() - start, "resident, MB": read("VmRSS")}
passage = "A bicycle travels for 6 crowns. A dog travels for 2 crowns in the pen on the car deck. " * 4
chats = [build_prompt(f"What does item {place} cost?", [passage]) for place in range(answers)]
answer(tokenizer, model, chats[:1], max_new_tokens=1)
def clock(some, tokens):
    start = time.perf_counter()
    answer(tokenizer, model, some, max_new_tokens=tokens)
    return time.perf_counter() - start
first, whole = clock(chats[:1], 1), clock(chats[:1], new)
found["written alone, tokens a second"] = (new - 1) / (whole - first)
found["an answer on one passage, several at once, s"] = clock(chats, new) / answers
turns = [[{"role": "user", "content": chat}, {"role": "assistant", "content": "6 crowns"}] for chat in chats]
examples = make_examples(tokenizer, turns)
tuned = add_lora(model)
fine_tune(tuned, examples, steps=1, batch=4)
training = fine_tune(tuned, examples, steps=steps, batch=4)
found["tuned with LoRA, tokens a second"] = steps * 4 * len(examples[0].ids) / training.seconds
found["tuned with LoRA, peak, MB"] = read("VmHWM")
print(json.dumps(found))
"""


def measure(short: bool = False) -> Results:
    """Measure every number format with one thread and two, one process after the other.

    short: one of them, with a few tokens. Linux alone: memory is read from /proc. Raises WorkshopError where a
    process fails.
    """
    kinds = [(DTYPES[0], 1)] if short else list(itertools.product(DTYPES, THREADS))
    load = f"{os.getloadavg()[0]:.1f}"
    rows = []
    for dtype, threads in kinds:
        settings = {"dtype": dtype, "threads": threads}
        for metric, value in run_fresh(dtype, threads, *((1, 2, 2) if short else (STEPS, ANSWERS, NEW))).items():
            rows.append(Row(LESSON, "SmolLM2-135M-Instruct", "cost", metric, value, settings=settings))
    return Results(
        STEM,
        "small",
        tuple(rows),
        versions=describe_versions(("torch", "transformers", "peft")),
        machine={**describe_machine(), "load": load},
        inputs=hash_inputs(INPUTS),
    )


def run_fresh(dtype: str, threads: int, steps: int, answers: int, new: int) -> dict[str, float]:
    """Return what a fresh process measured, by name."""
    command = [sys.executable, "-c", FRESH, dtype, *map(str, (threads, steps, answers, new))]
    run = subprocess.run(
        command, env=os.environ | {"OMP_NUM_THREADS": str(threads)}, capture_output=True, text=True, check=False
    )
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise WorkshopError(f"measuring {dtype} on {threads} threads failed: {last}")
    return json.loads(run.stdout.splitlines()[-1])
