# %% [markdown] tags=["slide"]
# # 02 – Text embeddings and search
#
# **When are two texts about the same thing?** 16 points. About 70 minutes with the exercises marked *in the room*, over an hour and a half with all.
#
# After this lesson you can
#
# - follow a text through attention to one vector, and say what gets lost,
# - search by words and by vectors, and measure what is found, with an honest interval,
# - choose between the two by quality, bytes and milliseconds.

# %% [markdown] tags=["notes"]
# In the room: exercises 2.1 to 2.4 (26 minutes of work), the predictions, the pictures, the search box. The others are for
# those who work alone; the lesson reads whole without them. Start the cell that encodes all passages before you talk: it
# is the longest, about 10 seconds on a quiet machine with two cores, up to a minute on a busy one.

# %% [markdown] tags=["slide"]
# ## The question left over
#
# A customer of the ferry company Skerryline writes *my boat was delayed*. The page that helps begins: *Our boat left late. What do I get?* In lesson 01 the means of word vectors put dozens of other passages before it. Does a search find it that reads whole sentences?

# %%
import workshop
from workshop import check

settings = workshop.setup()

# %% [markdown]
# ## What is searched, and what should be found
#
# Skerryline's handbook, second edition, cut into **passages** of at most 80 words, and questions whose answer stands in it word for word. Each is asked again in two **paraphrases**, written in other words. (Your own handbook and questions: see `docs/bring_your_own.md`.)

# %%
# demonstration 2.1
from workshop.data import load_faq, load_passages

passages = load_passages(settings, edition=2)
texts = [" ".join(passage.text.split()) for passage in passages]
questions = [question for question in load_faq(settings) if question.document]
print(f"{len(passages)} passages of {len({one.document for one in passages})} pages; {len(questions)} questions, as:")
print(*(questions[1].question, *questions[1].paraphrases, f"answer: {questions[1].answer}"), sep="\n- ")

# %% [markdown] tags=["slide"]
# ## The baseline: count words
#
# **TF-IDF** gives each text a number for every word that occurs anywhere: how often it stands *here* (term frequency), times how few passages have it (inverse document frequency): rare words count most. A word that no passage has counts nothing, and here *delayed* is one. Function words such as *was*, *do* and *get* are left out. Nearly all numbers are 0; the cosine compares the rest.

# %%
# demonstration 2.2
from workshop.search import TfidfSearch

tfidf = TfidfSearch(texts)
# With texts of your own, put words of the passage that you look for here.
rule = next((row for row, text in enumerate(texts) if "Our boat left late" in text), 0)
ways = ["my boat was delayed", "My boat was delayed. What do I get?"]
ways += ["The ferry came in an hour behind time. Do I get money back?"]
for way, scores in zip(ways, tfidf.score(ways), strict=True):
    print(f"{way}: the rule comes at place {(scores > scores[rule]).sum() + 1}, with a cosine of {scores[rule]:.2f}")

# %% [markdown]
# The third way shares no counted word with the rule (*do* and *get* are in both, but on the list of those left out): its cosine is 0, as for all passages from its place on. This search can't find it. What should see that *came in an hour behind time* and *left late* are about the same thing?

# %% [markdown] tags=["slide"]
# ## From one vector a word to one a token in its sentence
#
# In lesson 01 *drag* had one vector, whatever stood around it. At Skerryline a *drag* is a late sailing; elsewhere you drag a tree. An **encoder** such as MiniLM starts from a table like lesson 01's, and then lets every word look around, in six **layers**. First it cuts the text into **tokens**.

# %%
# demonstration 2.3
from workshop.models import load_encoder

encoder = load_encoder(settings)
for text in (ways[0], "Driftback for Skerryline's night boat"):
    print(encoder.tokenizer.tokenize(text))

# %% [markdown]
# A word that isn't in the table of 30,522 tokens is cut into pieces that are; `##` marks a piece that goes on. So hardly a word is unknown (a ship emoji is), but *skerryline* means to MiniLM only what its pieces do. Two marks are added: `[CLS]` in front, `[SEP]` at the end. A vector for its place is added to each token's, so word order isn't lost.

# %% [markdown] tags=["slide"]
# ## Attention: look around
#
# Three tables of learned numbers, multiplied with a token's vector, give three shorter ones: a **query** (what am I looking for?), a **key** (what do I offer to be found by?) and a **value** (what do I hand over?). A query that fits a key well takes much of that token's value. Three such tables are a **head**; MiniLM has 12 in each of its six layers. The picture: one head, *drag* in two sentences.

# %% tags=["slide"]
# demonstration 2.4
import numpy as np
from workshop.models import read_head
from workshop.plots import plot_attention, show

uses = []
for text in (
    "A drag of two hours or more earns 60 per cent back.",
    "It took two horses to drag the tree from the lane.",
):
    tokens, head = read_head(encoder, text, layer=0, head=3)
    place = tokens.index("drag")
    uses.append((tokens, place, head["weights"][place]))  # what drag takes of each token
show(plot_attention(uses))

# %% [markdown]
# Same token, same vector in the table, different surroundings, so different values flow in: *earn*, *hours*, *60* here, *horses*, *tree*, *lane*, *took* there. We picked a head that looks at telling words. Don't read too much into such pictures: we looked at all 72 heads, and in 67 of them the *drag* of the first sentence looks most at the mark `[CLS]`.

# %% [markdown]
# card 2.1
# A token's *query* asks; each token offers a *key* and a *value*.
#
# **Given** `query`, shape (D,), `keys`, (T, D), and `values`, (T, E). **Return** the weighted sum of the values, (E,). A score is (key · query) / √D, a weight e<sup>score</sup> over their sum. Scores of 1,000 must work; no float holds e<sup>1000</sup>.
#
# **By hand:** `[0, 0]`, `[[1, 0], [0, 1]]`, `[[2, 0], [4, 6]]`: both weights are 0.5, giving `[3, 3]`.

# %%
import numpy as np


