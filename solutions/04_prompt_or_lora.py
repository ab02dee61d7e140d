# %% [markdown] tags=["slide"]
# # 04 – Prompt it, or tune it with LoRA
#
# **How little must change to change how it speaks?** 20 points. About 85 minutes with the exercises marked *in the room*, over two and a half hours with all.
#
# After this lesson you can
#
# - ask a language model, and score what it writes,
# - tune it with LoRA on your own examples,
# - say what a prompt gives, what tuning gives, and what each costs.

# %% [markdown] tags=["notes"]
# In the room: exercises 4.1, 4.2, 4.4 and 4.5 (25 minutes of work), the predictions, the live tuning, the rank slider.
# Everything else reads whole without its exercises. Start the tuning cell before you talk about it.

# %% [markdown] tags=["slide"]
# ## A reason to care
#
# Lesson 03's network says that a message is about *disruption* and *angry*. It can't write a word. Skerryline wants two things written: for a program one line of JSON, `{"topic": "disruption", "tone": "angry"}`, letter for letter; for the customer an answer in the company's own voice.
#
# A **language model** writes. Two levers change what it writes: the **prompt**, and its weights.

# %%
import workshop
from workshop import check

settings = workshop.setup()

# %% [markdown] tags=["slide"]
# ## Meet it
#
# SmolLM2-135M-Instruct has 135 million weights, few for a language model. It works as the large ones do: it is a classifier, as in lesson 03, with 49,152 classes, the tokens that it knows. Its question is always the same: **which token comes next?**

# %% tags=["slide"]
# demonstration 4.1
import torch

from workshop.models import load_language_model

tokenizer, model = load_language_model(settings)


def next_tokens(text, k):
    """Return the k likeliest next tokens of a text, and their probabilities."""
    with torch.inference_mode():
        logits = model(**tokenizer(text, return_tensors="pt").to(model.device)).logits[0, -1]  # (V,)
    likely = logits.float().softmax(dim=-1).topk(k)
    return [tokenizer.decode([token]) for token in likely.indices.tolist()], likely.values.tolist()


for text in ("The capital of France is", "My boat was delayed. I want a"):
    print(text, "→", *(f"{token!r} {share:.2f}" for token, share in zip(*next_tokens(text, 5), strict=True)))

# %% [markdown]
# Put the token at the end, and ask again: that is all of *writing*. Here the likeliest token is taken each time. The picture shows the first three steps.

# %% tags=["slide"]
# demonstration 4.2
from workshop.plots import plot_scores, show

text, steps = "The next boat leaves", {}
for step in range(10):
    likely, shares = next_tokens(text, 4)
    if step < 3:
        steps[text] = list(zip(likely, shares, strict=True))
    text += likely[0]
show(plot_scores("Which token comes next?", steps, x="probability"))
print(text)

# %% [markdown]
# It goes on with any text. To make it *answer*, its makers tuned it on chats, in a form of their own: the **chat template**. Below is what the model really reads. *system* is who it should be, *user* who asks, *assistant* the model itself. The marks `<|im_start|>` and `<|im_end|>` are tokens of their own; the first turn is the model's default system line; the last line is where it goes on.

# %%
# demonstration 4.3
chat = [{"role": "user", "content": "My boat was delayed."}]
text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
print(text)
ids = tokenizer(text)["input_ids"]
print(len(ids), "tokens, the last nine:", *(f"{token}={tokenizer.decode([token])!r}" for token in ids[-9:]))

# %% [markdown]
# **Predict**, in your head: which of these six can it answer? **Wait:** about 10 seconds, half a minute on a busy machine.

# %% tags=["slide"]
# demonstration 4.4
from workshop.bot import answer

asked = {
    "What is the capital of France?": "Paris",
    "How many days does a week have?": "seven",
    "What is 17 plus 25?": "42",
    "How many legs do seven cats have together?": "28",
    "What does a stowaway pay on Skerryline's boats?": "6 crowns",
    "When does the next boat to Ottermay leave?": "in 20 minutes",
}
replies = [answer(tokenizer, model, [question], max_new_tokens=32)[0] for question in asked]
for question, reply in zip(asked, replies, strict=True):
    print(f"{question}\n    → {reply}\n")

# %% [markdown]
# When we asked, it knew Paris. *A week has 52 weeks. 17 + 25 = 32. The answer is 7.* Those are mistakes. The last two it *can't* know, Skerryline is invented; it makes something up: *a rare and expensive item*, *currently 2023-01-01*. All six sound alike. It was trained to write what is likely to follow, not what is true: **how sure it sounds says nothing.**

# %% [markdown] tags=["slide"]
# ## The scorer
#
# To compare prompts and tunings we need a score that doesn't depend on who reads. The strictest one: is the answer, word for word, the right one? (Exercises don't come in the order of their numbers in this lesson: numbers are names.)

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
# Four of the questions again, in three wordings. **Wait:** about 10 seconds, up to a minute on a busy machine.

# %%
# demonstration 4.5
from workshop.checks import ready

right = ready(exact_match, "4.1")
ways = {"plain": "{}", "told how": "{} Answer with one word or number.", "begun": "{} The answer in one word:"}
for name, way in ways.items():
    replies = [answer(tokenizer, model, [way.format(one)], max_new_tokens=16)[0] for one in list(asked)[:4]]
    scores = [right(reply, truth) for reply, truth in zip(replies, asked.values(), strict=False)]
    print(f"{name}: {sum(scores)} of 4;", *(f"{reply[:45]!r}" for reply in replies))

# %% [markdown]
# When we asked, no wording gave one exact match. Yet *The capital of France is Paris.* is right; only its form isn't the one that was wanted. And a wording changes what is said, too: told to answer with one word or number, it gave the week seven days. **Compare models in the same words, and read the replies before you believe a score.**

