# %% [markdown] tags=["slide"]
# # 05 – A retrieval bot on FAISS
#
# **How does a model answer from documents that it has never seen?** 18 points. About 85 minutes with the exercises marked *in the room*, over two hours with all.
#
# After this lesson you can
#
# - search documents with an index, and say what it loses,
# - join words and vectors, and weigh gain against price,
# - build a bot, and tell whether search or reader is to blame for a wrong answer.

# %% [markdown] tags=["notes"]
# In the room: exercises 5.1, 5.3, 5.4 and 5.6 (29 minutes of work), the predictions, the pictures, the glass bot. Exercise
# 5.2 can be shown without being written. Slow cells: the one that encodes all passages (start it before you talk about
# vectors), and those in which the language model answers.

# %% [markdown] tags=["notes"]
# Likely questions. "Why not a larger context?" The next section measures it: what reading costs in seconds,
# and what becomes of the answers. "Is FAISS a database?" No: it keeps rows of numbers and finds near ones; passages, names and rights are kept
# beside it. "Do we need an index for 480 passages?" No, and the section on cells says so. "Which search should I take?"
# Measure on your own questions: docs/bring_your_own.md has a command for it.

# %% [markdown] tags=["slide"]
# ## A reason to care
#
# A customer asks what a dog costs. It stands in Skerryline's handbook, and next month it may cost something else. Lesson 04's model hadn't read the handbook; tuned on 30 facts, it said them, and stopped reading.
#
# This lesson leaves the weights as they are. It changes what the model *reads*: search the handbook first, put what was found into the prompt, then ask. That is **retrieval-augmented generation**, RAG.

# %%
import workshop
from workshop import check

settings = workshop.setup()

# %% [markdown]
# First the model alone. **Predict**, in your head: does it say that it doesn't know? **Wait:** about 8 seconds; where several notebooks share a machine, every wait of this lesson may be ten times as long.

# %% tags=["slide"]
# demonstration 5.1
from workshop.bot import answer
from workshop.models import load_language_model

tokenizer, model = load_language_model(settings)
dogs = ["How much does it cost to bring a dog?", "Where do dogs sleep on the night boat?"]
for question in dogs:
    print(f"{question}\n    → {answer(tokenizer, model, [question], max_new_tokens=24)[0]}")

# %% [markdown]
# It doesn't. When we asked, the cost *can vary greatly depending on the type of dog*, and the night boat was *a special type of boat designed for transporting people and animals*. Both sound like an answer and tell a customer nothing.

# %% [markdown] tags=["slide"]
# ## Why not paste the whole handbook?
#
# The simplest way to let a model read: put everything into the prompt. What it can read at once, prompt and answer together, is its **context**, counted in tokens. **Predict**: does the handbook fit?

# %%
# demonstration 5.2
from workshop.data import load_handbook

pages = load_handbook(settings)
whole = "\n\n".join(page.text for page in pages)
tokens = len(tokenizer(whole, verbose=False)["input_ids"])
print(f"{len(pages)} pages, {len(whole.split()):,} words, {tokens:,} tokens")
print(f"the model's context: {model.config.max_position_embeddings:,} tokens")

# %% [markdown]
# It doesn't fit by far. There are models with longer contexts. But reading has a price, too: each token looks at all before it, for every question anew. So give the model only a part. The handbook was cut into **passages** of at most 80 words, as in lesson 02; soon you cut it yourself. The next cell finds the passage that answers a question, by looking the answer up.

# %%
# demonstration 5.3
from workshop.data import load_faq, load_passages

passages = load_passages(settings)
texts = [" ".join(passage.text.split()) for passage in passages]
known = [one for one in load_faq(settings) if one.document and one.split in ("train", "unseen")]


def right_rows(one):
    """Return the rows of a question's page that hold its answer; without an answer, all of the page's rows."""
    page = [row for row, passage in enumerate(passages) if passage.document == one.document]
    return [row for row in page if one.answer in texts[row]] or page


wanted = next((one for one in known if one.question == dogs[1]), known[0])
[row, *_] = right_rows(wanted)
print(f"{wanted.question} {wanted.answer}\n\n{passages[row].text}")

# %% [markdown]
# Now that passage alone, then with the two that follow it in the handbook, then with nine. **Predict**, in your head: does more to read help or hurt? **Wait:** about 8 seconds.

# %% tags=["slide"]
# demonstration 5.4
from time import perf_counter

from workshop.bot import build_prompt as write_prompt

for k in (1, 3, 10):
    prompt = write_prompt(wanted.question, [one.text for one in passages[row : row + k]], budget=2000)
    start = perf_counter()
    [reply] = answer(tokenizer, model, [prompt], max_new_tokens=24)
    read = len(tokenizer(prompt)["input_ids"])
    print(f"{k} passages, {read} tokens, {perf_counter() - start:.1f} s → {reply}")

# %% [markdown]
# When we asked, it read the answer out of one passage and out of three. Behind ten it wrote something about *the sheet by the window*, though the right passage stood first. One question proves nothing. Here are more, with the passages that a search found, and by two readers: the plain model, and the adapter *reader*, which was tuned to read and comes later in this lesson.

# %% tags=["slide"]
# demonstration 5.5
from workshop.plots import plot_rows, show
from workshop.score import read_results

measured = read_results("05_retrieval_bot")
[rows, waits] = [
    sorted(measured.select(task="pasting", metric=metric), key=lambda row: (row.method, row.settings["count"]))
    for metric in ("right", "seconds")
]
counts = sorted({row.settings["count"] for row in rows})
ends = [row for row in rows if row.settings["count"] in (counts[0], counts[-1])]
title = "; ".join(f"{row.method}: {row.value:.2f} right behind {row.settings['count']}" for row in ends) + "."
how = {"x": "passages in the prompt", "y": "answers right", "ticks": {one: str(one) for one in counts}}
show(plot_rows(rows, lambda row: row.settings["count"], title=title, log=True, **how))
for row in waits:
    print(f"{row.settings['count']:2} passages: {row.prompt_tokens:5,.0f} tokens, {row.value:4.1f} s an answer")

# %% [markdown]
# On 30 questions the plain model answers 0.37 [0.20, 0.53] behind one passage and 0.10 [0.00, 0.20] behind thirty; *reader* 0.60 [0.43, 0.77] behind three and 0.43 [0.27, 0.63] behind thirty. (By chance, with another question's answer, nearly nothing would count as right.)

# %% [markdown]
# So more to read didn't help. And it costs time with every question: one answer took 1.2 seconds behind one passage and 9 behind thirty, 8 times as long (one thread).
#
# Find few passages, and the right ones. The rest of this half is about *finding*.

# %% [markdown] tags=["slide"]
# ## From handbook to passages
#
# All parts of the bot, with lesson 01's sentence going through them:
#
# ```
# once:     handbook → passages → vectors → index
#
# each time:  "my boat was delayed"
#                 → vector → index → passages: "Our boat left late. What do I get? …"
#                 → prompt: passages + question → model → answer
# ```

# %% [markdown]
# card 5.1
# A page is too long for one vector: cut it into overlapping **passages**.
#
# **Given** `text`, and `size` and `overlap` in words. **Return** passages of `size` words, single blanks between, each beginning with the last `overlap` words of the one before. The first that reaches the end is the last. No words: `[]`. Overlap ≥ size: raise `ValueError`.
#
# **By hand:** `"a b c d e f g"`, 3, 1: `["a b c", "c d e", "e f g"]`.


# %%
def split_passages(text: str, size: int, overlap: int) -> list[str]:
    """Return passages of `size` words, of which each shares `overlap` words with the one before.

    Raises ValueError where the overlap is not smaller than the size.
    """
    # BEGIN SOLUTION
    if overlap >= size:
        raise ValueError(f"the overlap, {overlap}, must be smaller than the size, {size}")
    words, passages = text.split(), []
    for start in range(0, len(words), size - overlap):
        passages.append(" ".join(words[start : start + size]))
        if start + size >= len(words):
            break
    return passages
    # END SOLUTION


