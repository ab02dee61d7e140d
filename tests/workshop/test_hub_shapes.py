"""The shapes that the hub's models have: Qwen's attention, and tokenizers that come without their vocabulary files."""

import json

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer

from tests.workshop.tiny_models import make_qwen
from workshop.bot import answer, encode_chats
from workshop.models import open_language_model
from workshop.settings import Settings

WORDS = ["the ferry leaves at 22:10 and a bicycle costs 6 crowns, isn't it?"] * 50
MARKS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEXT = "<|im_start|>user\nThe ferry leaves at 22:10, isn't\n\nit? Fähre 中<|im_end|>"
DIGITS = pre_tokenizers.Digits(individual_digits=True)
WORD = r"(?i:'s|'t|'re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
SPLITS = {
    "GPT2Tokenizer": [DIGITS, pre_tokenizers.ByteLevel(add_prefix_space=False)],
    "Qwen2Tokenizer": [
        pre_tokenizers.Split(Regex(WORD), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ],
}


@pytest.mark.slow
def test_qwen_writes_in_a_batch_what_transformers_writes_alone(tmp_path):
    tokenizer, model = open_language_model(make_qwen(tmp_path), Settings(device="cpu", dtype="float32"))
    texts = ["hi", "Where is the boat?", "a " * 20]
    alone = []
    for ids in encode_chats(tokenizer, texts):
        whole = model.generate(torch.tensor([ids]), max_new_tokens=15, do_sample=False)
        alone.append(tokenizer.decode(whole[0, len(ids) :], skip_special_tokens=True).strip())
    assert answer(tokenizer, model, texts, max_new_tokens=15) == alone
    assert len(set(alone)) == 3


@pytest.mark.parametrize("kind", SPLITS)
def test_a_tokenizer_needs_no_more_than_its_two_files(tmp_path, kind):
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(SPLITS[kind])
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(
        WORDS,
        trainers.BpeTrainer(vocab_size=320, special_tokens=MARKS, initial_alphabet=alphabet, show_progress=False),
    )
    made.save(str(tmp_path / "tokenizer.json"))
    facts = {"tokenizer_class": kind, "eos_token": MARKS[2], "pad_token": MARKS[0], "chat_template": "{{ messages }}"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(facts))
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    loaded = AutoTokenizer.from_pretrained(tmp_path, local_files_only=True)
    assert loaded.encode(TEXT, add_special_tokens=False) == made.encode(TEXT, add_special_tokens=False).ids
    assert loaded.decode(loaded.encode(TEXT, add_special_tokens=False)) == TEXT
    assert (loaded.eos_token, loaded.chat_template) == (MARKS[2], "{{ messages }}")