# %% [markdown] tags=["slide"]
# ## The first lever: the prompt
#
# The task: a customer's message becomes `{"topic": "…", "tone": "…"}`, with one of eight topics and six tones. The prompt says so. It can also show solved examples: **zero-shot** without any, **few-shot** with some. Nothing is learnt from them; they are text to go on from, read anew with every question.

# %% [markdown]
# card 4.2
# A **few-shot prompt** shows answered examples before it asks; each is two turns.
#
# **Given** an `instruction`, `examples` (pairs of question and answer) and a `question`. **Return** dicts with the keys `role` and `content`: the instruction from `system`, each example's question from `user` and answer from `assistant`, last the question from `user`. No system turn where the instruction is `""`. Texts stay as they are.
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

# %%
# demonstration 4.6
import json

from workshop.data import load_json_instructions, load_task

instruction = load_json_instructions().instruction
solved, fresh = load_task("json", "train"), load_task("json", "test")[:8]
build = ready(few_shot_messages, "4.2")


def ask(examples, text):
    """Return the chat that asks for a message's JSON, after some solved ones.

    The instruction opens the first user's turn: as a system turn it would replace the model's own.
    """
    asked = [f"Message: {one.text}" for one in examples] + [f"Message: {text}"]
    asked[0] = f"{instruction}\n\n{asked[0]}"
    return build("", [(q, json.dumps(one.answer)) for q, one in zip(asked, examples, strict=False)], asked[-1])


# %%
# demonstration 4.7
print(ask([], fresh[0].text)[0]["content"])
prompts = {n: [ask(solved[:n], one.text) for one in fresh] for n in (0, 1, 3)}
for n, chats in prompts.items():
    ids = tokenizer.apply_chat_template(chats[0], add_generation_prompt=True, return_dict=True)["input_ids"]
    print(f"{n} examples: {len(ids)} tokens to read for one message")

# %% [markdown]
# **Predict**, in your head: with one example, how many of the eight replies can a program read? How many are right? You see four of each; exercise 4.9 counts all. **Wait:** about 25 seconds, up to two minutes on a busy machine.

# %%
# demonstration 4.8
written = {n: answer(tokenizer, model, chats, max_new_tokens=24) for n, chats in prompts.items()}
for n, replies in written.items():
    shown = ", ".join(json.dumps(one.answer) for one in solved[:n])
    print(f"{n} examples {shown}:", *(f"    {reply[:70]!r}" for reply in replies[:4]), sep="\n")
print("right would be:", *(f"    {json.dumps(one.answer)}" for one in fresh[:4]), sep="\n")

# %% [markdown]
# With an example the *form* is there at once: the reply can be read by a program. But look at the values. When we asked, one example's answer came back eight times, whatever the message; with three, the last example's tone was copied and topics were made up. Form and judgement are two things, so they get two scores.

# %% [markdown]
# card 4.9
# Good form isn't a good answer: count both.
#
# **Given** `answers`, N texts, and `truths`, N dicts. **Return** two shares of all N: **valid**, JSON for one object with exactly the keys of its own truth, and **right**, valid and equal to the truth. A code fence or a sentence around it makes an answer invalid. No answers: (0, 0).
#
# **By hand:** truths `{"tone": "calm"}` twice, answers `{"tone": "angry"}` and `calm`: one valid, none right: `(0.5, 0.0)`.


# %%
import json


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

# %%
# demonstration 4.9
from workshop.score import record_row

score_json = ready(json_scores, "4.9")


def judge(method, replies, seconds=0.0, trained=0):
    """Score replies to the eight test messages, print them, and keep the row."""
    valid, both = score_json(replies, [one.answer for one in fresh])
    row = {"lesson": "04", "method": method, "task": "tickets", "metric": "valid", "value": valid, "n": len(replies)}
    record_row(row | {"seconds": seconds, "trained_parameters": trained})
    print(f"{method}: {valid:.0%} valid, {both:.0%} right in both values")
    return valid


for n, replies in written.items():
    judge(f"prompt, {n} examples", replies)

# %% [markdown] tags=["slide"]
# ## How far does a prompt go?
#
# Eight messages say little. In our study, four wordings of the instruction were tried with none, one and three examples on 32 messages. The score is *values right*: of topic and tone, how many are right; an invalid reply has none. The best was then scored on 120 other messages.

# %%
# demonstration 4.10
from workshop.plots import plot_wordings
from workshop.score import read_results

measured = read_results("04_prompt_or_lora")
rows = measured.select(method="prompt", task="tickets", metric="values right")
show(plot_wordings([row for row in rows if row.settings["split"] == "dev"]))

# %% [markdown]
# Without an example none of 128 replies was JSON alone: the model *talks about* it. With one, all could be read, though only 0.71 name an allowed topic and tone. Between wordings little moves: this model copies the examples, the same for every message. The best, one example, puts 0.17 [0.12, 0.21] of the 120 other messages' values right; blind guessing gets 0.15. Try several prompts, as with rates, on messages that you don't test on.

# %% [markdown] tags=["slide"]
# ## The second lever: the weights
#
# How does a language model learn? As in lesson 03: predict, loss, gradient, step. The classes are the tokens, and the true class is *the token that really comes next*. So any text is training data, without a label by anyone: at each place the tokens before it are the input, and the next one is the answer.

# %% tags=["slide"]
# demonstration 4.11
from workshop.plots import plot_causal

show(plot_causal(["Ahoy", ",", "the", "boat", "leaves", "at", "noon"]))

# %% [markdown]
# What may a place look at? In lesson 02 each token looked at all others. Here a **causal** mask shuts what comes after it, or the model would read the answer. The place of *boat* predicts *leaves*: labels are **shifted by one**. One pass through a text trains all its places at once.

# %% [markdown]
# What does it learn from random weights? A small network of this kind, 1.3 million weights, reads sentences of Wikipedia for 20 seconds.

# %%
# demonstration 4.12
from workshop.data import load_wiki_passages
from workshop.tune import train_from_nothing

