# %% [markdown]
# The ten exercises of lesson 04, without the story around them.

# %%
from workshop import check

# %% [markdown]
# card 4.1
# Is an answer right? *The 7:35 boat.* says the same as *7:35 boat*; *735* doesn't.
#
# **Given** two texts, `answer` and `truth`. **Return** True where they are equal after these steps: lower case; a hyphen becomes a blank; punctuation goes, **but for a mark with a digit on both sides** (7:35, 1.95); split at blanks; the words *a*, *an* and *the* go.
#
# **By hand:** `"The 7:35 boat."` and `"7:35 boat"` both become `["7:35", "boat"]`: `True`.


# %%
def exact_match(answer: str, truth: str) -> bool:
    """Tell whether answer and truth are the same words; case, articles, hyphens and most punctuation don't count."""

    # BEGIN SOLUTION
    def words(text: str) -> list[str]:
        text, kept = text.lower().replace("-", " "), ""
        for i, character in enumerate(text):
            in_number = text[:i][-1:].isdigit() and text[i + 1 :][:1].isdigit()
            if character.isalnum() or character.isspace() or in_number:
                kept += character
        return [word for word in kept.split() if word not in ("a", "an", "the")]

    return words(answer) == words(truth)
    # END SOLUTION


# %%
check.prompt_or_lora.exact_match(exact_match)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Write one function that turns a text into its list of words, and call it for both texts. Within it, go through the characters with their places: which ones stay? A mark needs a look to its left and to its right.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `text.lower()`, `text.replace("-", " ")` and `text.split()`. `character.isalnum()` is true for letters and digits. `text[i + 1 : i + 2]` is the next character, or `""` at the end, and `"".isdigit()` is false. With regular expressions: `(?<!\d)` and `(?!\d)` look to the sides.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… True for "wear" and "weather"*: `replace("the", "")` cuts words up. Split first.
#
# *… True for "735" and "7:35"*: the mark between digits is gone.
#
# *… False for "a.m." and "am"*: `strip()` looks at the ends alone.
#
# </details>
#
# For those who have time: which right answers does this scorer call wrong? Think of *19 days* and *nineteen days*.

# %% [markdown]
# card 4.2
# A **few-shot prompt** shows the model answered examples before it asks. In a chat each example is two turns.
#
# **Given** an `instruction`, `examples` (pairs of question and answer) and a `question`. **Return** dicts with the keys `role` and `content`: the instruction from `system`, each example's question from `user` and answer from `assistant`, last the question from `user`. No system turn where the instruction is `""`.
#
# **By hand:** an instruction and one example give system, user, assistant, user.


# %%
def few_shot_messages(instruction: str, examples: list[tuple[str, str]], question: str) -> list[dict[str, str]]:
    """Return a chat of the instruction, the examples as turns, and the question.

    examples: pairs of question and answer. Returns dicts {"role": …, "content": …}.
    """
    # BEGIN SOLUTION
    messages = []
    if instruction:
        messages.append({"role": "system", "content": instruction})
    for asked, answered in examples:
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": answered})
    messages.append({"role": "user", "content": question})
    return messages
    # END SOLUTION


# %%
check.prompt_or_lora.few_shot_messages(few_shot_messages)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Begin with an empty list. Add what comes first, then go through the examples, then add the question. The model goes on where the list ends, so a user's turn must be last.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `messages.append({"role": "user", "content": text})` adds a turn. `for asked, answered in examples:` takes each pair apart. An empty text counts as false in `if instruction:`.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… an empty system turn*: ask first whether there is an instruction.
#
# *… only one user turn*: don't write the examples into one long text.
#
# *… no list for no examples*: `return` stands inside the loop.
#
# </details>
#
# For those who have time: give the model two examples whose answers are wrong. Does it follow them?

# %% [markdown]
# card 4.3
# Tuning reads **JSONL**: each line is JSON for one chat, `{"messages": [{"role": …, "content": …}, …]}`. Find the faulty lines first.
#
# **Given** `lines`, texts. **Return** pairs of line number, **from 1**, and the line's first fault: `"not json"` (an empty line too); `"no messages"`: no object, or `messages` missing or empty; `"no answer"`: no message has the role `assistant`.
#
# **By hand:** a user's turn alone, a good chat, `Ahoy`: `[(1, "no answer"), (3, "not json")]`.