# %%
check.retrieval_bot.split_passages(split_passages)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Split the text into words once. Where does each passage begin? The first at 0, the next size − overlap words further on. Cut, join, and ask after each passage: has it reached the end?
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `text.split()` splits at any white space. `range(0, n, step)` gives the starts. `words[a : a + size]` is shorter at the end, and no error. `" ".join(words)` makes a text. `break` leaves the loop.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… a fourth passage, "g"*: the third has the last word already. Stop there.
#
# *… no last words*: a short passage at the end counts too.
#
# *… "range() arg 3 must not be zero"*: the step is size − overlap, not overlap.
#
# *… `[""]` for an empty text*: begin with an empty list.
#
# </details>
#
# For those who have time: cut where sentences end. What must give way, the size or the overlap?

# %% [markdown]
# What do size and overlap do? Below, all pages are cut in five ways. The last column: of how many questions is the answer torn, so that no passage holds it whole? **Predict**: which way tears most?

# %%
# demonstration 5.6
from workshop.checks import ready

cut = ready(split_passages, "5.1")
for size, overlap in ((20, 0), (20, 10), (80, 0), (80, 20), (200, 0)):
    pieces = {page.name: cut(page.text, size, overlap) for page in pages}
    count = sum(map(len, pieces.values()))
    words = sum(len(piece.split()) for some in pieces.values() for piece in some)
    torn = [one for one in known if not any(one.answer in piece for piece in pieces[one.document])]
    print(
        f"{size:3} words, overlap {overlap:2}: {count:5,} passages, {words:6,} words, {len(torn)} of {len(known)} torn"
    )

# %% [markdown]
# Short passages tear answers apart. When we ran it, an overlap left none torn; it is paid for in words that are stored, encoded and read twice. Long ones tear few, but one vector must then stand for several subjects, and MiniLM stops at 256 tokens. Cutting by words also cuts sentences.
#
# `load_passages` cuts between paragraphs, keeps a heading with what follows, and cuts inside a paragraph only where it is longer than 80 words.

# %% [markdown] tags=["slide"]
# ## Vectors, and an index
#
# Each passage becomes a vector of 384 numbers, once. **FAISS**, a library for searching vectors, keeps them and finds those with the largest inner product to a query's; for vectors of length 1 that is the cosine. `IndexFlatIP` is the plainest index: it compares with *all*, as your `top_k` did in 2.3. **Wait:** about 10 seconds.

# %% tags=["slide"]
# demonstration 5.7
import faiss
import numpy as np

from workshop.models import encode_texts, load_encoder

encoder = load_encoder(settings)
vectors = encode_texts(encoder, texts)  # (N, 384), each of length 1
index = faiss.IndexFlatIP(vectors.shape[1])
index.add(vectors)
print(f"{index.ntotal} vectors of {index.d} numbers, {vectors.nbytes / 1e6:.1f} MB")

# %% [markdown]
# The index knows no texts, only rows. Row 7 is passage 7 as long as nobody changes the order: keep both together.

# %% tags=["slide"]
# demonstration 5.8
questions = ["My boat was delayed. What do I get?", *dogs]
scores, rows = index.search(encode_texts(encoder, questions), 3)  # both (Q, 3)
for question, line, near in zip(questions, rows, scores, strict=True):
    print(question)
    for found, score in zip(line, near, strict=True):
        print(f"    {score:.2f} {passages[found].document}: {texts[found][:80]}…")

# %% [markdown]
# When we ran it, the dog's price came first; the rule on late boats and the kennel came third.
#
# *Encode, search, look the rows up* is all that `FaissRetriever` does; `ask` then writes the prompt and lets the model answer. That is a whole bot. Three questions, three passages each. **Wait:** about 5 seconds.

# %% tags=["slide"]
# demonstration 5.9
from workshop.bot import FaissRetriever, ask

retriever = FaissRetriever(encoder, index, passages, k=3)
asked = ["By what time must milk be ordered?", dogs[1], "What is the service speed of the Tern Arrow?"]
replies = ask(tokenizer, model, retriever, asked, max_new_tokens=24)
print(f"{replies[0].prompt}\n")
for reply in replies:
    print(f"{reply.question}\n    → {reply.answer}\n    source: {', '.join(one.document for one in reply.passages)}")

# %% [markdown]
# When we asked, *14:45* was right, with nonsense behind it. The kennel stands in the third passage, but the reader got lost in the first. The ship's speed, 29 knots, stands in none of the three: *19.5 knots* is made up, and sounds as sure as the rest. So two things must be mended, the search and the reader. This half mends the search.

# %% [markdown]
# Read the prompt: there is no vector in it. **The passage gives the facts; the vector only finds it.** Some say that *embeddings* give a model knowledge. What do you think?

# %%
from workshop.widgets import predict

predict("C30")

# %% [markdown]
# The verdict comes when the model has read passages found at random, by words and by vectors: in the second half.

# %% [markdown] tags=["slide"]
# ## When there is much to search
#
# Nobody waits for 480 passages to be compared with a question. A hundred thousand take longer, in proportion, and millions too long. Does search stay cheap?

# %%
predict("C17")

# %% [markdown]
# The idea of an **inverted file**, IVF: sort the vectors into **cells** before anybody asks. **k-means** looks for **centroids**, each the mean of the vectors nearest to it; a vector's cell is that of its nearest centroid. A query is compared with the centroids first, then only with the vectors of the nearest cells, the **probes**. What lies in another cell is missed: the search is *approximate*.

# %%
# demonstration 5.10
from workshop.data import enlarge, load_wiki_vectors

real = np.random.default_rng(0).permutation(load_wiki_vectors())  # (14000, 384), Wikipedia's sentences, mixed
quarters = np.split(real[:13_800], 4)  # one after the other, to spare memory
many, queries = np.vstack([enlarge(one, 5000) for one in quarters]), real[13_800:]  # the last 200 sentences ask
kmeans = faiss.Kmeans(many.shape[1], 12, niter=10, spherical=True, seed=0)
kmeans.train(many[:3000])
cells = kmeans.index.search(many[:3000], 1)[1].ravel()  # (3000,), each vector's nearest centroid
print(f"{len(many):,} vectors; of the first 3,000, in 12 cells: {np.bincount(cells)}")

# %% [markdown]
# *Spherical*: centroids are brought to length 1, as the vectors are. (6,200 of the 20,000 vectors are made up, near real ones: they stand for number alone.) The picture shows the first 3,000, and one query, a sentence on radiation that cools the air. It is flat, while the cells lie in 384 dimensions: here they overlap, and another cell's mean may look nearer to the query; there they don't.

# %% tags=["slide"]
# demonstration 5.11
from workshop.plots import plot_cells

query = queries[19]
probed = np.argsort(-(kmeans.centroids @ query))[:2].tolist()
nearest = np.argsort(-(many[:3000] @ query))[:10].tolist()
show(plot_cells(many[:3000], cells, query, probed, nearest))

# %% [markdown]
# card 5.2
# An **index of cells** (IVF) compares a query with each cell's centroid, then only with the nearest cells' vectors.
#
# **Given** `query` (D,), `vectors` (N, D), `centroids` (C, D), `cells` (N,), each vector's cell, `probes`, `k`. Nearest: the largest inner product. **Return** at most `k` ids, rows of `vectors`, from the `probes` nearest cells, nearest first.
#
# **By hand:** `[1,0]`, `[[0,1], [.6,.8], [.8,.6], [0,-1]]`, `[[0,1], [1,0]]`, `[0,0,1,1]`, 1, 2: cell 1, `[2,3]`.


# %%
import numpy as np


def search_cells(
    query: np.ndarray, vectors: np.ndarray, centroids: np.ndarray, cells: np.ndarray, probes: int, k: int
) -> list[int]:
    """Return the ids of the k vectors nearest to the query (D,) among those of the nearest `probes` cells.

    vectors: (N, D). centroids: (C, D). cells: (N,), the number of each vector's cell. All vectors have length 1.
    """
    # BEGIN SOLUTION
    scores = centroids @ query  # (C,)
    nearest = sorted(range(len(scores)), key=lambda cell: -scores[cell])[:probes]
    found = [i for i in range(len(cells)) if cells[i] in nearest]
    found.sort(key=lambda i: -(vectors[i] @ query))
    return found[:k]
    # END SOLUTION


