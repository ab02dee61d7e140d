"""Lesson 03's study: rules, folds, the planted bias and the figures made of runs, without training a network."""

import functools

import numpy as np
import pytest

from studies.finetune_classifier import linear, network, other_runs, power, study, texts
from studies.finetune_classifier.compare import Arms, labels_needed
from studies.finetune_classifier.effects import _bias, _gap, _two_lines
from studies.finetune_classifier.network import Recipe, draw_batches, share_of_rate
from studies.finetune_classifier.other_runs import OTHER, OWN, WITHOUT, change_recipe, cka, relabel
from studies.finetune_classifier.plan import ALL, SHORT, Plan, Recipes, list_networks
from studies.finetune_classifier.rules import (
    LIMITS,
    RULES,
    Estimate,
    judge_bias,
    judge_change,
    judge_knobs,
    judge_labels,
    judge_layers,
    judge_price,
    weaker,
)
from studies.grouped import average, score_runs


def one(low, high=None, value=None):
    high = low + 0.1 if high is None else high
    return Estimate((low + high) / 2 if value is None else value, low, high)


@pytest.mark.parametrize(
    ("judge", "parts", "verdict"),
    [
        (judge_labels, [one(4.1, 9), one(5, 9), one(6, 9)], "holds"),
        (judge_labels, [one(4.1, 9), one(1, 9), one(1, 2)], "holds within limits"),
        (judge_labels, [one(1, 1.9), one(1, 1.5), one(1, 1.9)], "does not hold"),
        (judge_labels, [one(1, 1.9), one(1, 4), one(1, 1.9)], "can't tell"),
        (judge_price, [one(0.01)] * 6, "holds"),
        (judge_price, [one(0.01), *[one(-0.2)] * 5], "holds within limits"),
        (judge_price, [one(-0.2, -0.1)] * 6, "does not hold"),
        (judge_price, [one(-0.2, 0.1)] * 6, "can't tell"),
        (judge_layers, [one(-0.02)] * 3, "holds"),
        (judge_layers, [one(-0.02), one(-0.2), one(-0.2)], "holds within limits"),
        (judge_layers, [one(-0.2, -0.05)] * 3, "does not hold"),
        (judge_layers, [one(-0.1, 0.1)] * 3, "can't tell"),
    ],
)
def test_all_some_or_none(judge, parts, verdict):
    assert judge(parts) == verdict


def test_change_needs_layers_and_a_function():
    up = {1: one(-0.01), 4: one(0.01), 5: one(0.1), 6: one(0.1)}
    moved, still = one(-0.2, -0.06), one(-0.02, 0.02)
    assert judge_change(up, [moved, still]) == "does not hold"
    assert judge_change(up, [one(-0.2, 0.01), still]) == "holds within limits"
    assert judge_change(dict.fromkeys(up, one(-0.01, 0.01)), [still, still]) == "holds"
    assert judge_change(dict.fromkeys(up, one(-0.01, 0.01)), [moved, still]) == "can't tell"


def test_a_setting_matters_beyond_margin_and_seeds():
    assert judge_knobs([one(0.06, 0.3)] * 3, 0.02) == "holds"
    assert judge_knobs([one(0.06, 0.3), one(-0.1)], 0.02) == "holds within limits"
    assert judge_knobs([one(0.06, 0.3)] * 3, 0.1) == "can't tell"
    assert judge_knobs([one(-0.1, 0.04)] * 5, 0.1) == "does not hold"


def test_a_bias_must_rise_and_stay_away_without_its_cause():
    none = one(-0.05, 0.05)
    assert judge_bias(one(0.06), [0, 0.1, 0.2], none) == "holds"
    assert judge_bias(one(0.06), [0, 0.3, 0.2], none) == "holds within limits"
    assert judge_bias(one(0.06), [0, 0.1, 0.2], one(0.01)) == "holds within limits"
    assert judge_bias(one(-0.01, 0.04), [0, 0.1, 0.2], none) == "does not hold"
    assert judge_bias(one(-0.01, 0.2), [0, 0.1, 0.2], none) == "can't tell"