# %%
def find_problems(lines: list[str]) -> list[tuple[int, str]]:
    """Return number, from 1, and first fault of each faulty line: not json, no messages or no answer."""
    # BEGIN SOLUTION
    problems = []
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            problems.append((number, "not json"))
            continue
        messages = row.get("messages") if isinstance(row, dict) else None
        if not messages:
            problems.append((number, "no messages"))
        elif "assistant" not in [message["role"] for message in messages]:
            problems.append((number, "no answer"))
    return problems
    # END SOLUTION


# %%
check.prompt_or_lora.find_problems(find_problems)

# %% [markdown]
# <details><summary>Direction</summary>
#
# One line at a time, three questions in this order: is it JSON? Is it an object with messages? Is one of the roles assistant? At the first no, note the fault and go on with the next line.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `json.loads(line)` raises `json.JSONDecodeError` for what isn't JSON: catch it with `try` and `except`. `isinstance(row, dict)` tells an object from a list. `row.get("messages")` is None where the key is missing. `continue` goes on with the next line.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… JSONDecodeError*: `json.loads` must stand inside `try`.
#
# *… "list has no attribute get"*: a line may be JSON and no object.
#
# *… two faults for a line*: `continue` after the first.
#
# </details>
#
# For those who have time: add a code for a chat that begins with an answer.

# %% [markdown]
# card 4.4
# A model should learn to write answers, not prompts. The label **−100** makes the loss skip a token.
#
# **Given** `ids`, T token ids, prompt first, and `prompt_length`. **Return** T labels: −100 for the first `prompt_length` tokens, the id itself for the others. Nothing is shifted; the last token, which ends the turn, keeps its id. A longer prompt: T times −100.
#
# **By hand:** `[1, 520, 2, 87, 33, 2]`, 3: `[-100, -100, -100, 87, 33, 2]`.


# %%
def mask_prompt(ids: list[int], prompt_length: int) -> list[int]:
    """Return a label for each of T ids: -100 within the prompt, the id itself after it."""
    # BEGIN SOLUTION
    hidden = min(prompt_length, len(ids))
    return [-100] * hidden + ids[hidden:]
    # END SOLUTION


# %%
check.prompt_or_lora.mask_prompt(mask_prompt)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Two parts side by side: as many −100 as the prompt has tokens, then the ids that come after it. How many are hidden where the prompt is longer than the list?
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `[-100] * n` is a list of n numbers. `ids[n:]` is what comes after the first n, a new list. `min(a, b)` is the smaller of two. Or go through `enumerate(ids)`, which gives place and id.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… more labels than ids*: the prompt is longer than the list. Use `min`.
#
# *… −100 at the end*: the answer's last token must be learnt, else the model never stops.
#
# *… "an argument that was changed"*: don't write into `ids`; build a new list.
#
# </details>
#
# For those who have time: what would a model learn from the prompt's tokens, and what would that be good for?

# %% [markdown]
# card 4.5
# **LoRA** keeps a layer's weights `W` and trains a second path: down to r numbers through `A`, up again through `B`.
#
# **Given** `x` (N, in), `W` (out, in), `A` (r, in), `B` (out, r), `alpha`. **Return** x Wᵀ + (alpha / r) · x Aᵀ Bᵀ, shape (N, out).
#
# **By hand:** `[[1, 2]]`, `[[1, 0], [0, 1], [1, 1]]`, `[[1, 1]]`, `[[1], [0], [2]]`, 2: `[[1, 2, 3]]` + 2 · `[[3, 0, 6]]` = `[[7, 2, 15]]`.


# %%
def low_rank_forward(x: np.ndarray, W: np.ndarray, A: np.ndarray, B: np.ndarray, alpha: float) -> np.ndarray:
    """Return what a layer with a low-rank path beside it makes of x.

    x: (N, in). W: (out, in). A: (r, in). B: (out, r). Returns (N, out). Source: Hu et al. 2021.
    """
    # BEGIN SOLUTION
    rank = A.shape[0]
    base = x @ W.T  # (N, out)
    update = x @ A.T @ B.T  # (N, r), then (N, out)
    return base + alpha / rank * update
    # END SOLUTION


# %%
check.prompt_or_lora.low_rank_forward(low_rank_forward)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Compute the two paths one after the other, and add them. Only the second one is scaled. Write the shapes beside each multiplication: (N, in) @ (in, r) gives (N, r).
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `x @ W.T` multiplies each row of x with each row of W. `A.T` exchanges rows and columns. `A.shape[0]` is the number of A's rows.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… "matmul: … mismatch"*: print the shapes; a matrix must be turned with `.T`.
#
# *… numbers that are too large*: is the update divided by r?
#
# *… `[[6, 0, 12]]` for the card's example*: the path through W is missing.
#
# </details>
#
# For those who have time: B begins as zeros. What does the model answer before its first step, and why can't A begin as zeros too?