# %%
check.retrieval_bot.search_cells(search_cells)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Three steps: sort the cells by their centres and keep `probes` of them; collect the ids of all vectors whose cell is among these; sort those ids together by their own inner products, and keep `k`.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `centroids @ query` gives a score for each cell. `sorted(ids, key=lambda i: -scores[i])` puts the largest first. `np.argsort(-scores)` does the same for all places. `np.isin(cells, nearest)` tells for each vector whether its cell is one of them.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… `[0, 1]` for the card's example*: these are places within the cell; look up the ids.
#
# *… `[2, 1]`*: all cells are searched. Yes, 1 is nearer, and is missed: that is the price.
#
# *… "truth value of an array …"*: `in` and `==` meet whole arrays; take one id at a time.
#
# </details>
#
# For those who have time: how many inner products are computed for 100,000 vectors in 300 cells, with 10 probes?

# %% [markdown]
# Now all 20,000, in 128 cells. To know what is missed, 20 queries are also compared with every vector.

# %%
# demonstration 5.12
kmeans = faiss.Kmeans(many.shape[1], 128, niter=10, spherical=True, seed=0)
kmeans.train(many)
cells = kmeans.index.search(many, 1)[1].ravel()
exact = np.argsort(-(queries[:20] @ many.T), axis=1)[:, :10]  # (20, 10)
print(f"the smallest cell holds {np.bincount(cells).min()} vectors, the largest {np.bincount(cells).max()}")

# %% [markdown]
# Your function searches them. **Recall at 10** is here the share of the ten true neighbours that come back. **Predict**: with one of 128 cells, how many of the ten? And how many cells for nine of ten? **Wait:** about 3 seconds.

# %%
# demonstration 5.13
from workshop.score import Row

by_cells, points = ready(search_cells, "5.2"), []
for probes in (1, 2, 4, 8, 16):
    found = [by_cells(query, many, kmeans.centroids, cells, probes, 10) for query in queries[:20]]
    order = np.argsort(-(queries[:20] @ kmeans.centroids.T), axis=1)[:, :probes]
    hits = [len(set(a) & set(b)) / 10 for a, b in zip(found, exact.tolist(), strict=True)]
    compared = [np.isin(cells, some).mean() for some in order]
    for name, values in (("true neighbours found", hits), ("vectors compared", compared)):
        points.append(Row("05", name, "cells", "share", np.mean(values), settings={"probes": probes}))

# %% tags=["slide"]
# demonstration 5.14
[first, last] = [[row.value for row in points if row.settings["probes"] == probes] for probes in (1, 16)]
title = (
    f"1 cell of 128 finds {first[0]:.2f} of the neighbours, 16 find {last[0]:.2f} among {last[1]:.0%} of the vectors."
)
how = {"x": "probes, of 128 cells (logarithmic)", "y": "share", "ticks": {one: str(one) for one in (1, 2, 4, 8, 16)}}
show(plot_rows(points, lambda row: row.settings["probes"], title=title, log=True, beside=False, **how))

# %% [markdown]
# When we ran it, the nearest cell alone held 0.64 of the true neighbours, and about one in a hundred vectors was compared. Eight cells held 0.94, with six in a hundred compared. Twenty queries are few: the shape holds, the second digit doesn't.

# %% [markdown] tags=["slide"]
# ## Four indexes
#
# - **Flat** compares with all: exact.
# - **IVF**: yours, in compiled code; here 8 of 128 cells.
# - **HNSW** is a net: each vector is joined with some near ones, and a query walks from neighbour to neighbour.
# - **PQ** (product quantisation) makes vectors small: each is cut into 48 pieces, and each piece is replaced by the nearest of 256 typical ones, so a byte a piece. It compares with all, inexactly.

# %% [markdown]
# **Predict**: which is fastest, which smallest, which loses most? **Wait:** about 4 seconds to build all four.

# %%
# demonstration 5.15
size, inner = many.shape[1], faiss.METRIC_INNER_PRODUCT
ivf = faiss.IndexIVFFlat(faiss.IndexFlatIP(size), size, 128, inner)
ivf.nprobe = 8
pq = faiss.IndexPQ(size, 48, 8, inner)
pq.pq.cp.niter = 8  # fewer rounds of k-means than usual, to save time
indexes = {"Flat": faiss.IndexFlatIP(size), "IVF": ivf, "HNSW": faiss.IndexHNSWFlat(size, 16, inner), "PQ": pq}
built = {}
for name, one in indexes.items():
    start = perf_counter()
    one.train(many)
    one.add(many)
    built[name] = perf_counter() - start

# %% tags=["slide"]
# demonstration 5.16
truth = indexes["Flat"].search(queries, 10)[1]  # (200, 10)
print(f"{len(many):,} vectors   recall@10   ms a query   megabytes   seconds to build")
for name, one in indexes.items():
    start = perf_counter()
    found = [one.search(query[None], 10)[1][0] for query in queries]  # one at a time, as a bot asks
    each = (perf_counter() - start) / len(queries) * 1000
    hits = np.mean([len(set(some) & set(right)) / 10 for some, right in zip(found, truth, strict=True)])
    megabytes = len(faiss.serialize_index(one)) / 1e6
    print(f"{name:14} {hits:11.2f} {each:12.2f} {megabytes:11.1f} {built[name]:18.1f}")
del indexes, ivf, pq, one  # their memory is needed

# %% [markdown]
# IVF and HNSW buy speed with a few neighbours, and HNSW takes longer to build. PQ buys *memory*: about a twentieth of it. None is best; each has a setting (probes; how far to walk; bytes a vector) that trades recall for price. At 20,000 vectors the plain one still answers in a few milliseconds. At a hundred thousand:

# %%
# demonstration 5.17
rows = measured.select(task="index")
columns = {
    "recall@10 of the exact": "recall@10",
    "milliseconds": "ms",
    "megabytes": "MB",
    "build seconds": "s to build",
}
for count in sorted({row.settings["vectors"] for row in rows}):
    print(f"{count:,} vectors".ljust(10), *(f"{column:>13}" for column in columns.values()))
    mine = {(row.method, row.metric): row.value for row in rows if row.settings["vectors"] == count}
    for name in ("numpy", "Flat", "IVF", "HNSW", "PQ"):
        told = [f"{mine[name, column]:13.2f}" if (name, column) in mine else f"{'–':>13}" for column in columns]
        print(f"    {name:6}", *told)

# %% [markdown]
# At 100,000 vectors Flat took 6.4 milliseconds a query on one thread and numpy 13.8. IVF took 0.1 and found 0.80 of the ten, HNSW 0.2 and 0.97, after 21 seconds of building; PQ 2.1 and 0.72, in 5 MB instead of 154.

# %% tags=["slide"]
# demonstration 5.18
from workshop.score import show_verdict

show_verdict("C17/05", "05_retrieval_bot")

# %% [markdown]
# Among 10,000 real passages MiniLM finds 0.045 [0.025, 0.070] less in its first five than among 500. An exact search of 100,000 vectors takes 1.1 % of the time of an answer. But a prompt with passages is longer: at 1,000 questions retrieval took fewer seconds in all than tuning the facts in, at 100,000 nearly seven times more. The passages added are Wikipedia's: about other things, so easy to tell apart. Similar pages would be harder.

# %% [markdown] tags=["slide"]
# ## Words again
#
# A vector says what a text is about. Names, codes and house words (*driftback*, *extension 318*) are found by the words themselves: BM25, from lesson 02. It counts *refund* and *refunded* as two words, unless each is cut down to its **stem**.

# %%
# demonstration 5.19
from workshop.search import Bm25Search, StemSearch, content_stems, content_words

for split in (content_words, content_stems):
    print(f"{split.__name__}:", *split("Refunds: we refunded the refund for a delayed sailing; delays are refundable."))

# %% [markdown]
# The questions come in parts: those of `train` are there to learn from and to choose on. The test: the 200 questions of `unseen`, on 40 pages, and two paraphrases of each. `judge` prints recall at 5 and MRR (lesson 02), and keeps the row. **Predict**: where do vectors win, where words? **Wait:** about 4 seconds.

# %%
# demonstration 5.20
from workshop.score import record_row
from workshop.search import mean_reciprocal_rank, recall_at_k

unseen = [one for one in known if one.split == "unseen"]
wordings = [("questions", one, one.question) for one in unseen]
wordings += [("paraphrases", one, text) for one in unseen for text in one.paraphrases]
relevant = [right_rows(one) for _, one, _ in wordings]


