# %% [markdown] tags=["slide"]
# # 07 – One recipe, many tasks
#
# **Do the six steps carry over?** 12 points. About 70 minutes with the exercises marked *in the room*, under two hours with all.
#
# After this lesson you can
#
# - turn labels of words into what a network learns from, and its scores back into names and answers,
# - say which shape of network suits which task,
# - judge a new task by two comparisons: a plain baseline, and the same network from nothing.

# %% [markdown] tags=["notes"]
# In the room: exercises 7.1, 7.5 and 7.3 (19 minutes of work), names and spans live, the table of all tasks. Summaries, prices,
# reviews and pictures run as demonstrations: start a cell, then talk. Exercises 7.2, 7.4 and 7.6 can be shown without being
# written. Ask for a prediction before each table: in four of six tasks a plain rule is as good as tuning, or better.

# %% [markdown] tags=["notes"]
# Likely questions. "Why not ask a large language model for the names?" It may do well; then compare it on the same sentences, with
# its price. "Is MiniLM a BERT?" A small one, with BERT's blocks and vocabulary. "Why is our tagger worse than in papers?" A few
# hundred sentences, names that training never had, and a tokenizer without capitals. "Is F1 of spans strict?" Yes: both ends and
# the kind must be right.

# %% [markdown] tags=["slide"]
# ## A reason to care
#
# The bot runs. Now the wishes come: *take the ships and ports out of the tickets. Mark the answer in the page. Give each page one line. Read prices out loud. Sort the reviews. Read the numbers off the boarding cards.* Six tasks. Are they six projects, or one recipe six times?

# %%
import workshop
from workshop import check

settings = workshop.setup()

# %% [markdown]
# Texts on fine-tuning promise it: *one pre-trained model, one recipe, many tasks*. A task counts here if tuning beats both a plain baseline and the same network from nothing. *Holds*: five or six of the six. *Within limits*: two to four. **Predict** the verdict.

# %%
from workshop.widgets import predictions

predictions("C22")

# %% [markdown] tags=["slide"]
# ## The recipe
#
# Six steps, from lesson 03: **choose** a pre-trained network, **prepare** the data, **configure** rate and steps, **train**, **evaluate** on what it hasn't seen, **save**. What differs from task to task is small: the **head**, a last layer that turns the network's vectors into the scores that a task needs and starts random; and how labels become numbers.

# %% [markdown]
# Two comparisons keep us honest. A **baseline**: what a few lines without any network reach. And **from nothing**: the same network with random weights, trained just as long.

# %% [markdown]
# The loop is the same for all that you train here. A transformers model with a head takes a batch with labels and computes its own loss, so training needs nothing else:
#
# ```python
# for step in range(steps):
#     loss = model(**next(batches)).loss   # the model compares its scores with the labels
#     loss.backward()                      # which way must each weight move?
#     optimizer.step()                     # move them a little
#     optimizer.zero_grad()
# ```
#
# Add lesson 03's learning rate, a progress bar, and a limit on how far one step may go. The result is called `fit`.

# %% tags=["slide"]
# demonstration 7.1
from workshop.plots import plot_shapes, show

show(plot_shapes())

# %% [markdown]
# Four shapes. An **encoder** (BERT, our MiniLM) reads: each token sees all others. A **decoder** (GPT, our SmolLM2) writes: each token sees itself and those before it. An **encoder–decoder** (T5) reads one text and writes another. The three are built of one block: attention mixes tokens, feed-forward works on each alone (lesson 02). A **ResNet** is for pictures: a convolution mixes neighbouring points. Every block has a shortcut that adds its input to what it gives; the picture draws one.

# %% [markdown] tags=["slide"]
# ## Names in sentences
#
# Task one, **named entities**: find ships, places (ports, too), routes, roles, systems (machines and programs with a name) and amounts. The labels were set by a rule, from lists of names, and a sample was read by hand.

# %%
# demonstration 7.2
from workshop.data import load_task

train, test = load_task("entities", "train"), load_task("entities", "test")
print(f"{len(train)} sentences to learn from, {len(test)} to test on")
for one in [train[172], train[556], train[691]]:
    print(" ".join(one.tokens))
    print("   ", [(" ".join(one.tokens[start:end]), kind) for start, end, kind in one.spans])

# %% [markdown]
# A **span** is `(start, end, kind)`: from token `start` up to, but without, token `end`.
#
# First the baseline, and the obvious one: a list. Collect all names of the training sentences, then look them up. **Predict**: of ten names in the test, how many does it find?

# %%
# demonstration 7.3
names = {one.tokens[start:end]: kind for one in train for start, end, kind in one.spans}
found = 0
for one in test:
    found += sum(names.get(one.tokens[start:end]) == kind for start, end, kind in one.spans)
print(f"{len(names)} names in the list; of {sum(len(one.spans) for one in test)} in the test it knows {found}")

# %% [markdown]
# None, and that is on purpose: no name of the test stands in training. A list finds what it holds. We want a network that sees *from the sentence* that *the Dart* must be a ship, though it never met her. (With known names a list would be hard to beat. Always ask what the test has in common with training.)

# %% [markdown] tags=["slide"]
# ### A label for each word
#
# A network gives scores to single tokens, not to spans. So spans become tags, one a token: **B** begins a name, **I** goes on in it, **O** is outside.
#
# ```
# The   tin      mate     of   the   Dart     waits
# O     B-role   I-role   O    O     B-ship   O
# ```
#
# Why two letters? *tin mate* is one role, not two; and of two names side by side the second begins with B again.

# %% [markdown]
# card 7.1
# A network labels single tokens; what people mark are **spans** of them.
#
# **Given** `tokens`, T pieces of text, and `spans`, each `(start, end, kind)`: from token `start` up to, but without, token `end`. No two overlap. **Return** T tags: `B-kind` where a span begins, `I-kind` at its other tokens, `O` elsewhere.
#
# **By hand:** `["The","Hulda","Grey","leaves","Stonnary"]`, `[(1, 3, "ship"), (4, 5, "place")]`: `["O","B-ship","I-ship","O","B-place"]`.