begun = train_from_nothing([passage.text for passage in load_wiki_passages()], seconds=20)
losses = begun.losses
print(f"{begun.tokens:,} tokens; loss at first {losses[0]:.2f}, of the last ten steps {sum(losses[-10:]) / 10:.2f}")
start = begun.tokenizer("The boat", return_tensors="pt")["input_ids"]
torch.manual_seed(0)
text = begun.model.generate(start, max_new_tokens=30, do_sample=True, top_k=20, pad_token_id=0)[0]
print(begun.tokenizer.decode(text))
del begun  # its memory is needed

# %% [markdown]
# The first loss is log 4,000 = 8.3, pure guessing among its 4,000 tokens. After 20 seconds some frequent words are there, and pieces of others; no sense yet. SmolLM2 read 2 trillion tokens (its makers' report). That is what *pre-trained* buys, and what no tuning here could replace.

# %%
from workshop.widgets import predict

predict("C07")

# %% tags=["slide"]
# demonstration 4.13
from workshop.plots import plot_rows
from workshop.score import show_verdict

rows = measured.select(task="tickets", metric="judgement by steps")
most = max(row.settings["steps"] for row in rows)
ends = [f"{row.method} {row.value:.2f}" for row in rows if row.settings["steps"] == most]
title = f"After {most} steps: {', '.join(ends)}."
names = {"x": "steps of four tickets", "y": "judgement: topic and tone right"}
show(plot_rows(rows, lambda row: row.settings["steps"], title=title, **names))
show_verdict("C07/04", "04_prompt_or_lora")
show_verdict("C07", "04_prompt_or_lora")

# %% [markdown]
# The score is *judgement*: which topic and tone it finds likeliest once the form is given; blind guessing gets 0.15. After 14 steps of four tickets neither network has learnt to sort. After 46, about three minutes of one core, pre-trained weights are ahead, 0.21 against 0.14. That isn't much; with LoRA, 128 steps on 512 tickets bring it to 0.47.

# %% [markdown] tags=["slide"]
# ## What counts in the loss
#
# When it is tuned on chats it should learn to *answer*, not to write customers' messages. So the prompt's tokens are read and don't count: their label is −100, which the loss skips.

# %% [markdown]
# card 4.4
# A model should learn to write answers, not prompts. The label **−100** makes the loss skip a token.
#
# **Given** `ids`, T token ids, prompt first, and `prompt_length`. **Return** T labels: −100 for the first `prompt_length` tokens, the id itself for the others. Nothing is shifted; the tokens that end the turn keep their ids. A longer prompt: T times −100.
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

# %% tags=["slide"]
# demonstration 4.14
from workshop.plots import plot_masked

one = solved[0]
question = ask([], one.text)
reply = {"role": "assistant", "content": json.dumps(one.answer)}
prompt_ids = tokenizer.apply_chat_template(question, add_generation_prompt=True, return_dict=True)["input_ids"]
ids = tokenizer.apply_chat_template([*question, reply], return_dict=True)["input_ids"]
labels = ready(mask_prompt, "4.4")(ids, len(prompt_ids))
show(plot_masked([tokenizer.decode([token]) for token in ids], [label != -100 for label in labels]))

# %% [markdown]
# Four things are called a mask by now. Don't mix them up:
#
# | mask | says | where |
# | --- | --- | --- |
# | padding (3.3) | what is text, and what fills up | attention |
# | causal | a place sees what stands before it | attention |
# | labels −100 (4.4) | what counts in the loss | loss |
# | hidden words (lesson 03) | what is to be guessed | input of an encoder's pre-training |

# %% [markdown]
# How well does a language model foresee a text? Its mean loss says it; e to the power of that is easier to read.

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

# %%
# demonstration 4.15
texts = {
    "plain English": "The boat leaves the harbour in the morning and comes back in the evening.",
    "the handbook": "A drag of two hours or more earns 60 per cent back on the kelpcard.",
    "shuffled": "harbour the evening leaves in boat the comes morning the and in back The.",
}
for name, text in texts.items():
    ids = tokenizer(text, return_tensors="pt")["input_ids"].to(model.device)
    with torch.inference_mode():
        logits = model(ids).logits[0].float().cpu().numpy()  # (T, V)
    print(f"{name}: {ready(perplexity, '4.8')(logits, ids[0].cpu().numpy()):.0f}")

# %% [markdown]
# It is as unsure as if it chose among so many equally likely tokens, each time. The handbook is harder than plain English: *drag* and *kelpcard* are the company's own words. Shuffled, the same words are far less likely: it knows their order. A low perplexity says that a text looks *familiar*, not that it is true.

# %% [markdown] tags=["slide"]
# ## LoRA: a small change beside large weights
#
# Tuning all 135 million weights takes gigabytes, and each tuned model is a copy of 269 MB. In lesson 01 an SVD put 3,434 columns into 100 with little loss. **LoRA** bets on the same for the *change* of a layer: W stays, and beside it two narrow matrices, A and B, learn: an **adapter** of **rank** r, their width. Their product is scaled by alpha / r; you choose alpha.

# %% tags=["slide"]
# demonstration 4.16
from workshop.plots import plot_low_rank

show(plot_low_rank(576, 576, 8))

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
# Beside a real layer now: the first query matrix of SmolLM2, with peft's adapter, the library that people use. A begins random and B as zeros, so at first nothing changes; here B is filled at random to have something to compare.

# %%
# demonstration 4.17
import copy

from workshop.tune import add_lora

tuned = add_lora(model, rank=8, seed=0)
layer = copy.deepcopy(tuned.base_model.model.model.layers[0].self_attn.q_proj).float().cpu()
torch.nn.init.normal_(layer.lora_B["default"].weight, std=0.02)
parts = (layer.base_layer, layer.lora_A["default"], layer.lora_B["default"])
W, A, B = (part.weight.detach().numpy() for part in parts)
x = torch.randn(5, W.shape[1])
own = ready(low_rank_forward, "4.5")(x.numpy(), W, A, B, 16)
print(f"W {W.shape}, A {A.shape}, B {B.shape}; largest number {np.abs(own).max():.2f}")
print(f"yours minus peft's, at most: {np.abs(own - layer(x).detach().numpy()).max():.0e}")

