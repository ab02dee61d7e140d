"""Compare the workshop's loop with transformers' Trainer, on the same model, examples, rate and steps, in one run.

    python benchmarks/training.py [--what chats classifier] [--rounds 2] [--threads 1] [--passages 3] [--batch 2]

chats: SmolLM2 with peft's default LoRA (rank 8 on q and v) reads 1 to 3 passages and answers; classifier: all weights
of MiniLM learn the topics of tickets. The Trainer has its own defaults (its sampling, its collators, all logits), but
for rate, warm-up, batch and epochs. Each training is a fresh process and the two take turns, so that a busy machine
slows both. Prints tokens a second without padding (of the process' own CPU time, and of the clock), the peak of
memory, and the loss on examples held back before and after. A graphics card is used where there is one. Linux: memory
is read in /proc.

Seen with --rounds 1 --examples 16 (tickets: 12), one thread, on two cores with bfloat16 instructions that were busy
with other work, so that the CPU time says more than the clock; loop against Trainer:

    what, number format     tokens/s of CPU time   ratio   peak, MB        loss after
    chats, bfloat16         227 / 151              1.50    1,371 / 1,690   2.904 / 3.071
    chats, float32          158 / 89               1.76    1,950 / 2,191   2.860 / 3.038
    classifier, bfloat16    1,388 / 1,055          1.32    1,237 / 1,215   2.023 / 2.012
    classifier, float32     917 / 693              1.32    1,308 / 1,323   2.023 / 2.012

With one passage and a batch of 4, where rows are of like length and little is padded, chats gave 1.29 in bfloat16 and
1.36 in float32. The loop alone in float32 with one passage: 1,466 MB at a batch of 2, 1,283 MB at 4 with
--checkpointing.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

from workshop.data import load_faq, load_passages, load_tickets
from workshop.models import load_classifier, load_language_model
from workshop.settings import Settings, choose_device
from workshop.tune import add_lora, evaluate, fine_tune, make_examples, make_text_examples

WAYS = ("loop", "Trainer")
DTYPES = ("bfloat16", "float32")
WHATS = ("chats", "classifier")
HELD_BACK = 16
WARMUP = 0.1


def make_chats(plan: dict[str, Any]) -> tuple[Any, Any, list[Any]]:
    """Return tokenizer, model with an adapter and examples: questions of the FAQ with passages of the handbook."""
    from workshop.bot import build_prompt

    tokenizer, model = load_language_model(Settings(dtype=plan["dtype"], threads=plan["threads"]))
    pages: dict[str, list[str]] = {}
    for one in load_passages():
        pages.setdefault(one.document, []).append(one.text)
    chats = []
    for row, one in enumerate(load_faq(split="train")):
        first = next((text for text in pages[one.document] if one.answer in text), pages[one.document][0])
        passages = [first, *(text for text in pages[one.document] if text != first)][: 1 + row % plan["passages"]]
        asked = {"role": "user", "content": build_prompt(one.question, passages)}
        chats.append([asked, {"role": "assistant", "content": one.answer}])
    if plan["checkpointing"]:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    if plan["all_linear"]:
        return tokenizer, add_lora(model), make_examples(tokenizer, chats)
    import peft
    import torch

    torch.manual_seed(0)
    return tokenizer, peft.get_peft_model(model, peft.LoraConfig(r=8)), make_examples(tokenizer, chats)


def make_classifier(plan: dict[str, Any]) -> tuple[Any, Any, list[Any]]:
    """Return tokenizer, classifier and examples: tickets and their topics."""
    tickets = load_tickets()
    topics = sorted({one.topic for one in tickets})
    tokenizer, model = load_classifier(Settings(dtype=plan["dtype"], threads=plan["threads"]), topics)
    texts, classes = [one.text for one in tickets], [topics.index(one.topic) for one in tickets]
    return tokenizer, model, make_text_examples(tokenizer, texts, classes)


def train_by_loop(model: Any, examples: list[Any], plan: dict[str, Any]) -> None:
    """Train one epoch by our loop."""
    fine_tune(model, examples, epochs=1, rate=plan["rate"], batch=plan["batch"])


def train_by_trainer(model: Any, examples: list[Any], plan: dict[str, Any], tokenizer: Any) -> None:
    """Train one epoch by transformers' Trainer at its defaults."""
    from transformers import DataCollatorForSeq2Seq, DataCollatorWithPadding, Trainer, TrainingArguments

    chats = plan["what"] == "chats"
    rows = [{"input_ids": list(one.ids), "labels": list(one.labels) if chats else one.labels} for one in examples]
    with tempfile.TemporaryDirectory() as folder:
        settings = TrainingArguments(
            folder, num_train_epochs=1, learning_rate=plan["rate"], per_device_train_batch_size=plan["batch"],
            warmup_steps=WARMUP, save_strategy="no", report_to=[], disable_tqdm=True, logging_strategy="no",
        )  # fmt: skip
        collator = (DataCollatorForSeq2Seq if chats else DataCollatorWithPadding)(tokenizer)
        Trainer(model, settings, data_collator=collator, train_dataset=rows).train()


