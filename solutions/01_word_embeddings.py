# %% [markdown] tags=["slide"]
# # 01 – Word embeddings
#
# **How can neighbours give a word its meaning?** 16 points. An hour with the exercises marked *in the room*, two with all of them.
#
# After this lesson you can
#
# - turn plain text into word vectors, and say what each method counts or predicts,
# - measure how well vectors agree with people, and say which differences are real,
# - find neighbours, analogies and bias in vectors, and say what they don't show.

# %% [markdown] tags=["notes"]
# In the room: exercises 1.1, 1.2, 1.6 and 1.7 (25 minutes of work), the predictions, the picture of all methods, the
# word map. Everything else reads whole without its exercises. All training cells together run for about half a minute.

# %% [markdown] tags=["slide"]
# ## A reason to care
#
# A customer of the ferry company Skerryline writes *my boat was delayed*. The handbook says *late sailings are refunded*. A program that compares words finds none in common.
#
# Search, classifiers and bots can use a number for "means nearly the same". This lesson makes one out of plain text alone, and finds out how far to trust it.

# %%
import workshop
from workshop import check

settings = workshop.setup()

# %% [markdown]
# ## The text
#
# 106 articles of the English Wikipedia come with gensim, the library for word vectors. Each sentence is a list of lower-case words. Reading them takes 2 to 5 seconds.

# %%
# demonstration 1.1
from workshop.data import load_sentences

sentences = load_sentences()
print(f"{len(sentences):,} sentences, {sum(map(len, sentences)):,} words. One of them:")
print(" ".join(sentences[7]))

# %% [markdown] tags=["slide"]
# ## The yardstick: people
#
# Are vectors any good? Ask people. For WordSim-353 (Finkelstein and others, 2002) they rated how related two words are, from 0 to 10.
#
# Vectors agree with people when they put the pairs in the *same order*. **Spearman's rank correlation** measures that: 1 is the same order, −1 the reverse, 0 no common trend.

# %%
# demonstration 1.2
from workshop.data import load_ratings

all_pairs, all_ratings = load_ratings("wordsim353")
ordered = sorted(zip(all_ratings, all_pairs, strict=True))
for rating, (first, second) in [*ordered[:2], *ordered[175:177], *ordered[-4:-2]]:
    print(f"{rating:5.2f}  {first} – {second}")

# %% [markdown]
# **One fixed set of pairs.** A method that skips some words is asked other questions, and could look better or worse than it is. So all methods are judged on the same pairs: those whose words occur at least five times in our text. Counting needs a smaller table, so we keep the 3,000 most frequent words, and the words that people rated (in SimLex-999 too, a second list).

# %%
# demonstration 1.3
from workshop.vectors import choose_vocabulary, shared_pairs

rated = {word for name in ("wordsim353", "simlex999") for pair in load_ratings(name)[0] for word in pair}
vocabulary = choose_vocabulary(sentences, 3000, keep=rated)
pairs, ratings = shared_pairs(all_pairs, all_ratings, [vocabulary])
print(f"{len(vocabulary):,} words, {len(pairs)} of {len(all_pairs)} pairs")

# %% [markdown]
# ## The baseline: vectors that know nothing
#
# **Predict**, in your head or on paper: what will random vectors score? The cell defines `judge`, which every method below goes through. It prints the correlation with a 95 % interval: the pairs are drawn anew 2,000 times (a *bootstrap*), and the middle 95 % of the results are kept.

# %%
# demonstration 1.4
from workshop.score import record_row
from workshop.vectors import random_vectors, spearman_with_people


def judge(method, words, vectors, seconds=0.0):
    """Compare vectors with people on the fixed pairs, and keep the row for the scoreboard."""
    found = spearman_with_people(pairs, ratings, words, vectors)
    row = {"lesson": "01", "method": method, "task": "wordsim353", "metric": "spearman", "seconds": seconds}
    record_row(row | {"value": found.value, "low": found.low, "high": found.high, "n": found.pairs})
    print(f"{method}: {found.value:.2f} [{found.low:.2f}, {found.high:.2f}], {seconds:.1f} s")
    return found.value


scores = {"random": judge("random", vocabulary, random_vectors(vocabulary))}

# %% [markdown]
# Random vectors score about nothing: their interval holds 0. And look how wide it is: a tenth to either side. **Which digits to trust:** with this many pairs, not even the first is certain.

# %% [markdown] tags=["slide"]
# ## Neighbours
#
# Cover a word: *the ___ leaves the harbour at noon*. What stands around the gap tells a good deal about what belongs into it. This is the one idea behind every method here:
#
# **words with similar neighbours get similar vectors.**
#
# The first step is to list who stands near whom.

