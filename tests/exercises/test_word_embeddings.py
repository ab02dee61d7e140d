"""Proofs of lesson 01's exercises; their references against other libraries."""

import math

import numpy as np
import pytest

from tests.exercises.proofs import Answers, prove
from workshop.checks.registry import list_exercises
from workshop.exercises import word_embeddings as lesson
from workshop.vectors import count_neighbours

WORDS = ["sea", "tide", "ferry", "quay", "rope", "late", "storm", "island"]
wrong, right = Answers(), Answers()


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _cosine(u, v):
    return u @ v / (np.linalg.norm(u) * np.linalg.norm(v))


def _spearman(x, y):
    from scipy.stats import spearmanr

    return spearmanr(x, y).statistic


@wrong("1.1", "each word is paired with itself too")
def own_pair(tokens, window):
    pairs = []
    for i in range(len(tokens)):
        for context in tokens[max(0, i - window) : i + window + 1]:
            pairs.append((tokens[i], context))
    return pairs


@wrong("1.1", "the farthest word on the right is missing")
def last_neighbour_missing(tokens, window):
    pairs = []
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(len(tokens), i + window)):
            if i != j:
                pairs.append((center, tokens[j]))
    return pairs


@wrong("1.1", "words near the start lose neighbours before them")
def slice_empty(tokens, window):
    pairs = []
    for i, center in enumerate(tokens):
        for context in tokens[i - window : i] + tokens[i + 1 : i + 1 + window]:
            pairs.append((center, context))
    return pairs


@right("1.1")
def by_distance(tokens, window):
    pairs = []
    for distance in range(1, window + 1):
        for left, other in zip(tokens, tokens[distance:], strict=False):
            pairs += [[left, other], [other, left]]
    return pairs


@wrong("1.2", "inner products: nothing is divided")
def norm_missing(u, V):
    return np.dot(V, u)


@wrong("1.2", "the lengths are taken down the columns")
def norm_wrong_axis(u, V):
    return V @ u / (np.linalg.norm(u) * np.linalg.norm(V, axis=0))


@wrong("1.2", "a zero vector has length 0")
def zero_gives_nan(u, V):
    return np.array([row @ u / (np.linalg.norm(row) * np.linalg.norm(u)) for row in V])


@right("1.2")
def loop_of_floats(u, V):
    result = []
    for row in V:
        product = sum(x * y for x, y in zip(u, row, strict=True))
        length = math.sqrt(sum(x * x for x in u)) * math.sqrt(sum(y * y for y in row))
        result.append(product / length if length > 0 else 0.0)
    return result


@wrong("1.3", "the step goes uphill")
def uphill(center, context, negatives, rate):
    slope = (_sigmoid(center @ context) - 1) * context + _sigmoid(negatives @ center) @ negatives
    errors = _sigmoid(negatives @ center)
    return (
        center + rate * slope,
        context + rate * (_sigmoid(center @ context) - 1) * center,
        negatives + rate * errors[:, None] * center,
    )


@wrong("1.3", "context and negatives move by the new center")
def new_center_used(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), _sigmoid(negatives @ center)
    center = center + rate * (pull * context - (push[:, None] * negatives).sum(axis=0))
    context = context + rate * pull * center
    negatives = negatives - rate * push[:, None] * center
    return center, context, negatives


@wrong("1.3", "the context pulls by its sigmoid")
def pull_not_from_one(center, context, negatives, rate):
    pull, push = _sigmoid(center @ context), _sigmoid(negatives @ center)
    return (
        center + rate * pull * context - rate * push @ negatives,
        context + rate * pull * center,
        negatives - rate * np.outer(push, center),
    )


@right("1.3")
def torch_float32(center, context, negatives, rate):
    import torch

    three = [torch.tensor(x, dtype=torch.float32, requires_grad=True) for x in (center, context, negatives)]
    c, o, n = three
    loss = -torch.nn.functional.logsigmoid(c @ o) - torch.nn.functional.logsigmoid(-(n @ c)).sum()
    loss.backward()
    return [(x - rate * x.grad).detach() for x in three]