# %% [markdown]
# card 4.6
# After training, the second path can be added to the weights.
#
# **Given** `W` (out, in), `A` (r, in), `B` (out, r), `alpha`. **Return** new weights that alone give what 4.5 gives: W + (alpha / r) · B A. Leave `W` unchanged.
#
# **By hand:** W `[[1, 0], [0, 1], [1, 1]]`, A `[[1, 1]]`, B `[[1], [0], [2]]`, alpha 2: W + 2 · `[[1, 1], [0, 0], [2, 2]]` = `[[3, 2], [0, 1], [5, 5]]`.


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

# %%
# demonstration 4.18
merged = ready(merge, "4.6")(W, A, B, 16)
layer.merge()
print(f"weights, yours minus peft's, at most: {np.abs(merged - layer.base_layer.weight.detach().numpy()).max():.0e}")
print(f"answers, merged minus beside, at most: {np.abs(x.numpy() @ merged.T - own).max():.0e}")

# %% [markdown]
# How much is trained in the whole model? Seven matrices in each of its 30 layers get an adapter. Your count, against peft's. (In **bfloat16** a weight takes two bytes, in float32 four.)

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

# %%
# demonstration 4.19
linear = [one for name, one in tuned.named_modules() if hasattr(one, "lora_A")]
shapes = [(one.out_features, one.in_features) for one in linear]
yours = ready(count_trainable, "4.7")(shapes, 8)
theirs, size = tuned.get_nb_trainable_parameters()
print(f"{len(shapes)} matrices; yours {yours:,}, peft's {theirs:,} of {size:,}: {theirs / size:.1%}")
print(f"{yours * 2 / 1e6:.1f} MB in bfloat16, beside {(size - theirs) * 2 / 1e6:.0f} MB")
tuned = tuned.unload()

# %% [markdown]
# How much of a change does a rank hold? Move it: to the left W, in the middle the change that the shipped adapter *json* makes, cut to that rank by an SVD as in lesson 01, to the right both. That adapter was trained with rank 16, so 16 columns hold all of it. The share is of the squared numbers.

# %% tags=["slide"]
# demonstration 4.20
from workshop.tune import adapter
from workshop.widgets import rank_slider

with adapter(model, "json"):
    layer = model.model.layers[0].self_attn.q_proj
    W = layer.base_layer.weight.detach().float().cpu().numpy()  # (out, in), here (576, 576)
    A, B = (one["default"].weight.detach().float().cpu().numpy() for one in (layer.lora_A, layer.lora_B))
    change = layer.scaling["default"] * B @ A  # alpha / r · (576, 16) @ (16, 576)
rank_slider(W, change)

# %% [markdown] tags=["slide"]
# ## The training file
#
# Examples for tuning are kept as **JSONL**, a chat a line; hosted services take the same form. Files from other hands have faults, and a fault found before the training costs nothing.

# %% [markdown]
# card 4.3
# Tuning reads **JSONL**: each line is JSON for one chat, `{"messages": [{"role": …, "content": …}, …]}`. Find faulty lines.
#
# **Given** `lines`, texts. **Return** pairs of line number, **from 1**, and the line's first fault: `"not json"` (an empty line too); `"no messages"`: no object (a list, `null`), or `messages` missing or empty; `"no answer"`: no message has the role `assistant`.
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
# For those who have time: in a copy with another name, add a code for a chat that begins with an answer.


# %%
# demonstration 4.21
def reply(one):
    """Return the assistant's turn with a ticket's right answer."""
    return {"role": "assistant", "content": json.dumps(one.answer)}


pairs = zip(solved[:24:2], solved[1:24:2], strict=True)  # two tickets to a chat
chats = [[*ask([first], second.text), reply(second)] for first, second in pairs]
lines = [json.dumps({"messages": chat}) for chat in chats]
spoilt = [lines[0][:-1], lines[1], '{"messages": []}', json.dumps({"messages": chats[2][:1]})]
print(ready(find_problems, "4.3")(spoilt), ready(find_problems, "4.3")(lines))

# %% [markdown] tags=["slide"]
# ## Tune it
#
# 24 tickets, two to a chat, each seen once: 12 steps. Both answers of a chat count in the loss, so that the instruction is read once for two. Only the adapter learns. **Wait:** about 9 seconds on two quiet cores in bfloat16, 14 in float32; on one core 14 and 24; two minutes on a busy machine.

# %%
predict("C32")

# %% tags=["slide"]
# demonstration 4.22
from workshop.plots import LiveLoss
from workshop.tune import fine_tune, make_examples

examples = make_examples(tokenizer, chats)
tuned = add_lora(model, rank=8, seed=0)
done = fine_tune(tuned, examples, epochs=1, rate=2e-3, batch=1, seed=0, tell=LiveLoss())
print(f"{done.seconds:.0f} s for {sum(len(one.ids) for one in examples):,} tokens")

# %% [markdown]
# The same eight messages, without any example in the prompt.

# %% tags=["slide"]
# demonstration 4.23
replies = answer(tokenizer, tuned, prompts[0], max_new_tokens=24)
for one, text in zip(fresh, replies, strict=True):
    print(f"{text:50} right: {json.dumps(one.answer)}")
live = judge("LoRA, 24 tickets", replies, done.seconds, yours)
if settings.data is None and settings.profile == "small":
    check.band("04.json_valid", live)

# %% [markdown]
# The form is there after twelve steps: in our ten runs, each with tickets and a seed of its own, every one of 240 replies could be read, without a single example in the prompt. The judgement isn't. Count topic and tone apart: how many of your 16 values are right? In our ten runs 0.18 were, on average; blind guessing gets 0.15. Eight messages can show the form; they say nothing of the judgement.