# %%
def bio_tags(tokens: list[str], spans: list[tuple[int, int, str]]) -> list[str]:
    """Return a tag for each of T tokens: B-kind begins a span, I-kind goes on in it, O is outside of all spans."""
    # BEGIN SOLUTION
    tags = ["O"] * len(tokens)
    for start, end, kind in spans:
        tags[start] = "B-" + kind
        for place in range(start + 1, end):
            tags[place] = "I-" + kind
    return tags
    # END SOLUTION


# %%
check.many_tasks.bio_tags(bio_tags)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Begin with an `O` for each token. Then go through the spans: write B at the first token of each, and I at all others before its end.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `["O"] * n` is a list of n. `for start, end, kind in spans` takes each apart. `range(start + 1, end)` gives the places after the first. `f"B-{kind}"` puts letter and kind together.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… "list assignment index out of range"*: a loop runs up to `end` itself.
#
# *… one tag too many*: `end` is the first token that is no longer in the span.
#
# *… I where the second of two neighbours begins*: don't look at the tag before. Each span begins with B.
#
# *… too few tags*: tokens outside of all spans have an `O`.
#
# *… only the first span tagged*: `return` stands in the loop.
#
# </details>
#
# For those who have time: write the way back, from tags to spans. What will you do with an I that follows an O?

# %% tags=["slide"]
# demonstration 7.4
from workshop.checks import ready

to_tags = ready(bio_tags, "7.1")
for word, tag in zip(train[691].tokens, to_tags(list(train[691].tokens), list(train[691].spans)), strict=True):
    print(f"{word:10}{tag}")

# %% [markdown] tags=["slide"]
# ### Words and pieces
#
# One more step: MiniLM doesn't read words but pieces (lesson 02). *Kettlewick* is two of them. And it adds a mark at either end. Which pieces get the word's label? The usual answer: the first piece. All others get −100, and the loss leaves these out, as in lesson 04.

# %% [markdown]
# There is a trap in our encoder: it reads lower case only. *Dart* and *dart* are the same to it, and capitals are a good part of what makes a name. What a tokenizer throws away, no training brings back. So we say it in another way: a `^` before each word that begins with a capital. It is then the word's first piece and carries its label, which works, since each piece sees all others.

# %%
# demonstration 7.5
import torch

from workshop.models import load_tagger

kinds = sorted({kind for one in train for _, _, kind in one.spans})
TAGS = ["O", *(f"{mark}-{kind}" for kind in kinds for mark in "BI")]
tokenizer, tagger = load_tagger(settings, TAGS)


def mark(tokens):
    """Return tokens with ^ before those that begin with a capital letter."""
    return ["^" + one if one[:1].isupper() else one for one in tokens]


coded = tokenizer(mark(train[691].tokens), is_split_into_words=True)
print(tokenizer.convert_ids_to_tokens(coded["input_ids"]))
print(coded.word_ids())

# %% [markdown]
# The second line tells which word each piece belongs to, `None` for the marks. From it and the words' labels you make the pieces' labels. (Exercise 7.5 comes before 7.2: numbers are names, they don't give the order.)

# %% [markdown]
# card 7.5
# A tokenizer cuts words into pieces, but there is one label a word.
#
# **Given** `word_ids`, for each of P pieces the number of its word, `None` for the tokenizer's own marks; and `labels`, a number for each word. **Return** P labels: at the **first** piece of a word its label, elsewhere −100. A word may have no piece at all.
#
# **By hand:** `[None,0,1,1,2,None]`, `[0,3,4]`: `[-100,0,3,-100,4,-100]`.


# %%
def align_labels(word_ids: list[int | None], labels: list[int]) -> list[int]:
    """Return a label for each of P pieces: its word's at the word's first piece, -100 at others and at marks.

    word_ids: each piece's word, counted from 0, None for a mark. labels: one a word.
    """
    # BEGIN SOLUTION
    made, last = [], None
    for word in word_ids:
        made.append(-100 if word is None or word == last else labels[word])
        last = word
    return made
    # END SOLUTION


# %%
check.many_tasks.align_labels(align_labels)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Go through the pieces, and remember the number before. Three cases: no word; the same word as before; a new word. Only in the last case is there a label.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `word is None` asks for a mark. `labels[word]` is a word's label. A variable such as `last`, set at the end of each round, remembers.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… "list indices must be integers or slices, not NoneType"*: a mark has no word. Ask for `None` first.
#
# *… −100 for the first word*: its number is 0, and `if word` takes 0 for no. Write `word is None`.
#
# *… labels that slip*: some word has no piece. Don't count the words, use the number.
#
# *… 3 twice in the card's example*: the second piece of word 1 gets −100.
#
# </details>
#
# For those who have time: others give later pieces the label of I instead of −100. What changes in training, and what in evaluation?

# %% tags=["slide"]
# demonstration 7.6
from workshop.plots import plot_tags

align = ready(align_labels, "7.5")
words = list(train[691].tokens)
tags = to_tags(words, list(train[691].spans))
coded = tokenizer(mark(words), is_split_into_words=True)
labels = align(coded.word_ids(), [TAGS.index(tag) for tag in tags])
shown = [TAGS[one] if one >= 0 else one for one in labels]
show(plot_tags(words, tokenizer.convert_ids_to_tokens(coded["input_ids"]), coded.word_ids(), tags, shown))

# %% [markdown]
# That was **prepare**. Batches: a few sentences, filled up to the longest; each pass over the sentences in another order. The second function is for all tasks of this lesson.


# %%
# demonstration 7.7
import numpy as np


def make_tagged(rows):
    """Return pieces, mask and labels of B sentences, tensors (B, T)."""
    coded = tokenizer([mark(one.tokens) for one in rows], is_split_into_words=True, padding=True, return_tensors="pt")
    tags = [to_tags(list(one.tokens), list(one.spans)) for one in rows]
    labels = [align(coded.word_ids(row), [TAGS.index(tag) for tag in one]) for row, one in enumerate(tags)]
    return {**coded, "labels": torch.tensor(labels)}


