"""Lesson 02's study: verdicts follow from the rules, intervals draw what belongs together, bytes are counted whole."""

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.metrics import roc_auc_score

from studies.grouped import Figure
from studies.text_embeddings import estimates, forms, rules, searches, tables
from studies.text_embeddings.plan import SHORT
from workshop.score.results import VERDICTS, read_results

STEM = "02_text_embeddings"


def figure(low, high):
    """Return a figure whose 95 % interval is that."""
    return Figure((low + high) / 2, np.linspace(low - (high - low) / 38, high + (high - low) / 38, 2001))


ABOVE, LEVEL, BELOW, SLIGHT = figure(0.05, 0.2), figure(-0.1, 0.1), figure(-0.3, -0.1), figure(-0.01, 0.01)
GOOD, POOR = figure(0.4, 0.6), figure(0.1, 0.2)


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ((True, SLIGHT, True), "holds"),
        ((False, ABOVE, False), "holds within limits"),
        ((True, BELOW, False), "holds within limits"),
        ((False, BELOW, False), "does not hold"),
        ((False, LEVEL, False), "can't tell"),
    ],
)
def test_price(parts, verdict):
    assert rules.judge_price(*parts) == verdict


@pytest.mark.parametrize(
    ("families", "verdict"),
    [
        ([(GOOD, ABOVE)] * 3, "holds"),
        ([(GOOD, ABOVE), (GOOD, LEVEL), (POOR, BELOW)], "holds within limits"),
        ([(GOOD, LEVEL)] * 3, "can't tell"),
        ([(POOR, ABOVE)] * 3, "can't tell"),
        ([(POOR, LEVEL)] * 3, "does not hold"),
    ],
)
def test_documents(families, verdict):
    assert rules.judge_documents(dict(zip("abc", families, strict=True))) == verdict


@pytest.mark.parametrize(
    ("gaps", "verdict"),
    [
        ((ABOVE, ABOVE), "holds"),
        ((ABOVE, LEVEL), "holds within limits"),
        ((LEVEL, LEVEL), "can't tell"),
        ((BELOW, SLIGHT), "does not hold"),
    ],
)
def test_senses(gaps, verdict):
    assert rules.judge_senses(*gaps) == verdict


@pytest.mark.parametrize(
    ("losses", "verdict"),
    [
        ((SLIGHT, ABOVE), "holds"),
        ((LEVEL, SLIGHT), "holds within limits"),
        ((LEVEL, LEVEL), "can't tell"),
        ((BELOW, BELOW), "does not hold"),
    ],
)
def test_cut(losses, verdict):
    assert rules.judge_cut(*losses) == verdict


def test_baskets_are_true_by_construction():
    assert rules.judge_baskets() == "true by construction"


def test_rules_name_every_verdict_that_they_can_give_and_what_had_been_seen():
    for name, rule in rules.RULES.items():
        assert rule.startswith("Seen before: "), name
        wanted = VERDICTS[:4] if name != "C05" else VERDICTS[4:]
        assert all(verdict.lower() in rule.lower() for verdict in wanted), name
    assert rules.RULES.keys() == rules.LIMITS.keys()


def test_the_smallest_detectable_difference_stands_in_each_rule():
    found = {row.task: row.value for row in read_results(STEM).select(method="pilot")}
    for claim, words in {"C03": 0.07, "C04": 0.16, "C05": 0.06, "C27": 0.01, "C29/128": 0.03}.items():
        assert f"{words:.2f} can be detected" in rules.RULES[claim.partition("/")[0]]
        assert found[claim] == pytest.approx(words, abs=0.006)


def test_ranks_give_ties_to_the_other_passages():
    scores = np.array([[0.5, 0.9, 0.5, 0.1, 0.5]])
    wanted = np.array([[True, False, False, True]])
    assert searches.rank_relevant(scores, wanted) == [[4, 5]]
    shares = estimates.score_ranks([[4, 5], [1, 9]])
    assert shares["recall@5"].tolist() == [1, 0.5]
    assert shares["mrr"].tolist() == [0.25, 1]


def test_agreement_is_scipys_and_scikit_learns():
    rng = np.random.default_rng(2)
    ratings, cosines = rng.uniform(0.2, 1, 45), rng.normal(size=(1, 45)).round(1)
    found = estimates.correlate_stories(cosines, ratings, 10, 20)
    assert found["pearson"].value == pytest.approx(pearsonr(cosines[0], ratings).statistic)
    assert found["auc"].value == pytest.approx(roc_auc_score(ratings >= 0.6, cosines[0]))


def test_drawing_stories_is_wider_than_drawing_pairs():
    rng = np.random.default_rng(4)
    own = rng.normal(size=30)
    left, right = np.triu_indices(30, 1)
    ratings = own[left] + own[right] + rng.normal(size=len(left))
    cosines = own[left] + own[right] + rng.normal(size=len(left))
    drawn = estimates.correlate_stories([cosines], ratings, 30, 300)["pearson"].spread.std()
    rows = rng.integers(0, len(left), (300, len(left)))
    assert drawn > 1.5 * np.std([np.corrcoef(cosines[some], ratings[some])[0, 1] for some in rows])


