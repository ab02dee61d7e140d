"""Checks 1.2, 1.6, 1.7 and 1.9: what is near what."""

import numpy as np

from workshop.checks.ask import Ask
from workshop.checks.registry import exercise
from workshop.checks.word_embeddings.agreement_mistakes import AGREEMENT
from workshop.checks.word_embeddings.analogy_mistakes import ANALOGY
from workshop.checks.word_embeddings.cosine_mistakes import COSINE
from workshop.checks.word_embeddings.nearest_mistakes import NEAREST
from workshop.checks.word_embeddings.references import agreement_with_people, analogy, cosine, nearest
from workshop.checks.word_embeddings.words import WORDS

MARGIN = 0.02


@exercise("1.2", reference=cosine, title="compare one word with many", points=2, minutes=6, stars=2, room=True)
def check_cosine(ask: Ask) -> None:
    """Try the card's example, a square, zeros, one row, short vectors, and random vectors of any length."""
    whole = ask.rng.integers(1, 6, (3, 3)).astype(float)
    inputs = [
        (np.array([3.0, 4]), np.array([[6.0, 8], [4, -3], [-3, -4], [5, 0]])),
        (np.array([0, 2.0]), np.array([[3.0, 4], [0, 5]])),
        (np.array([3.0, 4]), np.array([[0.0, 0], [4, 3]])),
        (np.zeros(2), np.array([[3.0, 4], [0, 0]])),
        (np.array([2, 0, 0]), np.array([[1, 2, 2]])),
        (np.array([0.3, 0.4]), np.array([[0.3, 0.4], [0.8, 0.6], [5, 0]])),
        (whole[0], whole),
        (ask.rng.normal(size=4), ask.rng.normal(size=(6, 4)) * ask.rng.uniform(0.5, 50, (6, 1))),
    ]
    ask.each(inputs, cosine, COSINE)


def draw_space(ask: Ask, count: int, size: int) -> tuple[list[str], np.ndarray]:
    """Return some words and vectors of very different lengths, none of them zero."""
    words = [WORDS[i] for i in ask.rng.permutation(len(WORDS))[:count]]
    vectors = ask.rng.normal(size=(count, size))
    lengths = ask.rng.uniform(0.3, 4, (count, 1))
    return words, vectors / np.linalg.norm(vectors, axis=1, keepdims=True) * lengths


def draw_distinct(ask: Ask, count: int, size: int) -> tuple[list[str], np.ndarray]:
    """Draw a space in which no two words are about equally near to the first one."""
    while True:
        words, vectors = draw_space(ask, count, size)
        if np.diff(np.sort(cosine(vectors[0], vectors))).min() > MARGIN / count:
            return words, vectors


@exercise("1.6", reference=nearest, title="find the nearest words", points=2, minutes=6, stars=2, room=True)
def check_nearest(ask: Ask) -> None:
    """Try the card's example, a twin before and after the word, a large k, one word, and random vectors."""
    words = ["sea", "ocean", "port", "rope"]
    vectors = np.array([[1.0, 0], [2, 1], [3, 4], [-1, 0]])
    twin = np.array([[1.0, 2], [1, 2], [2, 1]])
    inputs = [
        ("sea", words, vectors, 2),
        ("rope", words, vectors, 3),
        ("ship", ["boat", "ship", "rope"], twin, 1),
        ("ship", ["ship", "boat", "rope"], twin, 1),
        ("sea", words, vectors, 9),
        ("sea", ["sea"], vectors[:1], 2),
    ]
    for count, size in ((7, 3), (9, 4), (12, 3)):
        space = draw_distinct(ask, count, size)
        inputs.append((space[0][0], *space, 4))
    ask.each(inputs, nearest, NEAREST)


