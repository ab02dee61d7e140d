"""A look at a checkpoint: tokens by sort, each counted once."""

import pytest
from click.testing import CliRunner

from workshop.errors import WorkshopError
from workshop.pretrain.__main__ import commands
from workshop.pretrain.probe import load_moment, probe, sort_of_token
from workshop.pretrain.sizes import SIZES, build_model
from workshop.pretrain.tasks import Shape

FEW = Shape(facts=2, passages=1, content="held_out")


@pytest.mark.parametrize(
    ("token", "sort"),
    [
        ("ĠMoss", "capitalised word"),
        ("Ġmoss", "word"),
        ("moss", "piece"),
        ("7", "digit"),
        ("Ġ", "blank"),
        ("<|end|>", "mark"),
    ],
)
def test_a_token_has_its_sort(token, sort):
    assert sort_of_token(token) == sort


def test_every_token_of_an_answer_is_counted_once(tokenizer):
    rows = probe(build_model(SIZES["nano"], tokenizer).eval(), tokenizer, "read", FEW, cases=12)
    assert rows["whole"][1] == rows["mark"][1] == 12
    assert sum(seen for sort, (_, seen) in rows.items() if sort.startswith("first ")) == 12
    assert all(0 <= hits <= seen for hits, seen in rows.values())


def test_what_copies_repeats_words_before_any_training(tokenizer):
    copying, random = (
        probe(build_model(SIZES["probe"], tokenizer, circuit=circuit).eval(), tokenizer, "repeat", FEW, cases=12)
        for circuit in (True, False)
    )
    assert copying["piece"][0] > 0.6 * copying["piece"][1]
    assert random["piece"][0] < 0.1 * random["piece"][1]


def test_a_folder_without_a_checkpoint_is_said_to_have_none(tmp_path):
    with pytest.raises(WorkshopError, match="no checkpoint yet"):
        load_moment(tmp_path)


def test_the_command_prints_a_table_for_each_look(finished):
    done = CliRunner().invoke(commands, ["look", "--out", str(finished), "--cases", "2"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("After 6 steps")
    assert done.output.count("| whole |") == 4