# %% [markdown]
# card 1.1
# Skip-gram is trained to guess a word's neighbours. Make what it is trained on.
#
# **Given** `tokens`, a list of words, and `window`, a whole number. **Return** a list of pairs (word, neighbour): for each place, one pair with every word at most `window` places before or after it. Order is free; a pair that occurs twice stands there twice.
#
# **By hand:** `["late", "ferry", "waits"]` with window 1 gives `[("late", "ferry"), ("ferry", "late"), ("ferry", "waits"), ("waits", "ferry")]`.


# %%
def skipgram_pairs(tokens: list[str], window: int) -> list[tuple[str, str]]:
    """Pair each word with the words at most `window` places before and after it.

    tokens: T words. Returns pairs (word, neighbour).
    """
    # BEGIN SOLUTION
    pairs = []
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(len(tokens), i + window + 1)):
            if j != i:
                pairs.append((center, tokens[j]))
    return pairs
    # END SOLUTION


# %%
check.word_embeddings.skipgram_pairs(skipgram_pairs)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Go through the places of the text. At each, go through the places of its window, and leave out the one in the middle.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `enumerate(tokens)` gives place and word. `range(start, stop)` stops one before `stop`. `max(0, …)` and `min(len(tokens), …)` keep a window inside the text.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… IndexError*: the window runs past the end of the text.
#
# *… pairs of the first word with the last*: `tokens[-1]` is the last word. Don't begin below 0.
#
# *… too few pairs where a word is repeated*: compare places, not words.
#
# </details>
#
# For those who have time: word2vec draws a new window between 1 and `window` for each word. Which neighbours does that favour?

# %% [markdown] tags=["slide"]
# ## When are two vectors alike?
#
# A vector's length says little about meaning: it mostly follows from how common the word is. What we compare is the *direction*. The **cosine** of the angle between two vectors is 1 for the same direction, 0 for a right angle, −1 for opposite ones.

# %% [markdown]
# card 1.2
# How alike are two directions? The cosine says it, whatever the lengths.
#
# **Given** a vector `u`, shape (D,), and `V`, shape (N, D), a vector in each row. **Return** the cosine of `u` with every row, shape (N,): their inner product divided by both lengths. With a zero vector the cosine is 0.
#
# **By hand:** `u = [3, 4]` and `V = [[6, 8], [4, -3], [-3, -4], [5, 0]]` give `[1, 0, -1, 0.6]`.

# %%
import numpy as np


