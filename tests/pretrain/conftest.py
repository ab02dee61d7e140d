"""A small tokenizer and a small finished run, made once."""

import pytest

from tests.pretrain.small_plan import PLAN
from workshop.pretrain.run import run
from workshop.pretrain.tokenizer import Encoder, train_tokenizer


@pytest.fixture(scope="session")
def tokenizer():
    return train_tokenizer(vocabulary=1200, groups=150)


@pytest.fixture(scope="session")
def encoder(tokenizer):
    return Encoder(tokenizer)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "whole"
    run(PLAN, folder)
    return folder
