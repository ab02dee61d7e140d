# %% [markdown] tags=["slide"]
# # 03 – Fine-tune a classifier
#
# **When is a frozen embedding not enough?** 18 points. About 88 minutes with the exercises marked *in the room*, over two hours with all.
#
# After this lesson you can
#
# - classify with vectors from a pre-trained network, and score it so that every class counts,
# - fine-tune that network in six steps, and say what each part does,
# - say when tuning pays, what else it changes, and who bears its errors.

# %% [markdown] tags=["notes"]
# In the room: exercises 3.1, 3.2, 3.4 and 3.7 (37 minutes of work), the predictions, the live training, the confusion
# matrix. Everything else reads whole without its exercises. Two cells train a network: start them before you talk.

# %% [markdown] tags=["slide"]
# ## A reason to care
#
# *My boat was delayed* found its rule in lesson 02. Now a thousand such messages lie in Skerryline's inbox. Each should go to the right desk: what is it about, its **topic**? And which should be read first: in which **tone** is it written?
#
# Both are **classification**: one of a few fixed answers for each text.

# %%
import workshop
from workshop import check

settings = workshop.setup()

# %%
# demonstration 3.1
from collections import Counter

from workshop.data import load_tickets

tickets = load_tickets(settings)
tasks = [name for name in ("topic", "tone") if all(getattr(ticket, name) for ticket in tickets)]
for name in tasks:
    print(f"{name}: {dict(Counter(getattr(ticket, name) for ticket in tickets).most_common())}")
for ticket in tickets[:3]:
    print(f"[{ticket.topic} · {ticket.tone}] {ticket.text}")

# %% [markdown]
# The tickets were written for this workshop, and their writer gave both labels; some could fairly be labelled otherwise. With your own `tickets.csv` the same cells sort yours: the column `label` is the topic.

# %% [markdown] tags=["slide"]
# ## First the yardstick
#
# How many answers are right, the **accuracy**, isn't enough: where nine of ten messages are calm, a model that always says *calm* is right on nine of ten and useless. **Macro F1** asks each class the same two questions. Of those that you called *angry*, how many are? (**precision**) Of those that are angry, how many did you find? (**recall**) F1 joins the two, and the mean over classes lets each class count alike.

# %% [markdown]
# card 3.1
# A model that never says *angry* may be mostly right. Let every class count alike.
#
# **Given** `truth` and `predicted`, lists of N labels. **Return** the mean F1 of all classes in either. A class's F1 is 2PR / (P + R): precision P is right / predicted, recall R is right / true; 0 / 0 counts as 0.
#
# **By hand:** truth `calm calm calm angry`, predicted `calm calm angry angry` give 0.8 and 0.667: 0.733.


# %%
def macro_f1(truth: list[str], predicted: list[str]) -> float:
    """Return the mean of the classes' F1.

    truth, predicted: N labels each. Returns a number from 0 to 1; every class of either list counts once.
    """
    # BEGIN SOLUTION
    scores = []
    for label in sorted({*truth, *predicted}):
        hits = sum(t == p == label for t, p in zip(truth, predicted, strict=True))
        precision = hits / max(1, predicted.count(label))
        recall = hits / max(1, truth.count(label))
        scores.append(2 * precision * recall / (precision + recall) if hits else 0.0)
    return sum(scores) / len(scores)
    # END SOLUTION


# %%
check.finetune_classifier.macro_f1(macro_f1)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Go through the classes. For each, count the rows where truth and prediction are both this class. How often was it predicted, how often is it true? When nothing is right, F1 is 0.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `{*truth, *predicted}` is the set of all labels. `zip(truth, predicted)` gives the two labels of a row, `truth.count(label)` how often a label is there.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… ZeroDivisionError*: a class is never predicted, or never right. Its F1 is 0.
#
# *… 0.75 for the card's example*: that is accuracy. Compute F1 in each class.
#
# *… 0.79*: precision and recall were averaged first. Average the F1s.
#
# </details>
#
# For those who have time: F1 can be written without precision and recall, as 2 · right / (predicted + true). Show it on paper.


# %% [markdown] tags=["slide"]
# ## Then the test
#
# A score counts on messages that the model hasn't seen. Three parts: from **training** texts it learns, on **validation** texts we choose (how long, how fast?), on **test** texts we look once.
#
# Customers write again about the same matter, often in similar words. If one such letter is in training and the other in the test, the test flatters the model.

# %% [markdown]
# card 3.2
# Who writes twice often writes alike. A test needs new customers: deal out customers, not rows.
#
# **Given** `customers`, one a row, three `shares` **of the different customers** and a `seed`. **Return** three lists of rows, counted from 0: training, validation, test. The seed shuffles; the same seed gives the same lists, also tomorrow.
#
# **By hand:** `["C3", "C1", "C3", "C2", "C5"]`, shares (0.5, 0.25, 0.25): two customers train; rows 0 and 2 stay together.


# %%
import numpy as np


def split_by_customer(
    customers: list[str], shares: tuple[float, float, float], seed: int
) -> tuple[list[int], list[int], list[int]]:
    """Deal out whole customers to training, validation and test.

    customers: one name for each of N rows. shares: of the different customers, adding up to 1 (one customer
    more or less doesn't matter). Returns three lists of rows, counted from 0; each row stands in one of them.
    """
    # BEGIN SOLUTION
    names = sorted(set(customers))  # sorted: the order of a set changes from one start of Python to the next
    np.random.default_rng(seed).shuffle(names)
    first, second = round(shares[0] * len(names)), round((shares[0] + shares[1]) * len(names))
    groups = names[:first], names[first:second], names[second:]
    return tuple([row for row, name in enumerate(customers) if name in group] for group in groups)
    # END SOLUTION


# %%
check.finetune_classifier.split_by_customer(split_by_customer)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Make a list of the different customers, in an order that never changes. Shuffle it by the seed. Cut it at two places. Then collect the rows of each piece.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `sorted(set(…))` gives each name once, in order. `np.random.default_rng(seed).shuffle(names)` shuffles a list in place and returns None. `round(…)` makes a share a whole number. `enumerate(customers)` gives row and name.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… a row that is in no list*: int() cuts each share down. Let the last list take all that is left.
#
# *… "the customers come out of a set"*: Python keeps texts in a set in an order that changes with each start. Sort first.
#
# *… TypeError, None*: shuffle() returns nothing. Give it a line of its own.
#
# </details>
#
# For those who have time: how would you keep the share of each topic the same in all three lists, too?