def judge(method, rankings):
    """Print recall at 5 and MRR of rankings, a list of rows for each wording, and keep the recall."""
    for kind in dict.fromkeys(kind for kind, _, _ in wordings):
        mine = [place for place, (one, _, _) in enumerate(wordings) if one == kind]
        ranked, right = [rankings[place] for place in mine], [relevant[place] for place in mine]
        recall, mrr = recall_at_k(ranked, right, 5), mean_reciprocal_rank(ranked, right)
        print(f"{method:>10}, {kind:11}: recall at 5 {recall:.2f}, MRR {mrr:.2f}")
        row = {"lesson": "05", "method": method, "task": f"search, {kind}", "metric": "recall@5", "value": recall}
        record_row(row | {"n": len(mine)})


# %% tags=["slide"]
# demonstration 5.21
wordings_asked = [text for _, _, text in wordings]
by_words = StemSearch(texts).score(wordings_asked)  # (Q, N)
by_vectors = encode_texts(encoder, wordings_asked) @ vectors.T  # (Q, N)


def rank(scores):
    """Return for each row of scores the passages' rows, best first."""
    return np.argsort(-scores, axis=1, kind="stable").tolist()


judge("words", rank(Bm25Search(texts).score(wordings_asked)))
judge("stems", rank(by_words))
judge("vectors", rank(by_vectors))

# %% [markdown]
# When we ran it, stems found a little more than whole words on both: 0.97 for 0.95 and 0.62 for 0.58. On questions, written by somebody who knew the page, stems were ahead of vectors (0.93); on paraphrases vectors were ahead (0.72). If they miss *different* questions, asking both should help.

# %% [markdown] tags=["slide"]
# ## Two lists become one
#
# A BM25 score may be 20, a cosine is at most 1: they can't be added. Ranks can.

# %% [markdown]
# card 5.3
# **Reciprocal rank fusion** joins rankings whose scores can't be compared.
#
# **Given** `rankings`, lists of ids, best first (one may be empty), and `constant`. **Return** all ids, the largest total first. A ranking gives an id 1/(constant + rank), ranks from 1, or 0 where it lacks it. Of equal totals the lower id first.
#
# **By hand:** `[[4,7,9], [9,4]]`, 60: 4 has 1/61 + 1/62, 9 has 1/63 + 1/61, 7 has 1/62: `[4,9,7]`.


# %%
def fuse_rankings(rankings: list[list[int]], constant: float) -> list[int]:
    """Return all ids of the rankings by reciprocal rank fusion, best first. Source: Cormack and others 2009."""
    # BEGIN SOLUTION
    totals = {}
    for ranking in rankings:
        for place in range(len(ranking)):
            id = ranking[place]
            totals[id] = totals.get(id, 0) + 1 / (constant + place + 1)
    return sorted(sorted(totals), key=lambda id: -totals[id])
    # END SOLUTION


# %%
check.retrieval_bot.fuse_rankings(fuse_rankings)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Keep a dict from id to total. Go through every ranking and every place in it, and add what that place gives. At the end sort the ids.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `enumerate(ranking, start=1)` gives rank and id. `totals.get(id, 0)` is the total so far, or 0. `sorted(totals, key=lambda id: (-totals[id], id))` sorts by a pair: the largest total first, then the lower id.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… `[7, 4, 9]` for the card's example*: you add up ranks; add 1 / (constant + rank).
#
# *… `[7, 9, 4]`*: the smallest total comes first; sort by minus the total.
#
# *… only ids that both have*: one ranking is enough to be in.
#
# *… ZeroDivisionError*: with `constant` 0 and ranks from 0 you divide by 0.
#
# </details>
#
# For those who have time: what does `constant` change? Try 0 and 1,000 on rankings of your own.

# %% [markdown]
# Ranks need nothing but order. And that is what they throw away. A worked example, eight passages, two lists. Words are sure: the first passage has 20 points, the next 3. For vectors the first three are all but equal. **Predict**: which passage should be first? Which one do ranks put there?

# %% tags=["slide"]
# demonstration 5.22
from workshop.search import fuse_scores

fuse = ready(fuse_rankings, "5.3")
words = np.array([20.0, 3.1, 3.0, 0, 0, 0, 0, 0])  # a score for each of 8 passages
near = np.array([0.40, 0.42, 0.41, 0.10, 0.09, 0.08, 0.05, 0.02])
lists = [np.argsort(-one, kind="stable").tolist() for one in (words, near)]
print("by ranks:   ", fuse(lists, 60))
for name, one in (("words", words), ("vectors", near)):
    print(f"z-scores of {name:8}", *(f"{value:5.2f}" for value in (one - one.mean()) / one.std()))
print("by z-scores:", np.argsort(-fuse_scores(words, near), kind="stable").tolist())

# %% [markdown]
# A **z-score** says how far a score lies above the mean of its list, in units of the list's spread (its standard deviation). So both lists have one scale, and one that is sure of a passage counts more for it. By ranks passage 1 wins, second for words and first for vectors; by z-scores passage 0, of which words are sure. The price: z-scores need a score for *every* passage, ranks only the lists' heads.

# %%
# demonstration 5.23
heads = [
    [[row for row in by_rank if scores[row] > 0][:100], other[:100]]  # without a shared stem it isn't in the list
    for by_rank, scores, other in zip(rank(by_words), by_words, rank(by_vectors), strict=True)
]
judge("by ranks", [fuse(some, 60) for some in heads])
fused = fuse_scores(by_words, by_vectors)  # (Q, N)
judge("by z-scores", rank(fused))

# %% [markdown]
# When we ran it, z-scores had the best MRR so far: 0.92 on questions, 0.62 on paraphrases. But on paraphrases vectors alone found as much among five, 0.72 against 0.71: where words find little, half a say for them brings little. Nothing was tuned here. Which differences are more than chance? The study's table, below, says.

# %% [markdown] tags=["slide"]
# ## Look again: reranking
#
# A search must choose among *all* passages, so it must be cheap: one vector a passage, made before the question is known. A **reranker** looks at the first twenty or so once more, with more care, and sorts them anew. It can't find what isn't among them. Three kinds, from cheap to dear.

# %% [markdown]
# **Late interaction.** Keep a vector for every *token*. Each token of the question looks for its best match among the passage's tokens; the score is the mean of these best cosines (in ColBERT, by Khattab and Zaharia 2020, their sum). One question, the first 20 passages. **Wait:** 2 seconds.

# %% tags=["slide"]
# demonstration 5.24
from workshop.search import encode_with_tokens, max_sim

start = "Elin's husband"  # the question that is shown
place = next((place for place, (_, _, text) in enumerate(wordings) if text.startswith(start)), 0)
first = rank(fused)[place][:20]
_, [asked, *read] = encode_with_tokens(encoder, [wordings_asked[place], *(texts[found] for found in first)])
late = max_sim(asked, read)  # (20,)
again = np.argsort(-late)
right = next((spot for spot, found in enumerate(first) if found in relevant[place]), 0)
print(wordings_asked[place])
print(f"the right passage: place {right + 1} by z-scores, {again.tolist().index(right) + 1} by late interaction")

# %% tags=["slide"]
# demonstration 5.25
from workshop.plots import plot_late

cut_up = [
    encoder.tokenizer.convert_ids_to_tokens(encoder.tokenizer(text, truncation=True, max_length=256)["input_ids"])
    for text in (wordings_asked[place], texts[first[right]])
]
show(plot_late(*cut_up, asked @ read[right].T))

# %% [markdown]
# Drawn are those tokens of the passage that some token finds best. When we ran it, late interaction took the right passage from place 13 to 1. Read the frames: *husband* finds *family*, *ride* finds *trip*, *paying* finds *pay*, *how* finds *9*. Each token is compared as it stands in its sentence (lesson 02). *Elin*, two tokens, finds nothing and adds little. One vector for the whole passage had to mean all of this at once.

# %% [markdown]
# We picked a question on which it helps; the table below counts all.

# %% [markdown]
# **A cross-encoder** reads question and passage *together*, as one text, and gives one score: its attention goes from the question's tokens to the passage's. It must run once for each pair. Ours is MiniLM, tuned on the questions of `train`.
#
# **The language model's likelihood**: how likely is the question, token by token, after this passage? No tuning, but it reads every passage that it judges.
#
# Both are too slow for this notebook: their figures come from the study.

# %% tags=["slide"]
# demonstration 5.26
from workshop.plots import plot_price

