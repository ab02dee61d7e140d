"""Every adapter that comes with the workshop is what was measured, changes the replies, and leaves the model bare."""

import json

import pytest

pytest.importorskip("peft")

import torch

from studies.adapters import study
from studies.adapters.asking import ask
from studies.adapters.cards import NAMES
from studies.adapters.making import hash_weights
from studies.keep import read_measured
from studies.runner import RUNS, read_runs
from workshop.bot import answer, build_prompt
from workshop.models import load_language_model
from workshop.settings import Settings, choose_dtype
from workshop.tune import adapter
from workshop.tune.lora import ADAPTERS, name_model
from workshop.tune.shipped import RECIPE, read_chats, read_recipe

MEGABYTES = 2.0
PAGE = "The kiosk on the pier opens at 8:40. The slipway café opens at 11:15 and closes at 19:30. Dogs wait outside."


@pytest.fixture(scope="module")
def loaded():
    tokenizer, model = load_language_model(Settings(device="cpu"))
    return tokenizer, model


def find_cell(name):
    """Return the run whose adapter is shipped, as it is kept."""
    return json.loads(json.dumps(study.make_cell(name, study.SEEDS[name][0])))


def test_all_four_come_with_the_workshop():
    assert sorted(path.name for path in ADAPTERS.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_one_that_was_measured_and_small(name):
    recipe = study.CHOSEN[name][0]
    [run] = [one for one in read_runs(RUNS / f"{study.STEM}.jsonl") if one["cell"] == find_cell(name)]
    assert hash_weights(ADAPTERS / name) == run["found"]["sha256"]
    assert sum(path.stat().st_size for path in (ADAPTERS / name).iterdir()) <= MEGABYTES * 1e6
    assert read_recipe(ADAPTERS / name) == recipe
    assert len(read_chats(ADAPTERS / name)) == run["found"]["chats"]


@pytest.mark.parametrize("name", NAMES)
def test_no_folder_of_the_machine_that_made_it_stands_in_it(name):
    settings = json.loads((ADAPTERS / name / "adapter_config.json").read_text())
    assert settings["base_model_name_or_path"] == "HuggingFaceTB/SmolLM2-135M-Instruct"


@pytest.mark.parametrize("name", NAMES)
def test_its_card_has_the_figures_that_were_measured(name):
    card = (ADAPTERS / name / "README.md").read_text(encoding="utf-8")
    rows = read_measured(study.STEM).select(method=name, task="skills/", metric="right")
    assert f"{rows[0].value:.2f} [{rows[0].low:.2f}, {rows[0].high:.2f}]" in card


@pytest.mark.slow
def test_every_adapter_changes_the_replies_and_leaves_the_model_bit_for_bit(loaded):
    tokenizer, model = loaded
    asked = [build_prompt("When does the slipway café open?", [PAGE])]
    weights = {key: one.clone() for key, one in model.state_dict().items()}
    plain = answer(tokenizer, model, asked, max_new_tokens=8)
    for name in NAMES:
        assert json.loads((ADAPTERS / name / RECIPE).read_text())["model"] == name_model(model)
        with adapter(model, name):
            assert answer(tokenizer, model, asked, max_new_tokens=8) != plain, name
        after = model.state_dict()
        assert after.keys() == weights.keys()
        assert all(torch.equal(one, after[key]) for key, one in weights.items()), name
    assert answer(tokenizer, model, asked, max_new_tokens=8) == plain


@pytest.mark.slow
def test_the_reader_answers_an_easy_question_in_the_words_of_the_page(loaded):
    tokenizer, model = loaded
    asked = [
        build_prompt("When does the kiosk on the pier open?", [PAGE]),
        build_prompt("What does a bicycle cost?", ["A dog costs 2 crowns. A bicycle costs 6 crowns.", PAGE]),
    ]
    with adapter(model, "reader"):
        assert answer(tokenizer, model, asked, max_new_tokens=12) == ["8:40", "6 crowns"]


@pytest.mark.slow
@pytest.mark.skipif(choose_dtype("cpu") != "bfloat16", reason="replies were kept in bfloat16: this processor has none")
@pytest.mark.parametrize("name", ["reader", "facts"])
def test_asked_again_it_says_what_was_kept(loaded, name):
    [run] = [one for one in read_runs(RUNS / f"{study.STEM}.jsonl") if one["cell"] == find_cell(name)]
    task = {"reader": "reading/right", "facts": "facts/worded"}[name]
    kept = run["found"]["answers"][task]["replies"]
    tokenizer, model = loaded
    with adapter(model, name):
        replies = ask(tokenizer, model, task)["replies"]
    same = sum(one == other for one, other in zip(replies, kept, strict=True))
    assert same / len(kept) > 0.9, "what asks has changed: measure again, make measure STEMS=adapters"
