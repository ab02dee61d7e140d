"""The figures that lesson 04 states in its text are those that were measured, and its sentences hold of them."""

import numpy as np
import pytest

from backstage.lessons.source import read_lesson
from studies.keep import read_measured
from studies.prompt_or_lora.voicing import draw_pairs
from studies.runner import RUNS, read_runs
from tests.studies.sentences import interval, number, one

STEM = "04_prompt_or_lora"
CHANCE = (1 / 8 + 1 / 6) / 2


@pytest.fixture(scope="module")
def text():
    return "\n".join(cell.text for cell in read_lesson(STEM) if cell.kind == "markdown").replace("\n# ", "\n")


def prompts(results, split, metric="values right"):
    rows = results.select(method="prompt", task="tickets", metric=metric)
    return {(row.settings["examples"], row.settings["wording"]): row for row in rows if row.settings["split"] == split}


def test_replies_are_told_word_for_word(results, text):
    told = {row.settings["question"]: row for row in results.select(task="meeting")}
    assert len(told) == 6
    wrong = [row for row in told.values() if not row.value]
    assert len(wrong) == 5
    for said in ("A week has 52 weeks.", "17 + 25 = 32.", "The answer is 7."):
        assert said in text
        assert any(row.settings["reply"].startswith(said.split(". ")[0].rstrip(".")) for row in wrong), said
    for part in ("a rare and expensive item", "currently 2023-01-01"):
        assert f"*{part}*" in text
        assert any(part in row.settings["reply"] for row in wrong), part


def test_an_example_gives_the_form_and_no_wording_the_judgement(results, text):
    valid, right = prompts(results, "dev", "valid"), prompts(results, "dev")
    assert len(valid) == 12
    assert {row.n for row in valid.values()} == {32}
    assert {row.value for (examples, _), row in valid.items() if not examples} == {0}
    assert {row.value for (examples, _), row in valid.items() if examples} == {1}
    assert "Without an example none of 128 replies was JSON alone" in text
    allowed = [row.value for (examples, _), row in prompts(results, "dev", "values allowed").items() if examples == 1]
    assert f"though only {number(np.mean(allowed))} name an allowed topic and tone" in text
    for examples in (1, 3):
        values = [row.value for (count, _), row in right.items() if count == examples]
        assert max(values) - min(values) < 0.02
    assert right[3, 0].value <= right[1, 0].value
    best = prompts(results, "test")[1, 0]
    assert f"puts {interval(best)} of the {best.n} other messages' values right" in text
    assert best.low < CHANCE < best.high
    assert f"blind guessing gets {number(CHANCE)}." in text


def test_pre_training_is_ahead_late(results, text):
    rows = {(row.method, row.settings["steps"]): row for row in results.select(metric="judgement by steps")}
    for method in ("LoRA", "random weights"):
        assert all(rows[method, steps].low < CHANCE < rows[method, steps].high for steps in (5, 14))
    ends = [number(rows[method, 46].value) for method in ("LoRA", "random weights")]
    assert (
        f"After 46, about three minutes of one core, pre-trained weights are ahead, {' against '.join(ends)}." in text
    )
    assert 120 < one(results, method="random weights", task="training", metric="seconds").value < 240
    whole = one(results, method="LoRA", metric="judgement", settings={"tickets": 512, "steps": 128})
    assert f"with LoRA, 128 steps on 512 tickets bring it to {number(whole.value)}." in text


def test_the_voice_has_its_frame_and_not_its_words(results, text):
    rows = {row.metric: row for row in results.select(method="LoRA", task="voice") if row.settings["pairs"] == 102}
    frame, word = rows["all six rules"], rows["a house word"]
    assert f"Of 48 answers that the adapter never saw, {interval(frame)} keep all six rules; without it, none" in text
    assert f"stands in {interval(word)} of them" in text
    prompts = results.select(method="prompt", task="voice", metric="all six rules")
    dev = [row.settings for row in prompts if row.settings["split"] == "dev"]
    tried = {(one["instruction"], one["examples"]) for one in dev}
    assert tried == {(instruction, examples) for instruction in (0, 1) for examples in (0, 1, 3)}
    assert {row.value for row in prompts} == {0}
    runs = read_runs(RUNS / f"{STEM}.jsonl")
    [kept] = [run["found"]["replies"] for run in runs if run["cell"] == ["shipped_voice", 0, 48]]
    pairs = [one.id for one in draw_pairs("test", 48)]
    for name, said in (("voice-087", "change your setting"), ("voice-036", "the Hulda Grey costs 128 crowns")):
        assert f"*{said}*" in text
        assert said in kept[pairs.index(name)]