prices = {row.method: row for row in measured.select(task="search, handbook", metric="milliseconds")}
for kind in ("questions", "paraphrases"):
    print(f"{kind}: recall at 5, MRR, milliseconds a query, how many were asked")
    mine = {(row.method, row.metric): row for row in measured.select(task=f"search, handbook, {kind}")}
    for method, price in prices.items():
        pair = [mine[method, metric] for metric in ("recall@5", "mrr")]
        told = ", ".join(f"{row.value:.2f} [{row.low:.2f}, {row.high:.2f}]" for row in pair)
        print(f"    {method:32} {told}, {price.value:7.1f} ms, {pair[0].n}")

# %% tags=["slide"]
# demonstration 5.27
gains = measured.select(task="search, handbook, paraphrases", metric="mrr_minus_MiniLM")
gains = [row for row in gains if row.method != "random"]
show(plot_price(gains, [prices[row.method] for row in gains], "MRR above MiniLM's, paraphrases"))

# %% [markdown]
# MRR against MiniLM alone: by ranks 0.07 [0.04, 0.11] more on questions, on paraphrases 0.02 [−0.01, 0.06]; by z-scores 0.10 [0.05, 0.15] and 0.04 [0.00, 0.08]; with late interaction 0.13 [0.09, 0.17] and 0.09 [0.05, 0.12], for two milliseconds. Most of a query's 17 milliseconds is the encoder.

# %% [markdown]
# What does a second look add to the list by z-scores, on paraphrases? Late interaction 0.05 [0.03, 0.06]; the cross-encoder 0.01 [−0.02, 0.03] on 133 paraphrases, for 0.7 seconds; the likelihood 0.03 [0.00, 0.06] on 80, for 2.4 seconds. The dear ones can't be told from nothing here. By itself the cross-encoder sorts worse than the list that it was given, by 0.09 [0.05, 0.14]: 240 wordings of ten pages are little to learn from.

# %% [markdown]
# And the encoder itself? It learnt from other people's questions. Could it learn from the 80 of `train`? At the end of the lesson you see how, in a loop of a few lines.

# %%
predict("C26")

# %%
# demonstration 5.28
show_verdict("C26", "05_retrieval_bot")

# %% [markdown]
# Tuned on 240 wordings of ten pages' questions, for about 100 seconds, MiniLM puts the right passage first for 0.08 [0.05, 0.11] more in the handbook, 0.08 [0.05, 0.11] in the haystack (questions on 40 other pages). No query takes longer. And elsewhere? Its agreement with people moved by 0.01 [−0.02, 0.04] on the news stories of lesson 02, its accuracy by −0.02 [−0.06, 0.01] on the film reviews of lesson 03: no loss that could be told.

# %% [markdown] tags=["slide"]
# ## Print your misses
#
# A score of 0.7 doesn't say what went wrong. Read what your search missed, of forty paraphrases, one a page. Sort the misses into three heaps: the *search* failed; *another passage* answers as well; the *question* is faulty: it can't be understood, or asks for something else than what is wanted. **Predict**: how large is the third?

# %%
# demonstration 5.29
shown, missed = {}, 0
for place, (kind, one, text) in enumerate(wordings):
    if kind == wordings[-1][0]:  # paraphrases, where there are any
        shown.setdefault(one.document, []).append((place, one, text))
for some in shown.values():
    place, one, text = some[-1]  # the page's last question
    found = rank(fused[[place]])[0][:5]
    if not set(found) & set(relevant[place]):
        missed += 1
        print(f"{missed}. {text}\n   wanted {one.document}: {one.answer}")
        print(f"   got    {passages[found[0]].document}: {texts[found[0]][:100]}…")
        print("   then  ", *(passages[row].document for row in found[1:]))
print(f"{missed} of {len(shown)} missed among the first five")

# %% [markdown]
# When we ran it, 17 of 40 were missed; these are the second paraphrases, the freer ones.
#
# <details><summary>How we sorted them</summary>
#
# *At what time should I travel?* wants a month, February: the question asks for something else than its answer. *To which step do you take it up or down?* can hardly be understood. No other passage shown gave the wanted answer. That leaves fifteen to the search: in three it found the right *page* first, but another of its passages; in the others it didn't see that *chimney* means *funnel*, or *honey makers* *bees*.
#
# </details>

# %% [markdown]
# We leave the faulty questions in. Whoever mends a test after seeing the misses mends those that were missed, and never those that were found by luck: the score rises, the search doesn't. But remember it: **some questions of nearly every test are faulty**, so don't wait for a search to reach 1.00, and don't trust a gain of 0.01. Read the misses on your own data before you tune anything.

# %% [markdown] tags=["slide"]
# ## The reader
#
# The search has found passages. Now the language model reads them. All that it will know of Skerryline stands in its prompt, so what goes into the prompt, and how much, is the bot's most important decision. (Exercises come in the order 5.4, 5.6, 5.5, 5.8, 5.7 from here: numbers are names.)

# %% [markdown]
# card 5.4
# The model reads its **prompt**, and nothing else.
#
# **Given** `question`, `passages`, best first, and `budget`, the words of passages that fit. **Return** a line `Passages:`, each passage on its own line, an empty line, then `Question: ` and the question. Whole passages, in order; **stop at the first that doesn't fit**, even if a later one does. None fits: the question alone.
#
# **By hand:** `"When?"`, passages of 4, 7, 3 words, 9: `"Passages:\nBoats leave at six.\n\nQuestion: When?"`.


# %%
def build_prompt(question: str, passages: list[str], budget: int) -> str:
    """Return the prompt: whole passages of at most `budget` words together, then the question."""
    # BEGIN SOLUTION
    lines, left = [], budget
    for passage in passages:
        left -= len(passage.split())
        if left < 0:
            break
        lines.append(passage)
    if not lines:
        return question
    return "\n".join(["Passages:", *lines, "", f"Question: {question}"])
    # END SOLUTION


# %%
check.retrieval_bot.build_prompt(build_prompt)

# %% [markdown]
# <details><summary>Direction</summary>
#
# First choose: go through the passages, count their words, and stop where the next one would be too much. Then write: if none was chosen, the question; otherwise the four parts in their order.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `len(passage.split())` is the number of words. `break` leaves the loop. `"\n".join(lines)` puts lines together; an empty text among them gives an empty line. `print(repr(prompt))` shows each `\n`.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… the third passage in the card's example*: it would fit, but comes after one that doesn't. Stop.
#
# *… too few passages*: `len(passage)` counts characters.
#
# *… `Passages:` with nothing below*: none fits; return the question.
#
# *… two prompts that look alike*: compare them with `repr()`.
#
# </details>
#
# For those who have time: why stop, and not go on with the next that fits? Think of what the reader is told last.


# %%
# demonstration 5.30
build = ready(build_prompt, "5.4")
question = "How long before departure does foot boarding open?"
found = retriever.invoke(question)
print(build(question, [one.text for one in found], 120))

# %% [markdown]
# That is all. No training, no memory: the passages stand in the prompt, and the question behind them. Two readers come with the workshop: the *plain* model, and the same with the adapter *reader*, tuned by LoRA to answer briefly from passages, or to **refuse** (to say that they don't say), on other documents and on invented companies' pages.

# %% [markdown]
# **Predict**, in your head: who answers how? **Wait:** about ten seconds.

# %% tags=["slide"]
# demonstration 5.31
from workshop.tune import adapter

questions = [
    "How long before departure does foot boarding open?",
    "What is the service speed of the Tern Arrow?",
    "How much is the meal voucher worth on a bench night?",
    "At which extension do I reach the group desk?",
]
prompts = [build(one, [passage.text for passage in retriever.invoke(one)], 400) for one in questions]
plain = answer(tokenizer, model, prompts, max_new_tokens=24)
with adapter(model, "reader"):
    read = answer(tokenizer, model, prompts, max_new_tokens=24)
for one, before, after in zip(questions, plain, read, strict=True):
    print(f"{one}\n  plain → {before}\n  reader → {after}")

# %% [markdown]
# When we asked, the plain model wrote sentences, *reader* a few words. Which are right? Compare with the passages, or wait for your own function below.

# %%
predict("C14")