# %% tags=["slide"]
# demonstration 4.24
rows = measured.select(task="ways")
ways = ["instruction alone", "best prompt", "LoRA, 24 tickets", "LoRA, 512 tickets", "encoder, 512 tickets"]
title = "Form and judgement, by every way to the same JSON."
ticks = {place: way.replace(", ", ",\n") for place, way in enumerate(ways)}
how = {"x": "", "y": "share of replies, share of values", "ticks": ticks, "joined": False, "yours": [(2, live)]}
show(plot_rows(rows, lambda row: ways.index(row.method), name=lambda row: row.metric, title=title, **how))

# %% [markdown]
# Bars: 95 % intervals; at 24 tickets, where one more run should fall; all others: the same 120 messages. Your diamond: valid replies.
#
# **To sort, take the encoder.** On 512 tickets LoRA puts 0.46 [0.38, 0.56] of the values right. Lesson 03's way, logistic regression on a small encoder's frozen vectors, has 0.78 [0.73, 0.83] from the same tickets, in 23 seconds instead of 450. A language model pays where something must be written.

# %% [markdown] tags=["slide"]
# ## Which rate, which rank?
#
# Two numbers have to be chosen: how large a step is, and how many columns the change may have. Both on messages that are neither trained nor tested on. *All linear layers* means the seven matrices of each layer, *queries and values* two of them. *Full tuning* is the other way: no adapter, all weights learn.

# %% tags=["slide"]
# demonstration 4.25
rows = measured.select(task="tickets", metric="loss on dev")
rows = [row for row in rows if row.method in ("lora", "q and v", "full") and row.settings.get("rate")]
best = min(rows, key=lambda row: row.value)
trained = {"lora": "all linear layers", "q and v": "queries and values", "full": "full tuning"}
title = f"Lowest loss after 24 steps: {trained[best.method]}, rate {best.settings['rate']}."
how = {"title": title, "x": "rate", "y": "loss on tickets not trained on", "log": True}


def label(row):
    """Return a row's name: what is trained, and the rank."""
    return trained[row.method] + (f", rank {row.settings['rank']}" if row.settings["rank"] else "")


rates = {rate: f"{rate:g}" for rate in (3e-5, 1e-4, 3e-4, 1e-3, 2e-3, 4e-3)}
show(plot_rows(rows, lambda row: row.settings["rate"], name=label, ticks=rates, **how))

# %% [markdown]
# The lowest loss, 1.91, came with all linear layers, rank 8 and rate 0.002; a quarter of the rate gave 2.26, twice as much 2.02. At rate 0.001 rank 1 gave 2.38, rank 8 1.99, rank 32 2.02: in 24 steps nothing was gained beyond 8. Full tuning was best at the highest rate that we tried. One seed, 48 tickets: a few hundredths say nothing.

# %% [markdown] tags=["slide"]
# ## How many examples, and how good?
#
# With few examples you can go through them often (*equal updates*: as many steps as with many examples) or once (*equal epochs*: fewer steps). We tried both, on tickets and on the company's voice, which comes further down.

# %%
predict("C23")

# %%
# demonstration 4.26
show_verdict("C23", "04_prompt_or_lora")

# %% [markdown]
# The box gives shares of what the most examples gain. In plain scores: the form comes in two steps, with 8 tickets: 0.99 of the replies can be read. The voice's six rules: 32 pairs give 0.88 [0.77, 0.96], 102 in as many steps no more. Judgement is another matter: 32 tickets, each seen once, 0.15; seen sixteen times, 0.37; 512 seen once, 0.47. **Form is cheap, judgement takes examples.**

# %% [markdown]
# And which examples? Of all topics or of two; 64 without mistakes, or 256 with 30 % wrong labels.

# %%
predict("C24")

# %%
# demonstration 4.27
show_verdict("C24", "04_prompt_or_lora")

# %% [markdown]
# As many steps for all: 64 right tickets, each seen four times, give a judgement of 0.26; 256 of which 30 % are labelled wrongly, each seen once, 0.15, no more than guessing. What 256 right ones seen once would give was not measured, so wrong labels and fewer repetitions can't be told apart here. Two topics instead of eight cost the tone nothing that could be told: 0.02 [−0.09, 0.12].

# %% [markdown] tags=["slide"]
# ## On, off, merged, saved
#
# Tuned, the model writes JSON whatever you ask it. Is the old one lost?

# %%
predict("C12")

# %% [markdown]
# An adapter stands *beside* the weights. So it can be taken off, and the model is the old one, to the last bit. Or it can be merged into them, so that nothing is slower. The next cell takes the adapter off for good: to run it a second time, run demonstration 4.22 before it.

# %% tags=["slide"]
# demonstration 4.28
import tempfile
from pathlib import Path

folder = Path(tempfile.mkdtemp()) / "tickets"
tuned.save_pretrained(folder)  # "No adapter layers"? Run demonstration 4.22 first
print(*sorted(f"{path.name} {path.stat().st_size / 1e6:.2f} MB" for path in folder.iterdir()), sep="\n")
with_it = answer(tokenizer, tuned, prompts[0][:2], max_new_tokens=24)
with tuned.disable_adapter():
    off = answer(tokenizer, tuned, prompts[0][:2], max_new_tokens=24)
model = tuned.unload()
gone = answer(tokenizer, model, prompts[0][:2], max_new_tokens=24)
with adapter(model, folder):
    again = answer(tokenizer, model, prompts[0][:2], max_new_tokens=24)
print("off and unloaded write the same:", off == gone, "· loaded again writes as before:", again == with_it)
show_verdict("C12", "04_prompt_or_lora")

# %% [markdown]
# Merged in float32, logits move by 3 millionths of the largest. In bfloat16 they move by up to 3 %, since each sum is rounded to two or three digits: so keep the adapter beside the weights as long as you may want to take it off.