@wrong("1.4", "every neighbour counts 1")
def unweighted(tokens, vocabulary, window):
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i in range(len(tokens)):
        for j in range(max(0, i - window), min(i + window + 1, len(tokens))):
            if i != j and tokens[i] in vocabulary and tokens[j] in vocabulary:
                counts[vocabulary.index(tokens[i]), vocabulary.index(tokens[j])] += 1
    return counts


@wrong("1.4", "a later meeting replaces the earlier one")
def replaced(tokens, vocabulary, window):
    row = {word: i for i, word in enumerate(vocabulary)}
    counts = np.zeros((len(row), len(row)))
    for i, first in enumerate(tokens):
        for j, second in enumerate(tokens):
            if 0 < abs(i - j) <= window and first in row and second in row:
                counts[row[first], row[second]] = 1 / abs(i - j)
    return counts


@wrong("1.4", "words outside the vocabulary are removed first")
def unknown_removed_first(tokens, vocabulary, window):
    tokens = [word for word in tokens if word in vocabulary]
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i in range(len(tokens)):
        for distance in range(1, window + 1):
            if i + distance < len(tokens):
                a, b = vocabulary.index(tokens[i]), vocabulary.index(tokens[i + distance])
                counts[a, b] += 1 / distance
                counts[b, a] += 1 / distance
    return counts


@right("1.4")
def one_side_two_cells(tokens, vocabulary, window):
    counts = [[0.0] * len(vocabulary) for _ in vocabulary]
    for i, left in enumerate(tokens):
        for distance, other in enumerate(tokens[i + 1 : i + 1 + window], start=1):
            if left in vocabulary and other in vocabulary:
                a, b = vocabulary.index(left), vocabulary.index(other)
                counts[a][b] += 1 / distance
                counts[b][a] += 1 / distance
    return counts


@wrong("1.5", "weights above 1")
def not_capped(counts, x_max, alpha):
    return np.power(counts / x_max, alpha)


@wrong("1.5", "the power is taken before the division")
def brackets_missing(counts, x_max, alpha):
    return np.minimum(1, counts**alpha / x_max)


@wrong("1.5", "the array is made for whole numbers")
def zeros_like_of_integers(counts, x_max, alpha):
    weights = np.zeros_like(counts)
    for place in np.ndindex(counts.shape):
        weights[place] = (counts[place] / x_max) ** alpha if counts[place] < x_max else 1
    return weights


@right("1.5")
def nested_lists(counts, x_max, alpha):
    if counts.ndim > 1:
        return [nested_lists(row, x_max, alpha) for row in counts]
    return [(count / x_max) ** alpha if count < x_max else 1 for count in counts]


@wrong("1.6", "the ranking is by inner products")
def unnormalised(word, words, vectors, k):
    scores = vectors @ vectors[words.index(word)]
    ranked = sorted(zip(-scores, words, strict=True))
    return [other for _, other in ranked if other != word][:k]


@wrong("1.6", "the farthest words come first")
def ascending(word, words, vectors, k):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    order = np.argsort(unit @ unit[words.index(word)])
    return [words[i] for i in order if words[i] != word][:k]


@wrong("1.6", "one word is missing")
def cut_before_removal(word, words, vectors, k):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = unit @ unit[words.index(word)]
    scores[words.index(word)] = 2
    return [words[i] for i in np.argsort(-scores)[:k] if words[i] != word]


@right("1.6")
def float32_array(word, words, vectors, k):
    vectors = vectors.astype(np.float32)
    unit = vectors / np.linalg.norm(vectors, axis=1)[:, None]
    cosines = unit @ unit[words.index(word)]
    cosines[words.index(word)] = -np.inf
    return np.array(words)[np.argsort(cosines)[::-1][: min(k, len(words) - 1)]]