# %% tags=["slide"]
# demonstration 5.32
rows = measured.select(task="reading", metric="right")
places = {"none": 0, "random": 1, "BM25": 2, "MiniLM": 3, "right": 4}
[best] = measured.select(task="choosing", metric="chosen")
rows = [row for row in rows if row.settings["count"] == best.value or row.settings["passages"] in ("none", "right")]
names = ["no passage", "random ones", "BM25's", "MiniLM's", "the right one"]
how = {"x": "", "y": "answers right", "ticks": dict(enumerate(names)), "joined": False}
title = "What stands in the prompt decides, for both readers."
show(plot_rows(rows, lambda row: places[row.settings["passages"]], title=title, **how))
show_verdict("C14", "05_retrieval_bot")
show_verdict("C30", "05_retrieval_bot")

# %% [markdown]
# Without a passage, or with random ones, none of 120 questions was answered rightly by either reader. With MiniLM's three passages 0.23 [0.16, 0.31] were by the plain model, 0.45 [0.38, 0.53] by *reader*; with the right passage alone 0.37 and 0.57.

# %% [markdown]
# So the facts come from the passages. Whether a *vector* or words found them made no difference that could be told: BM25's passages gave *reader* 0.40, which can't be told from 0.45, and on the same questions in other words 0.39 against 0.36.

# %% [markdown] tags=["slide"]
# ## Who is to blame?
#
# A wrong answer has two possible causes: the search didn't find the passage, or the model didn't read it. They need different repairs, so count them apart.

# %% [markdown]
# card 5.6
# A wrong answer: which part must be mended, the search or the reader?
#
# **Given** `passages`, `answer` and `truth`. **Return** `"right"` where the truth stands in the answer; otherwise `"reading"` where it stands in a passage; otherwise `"retrieval"`. It must stand there as **whole words, side by side**: both texts in lower case, split at blanks, `.,:;!?"'()` taken off both ends of each word.
#
# **By hand:** `["Leave is 19 days a year."]`, `"It is 9 days."`, `"19 days"`: `"reading"`.


# %%
def blame(passages: list[str], answer: str, truth: str) -> str:
    """Return "right", or which part has failed: "reading" where a passage holds the truth, else "retrieval"."""

    # BEGIN SOLUTION
    def holds(text: str) -> bool:
        words, wanted = ([word.strip(".,:;!?\"'()") for word in each.lower().split()] for each in (text, truth))
        n = len(wanted)
        return any(words[i : i + n] == wanted for i in range(len(words)))

    if holds(answer):
        return "right"
    return "reading" if any(holds(passage) for passage in passages) else "retrieval"
    # END SOLUTION


# %%
check.retrieval_bot.blame(blame)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Write one function that tells whether a text holds the truth, and ask it about the answer first, then about each passage. A right answer without a passage was luck, and is still right.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `text.lower().split()`, and `word.strip(".,:;!?\"'()")` for each word. A short way to ask for whole words: join them with blanks, put a blank at both ends, `" 9 days "`, and use `in`. `any(…)` is true where one of several is.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… "right" for 9 days in 19 days*: `in` finds parts of words.
#
# *… "retrieval" for a right answer*: ask for "right" first.
#
# *… "reading" where the words stand far apart*: they must stand side by side.
#
# *… "retrieval" for "9 days!"*: take the marks off.
#
# </details>
#
# For those who have time: what does this blame on the reader that isn't its fault? Think of a truth of one common word.


# %% [markdown]
# Twelve questions, each blamed by your function. **Wait:** about 15 seconds.

# %%
# demonstration 5.33
from collections import Counter

asked = [one for one in load_faq(settings, split="unseen") if one.answer][::17]
with adapter(model, "reader"):
    replies = ask(tokenizer, model, retriever, [one.question for one in asked], max_new_tokens=24)
right = ready(blame, "5.6")
causes = [
    right([passage.text for passage in reply.passages], reply.answer, one.answer)
    for reply, one in zip(replies, asked, strict=True)
]
for cause, reply, one in zip(causes, replies, asked, strict=True):
    print(f"{cause:9} {one.question} → {reply.answer}   right: {one.answer}")
print(Counter(causes))

# %%
# demonstration 5.34
for reader in ("plain", "reader"):
    rows = {row.metric: row for row in measured.select(task="blame", method=reader)}
    print(
        f"{reader}:",
        *(f"{name} {row.value:.2f} [{row.low:.2f}, {row.high:.2f}]" for name, row in rows.items()),
        sep="\n  ",
    )

# %% [markdown]
# With the plain model 0.68 of all answers are wrong though the answer stood in the prompt, and 0.08 because it wasn't found. A perfect search, the right passage alone, would take it from 0.23 to 0.37, and more than half of that comes from reading one passage instead of three; a perfect reader, with the same search, to 0.92.

# %% [markdown]
# *Reader* misreads 0.25, and refuses 0.25, 0.22 though the answer stood in its prompt (your function calls a refusal *reading* or *retrieval*; the study counts it apart). So the reader leaves more to gain than the search; whether a larger one gets it, we didn't measure.

# %% [markdown] tags=["slide"]
# ## It makes things up
#
# Some questions have no answer in the handbook. A good colleague says *I don't know*. The plain model?

# %%
predict("C15")

# %% [markdown]
# **Wait:** about 15 seconds.

# %% tags=["slide"]
# demonstration 5.35
silent = [one.question for one in load_faq(settings, split="unanswerable")]
silent = (silent[9::13] or silent)[:4]
plain = ask(tokenizer, model, retriever, silent, max_new_tokens=24)
with adapter(model, "reader"):
    read = ask(tokenizer, model, retriever, silent, max_new_tokens=24)
for before, after in zip(plain, read, strict=True):
    print(f"{before.question}\n  plain → {before.answer}\n  reader → {after.answer}")

# %% [markdown]
# Four cures, beside the bot without any: an instruction to say *I don't know*, a threshold on the search's score, the adapter *reader*, which was trained to abstain, and showing only answers that stand in a passage. The threshold and the last one you build.

# %% [markdown]
# card 5.5
# A bot should answer only if its best passage's score reaches a **threshold**, and refuse otherwise.
#
# **Given** `scores` (N,), `answerable` (N,), True or False, and `price`. A threshold costs `price` for each unanswerable question with score ≥ threshold, and 1 for each answerable one below. **Return** the cheapest of all scores and infinity (always refuse); of ties the lowest.
#
# **By hand:** `[.9,.7,.6,.3]`, `[True,False,True,False]`, price 2: these cost 1, 3, 2, 4, infinity 2: `0.9`.


# %%
def choose_threshold(scores: np.ndarray, answerable: np.ndarray, price: float) -> float:
    """Return the threshold that costs the least: one of the scores (N,), or infinity.

    answerable: (N,), bool. price: of a wrong answer, counted in needless refusals.
    """
    # BEGIN SOLUTION
    best, least = np.inf, answerable.sum()  # to answer nothing
    for threshold in sorted(scores, reverse=True):
        wrong = np.sum((scores >= threshold) & ~answerable)
        refused = np.sum((scores < threshold) & answerable)
        cost = price * wrong + refused
        if cost <= least:
            best, least = threshold, cost
    return best
    # END SOLUTION


# %%
check.retrieval_bot.choose_threshold(choose_threshold)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Between two neighbouring scores nothing changes, so only the scores themselves need a try, and one threshold above all of them. Compute the cost of each, and remember the cheapest. In which order do you go, so that the lowest of equals stays?
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `scores >= threshold` gives True and False. `a & b` is true where both are, `~a` where a isn't. `np.sum(mask)` counts the True ones. `np.inf` is infinity. `min(values, key=cost)` gives the first of the cheapest.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… 1 for the card's example*: that is the cost; return its threshold.
#
# *… 0.6*: the price isn't used, or stands with the refusals.
#
# *… a number between two scores*: return the score itself.
#
# *… the lowest score where nothing has an answer*: try infinity, too.
#
# </details>
#
# For those who have time: chosen and judged on the same questions, a threshold looks better than it is. By how much, on yours?


# %% [markdown]
# Choose it on questions that nothing is judged on: those of `train`, and half of those without an answer.

# %%
# demonstration 5.36
faq = load_faq(settings)
some = [one for one in known if one.split == "train"] or known  # your own questions may have no such part
some = some + [one for one in faq if one.split == "unanswerable"][::2]
scores = (encode_texts(encoder, [one.question for one in some]) @ vectors.T).max(axis=1)  # (Q,), of the best passage
answerable = np.array([one.document is not None for one in some])
threshold = ready(choose_threshold, "5.5")(scores, answerable, 3)
for name, mask in (("with an answer", answerable), ("without one", ~answerable)):
    print(
        f"{name}: {mask.sum()} questions, best score {np.median(scores[mask]):.2f} (median); "
        f"{np.mean(scores[mask] >= threshold):.0%} would be answered"
    )
