"""What the shipped adapters were trained with trains their like beside another model: `workshop fetch --adapters`."""

import pytest

pytest.importorskip("peft")

import torch
from safetensors.torch import load_file

from tests.workshop.tiny_models import make_qwen
from workshop import cli
from workshop.bot import answer
from workshop.errors import WorkshopError
from workshop.models import open_language_model
from workshop.settings import Settings
from workshop.tune import Recipe, adapter, lora, train_adapter, train_adapters
from workshop.tune import shipped as shipped_module
from workshop.tune.shipped import read_chats, read_recipe, split_turns, write_recipe

pytestmark = pytest.mark.slow

PLAIN = Settings(device="cpu", dtype="float32")
FIRST, SECOND = "A boat.\n\nQuestion: Where?", "A boat.\n\nQuestion: When?"
CHAT = [
    {"role": "user", "content": FIRST},
    {"role": "assistant", "content": "At the quay."},
    {"role": "user", "content": "Question: When?"},
    {"role": "assistant", "content": "Now."},
]
RECIPE = Recipe("q and v", rank=4, rate=2e-2, epochs=60, batch=2)
# As models that think aloud have it: an empty thought before the last answer, none before earlier ones.
THOUGHT = (
    "{% for message in messages %}<|{{ message['role'] }}|>{% if message['role'] == 'assistant' and loop.last %}~"
    "{% endif %}{{ message['content'] }}<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>~{% endif %}"
)


@pytest.fixture
def large(tmp_path, monkeypatch):
    """Stand-ins: a small checkpoint for the model of `large`, one shipped adapter that fits another model alone."""
    folder = make_qwen(tmp_path / "qwen")
    shipped = tmp_path / "shipped" / "quay"
    tokenizer, model = open_language_model(folder, PLAIN)
    tokenizer.chat_template = THOUGHT
    tokenizer.save_pretrained(folder)
    train_adapter(tokenizer, model, [CHAT[:2]], Recipe(rank=2), shipped)
    write_recipe(shipped, model, RECIPE, [CHAT])
    (shipped / "recipe.json").write_text((shipped / "recipe.json").read_text().replace("qwen3-2x32", "llama-30x576"))
    monkeypatch.setattr(lora, "ADAPTERS", shipped.parent)
    monkeypatch.setenv("WORKSHOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(shipped_module, "load_language_model", lambda settings: open_language_model(folder, PLAIN))
    return folder


def test_a_recipe_and_its_chats_are_read_as_written(tmp_path, large):
    model = open_language_model(large, PLAIN)[1]
    write_recipe(tmp_path, model, RECIPE, [CHAT, CHAT])
    before = (tmp_path / "chats.jsonl.gz").read_bytes()
    write_recipe(tmp_path, model, RECIPE, [CHAT, CHAT])
    assert (tmp_path / "chats.jsonl.gz").read_bytes() == before
    assert read_recipe(tmp_path) == RECIPE
    assert read_chats(tmp_path) == [CHAT, CHAT]


def test_training_leaves_the_model_bare_and_saves_bfloat16(tmp_path, large):
    tokenizer, model = open_language_model(large, PLAIN)
    weights = {name: one.clone() for name, one in model.state_dict().items()}
    training = train_adapter(tokenizer, model, [CHAT[:2]], RECIPE, tmp_path / "made")
    assert training.losses[-1] < training.losses[0] / 4
    assert all(torch.equal(one, model.state_dict()[name]) for name, one in weights.items())
    assert all(one.requires_grad for one in model.parameters())
    kept = load_file(tmp_path / "made" / "adapter_model.safetensors")
    assert {one.dtype for one in kept.values()} == {torch.bfloat16}


def test_of_another_model_a_name_means_the_one_trained_on_this_machine(large):
    tokenizer, model = open_language_model(large, PLAIN)
    words = r"'quay' comes for the small.*fetch --profile large --adapters"
    with pytest.raises(WorkshopError, match=words), adapter(model, "quay"):
        pass
    lines = list(train_adapters(Settings(profile="large")))
    assert "quay: trained now on 1 chats" in lines[0]
    with adapter(model, "quay"):
        assert answer(tokenizer, model, [FIRST, SECOND], max_new_tokens=14) == ["At the quay.", "Now."]
    assert "quay: ready in" in next(train_adapters(Settings(profile="large")))


def test_each_answer_becomes_a_chat_of_its_own_under_the_same_passages():
    assert split_turns([CHAT]) == [
        [{"role": "user", "content": FIRST}, CHAT[1]],
        [{"role": "user", "content": SECOND}, CHAT[3]],
    ]


def test_the_small_profile_has_them_already():
    with pytest.raises(WorkshopError, match=r"come with the workshop.*--profile large --adapters"):
        next(train_adapters(Settings()))


def test_the_command_trains_them_after_the_models_are_there(large, monkeypatch, capsys):
    monkeypatch.setattr("workshop.models.fetch.fetch_profile", lambda profile, **options: iter(["the models"]))
    with pytest.raises(SystemExit) as ended:
        cli.main(["fetch", "--profile", "large", "--adapters"])
    said = capsys.readouterr().out
    assert ended.value.code in (None, 0)
    assert said.index("the models") < said.index("quay: trained now")
