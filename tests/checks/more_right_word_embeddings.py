"""Right answers to lesson 01 that beginners write, which must not fail on an input that no card mentions."""

import math

import numpy as np

from tests.checks.right_word_embeddings import right


@right("1.2")
def library_function(u, V):
    from sklearn.metrics.pairwise import cosine_similarity

    return cosine_similarity([u], V)[0]


@right("1.2")
def small_epsilon(u, V):
    return V @ u / (np.linalg.norm(V, axis=1) * np.linalg.norm(u) + 1e-8)


@right("1.2")
def product_of_transpose(u, V):
    lengths = np.sqrt((V.T**2).sum(axis=0)) * np.sqrt((u**2).sum())
    lengths[lengths == 0] = np.inf
    return u @ V.T / lengths


@right("1.3")
def list_to_array(center, context, negatives, rate):
    pull = 1 - 1 / (1 + np.exp(-(center @ context)))
    new_center, new_negatives = center + rate * pull * context, []
    for negative in negatives:
        push = 1 / (1 + np.exp(-(center @ negative)))
        new_center = new_center - rate * push * negative
        new_negatives.append(negative - rate * push * center)
    return new_center, context + rate * pull * center, np.array(new_negatives)


@right("1.3")
def list_as_it_is(center, context, negatives, rate):
    pull = 1 / (1 + math.exp(-np.dot(center, context))) - 1
    slope, moved = pull * context, []
    for negative in negatives:
        push = 1 / (1 + math.exp(-np.dot(center, negative)))
        slope = slope + push * negative
        moved.append(list(negative - rate * push * center))
    return [list(center - rate * slope), list(context - rate * pull * center), moved]


@right("1.4")
def lists_of_rows(tokens, vocabulary, window):
    counts = [[0] * len(vocabulary) for _ in range(len(vocabulary))]
    for i in range(len(tokens)):
        for j in range(len(tokens)):
            if 1 <= abs(i - j) <= window and tokens[i] in vocabulary and tokens[j] in vocabulary:
                counts[vocabulary.index(tokens[i])][vocabulary.index(tokens[j])] += 1 / abs(i - j)
    return np.array(counts)


@right("1.5")
def vectorised(counts, x_max, alpha):
    return np.vectorize(lambda count: (count / x_max) ** alpha if count < x_max else 1.0)(counts)


@right("1.5")
def masked(counts, x_max, alpha):
    weights = np.ones(counts.shape)
    weights[counts < x_max] = (counts[counts < x_max] / x_max) ** alpha
    return weights


@right("1.6")
def last_of_the_order(word, words, vectors, k):
    others = [i for i, other in enumerate(words) if other != word]
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = np.array([unit[i] @ unit[words.index(word)] for i in others])
    return [words[others[place]] for place in np.argsort(cosines)[-k:][::-1]]


@right("1.7")
def candidates_removed(a, b, c, words, vectors):
    unit = {word: vector / np.linalg.norm(vector) for word, vector in zip(words, vectors, strict=True)}
    target, candidates = unit[b] - unit[a] + unit[c], list(words)
    for word in (a, b, c):
        candidates.remove(word)
    return max(candidates, key=lambda word: unit[word] @ target)


@right("1.7")
def cosines_excluded_by_minus_2(a, b, c, words, vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1)[:, np.newaxis]
    target = unit[words.index(b)] - unit[words.index(a)] + unit[words.index(c)]
    cosines = unit @ target / np.linalg.norm(target)
    for word in (a, b, c):
        cosines[words.index(word)] = -2
    return words[np.argmax(cosines)]
