"""The tiny model's tokenizer: byte pairs learnt from its own texts, digits one by one, and the chat template."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from workshop.errors import require
from workshop.pretrain.english import load_english
from workshop.pretrain.mixture import make_group
from workshop.pretrain.tasks import Message, Shape

VOCABULARY = 5120
CONTEXT = 1024
GROUPS = 12_000
BEGIN, END, PAD = "<|begin|>", "<|end|>", "<|pad|>"
ROLES = {role: f"<|{role}|>" for role in ("system", "user", "assistant")}
# A blank follows each mark, so that a word has the same token at the beginning of an answer as within a passage.
TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' }}"
    "{% if message['role'] == 'assistant' %}"
    "{% generation %}{{ ' ' + message['content'] + '<|end|>' }}{% endgeneration %}"
    "{% else %}{{ ' ' + message['content'] + '<|end|>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def train_tokenizer(seed: int = 0, vocabulary: int = VOCABULARY, groups: int = GROUPS) -> Any:
    """Learn a byte-pair vocabulary from generated chats and ordinary English (about a minute).

    Returns a transformers PreTrainedTokenizerFast with the chat template. groups: of chats to learn from.
    """
    tokenizers = require("tokenizers", "tune")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.Digits(individual_digits=True),
            tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[PAD, BEGIN, END, *ROLES.values()],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(seed, groups), trainer)
    return wrap_tokenizer(tokenizer)


def _texts(seed: int, groups: int) -> Iterator[str]:
    """Yield what the vocabulary is learnt from: each page once with its questions and answers, then English."""
    rng, shape = Random(f"tokenizer/{seed}"), Shape()
    for _ in range(groups):
        for place, chat in enumerate(make_group(rng, shape)):
            for message in chat.messages:
                content = message["content"]
                yield " " + (content if place == 0 else content.rpartition("\n\n")[2])
    yield from load_english()


def wrap_tokenizer(tokenizer: Any) -> Any:
    """Return a tokenizer of the tokenizers library as transformers' own, with marks and chat template."""
    transformers = require("transformers", "tune")
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BEGIN,
        eos_token=END,
        pad_token=PAD,
        additional_special_tokens=list(ROLES.values()),
        model_max_length=CONTEXT,
        padding_side="left",
        chat_template=TEMPLATE,
        clean_up_tokenization_spaces=False,
    )


def load_tokenizer(folder: Path) -> Any:
    """Load the tokenizer of a folder."""
    return require("transformers", "tune").AutoTokenizer.from_pretrained(folder)


class Encoder:
    """Turns chats and texts into token ids, as the chat template does but without its template engine."""

    def __init__(self, tokenizer: Any) -> None:
        self.backend = tokenizer.backend_tokenizer
        self.marks = {role: tokenizer.convert_tokens_to_ids(mark) for role, mark in ROLES.items()}
        self.end, self.begin, self.pad = (tokenizer.convert_tokens_to_ids(mark) for mark in (END, BEGIN, PAD))

    def encode_chat(self, messages: Sequence[Message]) -> tuple[list[int], list[bool]]:
        """Return a chat's token ids and which of them the model is to write, both of length T."""
        contents = self.backend.encode_batch([" " + one["content"] for one in messages], add_special_tokens=False)
        ids: list[int] = []
        written: list[bool] = []
        for message, content in zip(messages, contents, strict=True):
            part = [*content.ids, self.end]
            ids += [self.marks[message["role"]], *part]
            written += [False, *([message["role"] == "assistant"] * len(part))]
        return ids, written

    def encode_text(self, text: str) -> list[int]:
        """Return the token ids of ordinary text, with the mark of a beginning before it."""
        return [self.begin, *self.backend.encode(text, add_special_tokens=False).ids]
