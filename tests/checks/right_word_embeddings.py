"""Right answers to lesson 01 in other words: loops, float32, lists instead of arrays."""

import math
from collections import Counter

import numpy as np

from tests.checks.proofs import Answers

right = Answers()


@right("1.1")
def by_distance(tokens, window):
    pairs = []
    for distance in range(1, window + 1):
        for left, other in zip(tokens, tokens[distance:], strict=False):
            pairs += [[left, other], [other, left]]
    return pairs


@right("1.1")
def generator_to_list(tokens, window):
    def neighbours():
        for i, word in enumerate(tokens):
            around = tokens[max(i - window, 0) : i] + tokens[i + 1 : i + 1 + window]
            yield from ((word, other) for other in around)

    return list(neighbours())


@right("1.2")
def loop_of_floats(u, V):
    result = []
    for row in V:
        product = sum(x * y for x, y in zip(u, row, strict=True))
        length = math.sqrt(sum(x * x for x in u)) * math.sqrt(sum(y * y for y in row))
        result.append(product / length if length > 0 else 0.0)
    return result


@right("1.2")
def float32_einsum(u, V):
    u, V = u.astype(np.float32), V.astype(np.float32)
    lengths = np.sqrt(np.einsum("nd,nd->n", V, V) * (u @ u))
    return np.divide(V @ u, lengths, out=np.zeros(len(V), dtype=np.float32), where=lengths > 0)


@right("1.3")
def gradients_in_a_loop(center, context, negatives, rate):
    slope = (1 / (1 + math.exp(-center @ context)) - 1) * context
    new_negatives = []
    for negative in negatives:
        error = 1 / (1 + math.exp(-center @ negative))
        slope = slope + error * negative
        new_negatives.append(negative - rate * error * center)
    error = 1 / (1 + math.exp(-center @ context)) - 1
    return center - rate * slope, context - rate * error * center, np.array(new_negatives).reshape(negatives.shape)


@right("1.3")
def torch_float32(center, context, negatives, rate):
    import torch

    three = [torch.tensor(x, dtype=torch.float32, requires_grad=True) for x in (center, context, negatives)]
    c, o, n = three
    loss = -torch.nn.functional.logsigmoid(c @ o) - torch.nn.functional.logsigmoid(-(n @ c)).sum()
    loss.backward()
    return [(x - rate * x.grad).detach() for x in three]


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


@right("1.4")
def float32_counter(tokens, vocabulary, window):
    seen = Counter()
    for i, word in enumerate(tokens):
        for j in range(len(tokens)):
            if i != j and abs(i - j) <= window:
                seen[word, tokens[j]] += 1 / abs(i - j)
    return np.array([[seen[a, b] for b in vocabulary] for a in vocabulary], dtype=np.float32)


@right("1.5")
def float32_where(counts, x_max, alpha):
    counts = np.asarray(counts, dtype=np.float32)
    return np.where(counts < x_max, (counts / x_max) ** alpha, 1)


@right("1.5")
def nested_lists(counts, x_max, alpha):
    if counts.ndim > 1:
        return [nested_lists(row, x_max, alpha) for row in counts]
    return [(count / x_max) ** alpha if count < x_max else 1 for count in counts]


@right("1.6")
def sorted_by_key(word, words, vectors, k):
    u = vectors[words.index(word)]

    def likeness(other):
        v = vectors[words.index(other)]
        return u @ v / math.sqrt((u @ u) * (v @ v))

    return sorted((other for other in words if other != word), key=likeness, reverse=True)[:k]


@right("1.6")
def float32_array(word, words, vectors, k):
    vectors = vectors.astype(np.float32)
    unit = vectors / np.linalg.norm(vectors, axis=1)[:, None]
    cosines = unit @ unit[words.index(word)]
    cosines[words.index(word)] = -np.inf
    return np.array(words)[np.argsort(cosines)[::-1][: min(k, len(words) - 1)]]


@right("1.7")
def loop_over_candidates(a, b, c, words, vectors):
    unit = {word: vector / math.sqrt(vector @ vector) for word, vector in zip(words, vectors, strict=True)}
    target = unit[b] - unit[a] + unit[c]
    best, highest = None, -math.inf
    for word in words:
        score = float(target @ unit[word])
        if word not in (a, b, c) and score > highest:
            best, highest = word, score
    return best


@right("1.7")
def float32_target_normalised(a, b, c, words, vectors):
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    place = {word: i for i, word in enumerate(words)}
    target = unit[place[b]] - unit[place[a]] + unit[place[c]]
    target /= np.linalg.norm(target)
    return next(words[i] for i in np.argsort(-unit @ target) if words[i] not in {a, b, c})


@right("1.8")
def comprehension(word, shortest, longest):
    text = f"<{word}>"
    return [text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1) if shortest <= j - i <= longest]


@right("1.8")
def zipped(word, shortest, longest):
    text, pieces = f"<{word}>", []
    for size in range(shortest, longest + 1):
        pieces.extend("".join(letters) for letters in zip(*(text[i:] for i in range(size)), strict=False))
    return tuple(pieces)


@right("1.9")
def ranks_by_hand(pairs, ratings, words, vectors):
    def rank(values):
        return [sum(x < y for x in values) + (sum(x == y for x in values) + 1) / 2 for y in values]

    cosines, kept, skipped = [], [], 0
    for (first, second), rating in zip(pairs, ratings, strict=True):
        if first not in words or second not in words:
            skipped += 1
            continue
        u, v = vectors[words.index(first)], vectors[words.index(second)]
        cosines.append(u @ v / np.sqrt((u @ u) * (v @ v)))
        kept.append(rating)
    return np.corrcoef(rank(cosines), rank(kept))[0, 1], skipped


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