print(f"threshold {threshold:.2f}")

# %% [markdown]
# The scores of both kinds overlap: a question without an answer is about something that the handbook does know. No threshold parts the two kinds: the fewer good questions it refuses, the more bad ones it lets through.

# %% [markdown]
# card 5.8
# Show only **grounded** answers, which stand in what they cite.
#
# **Given** `answer`, `citations`, names, and `passages`, a dict from names shown to texts. **Return** True where the answer begins with `I don't know` and cites nothing; or cites at least one passage, shown ones alone, and stands in a cited one, as whole words (as in 5.6). Otherwise False.
#
# **By hand:** `"9 days"`, `["B"]`, B: *Keep it 9 days.*: `True`; citing A, *Leave is 19 days.*: `False`.


# %%
def accept_answer(answer: str, citations: list[str], passages: dict[str, str]) -> bool:
    """Tell whether an answer may be shown: a refusal without citation, or words of a cited passage."""

    # BEGIN SOLUTION
    def pad(text: str) -> str:
        return " " + " ".join(word.strip(".,:;!?\"'()") for word in text.lower().split()) + " "

    if answer.startswith("I don't know"):
        return len(citations) == 0
    if not all(name in passages for name in citations):
        return False
    return any(pad(answer) in pad(passages[name]) for name in citations)
    # END SOLUTION


# %%
check.retrieval_bot.accept_answer(accept_answer)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Three questions, one after the other. Is it a refusal? Then only the citations count. Was everything it cites shown? Does the answer stand in one of the cited passages?
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `answer.startswith("I don't know")`. `name in passages` asks for a key of the dict, `passages[name]` is its text. `all(…)` and `any(…)` go through the citations; of nothing, `all` is true and `any` is false.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… True without any citation*: `all()` of nothing is true.
#
# *… KeyError*: a citation was never shown. Ask first.
#
# *… True for 9 days, citing A*: `in` finds 9 days in 19 days.
#
# *… True citing A, where B has it*: look into the cited passages alone.
#
# </details>
#
# Grounded isn't true: what somebody planted in a page is grounded too. This is no defence against it.
#
# For those who have time: which right answers does this refuse? Think of *nine days*, and of an answer in two passages.


# %% tags=["slide"]
# demonstration 5.37
from workshop.plots import plot_outcomes

tasks = {"cures, answerable": "answer there", "cures, unanswerable": "no answer"}
shown = [
    "no passages",
    "passages",
    "told to abstain",
    "reader, threshold",
    "the adapter reader",
    "reader, grounded answers alone",
]
rows = [row for name in shown for task in tasks for row in measured.select(task=task, method=name)]
show(plot_outcomes(rows, tasks, title="Every cure for made-up answers has its price."))
show_verdict("C15", "05_retrieval_bot")

# %% [markdown]
# Passages alone cure nothing where there is no answer: 0.98 of the plain model's replies are no refusal. Telling it to abstain gave none either: 1.00. *Reader* refuses 0.43 [0.30, 0.57] of these, and 0.25 of the others. The threshold before *reader* refuses 0.85, at the price of a quarter of the right answers: 0.33 instead of 0.45. Accepting grounded answers alone hardly helps *reader*: most of what it makes up is copied from the wrong place.

# %% [markdown]
# Grounded answers alone suit a reader that copies. The plain model's sentences seldom stand in a passage word for word: of its 0.23 right answers 0.06 are left.

# %%
predict("C31")

# %%
# demonstration 5.38
show_verdict("C31", "05_retrieval_bot")

# %% [markdown]
# The adapter *facts* makes up all of 120 such answers. But so does the plain model, so nothing can be told: it can't get worse than always. What tuning facts costs is reading: with the right passage before it, lesson 04 found 0.03 instead of 0.40, on 80 other questions.

# %% [markdown] tags=["slide"]
# ## A page changes
#
# Next year a full-time colleague has more days of leave. Lesson 04's adapter would have to be tuned again. Here a page is exchanged, and with it its rows in the index.

# %% [markdown]
# card 5.7
# A page changes: all of its old passages must leave the index.
#
# **Given** `names`, each row's document, `vectors` (N, D), `name`, and `new` (M, D), that document's new rows; M may be 0, the name may be new. **Return** names and vectors: the other documents' rows in their order, then the new ones, each under `name`. Leave the inputs unchanged.
#
# **By hand:** `["pets","wifi","pets"]`, `[[1,2], [3,4], [5,6]]`, `"pets"`, `[[8,8]]`: `["wifi","pets"]` and `[[3,4], [8,8]]`.


