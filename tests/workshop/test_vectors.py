"""Word vectors: counts and PMI by hand, training that repeats, agreement and tests against scipy."""

import os
import subprocess
import sys

import numpy as np
import pytest

from studies.word_embeddings.spaces import effect_interval
from workshop import vectors
from workshop.checks.registry import find_exercise
from workshop.errors import WorkshopError
from workshop.vectors import agreement, association, counts

TEXT = [["a", "b", "c", "a"], ["b", "x", "a"]]
WORDS = ["a", "b", "c"]


def toy_sentences(repeats=120):
    """Return sentences in which cat and dog share their neighbours, and sun and moon theirs."""
    chance = np.random.default_rng(0)
    animals, sky = ["purrs", "barks", "eats", "sleeps"], ["shines", "rises", "sets", "glows"]
    groups = [(["cat", "dog"], animals), (["sun", "moon"], sky)]
    chosen = [groups[chance.integers(2)] for _ in range(repeats)]
    return [[chance.choice(subject), *chance.permutation(verbs)[:3]] for subject, verbs in chosen]


def test_vocabulary_is_the_frequent_words_and_the_kept_ones():
    sentences = [["the"] * 9, ["sea"] * 5, ["ferry"] * 3, ["rope"] * 3, ["knot"]]
    assert vectors.choose_vocabulary(sentences, 2) == ["the", "sea"]
    assert vectors.choose_vocabulary(sentences, 1, keep=["rope", "knot", "gull"], fewest=2) == ["the", "rope"]
    assert vectors.choose_vocabulary(sentences, 4) == ["the", "sea", "ferry", "rope"]


def test_a_cut_text_moves_together():
    assert vectors.cut_text(TEXT, ["a", "b"]) == [["a", "b", "a"], ["b", "a"]]


def test_thinning_is_word2vecs():
    text = [["the"] * 90 + ["sea"] * 10] * 50
    thinned = vectors.thin_text(text, sample=0.01, passes=4, seed=0)
    assert len(thinned) == 200
    kept = sum(sentence.count("the") for sentence in thinned) / (4 * 50 * 90)
    assert kept == pytest.approx((0.01 / 0.9) ** 0.5 + 0.01 / 0.9, abs=0.01)
    assert vectors.thin_text(text, sample=1.0, passes=1) == text
    assert vectors.thin_text(text, sample=0.01, seed=1) != vectors.thin_text(text, sample=0.01, seed=2)


def test_thinning_is_gensims():
    models = pytest.importorskip("gensim").models
    text = [["the"] * 90 + ["sea"] * 10] * 50
    model = models.Word2Vec(vector_size=2, sample=0.01, min_count=1)
    model.build_vocab(text)
    share = model.wv.get_vecattr("the", "sample_int") / 2**32
    assert share == pytest.approx((0.01 / 0.9) ** 0.5 + 0.01 / 0.9, rel=1e-4)


def test_counts_weigh_by_distance_and_stop_at_the_sentence():
    # a b c a: a-b 1 + 1/2, a-c 1/2 + 1, b-c 1, a-a 1/3 both ways; b x a: a-b 1/2, the unknown x keeps its place.
    expected = [[2 / 3, 2, 1.5], [2, 0, 1], [1.5, 1, 0]]
    np.testing.assert_allclose(vectors.count_neighbours(TEXT, WORDS, window=3), expected, rtol=1e-6)


def test_counts_are_those_of_a_plain_loop():
    sentences = toy_sentences(30)
    words = sorted({word for sentence in sentences for word in sentence})
    wanted = np.zeros((len(words), len(words)))
    for sentence in sentences:
        for i, left in enumerate(sentence):
            for j, right in enumerate(sentence):
                if 0 < abs(i - j) <= 2:
                    wanted[words.index(left), words.index(right)] += 1 / abs(i - j)
    np.testing.assert_allclose(vectors.count_neighbours(sentences, words, 2), wanted, rtol=1e-5)


