"""Labels are the assistant's tokens, an adapter is all that learns, a seed repeats, and odd input gets a message."""

import dataclasses
from typing import Any

import numpy as np
import pytest

pytest.importorskip("peft")

import torch
from transformers import AutoModelForCausalLM

from tests.workshop.tiny_models import MARKS, TEMPLATE, make_llama
from workshop.bot import answer, encode_chats
from workshop.errors import WorkshopError
from workshop.models import open_language_model
from workshop.settings import Settings
from workshop.tune import IGNORED, Example, Parts, add_lora, count_trained, evaluate, fine_tune, make_examples
from workshop.tune.batches import draw_batches
from workshop.tune.parts import learning_rate, pad_batch

pytestmark = pytest.mark.slow

MARKED = (
    "{% for message in messages %}<|{{ message['role'] }}|>{% if message['role'] == 'assistant' %}"
    "{% generation %}{{ message['content'] + '<|end|>' }}{% endgeneration %}"
    "{% else %}{{ message['content'] }}<|end|>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def chat(question, *answers):
    turns = [{"role": "user", "content": question}]
    for said in answers:
        turns += [{"role": "assistant", "content": said}, {"role": "user", "content": "And?"}]
    return turns[:-1] if answers else turns


CHATS = [
    chat("Where is the boat?", "At the quay."),
    chat("hi", "Ahoy"),
    [{"role": "system", "content": "Be brief."}, *chat("Was kostet die Fähre?", "何 €", "🛳️ e\u0301")],
]


@dataclasses.dataclass
class Loaded:
    """A tokenizer and its model."""

    tokenizer: Any
    model: Any


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture
def model(folder):
    return Loaded(*open_language_model(folder, Settings(device="cpu", dtype="float32")))


def weights_of(network):
    return {name: one.detach().clone() for name, one in network.named_parameters()}


def labelled(example):
    return [label for label in example.labels if label != IGNORED]


@pytest.mark.parametrize("template", [TEMPLATE, MARKED])
def test_labels_are_what_the_template_marks_as_generated(model, template):
    model.tokenizer.chat_template = template
    for messages, example in zip(CHATS, make_examples(model.tokenizer, CHATS), strict=True):
        model.tokenizer.chat_template = MARKED
        known = model.tokenizer.apply_chat_template(messages, return_dict=True, return_assistant_tokens_mask=True)
        assert list(example.ids) == known["input_ids"]
        assert [label != IGNORED for label in example.labels] == [bool(flag) for flag in known["assistant_masks"]]
        assert all(label in (IGNORED, one) for one, label in zip(example.ids, example.labels, strict=True))


def test_labels_are_the_answer_and_its_end_and_follow_the_bots_prompt(model):
    (example,) = make_examples(model.tokenizer, CHATS[:1])
    assert model.tokenizer.decode(labelled(example)) == "At the quay." + MARKS[0]
    (prompt,) = encode_chats(model.tokenizer, [CHATS[0][:-1]])
    assert list(example.ids[: len(prompt)]) == prompt
    assert all(label == IGNORED for label in example.labels[: len(prompt)])
    assert len(labelled(example)) == len(example.ids) - len(prompt)


def test_a_template_that_rewrites_earlier_answers_is_refused(model):
    model.tokenizer.chat_template = TEMPLATE.replace(
        "{{ message['content'] }}", "{{ message['content'] if loop.last or message['role'] == 'user' else '' }}"
    )
    assert make_examples(model.tokenizer, [chat("hi", "one")])
    with pytest.raises(WorkshopError, match=r"example 0: the chat template writes .* Make an example of each answer"):
        make_examples(model.tokenizer, [chat("hi", "one", "two")])


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([], r"example 1 is \[\]: expected a list of messages"),
        ("hi", "example 1 is 'hi': expected a list of messages"),
        ([{"role": "assistant", "content": "x"}], "example 1 begins with an answer"),
        (chat("hi"), "example 1 has no turn of the assistant's"),
        ([{"role": "bot", "content": "x"}], "example 1 holds .*: expected .* with a role of system, user, assistant"),
        ([{"role": "assistant", "content": None}], "example 1 holds"),
        (chat(f"say {MARKS[0]} now", "x"), r"example 1 holds '<\|end\|>', a mark of the chat template's own"),
        (chat("hi", "\ud83d"), "example 1 holds half of a surrogate pair"),
    ],
)
def test_chats_that_teach_nothing_are_named(model, messages, said):
    with pytest.raises(WorkshopError, match=said):
        make_examples(model.tokenizer, [CHATS[0], messages])


