"""Tokenizer and packing: the template is what is trained on, and a packed chat is as if it stood alone."""

from random import Random

import numpy as np
import pytest
import torch

from workshop.pretrain.loop import see, token_losses
from workshop.pretrain.mixture import make_group, shape_at
from workshop.pretrain.packing import (
    ABSTAIN_WEIGHT,
    ENGLISH_WEIGHT,
    Sequence1D,
    encode_group,
    fill_sequence,
    make_batch,
)
from workshop.pretrain.sizes import SIZES, build_model
from workshop.pretrain.tasks import Chat, Shape, abstain, make_page, read, turn
from workshop.pretrain.tokenizer import CONTEXT

CHAT = [
    {"role": "system", "content": "Answer in capitals."},
    {"role": "user", "content": "Passages:\nThe oak desk opens at 9:15.\n\nQuestion: When does the oak desk open?"},
    {"role": "assistant", "content": "9:15"},
]


def test_the_template_writes_what_is_trained_on(tokenizer, encoder):
    coded = tokenizer.apply_chat_template(CHAT, return_dict=True, return_assistant_tokens_mask=True)
    ids, written = encoder.encode_chat(CHAT)
    assert list(coded["input_ids"]) == ids
    assert [bool(flag) for flag in coded["assistant_masks"]] == written


def test_a_prompt_ends_where_the_answer_begins(tokenizer, encoder):
    text = tokenizer.apply_chat_template(CHAT[:-1], tokenize=False, add_generation_prompt=True)
    prompt = tokenizer.encode(text, add_special_tokens=False)
    ids, written = encoder.encode_chat(CHAT)
    assert ids[: len(prompt)] == prompt
    assert written.index(True) == len(prompt)


def test_digits_are_tokens_of_their_own(tokenizer):
    tokens = tokenizer.convert_ids_to_tokens(tokenizer.encode("it costs 1,040 florins", add_special_tokens=False))
    assert [token for token in tokens if any(letter.isdigit() for letter in token)] == list("1040")


@pytest.mark.parametrize("text", ["naïve Ærø – 東京 🙂", "\t tabs\n\nand lines", "", "£12.50 · °C"])
def test_any_text_comes_back(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text


def test_a_word_has_the_same_token_in_the_answer_as_in_a_passage(tokenizer, encoder):
    ids, written = encoder.encode_chat(
        [{"role": "user", "content": "it is desk"}, {"role": "assistant", "content": "desk"}]
    )
    answer = [one for one, flag in zip(ids, written, strict=True) if flag][:-1]
    assert tokenizer.encode("it is desk", add_special_tokens=False)[-len(answer) :] == answer


def test_sequences_fit_the_context(encoder):
    rng = Random(0)
    longest = max(
        len(encoder.encode_chat(chat.messages)[0]) for _ in range(200) for chat in make_group(rng, shape_at(10**6))
    )
    assert CONTEXT / 4 < longest < 2 * CONTEXT


def test_abstaining_counts_less_a_token_and_english_least(encoder):
    rng = Random(6)
    page = make_page(rng, Shape())
    (parts,) = encode_group([read(page, rng, Shape()), abstain(page, rng, Shape())], encoder)
    assert {weight for weight in parts[1][1] if weight} == {1.0}
    first, *others = [weight for weight in parts[2][1] if weight]
    assert first == 1.0
    assert set(others) == {ABSTAIN_WEIGHT}
    assert 0 < ENGLISH_WEIGHT < ABSTAIN_WEIGHT < 1


def test_a_chat_that_begins_otherwise_costs_the_others_nothing(encoder):
    rng = Random(3)
    page = make_page(rng, Shape())
    chats = [read(page, rng, Shape()) for _ in range(3)]
    odd = Chat((turn("system", "Answer in capitals."), *chats[0].messages))
    alone, mixed = encode_group(chats, encoder), encode_group([chats[0], odd, *chats[1:]], encoder)
    assert mixed == [*alone, [([], []), *encode_group([odd], encoder)[0][1:]]]
    assert len(alone[0][0][0]) > len(encoder.encode_chat(chats[0].messages)[0]) / 2


def test_every_token_stands_at_its_place_and_predicts_from_its_own_chat(encoder):
    for step in (0, 3000, 10**6):
        row = fill_sequence(Random(step), step, 512, encoder)
        assert len(row.ids) == len(row.places) == len(row.groups) == len(row.branches) == len(row.weights) == 512
        trunks = dict.fromkeys(row.groups, 0)
        for group, branch in zip(row.groups, row.branches, strict=True):
            trunks[group] += branch == 0
        seen: dict[tuple[int, int], int] = {}
        for place, group, branch in zip(row.places, row.groups, row.branches, strict=True):
            expected = seen.get((group, branch), trunks[group] if branch else 0)
            assert place == expected
            seen[group, branch] = place + 1


def test_a_batch_depends_on_seed_and_step_alone(encoder):
    one, two, other = (make_batch(0, step, 2, 512, encoder) for step in (7, 7, 9))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert not np.array_equal(one["ids"], other["ids"])
    assert {array.shape for array in one.values()} == {(2, 256)}
    assert make_batch(0, 8, 2, 512, encoder)["ids"].shape == (1, 512)


def test_who_sees_whom_by_hand():
    batch = {"groups": torch.tensor([[0, 0, 0, 1]]), "branches": torch.tensor([[0, 1, 2, 0]])}
    assert see(batch)[0, 0].int().tolist() == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1]]


def test_a_packed_chat_is_trained_as_if_it_stood_alone(tokenizer, encoder):
    rng = Random(4)
    page = make_page(rng, Shape())
    chats = [read(page, rng, Shape()) for _ in range(3)]
    (parts,) = encode_group(chats, encoder)
    row = Sequence1D([], [], [], [], [])
    row.add([encoder.begin] * 5, [0.0] * 5, 9, 0, 0)
    for branch, (ids, weights) in enumerate(parts):
        row.add(ids, weights, 0, branch, 0 if branch == 0 else len(parts[0][0]))
    model = build_model(SIZES["nano"], tokenizer).eval()
    packed = losses_of(model, row)
    alone = []
    for chat in chats:
        ids, written = encoder.encode_chat(chat.messages)
        single = Sequence1D([], [], [], [], [])
        single.add(ids, [float(flag) for flag in written], 0, 0, 0)
        alone += losses_of(model, single)
    np.testing.assert_allclose(packed, alone, rtol=1e-4)
    assert sum(len(ids) for ids, _ in parts) < sum(len(encoder.encode_chat(chat.messages)[0]) for chat in chats)


def losses_of(model, row):
    batch = {name: torch.tensor([getattr(row, name)]) for name in ("ids", "places", "groups", "branches", "weights")}
    with torch.no_grad():
        return token_losses(model, batch)[0].tolist()


def test_a_lone_chat_has_the_loss_that_transformers_gives(tokenizer, encoder):
    ids, written = encoder.encode_chat(CHAT)
    model = build_model(SIZES["nano"], tokenizer).eval()
    labels = [one if flag else -100 for one, flag in zip(ids, written, strict=True)]
    with torch.no_grad():
        oracle = model(torch.tensor([ids]), labels=torch.tensor([labels])).loss.item()
    row = Sequence1D([], [], [], [], [])
    row.add(ids, [float(flag) for flag in written], 0, 0, 0)
    assert np.mean(losses_of(model, row)) == pytest.approx(oracle, rel=1e-4)