def draw(rows, size, make):
    """Yield batches of so many rows without end, each pass over them in another order."""
    rng = np.random.default_rng(0)
    while True:
        order = rng.permutation(len(rows))
        yield from (make([rows[row] for row in order[start : start + size]]) for start in range(0, len(rows), size))


# %% [markdown]
# **Train**: 80 steps of eight sentences, all layers and a new, random head for 13 tags. To fit into twenty seconds, two shortcuts: only sentences that have a name, and the table of the pieces' first vectors stays as it is. **Wait:** about 20 seconds.

# %% tags=["slide"]
# demonstration 7.8
from workshop.tune import fit

tagger.base_model.embeddings.requires_grad_(False)
named = [one for one in train if one.spans]
training = fit(tagger, draw(named, 8, make_tagged), steps=80, rate=5e-4)
first, last = np.mean(training.losses[:5]), np.mean(training.losses[-5:])
print(f"loss {first:.2f} in the first five steps, {last:.2f} in the last; {training.seconds:.0f} seconds")

# %% [markdown]
# **Evaluate**: from scores back to spans. At each word's first piece the tag with the highest score; then tags become spans.


# %%
# demonstration 7.9
from workshop.score import read_tags


def find(tokens):
    """Return the names that the tagger finds in T tokens, (start, end) to kind."""
    coded = tokenizer(mark(tokens), is_split_into_words=True, truncation=True, return_tensors="pt")
    with torch.inference_mode():
        best = tagger(**coded.to(tagger.device)).logits[0].argmax(-1).tolist()  # a tag's number for each piece
    words = align(coded.word_ids(0), list(range(len(tokens))))
    return read_tags([TAGS[tag] for tag, word in zip(best, words, strict=True) if word >= 0])


guesses = [find(list(one.tokens)) for one in test]
truths = [{(start, end): kind for start, end, kind in one.spans} for one in test]
wrong = [row for row, truth in enumerate(truths) if guesses[row] != truth]
for row in wrong[:5]:
    print(" ".join(test[row].tokens))
    for name, spans in (("found", guesses[row]), ("right", truths[row])):
        print(f"    {name}: {[(' '.join(test[row].tokens[i:j]), kind) for (i, j), kind in spans.items()]}")

# %% [markdown]
# Look at all five before you read a percentage. Is a name missed, made up, cut wrongly, or of the wrong kind? All four are wrong, and count alike. (Some that are made up look right, such as *clerk*: the rule that set the labels counts posts under their full name alone.) How they are counted, you write now.

# %% [markdown]
# card 7.2
# A span is right if both ends and the kind are. **F1** punishes what is missed and what is made up: 2 × right / (true + found).
#
# **Given** `truth` and `predicted`, for each sentence a dict, `(start, end)` to kind. **Return** F1, each number counted over all sentences; 0 without any span.
#
# **By hand:** true `[{(1,2): "ship", (4,5): "place"}, {(2,4): "role"}]`, found `[{(1,2): "ship"}, {(2,3): "role"}]`: 2 × 1 / (3 + 2) = `0.4`.


# %%
def entity_f1(truth: list[dict], predicted: list[dict]) -> float:
    """Return the F1 of spans, counted over N sentences together; 0 where neither has a span.

    truth, predicted: for each sentence a dict from (start, end) to kind.
    """
    # BEGIN SOLUTION
    right = total = 0
    for true, found in zip(truth, predicted, strict=True):
        right += sum(found.get(span) == kind for span, kind in true.items())
        total += len(true) + len(found)
    return 2 * right / total if total else 0.0
    # END SOLUTION


# %%
check.many_tasks.entity_f1(entity_f1)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Three numbers that grow from sentence to sentence: how many spans are true, how many were found, how many of these are right. After the loop one division, unless you would divide by 0.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `zip(truth, predicted)` gives the two dicts of a sentence. `one.items()` gives `((start, end), kind)`. `other.get(span)` gives a span's kind, `None` where there is no such span. `len(one)` counts.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… "division by zero"*: no span anywhere; return 0.
#
# *… a number that is too high*: the kind isn't compared, or one end is enough.
#
# *… a mean of the sentences*: add up first, divide once.
#
# *… about half*: the 2 is missing. A right span is in both numbers below.
#
# </details>
#
# For those who have time: *Hulda* is found where *Hulda Grey* is right. How many mistakes does F1 count? Is that fair?

# %% tags=["slide"]
# demonstration 7.10
f1 = ready(entity_f1, "7.2")
print(f"F1 of spans, on names that training never had: {f1(truths, guesses):.2f}")
same = sum(guess == truth for guess, truth in zip(guesses, truths, strict=True))
print(f"sentences without a mistake: {same} of {len(test)}")
if settings.profile == "small":
    check.band("07.entity_f1", f1(truths, guesses))

# %% [markdown]
# Eighty steps are few, and the seed matters: ten trainings like yours, with other seeds, gave 0.31 to 0.60, two of them below 0.4.

# %% [markdown]
# Ours had 144 steps of sixteen sentences, with and without names, all weights, three seeds each (repetitions with other random numbers), a rate chosen on other new names. In brackets is the 95 % interval. *Features of words* is a plain baseline in the manner of the years before BERT: a logistic regression on a word, its capitals and digits, its last three letters, and the same of two neighbours on either side.

# %% tags=["slide"]
# demonstration 7.11
from workshop.score import read_results

measured = read_results("07_many_tasks")


def table(task, metric):
    """Print a task's methods with their intervals, the best first."""
    for row in sorted(measured.select(task=task, metric=metric), key=lambda row: -row.value):
        print(f"{row.method:30}{row.value:.2f} [{row.low:.2f}, {row.high:.2f}]")


table("entities", "f1")
print()
for row in measured.select(method="tuned", task="entities", metric="f1_by_kind"):
    [other] = measured.select(method="features of words", metric="f1_by_kind", settings=row.settings)
    print(f"{row.settings['kind']:8} {row.n:3} names: tuned {row.value:.2f}, features of words {other.value:.2f}")