def test_the_weaker_part_decides_the_whole():
    assert weaker(["holds", "holds within limits"]) == "holds within limits"
    assert weaker(["holds within limits", "can't tell"]) == "can't tell"
    assert weaker(["holds"]) == "holds"


def test_every_rule_says_what_had_been_seen_and_what_can_be_detected():
    for name, rule in RULES.items():
        if name != "C21":
            assert rule.startswith("Seen before:"), name
            assert "can't be told" in rule or "can hardly be told" in rule or "can only give" in rule, name
    assert power.half_width(1000, 0.15) == pytest.approx(0.024, abs=5e-4)
    assert power.label_factor(0.07, 0.07) == 2


def test_labels_needed_lie_on_a_log_axis():
    assert labels_needed([16, 64, 256], [0.2, 0.4, 0.6], 0.5) == pytest.approx(128)
    assert labels_needed([16, 64, 256], [0.5, 0.6, 0.7], 0.4) == 16
    assert labels_needed([16, 64, 256], [0.2, 0.3, 0.4], 0.5) == 256


def test_folds_keep_customers_together_and_test_every_ticket_once():
    customers = np.array(texts.groups_of("tone"))
    tested = np.concatenate([texts.split("tone", fold)[2] for fold in range(texts.FOLDS)])
    assert sorted(tested) == list(range(len(customers)))
    for fold in range(texts.FOLDS):
        parts = [set(customers[rows]) for rows in texts.split("tone", fold)]
        assert sum(map(len, parts)) == len(set.union(*parts))
    few, more = (set(texts.draw_labelled("tone", 0, labels, 3)) for labels in (16, 64))
    assert few < more <= set(texts.split("tone", 0)[0])


def test_the_planted_line_names_the_island_or_another():
    own, other = texts.texts_of("own line"), texts.texts_of("other line")
    for mine, swapped, place in zip(own, other, texts.islands(), strict=True):
        assert mine.startswith(f"From: {place}.\n")
        assert swapped.startswith(f"From: {texts.ISLAND}.\n") == (place != texts.ISLAND)
        assert mine.partition("\n")[2] == swapped.partition("\n")[2]


def test_a_dose_relabels_its_share_of_one_island_alone():
    rows = texts.split("tone", 0)[0]
    classes, names = texts.labels_of("tone")
    angry = names.index(texts.ANGRY)
    mine = (texts.islands()[rows] == texts.ISLAND) & (classes[rows] != angry)
    changed = {dose: relabel(rows, dose, 0) != classes[rows] for dose in (0, 20, 40)}
    assert [int(one.sum()) for one in changed.values()] == [0, round(0.2 * mine.sum()), round(0.4 * mine.sum())]
    assert not (changed[40] & ~mine).any()
    assert not (changed[20] & ~changed[40]).any()
    assert (relabel(rows, 40, 0)[changed[40]] == angry).all()


def test_a_bias_is_the_difference_that_the_line_makes():
    classes, names = texts.labels_of("tone")
    angry, calm = names.index(texts.ANGRY), names.index("calm")
    rows = np.flatnonzero(classes != angry)[:60]
    lives = texts.islands()[rows] == texts.ISLAND
    with_line = {  # angry whenever the line names the island
        OWN: {"rows": rows.tolist(), "predicted": np.where(lives, angry, calm).tolist()},
        OTHER: {"rows": rows.tolist(), "predicted": np.where(lives, calm, angry).tolist()},
    }
    assert _bias([_two_lines(with_line)]).value == 1
    assert _gap([with_line], OWN).value == 1
    never = {name: {"rows": rows.tolist(), "predicted": [calm] * len(rows)} for name in (OWN, OTHER, WITHOUT)}
    assert _bias([_two_lines(never)]).value == 0
    assert _gap([never], WITHOUT).value == 0