def test_positive_pmi_is_the_formula():
    table = np.array([[4.0, 1, 0], [1, 2, 3], [0, 3, 6]], dtype=np.float32)
    both = table / table.sum()
    one = both.sum(axis=1)
    with np.errstate(divide="ignore"):
        wanted = np.maximum(np.log(both / np.outer(one, one)), 0)
    np.testing.assert_allclose(vectors.positive_pmi(table, smoothing=1.0), wanted, rtol=1e-5, atol=1e-6)
    assert vectors.positive_pmi(np.zeros((2, 2), dtype=np.float32)).tolist() == [[0, 0], [0, 0]]


def test_svd_keeps_a_table_of_its_rank():
    chance = np.random.default_rng(0)
    left = chance.normal(size=(12, 3)).astype(np.float32)
    squeezed = counts.svd_vectors(left @ left.T, dimensions=3)
    np.testing.assert_allclose(squeezed @ squeezed.T, left @ left.T, atol=1e-3)


@pytest.mark.parametrize("method", ["cbow", "skipgram", "fasttext"])
def test_training_repeats_and_learns_what_words_share(method):
    options = {"dimensions": 8, "epochs": 20, "fewest": 1, "sample": 0}
    words, first = vectors.train_words(method, toy_sentences(), seed=1, **options)
    again = vectors.train_words(method, toy_sentences(), seed=1, **options)
    other = vectors.train_words(method, toy_sentences(), seed=2, **options)
    assert again[0] == words
    np.testing.assert_array_equal(first, again[1])
    assert not np.array_equal(first, other[1])
    assert (first.shape, first.dtype) == ((12, 8), np.float32)
    near, far = agreement.pair_cosines([("sun", "moon"), ("sun", "dog")], words, first)
    assert near > far


@pytest.mark.slow
def test_training_does_not_depend_on_the_hash_seed():
    code = (
        "from workshop.vectors import train_words; text = [['sun', 'moon', 'sea', 'rope']] * 50; "
        "print(train_words('skipgram', text, dimensions=4, epochs=2, fewest=1)[1].tolist())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": s},
        )
        for s in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout != ""


def test_training_reports_each_epoch():
    seen = []
    vectors.train_model("cbow", toy_sentences(), dimensions=4, epochs=3, fewest=1, progress=seen.append)
    assert seen == [1, 2, 3]


def test_fasttext_knows_words_that_it_never_saw():
    model = vectors.train_model("fasttext", toy_sentences(), dimensions=4, epochs=1, fewest=1)
    assert "sunshine" not in model.wv.key_to_index
    assert np.linalg.norm(model.wv["sunshine"]) > 0


def test_pieces_give_an_unknown_word_its_vector():
    keyed = vectors.train_model("fasttext", toy_sentences(), dimensions=4, epochs=1, fewest=1).wv
    pieces = find_exercise("1.8").reference("sunshine", 3, 6)
    np.testing.assert_allclose(vectors.look_up_pieces(keyed, pieces).mean(axis=0), keyed["sunshine"], atol=1e-6)
    with pytest.raises(WorkshopError, match="no pieces"):
        vectors.look_up_pieces(keyed, [])


def test_unknown_method_is_named():
    with pytest.raises(WorkshopError, match="Did you mean 'skipgram'"):
        vectors.train_words("skip-gram", TEXT)


@pytest.mark.parametrize(("count", "weight"), [(0, 0), (10, 1), (50, 1), (5, 0.5**0.75)])
def test_glove_weights(count, weight):
    assert vectors.glove_weights(np.array([count]), x_max=10, alpha=0.75)[0] == pytest.approx(weight)


def test_weights_rise_to_one():
    counts = np.linspace(0, 300, 50)
    weights = vectors.glove_weights(counts, 100, 0.75)
    assert weights[0] == 0
    assert (np.diff(weights) >= 0).all()
    assert (weights[counts >= 100] == 1).all()
    assert weights[1] == pytest.approx((counts[1] / 100) ** 0.75)