def test_separation_is_within_minus_across_and_never_pairs_a_sentence_with_itself():
    cosines = np.array([[1, 0.6, 0, 0.8], [0.6, 1, 0, 0], [0, 0, 1, 1], [0.8, 0, 1, 1.0]])
    assert estimates.separate(cosines, list("aabb")) == pytest.approx((0.6 + 1) / 2 - 0.8 / 4)
    twice = estimates.separate(cosines, list("aabb"), np.array([2.0, 1, 1, 1]))
    assert twice == pytest.approx((2 * 0.6 + 1) / 3 - (2 * 0.8) / 6)
    assert estimates.find_nearest(cosines, list("aabb")).tolist() == [False, True, True, True]


def test_the_order_in_which_words_are_kept_changes_no_interval():
    rng = np.random.default_rng(3)
    found = {}
    for word in ("still", "drag", "hop"):
        tables = {way: np.corrcoef(rng.normal(size=(6, 9))) for way in ("contextual", "static")}
        found[word] = {"kind": "house word", "groups": list("aaabbb")} | tables
    one, other = (estimates.separate_words(some, 40) for some in (found, dict(sorted(found.items()))))
    assert all(np.array_equal(one[name].spread, other[name].spread) for name in one)


def test_the_smallest_difference_is_found_four_times_in_five():
    rng = np.random.default_rng(0)
    least = estimates.find_smallest(rng.normal(size=400), 50)
    means = rng.normal(least, 1, (2000, 50)).mean(axis=1)
    assert np.mean(means - 1.96 / np.sqrt(50) > 0) == pytest.approx(0.8, abs=0.05)


def test_bytes_count_values_places_rows_and_words():
    from scipy import sparse

    table = sparse.csr_matrix(np.array([[0.5, 0, 1], [0, 0, 0.25]]))
    (large, whole), (small, cut) = (one for one, _ in forms._shrink(table, "TF-IDF", ["boat", "late", "sea"]))
    beside = 3 * 4 + (5 + 5 + 4) + 3 * 4
    assert large == beside + 3 * 8
    assert small == beside + 3 * 3 + 2 * 4
    assert np.allclose(whole.toarray(), cut.toarray(), atol=1 / 255)


@pytest.mark.slow
def test_bags_of_words_kept_as_tables_score_as_the_searches_do():
    size = 520
    found = {name: scores for name, _, scores in forms.sparse_forms(0, size)}
    for method, form in (("TF-IDF", "TF-IDF, words in 1 or more passages, float32"), ("BM25", "BM25, float32")):
        assert np.allclose(found[form], searches.score(method, 0, size, 0), atol=1e-4), method
        small = found[form.replace("float32", "int8")]
        assert np.allclose(small, found[form], atol=0.005 * found[form].max()), method


def test_the_smallest_form_is_chosen_on_the_pilots_pages():
    chosen = tables.choose_rows("train")
    recall = np.zeros(1020)
    better, worse = recall.copy(), recall + 1
    better[chosen], worse[chosen] = 0.9, 0.87
    some = {"small": {"bytes": 1, "recall": worse}, "large": {"bytes": 9, "recall": better}}
    assert tables.choose_smallest(some, some) == "large"
    documents = {searches.wordings()[row][0].document for row in tables.choose_rows(None)}
    assert len(documents) == 54
    assert not documents & {searches.wordings()[row][0].document for row in chosen}


@pytest.mark.slow
@pytest.mark.usefixtures("light_encoder")
def test_the_short_form_measures_everything(monkeypatch):
    from studies.text_embeddings import pilot, study, trained

    for train in (trained.train_documents, trained.train_word_table):
        monkeypatch.setitem(train.__kwdefaults__, "epochs", 1)
    monkeypatch.setattr(study, "SHORT", dataclasses.replace(SHORT, size=484))
    monkeypatch.setattr(pilot, "HAYSTACK", 484)
    found, kept = study.measure(short=True), read_results(STEM)
    assert {(row.method, row.task, row.metric) for row in found.rows if row.task != "smallest form"} == {
        (row.method, row.task, row.metric) for row in kept.rows if row.task != "smallest form"
    }
    assert found.claims.keys() == kept.claims.keys()


@pytest.mark.slow
def test_doc2vec_gives_a_new_text_the_same_vector_in_every_process():
    code = (
        "from studies.text_embeddings.trained import infer_vectors, train_documents;"
        "model = train_documents([['a', 'b', 'c', 'a'], ['b', 'c', 'b'], ['c', 'a', 'b']] * 4, 0, epochs=3);"
        "print(infer_vectors(model, [['a', 'c']], 1).tolist())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "12"
    ]
    assert runs[0] == runs[1] != ""