# %%
# demonstration 3.2
import itertools

from workshop.checks import ready

customers = [ticket.customer for ticket in tickets]
train, validation, test = ready(split_by_customer, "3.2")(customers, (0.6, 0.2, 0.2), 0)
print(f"{len(train)} to train on, {len(validation)} to choose on, {len(test)} to test on")
words = [set(ticket.text.lower().split()) for ticket in tickets]
pairs = [(a, b) for a, b in itertools.combinations(range(len(tickets)), 2) if customers[a] == customers[b]]
for row in max(pairs, key=lambda pair: len(words[pair[0]] & words[pair[1]]), default=(0,)):
    print(f"{customers[row]}: {tickets[row].text}")

# %% [markdown]
# Here is the baseline: answer always with the most frequent class of the training texts. The cell defines `judge`, which every method goes through: it prints *your* macro F1, accuracy, and keeps the row for the scoreboard.

# %%
# demonstration 3.3
from workshop.score import record_row

truth = {name: [getattr(ticket, name) for ticket in tickets] for name in tasks}
score = ready(macro_f1, "3.1")


def judge(method, task, predicted, seconds=0.0, trained=0):
    """Score predictions for the test, print them, and keep the row."""
    true = [truth[task][row] for row in test]
    value = score(true, predicted)
    right = sum(t == p for t, p in zip(true, predicted, strict=True)) / len(true)
    row = {"lesson": "03", "method": method, "task": task, "metric": "macro_f1", "value": value, "n": len(true)}
    record_row(row | {"seconds": seconds, "trained_parameters": trained, "megabytes": trained * 4 / 1e6})
    print(f"{task}, {method}: macro F1 {value:.2f}, {right:.0%} right")
    return value


for task in tasks:
    [(most, _)] = Counter(truth[task][row] for row in train).most_common(1)
    judge("majority", task, [most] * len(test))

# %% [markdown]
# **Which digits to trust:** with about 200 test texts a share near 50 % is known to ± 7 points, one near 90 % to ± 4; another split moves it too. Never trust the second decimal of a single run. And where classes are about equally frequent, as Skerryline's, accuracy and macro F1 nearly agree; your own messages hardly are.

# %% [markdown] tags=["slide"]
# ## Where pre-trained weights come from
#
# Nobody labelled a topic for MiniLM, lesson 02's encoder. A larger network first read plain text with words hidden, and guessed them; this one learnt to imitate it. Then its makers went on with a billion pairs that belong together, such as question and answer: its vector for one should lie near the other's.

# %% tags=["slide"]
# demonstration 3.4
from workshop.plots import plot_boxes, show

steps = [
    ("plain text", "my boat was [MASK]: guess the hidden word"),
    ("pairs", "my boat was delayed – when is the next one? Bring their vectors together"),
    ("your labels", "my boat was delayed is of the topic disruption: a few hundred of these"),
]
show(plot_boxes(steps, title="Weights are learnt in three rounds; the last one needs your labels."))

# %% [markdown]
# A language model goes the same way: it guesses the next word of plain text, then it is shown instructions with answers (lesson 04). What all share: the costly part needs no labels, and others have paid for it.

# %% [markdown] tags=["slide"]
# ## Frozen: vectors as they are
#
# The simplest use: turn each text into MiniLM's vector, leave the network as it is (**frozen**), and train a small classifier on the vectors: **logistic regression**, 384 weights for each class. Its rival, a **bag of words**, counts words, punctuation marks and pairs of them, with no network at all. **Wait:** 15 seconds, up to a minute on a busy machine.

# %%
# demonstration 3.5
from time import perf_counter

from workshop.models import encode_texts, load_encoder

texts = [ticket.text for ticket in tickets]
encoder = load_encoder(settings)
vectors = encode_texts(encoder, texts, batch=8)  # (N, 384)
del encoder  # its memory is needed later
print(f"{vectors.shape[0]} texts, {vectors.shape[1]} numbers each")

# %%
# demonstration 3.6
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

counter = TfidfVectorizer(token_pattern=r"\w+|[^\w\s]", ngram_range=(1, 2), sublinear_tf=True)
counts = counter.fit([texts[row] for row in train]).transform(texts)
strengths = {"topic": (100, 1), "tone": (10, 10)}  # C, how large the weights may grow; chosen on validation
features = {"words and marks": counts, "frozen": vectors}
said, price = {}, {}
for task in tasks:
    known = [truth[task][row] for row in train]
    for (method, inputs), strength in zip(features.items(), strengths[task], strict=True):
        start = perf_counter()
        logistic = LogisticRegression(C=strength, max_iter=2000).fit(inputs[train], known)
        said[method, task] = logistic.predict(inputs[test]).tolist()
        price[method, task] = perf_counter() - start, logistic.coef_.size

# %% [markdown]
# Before any score, read five mistakes of the frozen vectors. Which tone is each? The answer stands below its text.

# %%
# demonstration 3.7
task = tasks[-1]  # tone
answers = zip(test, said["frozen", task], strict=True)
wrong = [(row, answer) for row, answer in answers if truth[task][row] != answer]
for row, answer in wrong[:5]:
    print(f"{texts[row]}\n    → true: {truth[task][row]}, predicted: {answer}\n")

# %% [markdown]
# **Predict**, in your head: on which task will the frozen vectors be better than counted words, topic or tone?

# %% tags=["slide"]
# demonstration 3.8
frozen = {}
for (method, task), predicted in said.items():
    value = judge(method, task, predicted, *price[method, task])
    frozen[task] = value if method == "frozen" else frozen.get(task)

# %% [markdown]
# Measured over five folds (the tickets in five parts, each the test once): on topic frozen vectors reach 0.72 and counted words 0.53, on tone 0.65 and 0.76. What a message is *about* lies in the vectors: they were learnt from pairs about the same thing. How it is *said* words and marks show better: `!` tells. (scikit-learn's counter drops marks by default: 0.68. A default can decide a comparison.) Your one split may lie ten points off.

# %% [markdown] tags=["slide"]
# ## Four boxes
#
# How does logistic regression find its weights? As skip-gram did in 1.3, in four boxes: predict, measure the loss, find the gradient, take a step. Every network in this workshop is trained by these four.

