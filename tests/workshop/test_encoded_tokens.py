"""Token vectors and one attention head, against what the library itself computes."""

import numpy as np
import pytest

from workshop.models import encode_texts, encode_tokens, encode_word, load_encoder, read_head
from workshop.settings import Settings

pytestmark = pytest.mark.slow
TEXT = "A drag earns 60 per cent back."


@pytest.fixture(scope="module")
def encoder():
    pytest.importorskip("sentence_transformers")
    return load_encoder(Settings(threads=1))


def test_the_mean_of_token_vectors_is_the_texts_vector(encoder):
    tokens, vectors = encode_tokens(encoder, TEXT)
    assert tokens[:4] == ["[CLS]", "a", "drag", "earn"]
    mean = vectors.mean(axis=0)
    assert mean / np.linalg.norm(mean) == pytest.approx(encode_texts(encoder, [TEXT])[0], abs=1e-5)


def test_a_word_of_several_tokens_is_their_mean(encoder):
    tokens, vectors = encode_tokens(encoder, TEXT)
    place = tokens.index("earn")
    assert tokens[place + 1] == "##s"
    found = encode_word(encoder, TEXT, TEXT.index("earns"), len("earns"))
    assert found == pytest.approx(vectors[place : place + 2].mean(axis=0), abs=1e-6)


@pytest.mark.parametrize(("layer", "head"), [(0, 3), (5, 11)])
def test_a_heads_parts_have_a_row_for_each_token(encoder, layer, head):
    tokens, parts = read_head(encoder, TEXT, layer, head)
    assert parts.pop("weights").shape == (len(tokens), len(tokens))
    assert {name: part.shape for name, part in parts.items()} == dict.fromkeys(
        ("query", "key", "value", "outputs"), (len(tokens), 32)
    )


def test_a_heads_weights_mix_its_values(encoder):
    parts = read_head(encoder, TEXT, 0, 3)[1]
    scores = parts["query"] @ parts["key"].T / np.sqrt(32)
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert parts["weights"] == pytest.approx(weights, abs=1e-6)
    assert weights @ parts["value"] == pytest.approx(parts["outputs"], abs=1e-5)


def test_reading_a_head_leaves_no_hook_behind(encoder):
    read_head(encoder, TEXT, 0, 0)
    assert not any(module._forward_hooks for module in encoder[0].auto_model.modules())


def test_what_is_cut_off_has_no_token(encoder):
    tokens, vectors = encode_tokens(encoder, "boat " * 400)
    assert len(tokens) == len(vectors) == encoder.max_seq_length == 256
