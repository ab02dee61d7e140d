"""A trained adapter is put on for a while; afterwards, also after an error, the model is bare, bit for bit."""

import json

import pytest

pytest.importorskip("peft")

import torch
from safetensors.torch import load_file, save_file

from tests.workshop.tiny_models import make_llama
from workshop.bot import answer
from workshop.errors import WorkshopError
from workshop.models import open_language_model
from workshop.settings import Settings
from workshop.tune import adapter, add_lora, fine_tune, lora, make_examples

pytestmark = pytest.mark.slow

PLAIN = Settings(device="cpu", dtype="float32")
CHAT = [{"role": "user", "content": "Where is the boat?"}, {"role": "assistant", "content": "At the quay."}]
ASKED = ["Where is the boat?"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture(scope="module")
def trained(folder, tmp_path_factory):
    """Save an adapter that has learnt one answer by heart."""
    tokenizer, model = open_language_model(folder, PLAIN)
    tuned = add_lora(model)
    fine_tune(tuned, make_examples(tokenizer, [CHAT]), steps=60, rate=2e-2)
    saved = tmp_path_factory.mktemp("adapters") / "quay"
    tuned.save_pretrained(saved)
    return saved


@pytest.fixture
def loaded(folder):
    return open_language_model(folder, PLAIN)


def state_of(model):
    """Return all that makes a model what it is: modules, weights, what is learnt, attributes."""
    weights = {name: (one.detach().clone(), one.requires_grad) for name, one in model.named_parameters()}
    return [type(one).__name__ for one in model.modules()], weights, set(vars(model)), model.training


def assert_same(before, after):
    assert before[0] == after[0]
    assert before[2:] == after[2:]
    assert before[1].keys() == after[1].keys()
    for name, (weights, flag) in before[1].items():
        assert torch.equal(weights, after[1][name][0])
        assert flag == after[1][name][1]


def test_inside_it_answers_as_trained_and_outside_as_before(loaded, trained):
    plain, before = answer(*loaded, ASKED, max_new_tokens=12), state_of(loaded[1])
    with adapter(loaded[1], trained) as model:
        assert model is loaded[1]
        assert answer(*loaded, ASKED, max_new_tokens=12) == ["At the quay."]
    assert_same(before, state_of(loaded[1]))
    assert answer(*loaded, ASKED, max_new_tokens=12) == plain != ["At the quay."]


def test_after_an_error_the_model_is_bare_too(loaded, trained):
    before = state_of(loaded[1])
    with pytest.raises(ZeroDivisionError), adapter(loaded[1], trained):
        1 / 0  # noqa: B018
    assert_same(before, state_of(loaded[1]))


def test_a_model_that_learns_learns_on(loaded, trained):
    loaded[1].train()
    before = state_of(loaded[1])
    with adapter(loaded[1], trained):
        pass
    assert_same(before, state_of(loaded[1]))


def test_it_can_be_put_on_again_and_a_new_one_trained_after_it(loaded, trained):
    for _ in range(2):
        with adapter(loaded[1], trained):
            assert answer(*loaded, ASKED, max_new_tokens=12) == ["At the quay."]
    assert add_lora(loaded[1]).unload() is not None


def test_two_at_once_are_refused(loaded, trained):
    with adapter(loaded[1], trained):
        with pytest.raises(WorkshopError, match="has an adapter already"), adapter(loaded[1], trained):
            pass
        assert answer(*loaded, ASKED, max_new_tokens=12) == ["At the quay."]


def test_a_name_that_comes_with_the_workshop_is_enough(loaded, trained, monkeypatch):
    monkeypatch.setattr(lora, "ADAPTERS", trained.parent)
    with adapter(loaded[1], "quay"):
        assert answer(*loaded, ASKED, max_new_tokens=12) == ["At the quay."]


def test_an_unknown_name_gets_the_nearest_and_the_way_to_ones_own(loaded, trained, monkeypatch):
    monkeypatch.setattr(lora, "ADAPTERS", trained.parent)
    words = r"unknown adapter 'qay'\. Did you mean 'quay'\? Known: quay\. Or give the folder of your own"
    with pytest.raises(WorkshopError, match=words), adapter(loaded[1], "qay"):
        pass


def test_a_folder_without_its_files_is_named(loaded, tmp_path):
    words = r"is no adapter: adapter_config\.json and adapter_model\.safetensors not in it"
    with pytest.raises(WorkshopError, match=words), adapter(loaded[1], tmp_path):
        pass


def copy_adapter(trained, folder, change_config=None, change_weights=None):
    """Copy an adapter with a change in it."""
    config = json.loads((trained / "adapter_config.json").read_text())
    weights = load_file(trained / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps({**config, **(change_config or {})}))
    save_file(change_weights(weights) if change_weights else weights, folder / "adapter_model.safetensors")
    return folder


@pytest.mark.parametrize(
    ("config", "weights"),
    [
        (None, lambda found: {name: one[:, :-1].contiguous() for name, one in found.items()}),
        ({"r": 3}, None),
        ({"target_modules": ["query"]}, None),
        ({"peft_type": "KNITTING"}, None),
    ],
    ids=["other-width", "other-rank", "other-layers", "other-kind"],
)
def test_an_adapter_of_another_shape_is_one_line_and_leaves_the_model_bare(loaded, trained, tmp_path, config, weights):
    before = state_of(loaded[1])
    broken = copy_adapter(trained, tmp_path, config, weights)
    words = r"doesn't fit this model: .*was trained on another model"
    with pytest.raises(WorkshopError, match=words) as raised, adapter(loaded[1], broken):
        pass
    assert len(str(raised.value).splitlines()) == 1
    assert_same(before, state_of(loaded[1]))


def test_a_damaged_adapter_is_one_line(loaded, trained, tmp_path):
    copy_adapter(trained, tmp_path)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"half")
    with pytest.raises(WorkshopError, match="doesn't fit this model"), adapter(loaded[1], tmp_path):
        pass


def test_the_head_multiplies_in_one_piece_also_when_it_is_frozen(loaded):
    """Slices of states would have torch copy a frozen head once for every chat of a batch."""
    tokenizer, model = loaded
    tuned = add_lora(model)
    whole = []
    model.get_output_embeddings().register_forward_hook(lambda _, states, __: whole.append(states[0].is_contiguous()))
    answer(tokenizer, tuned, ASKED * 3, max_new_tokens=2)
    assert whole == [True, True]


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_a_fresh_adapter_has_its_models_number_format(folder, dtype):
    _, model = open_language_model(folder, Settings(device="cpu", dtype=dtype))
    tuned = add_lora(model)
    assert {one.dtype for one in tuned.parameters() if one.requires_grad} == {getattr(torch, dtype)}
