"""Loaders give plain records; the measurement of the data is computed as it says; the card says what was measured."""

import numpy as np
import pytest

import workshop.data
from studies import grouped
from studies.keep import read_measured
from studies.skerryline import data_card, retrieval_runs, ticket_runs
from workshop.data import available, load_faq, load_handbook, load_lee, load_lee_background, load_reviews, load_tickets
from workshop.data import skerryline as loaders
from workshop.errors import WorkshopError
from workshop.score.results import Results, Row


def test_handbook_has_two_editions():
    first, second = load_handbook(), load_handbook(edition=2)
    assert [page.name for page in first] == [page.name for page in second] == sorted(page.name for page in first)
    assert {page.edition for page in first} == {1}
    assert sum(page.edition == 2 for page in second) == 14
    with pytest.raises(WorkshopError, match="no edition 3"):
        load_handbook(edition=3)


def test_faq_can_be_loaded_by_split():
    assert {one.split for one in load_faq(split="changed")} == {"changed"}
    assert all(one.earlier_answer for one in load_faq(split="changed"))
    with pytest.raises(WorkshopError, match=r"unknown split 'trian'\. Did you mean 'train'"):
        load_faq(split="trian")


def test_a_missing_file_says_to_install_again(tmp_path, monkeypatch):
    monkeypatch.setattr(loaders, "SKERRYLINE", tmp_path)
    with pytest.raises(WorkshopError, match="install it again"):
        load_tickets()


def test_what_is_listed_can_be_loaded():
    listed = available()
    assert len({one.name for one in listed}) == len(listed)
    assert all(callable(getattr(workshop.data, one.loader.partition("(")[0])) for one in listed)
    assert all(one.holds and one.owner and one.licence for one in listed)


def test_reviews_are_balanced():
    pytest.importorskip("gensim")
    texts, labels = load_reviews()
    assert len(texts) == len(labels) == 200
    assert labels.count("pos") == labels.count("neg") == 100
    assert not any("__label__" in text for text in texts)


def test_lee_ratings_are_symmetric():
    pytest.importorskip("gensim")
    texts, ratings = load_lee()
    assert len(texts) == 50
    assert ratings.shape == (50, 50)
    np.testing.assert_array_equal(ratings, ratings.T)
    assert ratings.diagonal().tolist() == [1.0] * 50
    assert 0.2 <= ratings.min() < ratings.max() == 1
    assert len(load_lee_background()) == 300


@pytest.mark.parametrize("by", ticket_runs.SPLITS)
def test_splits_are_whole_and_repeat(by):
    customers = [one.customer for one in load_tickets()]
    rows = ticket_runs.split_rows(customers, by, seed=3)
    assert sorted(np.concatenate(list(rows.values())).tolist()) == list(range(len(customers)))
    assert [len(rows[part]) for part in ticket_runs.PARTS] == pytest.approx([600, 200, 200], abs=25)
    again = ticket_runs.split_rows(customers, by, seed=3)
    assert all(np.array_equal(rows[part], again[part]) for part in rows)
    sides = [{customers[row] for row in rows[part]} for part in ("train", "test")]
    assert bool(sides[0] & sides[1]) == (by == "random")


def test_scores_are_those_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    truth, groups = rng.integers(0, 4, 90), [f"c{one}" for one in rng.integers(0, 40, 90)]
    runs = []
    for _ in range(3):
        rows = rng.permutation(90)[:60]
        runs.append({"rows": rows.tolist(), "predicted": rng.integers(0, 4, 60).tolist()})
    found = grouped.score_runs(runs, truth, groups, draws=200)
    for name, score in (("accuracy", metrics.accuracy_score), ("macro_f1", _macro_f1(metrics))):
        expected = np.mean([score(truth[run["rows"]], run["predicted"]) for run in runs])
        assert found[name].value == pytest.approx(expected)
        low, high = found[name].interval
        assert low < found[name].value < high


def _macro_f1(metrics):
    return lambda truth, predicted: metrics.f1_score(truth, predicted, average="macro")