def test_an_adapter_changes_nothing_until_it_is_trained(model):
    prompts = [messages[:-1] for messages in CHATS]
    before = answer(model.tokenizer, model.model, prompts, max_new_tokens=12)
    ids = torch.tensor([make_examples(model.tokenizer, CHATS)[0].ids])
    with torch.inference_mode():
        plain = model.model(ids).logits
        tuned = add_lora(model.model)
        torch.testing.assert_close(tuned(ids).logits, plain, rtol=0, atol=1e-6)
    assert answer(model.tokenizer, tuned, prompts, max_new_tokens=12) == before


def test_an_adapter_stands_beside_every_linear_layer_of_the_blocks(model):
    linear = [
        one for name, one in model.model.named_modules() if isinstance(one, torch.nn.Linear) and "lm_head" not in name
    ]
    wanted = sum(3 * (one.in_features + one.out_features) for one in linear)
    tuned = add_lora(model.model, rank=3)
    assert count_trained(tuned) == wanted
    assert all("lora_" in name for name, one in tuned.named_parameters() if one.requires_grad)


def test_only_the_adapter_learns(model):
    examples = make_examples(model.tokenizer, CHATS)
    tuned = add_lora(model.model, seed=1)
    before = weights_of(tuned)
    found = fine_tune(tuned, examples, steps=60, rate=2e-2, batch=2)
    after = weights_of(tuned)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {name for name in before if "lora_" in name}
    assert len(found.losses) == 60
    assert found.losses[-1] < 0.5 * found.losses[0]
    assert found.seconds > 0
    assert not tuned.training


def test_all_weights_learn_and_the_answers_are_the_examples(model):
    before = weights_of(model.model)
    fine_tune(model.model, make_examples(model.tokenizer, CHATS), epochs=60, rate=1e-2, batch=4)
    assert all(not torch.equal(before[name], one) for name, one in weights_of(model.model).items())
    asked = [messages[:-1] for messages in CHATS]
    assert answer(model.tokenizer, model.model, asked, max_new_tokens=30) == [
        messages[-1]["content"] for messages in CHATS
    ]


def test_the_same_seed_gives_the_same_weights(folder):
    def train(seed):
        model = Loaded(*open_language_model(folder, Settings(device="cpu", dtype="float32")))
        tuned = add_lora(model.model, seed=seed)
        fine_tune(tuned, make_examples(model.tokenizer, CHATS), steps=4, batch=2, seed=seed)
        return weights_of(tuned)

    torch.manual_seed(5)
    one = train(0)
    torch.manual_seed(6)
    kept = torch.random.get_rng_state()
    two, other = train(0), train(1)
    assert torch.equal(torch.random.get_rng_state(), kept)
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_a_step_minimises_the_loss_of_the_answers_alone(model):
    examples = make_examples(model.tokenizer, CHATS)
    total, count = 0.0, 0
    with torch.inference_mode():
        for example in examples:
            chances = model.model(torch.tensor([example.ids])).logits[0, :-1].log_softmax(-1)
            for place, label in enumerate(example.labels[1:]):
                if label != IGNORED:
                    total -= chances[place, label].item()
                    count += 1
    found = fine_tune(model.model, examples, steps=1, batch=3, rate=1e-9)
    assert found.losses[0] == pytest.approx(total / count, rel=1e-5)


def test_padding_stands_on_the_right_and_is_masked():
    ids, mask = pad_batch([(5, 1, 1), (8,)], pad_id=1)
    assert ids == [[5, 1, 1], [8, 1, 1]]
    assert mask == [[1, 1, 1], [1, 0, 0]]


def test_tables_of_floats_do_as_well(model):
    def padded(sequences, pad_id):
        return [np.array(table, dtype=float) for table in pad_batch(sequences, pad_id)]

    examples = make_examples(model.tokenizer, CHATS)
    assert evaluate(model.model, examples, Parts(pad_batch=padded)) == evaluate(model.model, examples)


def test_batches_hold_every_row_once_an_epoch_beside_rows_of_like_length():
    lengths = [3, 50, 4, 51, 5, 52, 6]
    batches = draw_batches(lengths, 2, seed=0)
    epochs = [[next(batches) for _ in range(4)] for _ in range(2)]
    assert [last for epoch in epochs for _, last in epoch] == 2 * [False, False, False, True]
    first, second = ([rows.tolist() for rows, _ in epoch] for epoch in epochs)
    for epoch in (first, second):
        assert sorted(row for rows in epoch for row in rows) == list(range(7))
        assert sum(abs(lengths[rows[0]] - lengths[rows[-1]]) > 10 for rows in epoch) <= 1
    assert first != second


