"""The figures that lesson 01 states in its text are those that were measured, and its sentences hold of them."""

import re

import numpy as np
import pytest

from workshop.data import load_passages
from workshop.models import load_token_embeddings
from workshop.vectors.recipes import NGRAM_BUCKETS

STEM = "01_word_embeddings"
METHODS = ("skipgram", "fasttext", "cbow", "glove", "ppmi_svd")


def one(results, **wanted):
    (row,) = results.select(seed=None, source="measured", **wanted)
    return row


def seeds(results, method, task, metric="spearman"):
    found = [row.value for row in results.select(method=method, task=task, metric=metric) if row.seed is not None]
    assert len(found) == 10
    return found


def interval(row):
    return f"{row.value:.2f} [{row.low:.2f}, {row.high:.2f}]".replace("-", "−")


def span(values):
    return f"{min(values):.2f} to {max(values):.2f}".replace("-", "−")


def test_no_lead_of_skipgram_over_counting_is_left(results, text):
    gaps = [
        one(results, method="skipgram", task=task, metric=f"spearman_above_ppmi_svd{drawn}")
        for drawn in ("", "_pairs")
        for task in ("wordsim353", "simlex999")
    ]
    words = [interval(row) for row in gaps]
    assert f"leads counting by {words[0]} here and by {words[1]} on SimLex-999" in text
    assert f"drawing pairs alone, by {words[2]} and {words[3]}. All four hold 0." in text
    assert all(row.low < 0 < row.high for row in gaps)


def test_why_the_claim_does_not_simply_hold(results, text):
    skipgram, cbow = (one(results, method=m, task="wordsim353", metric="spearman") for m in ("skipgram", "cbow"))
    simlex = one(results, method="skipgram", task="simlex999", metric="spearman")
    assert f"On WordSim-353 skip-gram gets {interval(skipgram)}, CBOW {interval(cbow)}." in text
    assert f"skip-gram gets {interval(simlex)}. From a billion words" in text
    assert skipgram.low > 0.3 > max(cbow.low, simlex.low)
    assert results.claims["C01"].verdict == "holds within limits"


def test_glove_is_not_clearly_better_than_random_on_simlex(results, text):
    row = one(results, method="glove", task="simlex999", metric="spearman_above_random")
    assert f"it lies {interval(row)} above them" in text
    assert row.low < 0 < row.high


def test_published_figures_are_those_of_the_rows(results, text):
    published = {(row.method, row.task): row.value for row in results.select(source="published")}
    assert f"correlate at {published['people, two raters', 'wordsim353']:.2f} on average" in text
    assert f"its authors report {published['GloVe, 6 billion words', 'wordsim353']:.2f} on this list" in text
    assert f"it gets {published['skip-gram, 1 billion words', 'simlex999']:.2f}" in text
    mean = published["people, one rater and the mean of the others", "simlex999"]
    assert f"one rater against the mean of the others, {mean:.2f}" in text


def test_equal_passes_are_not_equal_steps(results, text):
    skipgram, cbow = (one(results, method=m, task="wordsim353", metric="spearman") for m in ("skipgram", "cbow"))
    ratio = skipgram.settings["updates"] / cbow.settings["updates"]
    longer = one(results, method="cbow", task="wordsim353", metric="spearman_other_passes")
    assert f"here {ratio:.1f} times as many" in text
    assert f"({longer.settings['passes']} passes), CBOW reached {longer.value:.2f} in three runs" in text
    assert longer.settings["seeds"] == 3
    assert f"against {cbow.value:.2f} with ten" in text
    assert longer.settings["updates"] == pytest.approx(skipgram.settings["updates"], rel=0.02)
    assert {
        row.settings["passes"]
        for row in results.select(metric="spearman", seed=None)
        if row.settings.keys() > {"passes"} and row.method != "random"
    } == {10}


def test_passes_decide_more_than_the_method(results, text):
    found = results.select(method="skipgram", task="wordsim353", metric="spearman_other_passes")
    few, many = sorted(found, key=lambda row: row.settings["passes"])
    assert (few.settings["passes"], many.settings["passes"], few.settings["seeds"]) == (3, 30, 3)
    assert f"with three, skip-gram gets {few.value:.2f}, with thirty {many.value:.2f} (means of three seeds)" in text
    skipgram, counting = (
        one(results, method=m, task="wordsim353", metric="spearman") for m in ("skipgram", "ppmi_svd")
    )
    assert skipgram.value - few.value > abs(skipgram.value - counting.value)


def test_the_table_of_prices(results, text):
    names = {
        "skipgram": "skip-gram",
        "cbow": "CBOW",
        "glove": "GloVe",
        "fasttext": "fastText",
        "ppmi_svd": "PPMI + SVD",
    }
    for method, name in names.items():
        row = one(results, method=method, task="wordsim353", metric="spearman")
        line = re.search(rf"^\| {re.escape(name)} \| ([^|]*) \| (\d+) \| ([\d,]+) \|$", text, re.MULTILINE)
        updates = row.settings["updates"]
        assert line[1].startswith(f"{updates:,}" if updates else "none")
        assert int(line[2]) == round(row.seconds)
        assert int(line[3].replace(",", "")) == row.trained_parameters
        assert row.megabytes == pytest.approx(1.4, abs=0.05)
    fasttext, skipgram = (
        one(results, method=m, task="wordsim353", metric="spearman") for m in ("fasttext", "skipgram")
    )
    assert fasttext.trained_parameters - skipgram.trained_parameters == NGRAM_BUCKETS * 100