def test_groups_are_drawn_whole():
    times = grouped.draw_groups(["a", "b", "a", "c"], draws=50)
    assert times.shape == (50, 4)
    np.testing.assert_array_equal(times[:, 0], times[:, 2])
    np.testing.assert_array_equal(times[:, [0, 1, 3]].sum(axis=1), 3)


def test_cases_of_one_group_widen_the_interval():
    values = np.repeat(np.random.default_rng(0).integers(0, 2, 20), 10).astype(float)
    apart = grouped.average(values, [str(row) for row in range(200)])
    together = grouped.average(values, [str(row // 10) for row in range(200)])
    width = [one.interval[1] - one.interval[0] for one in (apart, together)]
    assert width[1] > 2 * width[0]


def test_ties_go_to_the_other_passages():
    scores = np.array([[0.9, 0.5, 0.5], [0.1, 0.2, 0.3], [0.0, 0.0, 0.0]])
    wanted = np.array([[False, True, False], [False, False, True], [True, False, False]])
    assert retrieval_runs.rank_first(scores, wanted).tolist() == [3, 1, 3]
    assert retrieval_runs.rank_first(scores, np.zeros_like(wanted)).tolist() == [4, 4, 4]


def test_words_find_their_passage():
    pytest.importorskip("bm25s")
    passages = ["the kettle sells tea and buns", "dogs travel in the pen", "refunds take nine days"]
    for score in (retrieval_runs.score_words, retrieval_runs.score_bm25):
        table = score(passages, ["are there refunds for days", "tea please", "xylophone"])
        assert table.shape == (3, 3)
        assert table[:2].argmax(axis=1).tolist() == [2, 0]
        assert table[2].tolist() == [0, 0, 0]


def test_wordings_are_three_for_each_question_with_an_answer():
    wordings = retrieval_runs.list_wordings(load_faq())
    assert len(wordings) == 3 * 340
    wanted = retrieval_runs.find_wanted(wordings, workshop.data.load_passages(edition=2))
    assert wanted["document"].any(axis=1).all()
    assert (wanted["answer"] <= wanted["document"]).all()
    assert wanted["answer"].any(axis=1).all()


def test_card_is_filled_between_its_markers(tmp_path):
    card = tmp_path / "README.md"
    rows = [Row("data", "BM25", "handbook, questions", "recall@1", 0.5, 0.4, 0.625)]
    results = Results("skerryline", "small", tuple(rows))
    card.write_text("# Card\n<!-- measured -->\nstale\n<!-- /measured -->\nend\n", encoding="utf-8")
    data_card.fill_card(results, card)
    once = card.read_text(encoding="utf-8")
    assert "| BM25 | 0.50 [0.40, 0.62] | – |" in once
    assert "stale" not in once
    assert once.endswith("<!-- /measured -->\nend\n")
    data_card.fill_card(results, card)
    assert card.read_text(encoding="utf-8") == once


def test_a_card_without_markers_is_refused(tmp_path):
    (tmp_path / "README.md").write_text("# Card\n", encoding="utf-8")
    with pytest.raises(WorkshopError, match="lost its markers"):
        data_card.fill_card(Results("skerryline", "small", ()), tmp_path / "README.md")


def test_card_says_what_was_measured_and_nothing_else():
    section = data_card.render_section(read_measured("skerryline"))
    assert section in data_card.CARD.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.usefixtures("light_encoder")
def test_measurement_runs_in_its_smallest_form():
    pytest.importorskip("transformers")
    pytest.importorskip("bm25s")
    from studies.skerryline.study import measure

    results = measure(short=True)
    assert {row.method for row in results.rows} >= {"majority", "bag of words", "frozen MiniLM", "BM25", "MiniLM"}
    shares = [row for row in results.rows if row.metric in ("accuracy", "recall@1") and "minus" not in row.task]
    assert shares
    assert all(0 <= row.low <= row.value <= row.high <= 1 for row in shares)