@pytest.mark.parametrize(("steps", "warmup"), [(1, 0), (1, 1), (2, 1), (10, 3), (11, 0), (200, 20)])
def test_the_rate_is_that_of_transformers(steps, warmup):
    from transformers import get_linear_schedule_with_warmup

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    schedule = get_linear_schedule_with_warmup(optimizer, warmup, steps)
    for step in range(steps + 3):
        assert learning_rate(step, steps, warmup, 0.5) == pytest.approx(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()


@pytest.mark.parametrize("steps", [1, 2, 3, 10, 11])
def test_every_step_of_a_training_learns_and_one_has_the_peak(model, steps):
    seen = []

    def rate(*numbers):
        seen.append(learning_rate(*numbers))
        return seen[-1]

    fine_tune(
        model.model, make_examples(model.tokenizer, CHATS), steps=steps, rate=1e-3, parts=Parts(learning_rate=rate)
    )
    assert len(seen) == steps
    peak = seen.index(max(seen))
    assert seen[peak] == 1e-3
    assert seen[: peak + 1] == sorted(seen[: peak + 1])
    assert seen[peak:] == sorted(seen[peak:], reverse=True)
    assert min(seen) > 0


def test_the_training_stops_where_it_is_told(model):
    reports = []

    def tell(report):
        reports.append(report)
        return report.step == 3

    found = fine_tune(model.model, make_examples(model.tokenizer, CHATS), steps=9, batch=1, tell=tell)
    assert [one.step for one in reports] == [1, 2, 3]
    assert {one.steps for one in reports} == {9}
    assert tuple(one.loss for one in reports) == found.losses


def test_epochs_are_counted_in_whole_batches(model):
    assert len(fine_tune(model.model, make_examples(model.tokenizer, CHATS), epochs=2, batch=2).losses) == 4


@pytest.mark.parametrize(
    ("examples", "options", "said"),
    [
        ([], {}, "expected examples to tune on, got none"),
        ([Example(tuple(range(129)), tuple(range(129)))], {}, "example 0 has 129 tokens, but the model reads 128"),
        ([Example((1, 2), (IGNORED, IGNORED))], {}, "example 0 has 2 ids and 2 labels, of which none"),
        ([Example((1, 2), (1, IGNORED))], {}, "none after the first"),
        ([Example((1, 2), (1,))], {}, "example 0 has 2 ids and 1 labels"),
        (None, {"epochs": 0}, "expected 1 or more epochs"),
        (None, {"steps": 0}, "expected 1 or more epochs or steps"),
        (None, {"rate": 0}, "a rate above 0"),
        (None, {"rate": float("nan")}, "a rate above 0"),
        (None, {"rate": 1e30, "steps": 5}, "the loss is no number any more: the rate is too high"),
    ],
)
def test_trainings_that_come_to_nothing_are_named(model, examples, options, said):
    examples = make_examples(model.tokenizer, CHATS) if examples is None else examples
    with pytest.raises(WorkshopError, match=said):
        fine_tune(model.model, examples, **options)


def test_a_frozen_model_is_named(model):
    model.model.requires_grad_(False)
    with pytest.raises(WorkshopError, match="every weight of this model is frozen"):
        fine_tune(model.model, make_examples(model.tokenizer, CHATS))


def test_a_second_adapter_and_a_rank_of_nothing_are_refused(model):
    with pytest.raises(WorkshopError, match="a rank of 1 or more, got 0"):
        add_lora(model.model, 0)
    tuned = add_lora(model.model)
    with pytest.raises(WorkshopError, match="has an adapter already"):
        add_lora(model.model)
    assert count_trained(add_lora(tuned.unload())) == count_trained(tuned)


def test_off_unloaded_and_merged_are_what_peft_says(model, folder):
    examples = make_examples(model.tokenizer, CHATS)
    ids = torch.tensor([examples[0].ids])
    plain = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    tuned = add_lora(model.model)
    fine_tune(tuned, examples, steps=10, rate=1e-2)
    with torch.inference_mode():
        wanted, learnt = plain(ids).logits, tuned(ids).logits
        assert not torch.allclose(wanted, learnt, atol=1e-3)
        with tuned.disable_adapter():
            assert torch.equal(tuned(ids).logits, wanted)
        torch.testing.assert_close(tuned.merge_and_unload()(ids).logits, learnt, rtol=0, atol=1e-4)
