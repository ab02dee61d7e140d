"""What the tests of `workshop serve` share: tiny models, a client, files and jobs."""

import json
import time
import warnings
from pathlib import Path

import pytest

pytest.importorskip("peft")
pytest.importorskip("sentence_transformers")
pytest.importorskip("python_multipart")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("openai")

import openai

from tests.workshop.tiny_models import make_bert, make_llama
from workshop.models import open_language_model
from workshop.settings import Settings

PLAIN = Settings(device="cpu", dtype="float32")
LLAMA, BERT = "tiny-llama", "tiny-bert"
QUESTION, ANSWER = "Where is the boat?", "At the quay."
CHAT = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": ANSWER}]
# Learnt by heart in about a second; LONG takes until it is stopped.
QUICK = {"n_epochs": 30, "batch_size": 1, "learning_rate_multiplier": 4.0}
LONG = {"n_epochs": 50, "batch_size": 1}


def load_tiny(folder: Path):
    """Return a tokenizer, a language model of random weights and an encoder, all tiny."""
    tokenizer, model = open_language_model(make_llama(folder / LLAMA), PLAIN)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer

        encoder = SentenceTransformer(str(make_bert(folder / BERT)), device="cpu")
    encoder.max_seq_length = 64
    return tokenizer, model, encoder


def connect(address, key="none"):
    """Return a client that asks once; not of a proxy, should the environment name one."""
    return openai.OpenAI(
        base_url=address, api_key=key, max_retries=0, timeout=30, http_client=openai.DefaultHttpxClient(trust_env=False)
    )


def ask(client, text=QUESTION, model=LLAMA, **options):
    """Return the answer to one question."""
    options.setdefault("max_tokens", 16)
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}], **options)


def text_of(completion):
    return completion.choices[0].message.content


def upload(client, chats, name="chats.jsonl"):
    """Upload chats and return the file's id."""
    lines = "".join(json.dumps({"messages": chat}) + "\n" for chat in chats)
    return client.files.create(file=(name, lines.encode()), purpose="fine-tune").id


def wait_for(client, job, statuses=("succeeded", "failed", "cancelled"), seconds=30):
    """Return a job once it has one of these statuses."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = client.fine_tuning.jobs.retrieve(job)
        if found.status in statuses:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{found.status} after {seconds} s")
