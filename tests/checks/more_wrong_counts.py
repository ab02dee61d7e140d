"""More wrong answers to 1.1, 1.4, 1.5 and 1.8, as beginners write them."""

import numpy as np

from tests.checks.wrong_word_embeddings import wrong


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


@wrong("1.1", "the words exactly `window` places away are missing on both sides")
def range_too_short(tokens, window):
    pairs = []
    for i in range(len(tokens)):
        for distance in range(1, window):
            if i >= distance:
                pairs.append((tokens[i], tokens[i - distance]))
            if i + distance < len(tokens):
                pairs.append((tokens[i], tokens[i + distance]))
    return pairs


@wrong("1.1", "every pair stands there twice")
def entered_both_ways(tokens, window):
    pairs = []
    for i in range(len(tokens)):
        for j in range(len(tokens)):
            if i != j and abs(i - j) <= window:
                pairs += [(tokens[i], tokens[j]), (tokens[j], tokens[i])]
    return pairs


@wrong("1.4", "words at the start meet words at the end")
def wraps_around(tokens, vocabulary, window):
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i in range(len(tokens)):
        for distance in range(1, window + 1):
            for j in (i - distance, i + distance):
                if -len(tokens) <= j < len(tokens) and tokens[i] in vocabulary and tokens[j] in vocabulary:
                    counts[vocabulary.index(tokens[i]), vocabulary.index(tokens[j])] += 1 / distance
    return counts


@wrong("1.4", "shape (4, 4) instead of (3, 3): it has other lengths")
def row_for_each_token(tokens, vocabulary, window):
    counts = np.zeros((len(tokens), len(tokens)))
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(i + window + 1, len(tokens))):
            if i != j and center in vocabulary and tokens[j] in vocabulary:
                counts[vocabulary.index(center), vocabulary.index(tokens[j])] += 1 / abs(i - j)
    return counts


@wrong("1.4", "neighbours before a word count less than nothing")
def sign_kept(tokens, vocabulary, window):
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(i + window + 1, len(tokens))):
            if i != j and center in vocabulary and tokens[j] in vocabulary:
                counts[vocabulary.index(center), vocabulary.index(tokens[j])] += 1 / (j - i)
    return counts


@wrong("1.4", "every weight is too small")
def counted_from_0(tokens, vocabulary, window):
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i in range(len(tokens)):
        for step, other in enumerate(tokens[i + 1 : i + 1 + window], start=2):
            if tokens[i] in vocabulary and other in vocabulary:
                counts[vocabulary.index(tokens[i]), vocabulary.index(other)] += 1 / step
                counts[vocabulary.index(other), vocabulary.index(tokens[i])] += 1 / step
    return counts


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


@wrong("1.8", "the mark < at the start")
def first_mark_missing(word, shortest, longest):
    marked = word + ">"
    return [marked[i : i + n] for n in range(shortest, longest + 1) for i in range(len(marked) - n + 1)]


@wrong("1.8", "the last piece of every size is missing")
def last_mark_missing(word, shortest, longest):
    marked = "<" + word
    return [marked[i : i + n] for n in range(shortest, longest + 1) for i in range(len(marked) - n + 1)]


@wrong("1.8", "only the pieces of the shortest and the longest size")
def two_sizes(word, shortest, longest):
    marked = f"<{word}>"
    return [marked[i : i + n] for n in {shortest, longest} for i in range(len(marked) - n + 1)]


@wrong("1.8", "only the pieces of the shortest size")
def pieces_returned_in_loop(word, shortest, longest):
    marked, pieces = f"<{word}>", []
    for n in range(shortest, longest + 1):
        for i in range(len(marked) - n + 1):
            pieces.append(marked[i : i + n])
        return pieces


@wrong("1.5", "// divides without a rest")
def divided_whole(counts, x_max, alpha):
    return np.minimum(counts // x_max, 1) ** alpha


@wrong("1.5", "the power is taken before the division")
def counts_capped_first(counts, x_max, alpha):
    return np.where(counts > x_max, x_max, counts) / x_max**alpha