def test_form_by_tuning_and_words_by_a_list(results, text):
    gain = results.claims["C13"].measure.partition("JSON ")[2].partition(";")[0]
    assert f"On tickets LoRA has {gain} more of the values right than the best prompt, over three seeds." in text
    told, tuned, plain, wiki = (
        one(results, method=method, task="house words", metric="right")
        for method in ("tuned on nothing, meanings told", "tuned on handbook", "tuned on nothing", "tuned on wiki")
    )
    assert f"helps most: {number(told.value)} of {told.n}." in text
    said = f"handbook, {number(tuned.value)}, can't be told apart from no tuning ({number(plain.value)})"
    assert f"{said} or tuning on Wikipedia ({number(wiki.value)})" in text
    assert tuned.low < plain.high
    assert tuned.low < wiki.value < tuned.high
    assert "house words -" in results.claims["C13"].measure


def test_merging_is_exact_in_float32_alone(results, text):
    measure = results.claims["C12"].measure
    assert "2.6e-06 in float32 and 3.2e-02 in bfloat16" in measure
    assert "by 3 millionths of the largest. In bfloat16 they move by up to 3 %" in text


def test_the_companys_language_becomes_familiar(results, text):
    other, wiki = (
        {row.method.removeprefix("tuned on "): row.value for row in results.select(task=task, metric="loss")}
        for task in ("the other half", "wikipedia")
    )
    losses = [number(other[source]) for source in ("handbook", "wiki")]
    assert f"the other half is {losses[0]}; after as many tokens of Wikipedia it is {losses[1]}." in text
    assert f"that is {np.exp(other['handbook']):.0f} instead of {np.exp(other['wiki']):.0f}" in text
    assert f"without capitals and punctuation, the loss rises by {number(wiki['handbook'] - wiki['nothing'])}" in text


def test_facts_by_heart_and_their_price(text):
    adapters = read_measured("adapters")

    def share(task, metric, method="facts"):
        return one(adapters, method=method, task=task, metric=metric)

    assert (share("facts/taught", "exact").value, share("facts/taught", "exact").n) == (1, 90)
    worded = share("facts/worded", "short-contained")
    assert f"Over three seeds it says all 30 facts as taught. Asked in other words: {interval(worded)}." in text
    assert "all of them wrongly" in text
    assert [share("facts/never", metric).value for metric in ("short-contained", "abstained", "wrong")] == [0, 0, 1]
    reads = [share("reading/right", "short-contained", method).value for method in ("facts", "plain")]
    assert f"it answers {number(reads[0])} of the questions rightly, the plain model {number(reads[1])}." in text


def test_twelve_steps_give_the_form(results, text):
    runs = {
        metric: results.select(method="LoRA, live", task="tickets", metric=metric)
        for metric in ("valid", "values right", "peak_megabytes")
    }
    assert {row.value for row in runs["valid"]} == {1}
    assert (len(runs["valid"]), sum(row.n for row in runs["valid"])) == (10, 240)
    right = np.mean([row.value for row in runs["values right"]])
    assert "every one of 240 replies could be read" in text
    assert f"In our ten runs {number(right)} were, on average; blind guessing gets {number(CHANCE)}" in text
    seconds = [row.seconds for row in runs["valid"]]
    assert f"took {min(seconds):.0f} to {max(seconds):.0f} seconds of one core in our ten runs" in text
    most = max(row.value for row in runs["peak_megabytes"])
    assert f"at most {most:,.0f} MB in a process of its own" in text


def test_memory_is_told_by_arithmetic(results, text):
    size = {row.method: f"{row.value:.0f}" for row in results.select(task="7 billion", metric="gigabytes")}
    said = f"7 billion weights take {size['full tuning']} GB to tune as a whole, {size['LoRA']} by LoRA"
    assert f"{said}, and {size['LoRA, four bits']} with the base in four bits" in text


