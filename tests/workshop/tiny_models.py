"""Checkpoints of a few kilobytes with random weights, for tests that need a model and not its wisdom."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    BertConfig,
    BertModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
)

MARKS = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def make_llama(folder: Path, *, context: int = 128, template: str | None = TEMPLATE, seed: int = 0) -> Path:
    """Save a Llama of about 24 thousand weights that reads single bytes, with its tokenizer."""
    tokenizer = _byte_tokenizer()
    tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    shape = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
    marks = {"eos_token_id": 0, "bos_token_id": None, "pad_token_id": 0}
    config = LlamaConfig(
        vocab_size=len(tokenizer), num_key_value_heads=2, max_position_embeddings=context, tie_word_embeddings=True,
        initializer_range=0.5, **shape, **marks,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def make_qwen(folder: Path, *, seed: int = 0) -> Path:
    """Save a Qwen 3 of about 24 thousand weights that reads single bytes; its template may ask it to think aloud."""
    tokenizer = _byte_tokenizer()
    tokenizer.chat_template = TEMPLATE + "{% if enable_thinking is not defined or enable_thinking %}aloud{% endif %}"
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    shape = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
    marks = {"eos_token_id": 0, "bos_token_id": None, "pad_token_id": 0}
    config = Qwen3Config(
        vocab_size=len(tokenizer), num_key_value_heads=2, head_dim=16, max_position_embeddings=128,
        initializer_range=0.5, **shape, **marks,
    )  # fmt: skip
    Qwen3ForCausalLM(config).save_pretrained(folder)
    return folder


def make_bert(folder: Path, *, context: int = 512, seed: int = 0) -> Path:
    """Save a BERT of a few thousand weights that reads single bytes, with its tokenizer."""
    tokenizer = _byte_tokenizer()
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    shape = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=context, **shape)
    BertModel(config).save_pretrained(folder)
    return folder


def _byte_tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer that makes a token of every byte and one of every mark."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=len(MARKS) + len(alphabet), special_tokens=MARKS, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([], trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=MARKS[0], pad_token=MARKS[0])
