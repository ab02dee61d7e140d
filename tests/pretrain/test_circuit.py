"""What a model does before its first step of training: it continues what it has seen."""

import pytest
import torch

from workshop.pretrain.sizes import SIZES, build_model

LENGTH = 40


def share_continued(model, vocabulary):
    """Return the share of tokens of the second half of random words said twice that are the likeliest ones."""
    once = torch.randint(10, vocabulary, (8, LENGTH), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        likeliest = model(torch.cat([once, once], dim=1)).logits.argmax(-1)
    return (likeliest[:, LENGTH:-1] == once[:, 1:]).float().mean().item()


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
