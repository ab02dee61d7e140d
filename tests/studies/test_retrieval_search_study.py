"""Lesson 05's searches: verdicts follow from the rules, second looks reorder what they should, prices add up."""

import numpy as np
import pytest

from studies.grouped import Figure
from studies.retrieval_bot import search_costs, search_runs, search_splits, search_study, search_tables, tuned
from studies.retrieval_bot import search_rules as rules
from studies.runner import digest_inputs
from workshop.score.results import VERDICTS

pytestmark = pytest.mark.slow


def figure(low, high):
    """Return a figure whose 95 % interval is that."""
    return Figure((low + high) / 2, np.linspace(low - (high - low) / 38, high + (high - low) / 38, 2001))


ABOVE, LEVEL, BELOW, SLIGHT = figure(0.06, 0.2), figure(-0.1, 0.1), figure(-0.3, -0.1), figure(-0.01, 0.01)


@pytest.mark.parametrize(
    ("gaps", "verdict"),
    [
        ((ABOVE, ABOVE), "holds"),
        ((LEVEL, ABOVE), "holds within limits"),
        ((LEVEL, SLIGHT), "can't tell"),
        ((BELOW, SLIGHT), "does not hold"),
    ],
)
def test_tuned(gaps, verdict):
    assert rules.judge_tuned(*gaps) == verdict


@pytest.mark.parametrize(
    ("cheaper", "dearer", "drop", "shares", "verdict"),
    [
        ((True, True), (False, False), SLIGHT, [0.01, 0.09], "holds"),
        ((True, False), (False, True), SLIGHT, [0.01], "holds within limits"),
        ((False, False), (True, True), LEVEL, [0.01, 0.02], "holds within limits"),
        ((True, False), (False, True), LEVEL, [0.05, 0.11], "can't tell"),
        ((False, False), (True, True), ABOVE, [0.2], "does not hold"),
        ((False, False), (True, False), ABOVE, [0.2], "can't tell"),
    ],
)
def test_scaling(cheaper, dearer, drop, shares, verdict):
    assert rules.judge_scaling(cheaper, dearer, drop, shares) == verdict


def test_vectors_gain_where_the_whole_interval_is_above_0():
    assert rules.find_gains({"questions": LEVEL, "paraphrases": ABOVE}) == ["paraphrases"]


def test_rules_name_every_verdict_that_they_can_give_and_what_had_been_seen():
    assert rules.RULES.keys() == rules.LIMITS.keys()
    for name, rule in rules.RULES.items():
        assert rule.startswith("Seen before: "), name
        assert "can be detected" in rule
        assert name == "C30" or all(verdict.lower() in rule.lower() for verdict in VERDICTS[:4]), name


def test_a_second_look_reorders_the_first_and_leaves_the_rest_below():
    fused, first = np.array([0.1, 0.9, 0.5, 0.8, -2.0]), np.array([1, 3])
    found = search_runs.put_first(fused, first, np.array([0.2, 0.7]))
    assert search_runs.order_first(found).tolist() == [3, 1, 2, 0, 4]
    assert search_runs.order_first(search_runs.score_ranking([2, 0], 4)).tolist() == [2, 0, 1, 3]


def test_batches_hold_every_pair_once_and_no_passage_twice():
    keys = [7, 7, 7, 1, 2, 3, 3]
    batches = list(tuned.draw_batches(keys, 3, np.random.default_rng(0)))
    assert sorted(row for rows in batches for row in rows) == list(range(7))
    assert all(len({keys[row] for row in rows}) == len(rows) <= 3 for rows in batches)


def test_what_is_tuned_sees_none_of_the_tested_documents():
    tested = {one.document for one, _, _ in search_runs.wordings("unseen")}
    assert len(tested) == 40
    assert not tested & {document for _, _, document in tuned.load_pairs()}


def test_totals_break_even_where_both_cost_the_same():
    run = {
        "encode handbook": 5.0, "encode question": 0.02, "search handbook": 0.01, "answer on passages": 0.57,
        "tune": 905.0, "answer from weights": 0.3,
    }  # fmt: skip
    assert search_costs.cost_retrieving(run, 1000) == pytest.approx(605)
    even = search_costs.find_break_even(run)
    assert search_costs.cost_retrieving(run, even) == pytest.approx(search_costs.cost_tuning(run, even))
    assert search_costs.find_break_even(run | {"answer from weights": 0.7}) is None


def test_gaps_are_paired_case_by_case():
    ranks = [[1]] * len(search_runs.wordings("unseen", 50))
    gap, n = search_tables.estimate([ranks, ranks], "recall@1", 50, None, ranks)
    assert (gap.value, gap.interval, n) == (0, (0, 0), 12)
    worse, _ = search_tables.estimate([[[2]] * 12], "mrr", 50, None, ranks)
    assert worse.value == -0.5


@pytest.mark.parametrize("kind", ["Flat", "IVF", "HNSW", "PQ"])
def test_indexes_find_a_vector_by_itself(kind):
    pytest.importorskip("faiss")
    from studies.retrieval_bot import indexes

    vectors = np.random.default_rng(0).normal(size=(400, 96)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = indexes.make_index(kind, vectors).search(vectors[:50], 10)[1]
    assert np.mean([row in rows for row, rows in enumerate(found)]) > 0.9
    assert indexes.search_numpy(vectors, vectors[7:8])[0] == 7


def test_splitting_keeps_every_page():
    found = search_splits.cut(80, 20)
    assert {one.document for one in found} == {one.name for one in search_splits.load_handbook()}
    assert max(len(one.text.split()) for one in found) == 80


def test_kinds_name_what_they_depend_on():
    assert all(len(digest_inputs(inputs)) == 16 for inputs in search_study.SEARCH_KINDS.values())
    assert {name for some in search_study.SEARCH_KINDS.values() for name in some} <= set(search_study.SEARCH_INPUTS)


@pytest.mark.usefixtures("tiny_language_model", "light_encoder")
def test_the_short_form_measures_everything():
    rows, claims = search_study.measure_search(short=True)
    methods = {row.method for row in rows if row.task.startswith("search, ")}
    assert methods >= {*search_runs.SEARCHES, "both, cross-encoder alone", "both, likelihood added"}
    assert claims.keys() == {"C17/05", "C26"}
    assert search_study.compare_search(short=True).keys() == {"questions", "paraphrases"}
    assert all(np.isfinite(row.value) for row in rows)
