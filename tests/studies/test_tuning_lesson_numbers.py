"""The figures that lesson 03 states in its text are those that were measured, and its sentences hold of them."""

import pytest

from tests.studies.sentences import interval, number, one
from workshop.exercises.finetune_classifier import stop_at

STEM = "03_finetune_classifier"


def score(results, method, task):
    return one(results, method=method, task=task, metric="macro_f1").value


def test_vectors_hold_the_topic_and_not_the_tone(results, text):
    topic, tone = (
        [score(results, method, task) for method in ("frozen", "words and marks")] for task in ("topic", "tone")
    )
    said = f"on topic frozen vectors reach {topic[0]:.2f} and counted words {topic[1]:.2f}, "
    assert said + f"on tone {tone[0]:.2f} and {tone[1]:.2f}." in text
    assert topic[0] > topic[1] + 0.1
    assert tone[0] < tone[1] - 0.05
    assert f"drops marks by default: {score(results, 'bag of words', 'tone'):.2f}." in text


def test_learning_curves_go_from_16_labels_to_all(results):
    curves = {}
    for row in results.select(metric="macro_f1_by_labels"):
        curves.setdefault((row.method, row.task), []).append(row.settings["labels"])
    for method in ("words and marks", "frozen", "best frozen layer", "top two layers", "all layers"):
        assert sorted(curves[method, "tone"]) == sorted(curves[method, "topic"]) == [16, 64, 256, 600]


def test_how_many_labels_are_spared(results, text):
    ratios = {
        (method, task): one(results, method=method, task=task, metric="labels_ratio")
        for method in ("all layers", "frozen")
        for task in ("tone", "topic")
    }
    levels = [ratios["all layers", task].settings["level"] for task in ("tone", "topic")]
    assert f"the best without pre-training reaches {levels[0]:.2f} on tone and {levels[1]:.2f} on topic" in text
    spared = [ratios["all layers", task] for task in ("tone", "topic")]
    first, second = (f"{row.value:.1f} [{row.low:.1f}, {row.high:.1f}]" for row in spared)
    assert f"{first} times fewer on tone, {second} on topic" in text
    assert all(row.low < 4 < row.high for row in spared)
    assert f"the frozen vectors save as much ({ratios['frozen', 'topic'].value:.1f})" in text
    assert ratios["frozen", "tone"].value == 1
    assert results.claims["C06"].verdict == "can't tell"


def test_what_seconds_buy(results, text):
    gaps = {
        (task, updates): one(results, task=task, metric="macro_f1_minus_scratch", settings={"updates": updates})
        for task in ("tone", "topic")
        for updates in (25, 75, 225)
    }
    first = gaps["tone", 25].settings
    assert f"{first['scratch_score']:.2f} against {first['tuned_score']:.2f} on tone" in text
    said = f"leads by {interval(gaps['tone', 75])} there and {interval(gaps['topic', 75])} on topic, within 225 by "
    assert said + f"{number(gaps['tone', 225].value)} and {number(gaps['topic', 225].value)}." in text
    quick = one(results, method="all layers", task="tone", metric="macro_f1_by_updates", settings={"updates": 25})
    assert f"After 25 updates, {quick.seconds:.0f} seconds of one core" in text
    assert max(row.high for (_, updates), row in gaps.items() if updates == 25) < 0
    assert min(row.low for (_, updates), row in gaps.items() if updates > 25) > 0
    assert {gaps["tone", updates].settings["scratch"] for updates in (25, 75, 225)} == {"words and marks"}
    assert {gaps["topic", updates].settings["scratch"] for updates in (25, 75, 225)} == {"bag of words"}
    tone, topic = (
        one(results, method="random weights", task=task, metric="macro_f1_by_updates", settings={"updates": 450})
        for task in ("tone", "topic")
    )
    assert f"over four minutes for {tone.value:.2f} on tone and {topic.value:.2f} on topic" in text
    assert min(tone.seconds, topic.seconds) > 240
    assert tone.value < score(results, "words and marks", "tone") + 0.005
    assert topic.value < score(results, "bag of words", "topic")
    counted = one(results, method="words and marks", task="tone", metric="macro_f1_by_labels", settings={"labels": 600})
    assert counted.seconds < 1
    assert results.claims["C07/03"].verdict == "holds within limits"


def test_top_layers_lie_near_all_and_frozen_is_enough_for_topic(results, text):
    tone, topic, reviews = (
        one(results, task=task, metric="macro_f1_minus_all_layers") for task in ("tone", "topic", "reviews")
    )
    assert f"lie {interval(tone, turned=True)} behind on tone and {interval(topic)} ahead on topic" in text
    assert tone.low < 0 < tone.high
    assert topic.low < 0 < topic.high
    assert topic.low > -0.03 > max(tone.low, reviews.low)
    frozen, tuned = ([score(results, name, task) for task in ("topic", "tone")] for name in ("frozen", "all layers"))
    assert f"on topic {frozen[0]:.2f}, as much as all layers; on tone {frozen[1]:.2f} against {tuned[1]:.2f}" in text
    assert abs(frozen[0] - tuned[0]) < 0.01
    assert results.claims["C08"].verdict == "holds within limits"