# %% [markdown]
# card 4.6
# After training, the second path can be added to the weights: nothing is slower then.
#
# **Given** `W` (out, in), `A` (r, in), `B` (out, r), `alpha`. **Return** new weights (out, in) that alone give what 4.5 gives: W + (alpha / r) · B A. Leave `W` unchanged.
#
# **By hand:** 4.5's matrices: `[[1, 0], [0, 1], [1, 1]]` + 2 · `[[1, 1], [0, 0], [2, 2]]` = `[[3, 2], [0, 1], [5, 5]]`.


# %%
def merge(W: np.ndarray, A: np.ndarray, B: np.ndarray, alpha: float) -> np.ndarray:
    """Return weights that hold the low-rank update: W (out, in), A (r, in), B (out, r) give (out, in)."""
    # BEGIN SOLUTION
    rank = A.shape[0]
    return W + alpha / rank * (B @ A)  # (out, in)
    # END SOLUTION


# %%
check.prompt_or_lora.merge(merge)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Which product of A and B has W's shape? Scale it as in 4.5, and add it to W.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `B @ A` is (out, r) @ (r, in). `W + update` makes a new array; `W += update` writes into the old one.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… "an argument that was changed"*: use `+`, not `+=`.
#
# *… "matmul: … mismatch"*: A and B stand in the wrong order.
#
# *… another result than in 4.5*: is the update scaled by alpha / r?
#
# </details>
#
# For those who have time: how do you get W back out of merged weights? Is it the same to the last bit?

# %% [markdown]
# card 4.7
# How much is trained? A and B, beside each of the chosen matrices.
#
# **Given** `shapes`, a pair (out, in) for each matrix W, and `rank`. **Return** how many numbers all A (rank, in) and B (out, rank) hold together. W is frozen and isn't counted.
#
# **By hand:** `[(4, 3), (2, 3)]`, rank 2: A has 2 · 3 and B 4 · 2 numbers: 14. Then 2 · 3 and 2 · 2: 10. Together `24`.


# %%
def count_trainable(shapes: list[tuple[int, int]], rank: int) -> int:
    """Return how many numbers the low-rank updates of all matrices, (out, in) each, hold."""
    # BEGIN SOLUTION
    total = 0
    for rows, columns in shapes:
        total += rank * columns + rows * rank  # A and B
    return total
    # END SOLUTION


# %%
check.prompt_or_lora.count_trainable(count_trainable)

# %% [markdown]
# <details><summary>Direction</summary>
#
# A matrix of shape (a, b) holds a · b numbers. Count A, count B, add them up over all the shapes.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `for rows, columns in shapes:` takes each pair apart; `total += …` adds up.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… 36 for the card's example*: rows and columns are multiplied; that is rank times W.
#
# *… 12*: only A, or only B, is counted.
#
# *… 14*: `return` stands inside the loop.
#
# </details>
#
# For those who have time: SmolLM2 has 30 layers with a query matrix of 576 × 576 and a value matrix of 192 × 576. At which rank is as much trained as these matrices hold?

# %% [markdown]
# card 4.8
# **Perplexity**: among how many equally likely tokens the model seems to choose.
#
# **Given** `logits` (T, V) and `labels` (T,), −100 where nothing counts. Row t predicts the label at **t + 1**; the last row and the first label have no partner. One label counts at least. **Return** e to the mean cross-entropy. Logits of 1,000 must work.
#
# **By hand:** `[[0, 0], [5, 1], [0, 0]]`, `[-100, 1, -100]`: row 0 gives token 1 one half: `2.0`.


# %%
import numpy as np