# %% [markdown]
# Features of words, fitted on the sentences that the network had, reach 0.61 [0.53, 0.69], the tuned network 0.56 [0.48, 0.64]: −0.05 [−0.14, 0.03], they can't be told apart, and it took 2 seconds against 58. Not that tuning did nothing: from random weights the same network gets 0.14 [0.05, 0.21]. Without `^` ours reaches 0.45 [0.35, 0.56], and of the ships none.

# %% [markdown]
# By kind: codes such as *S2* are mostly found, by either. Of the systems hardly one: training has ten names of systems, and most of their mentions are of two. Mind that few names stand behind these counts: three routes, six ships, seven systems. Drawn by name, not by page as ours, every interval would be wider.

# %% [markdown]
# Try it on sentences of your own: a name that you invent, in a sentence that shows what it is. Then the same name in a sentence that doesn't.

# %% tags=["slide"]
# demonstration 7.12
from workshop.data import load_tickets
from workshop.widgets import tag_box

tickets = load_tickets(settings)
tag_box(find, "My boat was delayed: the Marigold left Kettlewick at noon, said the tin mate, and I paid 12 crowns 30.")

# %% [markdown]
# When we ran it, the tin mate was found, the ship and the port were missed, and the amount was cut in two. That is what an F1 of 0.58 looks like. Now three tickets; with `workshop.setup(data=…)` they are yours.

# %%
# demonstration 7.13
import re

for ticket in tickets[:3]:
    words = re.findall(r"\w+(?:-\w+)*|['’]\w+|[^\w\s]", ticket.text)
    print([(" ".join(words[i:j]), kind) for (i, j), kind in find(words).items()], "←", ticket.text[:90])

# %% [markdown] tags=["slide"]
# ## The answer, marked in the page
#
# Task two, **extractive question answering**. Not *write* an answer, but *point* at it: where in the passage does it begin, where does it end? What is pointed at stands there: it can't be made up. But it can be the wrong place, and this head always points somewhere.

# %% [markdown]
# The head gives each token two scores: as a beginning, and as an end. (Such raw scores, before any softmax, are called **logits**.) A span's score is the sum: the beginning's plus the end's. A picture with five tokens, the longest answer three:
#
# ```
#            ends at:  you   wait   six   full   days
# begins at   you       ·     ·      ·
#             wait            ·      ·     ·
#             six                    ·     ·     ★
#             full                         ·     ·
#             days                               ·
# ```
#
# Only these cells count: an end before the beginning is no span.

# %% [markdown]
# card 7.3
# Where does the answer stand?
#
# **Given** `starts` and `ends`, the logits of T tokens, and `longest`, how many tokens an answer may have. **Return** `(i, j)`, its first and last token: of all pairs with i ≤ j < i + `longest` that with the highest `starts[i] + ends[j]`; of equal sums the lower i, then the lower j.
#
# **By hand:** `[1,0,3,0]`, `[0,4,1,3]`, 2: (0, 1) gives 5, (2, 3) gives 6: `(2, 3)`.


# %%
def best_span(starts: list[float], ends: list[float], longest: int) -> tuple[int, int]:
    """Return the first and last token of the span with the highest sum of two logits.

    starts, ends: of T tokens; they may all be negative. longest: how many tokens a span may have.
    """
    # BEGIN SOLUTION
    best, highest = (0, 0), float("-inf")
    for i in range(len(starts)):
        for j in range(i, min(i + longest, len(ends))):
            if starts[i] + ends[j] > highest:
                best, highest = (i, j), starts[i] + ends[j]
    return best
    # END SOLUTION


# %%
check.many_tasks.best_span(best_span)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Two loops: over each first token, and in it over each last token that is allowed with it. Keep the best pair and its sum. Replace both only when a sum is higher.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `range(i, min(i + longest, len(ends)))` gives the last tokens that go with i. `float("-inf")` is lower than any number. Or make a list of all pairs, and take `max(pairs, key=…)`: it gives the first of equal ones.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… (2, 1) for the card's example*: both ends are chosen apart.
#
# *… (1, 1)*: a span of two tokens isn't tried: j goes up to i + longest − 1.
#
# *… (0, 0) or None for negative logits*: the best sum must begin below all of them.
#
# *… a later pair of equal sum*: replace for `>`, not for `>=`.
#
# </details>
#
# For those who have time: how many pairs are tried for 400 tokens and answers of at most 12? Without `longest`?

# %% [markdown]
# Data: 240 questions on ten handbook pages, each with the passage that answers it, and 720 on pages of invented companies, since ten pages are few. The test: 200 questions on 40 other pages.


# %%
# demonstration 7.14
from workshop.data import load_span_questions
from workshop.models import load_span_reader

pairs, asked = load_span_questions("train"), load_span_questions("test")
tokenizer, reader = load_span_reader(settings)


def make_spans(rows):
    """Return pieces, mask, and the first and last piece of each of B answers."""
    texts = [one.question for one in rows], [one.passage for one in rows]
    coded = tokenizer(*texts, padding=True, return_tensors="pt")
    first = [coded.char_to_token(row, one.start, 1) for row, one in enumerate(rows)]
    last = [coded.char_to_token(row, one.start + len(one.answer) - 1, 1) for row, one in enumerate(rows)]
    return {**coded, "start_positions": torch.tensor(first), "end_positions": torch.tensor(last)}


# %% [markdown]
# The same loop, 36 steps of eight questions. **Wait:** about 20 seconds.

# %% tags=["slide"]
# demonstration 7.15
reader.base_model.embeddings.requires_grad_(False)
training = fit(reader, draw(pairs, 8, make_spans), steps=36, rate=5e-4)
print(f"loss {training.losses[0]:.2f} at first, {np.mean(training.losses[-5:]):.2f} at the end")

# %% [markdown]
# From scores to text: only the passage's tokens may be an answer, `best_span` picks two of them, and the tokenizer knows at which characters each begins and ends.


# %%
# demonstration 7.16
best = ready(best_span, "7.3")


