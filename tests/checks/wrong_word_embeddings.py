"""Wrong answers to lesson 01 as students write them, each with the likely cause that it must be told."""

import numpy as np

from tests.checks.proofs import Answers

wrong = Answers()


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


@wrong("1.1", "words at the start are paired with words at the end")
def wraps_around(tokens, window):
    pairs = []
    for i, center in enumerate(tokens):
        for offset in range(-window, window + 1):
            if offset != 0 and i + offset < len(tokens) and -len(tokens) <= i + offset:
                pairs.append((center, tokens[i + offset]))
    return pairs


@wrong("1.1", "words near the start lose neighbours before them")
def slice_empty(tokens, window):
    pairs = []
    for i, center in enumerate(tokens):
        for context in tokens[i - window : i] + tokens[i + 1 : i + 1 + window]:
            pairs.append((center, context))
    return pairs


@wrong("1.1", "a word that stands twice in the window is skipped")
def same_word_skipped(tokens, window):
    pairs = []
    for i, center in enumerate(tokens):
        pairs += [(center, word) for word in tokens[max(0, i - window) : i + window + 1] if word != center]
    return pairs


@wrong("1.1", "only the words after it are taken")
def after_only(tokens, window):
    return [(word, other) for i, word in enumerate(tokens) for other in tokens[i + 1 : i + window + 1]]


@wrong("1.1", "a pair that occurs several times stands there once")
def pairs_in_a_set(tokens, window):
    pairs = set()
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(len(tokens), i + window + 1)):
            if i != j:
                pairs.add((center, tokens[j]))
    return list(pairs)


@wrong("1.1", "an index runs past the end")
def past_the_end(tokens, window):
    return [(tokens[i], tokens[i + d]) for i in range(len(tokens)) for d in range(-window, window + 1) if d]


@wrong("1.2", "inner products: nothing is divided")
def norm_missing(u, V):
    return np.dot(V, u)


@wrong("1.2", "the length of u is missing")
def norm_of_u_missing(u, V):
    norms = np.sqrt((V * V).sum(1))
    norms[norms == 0] = 1
    return V.dot(u) / norms


@wrong("1.2", "the lengths of the rows of V are missing")
def norm_of_rows_missing(u, V):
    return V @ (u / max(np.linalg.norm(u), 1e-9))


@wrong("1.2", "the lengths are taken down the columns")
def norm_wrong_axis(u, V):
    return V @ u / (np.linalg.norm(u) * np.linalg.norm(V, axis=0))


@wrong("1.2", "one length for the whole of V")
def one_norm(u, V):
    return V @ u / (np.linalg.norm(u) * np.linalg.norm(V))


@wrong("1.2", "a zero vector has length 0")
def zero_gives_nan(u, V):
    return np.array([row @ u / (np.linalg.norm(row) * np.linalg.norm(u)) for row in V])


@wrong("1.2", "1 minus the cosine")
def distance(u, V):
    lengths = np.linalg.norm(V, axis=1) * np.linalg.norm(u)
    return 1 - np.divide(V @ u, lengths, out=np.zeros(len(V)), where=lengths > 0)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


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


@wrong("1.3", "the center moves by the new context and negatives")
def new_outputs_used(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), _sigmoid(negatives @ center)
    context = context + rate * pull * center
    negatives = negatives - rate * push[:, None] * center
    return center + rate * (pull * context - push @ negatives), context, negatives


@wrong("1.3", "the sigmoids are computed again")
def one_after_the_other(center, context, negatives, rate):
    center = center + rate * ((1 - _sigmoid(center @ context)) * context - _sigmoid(negatives @ center) @ negatives)
    context_step = (1 - _sigmoid(center @ context)) * center
    negatives_step = np.outer(_sigmoid(negatives @ center), center)
    return center, context + rate * context_step, negatives - rate * negatives_step


@wrong("1.3", "the negatives are pulled towards the center")
def negatives_pulled(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), _sigmoid(negatives @ center)
    return (
        center + rate * (pull * context + push @ negatives),
        context + rate * pull * center,
        negatives + rate * np.outer(push, center),
    )


@wrong("1.3", "the context pulls by its sigmoid")
def pull_not_from_one(center, context, negatives, rate):
    pull, push = _sigmoid(center @ context), _sigmoid(negatives @ center)
    return (
        center + rate * pull * context - rate * push @ negatives,
        context + rate * pull * center,
        negatives - rate * np.outer(push, center),
    )