def test_old_questions_are_lost_by_both_and_answered_in_json(results, text):
    rows = {row.method: row for row in results.select(task="old items", metric="right")}
    before, lora, full = (number(rows[method].value) for method in ("plain", "LoRA", "full tuning"))
    plain = f"The model answered {before} of {rows['plain'].n} old questions (dashed: before tuning);"
    assert f"{plain} with LoRA {lora} are left" in text
    assert f"after tuning all weights {full}. LoRA kept no more." in text
    assert rows["LoRA"].value < rows["full tuning"].value
    braces = one(results, method="LoRA", task="old items", metric="answered in JSON")
    assert f"; {number(braces.value)} of its replies begin with a brace" in text
    assert "full tuning reached LoRA's loss with 2 of 3 seeds" in results.claims["C11"].measure
    runs = [run["found"]["old"]["skills"] for run in read_runs(RUNS / f"{STEM}.jsonl") if run["cell"][0] == "lora"]
    reply = '{"name": "Work", "value": 6};'
    assert f"`{reply}`" in text
    assert any(one == reply for some in runs for one in some)


def test_habits_fade_as_facts_do(results, text):
    kept = {
        name: [one(results, task="fading", metric=name, settings={"steps": steps}).value for steps in (0, 23, 46)]
        for name in ("fact", "habit", "gist", "habit, taught questions")
    }
    assert [kept[name][0] for name in kept] == [1, 1, 1, 1]
    assert kept["gist"] == [1, 1, 1]
    names = ("fact", "habit, taught questions", "habit")
    fact, same, others = (" and ".join(map(number, kept[name][1:])) for name in names)
    assert f"Of its 30 facts it then says {fact}." in text
    assert f"goes about as fast: {same} on the same questions, {others} on others," in text


def test_form_is_cheap_and_judgement_takes_examples(results, text):
    def learnt(tickets, steps, metric):
        settings = {"kind": "clean", "tickets": tickets, "steps": steps}
        return one(results, method="LoRA", task="tickets", metric=metric, settings=settings).value

    def voice(pairs, steps):
        settings = {"pairs": pairs, "steps": steps}
        return one(results, method="LoRA", task="voice", metric="all six rules", settings=settings)

    assert f"in two steps, with 8 tickets: {number(learnt(8, 2, 'valid'))} of the replies can be read" in text
    assert f"32 pairs give {interval(voice(32, 52))}, 102 in as many steps no more" in text
    assert voice(102, 52).value <= voice(32, 52).value
    once, often = (number(learnt(32, steps, "judgement")) for steps in (8, 128))
    most = one(results, method="LoRA", metric="judgement", settings={"tickets": 512, "steps": 128}).value
    assert f"32 tickets, each seen once, {once}; seen sixteen times, {often}; 512 seen once, {number(most)}." in text


def test_right_labels_count_more_than_many(results, text):
    right, wrong = (
        one(results, method="LoRA", metric="judgement", settings={"kind": kind, "tickets": tickets}).value
        for kind, tickets in (("clean", 64), ("wrong", 256))
    )
    assert f"give a judgement of {number(right)}; 256 of which 30 % are labelled wrongly" in text
    assert f"each seen once, {number(wrong)}, no more than guessing." in text
    variety = results.claims["C24"].measure.partition("variety ")[2].partition(";")[0].replace("-", "−")
    assert f"nothing that could be told: {variety}." in text


def test_tuning_on_the_prompts_examples_gives_no_more_than_the_prompt(results, text):
    valid, right = (
        one(results, method="LoRA", metric=metric, settings={"kind": "the prompt's"})
        for metric in ("valid", "values right")
    )
    said = (
        f"learnt sixteen times each in {round(valid.seconds, -1):.0f} seconds, gave {number(valid.value)} valid replies"
    )
    assert f"{said} and {number(right.value)} of the values right" in text
    assert right.low < prompts(results, "test")[1, 0].value < right.high