def draw_analogy(ask: Ask, count: int, size: int) -> tuple[str, str, str, list[str], np.ndarray]:
    """Draw three words and a space in which one answer is clearly the best."""
    while True:
        words, vectors = draw_space(ask, count, size)
        a, b, c = ask.rng.permutation(count)[:3]
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        scores = cosine(unit[b] - unit[a] + unit[c], np.delete(unit, [a, b, c], axis=0))
        if np.ptp(np.sort(scores)[-2:]) > MARGIN:
            return words[a], words[b], words[c], words, vectors


@exercise("1.7", reference=analogy, title="complete the analogy", points=2, minutes=7, stars=2, room=True)
def check_analogy(ask: Ask) -> None:
    """Try the card's example, inputs nearest themselves, all far away, one candidate, a narrow axis, random spaces."""
    words = ["man", "king", "woman", "queen", "boat"]
    vectors = np.array([[2.0, 0, 0], [3, 0, 4], [0, 5, 0], [0, 3, 4], [0, 0, 9]])
    close = np.array([[1.0, 0], [1, 0.1], [1, 0.2], [0, 1], [-1, 0]])
    opposite = np.array([[0, 1.0], [0.8, 0.6], [1, 0], [-2, 0.2], [-0.9, 0.45]])
    narrow = np.array([[0, 15.0], [-2, 15], [-3, 15], [-1, 5], [-3, -5]])
    lengths = np.array([[1.0, 0, 0], [0, 4, 0], [0, 0, 1], [-5, 10, 10], [0, 12, 9]])
    inputs = [
        ("man", "king", "woman", words, vectors),
        ("sea", "tide", "rope", ["boat", "sea", "tide", "rope", "quay"], close[[4, 0, 1, 2, 3]]),
        ("tide", "sea", "rope", ["tide", "rope", "sea", "quay", "boat"], opposite),
        ("sea", "tide", "rope", ["sea", "tide", "rope", "quay"], close[:4]),
        ("sea", "tide", "rope", ["sea", "tide", "rope", "quay", "deck"], lengths),
        ("sea", "tide", "rope", ["sea", "tide", "rope", "quay", "deck"], narrow),
        *[
            draw_analogy(ask, count, size)
            for count, size in ((5, 3), (6, 3), (8, 4), (10, 3), (12, 4), (12, 3), (9, 2))
        ],
    ]
    ask.each(inputs, analogy, ANALOGY)


def draw_ratings(ask: Ask, size: int) -> tuple[list[list[str]], np.ndarray, list[str], np.ndarray]:
    """Draw pairs, some with an unknown word, and whole ratings, some of them equal."""
    words, vectors = draw_space(ask, 8, size)
    known = [[words[i], words[j]] for i, j in ((0, 1), (2, 3), (4, 5), (6, 7), (0, 3), (2, 5), (4, 7))]
    pairs = [*known[:2], ["lantern", words[1]], *known[2:4], [words[2], "lantern"], *known[4:]]
    ratings = np.array([9.0, 1, *ask.rng.integers(0, 11, len(pairs) - 2)])
    order = ask.rng.permutation(len(pairs))
    return [pairs[i] for i in order], ratings[order], words, vectors


@exercise("1.9", reference=agreement_with_people, title="ask whether people agree", points=2, minutes=8, stars=3)
def check_agreement_with_people(ask: Ask) -> None:
    """Try the card's example, ratings that are equal, and random pairs, some of them unknown."""
    words = ["sea", "ocean", "port", "rope"]
    vectors = np.array([[1.0, 0], [2, 1], [3, 4], [-1, 0]])
    pairs = [["sea", "ocean"], ["sea", "moon"], ["sea", "port"], ["sea", "rope"]]
    inputs = [
        (pairs, np.array([9.0, 1, 2, 5]), words, vectors),
        ([["sun", "sea"], *pairs[2:], ["ocean", "port"]], np.array([8.0, 5, 5, 9]), words, vectors),
        ([pairs[0], *pairs[2:]], np.array([9.0, 6, 0]), words, vectors),
        *[draw_ratings(ask, size) for size in (3, 4, 5)],
    ]
    ask.each(inputs, agreement_with_people, AGREEMENT)