def attend(query: np.ndarray, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mix the values, each weighted by how well its key fits the query.

    query: (D,). keys: (T, D). values: (T, E). Returns (E,). Source: Vaswani et al. 2017, equation 1.
    """
    # BEGIN SOLUTION
    scores = keys @ query / np.sqrt(len(query))  # (T,)
    weights = np.exp(scores - scores.max())  # (T,), the largest is 1
    weights = weights / weights.sum()  # (T,), together 1
    return weights @ values  # (E,)
    # END SOLUTION


# %%
check.text_embeddings.attend(attend)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Three steps: all scores at once, scores to weights, weights times values. Subtract one and the same number from all scores, and the weights stay as they are. Which number keeps e<sup>score</sup> small?
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `keys @ query` gives T inner products, `weights @ values` adds up rows, each times its weight. `np.exp`, `np.sqrt` and `.max()` do the rest.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… NaN*: e<sup>1000</sup> is too large for a float. Subtract the largest score first.
#
# *… "matmul: … mismatch"*: print the shapes; (T, D) @ (D,) gives (T,).
#
# *… a weight that is too large*: is the √D there, and before `np.exp`?
#
# </details>
#
# For those who have time: let all tokens ask at once, with `queries` of shape (T, D). How large is the table of weights?
# %% [markdown]
# With the query `[0, 0]` every score is 0, so every token weighs the same: **taking the plain mean is attention that doesn't look**. The √D keeps scores of long vectors from growing so large that one token takes everything.
#
# Is that really what MiniLM does? Your function, on the second sentence's head, for all its tokens:

# %%
# demonstration 2.5
from workshop.checks import ready

look = ready(attend, "2.1")
yours = np.array([look(query, head["key"], head["value"]) for query in head["query"]])  # (T, 32)
print(f"largest difference from MiniLM's own output: {np.abs(yours - head['outputs']).max():.0e}")

# %% [markdown]
# Below 1e-5: the same but for rounding. A layer, or **block**, does this in 12 heads, joins what they found and adds it to each token's vector; then a **feed-forward** part works on each token alone: a multiplication, negative numbers brought close to 0, another multiplication. Six such blocks are MiniLM. At the end there is a vector for each token *in its sentence*. Shorter texts are filled up with **padding**. One vector a text is still missing.

# %% [markdown]
# card 2.2
# **Mean pooling**: make one vector for each text out of its tokens' vectors, without the padding.
#
# **Given** `token_vectors`, shape (N, T, D), and `mask`, (N, T): 1 or True for a token, 0 or False for padding. **Return** for each text the mean of its tokens' vectors, shape (N, D); zeros for a text without tokens. Padding may stand anywhere.
#
# **By hand:** `[[[1, 2], [3, 4], [9, 9]]]` and `[[1, 1, 0]]` give `[[2, 3]]`.


# %%
def mean_pool(token_vectors: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Average each text's token vectors, padding left out.

    token_vectors: (N, T, D). mask: (N, T), int or bool. Returns (N, D).
    """
    # BEGIN SOLUTION
    marks = mask[:, :, None]  # (N, T, 1)
    sums = (token_vectors * marks).sum(axis=1)  # (N, D)
    counts = marks.sum(axis=1)  # (N, 1)
    return sums / np.maximum(counts, 1)  # (N, D)
    # END SOLUTION


# %%
check.text_embeddings.mean_pool(mean_pool)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Multiply each token's vector by its mark: padding becomes zeros and adds nothing. Add up over the tokens, and divide by how many there are. What do you divide by where there are none?
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `mask[:, :, None]` has shape (N, T, 1) and fits (N, T, D). `.sum(axis=1)` adds up over the tokens. `np.maximum(array, 1)` compares number by number.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… "operands could not be broadcast together"*: (N, T) doesn't fit (N, T, D). The mask needs a last axis of length 1.
#
# *… NaN*: a text without tokens was divided by 0.
#
# *… numbers of the wrong tokens*: a mask of 0 and 1 as an index means *row 0* and *row 1*.
#
# </details>
#
# For those who have time: take the largest of each number instead of the mean. Which mask trick do you need then?
# %% [markdown]
# Two texts of different length, padded, pooled by you, brought to length 1: is it what the library gives?

# %%
# demonstration 2.6
from workshop.models import encode_texts, encode_tokens

pair = [ways[0], "late"]
found = [encode_tokens(encoder, text)[1] for text in pair]
token_vectors = np.zeros((2, len(found[0]), found[0].shape[1]), dtype=np.float32)
mask = np.zeros(token_vectors.shape[:2], dtype=int)
for row, vectors in enumerate(found):
    token_vectors[row, : len(vectors)], mask[row, : len(vectors)] = vectors, 1
pooled = np.array(ready(mean_pool, "2.2")(token_vectors, mask))
pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
print(f"largest difference from encode_texts: {np.abs(pooled - encode_texts(encoder, pair)).max():.0e}")

# %% [markdown]
# That is the whole way. But it has a length: MiniLM reads 256 tokens. The lower bar is the page with the refund rule.

# %% tags=["slide"]
# demonstration 2.7
from workshop.data import load_handbook
from workshop.plots import plot_way

whole = next(page for page in load_handbook(edition=2) if page.name == "refunds-drag").text
coded = encoder.tokenizer(whole, return_offsets_mapping=True, verbose=False)
tokens, states = encode_tokens(encoder, ways[0])
show(plot_way(tokens, states.mean(axis=0), len(coded["input_ids"]), encoder.max_seq_length))

# %% [markdown]
# **Predict:** what happens to the page's vector if everything behind the cut is replaced by nonsense?

# %%
# demonstration 2.8
end = coded["offset_mapping"][encoder.max_seq_length - 2][1]  # [CLS] and [SEP] count too
nonsense = whole[:end] + " Bananas are yellow." * 30
one, other = encoder.encode([whole, nonsense], normalize_embeddings=True)
print(f"…{whole[end - 40 : end]} ✂ {whole[end : end + 60]}…".replace("\n", " "))
print(f"cosine of the page and the page that ends in nonsense: {one @ other:.4f}")

# %% [markdown]
# Not a number changes, and sentence-transformers says nothing. (Our `encode_texts` warns.) All 64 pages of the handbook are longer than 256 tokens, the shortest has 357. **So cut long texts into passages before you encode them**: ours are.

# %% [markdown] tags=["slide"]
# ## Search with vectors
#
# Encode all passages once, keep the vectors; then a search is: encode the question, take the cosines, sort. **Wait:** about 10 seconds, up to a minute on a busy machine.

# %%
# demonstration 2.9
from time import perf_counter

start = perf_counter()
vectors = encode_texts(encoder, texts)  # (N, 384), each of length 1
print(f"{vectors.shape[0]} passages, {vectors.nbytes / 1e6:.1f} MB, {perf_counter() - start:.0f} s")

# %% [markdown]
# card 2.3
# Compare every query with every document; keep the best.
#
# **Given** `queries`, (Q, D), `documents`, (N, D), no row all zeros, and `k`. **Return** `(ids, scores)`, both (Q, k): for each query the k rows of highest cosine, best first, and these cosines. Equal scores: lower id first. If k > N, all N.
#
# **By hand:** `[[1, 0], [0, 2]]`, `[[2, 0], [3, 4], [0, 5]]`, k = 2: ids `[[0, 1], [2, 1]]`, scores `[[1, 0.6], [1, 0.8]]`.


# %%
def top_k(queries: np.ndarray, documents: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the k documents with the highest cosine to each query, the best first.

    queries: (Q, D). documents: (N, D). Returns ids and cosines, both (Q, k).
    """
    # BEGIN SOLUTION
    unit_queries = queries / np.linalg.norm(queries, axis=1, keepdims=True)  # (Q, D)
    unit_documents = documents / np.linalg.norm(documents, axis=1, keepdims=True)  # (N, D)
    scores = unit_queries @ unit_documents.T  # (Q, N)
    ids = np.argsort(-scores, axis=1, kind="stable")[:, :k]  # (Q, k)
    return ids, np.take_along_axis(scores, ids, axis=1)
    # END SOLUTION


# %%
check.text_embeddings.top_k(top_k)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Bring all rows to length 1; one product then gives all cosines, a row for each query. Sort each row, keep k places, and pick the scores at these places.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `np.argsort(-scores, axis=1, kind="stable")` ranks each row; *stable* keeps the order of equal values. `np.take_along_axis(scores, ids, axis=1)` picks row by row.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… a table of the wrong shape*: `documents.T` has shape (D, N). `scores[:, ids]` picks every query's ids for every query.
#
# *… the right ids in another order*: `argpartition` doesn't sort.
#
# *… equal scores in the wrong order*: sort `-scores`, stable; a rising order turned round turns ties round too.
#
# </details>
#
# For those who have time: a million documents, k = 10. What does `np.argpartition` save?
# %%
# demonstration 2.10
search = ready(top_k, "2.3")
ids, _ = search(encode_texts(encoder, ways), vectors, len(texts))
for way, ranking in zip(ways, np.array(ids).tolist(), strict=True):
    print(f"{way}: the rule at place {ranking.index(rule) + 1}; first comes")
    print(f"     {texts[ranking[0]][:90]}")

# %% [markdown]
# Lesson 01's question gets half an answer. The bare *my boat was delayed* still puts it at place 13: these four words ask for nothing, and *A late boat makes other boats late* is about the same thing too. Asked as a question, in words that the rule doesn't have, it comes **first**. Vectors find what is *alike*. What somebody wants, they can only find if it was said.

# %% [markdown]
# ## Five wrong results
#
# Before any percentage, look at mistakes. The cell asks all wordings; for the first five whose first passage doesn't hold the answer it prints what came instead. **Wait:** 6 seconds, up to 30 on a busy machine.

# %%
# demonstration 2.11
wordings = [(one, "questions", one.question) for one in questions]
wordings += [(one, "paraphrases", text) for one in questions for text in one.paraphrases]
asked = encode_texts(encoder, [text for _, _, text in wordings])
ids = np.array(search(asked, vectors, 5)[0]).tolist()
wrong = 0
for (one, _, text), ranking in zip(wordings, ids, strict=True):
    if one.answer not in texts[ranking[0]] and wrong < 5:
        wrong += 1
        print(f"{text}\n  wanted: {one.document}, {one.answer!r}")
        print(f"  got:    {passages[ranking[0]].document}: {texts[ranking[0]][:100]}…\n")

# %% [markdown]
# Read them: shoes and boots, an expense claim and a fare, a hotel for staff and one for stranded passengers. What came is *near*, and no answer. One number for "alike" can't say in which respect.

# %% [markdown] tags=["slide"]
# ## How good is a search? Two measures
#
# We know where each answer stands: the passages of its page that hold it, nearly always one. **Recall at k** is the share of them among the first k results: what a reader sees who looks at k. The **mean reciprocal rank** (MRR) says how far down the first good one comes: 1 for the first place, 1/2 for the second.

# %% [markdown]
# card 2.4
# How much of what is relevant is found?
#
# **Given** `rankings`, for each of Q queries a list of ids, best first, `relevant`, for each query one or more different ids, and `k`. **Return** the mean over the queries of the share of relevant ids among the first `k` results. An id twice in a ranking counts once.
#
# **By hand:** `[[4, 2, 7], [1, 3, 5]]`, `[[2], [5, 3]]`, k = 2: the shares 1 and 0.5 give `0.75`.


# %%
def recall_at_k(rankings: list[list[int]], relevant: list[list[int]], k: int) -> float:
    """Return the mean share of each query's relevant ids that its first k results hold.

    rankings: Q lists of ids, best first. relevant: Q lists of ids, none empty. Returns 0 to 1.
    """
    # BEGIN SOLUTION
    shares = []
    for ranking, wanted in zip(rankings, relevant, strict=True):
        found = set(ranking[:k]) & set(wanted)
        shares.append(len(found) / len(wanted))
    return sum(shares) / len(shares)
    # END SOLUTION


# %%
check.text_embeddings.recall_at_k(recall_at_k)

# %% [markdown]
# <details><summary>Direction</summary>
#
# One query at a time: cut its ranking, see which of its relevant ids are in there, divide by how many are relevant. The mean comes last.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `ranking[:k]` takes k at most. `set(a) & set(b)` keeps what is in both, each once. `zip(rankings, relevant)` goes through both lists side by side.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… less than 1 where everything is found*: divide by the number of relevant ids, not by `k`.
#
# *… more than 1*: an id came twice.
#
# *… only the first query*: `return` stands inside the loop.
#
# </details>
#
# For those who have time: what is recall at N, and why does nobody report it?
# %% [markdown]
# card 2.5
# Recall doesn't say whether the hit stood first or last. This measure does.
#
# **Given** `rankings` and `relevant` as in 2.4. **Return** the mean over the queries of 1 / rank of the *first* relevant id; the best result has rank 1. A query without a hit counts 0.
#
# **By hand:** rankings `[[4, 2, 7], [1, 3, 5]]`, relevant `[[2], [1, 5]]`: the first hits have rank 2 and 1, so (1/2 + 1/1) / 2 gives `0.75`.


# %%
def mean_reciprocal_rank(rankings: list[list[int]], relevant: list[list[int]]) -> float:
    """Return the mean of 1 / the rank of each query's first hit.

    rankings: Q lists of ids, best first. relevant: Q lists of ids. Returns 0 to 1.
    """
    # BEGIN SOLUTION
    total = 0
    for ranking, wanted in zip(rankings, relevant, strict=True):
        for rank, found in enumerate(ranking, start=1):
            if found in wanted:
                total += 1 / rank
                break
    return total / len(rankings)
    # END SOLUTION


# %%
check.text_embeddings.mean_reciprocal_rank(mean_reciprocal_rank)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Go down each ranking, stop at the first hit, add 1 / rank. Divide by the number of all queries.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `enumerate(ranking, start=1)` counts from 1. `break` leaves the inner loop alone.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… ZeroDivisionError*: ranks begin at 1.
#
# *… too much*: a second hit was added. Leave the loop at the first.
#
# *… too much where a query finds nothing*: it counts 0, but it counts as a query.
#
# </details>
#
# For those who have time: when can a search win by recall at 5 and lose by this measure?
# %% [markdown]
# ## Four searches
#
# Two are missing. **BM25** counts the same words as TF-IDF, but marks down passages that are longer than the average; how far, says a number *b* from 0 to 1, usually 0.75. Search engines have used it for thirty years. And lesson 01's **averages** of MiniLM's word table, without any attention: of the same words again, as far as the table has them, so that methods are compared and not inputs.

# %% [markdown]
# card 2.6
# The plainest vector for a text: the mean of its words.
#
# **Given** `tokens`, a list of words, the list `words` and their `vectors`, shape (V, D). **Return** the mean of the vectors of those tokens that are in `words`, shape (D,). A token that comes twice counts twice; unknown ones are left out. If none is known, return D zeros.
#
# **By hand:** boat `[2, 0]`, late `[4, 6]`, sea `[1, 9]`; `["my", "boat", "late"]` gives `[3, 3]`.


# %%
def average_vector(tokens: list[str], words: list[str], vectors: np.ndarray) -> np.ndarray:
    """Return the mean of the known tokens' vectors; zeros where none is known.

    words: V words. vectors: (V, D), a row for each word. Returns (D,).
    """
    # BEGIN SOLUTION
    row = {word: place for place, word in enumerate(words)}
    known = [row[token] for token in tokens if token in row]
    if not known:
        return np.zeros(vectors.shape[1])  # (D,)
    return vectors[known].mean(axis=0)  # (D,)
    # END SOLUTION


# %%
check.text_embeddings.average_vector(average_vector)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Find the rows of the known tokens, one for each time that a token comes. Then one mean. Ask first whether there are any.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# A dict from each word to its row; `vectors[[2, 0, 0]]` picks rows, also twice. `.mean(axis=0)` averages over rows.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… KeyError, or "is not in list"*: a token has no vector. Leave it out.
#
# *… NaN*: nothing was known. Return zeros then.
#
# *… numbers that are too small*: divide by the known tokens, not by all.
#
# </details>
#
# For those who have time: weigh each word by how rare it is. Do you find the rule now?
# %%
# demonstration 2.12
from workshop.models import load_token_embeddings
from workshop.search import Bm25Search, content_words

words, table = load_token_embeddings(settings)
known, mean_of_words = {word: row for row, word in enumerate(words)}, ready(average_vector, "2.6")


def average_all(some):
    """Return your mean of word vectors for each text: of the words that TF-IDF counts."""
    found = []
    for tokens in map(content_words, some):
        mine = sorted(known.keys() & set(tokens))
        found.append(mean_of_words(tokens, mine, table[[known[word] for word in mine]]))
    return np.array(found)


# %% [markdown]
# What counts as found, for each wording: the passages of the right page that hold the answer. (Where your own questions come without an answer, every passage of the page counts.)

# %%
# demonstration 2.13
relevant = []
for one, _, _ in wordings:
    page = {row for row, passage in enumerate(passages) if passage.document == one.document}
    relevant.append(sorted(row for row in page if one.answer in texts[row]) or sorted(page))
kinds = np.array([kind for _, kind, _ in wordings])
print(f"{len(relevant)} wordings; {np.mean([len(some) == 1 for some in relevant]):.0%} have one right passage")

# %% [markdown]
# `judge` ranks, measures with your functions, and keeps what each wording found among five.

# %%
# demonstration 2.14
from workshop.score import record_row

recall, first_hit, hits = ready(recall_at_k, "2.4"), ready(mean_reciprocal_rank, "2.5"), {}


def judge(method, scores, place="handbook"):
    """Print how well a table of scores (Q, N) finds the passages, and keep recall at 5 of each wording."""
    rankings = np.argsort(-scores, axis=1, kind="stable")[:, :100].tolist()  # a hit below 100 counts as none
    for kind in dict.fromkeys(kinds):
        mine, right = zip(*((rankings[row], relevant[row]) for row in np.flatnonzero(kinds == kind)), strict=True)
        shares = [f"{recall(mine, right, k):.2f}" for k in (1, 3, 5)]
        print(f"{method:>9}, {kind:<11}: recall at 1, 3, 5: {', '.join(shares)}; MRR {first_hit(mine, right):.2f}")
        row = {"lesson": "02", "method": method, "task": f"{place}, {kind}", "metric": "recall@5", "n": len(mine)}
        record_row(row | {"value": recall(mine, right, 5)})
    hits[method, place] = np.array([recall([a], [b], 5) for a, b in zip(rankings, relevant, strict=True)])


# %% [markdown]
# **Predict:** how far apart are counting and MiniLM on the questions, which were written by somebody who knew the page? And on the paraphrases?

# %%
# demonstration 2.15
from sklearn.metrics.pairwise import cosine_similarity

wanted = [text for _, _, text in wordings]
judge("averages", cosine_similarity(average_all(wanted), average_all(texts)))
judge("BM25", Bm25Search(texts).score(wanted))
judge("TF-IDF", tfidf.score(wanted))
judge("MiniLM", asked @ vectors.T)

# %% [markdown] tags=["slide"]
# ## The needle in a haystack
#
# 480 passages are few. Put them among 9,520 sentences of Wikipedia, so that there are 10,000 to confuse them with. Their vectors were computed once and come with the workshop, a byte a number. (They are about other things, so this tests number, not likeness: a haystack of *similar* pages would be harder.) **Wait:** 8 seconds, up to 40 on a busy machine.

# %%
# demonstration 2.16
from workshop.data import load_wiki_passages, load_wiki_vectors

more = max(0, 10_000 - len(texts))
haystack = texts + [passage.text for passage in load_wiki_passages()[:more]]
judge("BM25", Bm25Search(haystack).score(wanted), "haystack")
judge("BM25, b=0", Bm25Search(haystack, b=0).score(wanted), "haystack")
judge("TF-IDF", TfidfSearch(haystack).score(wanted), "haystack")
judge("MiniLM", np.hstack([asked @ vectors.T, asked @ load_wiki_vectors()[:more].T]), "haystack")

# %% [markdown] tags=["slide"]
# ## Which digits to trust?
#
# 680 paraphrases aren't 680 independent cases: two are of one question, and eleven or so ask about one page. If a page is hard to find, all of them miss together. So pages are drawn, each with all its wordings. The cell does it, and also the wrong way, wording by wording.

# %% [markdown]
# **How an interval is made.** Draw 64 of the 64 pages *with replacement*, as lesson 01's **bootstrap** drew pairs. That is a handbook as it might also have been. Take the difference of two searches on it. Do so 2,000 times. The middle 95 of each 100 differences are the **95 % interval**, written [low, high]. If 0 lies in it, it can't be told which search is better.

# %%
# demonstration 2.17
chosen = kinds == kinds[-1]  # the paraphrases
gap = (hits["MiniLM", "haystack"] - hits["TF-IDF", "haystack"])[chosen]
rng, each = np.random.default_rng(0), np.arange(len(gap))
_, page_of = np.unique([one.document for one, _, _ in wordings], return_inverse=True)
for what, group in (("wordings", each), ("pages", page_of[chosen])):
    count = group.max() + 1
    times = rng.multinomial(count, np.full(count, 1 / count), size=2000)[:, group]  # (draws, wordings)
    low, high = np.percentile(times @ gap / times.sum(axis=1), [2.5, 97.5])
    print(f"MiniLM minus TF-IDF, {what} drawn anew: {gap.mean():.2f} [{low:.2f}, {high:.2f}]")
    row = {"lesson": "02", "task": "haystack, paraphrases", "metric": "recall@5_minus_TF-IDF"}
    row |= {"low": low, "high": high}
record_row(row | {"method": "MiniLM", "value": gap.mean(), "n": len(gap)})

# %% [markdown]
# Drawn by pages the interval is about a quarter wider. Half its width is just under 0.04 in the first line and near 0.05 in the second: a lead of 0.04 would look sure in one and not in the other. MiniLM's lead stands in both.

# %% [markdown]
# Now all methods, with intervals by pages (drawn with other random numbers than yours, so the last digit may differ). More came along: averages of all words, averages in which rare words weigh more, and **Doc2Vec**, explained below; its passes and BM25's *b*, 400 and 0, were chosen on ten of the pages.

# %% tags=["slide"]
# demonstration 2.18
from workshop.score import read_results

measured = read_results("02_text_embeddings")
for task in ("handbook, questions", "handbook, paraphrases", "haystack, questions", "haystack, paraphrases"):
    print(f"recall at 5, {task}")
    for row in sorted(measured.select(task=task, metric="recall@5"), key=lambda row: -row.value):
        print(f"    {row.method:<19} {row.value:.2f} [{row.low:.2f}, {row.high:.2f}]")
    for other in ("TF-IDF", "BM25, b chosen"):
        for gap in measured.select(task=task, method="MiniLM", metric=f"recall@5_minus_{other}"):
            print(f"  MiniLM minus {other}: {gap.value:z.2f} [{gap.low:z.2f}, {gap.high:z.2f}]")

# %% [markdown]
# Differences, page by page (each rounded once): whoever knows the page uses its words, so on questions MiniLM and counting can't be told apart: −0.02 [−0.06, 0.02] to TF-IDF in the handbook, −0.01 [−0.06, 0.03] to BM25 with *b* = 0 in the haystack. On paraphrases MiniLM finds more than that BM25: 0.13 [0.09, 0.17] in the handbook, 0.12 [0.08, 0.16] in the haystack.

# %% [markdown]
# **One setting moves a baseline.** In the haystack BM25 with the usual *b* finds 0.78 on questions, with *b* = 0 0.91. Most passages there are sentences with 11 counted words; ours have 24, and were marked down for it. Beside TF-IDF alone, MiniLM's lead on paraphrases would have looked twice as large: 0.22.

# %% [markdown]
# Averages, too, depend on what goes in: on paraphrases in the handbook they find 0.30 with function words, 0.53 without. Before you call a method better, give its rival a fair try.

# %% [markdown] tags=["slide"]
# ## The search box
#
# Ask what you like: counting at the left, MiniLM at the right, the same passages. Try house words (*driftback*), a number, a misspelling, a question in another language (MiniLM learnt from English: neither finds much). Where does counting win?

# %%
# demonstration 2.19
import re

from workshop.widgets import search_box

plain = [" ".join(re.sub("[#*|]+|---", " ", text).split())[:70] for text in texts]
labels = [f"{passage.document}: {text}" for passage, text in zip(passages, plain, strict=True)]
both = {"TF-IDF (counts words)": lambda query: tfidf.score([query])[0]}
both["MiniLM (vectors)"] = lambda query: vectors @ encode_texts(encoder, [query])[0]
search_box(labels, both, start=ways[2])

# %% [markdown] tags=["slide"]
# ## Does one vector carry what a document means? Ask people
#
# Search is one yardstick; people are another. Lee, Pincombe and Welsh (2005) let people rate how alike 50 short news stories are, each pair, from 1 to 5. A method is good if its cosines go with the mean ratings (**Pearson's correlation**: 1 if both rise together on a straight line, 0 if there is no such line).

# %%
from workshop.widgets import predict

predict("C04")

# %% [markdown]
# **Doc2Vec** (Le and Mikolov, 2014) is lesson 01's game with one more player: each *text* has a vector too, which learns to guess the text's words. It sees 350 stories, the 50 among them, and no ratings. **Wait:** 8 seconds, up to 40 on a busy machine.

# %%
# demonstration 2.20
from gensim.models.doc2vec import Doc2Vec, TaggedDocument

from workshop.data import load_lee, load_lee_background

stories, ratings = load_lee()
everything = [content_words(story) for story in [*stories, *load_lee_background()]]
tagged = [TaggedDocument(tokens, [number]) for number, tokens in enumerate(everything)]
options = {"vector_size": 100, "window": 8, "min_count": 2, "negative": 5, "epochs": 40, "workers": 1}
doc2vec = Doc2Vec(tagged, dm=0, seed=11, **options)
tables = {"Doc2Vec": doc2vec.dv.vectors[: len(stories)], "MiniLM": encode_texts(encoder, stories)}
tables["TF-IDF"] = TfidfSearch([*stories, *load_lee_background()]).table[: len(stories)]

# %%
# demonstration 2.21
pairs, agreement = np.triu_indices(len(stories), 1), {}
for method, some in tables.items():
    agreement[method] = np.corrcoef(cosine_similarity(some)[pairs], ratings[pairs])[0, 1]
    print(f"{method}: {agreement[method]:.2f} on {len(pairs[0]):,} pairs")
    row = {"lesson": "02", "method": method, "task": "lee", "metric": "pearson", "n": len(pairs[0])}
    record_row(row | {"value": agreement[method]})
check.band("02.doc2vec_pearson", agreement["Doc2Vec"])

# %% [markdown]
# Now with intervals (stories drawn anew, with all their pairs), beside more methods and what others report: two raters among themselves, and the best methods of 2005. PV-DM is Doc2Vec's other form, which guesses a word from its neighbours and its text; LSA is lesson 01's counting and SVD, on a table of words by texts.

# %% tags=["slide"]
# demonstration 2.22
from workshop.plots import plot_agreement

bars, lines = (
    measured.select(task="lee", metric="pearson", seed=None, source=source) for source in ("measured", "published")
)
show(plot_agreement(bars, agreement, lines))

# %%
# demonstration 2.23
from workshop.score import show_verdict

show_verdict("C04", "02_text_embeddings")

# %% [markdown]
# **Can't tell**, as the rule (above) had announced: with 50 stories a lead below about 0.16 would often be missed, and MiniLM's over TF-IDF is 0.07 [−0.04, 0.19]. Counting reaches 0.58. That is about where two raters agree among themselves (0.6), and no ceiling: a mean of many raters is steadier than one. Averages, 0.04 above counting, and Doc2Vec, 0.14 below, both with 350 stories to learn from, can't be told from it either.

# %% [markdown] tags=["slide"]
# ## What does it cost? Bytes
#
# "Embeddings are dense and small, counts are sparse and huge." Is it so? A sparse table keeps only what isn't 0: a number and its place. A dense one keeps all 384 numbers of every passage. Both can be squeezed: numbers in one byte instead of four (**int8**: divide by the largest, round to −127 … 127); rare words dropped; dimensions cut.

# %%
predict("C03")

# %% [markdown]
# **PCA** (principal component analysis) turns the axes so that the first ones carry most of the spread, and drops the rest. It is fitted on passages alone: questions of the test have no say in it. Predict that too:

# %%
predict("C29")

# %%
# demonstration 2.24
from sklearn.decomposition import PCA

for dimensions in [size for size in (192, 128, 64, 32) if size < len(texts)]:
    pca = PCA(dimensions, random_state=0).fit(vectors)
    judge(f"PCA {dimensions}", cosine_similarity(pca.transform(asked), pca.transform(vectors)))
values = np.rint(vectors / np.abs(vectors).max(axis=1, keepdims=True) * 127).astype(np.int8)
judge("int8", cosine_similarity(asked, values.astype(np.float32)))
print(f"float32 {vectors.nbytes:,} bytes, int8 {values.nbytes:,}; TF-IDF's numbers that aren't 0: {tfidf.table.nnz:,}")

# %% [markdown]
# In the haystack, measured: 54 of the 64 pages (the smallest good form of each kind was chosen on the other ten: choosing and measuring on the same pages would flatter the choice). Bytes count the numbers, their places, the words, and PCA's axes.

# %% tags=["slide"]
# demonstration 2.25
from workshop.plots import plot_bytes

show(plot_bytes(measured.select(task="forms", metric="recall@5"), most=90.9))

# %%
# demonstration 2.26
show_verdict("C03", "02_text_embeddings")

# %% [markdown]
# The smallest good forms: MiniLM's 192 numbers as int8, 2.26 MB, against 0.68 for BM25 (*b* = 0) in a byte a number; the encoder's 90 MB come on top. MiniLM finds 0.08 [0.03, 0.13] more.

# %% [markdown]
# MiniLM's query takes many times as long, about 14 milliseconds against 0.03: it must be encoded. So *better*, not smaller or cheaper: of a passage only its words are kept, 11 on average. And at 0.8 MB MiniLM, with 64 numbers, finds 0.52, less than BM25 at 0.68 MB.

# %%
# demonstration 2.27
show_verdict("C29", "02_text_embeddings")

# %% [markdown]
# On the 54 pages **int8** is free: a quarter of the bytes, and recall at 5 stays at 0.67. Fewer dimensions aren't: in the haystack 192 numbers lose 0.02, 128 lose 0.05 [0.03, 0.08], 64 lose 0.14. A yardstick: 128 directions drawn by chance, instead of chosen by PCA, lose 0.14. In your cell, on the handbook alone, 128 cost less at 5: measure a cut on what you have.

# %% [markdown] tags=["slide"]
# ## Senses
#
# Six house words (*drag, still, nest, hop, bench, kettle*) have a sense of their own at Skerryline and an ordinary one. If attention tells them apart, MiniLM's vectors of *drag* lie nearer to each other within a sense than across. Two things could fool us: the *other words* of the sentence tell the topic, and the sentences come from two **sources**, Skerryline's texts and ordinary ones, which differ in style.

# %%
predict("C27")

# %% [markdown]
# card 2.7
# Does a space keep a word's senses apart?
#
# **Given** `vectors`, shape (N, D), no row all zeros, and N labels `senses`, two or more, each at least twice. **Return** the mean cosine of all pairs of the same sense (one mean, whichever sense it is) minus that of all pairs of two senses. Each pair counts once.
#
# **By hand:** `[[1, 0], [3, 4], [0, 2], [0, 5]]`, a, a, b, b: `(0.6+1)/2 - (0+0+0.8+0.8)/4 = 0.4`.


# %%
def sense_separation(vectors: np.ndarray, senses: list[str]) -> float:
    """Return the mean cosine within a sense minus the mean cosine across senses.

    vectors: (N, D). senses: N labels. All pairs of one sense make one mean, whichever sense it is.
    """
    # BEGIN SOLUTION
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)  # (N, D)
    within, across = [], []
    for i in range(len(senses)):
        for j in range(i + 1, len(senses)):
            pairs = within if senses[i] == senses[j] else across
            pairs.append(unit[i] @ unit[j])
    return np.mean(within) - np.mean(across)
    # END SOLUTION


# %%
check.text_embeddings.sense_separation(sense_separation)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Two lists. Go through all pairs i < j, and put each cosine into the list it belongs to. Two means, one difference.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `range(i + 1, N)` begins behind i, so no vector meets itself and no pair comes twice. `np.mean(list)`.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… too much*: vectors are paired with themselves. That cosine is always 1.
#
# *… values far above 1*: bring the vectors to length 1 first.
#
# *… too little*: the second mean is over pairs of *two* senses, not over all.
#
# </details>
#
# For those who have time: mix the labels at random a thousand times. How often is the separation as large by chance?
# %%
# demonstration 2.28
from workshop.data import load_task
from workshop.models import encode_word

separate, uses = ready(sense_separation, "2.7"), load_task("senses")
for word in dict.fromkeys(use.word for use in uses):
    mine = [use for use in uses if use.word == word]
    inside = np.array([encode_word(encoder, use.sentence, use.start, len(word)) for use in mine])
    rest = [use.sentence[: use.start] + use.sentence[use.start + len(word) :] for use in mine]
    groups = [use.source for use in mine]  # of a house word, the source is the sense
    own, around = separate(inside, groups), separate(average_all(rest), groups)
    print(f"{mine[0].kind:>10} {word:<8} {own:5.2f}, by the words around it {around:5.2f}")

# %% [markdown]
# The **control words** at the end of the list mean the same in both sources: what they show is style and topic, not sense.

# %%
# demonstration 2.29
show_verdict("C27", "02_text_embeddings")

# %% [markdown]
# **Can't tell.** MiniLM's vectors separate the senses of house words by 0.040, the mean of the counted words *around* them by 0.073: the difference is −0.03 [−0.08, 0.02]. Control words, whose sense doesn't change, come to 0.014; house words lie 0.03 [−0.00, 0.06] above. *drag* and *still* stand out most. Six words are few.

# %% [markdown] tags=["slide"]
# ## Nobody sorted these
#
# One more use: texts about the same thing lie together, with no labels and no query. Four parts of the handbook were chosen; each of their pages is the mean of its passages' vectors. The map is lesson 01's: PCA's first two directions of 384. Which pages lie among another part's, and what are they about?

# %% tags=["slide"]
# demonstration 2.30
from workshop.plots import plot_word_map

parts = {"refunds": [], "safety": [], "shop": [], "it": []}
for passage in passages:
    name = passage.document.partition("-")[0]
    if name in parts and passage.document not in parts[name]:
        parts[name].append(passage.document)
names = [name for some in parts.values() for name in some]
pages = [vectors[[row for row, one in enumerate(passages) if one.document == name]].mean(axis=0) for name in names]
if len(names) > 2:
    show(plot_word_map(names, np.array(pages), {part: some for part, some in parts.items() if some}, "pages"))

# %% [markdown]
# ## Not only texts: baskets
#
# In the Kettle, the ship's shop, a basket is a sentence and an item a word. (These baskets were **generated**: that items with a common reason are bought together was put in. It shows how, and proves nothing.)
#
# **Predict:** from every late basket one item is hidden. What finds it best among five: vectors of items, counts of what was bought together, or simply what is bought most?

# %% [markdown]
# card 2.8
# What goes with a basket?
#
# **Given** `basket`, different items, the list `items`, their `vectors`, (N, D), no row all zeros, and `k`. Bring all vectors to length 1; add up the basket's. **Return** the `k` items with the highest cosine to that sum, best first, none of the basket. Skip unknown items; if none is known, return `[]`.
#
# **By hand:** tea `[2, 0]`, map `[0, 1]`, scone `[2, 1]`, rope `[4, -1]`: to tea and map, `["scone", "rope"]`.


# %%
def recommend(basket: list[str], items: list[str], vectors: np.ndarray, k: int) -> list[str]:
    """Return the k items nearest to a basket, best first, none of them in it.

    items: N names. vectors: (N, D), a row for each item. Returns at most k items.
    """
    # BEGIN SOLUTION
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)  # (N, D)
    rows = [items.index(item) for item in basket if item in items]
    if not rows:
        return []
    scores = unit @ unit[rows].sum(axis=0)  # (N,)
    order = np.argsort(-scores)
    return [items[i] for i in order if items[i] not in basket][:k]
    # END SOLUTION


# %%
check.text_embeddings.recommend(recommend)

# %% [markdown]
# <details><summary>Direction</summary>
#
# It is 1.6 with another start: in the place of one word's vector stands the sum of the basket's. The length of that sum changes no ranking.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `items.index(item)` gives the row, `unit[rows].sum(axis=0)` adds up rows, `np.argsort` gives places in rising order.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… what is in the basket*: leave it out before you take k.
#
# *… "is not in list"*: an item of the basket isn't sold any more. Skip it.
#
# *… long vectors first*: bring all rows to length 1.
#
# </details>
#
# For those who have time: what would you recommend for an empty basket?
# %%
# demonstration 2.31
from gensim.models import Word2Vec

from workshop.data import load_baskets

baskets = [list(basket.items) for basket in load_baskets()]
options = {"vector_size": 32, "window": 10, "min_count": 1, "negative": 10, "epochs": 30, "workers": 1}
items = Word2Vec(baskets, sg=1, seed=0, **options).wv
also = ready(recommend, "2.8")
for basket in (["seasickness tablets"], ["haddock roll", "newspaper"], ["postcard", "fridge magnet"]):
    print(f"{', '.join(basket)} → {', '.join(also(basket, items.index_to_key, items.vectors, 4))}")

# %%
# demonstration 2.32
show_verdict("C05", "02_text_embeddings")

# %% [markdown]
# Vectors find 0.50 of the hidden items among five (one item of each of the 600 latest baskets was hidden), popularity 0.33, and plain counts of what is bought together **0.65**: 0.14 [0.10, 0.18] more. With 55 items and 3,000 baskets, counts have much to go by; and they keep how often an item is bought, which a cosine forgets. Always set counting beside.

# %% [markdown]
# ## Two questions to yourself
#
# **A colleague encodes whole contracts of 20 pages with MiniLM. Search finds little. What is likely wrong?**
#
# <details><summary>384 numbers are too few for a contract</summary>
#
# They may be. But you saw that half of them did nearly as well for passages; something else comes first.
#
# </details>
#
# <details><summary>Only the first 256 tokens of each were read</summary>
#
# Yes: most of the text never went in, and no error says so. Cut into passages, and encode each.
#
# </details>
#
# <details><summary>The vectors weren't brought to length 1</summary>
#
# A cosine doesn't mind lengths. Where inner products are used it can matter, but it wouldn't hide 19 pages.
#
# </details>

# %% [markdown]
# **Two searches are compared on 600 questions, 10 about each of 60 pages: 0.80 against 0.76, and drawn question by question the interval of the difference is [0.01, 0.07]. Is the first better?**
#
# <details><summary>Yes: the interval is above 0</summary>
#
# It counts 600 independent cases. Ten questions about one page succeed or fail together more than that.
#
# </details>
#
# <details><summary>It can't be told from this interval</summary>
#
# Yes. Draw pages, with all their questions. The interval will most likely be wider, and 0.01 is close to 0.
#
# </details>
#
# <details><summary>No: 0.04 is too little to matter</summary>
#
# Whether it matters depends on the use: one question in 25. Whether it is *there* is what the interval should say.
#
# </details>

# %% [markdown]
# ## The same in ten library lines, for work
#
# sentence-transformers alone, with the encoder that you have loaded; `SentenceTransformer("sentence-transformers/all-MiniLM-L6-v2")` fetches it elsewhere.

# %%
# demonstration 2.33
from sentence_transformers import util

corpus = encoder.encode(texts[:100], normalize_embeddings=True, convert_to_tensor=True)
query = encoder.encode(["What do I pay for my dog?"], normalize_embeddings=True, convert_to_tensor=True)
for hit in util.semantic_search(query, corpus, top_k=2)[0]:
    print(f"{hit['score']:.2f} {texts[hit['corpus_id']][:200]}")

# %% [markdown]
# ## Not here
#
# - **Searching millions**: an index that doesn't compare with all of them (FAISS), words and vectors joined, reranking: lesson 05.
# - **Training the encoder on your questions**: lesson 05. **Larger encoders**, and one made for longer texts or other languages: `docs/models.md`; the profile `large`.
# - **An answer instead of a passage**: lessons 04 and 05.

# %% [markdown]
# ## Your scoreboard

# %%
# demonstration 2.34
from workshop.checks import scoreboard

scoreboard()

# %% [markdown]
# To take points, predictions and rows along (on Colab and Binder nothing survives the session), copy this code. In another notebook: `from workshop.score import paste_code`, then `paste_code("""…""")`.

# %%
# demonstration 2.35
from workshop.score import make_code

print(make_code())

# %% [markdown] tags=["slide"]
# ## What you did
#
# - You followed a text through attention to one vector, and saw its end get lost.
# - You searched by words and by vectors, and measured both, with intervals that draw pages.
# - You chose by quality, bytes and milliseconds, and know where counting is hard to beat.
#
# One vector says what a text is about. And if you need to know something else, whether a customer is angry, say? Lesson 03.