def test_the_wait_follows_the_measured_speed(text):
    """The first chats of the lesson's own tuning, 3,367 tokens, by the speeds of `docs/models.md`."""
    speed = {
        (row.settings["dtype"], row.settings["threads"]): row.value
        for row in read_measured("model_speed").select(metric="tuned with LoRA, tokens a second")
    }
    seconds = {key: f"{3_367 / value:.0f}" for key, value in speed.items()}
    assert (
        f"about {seconds['bfloat16', 2]} seconds on two quiet cores in bfloat16, {seconds['float32', 2]} in float32"
        in text
    )
    assert f"on one core {seconds['bfloat16', 1]} and {seconds['float32', 1]};" in text


def test_rates_and_ranks(results, text):
    def loss(arm, rank, rate):
        settings = {"rank": rank, "rate": rate, "steps": 24}
        return one(results, method=arm, task="tickets", metric="loss on dev", settings=settings).value

    best, low, high = (number(loss("lora", 8, rate)) for rate in (2e-3, 5e-4, 4e-3))
    assert f"The lowest loss, {best}, came with all linear layers, rank 8 and rate 0.002;" in text
    assert f"a quarter of the rate gave {low}, twice as much {high}." in text
    ranks = [number(loss("lora", rank, 1e-3)) for rank in (1, 8, 32)]
    assert "At rate 0.001 rank 1 gave {}, rank 8 {}, rank 32 {}:".format(*ranks) in text
    rows = [row for row in results.select(task="tickets", metric="loss on dev") if row.settings.get("rate")]
    assert number(min(row.value for row in rows)) == best
    full = {row.settings["rate"]: row.value for row in rows if row.method == "full"}
    assert full[max(full)] == min(full.values())


def test_four_bits_are_enough_for_the_encoder_and_two_are_not(results, text):
    gaps = [
        one(results, method="4 bits", task=f"handbook, {kind}s", metric="recall@5_minus_whole")
        for kind in ("question", "paraphrase")
    ]
    assert f"on questions {interval(gaps[0])} more, on paraphrases {interval(gaps[1])}, with" in text
    error = {bits: one(results, method=f"{bits} bits", task="MiniLM", metric="error") for bits in (2, 4, 32)}
    assert f"Four move the weights by {100 * error[4].value:.1f} %" in text
    assert f"Two bits move them by {100 * error[2].value:.0f} %" in text
    assert f"with {error[4].megabytes:.0f} MB for these layers instead of {error[32].megabytes:.0f}." in text
    eight, two = (results.select(method=f"{bits} bits", metric="recall@5_minus_whole") for bits in (8, 2))
    assert all(row.low <= 0 <= row.high for row in eight)
    assert all(row.high < -0.6 for row in two)


def test_pig_latin_is_a_habit(results, text):
    rows = results.select(method="LoRA", task="pig Latin", metric="unseen words right")
    values = [row.value for row in rows]
    said = f"Over three seeds {number(min(values))} to {number(max(values))} of words that it had never seen"
    assert f"{said} came out right" in text
    assert len(rows) == 3
    assert all(30 < row.seconds < 40 for row in rows)
    prompt = one(results, method="prompt, 3 examples", task="pig Latin", metric="unseen words right")
    assert f"with three solved lists in the prompt, none of {prompt.n}." in text
    assert prompt.value == 0
    facts = results.select(method="LoRA", task="pig Latin", metric="facts right")
    assert [(row.value, row.n) for row in facts] == [(0, 4)] * 3


def test_to_sort_the_encoder_is_ahead(results, text):
    ways = {row.method: row for row in results.select(task="ways", metric="values right")}
    lora, encoder = ways["LoRA, 512 tickets"], ways["encoder, 512 tickets"]
    assert f"On 512 tickets LoRA puts {interval(lora)} of the values right." in text
    whole = one(results, method="frozen encoder", metric="values right")
    trained = one(results, method="LoRA", task="training", metric="seconds", settings={"steps": 128})
    seconds = f"in {whole.seconds:.0f} seconds instead of {round(trained.value, -1):.0f}."
    assert f"has {interval(encoder)} from the same tickets, {seconds}" in text
    assert lora.high < encoder.low
    assert ways["LoRA, 24 tickets"].low < CHANCE < ways["LoRA, 24 tickets"].high