def cosine(u: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Return the cosine of u with each row of V.

    u: (D,). V: (N, D). Returns (N,), from -1 to 1; 0 where a vector is zero.
    """
    # BEGIN SOLUTION
    lengths = np.linalg.norm(V, axis=1) * np.linalg.norm(u)
    return V @ u / np.where(lengths == 0, 1, lengths)
    # END SOLUTION


# %%
check.word_embeddings.cosine(cosine)

# %% [markdown]
# <details><summary>Direction</summary>
#
# All inner products at once, all lengths at once, then divide. What do you divide by where a length is 0?
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `V @ u` gives N inner products. `np.linalg.norm` has an argument `axis`. `np.where(condition, this, that)` chooses number by number.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… "operands could not be broadcast together"*: the lengths are those of the columns. You need one for each row.
#
# *… NaN*: a length of 0 was divided by.
#
# *… values above 1*: a length is missing from the division.
#
# </details>
#
# For those who have time: write it without `np.linalg.norm`, or for all pairs of rows of two matrices.

# %% [markdown] tags=["slide"]
# ## What do you believe?
#
# So far nothing has been learnt. From here on, vectors are made from half a million words and nothing else: no dictionary, no labels. Commit yourself before you see the result.

# %%
from workshop.widgets import predict

predict("C01")

# %% [markdown] tags=["slide"]
# ## Learn by guessing: skip-gram and CBOW
#
# **Skip-gram** trains vectors by a game. Given a word: is *this* a real neighbour of it, or a word drawn at random (a *negative*)? **CBOW**, the continuous bag of words, plays it the other way round: the average of the neighbours guesses the word between them.
#
# One move pulls real neighbours together and pushes random ones apart.

# %% [markdown]
# How does a program know which way to pull? The **loss** says how badly the game went, its **gradient** in which direction the loss grows. A step goes the other way, and the **rate** says how far.

# %% [markdown]
# card 1.3
# Take one step: towards the `context`, away from the `negatives`.
#
# **Given** `center`, `context`, shape (D,), `negatives`, (K, D), and `rate`. With σ(x) = 1 / (1 + e<sup>−x</sup>) the loss is −log σ(context · center) − Σ log σ(−negative · center). **Return** the three, each minus `rate` times its gradient at the old vectors.
#
# **By hand:** `[1, 0]`, `[0, 1]`, `[[0, 2]]`, rate 1: every σ is 0.5, giving `[1, -0.5]`, `[0.5, 1]`, `[[-0.5, 2]]`.


# %%
def negative_sampling_step(
    center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Take one gradient step on the skip-gram loss with negative sampling.

    center, context: (D,). negatives: (K, D). rate: the learning rate.
    Returns the new center, context and negatives. Source: Mikolov et al. 2013.
    """
    # BEGIN SOLUTION
    pull = 1 - 1 / (1 + np.exp(-context @ center))
    push = 1 / (1 + np.exp(-negatives @ center))  # (K,)
    new_center = center + rate * (pull * context - push @ negatives)
    new_context = context + rate * pull * center
    new_negatives = negatives - rate * np.outer(push, center)
    return new_center, new_context, new_negatives
    # END SOLUTION


# %%
check.word_embeddings.negative_sampling_step(negative_sampling_step)

# %% [markdown]
# <details><summary>Direction</summary>
#
# The derivative of log σ(x) is 1 − σ(x). So the context pulls with strength 1 − σ, and each negative pushes with strength σ. Compute these strengths first; then move all three.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `negatives @ center` gives K inner products. `push @ negatives` adds up rows, each times its strength. `np.outer(push, center)` makes a (K, D) array of a strength a row.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… the step goes uphill*: a sign. The center must move towards its context.
#
# *… the new center is used*: don't replace `center` before the others have used the old one. New names help.
#
# *… an argument that was changed*: `center += …` writes into the caller's array.
#
# </details>
#
# For those who have time: compare with the slope of the loss, measured by moving each number by 0.00001.

# %% [markdown]
# gensim makes that move millions of times. The cell trains CBOW and skip-gram on the whole text, with 100 dimensions and a window of up to 8 words on each side; CBOW goes over the text 15 times, skip-gram 10 times. **Expect** 15 to 30 seconds.

# %%
# demonstration 1.5
from time import perf_counter

from workshop.vectors import train_words

learnt = {}
for method in ("cbow", "skipgram"):
    start = perf_counter()
    learnt[method] = train_words(method, sentences)
    scores[method] = judge(method, *learnt[method], perf_counter() - start)

# %% [markdown]
# Is your skip-gram what others get? The next cell compares it with the range over several seeds. A random start moves the score a little; a figure far outside the range has a cause.

# %%
# demonstration 1.6
check.band("01.skipgram_spearman", scores["skipgram"])

# %% [markdown] tags=["slide"]
# ## Or simply count
#
# Long before word2vec, one counted: a table with a row and a column for each word, and in each cell how often the two stand near each other. Near neighbours count more: 1 for the next word, 1/2 for the one after it, 1/3 …

# %% [markdown]
# card 1.4
# GloVe is trained on counts: which words stand near each other?
#
# **Given** `tokens`, `vocabulary`, a list of V words, and `window`. **Return** a (V, V) array, rows and columns as in `vocabulary`: for each place and each neighbour up to `window` places before or after, add 1 / distance. Other words keep their place but aren't counted.
#
# **By hand:** `["late", "ferry", "waits"]`, `["ferry", "late", "waits"]`, window 2: `[[0, 1, 1], [1, 0, 0.5], [1, 0.5, 0]]`.


# %%
def cooccurrence(tokens: list[str], vocabulary: list[str], window: int) -> np.ndarray:
    """Count neighbours in both directions, each weighted by 1 / distance.

    tokens: T words. vocabulary: V words. Returns (V, V), symmetric.
    """
    # BEGIN SOLUTION
    row = {word: place for place, word in enumerate(vocabulary)}
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i, center in enumerate(tokens):
        for j in range(max(0, i - window), min(len(tokens), i + window + 1)):
            if j != i and center in row and tokens[j] in row:
                counts[row[center], row[tokens[j]]] += 1 / abs(i - j)
    return counts
    # END SOLUTION


# %%
check.word_embeddings.cooccurrence(cooccurrence)

# %% [markdown]
# <details><summary>Direction</summary>
#
# The two loops are those of 1.1. Instead of a pair, each meeting adds to a cell of the matrix.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `np.zeros((V, V))`, a dict from each word of the vocabulary to its row, and `word in row` to ask whether it is known.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… KeyError, or "is not in list"*: the text holds a word that the vocabulary doesn't. Ask before you look up.
#
# *… neighbours that are too close*: don't remove unknown words from the text; their places count.
#
# *… a matrix that isn't symmetric*: each pair counts in both directions.
#
# </details>
#
# For those who have time: the real text has over 450 thousand words. Which loop would you replace by numpy first?

# %% [markdown] tags=["slide"]
# ## From counts to vectors: PPMI and SVD
#
# *the* stands near everything, which says nothing. **PPMI** (positive pointwise mutual information) asks instead: how much more often do these two meet *than by chance*, log(p(a, b) / (p(a) p(b))), or 0 where less often? **SVD** (singular value decomposition) then squeezes the 3,434 columns into 100 numbers a word, losing as little as possible.

# %%
# demonstration 1.7
from workshop.checks import ready
from workshop.vectors import count_neighbours, ppmi_vectors

start = perf_counter()
counts = count_neighbours(sentences, vocabulary, window=8)
learnt["ppmi_svd"] = vocabulary, ppmi_vectors(counts)
scores["ppmi_svd"] = judge("ppmi_svd", *learnt["ppmi_svd"], perf_counter() - start)

# %% [markdown]
# `count_neighbours` does what yours does, with array operations instead of loops, so that half a million words take a second. Do the two agree? Try a few sentences.

# %%
# demonstration 1.8
few, words = sentences[:20], vocabulary[:100]
yours = ready(cooccurrence, "1.4")
total = sum(np.array(yours(sentence, words, 8)) for sentence in few)
print(f"largest difference: {np.abs(total - count_neighbours(few, words, 8)).max():.4f}")

# %% [markdown] tags=["slide"]
# ## GloVe: counts, learnt
#
# **GloVe** (Pennington and others, 2014) goes between the two: it *learns* vectors whose products, plus a bias for each word, come near the *logarithm of the counts*. One decision is left: how much should each cell matter? A pair that met 10,000 times shouldn't drown everything; a pair that never met has no logarithm at all.

# %% [markdown]
# card 1.5
# GloVe lets frequent pairs weigh more, but only up to a limit.
#
# **Given** `counts`, an array of any shape, `x_max` and `alpha`. **Return** an array of the same shape: (count / x_max) to the power `alpha`, and 1 where the count is above `x_max`. A count of 0 weighs 0.
#
# **By hand:** `[0, 25, 100, 400]` with x_max 100 and alpha 0.5 gives `[0, 0.5, 1, 1]`.


# %%
def glove_weights(counts: np.ndarray, x_max: float, alpha: float) -> np.ndarray:
    """Weigh counts by (count / x_max) to the power alpha, at most 1.

    counts: any shape, not negative. Returns the same shape, from 0 to 1. Source: Pennington et al. 2014.
    """
    # BEGIN SOLUTION
    return np.minimum(counts / x_max, 1) ** alpha
    # END SOLUTION


# %%
check.word_embeddings.glove_weights(glove_weights)

# %% [markdown]
# <details><summary>Direction</summary>
#
# One line of numpy does it: the share of the limit, capped, to a power.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `np.minimum(array, 1)` compares number by number. `**` raises to a power, and comes before `/`.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… "truth value of an array is ambiguous"*: `if` and `min()` want one number. Use `np.minimum` or `np.where`.
#
# *… weights above 1*: the cap is missing.
#
# *… right for the example only*: 100 and 0.5 belong to the example; use the arguments.
#
# </details>
#
# For those who have time: draw the weights for alpha 0.25, 0.75 and 1. Which treats rare pairs best?

# %% [markdown]
# Your weights go into the training. The result is written in GloVe's own text format, a line for each word, and read back: `read_glove_text` reads the vectors that GloVe's authors publish as well. **Expect** 5 to 10 seconds, more if your weights are made with loops.

# %%
# demonstration 1.9
from workshop.vectors import read_glove_text, train_glove, write_glove_text

start = perf_counter()
weights = np.array(ready(glove_weights, "1.5")(counts, 10, 0.75))
glove = train_glove(counts, weights)
learnt["glove"] = read_glove_text(write_glove_text("glove.txt", vocabulary, glove))
scores["glove"] = judge("glove", *learnt["glove"], perf_counter() - start)

# %% [markdown]
# ## Look at the neighbours
#
# A correlation is one number. What do the vectors *say*? For a word, list the words whose vectors point most nearly the same way.

# %% [markdown]
# card 1.6
# Which words lie nearest to a word?
#
# **Given** `word`, the list `words`, their `vectors`, shape (V, D), none of them zero, and `k`. **Return** the `k` words with the highest cosine to `word`, nearest first, without the word itself; all others where there are fewer than `k`.
#
# **By hand:** sea `[1, 0]`, ocean `[2, 1]`, port `[3, 4]`, rope `[-1, 0]`: the 2 nearest to sea are `["ocean", "port"]` (cosines 0.89 and 0.6).


# %%
def nearest(word: str, words: list[str], vectors: np.ndarray, k: int) -> list[str]:
    """Return the k words with the highest cosine to a word, nearest first, without itself.

    words: V words. vectors: (V, D), a row for each word. Returns at most k words.
    """
    # BEGIN SOLUTION
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    order = np.argsort(-unit @ unit[words.index(word)])
    return [words[i] for i in order if words[i] != word][:k]
    # END SOLUTION


# %%
check.word_embeddings.nearest(nearest)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Bring all vectors to length 1; the inner products are then cosines. Sort them, leave out the word, take k.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `words.index(word)` gives the row. `np.argsort` gives places in rising order. `norm(…, keepdims=True)` keeps the shape (V, 1), so that the division works row by row.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… the word itself*: remove it before you take the first k.
#
# *… long vectors first*: the vectors must have length 1.
#
# *… the farthest words*: argsort sorts upwards.
#
# *… "the first of the ranking is dropped unseen"*: remove the word by its name.
#
# </details>
#
# For those who have time: `np.argpartition` finds the k highest without sorting all.

# %%
# demonstration 1.10
look_up = ready(nearest, "1.6")
for name, (words, vectors) in learnt.items():
    print(f"{name:>10}: {', '.join(look_up('river', words, vectors, 6))}")

# %% [markdown]
# Same text, same word, different neighbours. Try *ship*, *church* or *blue* in the cell above. A list that looks good proves little: you would have found a reason for almost any of them. That is why the yardstick came first.

# %% [markdown] tags=["slide"]
# ## Analogies, on a space that has seen more
#
# Half a million words are too few for the famous trick *man is to king as woman is to …*. So borrow better vectors: MiniLM, a network that later lessons use, was trained on far more text. Its first layer is a table with a vector for each word or piece of one. The whole words of that table are our second space.

# %%
# demonstration 1.11
from workshop.models import load_token_embeddings

minilm_words, minilm_vectors = load_token_embeddings(settings)
print(f"{len(minilm_words):,} words, {minilm_vectors.shape[1]} dimensions")

# %% [markdown]
# card 1.7
# *a* is to *b* as *c* is to …?
#
# **Given** three words, the list `words`, and `vectors`, shape (V, D), none zero. Bring all vectors to length 1. **Return** the word with the highest cosine to b − a + c, other than the three.
#
# **By hand:** man `[2, 0, 0]`, king `[3, 0, 4]`, woman `[0, 5, 0]`, queen `[0, 3, 4]`, boat `[0, 0, 9]`: man is to king as woman is to `"queen"`.


# %%
def analogy(a: str, b: str, c: str, words: list[str], vectors: np.ndarray) -> str:
    """Return the word that is to c as b is to a: the nearest to b - a + c, none of the three.

    words: V words. vectors: (V, D), a row for each word. Source: Mikolov et al. 2013.
    """
    # BEGIN SOLUTION
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = [words.index(word) for word in (a, b, c)]
    scores = unit @ (unit[rows[1]] - unit[rows[0]] + unit[rows[2]])
    scores[rows] = -np.inf
    return words[np.argmax(scores)]
    # END SOLUTION


# %%
check.word_embeddings.analogy(analogy)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Make the vector b − a + c from vectors of length 1. Score every word against it. Then take the given words out of the race.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `words.index`, `np.argmax`, and `-np.inf`, a score that never wins. The length of b − a + c itself changes no ranking.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… one of the given words*: all three must be left out.
#
# *… "boat" instead of "queen"*: the vectors keep their lengths. Normalise before you add.
#
# *… a and b are exchanged*: the step leads from a to b.
#
# </details>
#
# For those who have time: leave the given words in. How often does the answer change?

# %%
# demonstration 1.12
find = ready(analogy, "1.7")
for a, b, c in [
    ("man", "king", "woman"),
    ("france", "paris", "italy"),
    ("walk", "walked", "look"),
    ("big", "bigger", "cold"),
]:
    print(f"{a} is to {b} as {c} is to {find(a, b, c, minilm_words, minilm_vectors)}")

# %% [markdown]
# The table doesn't always answer rightly, as you see. Papers bar the three words of the question from being the answer, and so did you. **Predict:** if *king* itself may be the answer to *king − man + woman*, how often does the trick still work? And how far would you get with *woman* alone, her nearest neighbour, without any arithmetic?

# %%
# demonstration 1.13
from workshop.data import load_analogies
from workshop.vectors import score_analogies

questions = [question for category in load_analogies().values() for question in category]
found = score_analogies(questions, minilm_words, minilm_vectors)
print(f"{found.n:,} of {len(questions):,} questions; the others have words without a vector.")
print(f"Own words barred: {found.excluded:.0%} right. Nearest to the third word alone: {found.third_alone:.0%}.")
print(f"Not barred: {found.included:.0%} right; in {found.repeated:.0%} the answer is a word of the question.")

# %% [markdown]
# The same vectors each time. *King − man + woman* lands nearest to *king*. With the three words barred, the neighbour of the third word is right every second time, with no arithmetic; the sum gains the rest. So the direction carries something, but less than "you can calculate with words" suggests. **A number to remember:** three in four, against one in a hundred.

# %% [markdown] tags=["slide"]
# ## The word map
#
# A map needs two dimensions, and these vectors have 384: most of what they know is lost on paper. Trust the list of neighbours, which uses all of them; take the map as a picture.
#
# Pick a word, or change the three words of the question. Your own `nearest` and `analogy` do the searching.

# %% tags=["slide"]
# demonstration 1.14
from workshop.checks import ready
from workshop.widgets import word_map

shown = """ferry boat ship harbour sea ocean river lake island coast bridge road train car plane
king queen man woman boy girl father mother brother sister doctor teacher lawyer farmer
dog cat horse sheep bird fish bread soup cheese apple wine tea red blue green black white
france paris italy rome spain madrid germany berlin walk walked walking run ran running
big bigger small smaller happy sad angry calm war peace law money music book""".split()
searches = {"nearest": ready(nearest, "1.6"), "analogy": ready(analogy, "1.7")}
word_map(minilm_words, minilm_vectors, shown=shown, start="river", question=("man", "king", "woman"), **searches)

# %% [markdown] tags=["slide"]
# ## Words never seen: fastText
#
# Every method so far has one weakness: a word that occurs fewer than five times in the text has no vector. **fastText** gives vectors to *pieces* of words, and adds them up. *Lighthouses* has none, but it has pieces: *light*, *hous* …

# %% [markdown]
# card 1.8
# fastText knows a word that it has never seen by its pieces.
#
# **Given** a `word` and the sizes `shortest` and `longest`. **Return** the list of all pieces of `<word>` (with its marks `<` and `>`) that have from `shortest` to `longest` characters. Order is free; a piece that occurs twice stands there twice.
#
# **By hand:** `"quay"`, 3 to 4, gives `["<qu", "qua", "uay", "ay>", "<qua", "quay", "uay>"]`.


# %%
def character_ngrams(word: str, shortest: int, longest: int) -> list[str]:
    """Cut <word>, with its marks, into all pieces of some sizes.

    shortest, longest: characters in a piece, both included. Source: Bojanowski et al. 2017.
    """
    # BEGIN SOLUTION
    marked = "<" + word + ">"
    pieces = []
    for size in range(shortest, longest + 1):
        for start in range(len(marked) - size + 1):
            pieces.append(marked[start : start + size])
    return pieces
    # END SOLUTION


# %%
check.word_embeddings.character_ngrams(character_ngrams)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Put the marks on first. Then one loop over the sizes, and in it one over the places where a piece can start.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# A slice `text[start : start + size]`. A text of 6 characters has 4 pieces of 3.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… stumps at the end*: a slice beyond the end is shorter than asked for. Stop earlier.
#
# *… the last piece is missing*: `range()` stops one before its end.
#
# *… nothing for a short word*: that is right where even `<word>` is shorter than `shortest`.
#
# </details>
#
# For those who have time: which pieces do *ferry* and *ferries* share, and which would a stemmer give?

# %% [markdown]
# gensim trains fastText on the same text; **expect** 15 to 30 seconds. Then ask it for words that have no vector of their own.

# %%
# demonstration 1.15
from workshop.vectors import train_model

start = perf_counter()
fasttext = train_model("fasttext", sentences).wv
learnt["fasttext"] = fasttext.index_to_key, fasttext.vectors
scores["fasttext"] = judge("fasttext", *learnt["fasttext"], perf_counter() - start)
for word in ("lighthouses", "ferryboat", "unshipped"):
    print(
        f"{word} (own vector: {word in fasttext.key_to_index}): {[near for near, _ in fasttext.most_similar(word, topn=4)]}"
    )

# %% [markdown]
# It answers for any string of letters, also for nonsense. Some answers are good, some are noise: shared pieces pull vectors together. For *walk* and *walked* that is right, for *ship* and *friendship* it isn't.

# %% [markdown]
# ## Open the box: the yardstick itself
#
# So far `judge` compared your vectors with people. It had one fixed set of pairs. What if every method skipped the words that it doesn't know? Write the yardstick yourself, and let it say how many pairs it left out.

# %% [markdown]
# card 1.9
# Do the vectors agree with people about which words are alike?
#
# **Given** `pairs` of words, people's `ratings`, shape (P,), the list `words` and their `vectors`, shape (V, D), none of them zero. **Return** Spearman's correlation of cosines with ratings over the pairs whose words are both known, and how many pairs were skipped.
#
# **By hand:** sea, ocean, port, rope as in 1.6; sea–ocean 9, sea–moon 1, sea–port 2, sea–rope 5 give `(0.5, 1)`.

# %%
from scipy.stats import spearmanr


def agreement_with_people(
    pairs: list[tuple[str, str]], ratings: np.ndarray, words: list[str], vectors: np.ndarray
) -> tuple[float, int]:
    """Return how far cosines agree with ratings (Spearman), and how many pairs were skipped.

    pairs: P. ratings: (P,). words: V. vectors: (V, D). A pair with an unknown word is skipped.
    """
    # BEGIN SOLUTION
    row = {word: place for place, word in enumerate(words)}
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    known = [i for i, (first, second) in enumerate(pairs) if first in row and second in row]
    cosines = [unit[row[pairs[i][0]]] @ unit[row[pairs[i][1]]] for i in known]
    return spearmanr(cosines, ratings[known]).statistic, len(pairs) - len(known)
    # END SOLUTION


# %%
check.word_embeddings.agreement_with_people(agreement_with_people)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Find the pairs that are known. Take their cosines and their ratings, in the same order. Compare the two lists by rank.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `scipy.stats.spearmanr(x, y).statistic` gives the rank correlation. `ratings[[0, 2, 3]]` picks some ratings of an array.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… "is not in list", or KeyError*: a pair has a word without a vector. Skip it.
#
# *… "the ratings have slipped"*: skip the rating together with its pair.
#
# *… "pairs with an unknown word are scored 0"*: 0 is a score too. Leave the pair out.
#
# </details>
#
# For those who have time: which pair do people and vectors see most differently?

# %% [markdown]
# Now see why the fixed set matters. The *same* skip-gram vectors, cut off after the most frequent words: a method that knows fewer words is asked other questions.

# %%
# demonstration 1.16
agree = ready(agreement_with_people, "1.9")
words, vectors = learnt["skipgram"]
for known in (1000, 2000, 4000, len(words)):
    value, skipped = agree(all_pairs, all_ratings, words[:known], vectors[:known])
    print(f"{known:6,} words known: {value:.2f}, {skipped} of {len(all_pairs)} pairs skipped")

# %% [markdown]
# Not one vector has changed between these lines, only which questions were asked, and how many: the first line rests on two dozen pairs and means little. When you read a comparison of two methods, ask first: *were both asked the same?*

# %% [markdown] tags=["slide"]
# ## The result: all methods against people
#
# Bars: the mean over five seeds, with its interval. Diamonds: *your* run. Intervals that lie apart show a difference that is more than luck with these pairs. Where they overlap, don't decide by eye: all methods see the same pairs, so look at the interval of the *difference*.

# %% tags=["slide"]
# demonstration 1.17
from workshop.plots import plot_agreement, show
from workshop.score import read_results

measured = read_results("01_word_embeddings")
show(plot_agreement(measured.select(task="wordsim353", metric="spearman", seed=None), scores))

# %% [markdown]
# Skip-gram leads counting by 0.06 [−0.04, 0.15] here: perhaps by nothing. On SimLex-999, a second list, it leads by 0.08 [0.02, 0.15]: small, but more than luck. Counting, with no network at all, is hard to beat at this size. And all this is said of *this* text: GloVe's authors trained on one to 42 billion words, ours is a small version of it on half a million.

# %%
# demonstration 1.18
from workshop.score import show_verdict

show_verdict("C01", "01_word_embeddings")

# %% [markdown]
# Why not simply *holds*? The rule asks two lists. WordSim-353 asks how *related* words are, SimLex-999 how *similar in meaning*: *cup* and *coffee* are related, not similar. Words that share neighbours are often only related. On SimLex-999 skip-gram gets 0.24 [0.16, 0.32]; the rule wants the whole interval above 0.3.

# %% [markdown] tags=["slide"]
# ## How many dimensions?
#
# The size of an embedding is yours to choose. A common rule says: the more text, the more dimensions. If it is right, small texts should do best with few numbers a word, and large texts with many.

# %%
predict("C02")

# %% [markdown]
# Choose a point of your own: a number of dimensions, and a share of the text. The cell trains skip-gram with them, on one draw of the sentences. **Expect** 1 to 25 seconds.

# %%
# demonstration 1.19
from workshop.vectors import drawn_pairs, run_size

dimensions, share = 20, 0.25
found = run_size(share, dimensions, draw=0)
marks = [spearmanr(found[name], drawn_pairs(name, 0)[1]).statistic for name in ("wordsim353", "simlex999")]
print(f"{dimensions} dimensions, {share:.0%} of the text: {np.mean(marks):.2f}")

# %% [markdown]
# The picture holds the long runs that came with the workshop: each size, with shares of the text from 5 % to all of it, several draws. Your point is the diamond. It is one draw, and the lines are means of five, so it may well lie beside its line. Follow one line from left to right: where does more size stop to help? Then compare the lines.

# %% tags=["slide"]
# demonstration 1.20
from workshop.plots import plot_sizes

sweep = [row for row in measured.select(task="sweep", metric="spearman") if row.settings["epochs"] == 10]
show(plot_sizes(sweep, (dimensions, float(np.mean(marks)))))

# %%
# demonstration 1.21
show_verdict("C02", "01_word_embeddings")

# %% [markdown]
# Read the picture from below. With a twentieth of the text, no size gets above 0.1. With all of it, ten numbers a word already get three quarters of what a hundred get. Twenty times the text was worth far more than ten times the size. Whether size gains *more* where there is more text is a finer question. The box gives both intervals: they hold 0, so this yardstick can't tell.

# %% [markdown] tags=["slide"]
# ## Bias: what texts take for granted
#
# Vectors learn what texts say, and what they take for granted. The **word embedding association test** (Caliskan and others, 2017) asks: do *flower* words lean towards *pleasant* more than *insect* words do? To see what chance gives, the words are regrouped at random, 10,000 times.

# %% tags=["slide"]
# demonstration 1.22
from workshop.plots import plot_association
from workshop.vectors import association_test, find_test

flowers = find_test("flowers")
show(plot_association(association_test(flowers, minilm_words, minilm_vectors), flowers))

# %% [markdown]
# The instrument works: it finds what everybody would expect. Now with people in it. Do *career* words lean towards *he* and *family* words towards *she*? *Science* against *arts*? *Engineer, captain …* against *nurse, nanny …*? And a control in which there should be little to find: odd against even *months*.

# %%
predict("C21")

# %%
# demonstration 1.23
for name in ("career", "science", "work", "months"):
    found = association_test(find_test(name), minilm_words, minilm_vectors)
    print(f"{name:>8}: effect {found.effect:5.2f}, one-sided p = {found.p:.4f}")

# %% [markdown]
# The **effect** lies between −2 and 2: how far the two groups lie apart, in units of their common spread. **p** is the share of random regroupings that lean at least as far. Look at the months first: little should be there, and yet the effect is 0.34. With so few words, chance makes such effects all the time. *Career* is no larger; *work* is another matter.

# %%
# demonstration 1.24
show_verdict("C21", "01_word_embeddings")

# %% [markdown]
# In MiniLM's table, occupations are separated about as clearly as flowers and insects; *career* and *science* stay undecided. "Not found" is not "not there": it depends on the text. Ask your own skip-gram vectors, which come from encyclopedia articles.

# %%
# demonstration 1.25
for name in ("career", "months"):
    found = association_test(find_test(name), *learnt["skipgram"])
    print(f"{name:>8}: effect {found.effect:5.2f}, one-sided p = {found.p:.4f}")

# %% [markdown]
# The same words, another text, another answer: here *career* leans towards *he*. Vectors carry what their text takes for granted. Whether that does harm depends on what is built on them. Lesson 03 measures it on a classifier: error rates by home island.

# %% [markdown]
# ## Your scoreboard

# %%
# demonstration 1.26
from workshop.checks import scoreboard

scoreboard()

# %% [markdown] tags=["slide"]
# ## What you did
#
# - You turned plain text into word vectors in five ways, and can say what each counts or predicts.
# - You measured how well they agree with people, and know which differences are real.
# - You found neighbours, analogies and bias, and saw what they don't show.
#
# One vector a word: *bank* has one place on the map, whatever stands around it. Lesson 02 gives whole sentences a vector.