def read(question, passage):
    """Return the best span's text, the passage's tokens, and each one's two scores."""
    coded = tokenizer(question, passage, truncation="only_second", return_offsets_mapping=True, return_tensors="pt")
    places = coded.pop("offset_mapping")[0].tolist()
    inside = [place for place, part in enumerate(coded.sequence_ids(0)) if part == 1]  # the passage, not the question
    with torch.inference_mode():
        scores = reader(**coded.to(reader.device))
    starts, ends = (one[0, inside].tolist() for one in (scores.start_logits, scores.end_logits))
    i, j = best(starts, ends, 12)
    tokens = [passage[places[one][0] : places[one][1]] for one in inside]
    return passage[places[inside[i]][0] : places[inside[j]][1]], tokens, starts, ends


# %% tags=["slide"]
# demonstration 7.17
from workshop.plots import plot_spans

one = asked[0]
text, tokens, starts, ends = read(one.question, one.passage)
print(f"{one.question}\n    → {text}   right: {one.answer}")
show(plot_spans(tokens, starts, ends, 12))

# %% [markdown]
# Now forty questions, every fifth of the test. First wrong answers, then the share.

# %%
# demonstration 7.18
from workshop.score import exact_match

answers = [(one, read(one.question, one.passage)[0]) for one in asked[::5]]
for one, text in [pair for pair in answers if not exact_match(pair[1], pair[0].answer)][:5]:
    print(f"{one.question}\n    → {text}   right: {one.answer}")
right = [exact_match(text, one.answer) for one, text in answers]
print(f"exact: {sum(right)} of {len(right)}")

# %% [markdown]
# Read the wrong ones: is the place wrong, or only the edge? Exact match counts both alike.
#
# Baselines without a network: the sentence that shares most word stems with the question (*likest sentence*), and in it the first number. **Predict**: how far does *take the first number* get? Ours, *tuned*, had 120 steps of sixteen, and was asked all 200: expect more than yours.

# %% tags=["slide"]
# demonstration 7.19
table("spans", "exact")

# %% [markdown]
# Tuned 0.58 [0.53, 0.64]; from nothing 0.18 [0.13, 0.23], no better than the first number, 0.21 [0.16, 0.26]. A rule that picks the likest number or name, of the kind that the question asks for, gets 0.35 [0.29, 0.41]; tuned is 0.23 [0.16, 0.31] better. Lesson 05's *reader*, six times as large, writes 0.57 [0.47, 0.68] of 120 of these questions exactly right behind the same passages, and refuses 0.22.

# %% [markdown]
# With the handbook's pairs alone, 192 beside those held back to choose a rate, tuned gets 0.32 [0.25, 0.39], at the same rate and steps, so that each is seen five times as often. More pages helped, even of companies that don't exist; whether by their number or because less was repeated, we didn't measure.

# %% [markdown]
# Is exact match fair? *590* is wrong for *extension 590*, *every eight weeks* for *eight weeks*. By the looser yardstick, the truth anywhere in the first twelve words, tuned has 0.64, the first number 0.63, and the whole likest sentence 0.86, with not one exact. Any yardstick can be flattered. Ask which mistake would cost you something, and choose by that.

# %% [markdown]
# A bot that points, on your own texts: search a passage (lesson 05), then point in it. With `workshop.setup(data=…)` these are your pages and questions.

# %%
# demonstration 7.20
from workshop.data import load_faq, load_passages
from workshop.search import StemSearch

passages = load_passages(settings)
search = StemSearch([one.text for one in passages])
for one in [one for one in load_faq(settings) if one.document][-1::-25][:3]:
    passage = passages[int(search.score([one.question])[0].argmax())]
    print(f"{one.question}\n    → {read(one.question, passage.text)[0]}   ({passage.document}; right: {one.answer})")

# %% [markdown]
# These three ask for facts that the handbook's second edition has changed, and the passages are the first's. When we ran it, the pages were the right ones, and two answers were what they say: *34 days*, *two days*. A bot that points is as new as its pages.

# %% [markdown] tags=["slide"]
# ## A line for each page
#
# Task three, **summaries**, is for a model that writes: SmolLM2, by prompt, or tuned with LoRA on 34 texts with their lines. Training and writing take minutes, so these are from our runs. One page, five ways:

# %% [markdown]
# *By hand, the reference*: The ropebook shows the rota 26 days ahead, swaps close 40 hours before the shift, and no shift exceeds 11 hours 20.
#
# *First sentence*: The ropebook is where working time lives: the rota, the swaps, the extra shifts, the leave.
#
# *Prompt*: The rota and the ropebook are a classic example of a "tragedy of the commons" …

# %% [markdown]
# *Prompt with two examples*: The rota and the ropebook are a joke, and the swaps are a joke. The swaps are a joke, …
#
# *Tuned*: The rota 26 days ahead shows that working time lives in the rotation, and swaps can be claimed within it.
#
# *From nothing*: the the the the the the …
#
# **Choose** the best of the five before you read on. And is what it says true?

# %% [markdown]
# How to score a free text? There are many good lines for a page. **ROUGE-L** asks how much of the reference's wording comes back in order: the longest row of words that both have, not necessarily side by side, against both lengths. It is cheap, and blind to meaning: a line with the wrong number loses one word.

# %% tags=["slide"]
# demonstration 7.21
from workshop.score import rouge_l

reference = "Drivers check in 42 minutes ahead and follow the tin mate alone."
for line in (
    "Drivers check in 42 minutes ahead, and follow only the tin mate.",
    "Drivers check in 24 minutes ahead and follow the tin mate alone.",
    "Be at the gate early with your car; one person gives the signals.",
):
    print(f"{rouge_l(line, reference):.2f}  {line}")
print()
table("summaries", "rouge_l")

# %% [markdown]
# Tuned 0.24 [0.21, 0.28], the prompt with two examples 0.14 [0.12, 0.16], the first sentence 0.13 [0.10, 0.15]. A success? The first sentence *with a number* gets 0.23 [0.19, 0.26], behind the page's heading 0.25 [0.22, 0.28]: −0.01 [−0.04, 0.03], no gain is seen. Tuning found out that a good line has a number in it. A rule can be told.

