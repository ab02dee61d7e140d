"""Proofs of lesson 01's checks; its references against other libraries."""

import numpy as np
import pytest

from tests.checks.more_right_word_embeddings import right
from tests.checks.more_wrong_geometry import wrong
from tests.checks.proofs import (
    SEEDS,
    assert_every_exercise_proven,
    assert_other_right_answer,
    assert_solution_passes,
    assert_stub_fails,
    assert_wrong_answer,
    exercise_params,
)
from workshop.checks import word_embeddings as lesson

STEM = "01_word_embeddings"
WORDS = ["sea", "tide", "ferry", "quay", "rope", "late", "storm", "island"]


@pytest.mark.parametrize("exercise", exercise_params(STEM))
def test_stub_fails(exercise):
    assert_stub_fails(exercise)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("exercise", exercise_params(STEM))
def test_solution_passes(exercise, seed):
    assert_solution_passes(exercise, seed)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("answer", wrong.params())
def test_wrong_answer(answer):
    assert_wrong_answer(answer)


@pytest.mark.parametrize("answer", right.params())
def test_other_right_answer(answer):
    assert_other_right_answer(answer)


def test_every_exercise_is_proven():
    assert_every_exercise_proven(STEM, wrong, right)


def test_lesson_gives_16_points_and_four_exercises_in_the_room():
    exercises = [param.values[0] for param in exercise_params(STEM)]
    assert sum(exercise.points for exercise in exercises) == 16
    assert [exercise.id for exercise in exercises if exercise.room] == ["1.1", "1.2", "1.6", "1.7"]


def test_cosine_agrees_with_scikit_learn():
    from sklearn.metrics.pairwise import cosine_similarity

    rng = np.random.default_rng(3)
    rows = np.vstack([rng.normal(size=(5, 4)) * 1e-3, rng.normal(size=(5, 4)) * 1e3, np.zeros((1, 4))])
    assert np.allclose(lesson.cosine(rows[0], rows), cosine_similarity(rows[:1], rows)[0])


def test_step_follows_the_numeric_gradient():
    rng = np.random.default_rng(4)
    three = [rng.normal(size=3), rng.normal(size=3), rng.normal(size=(4, 3))]

    def loss(center, context, negatives):
        return np.logaddexp(0, -context @ center) + np.logaddexp(0, negatives @ center).sum()

    moved = lesson.negative_sampling_step(*three, 1.0)
    for which in range(3):
        slope = np.zeros_like(three[which])
        for place in np.ndindex(slope.shape):
            up, down = ([x.copy() for x in three] for _ in range(2))
            up[which][place] += 1e-5
            down[which][place] -= 1e-5
            slope[place] = (loss(*up) - loss(*down)) / 2e-5
        assert np.allclose(three[which] - moved[which], slope, atol=1e-8)


def test_neighbours_agree_with_gensim():
    from gensim.models import KeyedVectors

    vectors = np.random.default_rng(5).normal(size=(8, 4))
    keyed = KeyedVectors(4)
    keyed.add_vectors(WORDS, vectors)
    for word in WORDS:
        assert lesson.nearest(word, WORDS, vectors, 3) == [found for found, _ in keyed.most_similar(word, topn=3)]
    for a, b, c in (WORDS[:3], WORDS[2:5], WORDS[5:]):
        best = keyed.most_similar(positive=[b, c], negative=[a], topn=1)[0][0]
        assert lesson.analogy(a, b, c, WORDS, vectors) == best


@pytest.mark.parametrize("word", ["quay", "banana", "a", "", "harbourmaster"])
def test_pieces_agree_with_gensim(word):
    from gensim.models.fasttext_inner import compute_ngrams

    assert lesson.character_ngrams(word, 3, 6) == list(compute_ngrams(word, 3, 6))


def test_agreement_agrees_with_gensim(tmp_path):
    from gensim.models import KeyedVectors

    rng = np.random.default_rng(6)
    vectors = rng.normal(size=(8, 4)).astype(np.float32)
    keyed = KeyedVectors(4)
    keyed.add_vectors(WORDS, vectors)
    pairs = [(WORDS[i], WORDS[j]) for i in range(8) for j in range(i)] + [("sea", "lantern")]
    ratings = rng.integers(0, 10, len(pairs)).astype(float)
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"{a}\t{b}\t{r}\n" for (a, b), r in zip(pairs, ratings, strict=True)))
    _, spearman, unknown = keyed.evaluate_word_pairs(str(path), restrict_vocab=100)
    agreement, skipped = lesson.agreement_with_people(pairs, ratings, WORDS, vectors)
    assert agreement == pytest.approx(spearman.statistic, abs=1e-6)
    assert skipped / len(pairs) * 100 == pytest.approx(unknown)


def test_counts_are_the_weighted_pairs():
    tokens = [WORDS[i] for i in np.random.default_rng(7).integers(0, 5, 30)]
    far = lesson.cooccurrence(tokens, WORDS[:5], 3)
    assert np.allclose(far, far.T)
    near = [len(lesson.skipgram_pairs(tokens, window)) for window in (1, 2, 3)]
    assert far.sum() == pytest.approx(near[0] + (near[1] - near[0]) / 2 + (near[2] - near[1]) / 3)


def test_weights_rise_to_one():
    counts = np.linspace(0, 300, 50)
    weights = lesson.glove_weights(counts, 100, 0.75)
    assert weights[0] == 0
    assert (np.diff(weights) >= 0).all()
    assert (weights[counts >= 100] == 1).all()
    assert weights[1] == pytest.approx((counts[1] / 100) ** 0.75)