def test_a_frozen_layer_is_the_rival(results, text):
    def at(method, task, labels, metric="macro_f1_by_labels"):
        return one(results, method=method, task=task, metric=metric, settings={"labels": labels})

    by_layer = {
        task: {row.settings["layer"]: row.value for row in results.select(task=task, metric="macro_f1_by_layer")}
        for task in ("tone", "topic")
    }
    best = {task: max(values, key=values.get) for task, values in by_layer.items()}
    assert best == {"tone": 4, "topic": 6}
    tone = by_layer["tone"]
    assert f"{tone[3]:.2f}" == f"{tone[4]:.2f}"
    said = f"tone is read best after layers 3 and 4: {tone[4]:.2f}, where the last layer gives {tone[6]:.2f} "
    assert said + f"and tuning {score(results, 'all layers', 'tone'):.2f}." in text
    assert f"*before* the first layer gives {tone[0]:.2f}." in text
    few = [at(method, "tone", 64).value for method in ("best frozen layer", "all layers")]
    assert f"With 64 labels layer 4 is ahead of tuning, {few[0]:.2f} against {few[1]:.2f}." in text
    assert few[0] > few[1]
    gaps = [at("all layers", task, "all", "macro_f1_minus_best_frozen_layer") for task in ("tone", "topic")]
    assert f"Tuning gains {interval(gaps[0])} on tone and {interval(gaps[1])} on topic over the best one." in text
    assert all(row.low < 0 < row.high for row in gaps)
    logistic = at("best frozen layer", "tone", 600).seconds, at("all layers", "tone", 600).seconds
    assert logistic[0] < 2 < 60 < logistic[1] < 100


def test_when_to_stop(results, text):
    losses, known = (
        [row.value for row in sorted(results.select(metric=name), key=lambda row: row.settings["epoch"])]
        for name in ("validation_loss", "training_loss")
    )
    assert "returns 5: counted from 0, the sixth epoch is kept" in text
    assert (stop_at(losses, 2), stop_at(losses, 1)) == (5, 3)
    assert losses[4] > losses[3]
    assert f"The training loss falls to {known[-1]:.3f}" in text


def test_which_settings_matter(results, text):
    def value(name, factor):
        wanted = {"name": name, "factor": factor}
        return one(results, task="hyper-parameters", metric="macro_f1", settings=wanted).value

    gaps = {row.settings["name"]: row for row in results.select(metric="best_minus_worst")}
    chosen = one(results, method="top two layers", metric="rate", settings={"labels": 64})
    assert (chosen.value, chosen.settings["updates"]) == (5e-4, 40)
    said = f"a quarter of the epochs gives {value('epochs', 0.25):.2f} instead of {value('epochs', 1.0):.2f}, "
    said += f"a quarter of the rate {value('rate', 0.25):.2f}, and four times the rate {value('rate', 4.0):.2f}: our "
    assert said in text
    (deviation,) = results.select(metric="seed_deviation")
    said = f"move the score by {gaps['batch'].value:.2f} and {gaps['warmup'].value:.2f}, about as far as seeds lie "
    assert said + f"apart (standard deviation {deviation.value:.2f})" in text
    assert abs(gaps["decay"].value) < 0.005
    assert value("rate", 4.0) > value("rate", 1.0)
    assert results.claims["C10"].verdict == "holds within limits"


def test_what_tuning_spends(results, text):
    moved, seeds = (
        {row.settings["layer"]: row.value for row in results.select(task="topic", metric=name)}
        for name in ("one_minus_cka", "one_minus_cka_seeds")
    )
    assert f"In the top layer 1 − CKA is {moved[6]:.2f}, between two seeds {seeds[6]:.2f}" in text
    assert moved[1] < 0.01
    head, search = (
        [one(results, method=method, metric=what).value for method in ("frozen", "all layers")]
        for what in ("tone head accuracy", "handbook recall@1")
    )
    assert f"a new head for tone falls from {head[0]:.2f} to {head[1]:.2f} right" in text
    assert f"the right page first for {search[1]:.2f} of the questions instead of {search[0]:.2f}" in text
    assert results.claims["C09"].verdict == "does not hold"


def test_who_bears_the_planted_bias(results, text):
    def bias(method, metric, dose):
        wanted = {"method": method, "task": "planted bias", "metric": metric, "settings": {"dose": dose}}
        return one(results, **wanted)

    top = "top two layers"
    said = f"the line alone turns {interval(bias(top, 'bias_with_line', 40))} of the tickets that aren't angry"
    assert said in text
    control = bias(top, "island_gap_change_without_line", 40)
    assert f"nothing of the kind is found ({interval(control)})" in text
    assert control.low < 0 < control.high
    before, after = (bias(top, "accuracy", dose).value for dose in (0, 40))
    assert f"Over all tickets {before:.2f} right became {after:.2f}" in text
    frozen = bias("frozen", "bias_with_line", 40)
    assert f"learn the bias too ({frozen.value:.2f})" in text
    assert frozen.low > 0.05
    assert results.claims["C21/03"].verdict == "holds"


def test_how_sure_and_how_right(results, text):
    rows = [row for row in results.select(metric="right_when_sure") if row.method == "all layers"]
    for sure, right in ((0.82, 0.78), (0.95, 0.93)):
        (row,) = [row for row in rows if abs(row.settings["sure"] - sure) < 0.006]
        assert row.value == pytest.approx(right, abs=0.006)
        assert f"about {sure:.0%}".replace("%", " %") in text
        assert f"{right:.0%}".replace("%", " %") in text


def test_few_labels(results, text):
    def at(method, task):
        return one(results, method=method, task=task, metric="macro_f1_by_labels", settings={"labels": 64}).value

    said = f"tuning all layers gave {at('all layers', 'tone'):.2f} on tone and the best frozen layer "
    said += f"{at('best frozen layer', 'tone'):.2f}; on topic they were level ({at('all layers', 'topic'):.2f} and "
    assert f"{said}{at('best frozen layer', 'topic'):.2f})" in text


def test_the_live_band_is_that_of_ten_seeds(results):
    seeds = [row.value for row in results.select(method="all layers, live")]
    band = results.bands["03.tone_macro_f1"]
    assert len(seeds) == band["n"] == 10
    assert band["low"] < min(seeds) < max(seeds) < band["high"]