# %% [markdown]
# Did you choose the tuned line? It has the form of a good one, and *26 days* from the page; what it says about them is nonsense. Another tells that *a lady can bring back a scarf from a ship, and a refund of 80 crowns is signed*. ROUGE counts words. Whether a line is true, somebody must read.

# %% [markdown] tags=["slide"]
# ## Prices out loud: a translator
#
# Task four is **translation** with T5's shape: an encoder reads one text, a decoder writes another. Ours is small, 200,000 weights, so you train it from the start. The announcers' language: *7:35* is *seven thirty five*, *12.05* is *twelve crowns and five* (*and* before one to nine only). It first learns times, of which there are many. Then a hundred prices.

# %% [markdown]
# While a decoder learns, it doesn't read its own output, but the right words, moved on by one: at each place it sees what came before, and must say what comes next.
#
# ```
# labels            seven    thirty   five     </s>
# decoder reads     <pad>    seven    thirty   five
# ```
#
# `</s>` is the end; a start mark comes first, for which T5 takes `<pad>`. In lesson 04 the model moved the labels by itself. The library's T5 would do so too when it gets labels; you write it to see what it reads.

# %% [markdown]
# card 7.6
# While a decoder learns to write, it reads at each place the right token **before** it.
#
# **Given** `labels`, T token numbers, −100 where a place is only filled up; `start_id`, the number of the start mark; `pad_id`, the number that fills up. **Return** T numbers: `start_id`, then the labels without the last, and `pad_id` in the place of −100. Leave `labels` as it is.
#
# **By hand:** `[7, 2, -100, -100]`, 1, 0: `[1, 7, 2, 0]`.


# %%
def decoder_inputs(labels: list[int], start_id: int, pad_id: int) -> list[int]:
    """Return what a decoder reads while it learns to write T labels: a start mark, then the labels but for the last.

    -100, which only labels have, becomes pad_id.
    """
    # BEGIN SOLUTION
    made = [start_id]
    for label in labels[:-1]:
        made.append(pad_id if label == -100 else label)
    return made
    # END SOLUTION


# %%
check.many_tasks.decoder_inputs(decoder_inputs)

# %% [markdown]
# <details><summary>Direction</summary>
#
# One number comes in front, so one goes at the end. Of all that remain, look whether it is −100.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `labels[:-1]` is the list without its last item. `[start_id] + others` joins two lists. `a if condition else b` chooses.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… one number too many*: the last label must go.
#
# *… 2 or 7 in front*: shifted to the wrong side, or not at all. The start mark comes first.
#
# *… "an argument was changed"*: `insert` and `pop` change `labels` itself. Build a new list.
#
# *… −100 in the answer*: there is no such token. Write `pad_id`.
#
# </details>
#
# For those who have time: what would the decoder learn if it read the labels themselves, not shifted?

# %%
# demonstration 7.22
from workshop.data import SPOKEN, code_words, list_prices, list_times, say_price, say_time

shift = ready(decoder_inputs, "7.6")


def fill(rows, empty):
    """Return rows of numbers filled up to the longest, a tensor (B, T)."""
    return torch.tensor([[*one, *[empty] * (max(map(len, rows)) - len(one))] for one in rows])


def make_translation(pairs):
    """Return characters, mask, labels and what the decoder reads, of B pairs."""
    ids = fill([code_words(one) for one, _ in pairs], 0)
    labels = fill([code_words(words.split()) for _, words in pairs], -100)
    reads = torch.tensor([shift(row, 0, 0) for row in labels.tolist()])
    return {"input_ids": ids, "attention_mask": (ids != 0).long(), "labels": labels, "decoder_input_ids": reads}


# %% [markdown]
# First times, then prices. In between, **predict**: what does a translator of times say to the price 12.40? **Wait:** about 15 seconds.

# %% tags=["slide"]
# demonstration 7.23
from workshop.models import make_t5


def say(price):
    """Return what the translator writes, word by word the likeliest."""
    ids = torch.tensor([code_words(price)])
    written = translator.generate(input_ids=ids, max_new_tokens=8, do_sample=False, num_beams=1)[0].tolist()
    return " ".join(SPOKEN[one] for one in written if one > 1)


translator = make_t5(len(SPOKEN))
times = [(one, say_time(one)) for one in list_times()]
fit(translator, draw(times, 32, make_translation), steps=400, rate=3e-3)
print(say("7:35"), "|", say("12.40"), "|", say("85.05"))

# %%
# demonstration 7.24
mixed = np.random.default_rng(99).permutation(list_prices()).tolist()
test_prices, shown_prices = mixed[:300:7], mixed[300:400]
fit(translator, draw([(one, say_price(one)) for one in shown_prices], 32, make_translation), steps=200, rate=3e-3)
said = [say(price) for price in test_prices]
for price, words in zip(test_prices[:5], said, strict=False):
    print(f"{price:>6}  {words:34} right: {say_price(price)}")
truth = [say_price(price) for price in test_prices]
print(f"word for word right: {sum(a == b for a, b in zip(said, truth, strict=True))} of {len(truth)}")

# %% [markdown]
# Word for word right is a hard judge: *twelve crowns and forty* is nearly it. **BLEU**, the old yardstick of translation, counts how many of the words, pairs, triples and fours that were written stand in the reference. One part of it you write.

# %% [markdown]
# card 7.4
# How many **n-grams** (n words in a row) stand in a reference?
#
# **Given** `candidate`, a list of words, `references`, such lists, and `n`. Count each n-gram in the candidate, and in the reference with **most** of it: the smaller number counts. **Return** the share of the candidate's n-grams that count; 0 without any.
#
# **By hand:** `the the the ship`, references `the ship` and `the ship and the quay`, n 1: *the* counts 2, *ship* 1, of 4: `0.75`.


