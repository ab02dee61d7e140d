"""The rules of the claims of lesson 04, written before their measurement; each says first what had been seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from studies.prompt_or_lora import power

KEPT = 0.03
BETTER, NUMBERS_KEPT, MERGED = 0.05, 0.05, 1e-5
MOST, FEW = 0.8, 0.9
NO_MATTER = 0.02
START, FADED = 0.8, 0.05
FITS, ELSEWHERE, NO_FIT = 0.05, 0.05, 0.02
CELL_SECONDS, NOTEBOOK_MEGABYTES = 45.0, 1500.0
VERDICTS: tuple[str, ...] = ("holds", "holds within limits", "can't tell", "does not hold")

PILOT = (
    "Seen before: in pilots with other settings, one seed each, prompting with one or three examples gave valid JSON "
    "on 1.00 of 48 tickets with topic right 0.10 to 0.15 and tone right 0.17 to 0.19, LoRA on 96 tickets twice 0.19 "
    "and 0.12, on 400 twice 0.60 and 0.52. "
)
JSON = (
    PILOT
    + "And for the shipped adapters: on 72 test tickets the plain model with none, one and three examples (valid 0, "
    "0.99, 0.99; topic 0, 0.11, 0.11; tone 0, 0.08, 0.19) and the adapter json (1.00; 0.27; 0.25). "
)
VOICE = (
    "Seen before: on 24 of the 48 pairs the plain model with none and one example (all six rules 0, numbers kept 0.58 "
    "and 0.33) and the adapter voice over three seeds (0.86 and 0.89); in a pilot 0.80 after 100 pairs and three "
    "epochs. "
)
TUNED = (
    "LoRA: all linear layers, rank 8, one ticket after the other, four to a chat and a step; its rate, and that of "
    "full tuning and of random weights, was chosen among those of the plan by the loss on 48 tickets of dev after 24 "
    "steps. "
)
JUDGED = (
    "Judgement is told apart from form: the JSON is given up to a value, and the value is the allowed one that the "
    "model finds likeliest (the tone after the right topic); the score is the mean of topic right and tone right "
    "(chance 0.15). "
)
RULES = {
    "C07/04": (
        JSON + TUNED + JUDGED + "SmolLM2 tuned by LoRA minus a network of its shape with random weights, all of which "
        "are trained, after 5, 14 and 46 steps, which take one core about 10, 30 and 100 seconds with LoRA and longer "
        "without; 120 test tickets, three seeds. LoRA's are points of a longer run, whose rate is still high. "
        "Holds: the 95 % interval above 0 at all three. Holds within limits: at some. Does not hold: below 0 at all. "
        f"Can't tell: otherwise. A difference below {power.PRICE:.2f} can't be told from none: after 5 steps can't "
        "tell is likely."
    ),
    "C11": (
        "Seen before: the 240 old items were chosen so that the plain model answers 0.60 of them; on 96 of them it "
        "was right on 0.53, with the shipped adapters json, reader, facts and voice on 0.18, 0.23, 0.06 and 0.60. "
        + TUNED
        + "LoRA is taken after 64 of 128 steps on tickets, full tuning at the first checkpoint (every 16 steps, at "
        "most 96) whose loss on 48 tickets of dev is no higher; then the old items are asked, three seeds. The drop "
        f"is before minus after. Holds: below {KEPT} over the whole 95 % interval for both. Holds within limits: for "
        f"one. Does not hold: above {KEPT} over the whole interval for both. Can't tell: otherwise. The loss on 400 "
        "sentences of Wikipedia stands beside it, and LoRA against full tuning with its own interval. A drop below "
        f"{KEPT + power.SKILLS:.2f} can't be told from {KEPT}, and a model that loses nothing can only give can't tell."
    ),
    "C12": (
        "Seen before: all of it, in a trial with these 8 prompts (off 0, unloaded 0, merged 2.6e-6 in float32 and "
        "0.032 in bfloat16). By construction the sentence doesn't hold: an "
        "adapter stands beside the weights. Shown where switching it off and unloading it give the very same logits "
        f"on 8 prompts, and merging in float32 the same to {MERGED:.0e} of the largest; in bfloat16 the merged weights "
        "are rounded, and the difference is told. Full tuning that overwrites its only copy can't go back. If one of "
        "these fails: can't tell. Nothing is estimated here, so no difference can't be told."
    ),
    "C13": (
        JSON
        + TUNED
        + "Three parts, each minus the best prompt, which was chosen on dev or on training pairs. (1) JSON: values "
        "right in the replies (mean of topic and tone; invalid is wrong), LoRA on 512 tickets, three seeds, 120 test "
        "tickets. (2) Voice, the shipped adapter's three seeds, 48 pairs that none was trained on, of which 24 had "
        "been seen (all six rules 0 and 0.86): the countable rules "
        "once greeting, 'Next:' and last line are taken away: a house word, sentences of at most 17 words, no "
        "forbidden word, no exclamation mark, all four. (3) House words: in 36 sentences of the handbook the word "
        "left out is the likeliest of six; the adapter of C28 that was tuned on the other half, against the plain "
        "model with a list of the words' meanings or without. "
        f"Guard: numbers kept, the interval of the difference above -{NUMBERS_KEPT}, else the voice doesn't count. "
        f"Holds: all above {BETTER} over the whole 95 % interval. Holds within limits: some. Does not hold: all below "
        f"{BETTER}. Can't tell: otherwise. Differences below {BETTER + power.REPLIES:.2f} (JSON), "
        f"{BETTER + power.VOICE:.2f} (voice) and {BETTER + power.CLOZE:.2f} (words) can't be told from {BETTER}, and "
        f"numbers must be kept more often by {power.NUMBERS - NUMBERS_KEPT:.2f} for the guard to be passed for sure."
    ),
    "C18/04": (
        JSON + VOICE.replace("Seen before: on", "On") + "JSON: four wordings with none, one and three examples, "
        "voice: two instructions with none, one and three, "
        "chosen on dev or on training pairs, told on the test. The share of LoRA's gain that the best prompt reaches; "
        "the gain is over the plain instruction without an example. JSON: values right in the replies to 120 tickets, "
        "LoRA on 512 tickets. Voice: all six countable rules on 48 pairs, the shipped adapter's three seeds. Holds: "
        f"above {MOST} over the whole 95 % interval for both. Holds within limits: for one. Does not hold: below "
        f"{MOST} for both. Can't tell: otherwise. LoRA on the prompt's own examples stands beside it. JSON's share was "
        f"expected to be uncertain by {power.JSON_SHARE:.2f}, the voice's by {power.VOICE_SHARE:.2f}: shares nearer to "
        f"{MOST} than that can't be told from it."
    ),
    "C23": (
        JSON + VOICE.replace("Seen before: on", "On") + TUNED + JUDGED + "The share of the gain at the most (512 "
        "tickets, 102 pairs) that 32 give, at equal updates (128 steps; voice 52) and at equal epochs (8 steps; voice "
        "16), three draws each. Six parts: form (valid replies to 48 tickets), judgement (240 tickets), voice (all six "
        "rules, 48 pairs), each in both ways. The gain is over the plain instruction. Holds: all six above "
        f"{FEW} over the whole 95 % interval. Holds within limits: some. Does not hold: all below {FEW}. Can't tell: "
        "otherwise. 8 examples at equal epochs stand beside it. The share of judgement was expected to be uncertain by "
        f"{power.FEW_SHARE:.2f}, the voice's by {power.VOICE_SHARE:.2f}: shares nearer to {FEW} than that can't be "
        "told from it; a draw was not made five times, as first intended, but three."
    ),
    "C24": (
        JSON + TUNED + JUDGED + "64 steps each, three draws, 240 test tickets of all topics. Variety: 64 tickets of "
        "all eight topics minus 64 of two, scored on the tone alone, since two topics can't teach the other six. "
        "Quality: 64 right tickets minus 256 of which 30 % have another topic and tone, scored on both values. Holds: "
        "the 95 % intervals of both above 0. Holds within limits: of one. Does not hold: both below "
        f"{NO_MATTER}. Can't tell: otherwise. A difference below {power.JUDGEMENT:.2f} (variety "
        f"{power.JUDGEMENT * power.VALUES**0.5:.2f}) can't be told from none, so two equal arms can only give can't "
        "tell. First intended were 100 and 400 tickets; the numbers were cut in proportion."
    ),
    "C25": (
        "Seen before: the shipped adapter facts, three seeds, knows all of its 30 facts as they were taught, and in a "
        "pilot it never abstained. It has learnt at once a habit, to answer in six words or fewer without a full "
        "stop, which is asked of 20 questions that were never taught. Each fact was seen 16 times, the habit 480 "
        "times. Then the adapter goes on learning unrelated chats, Wikipedia's sentences continued, 10 and 20 thousand "
        "tokens. Kept: fact (the answer stands in the reply), gist (the right one of four answers of its kind is "
        "likeliest, chance taken away), habit (share of short replies), each divided by its start. At both points "
        f"together, where both start at {START} or above: habit - fact and gist - fact. Holds: both 95 % intervals "
        "above 0 (documents and seeds drawn anew). Holds within limits: one. Does not hold: both below "
        f"{FADED}. Can't tell: otherwise. A difference below {power.FACTS:.2f} can't be told from none. Habit and fact "
        "differ in how often they were seen, so this says that they fade apart, not why."
    ),
    "C28": (
        "Seen before: a trial that learnt from two documents, and of which no difference was told. LoRA "
        "(all linear layers, rank 8, rate 5e-4, once through) on one half of the "
        "handbook's 64 documents, tested on the other, and the reverse; control: as many tokens of Wikipedia. The "
        "difference of the mean loss a token on the documents not trained on, control minus handbook. Holds: above "
        f"{FITS} nats over the whole 95 % interval (documents drawn anew), and the loss on Wikipedia rises by less "
        f"than {ELSEWHERE} over the whole interval. Holds within limits: the first only. Does not hold: the first "
        f"below {NO_FIT}. Can't tell: otherwise. A difference below {FITS + power.DOMAIN:.2f} can't be told from "
        f"{FITS}."
    ),
    "C32": (
        "Seen before: training the shipped adapters took one core 2 to 8 minutes and 1.2 to 3.1 GB; in a "
        "trial of the lesson's own tuning with four tickets a step, 57 seconds on a busy machine and 3.0 GB, after "
        "which two tickets a step were taken. Here: the "
        "lesson's own tuning of the model's 135 million weights by LoRA, 24 tickets in 12 steps, ten seeds. Does not "
        f"hold: the slowest of ten takes less than {CELL_SECONDS:.0f} seconds, and none more than "
        f"{NOTEBOOK_MEGABYTES:.0f} MB in all, on this machine's processor alone. Holds: the fastest takes longer. "
        "Can't tell: otherwise. The arithmetic for 1 and 7 billion weights stands beside it. What is nearer to a limit "
        "than seeds spread can't be told from it."
    ),
}
RULES["C07"] = "The weaker of its two parts, C07/03 (an encoder that classifies) and C07/04 (a language model)."

SMALL = (
    "One language model of 135 million weights, stored in four bits, read and tuned in bfloat16; one invented "
    "company's tickets and answers, labelled and written by one writer. "
)
LIMITS = {
    "C07/04": SMALL
    + "Of random weights' rates the highest tried was the best, if by little (loss 2.09 against 2.11): higher ones "
    "may be better. The price of pre-training, which its makers paid, isn't counted.",
    "C11": SMALL
    + "One task, one stop; 240 short questions of four kinds; with other rates both may keep more. Of full tuning's "
    "rates the highest tried was the best. An answer in JSON counts as right where it is short and holds the answer.",
    "C12": "By construction, of adapters alone; full tuning can go back wherever a copy of the weights was kept.",
    "C13": SMALL
    + "Each prompt shows the same examples to all; examples chosen for each message weren't tried. Countable rules "
    "aren't style, and keeping numbers isn't truth. The training data were made to teach just this.",
    "C18/04": SMALL
    + "A large model follows prompts far better; four wordings and two instructions were tried, with the same examples "
    "for all messages; the voice's prompt was chosen on 12 pairs.",
    "C23": SMALL + "Three draws of examples. At equal updates few examples are seen many times.",
    "C24": SMALL + "Small numbers of tickets; wrong labels were drawn at random, as careless people don't make them.",
    "C25": SMALL
    + "Thirty facts, one habit, one kind of unrelated text, one rate. The unrelated texts have long answers, "
    "against the habit; habit and facts are asked on other questions. Of the gist the three other answers were never "
    "taught: that the right one stays likeliest may say no more than that it was drilled.",
    "C28": SMALL
    + "A handbook of 27,000 words; one rate, once through. Wikipedia's sentences have no capitals and no punctuation "
    "here, the handbook has both, and headings: words, layout and style together are what is learnt.",
    "C32": "Seconds and memory of this machine; a batch of one short chat; other processes slow it.",
}
LIMITS["C07"] = LIMITS["C07/04"]


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def judge_price(gaps: Sequence[Estimate]) -> str:
    """Return the verdict on C07/04. gaps: tuned minus random weights at each time."""
    return _all_or_some([one.low > 0 for one in gaps], all(one.high < 0 for one in gaps))


def judge_forgetting(drops: Sequence[Estimate]) -> str:
    """Return the verdict on C11. drops: of LoRA and of full tuning."""
    return _all_or_some([one.high < KEPT for one in drops], all(one.low > KEPT for one in drops))


def judge_switch(off: float, unloaded: float, merged: float) -> str:
    """Return the verdict on C12, from the largest differences of logits; merged: in float32, over the largest logit."""
    return "does not hold" if off == unloaded == 0 and merged <= MERGED else "can't tell"


def judge_behaviour(json: Estimate, voice: Estimate, words: Estimate, numbers: Estimate) -> str:
    """Return the verdict on C13. Each tuned minus best prompt; numbers: of the voice's guard."""
    guarded = numbers.low > -NUMBERS_KEPT
    shown = [json.low > BETTER, voice.low > BETTER and guarded, words.low > BETTER]
    return _all_or_some(shown, all(one.high < BETTER for one in (json, voice, words)))


