"""Where the lesson's own fine-tuning job should fall: the same job with other tickets and seeds."""

import json
import tempfile
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from studies.other_stacks.plan import Plan
from workshop.data import load_task
from workshop.models import load_language_model
from workshop.settings import Settings

Cell = dict[str, Any]
MODEL, TOKENS, ASKED = "smollm2-135m-instruct", 24, 6
HOW = {"n_epochs": 1, "batch_size": 1, "learning_rate_multiplier": 0.4}
WIDE = 3


def run_live(seed: int, steps: int) -> Cell:
    """Tune on so many tickets drawn with a seed; returns how many replies to others have the form, before and after."""
    from openai import OpenAI

    from workshop.serve import serve

    rng = np.random.default_rng(seed)
    tickets, fresh = (
        [several[row] for row in rng.permutation(len(several))]
        for several in (load_task("json", part) for part in ("train", "test"))
    )
    tokenizer, model = load_language_model(Settings(threads=1))
    with tempfile.TemporaryDirectory() as folder, serve(tokenizer, model, folder=folder) as address:
        client = OpenAI(base_url=address, api_key="none")
        before = [ask(client, MODEL, one.text) for one in fresh[:ASKED]]
        begun = time.perf_counter()
        rows = [
            {
                "messages": [
                    {"role": "user", "content": one.text},
                    {"role": "assistant", "content": json.dumps(one.answer)},
                ]
            }
            for one in tickets[:steps]
        ]
        file = client.files.create(
            file=("tickets.jsonl", "\n".join(map(json.dumps, rows)).encode()), purpose="fine-tune"
        )
        job = client.fine_tuning.jobs.create(model=MODEL, training_file=file.id, seed=seed, hyperparameters=HOW)
        while job.status in ("queued", "running"):
            time.sleep(0.5)
            job = client.fine_tuning.jobs.retrieve(job.id)
        seconds = time.perf_counter() - begun
        after = [ask(client, job.fine_tuned_model, one.text) for one in fresh[:ASKED]]
    right = [
        read_form(text).get(key) == one.answer[key]
        for text, one in zip(after, fresh, strict=False)
        for key in one.answer
    ]
    forms = {
        name: float(np.mean([bool(read_form(text)) for text in replies]))
        for name, replies in (("before", before), ("after", after))
    }
    return {"seconds": seconds, "tokens": job.trained_tokens, **forms, "right": float(np.mean(right)), "replies": after}


def ask(client: Any, model: str, text: str) -> str:
    """Return the answer to one message."""
    chat = client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}], max_tokens=TOKENS)
    return chat.choices[0].message.content


def read_form(text: str) -> dict[str, Any]:
    """Return a reply as an object with topic and tone; empty where it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and set(found) == {"topic", "tone"} else {}


def predict_live(runs: Sequence[Cell]) -> dict[str, dict[str, Any]]:
    """Return the range in which one more job's share of replies in the form should fall."""
    values = np.array([one["after"] for one in runs])
    # Six replies are few: where every run had all, one reply may still fail.
    spread = max(WIDE * float(values.std(ddof=1)) if len(values) > 1 else 0.0, 1.5 / ASKED)
    how = f"{len(values)} jobs with other tickets and seeds: {WIDE} standard deviations each way, at least one reply"
    low, high = max(0.0, float(values.mean()) - spread), min(1.0, float(values.mean()) + spread)
    return {"08.form": {"low": low, "high": high, "n": len(values), "how": how, "steps": Plan().steps}}