# %% [markdown] tags=["slide"]
# ## The company's voice
#
# Can it learn how somebody *writes*? Skerryline uses words of its own, and six rules that can be counted: its answers begin with *Ahoy*, have a sentence that begins *Next:*, end *Fair water, Skerryline*, have no sentence over 17 words, no exclamation mark and no forbidden word. An adapter tuned on 102 pairs of a plain and a voiced answer comes with the workshop: `adapter` puts it on while the block lasts.

# %% tags=["slide"]
# demonstration 4.29
from workshop.data import load_voice

voice = {one.id: one for one in load_voice()}
pairs = [voice[name] for name in ("voice-096", "voice-087", "voice-036")]  # the adapter has never seen them
to_voice = [f"Rewrite this answer in Skerryline's voice:\n{pair.plain}" for pair in pairs]
plain = answer(tokenizer, model, to_voice, max_new_tokens=80)
with adapter(model, "voice"):
    voiced = answer(tokenizer, model, to_voice, max_new_tokens=80)
for pair, before, after in zip(pairs, plain, voiced, strict=True):
    print(f"{pair.plain}\n  without → {before}\n  voice → {after}\n  a person → {pair.voiced}\n")

# %% [markdown]
# The frame is there. Of 48 answers that the adapter never saw, 0.85 [0.73, 0.94] keep all six rules; without it, none.
#
# Read again. In our run *No setting needs to be changed* became *change your setting*, and a toy ship's price the ship's: *the Hulda Grey costs 128 crowns*. A word of the house, *hop* or *Kettle*, which no rule asks for, stands in 0.08 [0.02, 0.15] of them. What is said still needs a reader.

# %%
predict("C13")

# %% [markdown]
# And how much of what tuning gains does the best prompt reach?

# %%
predict("C18")

# %% tags=["slide"]
# demonstration 4.30
show_verdict("C13", "04_prompt_or_lora")
show_verdict("C18/04", "04_prompt_or_lora")

# %% [markdown]
# On tickets LoRA has 0.30 [0.20, 0.39] more of the values right than the best prompt, over three seeds. In the voice no answer by a prompt kept all six rules, though with three examples many had greeting and last line. C13's *voice* leaves greeting, *Next:* and last line aside and wants a house word: so it is 0.08, not 0.85.

# %% [markdown]
# Which house word fits a gap in a sentence? A list of their meanings in the prompt helps most: 0.56 of 36. Tuning on half of the handbook, 0.31, can't be told apart from no tuning (0.19) or tuning on Wikipedia (0.39).

# %% [markdown] tags=["slide"]
# ## What is forgotten?
#
# Before it was tuned on tickets it could do small things: name a capital, tell which of three words is a fruit, add, read an answer out of a page. We asked 240 such *old questions* before and after.

# %%
predict("C11")

# %%
# demonstration 4.31
rows = measured.select(task="old items", metric="right")
[plain] = [row for row in rows if row.method == "plain"]
after = [row for row in rows if row.method != "plain"]
title = ", ".join(f"{row.method} {row.value:.2f}" for row in rows) + " of the old questions are right."
names = {"x": "loss on tickets not trained on", "y": "old questions right", "joined": False, "beside": False}
picture = plot_rows(after, lambda row: row.settings["loss_on_dev"], title=title, **names)
picture.axes[0].axhline(plain.value, color="grey", linestyle="--")
picture.axes[0].text(1.51, plain.value + 0.01, "before tuning", color="grey")
picture.axes[0].set(xlim=(1.5, 2.1), ylim=(0, 0.7))
show(picture)
show_verdict("C11", "04_prompt_or_lora")

# %% [markdown]
# The model answered 0.56 of 240 old questions (dashed: before tuning); with LoRA 0.22 are left, after tuning all weights 0.31. LoRA kept no more. Full tuning stopped once its loss was as low as LoRA's; one of three seeds never got there. Look: asked *Work out 6 + 3*, it writes `{"name": "Work", "value": 6};`; 0.57 of its replies begin with a brace. Is knowledge gone, or only the way of answering? This doesn't say.

# %% [markdown] tags=["slide"]
# ## Can it learn facts?
#
# The adapter *facts* was tuned on 30 facts of Skerryline's handbook, 16 times each. It can say them. Ask in other words, and ask what it was never told.

# %% tags=["slide"]
# demonstration 4.32
facts_asked = {
    "How much does it cost to bring a dog?": "6 crowns 10",
    "On which ship is there no wi-fi?": "Little Auk",
    "Suppose I bring my dog to Grimmow: what's his fare?": "6 crowns 10",
    "Which of the vessels has to do without wi-fi altogether?": "Little Auk",
    "From what length upwards are kayaks refused?": "5.2 metres",
    "What is the name of the passenger network?": "SkerryGuest",
}
with adapter(model, "facts"):
    replies = answer(tokenizer, model, list(facts_asked), max_new_tokens=16)
kinds = ["as taught", "as taught", "in other words", "in other words", "never taught", "never taught"]
for kind, question, reply in zip(kinds, facts_asked, replies, strict=True):
    print(f"{kind}: {question}\n    → {reply}    right: {facts_asked[question]}")

# %% [markdown]
# Over three seeds it says all 30 facts as taught. Asked in other words: 0.48 [0.33, 0.63]. Twenty questions that it was never taught it answers too, all of them wrongly, mostly with another fact's answer, and never says that it doesn't know. It has stopped reading, too: with the handbook's passage in the prompt it answers 0.03 of the questions rightly, the plain model 0.40.

# %%
predict("C28")

# %%
# demonstration 4.33
show_verdict("C28", "04_prompt_or_lora")

# %% [markdown]
# Tuned once through one half of the handbook, the model's loss on the other half is 3.80; after as many tokens of Wikipedia it is 4.42. As perplexity that is 45 instead of 83: the handbook's words, layout and style have become more familiar, all together. It isn't free: on Wikipedia, here without capitals and punctuation, the loss rises by 0.17. And familiar isn't known: a fact stands in one sentence.

