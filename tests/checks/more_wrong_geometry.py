"""More wrong answers to 1.2, 1.3, 1.6, 1.7 and 1.9, as beginners write them."""

import numpy as np

from tests.checks.more_wrong_counts import wrong


@wrong("1.2", "u and V can't be multiplied in this order")
def turned_operator(u, V):
    return u @ V / (np.linalg.norm(u) * np.linalg.norm(V, axis=1))


@wrong("1.2", "u and V can't be multiplied in this order")
def turned_dot(u, V):
    return np.dot(u, V) / (np.linalg.norm(u) * np.linalg.norm(V, axis=1))


@wrong("1.2", "what is added to the lengths against 0 is so large")
def large_epsilon(u, V):
    return V @ u / (np.linalg.norm(V, axis=1) * np.linalg.norm(u) + 1e-3)


@wrong("1.2", "what is added to the lengths against 0 is so large")
def epsilon_of_a_tenth(u, V):
    return V @ u / ((np.linalg.norm(V, axis=1) + 0.1) * (np.linalg.norm(u) + 0.1))


@wrong("1.2", "what is added to the lengths against 0 is so large")
def smallest_length_1(u, V):
    return V @ u / np.maximum(np.linalg.norm(V, axis=1) * np.linalg.norm(u), 1)


@wrong("1.2", "it is divided by the lengths of the rows, then multiplied")
def brackets_missing(u, V):
    row_lengths = np.linalg.norm(V, axis=1)
    row_lengths[row_lengths == 0] = 1
    return V @ u / row_lengths * np.linalg.norm(u)


@wrong("1.2", "shape () instead of (4,): one number")
def returned_in_loop(u, V):
    for row in V:
        return row @ u / (np.linalg.norm(row) * np.linalg.norm(u))


@wrong("1.2", "V is divided by its lengths, but norm() has dropped an axis")
def axis_not_kept(u, V):
    return V / np.linalg.norm(V, axis=1) @ (u / np.linalg.norm(u))


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


@wrong("1.3", "the negatives' pushes are averaged")
def mean_of_pushes(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), _sigmoid(negatives @ center)
    new_center = center + rate * (pull * context - (push[:, None] * negatives).mean(axis=0))
    return new_center, context + rate * pull * center, negatives - rate * np.outer(push, center)


@wrong("1.3", "the negatives' pushes are averaged")
def mean_of_all(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), _sigmoid(negatives @ center) / len(negatives)
    new_center = center + rate * (pull * context - push @ negatives)
    return new_center, context + rate * pull * center, negatives - rate * np.outer(push, center)


@wrong("1.3", "the center stays where it was")
def center_kept(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), _sigmoid(negatives @ center)
    return center, context + rate * pull * center, negatives - rate * np.outer(push, center)


@wrong("1.3", "the negatives push by 1 minus their sigmoid")
def push_from_one(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), 1 - _sigmoid(negatives @ center)
    new_center = center + rate * (pull * context - push @ negatives)
    return new_center, context + rate * pull * center, negatives - rate * np.outer(push, center)


@wrong("1.3", "the sigmoid is turned round")
def sign_in_exp(center, context, negatives, rate):
    pull, push = 1 - 1 / (1 + np.exp(context @ center)), 1 / (1 + np.exp(negatives @ center))
    new_center = center + rate * (pull * context - push @ negatives)
    return new_center, context + rate * pull * center, negatives - rate * np.outer(push, center)


@wrong("1.3", "gradients or steps are returned")
def gradients_returned(center, context, negatives, rate):
    pull, push = _sigmoid(center @ context) - 1, _sigmoid(negatives @ center)
    return pull * context + push @ negatives, pull * center, np.outer(push, center)


@wrong("1.3", "gradients or steps are returned")
def steps_returned(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), _sigmoid(negatives @ center)
    return rate * (pull * context - push @ negatives), rate * pull * center, -rate * np.outer(push, center)


@wrong("1.3", "only one of the negatives pushes the center")
def last_push_only(center, context, negatives, rate):
    pull, new_negatives = 1 - _sigmoid(center @ context), []
    for negative in negatives:
        push = _sigmoid(center @ negative)
        new_center = center + rate * (pull * context - push * negative)
        new_negatives.append(negative - rate * push * center)
    return new_center, context + rate * pull * center, np.array(new_negatives)


@wrong("1.3", "in item 2, counted from 0: shape (2, 2) instead of (1, 2)")
def outer_product_turned(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), _sigmoid(negatives @ center)
    new_center = center + rate * (pull * context - push @ negatives)
    return new_center, context + rate * pull * center, negatives - rate * np.outer(center, push)


@wrong("1.3", "the negatives move towards the center; only")
def negatives_come_nearer(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), _sigmoid(negatives @ center)
    new_center = center + rate * (pull * context - push @ negatives)
    return new_center, context + rate * pull * center, negatives + rate * np.outer(push, center)


@wrong("1.3", "the center moves towards the negatives")
def center_comes_nearer(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), _sigmoid(negatives @ center)
    new_center = center + rate * (pull * context + push @ negatives)
    return new_center, context + rate * pull * center, negatives - rate * np.outer(push, center)


@wrong("1.3", "the context is returned first")
def other_order(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), _sigmoid(negatives @ center)
    new_center = center + rate * (pull * context - push @ negatives)
    return context + rate * pull * center, new_center, negatives - rate * np.outer(push, center)