def judge_prompts(shares: Sequence[Estimate]) -> str:
    """Return the verdict on C18/04. shares: of LoRA's gain that the best prompt reaches, of each task."""
    return _all_or_some([one.low > MOST for one in shares], all(one.high < MOST for one in shares))


def judge_few(shares: Sequence[Estimate]) -> str:
    """Return the verdict on C23. shares: of the gain at the most that 32 examples give, of each part."""
    return _all_or_some([one.low > FEW for one in shares], all(one.high < FEW for one in shares))


def judge_quality(variety: Estimate, quality: Estimate) -> str:
    """Return the verdict on C24."""
    both = (variety, quality)
    return _all_or_some([one.low > 0 for one in both], all(one.high < NO_MATTER for one in both))


def judge_fading(starts: Sequence[float], habit: Estimate, gist: Estimate) -> str:
    """Return the verdict on C25. starts: of fact and habit; habit, gist: kept minus what is kept of the facts."""
    if min(starts) < START:
        return "can't tell"
    both = (habit, gist)
    return _all_or_some([one.low > 0 for one in both], all(one.high < FADED for one in both))


def judge_domain(gain: Estimate, elsewhere: Estimate) -> str:
    """Return the verdict on C28. gain: control minus handbook; elsewhere: what Wikipedia's loss rises by."""
    if gain.low > FITS:
        return "holds" if elsewhere.high < ELSEWHERE else "holds within limits"
    return "does not hold" if gain.high < NO_FIT else "can't tell"


def judge_machine(seconds: Sequence[float], megabytes: Sequence[float]) -> str:
    """Return the verdict on C32, from every run of the lesson's own tuning."""
    if max(seconds) < CELL_SECONDS and max(megabytes) < NOTEBOOK_MEGABYTES:
        return "does not hold"
    return "holds" if min(seconds) > CELL_SECONDS else "can't tell"


def weaker(verdicts: Sequence[str]) -> str:
    """Return the weaker verdict of a claim's parts."""
    return max(verdicts, key=VERDICTS.index)


def _all_or_some(shown: Sequence[bool], against: bool) -> str:
    if any(shown):
        return "holds" if all(shown) else "holds within limits"
    return "does not hold" if against else "can't tell"