@wrong("1.3", "the function writes into its input")
def written_in_place(center, context, negatives, rate):
    pull, push = 1 - _sigmoid(center @ context), _sigmoid(negatives @ center)
    old = center.copy()
    center += rate * (pull * context - push @ negatives)
    context += rate * pull * old
    negatives -= rate * np.outer(push, old)
    return center, context, negatives


@wrong("1.4", "one-sided: only neighbours after the word")
def one_sided(tokens, vocabulary, window):
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i in range(len(tokens)):
        for j in range(i + 1, min(i + window + 1, len(tokens))):
            if tokens[i] in vocabulary and tokens[j] in vocabulary:
                counts[vocabulary.index(tokens[i]), vocabulary.index(tokens[j])] += 1 / (j - i)
    return counts


@wrong("1.4", "every neighbour counts 1")
def unweighted(tokens, vocabulary, window):
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i in range(len(tokens)):
        for j in range(max(0, i - window), min(i + window + 1, len(tokens))):
            if i != j and tokens[i] in vocabulary and tokens[j] in vocabulary:
                counts[vocabulary.index(tokens[i]), vocabulary.index(tokens[j])] += 1
    return counts


@wrong("1.4", "everything counts double")
def counted_twice(tokens, vocabulary, window):
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i, first in enumerate(tokens):
        for j, second in enumerate(tokens):
            if i != j and abs(i - j) <= window and {first, second} <= set(vocabulary):
                a, b = vocabulary.index(first), vocabulary.index(second)
                counts[a, b] += 1 / abs(i - j)
                counts[b, a] += 1 / abs(i - j)
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


@wrong("1.4", "a word of the text that is not in the vocabulary is looked up")
def unknown_looked_up(tokens, vocabulary, window):
    row = dict(zip(vocabulary, range(len(vocabulary)), strict=True))
    counts = np.zeros((len(row), len(row)))
    for i in range(len(tokens)):
        for j in range(max(0, i - window), min(i + window + 1, len(tokens))):
            if i != j:
                counts[row[tokens[i]], row[tokens[j]]] += 1 / abs(i - j)
    return counts


@wrong("1.5", "weights above 1")
def not_capped(counts, x_max, alpha):
    return np.power(counts / x_max, alpha)


@wrong("1.5", "pairs that were never seen get the full weight")
def zeros_get_weight(counts, x_max, alpha):
    return np.where((counts > 0) & (counts < x_max), (counts / x_max) ** alpha, 1.0)


@wrong("1.5", "1 is added to the counts")
def one_added(counts, x_max, alpha):
    return np.clip((counts + 1) / x_max, 0, 1) ** alpha


@wrong("1.5", "frequent pairs weigh nothing")
def frequent_dropped(counts, x_max, alpha):
    weights = np.zeros(counts.shape)
    weights[counts < x_max] = (counts[counts < x_max] / x_max) ** alpha
    return weights


@wrong("1.5", "the power is taken before the division")
def brackets_missing(counts, x_max, alpha):
    return np.minimum(1, counts**alpha / x_max)


@wrong("1.5", "the published values 100 and 0.75")
def published_values(counts, x_max, alpha):
    return np.minimum(counts / 100, 1) ** 0.75


@wrong("1.6", "the word itself is in the list")
def returns_itself(word, words, vectors, k):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = unit @ unit[words.index(word)]
    scores[words.index(word)] = 2
    return [words[i] for i in np.argsort(scores)[::-1][:k]]


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


@wrong("1.6", "the first of the ranking is dropped unseen")
def first_dropped(word, words, vectors, k):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = np.round(unit @ unit[words.index(word)], 8)
    return [words[i] for i in np.argsort(-scores, kind="stable")[1 : k + 1]]


@wrong("1.6", "the places of the words are returned")
def numbers_returned(word, words, vectors, k):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    order = np.argsort(-unit @ unit[words.index(word)])
    return order[order != words.index(word)][:k]


@wrong("1.6", "the ranking is by straight-line distance")
def straight_line(word, words, vectors, k):
    away = np.linalg.norm(vectors - vectors[words.index(word)], axis=1)
    return [words[i] for i in np.argsort(away, kind="stable") if words[i] != word][:k]


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