def test_the_same_vectors_on_other_pairs(results, text):
    few, all_pairs = (
        {m: seeds(results, m, "wordsim353", metric) for m in ("glove", "skipgram")}
        for metric in ("spearman_frequent_words", "spearman")
    )
    assert f"GloVe {span(few['glove'])} on the 23 pairs and {span(all_pairs['glove'])} on all" in text
    assert {row.n for row in results.select(metric="spearman_frequent_words", task="wordsim353")} == {23}
    rose = [a > b for a, b in zip(few["glove"], all_pairs["glove"], strict=True)]
    fell = [a < b for a, b in zip(few["skipgram"], all_pairs["skipgram"], strict=True)]
    assert all(rose + fell)
    assert abs(np.mean(few["glove"]) - np.mean(few["skipgram"])) < 0.05


def test_analogies(results, text):
    assert "three in four, against one in a hundred" in text
    assert "right every second time with no arithmetic" in text

    def share(metric):
        rows = [row for row in results.rows if row.metric == f"share_{metric}"]
        return sum(row.value * row.n for row in rows) / sum(row.n for row in rows)

    assert share("excluded") == pytest.approx(0.75, abs=0.02)
    assert share("included") == pytest.approx(0.01, abs=0.007)
    assert share("third_alone") == pytest.approx(0.5, abs=0.03)


def test_analogies_by_kind(results, text):
    def share(kind, metric):
        return one(results, task=f"analogy gram{kind}", metric=f"share_{metric}").value

    assert "97 % with it and without" in text
    assert [round(100 * share("8-plural", metric)) for metric in ("excluded", "third_alone")] == [97, 97]
    assert "from 0 to 83 %" in text
    assert [round(100 * share("4-superlative", metric)) for metric in ("third_alone", "excluded")] == [0, 83]


def test_each_method_has_its_own_answer_on_career(results, text):
    effects = {method: seeds(results, method, "association career", "effect_size") for method in METHODS}
    said = (
        f"skip-gram {span(effects['skipgram'])}, CBOW {span(effects['cbow'])}, counting {span(effects['ppmi_svd'])}, "
        f"GloVe {span(effects['glove'])}."
    )
    assert said in text
    minilm = one(results, method="minilm_tokens", task="association career", metric="effect_size")
    same = one(results, method="minilm_tokens", task="association career", metric="effect_size_words_of_text")
    assert f"beside MiniLM's {minilm.value:.2f} at once: seven words are missing here" in text
    assert f"with the same words left out MiniLM gives {same.value:.2f}" in text
    assert same.settings["missing"] == 7


def test_few_words_can_not_tell_career_from_the_control(results, text):
    tests = {
        name: one(results, task=f"association {name}", method="minilm_tokens", metric="effect_size")
        for name in ("career", "science", "months", "work", "flowers")
    }
    needed = {name: one(results, task=f"association {name}", metric="effect_needed").value for name in tests}
    assert "an effect must be above 1 before it stands out" in text
    assert needed["career"] > 1
    assert needed["science"] > 1
    assert tests["career"].n == tests["science"].n == 16
    assert "The months, where nothing should be, lean by as much as *career* does." in text
    assert tests["months"].value == pytest.approx(tests["career"].value, abs=0.05)
    assert tests["months"].settings["p"] > 0.05
    assert "hand-picked as they are, lean clearly" in text
    assert tests["work"].settings["p"] < 0.001
    assert results.claims["C21/01"].verdict == "holds within limits"


def test_more_text_is_worth_more_than_more_size(results, text):
    sweep = results.select(task="sweep", metric="spearman")
    few, many = ([row.value for row in sweep if row.settings["share"] == share] for share in (0.05, 1))
    assert len(few) == len(many) == 4
    assert f"every size scores {span(few)}, with all of it {span(many)}" in text
    assert min(many) - max(few) > 2 * max(np.ptp(few), np.ptp(many))
    worth = one(results, task="sweep", metric="more_text")
    assert f"all of the text is worth {interval(worth)} more" in text
    assert worth.low > 0
    epochs = {row.settings["share"]: row.settings["epochs"] for row in sweep}
    assert epochs[0.05] * 0.05 == pytest.approx(epochs[1.0])
    claim = results.claims["C02"]
    assert claim.low < 0 < claim.high
    assert claim.verdict == "can't tell"


def test_the_boat_is_not_found_by_means_of_vectors(text):
    assert "Without these two words far fewer passages come before the rule, and it still isn't found." in text
    assert "Counting shared words comes nearer, though dozens of passages are level with the rule." in text
    words, vectors = load_token_embeddings()
    place = {word: row for row, word in enumerate(words)}
    pages = [passage.text for passage in load_passages()]
    split = [re.findall("[a-z]+", page.lower()) for page in [*pages, "boat delayed", "my boat was delayed"]]
    means = np.array([vectors[[place[word] for word in one if word in place]].mean(axis=0) for one in split])
    unit = means / np.linalg.norm(means, axis=1, keepdims=True)
    rule = next(row for row, page in enumerate(pages) if "Our boat left late" in page)
    short, whole = (int((unit[:-2] @ asked > unit[rule] @ asked).sum()) for asked in unit[-2:])
    assert 10 < short < whole / 2
    shared = np.array([len(set(split[-1]) & set(one)) for one in split[:-2]])
    assert (shared >= shared[rule]).sum() < whole
    assert (shared == shared[rule]).sum() > 24


def test_every_claim_of_the_lesson_had_been_seen_before(results):
    assert all(claim.rule.startswith("Seen before: ") for claim in results.claims.values())


def test_bands_hold_ten_seeds_and_leave_room_for_an_eleventh(results):
    for method in METHODS:
        values, band = seeds(results, method, "wordsim353"), results.bands[f"01.{method}_spearman"]
        assert band["low"] < min(values)
        assert max(values) < band["high"]
        assert band["high"] - band["low"] >= 6 * np.std(values, ddof=1) - 1e-5
        assert band["n"] == 10