# %%
def clipped_precision(candidate: list[str], references: list[list[str]], n: int) -> float:
    """Return the share of a candidate's n-grams that stand in a reference, none counted oftener than it stands there.

    Where references differ, the one that has an n-gram most often decides.
    """

    # BEGIN SOLUTION
    def cut(words):
        return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]

    mine, theirs, right = cut(candidate), [cut(reference) for reference in references], 0
    for gram in set(mine):
        right += min(mine.count(gram), max(one.count(gram) for one in theirs))
    return right / len(mine) if mine else 0.0
    # END SOLUTION


# %%
check.many_tasks.clipped_precision(clipped_precision)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Cut the candidate and each reference into n-grams. For each *different* n-gram of the candidate: how often is it there, and how often at most in one reference? The smaller number counts. At the end divide by the number of all n-grams of the candidate.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `tuple(words[i : i + n])` is the n-gram at i; T words have T − n + 1 of them. `grams.count(gram)` counts one, `collections.Counter(grams)` counts all. `max(… for one in references)`, `min(a, b)`.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… 1.0 for the card's example*: nothing is clipped, or at the sum over the references: *the* counts three times. Or sets are compared.
#
# *… 0.5*: each n-gram counts once, or only the first reference is looked at.
#
# *… "division by zero"*: the candidate has fewer than n words; return 0.
#
# *… "unhashable type: 'list'"*: make each n-gram a tuple.
#
# </details>
#
# For those who have time: write a candidate of one word that scores 1. What must a yardstick add against that?

# %% tags=["slide"]
# demonstration 7.25
from sacrebleu.metrics import BLEU

clip = ready(clipped_precision, "7.4")
for n in (1, 2):
    each = [clip(a.split(), [b.split()], n) for a, b in zip(said, truth, strict=True)]
    print(f"runs of {n}: {np.mean(each):.2f} of them stand in the right words, on average")
print(BLEU(tokenize="none").corpus_score(said, [truth]))
print()
table("prices in words", "exact")

# %% [markdown]
# `sacrebleu` prints BLEU, then the four precisions over all prices together, then **BP**, the penalty for writing too little: who writes one sure word has a precision of 1.

# %% [markdown]
# Tuned 0.65 [0.54, 0.77] of 300 prices are right word for word. From nothing, with the same hundred prices and steps, 0.05 [0.03, 0.07]; with the steps of both trainings 0.07 [0.05, 0.09]. Having learnt times first is worth most of it; what of them, we didn't measure. And BLEU, in the first of five draws: tuned 84, from nothing 24, copying the words of the nearest price 27, with none of 300 right.

# %% [markdown]
# Now the plain rules. Two look-up lists from the same hundred pairs, one for what stands before the point and one for after it, get 0.64 [0.60, 0.67]: as much. One that puts an unknown number together from the tens of one price and the ones of another gets 0.93 [0.90, 0.95]. Where you can write the rule down, write it down. A translator is for what nobody can.

# %% [markdown] tags=["slide"]
# ## Reviews: two heads on two bodies
#
# Task five you know. Lesson 03 tuned MiniLM on 160 film reviews. Beside it now: SmolLM2, not tuned at all. Its **last token** has seen the whole review; a logistic regression reads off it. (The *first* has seen nothing but itself: lesson 04's triangle.)

# %% tags=["slide"]
# demonstration 7.26
table("sentiment", "accuracy")

# %% [markdown]
# Tuned 0.73 [0.68, 0.80]; counted words 0.52 [0.45, 0.58]; from nothing 0.52 [0.45, 0.58]: 160 reviews are too few to learn a language from. But the same MiniLM, *frozen* (a head alone was fitted), has 0.76 [0.69, 0.81], which tuning didn't better (−0.02 [−0.09, 0.04]), and SmolLM2's last token 0.74 [0.69, 0.81], though it was never tuned on a review. Here pre-training did the work.

# %% [markdown] tags=["slide"]
# ## Pictures
#
# Task six has no words in it. scikit-learn's handwritten digits, 8 × 8 points. The network: a **ResNet**, 53,000 weights. Its *pre-training* you do yourself: digits 0 to 4. Then 5 to 9, five examples each. **Predict**: does having learnt other digits help? And what does a logistic regression on the 64 plain numbers reach?

# %%
# demonstration 7.27
from sklearn.datasets import load_digits

from workshop.models import make_resnet

pictures, digits = load_digits(return_X_y=True)
pictures = np.kron(pictures.reshape(-1, 8, 8) / 16, np.ones((4, 4)))[:, None].astype(np.float32)  # (N, 1, 32, 32)
old, new = np.flatnonzero(digits < 5), np.random.default_rng(0).permutation(np.flatnonzero(digits >= 5))
few = np.concatenate([[row for row in new if digits[row] == digit][:5] for digit in range(5, 10)])
rest = [row for row in new if row not in few]


def make_pictures(rows):
    """Return B pictures and their labels, 0 to 4, tensors."""
    return {"pixel_values": torch.from_numpy(pictures[rows]), "labels": torch.from_numpy(digits[rows] % 5)}


# %% [markdown]
# Two networks: one that has seen 0 to 4 (its old head is thrown away), and one from nothing. Both see the same 25 pictures, as often. **Wait:** about 10 seconds.

# %% tags=["slide"]
# demonstration 7.28
seen, fresh = make_resnet(5), make_resnet(5)
fit(seen, draw(list(old), 25, make_pictures), steps=300, rate=3e-3)
seen.classifier[-1].reset_parameters()
scores = {}
for name, model, rate in (("tuned", seen, 1e-3), ("from nothing", fresh, 1e-3)):
    fit(model, draw(list(few), 25, make_pictures), steps=60, rate=rate)
    with torch.inference_mode():
        guess = model(torch.from_numpy(pictures[rest])).logits.argmax(-1).numpy()
    scores[name] = float(np.mean(guess == digits[rest] % 5))
    print(f"{name}: {scores[name]:.2f} of {len(rest)} right")

# %%
# demonstration 7.29
table("pictures", "accuracy")

