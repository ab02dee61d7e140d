# %% [markdown] tags=["slide"]
# # 00 – Start here
#
# **How does this workshop work?** About 15 minutes, 2 points.
#
# After this lesson you can
#
# - run a check, read what it says is wrong, and mend it,
# - find your points and your results again, also on another machine,
# - say, before any evidence, what you believe about adapting language models.

# %% [markdown]
# ## The question behind all lessons
#
# A language model knows what it was trained on. It has never read the handbook of your company. Two ways lead out:
#
# - **Tune**: train it further with examples of your own, which changes the numbers inside it (its *weights*).
# - **Retrieve**: change what the model *reads*, by looking up the right passages and putting them into the text that it is given (its *prompt*).

# %% [markdown]
# You will build both from their parts. Each technique leaves a row on one scoreboard: quality, seconds, trained numbers (*parameters*), megabytes.

# %% [markdown] tags=["notes"]
# Ask the room for a show of hands before anything else: who would tune, who would retrieve, for a bot that answers
# customers' questions? Write the two counts on the board. Lesson 06 comes back to them.

# %% [markdown]
# ## Three lines begin every lesson
#
# Click the cell below and press **Shift + Enter**; go on like that, from top to bottom. It imports the workshop, the checks, and chooses a *profile*: how large the models are. Without a word from you it is `small`, which needs no network and no GPU.

# %%
import workshop
from workshop import check

settings = workshop.setup()

# %% [markdown]
# Is everything in place? The next cell looks. Every line should begin with `ok`; a line that doesn't says what to do.

# %%
from workshop.doctor import preflight

preflight(settings)

# %% [markdown]
# ## Your first exercise
#
# Exercises all look the same: a **card** (what to write, what goes in, what must come out, one example to do by hand), a **stub** to fill in, a **check**, and folded **help**.
#
# Stars say how hard an exercise is; *in the room*, that a taught class does it together.

# %% [markdown]
# Run the stub and the check below *before* you write anything, and read the message. That is what a wrong answer looks like. You can run a check as often as you like; nothing is counted against you.

# %% [markdown]
# card 0.1
# Many a search engine and many a word vector begins by counting words.
#
# **Given** a text. **Return** a dict from each word to how often it occurs, lower-cased. A word is what stands between white space.
#
# **By hand:** `"The ferry and the sea"` gives `{"the": 2, "ferry": 1, "and": 1, "sea": 1}`.


# %%
def count_words(text: str) -> dict[str, int]:
    """Count the words of a text, lower-cased and split at white space."""
    # BEGIN SOLUTION
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
    # END SOLUTION


# %%
check.start_here.count_words(count_words)

# %% [markdown]
# <details><summary>Direction</summary>
#
# Make the text lower-case, cut it into words, then go through the words and keep a count for each.
#
# </details>
#
# <details><summary>Which function helps</summary>
#
# `str.lower()`, `str.split()` without an argument, and `dict.get(word, 0)`, which gives 0 for a word not seen so far. `collections.Counter` does the counting in one call.
#
# </details>
#
# <details><summary>Help – I get …</summary>
#
# *… "the stub: it still raises NotImplementedError"*: you changed the cell but didn't run it. Run it, then the check.
#
# *… single letters instead of words*: a loop over a string gives letters. Split first.
#
# *… KeyError*: `counts[word] += 1` needs a count to add to. Start from 0.
#
# </details>
#
# For those who have time: make a mistake on purpose, for example leave out `lower()`, and see whether the check finds it.

# %% [markdown]
# ## What your function is good for
#
# A cell that begins with `# demonstration` shows something and gives no points. It uses *your* function where that passes, and the workshop's own otherwise, and says so. So go on when you are stuck.
#
# **Crashed, or come back?** In JupyterLab restart the kernel, click the cell where you were, and choose *Run → Run All Above Selected Cell*. Checks that you haven't solved show their message and stop nothing.

# %%
# demonstration 0.1
from workshop.checks import ready

announcement = "The late ferry to the north island leaves late today because the late tide is late"
counts = ready(count_words, "0.1")(announcement)
sorted(counts.items(), key=lambda pair: -pair[1])[:3]

# %% [markdown]
# Counting says what the text is made of: *late* and *the*. It doesn't say what *late* means, or that *delayed* would have meant the same. Lesson 01 begins exactly there.

# %% [markdown]
# ## Six predictions
#
# Much is said about adapting language models, and little of it is tested where it is said. This workshop measures it. Commit yourself first: your predictions are kept, and the last lesson lays them beside the verdicts.
#
# Choose what you believe *now*; below each claim stands what it means. There are no points for being right, and a wrong prediction is a good way to remember a result.

# %%
from workshop.widgets import predictions

predictions()

# %% [markdown]
# The verdicts: *holds*, *holds within limits* (in some of the cases measured), *does not hold*, *can't tell* (too uncertain to decide). Where a measurement can't tell, your prediction is neither right nor wrong, unless *can't tell* is what you predicted. A rule, fixed before its measurement, computes the verdict. Where figures had been seen before the rule stood, as for all claims of lesson 01, the rule begins with "Seen before".

# %% [markdown]
# ## Your scoreboard
#
# Points, predictions and measured rows lie in the folder `results/` beside this notebook. Every lesson adds to it.

# %%
from workshop.checks import scoreboard

scoreboard()

# %% [markdown]
# On Colab and Binder nothing survives the session. Copy the code that this cell gives; every lesson ends with one. In another notebook, or on another day, paste it between the quotes: `from workshop.score import paste_code`, then `paste_code("""…""")`. It holds your points, rows and predictions, nothing else.

# %%
from workshop.score import make_code

print(make_code())

# %% [markdown] tags=["slide"]
# ## What you did
#
# - You ran a check, read what it said was wrong, and mended it.
# - You know where your points and results are, and how to take them to another machine.
# - You said what you believe, before the evidence.
#
# Next: [01 – Word embeddings](01_word_embeddings.ipynb). How can a word's neighbours give it its meaning?