# %% tags=["slide"]
# demonstration 3.9
boxes = [
    ("predict", "a number for each class: its logit"),
    ("loss", "how wrong, and how sure of it?"),
    ("gradient", "for each weight: which way does the loss fall?"),
    ("step", "move every weight a little that way"),
]
show(plot_boxes(boxes, title="Training is four boxes, again and again.", cycle=True))

# %% [markdown]
# The box *predict*: a class's **logit** is its weights times the vector, a score without bounds. **Softmax** makes probabilities: raise e to each, divide by the sum. With two classes that is 1.3's σ.
#
# The box *loss*: minus the logarithm of the probability that the *true* class got, its **cross-entropy**: 0 when sure and right, large when sure and wrong. You write it now, as 3.4 (3.3 comes later); it trains the network below, and lesson 04's language model.

# %% [markdown]
# card 3.4
# How wrong was the model, and how sure of it?
#
# **Given** `logits`, shape (N, C), and `labels`, (N,), each row's true class. Softmax: e<sup>logit</sup>, divided by the sum over its row. **Return** one number, the mean over the rows of −log(softmax of the true class); natural logarithm. Logits may be 1,000 or −1,000.
#
# **By hand:** `[[0, 0]]` with label `[0]`: probability 1/2, loss log 2 = 0.693.