def test_glove_learns_the_logarithms_of_the_counts():
    sentences = toy_sentences()
    words = sorted({word for sentence in sentences for word in sentence})
    table = vectors.count_neighbours(sentences, words, 4)
    seen = []
    trained = vectors.train_glove(table, vectors.glove_weights(table), 6, epochs=60, progress=seen.append)
    again = vectors.train_glove(table, vectors.glove_weights(table), 6, epochs=60)
    np.testing.assert_array_equal(trained, again)
    assert seen == list(range(1, 61))
    assert (trained.shape, trained.dtype) == ((12, 6), np.float32)
    near, far = agreement.pair_cosines([("sun", "moon"), ("sun", "dog")], words, trained)
    assert near > far


@pytest.mark.parametrize(
    ("weights", "message"),
    [(np.ones((2, 2)), "Give them weight 0"), (np.ones((3, 3)), "one shape"), (np.full((2, 2), np.nan), "weight 0")],
)
def test_glove_refuses_weights_that_do_not_fit(weights, message):
    with pytest.raises(WorkshopError, match=message):
        vectors.train_glove(np.array([[0.0, 1], [1, 0]]), weights, 2)


def test_glove_text_comes_back(tmp_path):
    table = np.array([[1.5, -2, 0.25], [0, 1e-4, 3]], dtype=np.float32)
    path = vectors.write_glove_text(tmp_path / "mine.txt", ["sea", "café"], table)
    assert path.read_text(encoding="utf-8").splitlines()[0] == "sea 1.5 -2 0.25"
    words, back = vectors.read_glove_text(path)
    assert words == ["sea", "café"]
    np.testing.assert_allclose(back, table, rtol=1e-5)


def test_glove_text_refuses_what_does_not_fit(tmp_path):
    with pytest.raises(WorkshopError, match="a vector for each of 1 words, got 2"):
        vectors.write_glove_text(tmp_path / "mine.txt", ["sea"], np.ones((2, 3)))
    with pytest.raises(WorkshopError, match="there is no file"):
        vectors.read_glove_text(tmp_path / "none.txt")


def test_shared_pairs_are_known_to_all_and_of_two_words():
    pairs = [("sun", "moon"), ("sun", "sun"), ("sun", "sea"), ("sea", "rope")]
    kept, ratings = vectors.shared_pairs(
        pairs, np.array([1.0, 10, 2, 3]), [["sun", "moon", "sea"], {"sun", "sea", "x"}]
    )
    assert kept == [("sun", "sea")]
    assert ratings.tolist() == [2.0]


def test_agreement_is_scipys_spearman_with_ties():
    stats = pytest.importorskip("scipy.stats")
    chance = np.random.default_rng(1)
    left, right = chance.integers(0, 5, 40).astype(float), chance.integers(0, 5, 40).astype(float)
    assert agreement.spearman(left, right) == pytest.approx(stats.spearmanr(left, right).statistic)
    assert agreement.spearman(np.ones(5), np.arange(5)) == 0


def test_agreement_with_people():
    words = ["sun", "moon", "sea", "rope"]
    table = np.array([[1, 0], [0.9, 0.1], [0.5, 0.5], [0, 1]])
    pairs = [("sun", "moon"), ("sun", "sea"), ("sun", "rope")]
    perfect = vectors.spearman_with_people(pairs, np.array([9.0, 5, 1]), words, table)
    assert (perfect.value, perfect.pairs) == (pytest.approx(1), 3)
    assert vectors.spearman_with_people(pairs, np.array([1.0, 5, 9]), words, table).value == pytest.approx(-1)


def test_interval_holds_the_truth_as_often_as_it_says():
    hits = 0
    for seed in range(60):
        chance = np.random.default_rng(seed)
        left, right = chance.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 100).T
        low, high = agreement.bound_spearman(left, right, 300, seed)
        hits += low <= 6 / np.pi * np.arcsin(0.25) <= high
    assert hits >= 52