@wrong("1.7", "one of the three given words is the answer")
def inputs_kept(a, b, c, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    target = unit[words.index(b)] - unit[words.index(a)] + unit[words.index(c)]
    return words[np.argmax(unit @ target)]


@wrong("1.7", "the vectors keep their lengths")
def long_vectors_win(a, b, c, words, vectors):
    target = vectors[words.index(b)] - vectors[words.index(a)] + vectors[words.index(c)]
    scores = {w: v @ target for w, v in zip(words, vectors, strict=True) if w not in (a, b, c)}
    return max(scores, key=scores.get)


@wrong("1.7", "a and b are exchanged")
def turned_round(a, b, c, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    target = unit[words.index(a)] - unit[words.index(b)] + unit[words.index(c)]
    order = np.argsort(unit @ target)[::-1]
    return next(words[i] for i in order if words[i] not in (a, b, c))


@right("1.7")
def cosines_excluded_by_minus_2(a, b, c, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1)[:, np.newaxis]
    target = unit[words.index(b)] - unit[words.index(a)] + unit[words.index(c)]
    cosines = unit @ target / np.linalg.norm(target)
    for word in (a, b, c):
        cosines[words.index(word)] = -2
    return words[np.argmax(cosines)]


@wrong("1.8", "the marks < and > are missing")
def boundaries_missing(word, shortest, longest):
    return [word[i : i + n] for n in range(shortest, longest + 1) for i in range(len(word) - n + 1)]


@wrong("1.8", "the pieces of the longest size are missing")
def longest_missing(word, shortest, longest):
    word, pieces = "<" + word + ">", []
    for n in range(shortest, longest):
        pieces += [word[i : i + n] for i in range(len(word) - n + 1)]
    return pieces


@wrong("1.8", "stumps at the end")
def stumps_kept(word, shortest, longest):
    marked, pieces = f"<{word}>", []
    for start in range(len(marked)):
        for n in range(shortest, longest + 1):
            pieces.append(marked[start : start + n])
    return pieces


@right("1.8")
def zipped(word, shortest, longest):
    text, pieces = f"<{word}>", []
    for size in range(shortest, longest + 1):
        pieces.extend("".join(letters) for letters in zip(*(text[i:] for i in range(size)), strict=False))
    return tuple(pieces)


@wrong("1.9", "pairs with an unknown word are scored 0, as if")
def unknown_scored_0(pairs, ratings, words, vectors):
    place = {word: i for i, word in enumerate(words)}
    scores, skipped = [], 0
    for first, second in pairs:
        if first in place and second in place:
            scores.append(_cosine(vectors[place[first]], vectors[place[second]]))
        else:
            scores.append(0)
            skipped += 1
    return _spearman(scores, ratings), skipped


@wrong("1.9", "Pearson's correlation")
def pearson(pairs, ratings, words, vectors):
    known = [i for i, (a, b) in enumerate(pairs) if a in words and b in words]
    scores = [_cosine(*(vectors[words.index(word)] for word in pairs[i])) for i in known]
    return np.corrcoef(scores, ratings[known])[0, 1], len(pairs) - len(known)


@wrong("1.9", "the ratings have slipped")
def ratings_misaligned(pairs, ratings, words, vectors):
    scores = [_cosine(vectors[words.index(a)], vectors[words.index(b)]) for a, b in pairs if a in words and b in words]
    return _spearman(scores, ratings[: len(scores)]), len(pairs) - len(scores)


@right("1.9")
def float32_try(pairs, ratings, words, vectors):
    from scipy.stats import spearmanr

    unit = vectors.astype(np.float32)
    unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    scores = []
    for (first, second), rating in zip(pairs, ratings, strict=True):
        try:
            scores.append((unit[words.index(first)] @ unit[words.index(second)], rating))
        except ValueError:
            continue
    return [spearmanr(*zip(*scores, strict=True))[0], len(pairs) - len(scores)]


test_stub_fails, test_solution_passes, test_wrong_answer, test_other_right_answer, test_proven = prove(
    "01_word_embeddings", wrong, right
)


def test_lesson_gives_16_points_and_four_exercises_in_the_room():
    exercises = list_exercises("01")
    assert sum(exercise.points for exercise in exercises) == 16
    assert [exercise.id for exercise in exercises if exercise.room] == ["1.1", "1.2", "1.6", "1.7"]


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


def test_counts_agree_with_those_by_array_operations():
    tokens = [WORDS[i] for i in np.random.default_rng(7).integers(0, 5, 30)]
    counts = lesson.cooccurrence(tokens, WORDS[:4], 3)
    assert np.allclose(counts, count_neighbours([tokens], WORDS[:4], 3))