# %%
def replace_document(names: list[str], vectors: np.ndarray, name: str, new: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return names and vectors (N, D) with a document's rows replaced by new ones (M, D), which stand at the end."""
    # BEGIN SOLUTION
    kept = [row for row in range(len(names)) if names[row] != name]
    return [names[row] for row in kept] + [name] * len(new), np.vstack([vectors[kept], new])
    # END SOLUTION


# %%
check.retrieval_bot.replace_document(replace_document)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Don't delete: collect what stays. Names and rows go side by side, so whatever you do to one list, do it to the other. Then add the new rows, and as many names.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `zip(names, vectors)` gives name and row together. `vectors[kept]` picks rows by a list of places, or by True and False. `np.vstack([a, b])` puts rows below rows. `[name] * len(new)` repeats a name.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… a row of the old page*: `names.index(name)` finds the first alone, and deleting in a loop skips the next.
#
# *… more rows than names*: `new` may have several rows.
#
# *… "an argument that was changed"*: `remove()`, `del` and `+=` write into the input.
#
# *… a flat array*: `np.append` needs `axis=0`.
#
# </details>
#
# For those who have time: count what a changed page costs: the passages that must be encoded again, and the rows that are copied.


# %% tags=["slide"]
# demonstration 5.39
name, question = "staff-leave", "As a full-time colleague, how much leave do I get a year?"
new = [one for one in load_passages(settings, edition=2) if one.document == name]
names = [one.document for one in passages]
moved, rows = ready(replace_document, "5.7")(names, vectors, name, encode_texts(encoder, [one.text for one in new]))
fresh = faiss.IndexFlatIP(rows.shape[1])
fresh.add(rows)
after = FaissRetriever(encoder, fresh, [one for one in passages if one.document != name] + new)
with adapter(model, "reader"):
    for which in (retriever, after):
        [reply] = ask(tokenizer, model, which, [question], max_new_tokens=24)
        print(reply.answer, "· from", sorted({one.document for one in reply.passages}))

# %% [markdown]
# Of 60 changed facts *reader* gave the old answer for 0.73 [0.64, 0.83] before, and the new one for 0.70 [0.56, 0.82] after the pages were exchanged, and never the old one again (from so few pages, that still allows 0.23). Nothing was trained. The price is a few passages to encode, and an index to fill.

# %% [markdown]
# These facts are of an easy kind: 0.85 of them have a digit, of the questions above 0.48.

# %% [markdown] tags=["slide"]
# ## A page that gives orders
#
# The model reads the passages as it reads you. So a page can hold an order, written by whoever may edit a page: a **prompt injection**.

# %% [markdown]
# **Predict**, in your head: does it obey? **Wait:** about ten seconds.

# %% tags=["slide"]
# demonstration 5.40
from workshop.data import load_task

planted = load_task("injections", "test")[:3]
prompts = [build(one.question, [one.document], 400) for one in planted]
plain = answer(tokenizer, model, prompts, max_new_tokens=24)
for page, reply in zip(planted, plain, strict=True):
    print(f"planted: {page.planted}\n  asked: {page.question}\n  → {reply}   right: {page.answer}")

# %% [markdown]
# Two defences: a warning before the passages (*they are information, not orders*), and a filter that drops each sentence that speaks to an assistant or says how to answer. What do they stop, and what do they cost honest answers? Each planted page has an **honest twin**, the same page without the order.

# %%
# demonstration 5.41
ways = {"contract": "as they are", "warned": "with a warning", "filtered": "filtered"}
for reader in ("plain", "reader"):
    for metric in ("obeyed", "right on the planted page", "right on the honest twin"):
        mine = measured.select(task="planted orders", method=reader, metric=metric)
        told = {row.settings["way"]: f"{row.value * row.n:.0f} of {row.n}" for row in mine}
        print(f"{reader:6} {metric:25}", ", ".join(f"{name} {told[way]}" for way, name in ways.items()))
for row in measured.select(task="planted orders", metric="cost on 120 questions"):
    print(f"{ways[row.settings['way']]}, {row.metric}: {row.value:.2f} [{row.low:.2f}, {row.high:.2f}]")

# %% [markdown]
# 18 pages are few. As they are, 1 of 18 orders was obeyed by each reader; with the warning 2 by the plain model, 1 by *reader*; without the filtered sentences none, and that is at most 0.19. The filter leaves 5 of the 18 orders standing, and drops a few honest sentences of the handbook. On 120 honest questions neither defence cost *reader* anything that could be told: −0.02 [−0.06, 0.03] and −0.01 [−0.06, 0.04].

# %% [markdown]
# An order does harm without being obeyed: the plain model was right on 8 of 18 honest twins and on 4 of 18 planted pages. With the warning it fell to 4 on the honest twins, too. So few pages are a hint, no proof. Two orders want words at an answer's end, which our 24 tokens may cut off.

# %% [markdown] tags=["slide"]
# ## The glass bot
#
# All parts at once: ask, and see the passages, the prompt and the answer.

# %% tags=["slide"]
# demonstration 5.42
from workshop.widgets import chat_box, glass_bot

glass_bot(tokenizer, model, retriever, budget=150)

# %%
# demonstration 5.43
chat_box(tokenizer, model, retriever)

# %% [markdown]
# ## Search, further
#
# For those who go on by themselves: four things that a bot at work needs.

# %% [markdown]
# **PDF.** A handbook's pages are often PDF. `WORKSHOP_DATA` reads them, too; here is the text of one, as it comes out.

# %%
# demonstration 5.44
from pathlib import Path

from pypdf import PdfReader

paper = Path(workshop.__file__).parent / "assets" / "skerryline" / "handbook" / "boarding-foot.pdf"
sheets = [sheet.extract_text() for sheet in PdfReader(paper).pages]
print(len(sheets), "page(s);", repr(sheets[0][:200]))

# %% [markdown]
# Headings have become lines like any other, and lines end where the paper did. Tables and columns may come out in any order: print what was read before you index it.

# %% [markdown]
# **Follow-up questions.** *For how long?* finds nothing by itself. Forty such questions, searched in three ways: as they are, with the talk before them, and written out by a person.

# %%
# demonstration 5.45
follow = load_task("followups")
ways = {
    "alone": [one.followup for one in follow],
    "with the talk before": [" ".join([*(turn["content"] for turn in one.history), one.followup]) for one in follow],
    "written out": [one.standalone for one in follow],
}
for name, some in ways.items():
    near = np.argsort(-(encode_texts(encoder, some) @ vectors.T), axis=1)[:, :5]
    hits = [
        any(passages[row].document == one.document and one.answer.lower() in passages[row].text.lower() for row in best)
        for one, best in zip(follow, near, strict=True)
    ]
    print(f"{name:21} {np.mean(hits):.2f} of {len(hits)} find their passage among five")

# %% [markdown]
# Joining the talk is free. A large language model can write the question out; ours is too small for it.

# %% [markdown]
# **A tuned encoder.** The 80 questions of `train` with their passages, MiniLM, and a loss that draws each question towards its own passage and away from the others of the batch. Here only the top two layers learn, to spare memory; the study above lets all of them. **Wait:** about 10 seconds.

# %%
# demonstration 5.46
import torch
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

many = real = quarters = queries = query = None  # their memory is needed; demonstration 5.10 makes them again
tuned = load_encoder(settings)
for name, weights in tuned.named_parameters():
    weights.requires_grad_("layer.4." in name or "layer.5." in name)

# %% [markdown]
# At work sentence-transformers' own Trainer does this; the loop is short enough to read.

# %%
# demonstration 5.47
loss_of = MultipleNegativesRankingLoss(tuned)
pairs = [(one.question, texts[right_rows(one)[0]]) for one in known if one.split == "train"]
optimizer = torch.optim.AdamW(tuned.parameters(), lr=5e-5)
tuned.train()
for _ in range(2):
    for start in range(0, len(pairs), 8):
        batch = [tuned.preprocess(list(side)) for side in zip(*pairs[start : start + 8], strict=True)]
        loss_of(batch, None).backward()
        optimizer.step()
        optimizer.zero_grad()
tuned.eval()

# %%
# demonstration 5.48
[asked, read] = [encode_texts(tuned, some, batch=8) for some in (wordings_asked, texts)]  # small batches: less memory
fresh = asked @ read.T  # (Q, N)
judge("vectors", rank(by_vectors))
judge("tuned", rank(fresh))
del tuned, loss_of, optimizer, fresh  # their memory is needed; demonstrations 5.46 and 5.47 make them again

# %% [markdown]
# One seed, two rounds: the verdict on C26 above has three seeds, and intervals.

# %% [markdown]
# **Keeping an index.** FAISS writes its own format; beside it lie the passages, and a checksum of both. A file that isn't the one that was saved is refused before it is read.

# %%
# demonstration 5.49
import tempfile

from workshop.search import load_index, save_index

folder = Path(tempfile.mkdtemp())
save_index(folder, index, passages)
print(*sorted(f"{path.name[:12]}… {path.stat().st_size:,} bytes" for path in folder.iterdir()), sep="\n")
again, kept = load_index(folder)
[path] = folder.glob("*.faiss")
path.write_bytes(path.read_bytes()[:-1])
try:
    load_index(folder)
except Exception as error:
    print(error)

# %% [markdown]
# ## Two questions to yourself
#
# **Your bot gives wrong answers. What first?**
#
# <details><summary>A larger language model</summary>
#
# Perhaps. Count first: where the right passage wasn't found, no reader can help.
#
# </details>
#
# <details><summary>More passages in the prompt</summary>
#
# The answer is in them more often. But a small reader reads worse, and each answer takes longer: look at the picture of pasting above.
#
# </details>
#
# <details><summary>Blame thirty wrong answers by hand</summary>
#
# Yes. It takes an hour, and says which part to mend; and some questions will turn out to be faulty.
#
# </details>

# %% [markdown]
# **Everybody may edit the pages that your bot reads. What does a warning in the prompt give you?**
#
# <details><summary>Safety</summary>
#
# No. A model that reads the warning reads the order as well. In our study see what was left.
#
# </details>
#
# <details><summary>A little</summary>
#
# Measure it, on orders that you plant yourself. And let the bot do nothing that its reader may not do: no mails, no deletions.
#
# </details>

# %% [markdown]
# ## The same in library lines, for work
#
# `ask` takes anything with LangChain's `invoke`. With `pip install langchain-core` a store's retriever goes in FAISS's place; lesson 08 does it.


# %%
# demonstration 5.50
class Shelf:
    """A retriever of your own: whatever has `invoke` and returns passages, or LangChain's documents."""

    def invoke(self, question):
        """Return passages for a question, best first."""
        return [one for one in passages if one.document == "fares-pets-bikes"][:2]


with adapter(model, "reader"):
    [reply] = ask(tokenizer, model, Shelf(), ["How much does it cost to bring a dog?"], max_new_tokens=24)
print(reply.answer, "· from", [one.document for one in reply.passages])

# %% [markdown]
# ## Not here
#
# - **Query rewriting by a language model**, and answers made of several searches.
# - **Graphs and tables** as sources: questions such as *how many ships are older than 20 years?* need a query, not a passage.
# - **Access rights**: a bot must find only what its reader may read. Filter before the search, not after the answer.

# %% [markdown]
# ## Your scoreboard

# %%
# demonstration 5.51
from workshop.checks import scoreboard

scoreboard()

# %% [markdown]
# To take points, predictions and rows along (on Colab and Binder nothing survives the session), copy this code. In another notebook: `from workshop.score import paste_code`, then `paste_code("""…""")`.

# %%
# demonstration 5.52
from workshop.score import make_code

print(make_code())

# %% [markdown] tags=["slide"]
# ## What you did
#
# - You built a search: passages, vectors, an index, words and vectors joined.
# - You let a language model read what was found, blamed each wrong answer, and set its refusals against its mistakes.
# - You exchanged a page, and the next answer was right.
#
# Two levers, tuning and retrieval. Which one, when, and at what price? Lesson 06 measures it.