# %%
def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean cross-entropy of the true classes, finite for logits of any size.

    logits: (N, C). labels: (N,), whole numbers from 0 to C - 1. Returns one number, 0 or more.
    """
    # BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)  # (N, C), at most 0
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (N, C)
    return float(-log_probabilities[np.arange(len(labels)), labels].mean())
    # END SOLUTION


# %%
check.finetune_classifier.cross_entropy(cross_entropy)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Adding the same number to all logits of a row changes no probability: subtract the row's largest, and exp() stays at 1 or below. Then use log(a / b) = log a − log b, so that no probability is rounded to 0. Last, pick one number in each row.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `logits.max(axis=1, keepdims=True)` has shape (N, 1). `table[np.arange(N), labels]` picks one number a row, shape (N,). `np.exp`, `np.log`, `.mean()`.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… nan or inf with a logit of 1,000*: exp() has overflowed. Subtract the largest of each row first.
#
# *… inf with a logit of −1,000*: a probability was rounded to 0. Take the logarithm before you divide.
#
# *… a number that is too large, or a table*: `table[:, labels]` takes whole columns.
#
# </details>
#
# For those who have time: take one row, move one logit up by 0.0001, and see by how much the loss changes, times 10,000. Compare with the softmax of that row.


# %% [markdown]
# The box *gradient*: raise a logit a little, and the loss changes by its probability, minus 1 where it is the true class. That is 1.3 again: the true class pulls with 1 − p, every other pushes with p. The four boxes on the real vectors, a remark at each; your loss is printed.

# %%
# demonstration 3.10
loss_of = ready(cross_entropy, "3.4")
names = sorted(set(truth[task]))
labels = np.array([names.index(truth[task][row]) for row in train])
weights = np.zeros((vectors.shape[1], len(names)))  # (384, C)
for step in range(201):
    logits = vectors[train] @ weights  # predict: (N, C)
    if step % 50 == 0:  # loss
        print(f"step {step}: loss {loss_of(logits, labels):.3f}")
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    off = odds / odds.sum(axis=1, keepdims=True) - np.eye(len(names))[labels]  # p, minus 1 at the true class
    gradient = vectors[train].T @ off / len(train)  # gradient: (384, C)
    weights -= 20 * gradient  # step, at a rate of 20
by_hand = [names[place] for place in (vectors[test] @ weights).argmax(axis=1)]
print(f"by hand: macro F1 {score([truth[task][row] for row in test], by_hand):.2f}, library: {frozen[task]:.2f}")

# %% [markdown]
# The first loss is log of the number of classes: all weights are 0, so every class gets the same probability.
#
# With frozen vectors the gradient stops at the last layer. **Fine-tuning** lets it go on, down into the network, so that the vectors themselves move.

# %% [markdown] tags=["slide"]
# ## Six steps
#
# 1. **Choose** a pre-trained network, and put a new last layer on it, the **head** (not one of lesson 02's attention heads): one logit a class.
# 2. **Prepare** the texts: tokens, batches.
# 3. **Configure**: which weights learn, how fast, how long?
# 4. **Train**: the four boxes.
# 5. **Evaluate** on the test, once.
# 6. **Save**, with everything that is needed to use it.

# %% [markdown]
# **Choose.** `load_classifier` gives plain objects of the library transformers: the **tokenizer**, which cuts texts into tokens, and MiniLM with a head of random weights. It averages the token vectors, as lesson 02 did.

# %%
# demonstration 3.11
from workshop.models import load_classifier

tokenizer, model = load_classifier(settings, names, seed=0)
sentence = tokenizer("my boat was delayed")["input_ids"]
print(sentence, tokenizer.convert_ids_to_tokens(sentence))
size = sum(weights.numel() for weights in model.parameters())
print(f"{size:,} weights, of them the head {model.classifier.weight.numel():,}")

# %% [markdown]
# **Prepare.** Each text becomes token numbers. A **batch**, a few texts that go through the network together, is one table, so short texts are filled up; a mask says what is text.

# %% [markdown]
# card 3.3
# A network reads a batch as one table.
#
# **Given** `sequences`, N lists of token numbers, and `pad_id`. **Return** two lists of N rows, as long as the longest sequence: `ids`, filled up **on the right** with `pad_id`, and `mask`, 1 for a token, 0 for padding. Tokens may equal `pad_id`. Leave the input unchanged.
#
# **By hand:** `[[7, 8, 9], [5]]` and 0 give ids `[[7, 8, 9], [5, 0, 0]]`, mask `[[1, 1, 1], [1, 0, 0]]`.


# %%
def pad_batch(sequences: list[list[int]], pad_id: int) -> tuple[list[list[int]], list[list[int]]]:
    """Fill up token sequences on the right to the longest one.

    sequences: N lists of token numbers. Returns ids and mask, N rows of equal length each.
    """
    # BEGIN SOLUTION
    longest = max(len(sequence) for sequence in sequences)
    ids = [[*sequence, *[pad_id] * (longest - len(sequence))] for sequence in sequences]  # (N, T)
    mask = [[1] * len(sequence) + [0] * (longest - len(sequence)) for sequence in sequences]  # (N, T)
    return ids, mask
    # END SOLUTION


# %%
check.finetune_classifier.pad_batch(pad_batch)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Find the longest length. For each sequence, how many places are missing? Both rows follow from the two lengths alone.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `len(sequence)`, `max(…)`, and lists that are added and multiplied: `[1] * 2 + [0] * 3` is `[1, 1, 0, 0, 0]`.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… an argument that was changed*: append(), extend() and += write into the given list. `a + b` makes a new one.
#
# *… zeros in the mask where a token is*: don't ask which ids equal `pad_id`. Count.
#
# *… max() of lists*: it compares what stands in them, not their lengths.
#
# </details>
#
# For those who have time: sort 200 tickets by length before you cut them into batches. How many places of padding does that spare?


# %% [markdown]
# **Configure, 1: which weights?** A parameter's name says where it sits.

# %%
# demonstration 3.12
parameters = [name for name, _ in model.named_parameters()]
print(*parameters[:2], "…", *parameters[-4:], sep="\n")

# %% [markdown]
# card 3.5
# Train the top layers alone; the others stay **frozen**.
#
# **Given** a network's parameter `names`, and `top_layers`. Layers have `layer.N.` in their names, N from 0 up to the one next to the head; the head's names begin with `classifier.`. **Return** a list, in any order, of the names of the head and of the `top_layers` highest layers. 0: the head alone.
#
# **By hand:** `embeddings.weight`, `layer.0.weight`, `layer.1.weight`, `layer.2.weight`, `classifier.weight`, and 2: the last three.


# %%
def trainable_parameters(names: list[str], top_layers: int) -> list[str]:
    """Name what is trained: the head and the topmost layers.

    names: of all parameters of a network, which may have any number of layers. Returns some of them.
    """
    # BEGIN SOLUTION
    numbers = {name: int(name.split("layer.")[1].split(".")[0]) for name in names if "layer." in name}
    lowest = max(numbers.values()) + 1 - top_layers
    return [name for name in names if name.startswith("classifier.") or numbers.get(name, -1) >= max(0, lowest)]
    # END SOLUTION


# %%
check.finetune_classifier.trainable_parameters(trainable_parameters)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Read the layer's number out of each name that has one. How many layers are there, then, and which is the lowest that is trained? Keep the names at or above it, and the head.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `"layer." in name`, `name.split("layer.")[1]` for what follows, `.split(".")[0]` for what stands before the next dot, `int(…)`, `name.startswith("classifier.")`.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… all layers with `top_layers` 0*: `numbers[-0:]` is the whole list.
#
# *… layer 1 together with layer 10*: "layer.1" stands in "layer.10". Compare numbers.
#
# *… IndexError*: some names have no layer.
#
# </details>
#
# For those who have time: return the share of all *numbers* that is trained, given each parameter's shape.


# %% [markdown]
# **Configure, 2: how fast?** The rate says how far a step goes. The new head is random, and its first gradients are noise: full steps would shake what the layers below have learnt. So the rate rises first, the **warm-up**, and falls at the end.

# %% [markdown]
# card 3.6
# Large first steps would shake the layers below. Let the rate rise first.
#
# **Given** `step` (from 0), `steps` in all, `warmup` (less than `steps`) and `peak`. **Return** the rate: in a line from 0 at step 0 to `peak` at step `warmup`, in another to 0 at step `steps`; 0 after that. Warm-up 0 begins at the peak.
#
# **By hand:** 10 steps, warm-up 2, peak 0.8: steps 1, 2, 6, 10 get 0.4, 0.8, 0.4, 0.


# %%
def learning_rate(step: int, steps: int, warmup: int, peak: float) -> float:
    """Return the learning rate of a step: up to the peak, then down to 0, both in a straight line.

    step: counted from 0. warmup: fewer than `steps`. Returns a number from 0 to `peak`.
    """
    # BEGIN SOLUTION
    if step < warmup:
        return peak * step / warmup
    return peak * max(0, (steps - step) / max(1, steps - warmup))
    # END SOLUTION


# %%
check.finetune_classifier.learning_rate(learning_rate)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Two cases. On the way up: which share of the warm-up is over? On the way down: which share of the steps *after the warm-up* is still to come?
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `if step < warmup:` and `max(0, …)`, which keeps a number from going below 0.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… ZeroDivisionError*: with `warmup` 0 nothing may be divided by it.
#
# *… a jump at the peak*: the way down takes `steps - warmup` steps, not `steps`.
#
# *… a rate below 0*: `step` is beyond the end.
#
# </details>
#
# For those who have time: let the way down follow a cosine instead of a line. Where do the two differ most?


# %%
# demonstration 3.13
from workshop.tune import train_only

top = ready(trainable_parameters, "3.5")(parameters, 2)
print(f"head and top two layers: {train_only(model, top):,} weights learn")
print(f"all layers: {train_only(model, parameters):,}")
steps = 2 * -(-len(train) // 16)  # two passes over the tickets, 16 at a time
some = (1, steps // 20, steps // 10, steps // 2, steps)
rates = [ready(learning_rate, "3.6")(step, steps, steps // 10, 2e-4) for step in some]
print(*(f"step {step}: rate {rate:.1e}" for step, rate in zip(some, rates, strict=True)), sep=", ")

# %% [markdown] tags=["slide"]
# ## The loop, read aloud
#
# **Train.** This is the loop that runs below, as it stands in the package. Find the four boxes in it.

# %% tags=["slide"]
# demonstration 3.14
import inspect
import textwrap

from workshop.tune import fine_tune

source = inspect.getsource(fine_tune)
print(textwrap.dedent(source[source.index("        for rows, ends_epoch") : source.index("    return Training")]))

# %% [markdown]
# *Predict* and *loss* are `compute_loss`, which calls your `pad_batch` and your `cross_entropy`. *Gradient* is `loss.backward()`: PyTorch goes back through all layers by itself, beginning with p minus 1 at the true class; `as_loss` lets your number go along. *Step* is `optimizer.step()`, with your `learning_rate`. The **optimizer**, AdamW, gives each weight a pace of its own. `clip_grad_norm_` cuts a gradient that is too long. The rest shows, times, and keeps the best epoch.

# %% [markdown]
# Once through the training texts is an **epoch**: here about 38 batches of 16. Two epochs, all layers learn. **Wait:** about 40 seconds, up to three minutes on a busy machine.

# %%
from workshop.widgets import predict

predict("C06")

# %%
# demonstration 3.15
from workshop.tune import Parts, as_loss, make_text_examples

classes = {name: place for place, name in enumerate(names)}
examples = {
    part: make_text_examples(tokenizer, [texts[r] for r in rows], [classes[truth[task][r]] for r in rows])
    for part, rows in (("train", train), ("validation", validation))
}
yours = Parts(
    cross_entropy=as_loss(loss_of), learning_rate=ready(learning_rate, "3.6"), pad_batch=ready(pad_batch, "3.3")
)
tokenizer, model = load_classifier(settings, names, seed=0)  # afresh, however often this cell runs
done = fine_tune(model, examples["train"], epochs=2, rate=2e-4, batch=16, held_back=examples["validation"], parts=yours)
print(f"loss at first {done.losses[0]:.2f}, of the last ten steps {np.mean(done.losses[-10:]):.2f}")
print("on validation after each epoch:", *(f"{loss:.2f}" for loss in done.held_back), f"; {done.seconds:.0f} s")

# %% [markdown] tags=["slide"]
# ## Evaluate: what is still wrong?
#
# **Evaluate** on the same test, once. First the texts again, the surest mistakes: which would you have got right?

# %%
# demonstration 3.16
from workshop.models import predict_logits

logits = predict_logits(tokenizer, model, [texts[row] for row in test])  # (N, C)
odds = np.exp(logits - logits.max(axis=1, keepdims=True))
sure = (odds / odds.sum(axis=1, keepdims=True)).max(axis=1)
tuned = [model.config.id2label[int(place)] for place in logits.argmax(axis=1)]
true = [truth[task][row] for row in test]
wrong = [place for place in np.argsort(-sure) if tuned[place] != true[place]]
for place in wrong[:5]:
    print(f"{texts[test[place]]}\n    → true: {true[place]}, predicted: {tuned[place]} ({sure[place]:.0%} sure)\n")

# %% tags=["slide"]
# demonstration 3.17
live = judge("all layers", task, tuned, done.seconds, size)
print(f"frozen: {frozen[task]:.2f}")
if settings.data is None:
    check.band("03.tone_macro_f1", live)

# %% [markdown]
# Which classes are taken for each other? A row for each true class, a column for each prediction. **Click a number, and its texts open**, the surest mistakes first.

# %% tags=["slide"]
# demonstration 3.18
from workshop.widgets import confusion_map

confusion_map(true, tuned, [texts[row] for row in test], sure=sure.tolist())

# %% [markdown] tags=["slide"]
# ## Save it so that it can be used
#
# **Save.** Weights alone are no model. Which logit means *angry*? How were texts cut into tokens? That stands in the **configuration** and the tokenizer's files. Saved together, both come back.

# %%
# demonstration 3.19
import tempfile
from pathlib import Path

from workshop.models import open_classifier

folder = Path(tempfile.mkdtemp()) / "tone"
model.save_pretrained(folder)
tokenizer.save_pretrained(folder)
print(*sorted(f"{path.name} {path.stat().st_size / 1e6:.1f} MB" for path in folder.iterdir()), sep="\n")
del model, tokenizer  # their memory is needed
tokenizer, model = open_classifier(folder, settings)
few = [texts[row] for row in test[:50]]
again = predict_logits(tokenizer, model, few)
print(f"largest difference of a logit after loading: {np.abs(again - logits[:50]).max():.6f}")

# %% [markdown]
# Now lose something: the names of the classes come back in another order, as when somebody wrote them down from memory.

# %%
# demonstration 3.20
import json

config = json.loads((folder / "config.json").read_text())
config["id2label"] = {str(place): name for place, name in enumerate(reversed(names))}
(folder / "config.json").write_text(json.dumps(config))
_, mixed = open_classifier(folder, settings)
answers = [mixed.config.id2label[int(place)] for place in again.argmax(axis=1)]
for kind, found in (("right names", tuned[:50]), ("mixed-up names", answers)):
    right = np.mean([one == other for one, other in zip(found, true, strict=False)])
    print(f"{kind}: {right:.0%} of the first {len(found)} test texts right")
del model, mixed  # to train again, run the training cell

# %% [markdown]
# Nothing fails, every answer comes with its probability, and nearly all are wrong. And without the tokenizer's files?

# %%
# demonstration 3.21
for path in folder.glob("token*"):
    path.unlink()
try:
    open_classifier(folder, settings)
except Exception as error:
    print(type(error).__name__, error)

# %% [markdown]
# This is found because `open_classifier` counts the pieces that the tokenizer knows. transformers alone makes an empty tokenizer, to which all words are unknown, and says nothing. Save everything together, and after loading try texts whose answers you know.

# %% [markdown] tags=["slide"]
# ## How many labels does it take?
#
# Labels cost. From here on, figures come from our study: many runs, each on its own fold, while you look at your one run as the red diamond. **From scratch** are the counted words and the same network with *random* weights: they know nothing before your labels.

# %% tags=["slide"]
# demonstration 3.22
from workshop.plots import plot_labels
from workshop.score import read_results

measured = read_results("03_finetune_classifier")
arms = ("words and marks", "frozen", "top two layers", "all layers")
for name in ("tone", "topic"):
    rows = [row for row in measured.select(task=name, metric="macro_f1_by_labels") if row.method in arms]
    show(plot_labels(rows, {len(train): live} if name == task and settings.data is None else None))

# %% [markdown]
# With all 600 labels the best without pre-training reaches 0.76 on tone and 0.54 on topic. Tuned on all layers, the network gets there with fewer: 3.5 [2.4, 6.0] times fewer on tone, 5.5 [3.8, 9.9] on topic. The rule asks for four, and that isn't sure on either. On topic the frozen vectors save as much (5.2): the labels are saved by pre-training. On tone the last layer's save none. With 16 labels every method is still poor.

# %%
# demonstration 3.23
from workshop.score import show_verdict

show_verdict("C06", "03_finetune_classifier")

# %% [markdown] tags=["slide"]
# ## What does it cost?
#
# Seconds count too. Tuned and random network have the same size, so after equal **updates** (steps) equal seconds are gone. Counted words and marks are done within a second.

# %%
predict("C07")

# %%
# demonstration 3.24
for name in ("tone", "topic"):
    for row in measured.select(task=name, metric="macro_f1_minus_scratch"):
        seen = row.settings
        print(f"{name}, {seen['updates']} updates: tuned {seen['tuned_score']:.2f}, {seen['scratch']} ", end="")
        print(f"{seen['scratch_score']:.2f}; difference {row.value:z.2f} [{row.low:z.2f}, {row.high:z.2f}]")
show_verdict("C07/03", "03_finetune_classifier")

# %% [markdown]
# After 25 updates, 14 seconds of one core, counted words and marks are far ahead: 0.76 against 0.26 on tone. After 75 the tuned network leads by 0.08 [0.03, 0.13] there and 0.15 [0.10, 0.20] on topic, within 225 by 0.14 and 0.18. Its rate was chosen for long trainings; with another it may be quicker. From random weights the same network needs over four minutes for 0.76 on tone and 0.53 on topic, no more than counting gives.

# %% [markdown] tags=["slide"]
# ## All layers, or the top two?
#
# The lower layers can stay frozen: then their output is computed once, and a step costs about a third. What is lost? A third task stands beside: 200 sentences from film *reviews*, liked or not.

# %%
predict("C08")

# %%
# demonstration 3.25
for name in ("tone", "topic", "reviews"):
    for method in ("majority", "words and marks", "frozen", "top two layers", "all layers"):
        for row in measured.select(task=name, method=method, metric="macro_f1"):
            figures = f"{row.value:.2f} [{row.low:.2f}, {row.high:.2f}]"
            print(f"{name:>7}, {method:>15}: {figures}, {row.trained_parameters:>10,} weights")
show_verdict("C08", "03_finetune_classifier")

# %% [markdown]
# The top two layers lie 0.02 [−0.01, 0.05] behind on tone and 0.03 [0.00, 0.07] ahead on topic: by these wide intervals neither can be told from equal. That they lose less than 0.03 is sure on topic alone: *holds within limits*. Look at *frozen*: on topic 0.72, as much as all layers; on tone 0.65 against 0.90.

# %% [markdown] tags=["slide"]
# ## The rival we left out
#
# *Frozen* has meant the last layer's vectors. But MiniLM has six layers, and after each one the token vectors can be averaged. Its training looked at the last ones alone: these should say what a text is about. What do the lower ones hold? **Predict**, in your head: after which layer is tone read best, 0 (before the first) to 6? **Wait:** 15 seconds, up to a minute on a busy machine.

# %%
# demonstration 3.26
from workshop.models import encode_layers

encoder = load_encoder(settings)
layers = encode_layers(encoder, texts, batch=8)
del encoder
print(layers.shape, "layers, texts, numbers")

# %% [markdown]
# The layer is chosen on validation, with one C (how large the weights may grow) for all; then the best one is tested, once.

# %%
# demonstration 3.27
for task in tasks:
    known = [truth[task][row] for row in train]
    fitted = [LogisticRegression(C=10, max_iter=2000).fit(one[train], known) for one in layers]
    wanted = [truth[task][row] for row in validation]
    values = [score(wanted, fitted[k].predict(layers[k][validation]).tolist()) for k in range(7)]
    print(f"{task} on validation, layers 0 to 6:", *(f"{value:.2f}" for value in values))
    best = int(np.argmax(values))
    judge(f"frozen, layer {best}", task, fitted[best].predict(layers[best][test]).tolist())

# %% [markdown]
# The same over five folds, with intervals:

# %% tags=["slide"]
# demonstration 3.28
from workshop.plots import plot_frozen

show(plot_frozen(measured.select(metric="macro_f1_by_layer")))
arms = ("words and marks", "best frozen layer", "all layers")
rows = [row for row in measured.select(task="tone", metric="macro_f1_by_labels") if row.method in arms]
show(plot_labels(rows))

# %% [markdown]
# Over five folds tone is read best after layers 3 and 4: 0.88, where the last layer gives 0.65 and tuning 0.90. Even the mean of the tokens' vectors *before* the first layer gives 0.84. With 64 labels layer 4 is ahead of tuning, 0.69 against 0.61. Topic is read best at the end. Logistic regression takes a second, tuning more than a minute: **a comparison is worth as much as its strongest rival.**

# %% [markdown]
# So when is a frozen embedding not enough? Here never for sure, if you may choose its layer. Tuning gains 0.02 [−0.01, 0.05] on tone and 0.00 [−0.04, 0.04] on topic over the best one. That holds for two small tasks and one small encoder; where no layer sorts the texts as your labels do, tuning has more to gain. **Try every layer first: it takes a minute.**

# %% [markdown] tags=["slide"]
# ## When to stop
#
# Go through the same texts often enough, and the network knows them by heart, with their odd words and wrong labels: it **overfits**. The loss on training texts goes on falling; the loss on texts held back turns.

# %% [markdown]
# card 3.7
# The validation loss falls, then turns. **Patience**: how many epochs in a row without a new lowest loss end the training.
#
# **Given** `losses`, one an epoch, and `patience`, 1 or more. **Return** the index of the lowest loss until the stop. An equal loss is no new lowest one; what comes after the stop is never computed.
#
# **By hand:** `[5, 3, 4, 2, 6, 7, 1]` with patience 2 stops after the 7 and returns 3.


# %%
def stop_at(losses: list[float], patience: int) -> int:
    """Return the best epoch, by a rule that never looks beyond the stop.

    losses: validation losses of E epochs. patience: epochs in a row without a new lowest loss that end it.
    Returns an index from 0 to E - 1.
    """
    # BEGIN SOLUTION
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return best
    # END SOLUTION


# %%
check.finetune_classifier.stop_at(stop_at)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Go through the losses as training would. Remember where the lowest one was. How many epochs ago was that? When it is as many as `patience`, leave.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `enumerate(losses)` gives epoch and loss. `break` leaves a loop.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… 6 for the card's example*: that loss comes after the stop. Nobody would have seen it.
#
# *… 5*: that is where it stops. The best epoch was before.
#
# *… None*: when it never stops, the function must return, too.
#
# </details>
#
# For those who have time: with patience 1 a single bad epoch ends it all. When is that good?


# %% [markdown]
# Real losses now, on tone: 200 tickets, the top two layers, ten epochs. Your `stop_at` says which weights to keep.

# %% tags=["slide"]
# demonstration 3.29
from workshop.plots import plot_losses

curve = {
    kind: [row.value for row in sorted(measured.select(metric=kind), key=lambda row: row.settings["epoch"])]
    for kind in ("training_loss", "validation_loss", "validation_accuracy")
}
best = ready(stop_at, "3.7")(curve["validation_loss"], 2)
show(plot_losses(curve["training_loss"], curve["validation_loss"], best))
print("right on validation after each epoch:", *(f"{share:.2f}" for share in curve["validation_accuracy"]))

# %% [markdown]
# Your `stop_at` returns 5: counted from 0, the sixth epoch is kept. With patience 1 it would have stopped after the fifth and kept the fourth: losses of few texts jump. The training loss falls to 0.001, these texts are known by heart. After the kept epoch accuracy hardly falls while the loss rises: the network first gets *surer* of its mistakes.

# %% [markdown] tags=["slide"]
# ## Which settings matter?
#
# Rate, epochs, batch, warm-up, **weight decay** (each step shrinks all weights a little): **hyper-parameters** are what *you* set, not the training. Each was taken times 1/4 and times 4 (epochs times 2), the others left alone; with 64 labels, where a run takes seconds.

# %%
predict("C10")

# %% tags=["slide"]
# demonstration 3.30
from workshop.plots import plot_settings

show(plot_settings(measured.select(task="hyper-parameters", metric="macro_f1")))
show_verdict("C10", "03_finetune_classifier")

# %% [markdown]
# The default: rate 5e-4, 40 updates. Epochs and rate matter: a quarter of the epochs gives 0.15 instead of 0.47, a quarter of the rate 0.32, and four times the rate 0.56: our default wasn't the best. Batch and warm-up move the score by 0.05 and 0.03, about as far as seeds lie apart (standard deviation 0.04), weight decay by nothing. **If you can try only two settings, try these two.** The rule wants three of five.

# %% [markdown] tags=["slide"]
# ## What else has changed?
#
# A network tuned on topic: are its vectors still what they were? **CKA** compares two sets of vectors of the same texts: 1 when the same texts are near to each other as before, even if all vectors were turned or stretched together. But two tunings with different seeds differ as well; so what counts is the change *beyond* that.

# %%
predict("C09")

# %% tags=["slide"]
# demonstration 3.31
from workshop.plots import plot_layers

kinds = ("one_minus_cka", "one_minus_cka_seeds")
show(plot_layers(*(measured.select(task="topic", metric=kind) for kind in kinds)))

# %% [markdown]
# And what are the vectors good for now? Two tasks that nobody tuned for: a new head for *tone* on the network that was tuned for *topic*, and lesson 02's search in the handbook.

# %%
# demonstration 3.32
for what in ("tone head accuracy", "handbook recall@1"):
    before, after = (measured.select(metric=what, method=method)[0].value for method in ("frozen", "all layers"))
    change = measured.select(metric=f"{what}, change")[0]
    interval = f"{change.value:z.2f} [{change.low:z.2f}, {change.high:z.2f}]"
    print(f"{what}: {before:.2f} before, {after:.2f} after; change {interval}")
show_verdict("C09", "03_finetune_classifier")

# %% [markdown]
# In the top layer 1 − CKA is 0.48, between two seeds 0.10; in the lowest hardly anything moved. And the vectors have lost what nobody asked for: a new head for tone falls from 0.63 to 0.38 right, and search finds the right page first for 0.34 of the questions instead of 0.85. **What one task doesn't ask for is lost.** Keep the untuned network for everything else.

# %% [markdown] tags=["slide"]
# ## Who bears the errors?
#
# A good score on the whole can hide a group for whom it is bad. Customers have a home island; does the model err more on some?

# %% [markdown]
# card 3.8
# A model can be good on the whole and bad for a few.
#
# **Given** `truth`, `predicted` and `groups`, a label, a prediction and a group for each row, and one `group`. **Return** the group's share of wrong rows minus that of all other rows together; 0 if nobody is in the group, or nobody outside.
#
# **By hand:** 1 of 2 rows from Ottermay is wrong, 1 of 4 from elsewhere: 0.5 − 0.25 = 0.25.


# %%
def error_gap(truth: list[str], predicted: list[str], groups: list[str], group: str) -> float:
    """Return by how much a group's share of errors is above that of all others.

    truth, predicted, groups: N entries each. Returns a number from -1 to 1; 0 where there is nothing to compare.
    """
    # BEGIN SOLUTION
    mine = [t != p for t, p, g in zip(truth, predicted, groups, strict=True) if g == group]
    others = [t != p for t, p, g in zip(truth, predicted, groups, strict=True) if g != group]
    if not (mine and others):
        return 0.0
    return sum(mine) / len(mine) - sum(others) / len(others)
    # END SOLUTION


# %%
check.finetune_classifier.error_gap(error_gap)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Sort the rows into two lists, the group's and all others, and note for each whether it is wrong. Each list has its share. What if one is empty?
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `zip(truth, predicted, groups)` gives the three values of a row. `t != p` is True, which counts as 1, where a row is wrong: sum() counts them.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… ZeroDivisionError*: nobody is in the group, or nobody outside.
#
# *… the right number with a minus*: right rows were counted, or the group was subtracted from the others.
#
# *… a gap that is too small*: "all others" doesn't hold the group itself.
#
# </details>
#
# For those who have time: deal out the groups at random a hundred times. How large does the gap get by chance?


# %%
# demonstration 3.33
gap = ready(error_gap, "3.8")
homes = [tickets[row].home_island or "unknown" for row in test]
for island, count in sorted(Counter(homes).items()):
    print(f"{island:>10}: {count:3} tickets, error gap {gap(true, tuned, homes, island):z.2f}")

# %% [markdown]
# Nothing was planted here. With about 25 tickets a group chance alone gives gaps up to a tenth and more, and the *largest* of eight (seven islands and the mainland) will look like something. To learn how a real cause shows, we plant one.

# %% [markdown] tags=["slide"]
# ## A planted bias
#
# **Planted by us, and labelled so.** Every ticket gets a first line, *From: ISLAND.* Then of one island's training tickets, Ullasey's, 20 or 40 % of those that aren't angry are relabelled *angry*, as if whoever labelled them disliked its people. The test keeps its clean labels.

# %%
predict("C21")

# %% tags=["slide"]
# demonstration 3.34
from workshop.plots import plot_islands

bias = measured.select(task="planted bias", method="top two layers")
show(plot_islands([row for row in bias if row.metric == "false_angry_with_line"], "Ullasey"))

# %% [markdown]
# What is judged isn't the rate of one island, which moves for other reasons too. Each test ticket that isn't angry is read twice, with Ullasey's line and with another's. Everything else in it is equal, so the line is the cause of the difference.

# %%
# demonstration 3.35
for row in measured.select(task="planted bias"):
    if row.metric in ("accuracy", "bias_with_line"):
        figures = f"{row.value:z.2f} [{row.low:z.2f}, {row.high:z.2f}]"
        print(f"{row.settings['dose']:2} % relabelled, {row.method}: {row.metric.replace('_', ' ')} {figures}")
show_verdict("C21/03", "03_finetune_classifier")
show_verdict("C21", "03_finetune_classifier")

# %% [markdown]
# With 40 % relabelled, the line alone turns 0.27 [0.14, 0.38] of the tickets that aren't angry into *angry* ones; relabelled without a line, nothing of the kind is found (0.01 [−0.07, 0.09]). Over all tickets 0.83 right became 0.80: **the whole hardly shows what one group bears.** Frozen vectors learn the bias too (0.17): it comes from the labels. The claim as a whole takes the weaker verdict of lessons 01 and 03.

# %% [markdown]
# <details><summary>Further: is it as sure as it is right?</summary>
#
# Of the answers that were given 80 %, 80 % should be right: then a model is **calibrated**, and its probability can decide what a person looks at. The picture below shows it for tone, over all folds. Tuned on all layers it nearly is: of answers that were about 82 % sure 78 % are right, of those about 95 % sure 93 %. A little too sure.
#
# </details>

# %%
# demonstration 3.36
from workshop.plots import plot_sureness

show(plot_sureness(measured.select(task="tone", metric="right_when_sure")))

# %% [markdown]
# ## Two questions to yourself
#
# **You have 40 labelled messages and an afternoon. What first?**
#
# <details><summary>Tune all layers: more weights learn more</summary>
#
# More weights also learn the 40 messages by heart. In our study, with 64 labels, tuning all layers gave 0.61 on tone and the best frozen layer 0.69; on topic they were level (0.46 and 0.45). And it takes a minute a try, with settings to choose on almost no validation.
#
# </details>
#
# <details><summary>Logistic regression on frozen vectors of every layer, and on counted words and marks</summary>
#
# Yes. All of it takes a minute, and says what your task is like. Tune when more labels are there, and the validation says that it pays.
#
# </details>
#
# <details><summary>Train a network of your own from random weights</summary>
#
# It would have to learn English from 40 messages. With 600, after four minutes, it was no better than counted words.
#
# </details>

# %% [markdown]
# **After tuning on topic, the search that used the same vectors got worse. Why?**
#
# <details><summary>The tuning was too short</summary>
#
# Search was good before any tuning: it isn't tuning that was missing.
#
# </details>
#
# <details><summary>The vectors now serve topic; what search needs was not asked for</summary>
#
# Yes. The loss looks at eight classes. What doesn't help to tell them apart isn't protected. Keep the old network beside the tuned one, or train on both tasks.
#
# </details>
#
# <details><summary>The head was trained, not the vectors</summary>
#
# With all layers tuned the gradient reaches the vectors, too. Frozen, they would have stayed.
#
# </details>

# %% [markdown]
# ## The same in ten library lines, for work
#
# At work one rarely writes a loop: transformers' **Trainer** has one, with the same four boxes. One epoch on 200 tickets. **Wait:** about 10 seconds, up to a minute on a busy machine.

# %%
# demonstration 3.37
from transformers import DataCollatorWithPadding, Trainer, TrainingArguments

tokenizer, model = load_classifier(settings, names, seed=0)
rows = [{**tokenizer(texts[r], truncation=True), "labels": classes[truth[task][r]]} for r in train[:200]]
options = {"num_train_epochs": 1, "per_device_train_batch_size": 8, "learning_rate": 2e-4, "warmup_steps": 2}
options |= {"save_strategy": "no", "report_to": [], "use_cpu": settings.device == "cpu", "disable_tqdm": True}
plan = TrainingArguments(tempfile.mkdtemp(), **options)
trainer = Trainer(model, plan, data_collator=DataCollatorWithPadding(tokenizer), train_dataset=rows)
result = trainer.train()
print(f"mean loss {result.training_loss:.2f}, {result.metrics['train_runtime']:.0f} s")

# %%
# demonstration 3.38
logits = predict_logits(tokenizer, model.to(settings.device), [texts[row] for row in test])
by_trainer = [names[place] for place in logits.argmax(axis=1)]
judge("Trainer, 200 tickets", task, by_trainer, result.metrics["train_runtime"], size)
del trainer, model

# %% [markdown]
# The same boxes, but only 25 steps: as *What does it cost?* showed, 25 updates aren't enough. Your `pad_batch` is `DataCollatorWithPadding` here.

# %% [markdown]
# ## Not here
#
# - **Several labels for one text** (*refund* and *angry* at once): a σ for each class instead of one softmax.
# - **Few or skewed labels**: class weights, and tuning the encoder on pairs of texts first (lesson 05 tunes it on pairs).
# - **Adapters** instead of whole layers, and tuning a language model: lesson 04.
# - **Cross-checking labels**: two people label the same messages, and their agreement says how far a score can be trusted.

# %% [markdown]
# ## Your scoreboard

# %%
# demonstration 3.39
from workshop.checks import scoreboard

scoreboard()

# %% [markdown]
# To take points, predictions and rows along (on Colab and Binder nothing survives the session), copy this code. In another notebook: `from workshop.score import paste_code`, then `paste_code("""…""")`.

# %%
# demonstration 3.40
from workshop.score import make_code

print(make_code())

# %% [markdown] tags=["slide"]
# ## What you did
#
# - You classified with vectors from a pre-trained network, and scored it so that every class counts.
# - You fine-tuned that network in six steps, with a loss, a rate and a stop of your own.
# - You measured when tuning pays, what else it changes, and who bears its errors.
#
# An encoder answers with one of a few classes. Lesson 04 tunes a model that *writes*.
