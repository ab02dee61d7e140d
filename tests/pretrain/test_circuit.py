"""What a model does before its first step of training: it continues what it has seen, and finds what is asked for."""

from random import Random

import pytest
import torch

from workshop.pretrain.circuit import hold_circuits, weigh_tokens
from workshop.pretrain.heads import plan_rooms
from workshop.pretrain.loop import make_optimizers, train_step
from workshop.pretrain.packing import make_batch
from workshop.pretrain.sizes import SIZES, build_model
from workshop.pretrain.tasks import Shape, make_page, read

LENGTH = 40
PAGES = 60


def share_continued(model, vocabulary):
    """Return the share of tokens of the second half of random words said twice that are the likeliest ones."""
    once = torch.randint(10, vocabulary, (8, LENGTH), generator=torch.Generator().manual_seed(1))
    begin = torch.full((8, 1), model.config.bos_token_id)
    with torch.no_grad():
        likeliest = model(torch.cat([begin, once, once], dim=1)).logits.argmax(-1)
    return (likeliest[:, LENGTH + 1 : -1] == once[:, 1:]).float().mean().item()


@pytest.mark.parametrize("name", SIZES)
def test_an_untrained_model_continues_random_words(name, tokenizer):
    assert share_continued(build_model(SIZES[name], tokenizer), len(tokenizer)) > 0.9


def test_without_the_circuit_it_continues_nothing(tokenizer):
    assert share_continued(build_model(SIZES["small"], tokenizer, circuit=False), len(tokenizer)) < 0.05


def test_the_seed_decides_the_weights(tokenizer):
    one, same, other = (build_model(SIZES["nano"], tokenizer, seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[name], same[name]) for name in one)
    for name in ("model.embed_tokens.weight", "model.layers.2.self_attn.q_proj.weight"):
        assert not torch.equal(one[name], other[name])


def share_found(model, tokenizer, encoder):
    """Return in how many answers the second layer's finding head looks first at a token of the right value."""
    model.set_attn_implementation("eager")
    head, found, rng = plan_rooms(model.config).heads, 0, Random("found")
    shape = Shape(facts=6, passages=2, content="held_out")
    for _ in range(PAGES):
        chat = read(make_page(rng, shape), rng, shape)
        text = " " + chat.messages[0]["content"]
        coded = tokenizer.backend_tokenizer.encode(text, add_special_tokens=False)
        ids = [encoder.marks["user"], *coded.ids, encoder.end, encoder.marks["assistant"]]
        with torch.no_grad():
            looks = model(torch.tensor([ids]), output_attentions=True).attentions[1][0, head, -1]
        start, end = [(0, 0), *coded.offsets, (0, 0), (0, 0)][looks.argmax()]
        value = text.find(chat.answer)
        found += end > value and start < value + len(chat.answer)
    return found / PAGES


def test_an_untrained_model_finds_what_is_asked_for(tokenizer, encoder):
    assert share_found(build_model(SIZES["small"], tokenizer), tokenizer, encoder) > 0.3


def test_without_the_circuit_it_finds_next_to_nothing(tokenizer, encoder):
    assert share_found(build_model(SIZES["small"], tokenizer, circuit=False), tokenizer, encoder) < 0.2


def test_what_every_phrasing_holds_is_neither_topic_nor_rare(tokenizer):
    topics, rarities = weigh_tokens(tokenizer)
    common, digit = tokenizer.convert_tokens_to_ids(["Ġthe", "7"])
    assert topics[common] == rarities[common] == topics[digit] == 0
    assert rarities[digit] > 0.9
    assert max(topics) == 1


def test_held_circuits_stay_until_they_are_let_go(tokenizer, encoder):
    model = build_model(SIZES["probe"], tokenizer)
    first = model.model.layers[0].self_attn
    rooms = plan_rooms(model.config)
    circuit = first.q_proj.weight[: rooms.head * (rooms.heads + 1)]
    topics = model.model.embed_tokens.weight[:, rooms.topics]
    kept = circuit.clone(), topics.clone(), first.q_proj.weight.clone()
    handles, optimizers = hold_circuits(model), make_optimizers(model, 0.002, 0.001)
    batch = {name: torch.as_tensor(array) for name, array in make_batch(0, 1, 1, 512, encoder).items()}
    # The first step moves what the heads write, only then does a gradient reach what they look for.
    for _ in range(2):
        train_step(model, optimizers, batch, 1.0)
    assert torch.equal(topics, kept[1])
    torch.testing.assert_close(circuit, kept[0], rtol=1e-4, atol=0)
    assert (first.q_proj.weight - kept[2]).abs().max() > 1e-4
    for handle in handles:
        handle.remove()
    train_step(model, optimizers, batch, 1.0)
    assert (topics - kept[1]).abs().max() > 1e-4