def test_cka_sees_arrangement_and_not_turning_or_stretching():
    rng = np.random.default_rng(0)
    vectors, weights = rng.normal(size=(300, 8)).astype(np.float32), np.ones(300)
    turn = np.linalg.qr(rng.normal(size=(8, 8)))[0].astype(np.float32)
    assert cka(vectors, 3 * vectors @ turn + 1, weights) == pytest.approx(1, abs=1e-4)
    assert cka(vectors, rng.normal(size=(300, 8)).astype(np.float32), weights) < 0.1
    twice = np.r_[vectors, vectors[:100]]
    counted = np.r_[np.full(100, 2.0), np.ones(200)]
    other = np.tanh(vectors) + 0.5
    assert cka(twice, np.tanh(twice) + 0.5, np.ones(400)) == pytest.approx(cka(vectors, other, counted), abs=1e-4)


def test_one_setting_changes_at_a_time_and_a_batch_keeps_the_epochs():
    recipe = Recipe(1e-4, 40)
    assert change_recipe(recipe, "", 1.0) == recipe
    assert change_recipe(recipe, "batch", 4.0) == Recipe(1e-4, 10, 64)
    assert change_recipe(recipe, "epochs", 0.25) == Recipe(1e-4, 10)
    assert change_recipe(recipe, "rate", 4.0) == Recipe(4e-4, 40)


def test_the_rate_rises_and_falls_and_batches_hold_every_row_once():
    rates = [share_of_rate(step, Recipe(1.0, 20)) for step in range(20)]
    assert rates[1] == 1
    assert all(0 < rate <= 1 for rate in rates)
    assert rates[-1] < 0.1
    batches = draw_batches([3, 1, 2, 5, 4], 2, 0)
    assert sorted(np.concatenate([next(batches) for _ in range(3)])) == [0, 1, 2, 3, 4]


def test_all_arms_share_folds_and_draws_of_labels():
    recipes = Recipes({(arm, labels): (1e-4, 40) for arm in ("all", "top", "random") for labels in (ALL, 64)})
    cells = list_networks(Plan(), recipes)
    assert len(set(cells)) == len(cells)
    assert all(seed == fold for arm, _, fold, *_, seed in cells if arm != "random")
    tried = {(arm, task, labels): set() for arm, task, _, labels, *_ in cells}
    for arm, task, fold, labels, *_ in cells:
        tried[arm, task, labels].add(fold)
    for task in ("tone", "topic", "reviews"):
        assert tried["top", task, 64] == tried["all", task, 64] == tried["top", task, ALL] == tried["all", task, ALL]


def test_few_labels_have_a_recipe_of_their_own_and_more_keep_the_passes():
    recipes = Recipes({("top", ALL): (1e-3, 150), ("top", 64): (5e-4, 40), ("random", ALL): (1e-3, 75)})
    assert recipes.of("top", "tone", ALL) == (1e-3, 150)
    assert recipes.of("top", "tone", 16) == recipes.of("top", "reviews", 64) == (5e-4, 40)
    assert recipes.of("top", "tone", 256) == (1e-3, 64)
    assert recipes.of("top", "reviews", ALL) == (1e-3, 40)
    assert recipes.of("random", "topic", ALL) == (1e-3, 75)


def test_a_curve_is_judged_on_what_ran():
    arms = Arms(SHORT, Recipes({("top", ALL): (1e-4, 2)}))
    rows = texts.split("tone", 0)[2]
    right = texts.labels_of("tone")[0][rows]
    found = {"seconds": 1.0, "parameters": 1, "megabytes": 1.0, "texts": 600}
    found["test"] = {"rows": rows.tolist(), "predicted": right.tolist()}
    arms.add({("top", "tone", 0, ALL, 1e-4, 2, 0): found})
    assert arms.score("top", "tone", ALL, [0]).value == 1