def _cosines(word, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit @ unit[words.index(word)]


@wrong("1.6", "the cosines are returned together with the words")
def word_and_score(word, words, vectors, k):
    found = [pair for pair in zip(words, _cosines(word, words, vectors), strict=True) if pair[0] != word]
    return sorted(found, key=lambda pair: -pair[1])[:k]


@wrong("1.6", "the cosines are returned together with the words")
def score_and_word(word, words, vectors, k):
    found = [pair for pair in zip(_cosines(word, words, vectors), words, strict=True) if pair[1] != word]
    return sorted(found, key=lambda pair: -pair[0])[:k]


@wrong("1.6", "the cosines are returned, not the words")
def scores_alone(word, words, vectors, k):
    cosines = np.delete(_cosines(word, words, vectors), words.index(word))
    return np.sort(cosines)[::-1][:k]


@wrong("1.6", "the vectors are divided by their lengths, but norm() has dropped an axis")
def axis_dropped(word, words, vectors, k):
    unit = vectors / np.linalg.norm(vectors, axis=1)
    order = np.argsort(-unit @ unit[words.index(word)])
    return [words[i] for i in order if words[i] != word][:k]


@wrong("1.6", "the columns are brought to length 1")
def columns_scaled(word, words, vectors, k):
    unit = vectors / np.linalg.norm(vectors, axis=0)
    order = np.argsort(-unit @ unit[words.index(word)])
    return [words[i] for i in order if words[i] != word][:k]


@wrong("1.6", "the word itself comes last")
def itself_last(word, words, vectors, k):
    cosines = _cosines(word, words, vectors)
    cosines[words.index(word)] = -np.inf
    return [words[i] for i in np.argsort(-cosines, kind="stable")[:k]]


@wrong("1.7", "the columns are brought to length 1")
def analogy_columns_scaled(a, b, c, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=0)
    scores = unit @ (unit[words.index(b)] - unit[words.index(a)] + unit[words.index(c)])
    return next(words[i] for i in np.argsort(-scores) if words[i] not in (a, b, c))


@wrong("1.7", "c is subtracted: this is b - a - c")
def both_subtracted(a, b, c, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = unit @ (unit[words.index(b)] - unit[words.index(a)] - unit[words.index(c)])
    return next(words[i] for i in np.argsort(-scores) if words[i] not in (a, b, c))


@wrong("1.7", "the three given words get a score that others can fall below")
def excluded_by_0(a, b, c, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = [words.index(word) for word in (a, b, c)]
    scores = unit @ (unit[rows[1]] - unit[rows[0]] + unit[rows[2]])
    scores[rows] = 0
    return words[np.argmax(scores)]


@wrong("1.7", "the three given words get a score that others can fall below")
def excluded_by_minus_1(a, b, c, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = [words.index(word) for word in (a, b, c)]
    scores = unit @ (unit[rows[1]] - unit[rows[0]] + unit[rows[2]])
    scores[rows] = -1
    return words[np.argmax(scores)]


@wrong("1.7", "the vectors are divided by their lengths, but norm() has dropped an axis")
def analogy_axis_dropped(a, b, c, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1)
    scores = unit @ (unit[words.index(b)] - unit[words.index(a)] + unit[words.index(c)])
    return next(words[i] for i in np.argsort(-scores) if words[i] not in (a, b, c))


def _compare(pairs, ratings, words, vectors):
    from scipy.stats import spearmanr

    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    known = [i for i, (a, b) in enumerate(pairs) if a in words and b in words]
    cosines = [unit[words.index(pairs[i][0])] @ unit[words.index(pairs[i][1])] for i in known]
    return spearmanr(cosines, ratings[known]), len(pairs) - len(known)


@wrong("1.9", "the two values stand the wrong way round")
def values_swapped(pairs, ratings, words, vectors):
    result, skipped = _compare(pairs, ratings, words, vectors)
    return skipped, result.statistic


@wrong("1.9", "the library's whole result is returned")
def result_returned(pairs, ratings, words, vectors):
    return _compare(pairs, ratings, words, vectors)


@wrong("1.9", "the library's whole result is returned")
def result_alone(pairs, ratings, words, vectors):
    return _compare(pairs, ratings, words, vectors)[0]


@wrong("1.9", "the p-value is returned")
def p_value(pairs, ratings, words, vectors):
    result, skipped = _compare(pairs, ratings, words, vectors)
    return result.pvalue, skipped


@wrong("1.9", "all ratings are compared with the cosines of some pairs")
def ratings_not_filtered(pairs, ratings, words, vectors):
    from scipy.stats import spearmanr

    cosines, skipped = [], 0
    for first, second in pairs:
        if first in words and second in words:
            u, v = vectors[words.index(first)], vectors[words.index(second)]
            cosines.append(u @ v / np.linalg.norm(u) / np.linalg.norm(v))
        else:
            skipped += 1
    return spearmanr(cosines, ratings).statistic, skipped


@wrong("1.9", "the vectors are divided by their lengths, but norm() has dropped an axis")
def people_axis_dropped(pairs, ratings, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1)
    known = [i for i, (a, b) in enumerate(pairs) if a in words and b in words]
    return [unit[words.index(pairs[i][0])] @ unit[words.index(pairs[i][1])] for i in known], len(known)


@wrong("1.9", "pairs are scored by their distance")
def straight_line(pairs, ratings, words, vectors):
    from scipy.stats import spearmanr

    known = [i for i, (a, b) in enumerate(pairs) if a in words and b in words]
    away = [np.linalg.norm(vectors[words.index(pairs[i][0])] - vectors[words.index(pairs[i][1])]) for i in known]
    return spearmanr(away, ratings[known]).statistic, len(pairs) - len(known)