# %% [markdown]
# Plain pixels 0.91 [0.88, 0.93], the nearest of the 25 pictures 0.90 [0.88, 0.92], tuned 0.89 [0.86, 0.91]: no gain is seen over pixels, −0.02 [−0.04, 0.00]. Over the same network from nothing 0.05 [0.01, 0.08] is. But given the steps of *both* trainings, from nothing gets 0.88 [0.86, 0.91]: beyond what more steps bring, nothing of the pre-training is seen. Its frozen features have 0.70 [0.66, 0.73].

# %% [markdown] tags=["slide"]
# ## Six tasks, one table
#
# Now the promise as a whole. A task counts if tuning beats its best baseline **and** the same network from nothing, both for sure: the whole interval of the difference above 0.

# %% tags=["slide"]
# demonstration 7.30
from workshop.plots import plot_gains
from workshop.score import show_verdict

gains = [row for row in measured.rows if row.metric in ("over_baseline", "over_nothing")]
show(plot_gains(gains))
show_verdict("C22", "07_many_tasks")

# %% [markdown]
# Two of six count: spans and reviews. *Holds within limits*, at the lower edge. At first four counted. Then we wrote better rules for summaries and prices, and their gain was gone; and for reviews the frozen vectors are as good. The same six steps served all six, that much is true. Whether it pays, the baselines tell, and they are only as good as somebody has tried to make them.

# %% [markdown]
# Your rows for the scoreboard: what you trained yourself, some of it for fewer steps than ours, or asked on a part of the test.

# %%
# demonstration 7.31
from workshop.score import record_row

done = [a == b for a, b in zip(said, truth, strict=True)]
rows = [
    {"lesson": "07", "method": "tuned", "task": "entities", "metric": "f1", "value": f1(truths, guesses)},
    {"lesson": "07", "method": "tuned", "task": "spans", "metric": "exact", "value": np.mean(right)},
    {"lesson": "07", "method": "tuned", "task": "prices in words", "metric": "exact", "value": np.mean(done)},
    {"lesson": "07", "method": "tuned", "task": "pictures", "metric": "accuracy", "value": scores["tuned"]},
]
for row, n in zip(rows, (len(test), len(right), len(done), len(rest)), strict=True):
    record_row(row | {"value": float(row["value"]), "n": n})
    print(f"{row['task']}: {row['value']:.2f} of {n}")

# %% [markdown] tags=["slide"]
# ## Which shape for what
#
# | you want | shape | here | head and loss |
# | --- | --- | --- | --- |
# | one label for a text | encoder | reviews | one score a class |
# | a label for each word | encoder | names | one score a tag, for each token |
# | a place in a text | encoder | answers | two scores for each token |
# | free text | decoder | summaries | the next token |
# | another text, of the same meaning | encoder–decoder | prices | the next token, reading a source |
# | a label for a picture | ResNet | digits | one score a class |
#

# %% [markdown]
# A decoder can do all of them by writing; whether it should is a question of price, and of what a mistake costs.

# %% [markdown]
# **Save**, the sixth step, is the library's: `model.save_pretrained(folder)` and `tokenizer.save_pretrained(folder)`. With a tagger the order of the tags lies in its configuration (`id2label`); who saves weights alone has numbers without names, as in lesson 03.

# %% [markdown]
# ## Two questions to yourself
#
# **Your tagger reaches 0.95 on its test, and finds nothing in next month's tickets. What first?**
#
# <details><summary>Train longer</summary>
#
# Perhaps it does well on what it knows alone. Then longer training on the same names won't help.
#
# </details>
#
# <details><summary>Look whether the test's names stood in training</summary>
#
# Yes. A test that shares names with training measures memory, too.
#
# </details>
#
# <details><summary>Take a larger model</summary>
#
# Perhaps later. First measure the right thing, or you can't tell whether it helped.
#
# </details>

# %% [markdown]
# **From 25 labels a tuned network reaches 0.9. Is that good?**
#
# <details><summary>Yes, 0.9 is high</summary>
#
# High against what? On the digits a logistic regression on the plain numbers is about as good, in a tenth of a second.
#
# </details>
#
# <details><summary>It depends on the baseline and on the same network from nothing</summary>
#
# Yes. Without these two, a score says how easy the task is, not what tuning did.
#
# </details>
#
# <details><summary>It depends on the number of layers</summary>
#
# No score here hangs on that alone, and nobody will ask for it.
#
# </details>

# %% [markdown]
# ## The same in library lines, for work
#
# The heads have names: `AutoModelForTokenClassification`, `AutoModelForQuestionAnswering`, `AutoModelForSeq2SeqLM`, `AutoModelForImageClassification`. `Trainer` (lesson 03) is the loop, a **collator** makes batches and fills labels up with −100. The one-line pipelines for answers, summaries and translation, which older texts show, are gone in transformers 5.

# %%
# demonstration 7.32
from transformers import DataCollatorForTokenClassification

collate = DataCollatorForTokenClassification(tokenizer)
rows = [make_tagged([one]) for one in named[:2]]
batch = collate([{name: row[name][0].tolist() for name in ("input_ids", "labels")} for row in rows])
print(batch["labels"])
print([type(model).__name__ for model in (tagger, reader, translator, seen)])

# %% [markdown]
# ## Not here
#
# - **Speech**: the same shapes on sound (wav2vec, Whisper).
# - **Taggers with a CRF layer**, which score whole rows of tags; **generative** entity finders.
# - **"No answer"** as an answer of the span head: SQuAD 2 adds it; lesson 05's bot refuses in words.
# - **Real T5, real ResNets**: the hub has them; ours have the shape, not the training.

# %%
# demonstration 7.33
from workshop.checks import scoreboard
from workshop.score import make_code

scoreboard()
print(make_code())

# %% [markdown] tags=["slide"]
# ## What you did
#
# - You turned labels of words into what a network learns from, and its scores back into names and answers.
# - You can say which shape of network suits which task; one loop trained four of them.
# - You judged each task by a plain baseline and by the same network from nothing, and saw where tuning didn't pay.
#
# *My boat was delayed* has been searched for names; what your tagger found stands below the box.
