"""The shapes that the hub's models have: Qwen's attention, and tokenizers that come without their vocabulary files."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, Qwen3Config, Qwen3ForCausalLM

from workshop.bot import generate
from workshop.models import LanguageModel

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


def make_qwen() -> LanguageModel:
    """Return a Qwen 3 of a few thousand random weights."""
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
    marks = {"eos_token_id": None, "bos_token_id": None, "pad_token_id": 0}
    config = Qwen3Config(
        vocab_size=300, num_key_value_heads=2, head_dim=16, max_position_embeddings=128, initializer_range=0.5,
        **shape, **marks,
    )  # fmt: skip
    return LanguageModel("qwen", Qwen3ForCausalLM(config).eval(), None, 128, frozenset(), 0, Path())


def test_qwen_writes_in_a_batch_what_transformers_writes_alone():
    model = make_qwen()
    rows = [[5, 9, 7], [3] * 20, [200, 100, 50, 4, 77]]
    options = {"max_new_tokens": 15, "do_sample": False, "pad_token_id": 0}
    alone = [model.model.generate(torch.tensor([row]), **options)[0, len(row) :].tolist() for row in rows]
    assert generate(model, rows, max_tokens=15) == alone


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