@wrong("1.7", "b - a + c is made of vectors with their old lengths")
def sum_unnormalised(a, b, c, words, vectors):
    target = vectors[words.index(b)] - vectors[words.index(a)] + vectors[words.index(c)]
    scores = vectors @ target / np.linalg.norm(vectors, axis=1)
    for word in (a, b, c):
        scores[words.index(word)] = -1e9
    return words[scores.argmax()]


@wrong("1.7", "a and b are exchanged")
def turned_round(a, b, c, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    target = unit[words.index(a)] - unit[words.index(b)] + unit[words.index(c)]
    order = np.argsort(unit @ target)[::-1]
    return next(words[i] for i in order if words[i] not in (a, b, c))


@wrong("1.7", "the place of the word is returned")
def number_returned(a, b, c, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = [words.index(word) for word in (a, b, c)]
    scores = unit @ (unit[rows[1]] - unit[rows[0]] + unit[rows[2]])
    scores[rows] = -np.inf
    return np.argmax(scores)


@wrong("1.7", "a or b may still be the answer")
def only_c_excluded(a, b, c, words, vectors):
    unit = dict(zip(words, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), strict=True))
    target = unit[b] - unit[a] + unit[c]
    return max((word for word in words if word != c), key=lambda word: unit[word] @ target)


@wrong("1.8", "the marks < and > are missing")
def boundaries_missing(word, shortest, longest):
    return [word[i : i + n] for n in range(shortest, longest + 1) for i in range(len(word) - n + 1)]


@wrong("1.8", "the pieces of the longest size are missing")
def longest_missing(word, shortest, longest):
    word, pieces = "<" + word + ">", []
    for n in range(shortest, longest):
        pieces += [word[i : i + n] for i in range(len(word) - n + 1)]
    return pieces


@wrong("1.8", "the last piece of every size is missing")
def last_piece_missing(word, shortest, longest):
    word, pieces = "<" + word + ">", []
    for n in range(shortest, longest + 1):
        for i in range(len(word) - n):
            pieces.append(word[i : i + n])
    return pieces


@wrong("1.8", "stumps at the end")
def stumps_kept(word, shortest, longest):
    marked, pieces = f"<{word}>", []
    for start in range(len(marked)):
        for n in range(shortest, longest + 1):
            pieces.append(marked[start : start + n])
    return pieces


@wrong("1.8", "a piece that occurs twice in the word stands there once")
def pieces_in_a_set(word, shortest, longest):
    marked = f"<{word}>"
    return list({marked[i : i + n] for n in range(shortest, longest + 1) for i in range(len(marked) - n + 1)})


@wrong("1.8", "an iterator, a set or an object is returned")
def set_returned(word, shortest, longest):
    marked = f"<{word}>"
    return {marked[i : i + n] for n in range(shortest, longest + 1) for i in range(len(marked) - n + 1)}


def _cosine(u, v):
    return u @ v / (np.linalg.norm(u) * np.linalg.norm(v))


def _spearman(x, y):
    from scipy.stats import spearmanr

    return spearmanr(x, y).statistic


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


@wrong("1.9", "pairs are scored by inner products")
def inner_product(pairs, ratings, words, vectors):
    scores, kept = [], []
    for (a, b), rating in zip(pairs, ratings, strict=True):
        if a in words and b in words:
            scores.append(vectors[words.index(a)] @ vectors[words.index(b)])
            kept.append(rating)
    return _spearman(scores, kept), len(pairs) - len(kept)


@wrong("1.9", "the second number counts the pairs that were used")
def kept_counted(pairs, ratings, words, vectors):
    known = [i for i, (a, b) in enumerate(pairs) if a in words and b in words]
    scores = [_cosine(*(vectors[words.index(word)] for word in pairs[i])) for i in known]
    return _spearman(scores, ratings[known]), len(known)


@wrong("1.9", "a word that has no vector is looked up")
def all_looked_up(pairs, ratings, words, vectors):
    scores = [_cosine(vectors[words.index(a)], vectors[words.index(b)]) for a, b in pairs]
    return _spearman(scores, ratings), 0


@wrong("1.9", "equal ratings get different ranks")
def ties_by_place(pairs, ratings, words, vectors):
    known = [i for i, (a, b) in enumerate(pairs) if a in words and b in words]
    scores = [_cosine(*(vectors[words.index(word)] for word in pairs[i])) for i in known]
    ranks = [np.argsort(np.argsort(x, kind="stable")) for x in (scores, ratings[known])]
    return np.corrcoef(*ranks)[0, 1], len(pairs) - len(known)