def measure(plan: dict[str, Any]) -> dict[str, float]:
    """Train in this process and return what it took."""
    import rich.progress  # noqa: F401
    import torch
    from transformers import Trainer  # noqa: F401

    # What is imported here isn't timed.
    tokenizer, model, examples = (make_chats if plan["what"] == "chats" else make_classifier)(plan)
    held_back, examples = examples[:HELD_BACK], examples[HELD_BACK : HELD_BACK + plan["examples"]]
    before = evaluate(model, held_back, batch=4)
    resident = read_status("VmRSS")
    wall, cpu = time.perf_counter(), time.process_time()
    if plan["way"] == "loop":
        train_by_loop(model, examples, plan)
    else:
        train_by_trainer(model, examples, plan, tokenizer)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = read_status("VmHWM")
    card = torch.cuda.max_memory_allocated() / 1e6 if torch.cuda.is_available() else 0.0
    tokens = sum(len(one.ids) for one in examples)
    return {
        "tokens": tokens, "wall": tokens / wall, "cpu": tokens / cpu, "resident": resident, "peak": peak, "card": card,
        "before": before, "after": evaluate(model, held_back, batch=4),
    }  # fmt: skip


def read_status(name: str) -> float:
    """Return a line of this process' memory in megabytes."""
    with open("/proc/self/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) / 1e3 for line in status if line.startswith(name))


def run_fresh(plan: dict[str, Any]) -> dict[str, float]:
    """Measure in a fresh process."""
    environment = os.environ | {"OMP_NUM_THREADS": str(plan["threads"])}
    command = [sys.executable, __file__, "--plan", json.dumps(plan)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(run.stderr[-2000:])
    return json.loads(run.stdout.splitlines()[-1])


def compare(plan: dict[str, Any], rounds: int, ways: list[str]) -> None:
    """Let them take turns and print medians, and the median of the rounds' ratios."""
    found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            found[way].append(run_fresh(plan | {"way": way}))
    tokens = found[ways[0]][0]["tokens"]
    print(f"{plan['what']}, {plan['dtype']}, {tokens:,} tokens in {plan['examples']} examples, batch {plan['batch']}")
    for way, runs in found.items():
        middle = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        card = f", {middle['card']:,.0f} MB of the card" if middle["card"] else ""
        print(
            f"  {way:8} {middle['cpu']:7,.0f} tokens/s of CPU time, {middle['wall']:7,.0f} by the clock; peak "
            f"{middle['peak']:,.0f} MB ({middle['resident']:,.0f} before training){card}; loss "
            f"{middle['before']:.3f} -> {middle['after']:.3f}"
        )
    for name, said in (("cpu", "CPU time"), ("wall", "the clock")) if len(ways) > 1 else ():
        ratios = [ours[name] / theirs[name] for ours, theirs in zip(found["loop"], found["Trainer"], strict=True)]
        print(f"  loop / Trainer by {said}: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", nargs="+", choices=WHATS, default=WHATS, help="what is trained")
    parser.add_argument("--dtype", nargs="+", choices=DTYPES, default=DTYPES, help="number formats")
    parser.add_argument("--rounds", type=int, default=2, help="how often each is trained (default 2)")
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch (default 1)")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS, help="what trains")
    parser.add_argument("--passages", type=int, default=3, help="1 to so many passages before a question (default 3)")
    parser.add_argument("--checkpointing", action="store_true", help="keep less for the way back: slower, smaller")
    parser.add_argument("--batch", type=int, default=2, help="chats at once (default 2; tickets: eight times as many)")
    parser.add_argument("--examples", type=int, default=40, help="chats (default 40; tickets: eight times as many)")
    parser.add_argument("--all-linear", action="store_true", help="an adapter beside all linear layers: add_lora's own")
    parser.add_argument("--plan", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.plan:
        print(json.dumps(measure(json.loads(asked.plan))))
        return
    print(f"on {choose_device()}, threads: {asked.threads}, rounds: {asked.rounds}")
    for what in asked.what:
        times = {"chats": (1, 1), "classifier": (8, 8)}[what]
        plan = {"what": what, "threads": asked.threads, "passages": asked.passages, "all_linear": asked.all_linear}
        plan["checkpointing"] = asked.checkpointing
        plan |= {"batch": asked.batch * times[0], "examples": asked.examples * times[1]}
        for dtype in asked.dtype:
            compare(plan | {"dtype": dtype, "rate": 1e-3 if what == "chats" else 1e-4}, asked.rounds, asked.ways)


if __name__ == "__main__":
    main()