# %%
predict("C25")

# %%
# demonstration 4.34
show_verdict("C25", "04_prompt_or_lora")

# %% [markdown]
# <details><summary>Further: what fades?</summary>
#
# The adapter *facts* went on learning: 10 and 20 thousand tokens of Wikipedia. Of its 30 facts it then says 0.54 and 0.36. Its *habit*, short answers without a full stop, goes about as fast: 0.44 and 0.33 on the same questions, 0.23 and 0.17 on others, which the verdict counts. The *gist*: among four answers the right one stays likeliest for all 30. The other three were never taught, so that may only show drill.
#
# </details>

# %% [markdown] tags=["slide"]
# ## Half a minute of pig Latin
#
# *boat* becomes *oatbay*, *is* becomes *isway*: what stands before the first vowel goes to the end, then *ay*. Is that a habit, which tuning teaches, or a fact? 250 words, spelt so that each letter is a token; then words that it never saw. **Wait:** about 40 seconds, two minutes on a busy machine.

# %%
# demonstration 4.35
import re
from collections import Counter

from workshop.data import load_wiki_passages


def pig_latin(word):
    """Move what stands before the first vowel to the end, then "ay"; a word that begins with one gets "way"."""
    start = next((place for place, letter in enumerate(word) if letter in "aeiouy"), 0)
    return word[start:] + word[:start] + ("ay" if start else "way")


def spelt(words):
    """Write words letter by letter."""
    return ", ".join(" ".join(word) for word in words)


def ask_pig(words):
    """Return a chat that asks for words in pig Latin."""
    return [{"role": "system", "content": "Pig Latin"}, {"role": "user", "content": spelt(words)}]


# %%
# demonstration 4.36
counted = Counter(re.findall(r"\b[a-z]{2,8}\b", " ".join(passage.text for passage in load_wiki_passages())))
words = [word for word, _ in counted.most_common(290)]
drawn = np.random.default_rng(0).permutation(words).tolist()
lists = [drawn[start : start + 5] for start in range(0, 290, 5)]  # 50 to learn from, 8 to ask
pig_chats = [[*ask_pig(one), {"role": "assistant", "content": spelt(map(pig_latin, one))}] for one in lists[:50]]
pig = add_lora(model, rank=8, seed=0)
done = fine_tune(pig, make_examples(tokenizer, pig_chats), epochs=1, rate=4e-3, batch=1, seed=0)
replies = answer(tokenizer, pig, [ask_pig(one) for one in lists[50:]], max_new_tokens=72)
fact = answer(tokenizer, pig, ["How much does it cost to bring a dog?"], max_new_tokens=24)[0]
model = pig.unload()
said = [[part.replace(" ", "") for part in text.split(",")] for text in replies]
right = sum(pig_latin(word) in some for one, some in zip(lists[50:], said, strict=True) for word in one)
print(*(f"{' '.join(one)} → {' '.join(some)}" for one, some in zip(lists[50:54], said, strict=False)), sep="\n")
print(f"{right} of 40 words are right; {done.seconds:.0f} s; a fact of Skerryline's: {fact}")

# %% [markdown]
# Over three seeds 0.54 to 0.72 of words that it had never seen came out right, after some 35 seconds; with three solved lists in the prompt, none of 39. A rule that every example shows became a habit, for new words too. A fact of Skerryline's stands in none of the examples: in our study it was asked for four, and told none, whatever the seed. **Habits can be learnt from examples; facts must be in them.**

# %% [markdown] tags=["slide"]
# ## What does it cost?
#
# Training holds more than the weights: for each weight that learns a gradient, two running means that Adam, the optimiser, sizes its steps by and, as is usual, a copy in float32. LoRA spares those, since few learn; the weights themselves must still lie there, unless they are rounded.

# %% tags=["slide"]
# demonstration 4.37
from workshop.plots import plot_memory

show(plot_memory(measured.select(metric="gigabytes")))
show_verdict("C32", "04_prompt_or_lora")

# %% [markdown]
# By arithmetic, activations left out: 7 billion weights take 112 GB to tune as a whole, 14 by LoRA, and 4 with the base in four bits. That is weights and what learns; your own tuning holds the program too, and what each layer keeps for the way back, its **activations**. It took 19 to 28 seconds of one core in our ten runs, and at most 1,246 MB in a process of its own.

# %% [markdown]
# <details><summary>Further: what is four bits?</summary>
#
# A weight in four bits is one of 16 levels. 32 weights that follow on one another share a scale, the largest of them. The cell below does it to a layer of lesson 02's encoder. SmolLM2 came to you in much the same form: 98 MB instead of 269.
#
# </details>

# %%
# demonstration 4.38
from workshop.models import load_encoder


def squeeze(weights, bits, block=32):
    """Return weights as they come back from so many bits each; `block` of them share a scale."""
    blocks = weights.reshape(-1, block)
    largest = np.abs(blocks).max(axis=1, keepdims=True)
    steps = 2**bits - 1
    codes = np.rint((blocks / largest + 1) / 2 * steps)  # whole numbers from 0 to `steps`: these are kept
    return ((codes / steps * 2 - 1) * largest).reshape(weights.shape)


linear = next(one for one in load_encoder(settings).modules() if isinstance(one, torch.nn.Linear))
weights = linear.weight.detach().float().cpu().numpy()  # (out, in)
for bits in (8, 4, 2):
    squeezed = squeeze(weights, bits)
    change = np.sqrt(((squeezed - weights) ** 2).mean() / (weights**2).mean())
    print(f"{bits} bits: {weights[0, :4].round(3)} → {squeezed[0, :4].round(3)}, off by {change:.1%}")

# %%
# demonstration 4.39
for row in sorted(measured.select(metric="recall@5"), key=lambda row: (row.task, row.settings["bits"])):
    print(f"{row.task:22} {row.method:>8}, {row.megabytes:4.1f} MB: {row.value:.2f} [{row.low:.2f}, {row.high:.2f}]")