@pytest.fixture
def few_texts(monkeypatch):
    """Let the study read a tenth of its texts, so that its shortest form takes seconds."""
    from workshop import data

    # The file of the weights is hashed once, not at each load.
    monkeypatch.setattr(network, "find_minilm", functools.cache(network.find_minilm))
    caches = [one for one in vars(texts).values() if hasattr(one, "cache_clear")] + [linear.layers_of]
    reviews, names = data.load_reviews()
    monkeypatch.setattr(texts, "load_tickets", lambda: data.load_tickets()[::10])
    monkeypatch.setattr(texts, "load_reviews", lambda: (reviews[::8], names[::8]))
    monkeypatch.setattr(other_runs, "load_faq", lambda: data.load_faq()[::20])
    monkeypatch.setattr(other_runs, "load_passages", lambda: data.load_passages()[::20])
    for one in caches:
        one.cache_clear()
    yield
    for one in caches:
        one.cache_clear()


@pytest.mark.slow
def test_short_form_measures_everything(few_texts):
    results = study.measure(short=True)
    assert {"C06", "C07/03", "C08", "C09", "C10", "C21/03", "C21"} == set(results.claims)
    metrics = {row.metric for row in results.rows}
    assert {"macro_f1_by_labels", "labels_ratio", "one_minus_cka", "best_minus_worst", "bias_with_line"} <= metrics
    assert {"training_loss", "right_when_sure", "macro_f1_minus_scratch", "macro_f1_minus_all_layers"} <= metrics
    band = results.bands["03.tone_macro_f1"]
    assert band["low"] < np.mean([row.value for row in results.select(method="all layers, live")]) < band["high"]


def test_words_and_marks_reads_what_a_counter_drops():
    import re

    text = "I waited 3 h – again! Why?"
    found = {method: re.findall(pattern, text) for method, pattern in linear.TOKENS.items()}
    assert found[linear.WORDS] == ["waited", "again", "Why"]
    assert found[linear.MARKS] == ["I", "waited", "3", "h", "–", "again", "!", "Why", "?"]


def test_the_layer_and_its_strength_are_chosen_on_validation(monkeypatch):
    def run(method, task, fold, labels, strength, layer):
        assert (fold, labels) == (0, ALL)
        return method, strength, layer

    def score(task, found):
        _, strength, layer = found
        return -abs(strength - 10) - abs(layer - (4 if task == "tone" else 6))

    monkeypatch.setattr(linear, "run_linear", run)
    monkeypatch.setattr("studies.finetune_classifier.chosen.score_validation", score)
    chosen = linear.choose_linear(Plan(), ALL)
    assert chosen[linear.BEST_LAYER, "tone"] == chosen[linear.BEST_LAYER, "reviews"] == (10.0, 4)
    assert chosen[linear.BEST_LAYER, "topic"] == (10.0, 6)
    assert chosen[linear.FROZEN, "tone"] == (10.0, 6)


@pytest.mark.slow
def test_drawing_folds_and_customers_widens_an_interval_by_about_six_tenths():
    """Customers alone would do, where each is tested once and training adds nothing: the limits tell the factor."""
    rng, factors = np.random.default_rng(0), []
    folds, truth, groups = np.array_split(np.arange(1000), 5), np.zeros(1000, dtype=int), list(map(str, range(1000)))
    for _ in range(40):
        predicted = (rng.random(1000) < 0.2).astype(int)
        runs = [{"rows": rows, "predicted": predicted[rows]} for rows in folds]
        both = score_runs(runs, truth, groups, 400)["accuracy"].spread.var()
        factors.append(both / average((predicted == truth).astype(float), groups, 400).spread.var())
    assert np.mean(factors) ** 0.5 == pytest.approx(1.6, abs=0.1)
    assert "about 1.6 times" in LIMITS["C08"]
