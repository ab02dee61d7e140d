"""Half a minute from random weights: the loss falls, the seed repeats, the time is kept."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch

from workshop.data import load_wiki_passages
from workshop.errors import WorkshopError
from workshop.tune import scratch, train_from_nothing

pytestmark = pytest.mark.slow

SENTENCES = [one.text for one in load_wiki_passages()[:1500]]


@pytest.fixture(scope="module")
def trained():
    return train_from_nothing(SENTENCES, steps=40)


def test_the_loss_begins_at_chance_and_falls(trained):
    assert len(trained.losses) == 40
    assert trained.losses[0] == pytest.approx(torch.log(torch.tensor(len(trained.tokenizer) * 1.0)).item(), abs=0.3)
    assert trained.losses[-1] < trained.losses[0] - 1
    assert trained.tokens == 40 * scratch.BATCH * scratch.CONTEXT
    assert not trained.model.training


def test_it_writes_with_the_librarys_own_generate(trained):
    ids = trained.tokenizer("The", return_tensors="pt")["input_ids"]
    whole = trained.model.generate(ids, max_new_tokens=5, do_sample=False)
    assert whole.shape[1] > ids.shape[1]


def test_the_same_seed_gives_the_same_weights_and_another_does_not():
    def train(seed):
        return train_from_nothing(SENTENCES, steps=3, seed=seed).losses

    torch.manual_seed(1)
    first = train(0)
    torch.manual_seed(2)
    assert train(0) == first
    assert train(1) != first


def test_the_time_is_kept():
    found = train_from_nothing(SENTENCES, seconds=1.0)
    assert found.losses
    assert found.seconds >= 1.0
    assert found.seconds < 30  # a hang, not a budget


def test_rows_hold_every_sentence_with_its_end(trained):
    rows = scratch.cut_rows(trained.tokenizer, SENTENCES[:200])
    text = trained.tokenizer.decode(rows.flatten().tolist())
    assert SENTENCES[0] + scratch.END + SENTENCES[1] in text
    assert rows.shape[1] == scratch.CONTEXT


def test_too_few_sentences_are_named():
    with pytest.raises(WorkshopError, match=r"2 sentences give \d+ tokens, and a batch needs 1024. Give more"):
        train_from_nothing(["one boat", "two boats"])


def test_long_sentences_are_cut_without_a_warning(caplog):
    tokenizer = scratch.learn_pieces(SENTENCES[:300])
    with caplog.at_level("WARNING"):
        assert scratch.cut_rows(tokenizer, [" ".join(SENTENCES[:300])]).shape[1] == 64
    assert "longer than" not in caplog.text