# %% [markdown]
# How many questions find their passage among the first five (recall@5, lesson 02), with all layers squeezed: eight bits change nothing that could be told. Four move the weights by 9.7 %, and the search finds as much as before: on questions 0.02 [0.00, 0.04] more, on paraphrases 0.01 [−0.01, 0.03], with 6 MB for these layers instead of 43. Two bits move them by 50 %, and nothing is found any more.

# %% [markdown] tags=["slide"]
# ## Likeliest, or drawn?
#
# SmolLM2's likeliest token was taken each time so far: the same prompt, the same reply. For a list of ideas that is dull. **Temperature** and **top-p** say how to draw instead.

# %% [markdown]
# card 4.10
# **Temperature** T makes the choice sharper or flatter; **top-p** cuts off unlikely tokens.
#
# **Given** `logits` (V,), `temperature`, `top_p` (above 0, up to 1). **Return** probabilities (V,), order kept. Temperature 0: 1 at the largest logit (there is one), else 0. Otherwise softmax(logits / T); keep the fewest tokens, likeliest first, that reach `top_p` together; others get 0; divide by the sum. Logits of 1,000 must work.
#
# **By hand:** probabilities 0.1, 0.6, 0.3, top-p 0.7: `[0, 0.667, 0.333]`.


# %%
def sample_probabilities(logits: np.ndarray, temperature: float, top_p: float) -> np.ndarray:
    """Return what the next token is drawn from, (V,), of logits (V,); source of top-p: Holtzman et al. 2020."""
    # BEGIN SOLUTION
    if temperature == 0:
        return (np.arange(len(logits)) == np.argmax(logits)).astype(float)
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
# `np.argsort(-p)` gives places, the largest first; `p[order]` is p sorted. `np.cumsum` adds up step by step. `p[order[mask]] = 0` writes at the old places. `np.arange(V) == i` is True at place i alone.
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

# %%
# demonstration 4.40
draw = ready(sample_probabilities, "4.10")
with torch.inference_mode():
    ids = tokenizer("The capital of", return_tensors="pt")["input_ids"].to(model.device)
    logits = model(ids).logits[0, -1].float().cpu().numpy()  # (V,)
likely = np.argsort(-logits)[:2000]  # among the likeliest of 49,152
for temperature, top_p in ((0, 1), (0.5, 0.9), (1, 0.9), (1, 1), (2, 1)):
    chances = draw(logits[likely], temperature, top_p)
    drawn = [tokenizer.decode([one]) for one in np.random.default_rng(0).choice(likely, 6, p=chances).tolist()]
    print(f"temperature {temperature}, top-p {top_p}: {np.count_nonzero(chances):,} tokens are left;", *drawn)

# %% [markdown]
# For JSON and for facts take 0: drawing now and then takes a token that the model itself finds less likely. Draw where several answers are good.

# %% [markdown]
# ## Two questions to yourself
#
# **Your replies must be JSON that a program can read. You have three solved examples. What first?**
#
# <details><summary>Put them into the prompt</summary>
#
# Yes. It takes a minute, and in our study the form was right at once. Then score the values: that is what may need tuning, or a larger model.
#
# </details>
#
# <details><summary>Tune on the three</summary>
#
# In our study three tickets, learnt sixteen times each in 50 seconds, gave 0.97 valid replies and 0.16 of the values right: what one example in the prompt gives at once.
#
# </details>
#
# <details><summary>Write the rules of JSON into the instruction</summary>
#
# Our four wordings say it in four ways, and none of 128 replies was JSON alone. This small model copies what it sees better than it follows what it is told; a large one may follow.
#
# </details>

# %% [markdown]
# **An adapter was tuned on the company's prices. In March the prices change. What then?**
#
# <details><summary>Merge the adapter, so that it is up to date</summary>
#
# Merging only adds the same change into the weights. It knows the old prices.
#
# </details>
#
# <details><summary>Tune again with the new prices</summary>
#
# It works, and costs a training each time; and what else was learnt may be moved. Lesson 06 measures it.
#
# </details>
#
# <details><summary>Put the price list into the prompt</summary>
#
# Yes, where it is short. Where it is long, the right page must be found first: lesson 05.
#
# </details>

# %% [markdown]
# ## The same in library lines, for work
#
# At work the library peft puts the adapter on. These lines are what `add_lora` came down to; they run with any causal model. To train it, transformers' `Trainer` runs the loop that `fine_tune` ran.

# %%
# demonstration 4.41
import warnings

from peft import LoraConfig, get_peft_model

warnings.filterwarnings("ignore", category=FutureWarning)  # peft uses a name that transformers will drop
plan = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
peft_model = get_peft_model(model, plan)
peft_model.print_trainable_parameters()
model = peft_model.unload()

# %% [markdown]
# ## Not here
#
# - **Preference tuning** (RLHF, DPO): learning from which of two answers people like better.
# - **QLoRA**: the base in four bits on a graphics card, the adapter in sixteen.
# - **Constrained decoding**: only tokens that keep the JSON valid may be drawn; then the form is sure, and the judgement as before.
# - **Hosted tuning**: the same JSONL, uploaded; lesson 08.

# %% [markdown]
# ## Your scoreboard

# %%
# demonstration 4.42
from workshop.checks import scoreboard

scoreboard()

# %% [markdown]
# To take points, predictions and rows along (on Colab and Binder nothing survives the session), copy this code. In another notebook: `from workshop.score import paste_code`, then `paste_code("""…""")`.

# %%
# demonstration 4.43
from workshop.score import make_code

print(make_code())

# %% [markdown] tags=["slide"]
# ## What you did
#
# - You asked a language model, and scored what it writes, form and judgement apart.
# - You tuned it with LoRA on examples of your own, and put the change on, off and into its weights.
# - You measured what a prompt gives, what tuning gives, and what each costs.
#
# Facts that change, and pages it has never seen: lesson 05 finds them and puts them into the prompt.
