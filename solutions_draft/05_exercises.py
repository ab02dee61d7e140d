# %% [markdown]
# The eight exercises of lesson 05, without the story around them.

# %%
from workshop import check

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
    kept_names, kept_rows = [], []
    for one, row in zip(names, vectors, strict=True):
        if one != name:
            kept_names.append(one)
            kept_rows.append(row)
    for row in new:
        kept_names.append(name)
        kept_rows.append(row)
    return kept_names, np.array(kept_rows)
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