def test_agreement_refuses_unknown_words_and_too_few_pairs():
    with pytest.raises(WorkshopError, match="1 words of the pairs have no vector: gull"):
        agreement.pair_cosines([("sun", "gull")], ["sun"], np.ones((1, 2)))
    with pytest.raises(WorkshopError, match="at least 3 pairs, got 1"):
        vectors.spearman_with_people([("sun", "sun")], np.ones(1), ["sun"], np.ones((1, 2)))


def leaning_space(strength):
    """Return words whose X leans towards A and Y towards B by `strength`."""
    chance = np.random.default_rng(0)
    groups = [[f"{name}{number}" for number in range(8)] for name in "xyab"]
    signs = np.repeat([strength, -strength, 1, -1], 8)
    table = chance.normal(size=(32, 20)) * 0.3
    table[:, 0] += signs
    return (
        vectors.WordSets(("X", "Y", "A", "B"), *map(tuple, groups)),
        [word for group in groups for word in group],
        table,
    )


def test_association_finds_what_was_put_in_and_nothing_else():
    found = vectors.association_test(*leaning_space(1.0), draws=2000)
    assert found.effect > 1.5
    assert found.p < 0.001
    sets, words, table = leaning_space(-1.0)
    assert vectors.association_test(sets, words, table, draws=2000).p > 0.99
    sets, words, table = leaning_space(0.0)
    assert 0.02 < vectors.association_test(sets, words, table, draws=2000).p < 0.98


def test_association_is_the_papers_effect_size():
    sets, words, table = leaning_space(0.5)
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    cosines = unit @ unit.T
    leans = [cosines[row, 16:24].mean() - cosines[row, 24:].mean() for row in range(16)]
    wanted = (np.mean(leans[:8]) - np.mean(leans[8:])) / np.std(leans, ddof=1)
    found = vectors.association_test(sets, words, table, draws=500)
    assert found.effect == pytest.approx(wanted)
    assert found.permuted.shape == (500,)
    assert (found.p * 501 - 1) == pytest.approx((found.permuted >= found.observed - 1e-12).sum())


def test_interval_of_the_effect_holds_it():
    space = leaning_space(0.5)
    low, high = effect_interval(*space, draws=500)
    assert low < vectors.association_test(*space, draws=100).effect < high
    assert effect_interval(*space, draws=500) == (low, high)


def test_association_leaves_out_unknown_words_and_says_when_too_few_are_left():
    sets, words, table = leaning_space(1.0)
    assert vectors.association_test(sets, words[1:], table[1:], draws=100).effect > 1
    with pytest.raises(WorkshopError, match="4 words or more of 'X' and knows 3"):
        vectors.association_test(sets, words[5:], table[5:], draws=100)


@pytest.mark.parametrize("name", association.TESTS)
def test_word_lists_do_not_overlap(name):
    sets = vectors.find_test(name)
    every = [*sets.targets_x, *sets.targets_y, *sets.attributes_a, *sets.attributes_b]
    assert len(set(every)) == len(every)
    assert len(sets.targets_x) == len(sets.targets_y)
    assert len(sets.attributes_a) == len(sets.attributes_b)


def test_analogies_with_and_without_the_words_of_the_question():
    words = ["man", "king", "woman", "queen", "sea"]
    table = np.array([[1, 0, 0], [1, 0.3, 0], [0, 0, 1], [0, 0.9, 1], [-1, 0, 0]], dtype=np.float32)
    questions = [("man", "king", "woman", "queen"), ("man", "king", "woman", "gull")]
    score = vectors.score_analogies(questions, words, table, batch=1)
    assert score == vectors.AnalogyScore(excluded=1.0, included=0.0, repeated=1.0, third_alone=1.0, n=1)
    assert np.isnan(vectors.score_analogies(questions[1:], words, table).excluded)
