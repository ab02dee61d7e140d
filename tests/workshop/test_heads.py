"""Heads on tokens, small networks, and the loop that trains whatever computes its own loss."""

import itertools

import numpy as np
import pytest

pytest.importorskip("transformers")

import torch

from tests.workshop.tiny_models import make_bert
from workshop.errors import WorkshopError
from workshop.models import heads, load_span_reader, load_tagger, make_resnet, make_t5
from workshop.settings import Settings
from workshop.tune import count_trained, fit

pytestmark = pytest.mark.slow

TAGS = ("O", "B-ship", "I-ship")
CPU = Settings(device="cpu", dtype="float32", threads=1)


@pytest.fixture
def bert(tmp_path, monkeypatch):
    """Put a tiny BERT where MiniLM is read."""
    folder = make_bert(tmp_path / "bert")
    monkeypatch.setattr(heads, "find_minilm", lambda: folder)
    return folder


def weights(model):
    return torch.cat([one.detach().flatten() for one in model.parameters()])


@pytest.mark.usefixtures("bert")
def test_a_tagger_scores_each_token_and_names_its_tags():
    tokenizer, model = load_tagger(CPU, TAGS)
    coded = tokenizer([["Dart", "waits"]], is_split_into_words=True, return_tensors="pt")
    assert model(**coded).logits.shape == (1, coded["input_ids"].shape[1], 3)
    assert model.config.id2label == dict(enumerate(TAGS))
    assert not model.training
    assert {one.p for one in model.modules() if isinstance(one, torch.nn.Dropout)} == {0.0}


@pytest.mark.usefixtures("bert")
def test_a_span_reader_scores_each_token_twice():
    tokenizer, model = load_span_reader(CPU)
    coded = tokenizer("When?", "At noon.", return_tensors="pt")
    out = model(**coded)
    assert out.start_logits.shape == out.end_logits.shape == coded["input_ids"].shape


@pytest.mark.parametrize(
    "load", [lambda **how: load_tagger(CPU, TAGS, **how)[1], lambda **how: load_span_reader(CPU, **how)[1]]
)
@pytest.mark.usefixtures("bert")
def test_the_body_is_the_encoders_the_head_is_the_seeds(load):
    body = [name for name, _ in load().named_parameters() if name.startswith("bert.")]
    one, same, other, random = load(seed=1), load(seed=1), load(seed=2), load(random=True, seed=1)
    assert torch.equal(weights(one), weights(same))
    assert not torch.equal(weights(one), weights(other))
    for model, is_same in ((other, True), (random, False)):
        pairs = zip(one.named_parameters(), model.parameters(), strict=True)
        matrices = [torch.equal(a, b) for (name, a), b in pairs if name in body and a.dim() == 2]
        assert all(matrices) if is_same else not any(matrices)


@pytest.mark.usefixtures("bert")
def test_loading_leaves_the_random_state():
    before = torch.random.get_rng_state()
    load_tagger(CPU, TAGS, random=True)
    make_resnet(3)
    make_t5(9)
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("labels", [["O"], ["O", "O"], []])
def test_labels_must_be_two_or_more_and_differ(labels):
    with pytest.raises(WorkshopError, match="two or more different labels"):
        load_tagger(CPU, labels)


def test_a_damaged_encoder_is_named_in_one_line(bert):
    (bert / "config.json").write_text("{")
    with pytest.raises(WorkshopError, match="can't load minilm-wheel with a head for each token: It looks like"):
        load_span_reader(CPU)


def test_small_networks_have_the_shapes_that_they_say():
    resnet, t5 = make_resnet(4), make_t5(20)
    assert resnet(torch.zeros(2, 1, 32, 32)).logits.shape == (2, 4)
    assert 50_000 < count_trained(resnet) < 60_000
    ids = torch.tensor([[3, 4, 1]])
    out = t5(input_ids=ids, labels=torch.tensor([[5, 1]]))
    assert out.logits.shape == (1, 2, 20)
    assert t5.config.decoder_start_token_id == t5.config.pad_token_id == 0
    assert 150_000 < count_trained(t5) < 250_000
    with pytest.raises(WorkshopError, match="two or more labels, got 1"):
        make_resnet(1)


def make_batch(seed=0):
    rng = np.random.default_rng(seed)
    return {
        "pixel_values": torch.from_numpy(rng.normal(size=(8, 1, 32, 32)).astype(np.float32)),
        "labels": torch.arange(8) % 2,
    }


def test_fit_learns_and_tells_each_steps_loss():
    model = make_resnet(2)
    training = fit(model, itertools.repeat(make_batch()), steps=30, rate=3e-3)
    assert len(training.losses) == 30
    assert training.losses[-1] < 0.5 * training.losses[0]
    assert training.seconds > 0
    assert not model.training


def test_fit_is_torchs_own_loop_with_the_linear_schedule():
    """Compare with AdamW and transformers' schedule, step by step."""
    from transformers import get_linear_schedule_with_warmup

    mine, theirs, batch = make_resnet(2), make_resnet(2), make_batch()
    fit(mine, itertools.repeat(batch), steps=10, rate=1e-3)
    optimizer = torch.optim.AdamW(theirs.parameters(), lr=1e-3, weight_decay=0.0)
    schedule = get_linear_schedule_with_warmup(optimizer, 1, 11)
    theirs.train()
    for step in range(1, 11):
        optimizer.param_groups[0]["lr"] = 1e-3 * schedule.lr_lambdas[0](step)
        theirs(**batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(theirs.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    torch.testing.assert_close(weights(mine), weights(theirs), rtol=1e-3, atol=1e-5)


def test_fit_leaves_what_is_frozen():
    model = make_resnet(2)
    model.resnet.requires_grad_(False)
    before = weights(model.resnet)
    fit(model, itertools.repeat(make_batch()), steps=2, rate=1e-2)
    assert torch.equal(before, weights(model.resnet))


@pytest.mark.parametrize(
    ("batches", "rate", "said"),
    [
        ([make_batch()], 1e-3, "expected 3 batches, got 1"),
        ([{"pixel_values": torch.zeros(2, 1, 32, 32)}] * 3, 1e-3, "the batch has no labels"),
        ([make_batch()] * 3, float("inf"), "the rate is too high"),
    ],
    ids=["too few", "no labels", "no number"],
)
def test_fit_says_what_is_wrong(batches, rate, said):
    with pytest.raises(WorkshopError, match=said):
        fit(make_resnet(2), batches, steps=3, rate=rate)