def perplexity(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return exp of the mean loss of the next tokens: logits (T, V), labels (T,) with -100 where none counts."""
    # BEGIN SOLUTION
    predicted, targets = logits[:-1], labels[1:]  # (T - 1, V), (T - 1,)
    counted = targets != -100
    predicted, targets = predicted[counted], targets[counted]  # (M, V), (M,)
    shifted = predicted - predicted.max(axis=1, keepdims=True)
    totals = np.exp(shifted).sum(axis=1)  # (M,)
    losses = np.log(totals) - shifted[np.arange(len(targets)), targets]  # (M,)
    return float(np.exp(losses.mean()))
    # END SOLUTION


# %%
check.prompt_or_lora.perplexity(perplexity)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Four steps: pair each row with the next label; leave out the pairs whose label is −100; take the loss of each pair as in 3.4, minus the log of the softmax probability; mean, then exp.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `logits[:-1]` and `labels[1:]` shift. `labels != -100` gives True and False, and `array[mask]` keeps the True ones. `p[np.arange(len(targets)), targets]` picks one number a row.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… IndexError: index −100*: leave those rows out first.
#
# *… inf or NaN*: subtract each row's largest logit before `np.exp`.
#
# *… 0.69 for the card's example*: that is the loss; exp is missing.
#
# </details>
#
# For those who have time: what is the perplexity of a model that gives every token of 49,152 the same probability?

# %% [markdown]
# card 4.9
# Good form isn't a good answer: count both.
#
# **Given** `answers`, N texts, and `truths`, N dicts. **Return** two shares of all N: **valid**, JSON for one object with exactly the truth's keys, and **right**, valid and equal to the truth. A code fence or a sentence around it makes an answer invalid. No answers: (0, 0).
#
# **By hand:** truths `{"tone": "calm"}` twice, answers `{"tone": "angry"}` and `calm`: one valid, none right: `(0.5, 0.0)`.


# %%
def json_scores(answers: list[str], truths: list[dict[str, str]]) -> tuple[float, float]:
    """Return the shares of N answers that are valid, an object with the truth's keys, and that are right."""
    # BEGIN SOLUTION
    valid, right = 0, 0
    for text, truth in zip(answers, truths, strict=True):
        try:
            found = json.loads(text)
        except json.JSONDecodeError:
            continue
        if isinstance(found, dict) and found.keys() == truth.keys():
            valid += 1
            right += found == truth
    n = max(1, len(answers))
    return valid / n, right / n
    # END SOLUTION


# %%
check.prompt_or_lora.json_scores(json_scores)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Keep two counts. For each pair of answer and truth: can it be read? Is it an object with these keys and no others? Then it is valid; does it equal the truth, too? Divide at the end.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `json.loads` reads a text and raises `json.JSONDecodeError` where it can't. `isinstance(found, dict)` is true for an object. `found.keys() == truth.keys()` compares keys in any order, `found == truth` everything. `zip(answers, truths)` pairs them.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… "list has no attribute keys"*: JSON may be a list. Ask `isinstance` first.
#
# *… ZeroDivisionError*: there are no answers; return (0, 0).
#
# *… too many valid ones*: an additional key makes an answer invalid.
#
# </details>
#
# For those who have time: which answers would a kinder reader save, and would you want that in a program that books refunds?

# %% [markdown]
# card 4.10
# **Temperature** T makes the choice of the next token sharper or flatter; **top-p** cuts off unlikely ones.
#
# **Given** `logits` (V,), `temperature`, `top_p` (0 to 1). **Return** probabilities (V,), order kept. Temperature 0: 1 at the largest logit, else 0. Otherwise softmax(logits / T); keep the fewest tokens, likeliest first, that reach `top_p` together; others get 0; divide by the sum. Logits of 1,000 must work.
#
# **By hand:** probabilities 0.1, 0.6, 0.3, top-p 0.7: `[0, 0.667, 0.333]`.


# %%
def sample_probabilities(logits: np.ndarray, temperature: float, top_p: float) -> np.ndarray:
    """Return what the next token is drawn from, (V,), of logits (V,); source of top-p: Holtzman et al. 2020."""
    # BEGIN SOLUTION
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    weights = np.exp((logits - np.max(logits)) / temperature)
    probabilities = weights / weights.sum()  # (V,)
    order = np.argsort(-probabilities)  # the likeliest first
    before = np.cumsum(probabilities[order]) - probabilities[order]  # what those before it sum to
    probabilities[order[before >= top_p]] = 0
    return probabilities / probabilities.sum()
    # END SOLUTION


# %%
check.prompt_or_lora.sample_probabilities(sample_probabilities)

# %% [markdown]
# <details><summary>Direction</summary>
#
# First the probabilities, in their own order. Then sort their places, the likeliest first, and add up. A token is kept as long as those before it haven't reached `top_p`. Set the others to 0 at their own places.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `np.argsort(-p)` gives places, the largest first; `p[order]` is p sorted. `np.cumsum` adds up step by step. `p[order[mask]] = 0` writes at the old places. `np.eye(V)[i]` is a row with a single 1.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… one token too few*: the one that crosses `top_p` stays.
#
# *… a sum below 1*: divide what is kept by its sum.
#
# *… NaN*: exp of a large number; subtract the largest logit first.
#
# *… ZeroDivisionError, or NaN at 0*: temperature 0 needs its own answer.
#
# </details>
#
# For those who have time: how many of SmolLM2's 49,152 tokens does top-p 0.9 keep after *The capital of*? And after *The*?
