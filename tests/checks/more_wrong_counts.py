"""More wrong answers to 1.1, 1.4, 1.5 and 1.8, as beginners write them."""

import numpy as np
from wrong_word_embeddings import wrong


@wrong("1.1", "only the first word has got its pairs")
def returned_in_outer_loop(tokens, window):
    pairs = []
    for i in range(len(tokens)):
        for j in range(max(0, i - window), min(len(tokens), i + window + 1)):
            if i != j:
                pairs.append((tokens[i], tokens[j]))
        return pairs


@wrong("1.1", "the loops end before they have gone far")
def returned_in_condition(tokens, window):
    pairs = []
    for i in range(len(tokens)):
        for j in range(max(0, i - window), min(len(tokens), i + window + 1)):
            if i != j:
                pairs.append((tokens[i], tokens[j]))
                return pairs


@wrong("1.1", "the loops end before they have gone far")
def returned_in_inner_loop(tokens, window):
    pairs = []
    for i in range(len(tokens)):
        for j in range(max(0, i - window), min(len(tokens), i + window + 1)):
            if i != j:
                pairs.append((tokens[i], tokens[j]))
            return pairs


@wrong("1.4", "the table is made for whole numbers")
def integer_zeros(tokens, vocabulary, window):
    counts = np.zeros((len(vocabulary), len(vocabulary)), dtype=int)
    for i in range(len(tokens)):
        for j in range(max(0, i - window), min(i + window + 1, len(tokens))):
            if i != j and tokens[i] in vocabulary and tokens[j] in vocabulary:
                counts[vocabulary.index(tokens[i]), vocabulary.index(tokens[j])] += 1 / abs(i - j)
    return counts


@wrong("1.4", "the neighbours exactly `window` places away are missing")
def window_too_small(tokens, vocabulary, window):
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i, center in enumerate(tokens):
        for distance in range(1, window):
            for j in (i - distance, i + distance):
                if 0 <= j < len(tokens) and center in vocabulary and tokens[j] in vocabulary:
                    counts[vocabulary.index(center), vocabulary.index(tokens[j])] += 1 / distance
    return counts


@wrong("1.4", "a word that stands twice in the window is skipped")
def words_compared(tokens, vocabulary, window):
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(i + window + 1, len(tokens))):
            if center != tokens[j] and center in vocabulary and tokens[j] in vocabulary:
                counts[vocabulary.index(center), vocabulary.index(tokens[j])] += 1 / abs(i - j)
    return counts


@wrong("1.4", "all rows are the same one")
def rows_shared(tokens, vocabulary, window):
    counts = [[0] * len(vocabulary)] * len(vocabulary)
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(i + window + 1, len(tokens))):
            if i != j and center in vocabulary and tokens[j] in vocabulary:
                counts[vocabulary.index(center)][vocabulary.index(tokens[j])] += 1 / abs(i - j)
    return counts


@wrong("1.4", "only the first word is counted")
def returned_in_loop(tokens, vocabulary, window):
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(i + window + 1, len(tokens))):
            if i != j and center in vocabulary and tokens[j] in vocabulary:
                counts[vocabulary.index(center), vocabulary.index(tokens[j])] += 1 / abs(i - j)
        return counts


@wrong("1.4", "a key is looked up that may be missing")
def pairs_in_a_dict(tokens, vocabulary, window):
    seen = {}
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(i + window + 1, len(tokens))):
            if i != j:
                seen[center, tokens[j]] += 1 / abs(i - j)
    return np.array([[seen.get((a, b), 0) for b in vocabulary] for a in vocabulary])


@wrong("1.5", "the power is taken before the division")
def power_of_the_limit(counts, x_max, alpha):
    return np.where(counts > x_max, 1, counts / x_max**alpha)


@wrong("1.5", "the power is taken before the division")
def power_of_the_limit_capped(counts, x_max, alpha):
    return np.minimum(counts / x_max**alpha, 1)


@wrong("1.5", "numbers of the card's example")
def example_values(counts, x_max, alpha):
    return np.where(counts < 100, (counts / 100) ** 0.5, 1)


@wrong("1.5", "numbers of the card's example")
def example_limit(counts, x_max, alpha):
    return np.minimum(counts / 100, 1) ** alpha


@wrong("1.5", "numbers of the card's example")
def square_root(counts, x_max, alpha):
    return np.sqrt(np.minimum(counts / x_max, 1))


@wrong("1.5", "the fractions are cut off")
def zeros_like_of_integers(counts, x_max, alpha):
    weights = np.zeros_like(counts)
    for place in np.ndindex(counts.shape):
        weights[place] = (counts[place] / x_max) ** alpha if counts[place] < x_max else 1
    return weights


@wrong("1.5", "the fractions are cut off")
def vectorised_to_integers(counts, x_max, alpha):
    return np.vectorize(lambda count: 1 if count >= x_max else (count / x_max) ** alpha)(counts)


@wrong("1.5", "`if`, `and`, min() or max() decides once")
def one_if(counts, x_max, alpha):
    if counts > x_max:
        return 1
    return (counts / x_max) ** alpha


@wrong("1.5", "`if`, `and`, min() or max() decides once")
def builtin_min(counts, x_max, alpha):
    return min(counts / x_max, 1) ** alpha


@wrong("1.8", "the sizes of the card's example")
def sizes_fixed(word, shortest, longest):
    marked = f"<{word}>"
    return [marked[i : i + n] for n in (3, 4) for i in range(len(marked) - n + 1)]


@wrong("1.8", "the sizes of the card's example")
def shortest_fixed(word, shortest, longest):
    marked = f"<{word}>"
    return [marked[i : i + n] for n in range(3, longest + 1) for i in range(len(marked) - n + 1)]
