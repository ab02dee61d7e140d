"""Lesson 04's study: rules, what is drawn and scored, the plan's price, and all of it with a tiny network."""

import dataclasses
import inspect

import numpy as np
import pytest

pytest.importorskip("peft")

from studies.adapters import asking
from studies.grouped import DRAWS
from studies.prompt_or_lora import (
    band,
    domain,
    encoder,
    fading,
    figures,
    folds,
    judging,
    live,
    meeting,
    other_runs,
    plan,
    power,
    runs,
    skills,
    study,
    tables,
    tickets,
    tuning,
    voicing,
)
from studies.prompt_or_lora.found import Runs
from studies.prompt_or_lora.plan import MOST_REPLIES, MOST_TOKENS, Asked, Plan, count_replies, count_tokens
from studies.prompt_or_lora.rules import (
    LIMITS,
    RULES,
    Estimate,
    judge_behaviour,
    judge_domain,
    judge_fading,
    judge_few,
    judge_forgetting,
    judge_machine,
    judge_price,
    judge_prompts,
    judge_quality,
    judge_switch,
    weaker,
)
from workshop.data import load_handbook, load_task
from workshop.tune import make_examples


def one(low, high=None):
    high = low + 0.1 if high is None else high
    return Estimate((low + high) / 2, low, high)


@pytest.mark.parametrize(
    ("judge", "parts", "verdict"),
    [
        (judge_price, [one(0.01)] * 3, "holds"),
        (judge_price, [one(-0.05), one(0.01), one(0.1)], "holds within limits"),
        (judge_price, [one(-0.3, -0.1)] * 3, "does not hold"),
        (judge_price, [one(-0.3, -0.1), one(-0.1, 0.1), one(-0.1, 0.1)], "can't tell"),
        (judge_forgetting, [one(-0.05, 0.02), one(-0.05, 0.02)], "holds"),
        (judge_forgetting, [one(0.1, 0.2), one(-0.05, 0.02)], "holds within limits"),
        (judge_forgetting, [one(0.1, 0.2), one(0.04, 0.3)], "does not hold"),
        (judge_forgetting, [one(0.1, 0.2), one(0.02, 0.3)], "can't tell"),
        (judge_prompts, [one(0.81), one(0.9)], "holds"),
        (judge_prompts, [one(0.81), one(0.1)], "holds within limits"),
        (judge_prompts, [one(0.1, 0.79), one(0.0, 0.1)], "does not hold"),
        (judge_prompts, [one(0.1, 0.81), one(0.0, 0.1)], "can't tell"),
        (judge_few, [one(0.91)] * 6, "holds"),
        (judge_few, [one(0.91), *[one(0.5, 0.8)] * 5], "holds within limits"),
        (judge_few, [one(0.5, 0.89)] * 6, "does not hold"),
        (judge_few, [one(0.5, 0.95)] * 6, "can't tell"),
    ],
)
def test_all_some_or_none(judge, parts, verdict):
    assert judge(parts) == verdict


def test_behaviour_needs_its_guard():
    kept, lost = one(-0.02), one(-0.3, -0.1)
    assert judge_behaviour(one(0.06), one(0.06), one(0.06), kept) == "holds"
    assert judge_behaviour(one(0.06), one(0.06), one(0.06), lost) == "holds within limits"
    assert judge_behaviour(one(-0.1, 0.1), one(0.6), one(-0.1, 0.1), lost) == "can't tell"
    assert judge_behaviour(one(-0.1, 0.04), one(-0.1, 0.04), one(-0.1, 0.04), kept) == "does not hold"


def test_quality_fading_domain():
    assert judge_quality(one(0.01), one(0.01)) == "holds"
    assert judge_quality(one(0.01), one(-0.2, 0.01)) == "holds within limits"
    assert judge_quality(one(-0.2, 0.01), one(-0.2, 0.01)) == "does not hold"
    assert judge_quality(one(-0.2, 0.03), one(-0.2, 0.01)) == "can't tell"
    assert judge_fading([1.0, 0.9], one(0.1), one(0.1)) == "holds"
    assert judge_fading([1.0, 0.7], one(0.1), one(0.1)) == "can't tell"
    assert judge_fading([1.0, 0.9], one(0.1), one(-0.3, 0.2)) == "holds within limits"
    assert judge_fading([1.0, 0.9], one(-0.3, 0.04), one(-0.3, 0.04)) == "does not hold"
    assert judge_domain(one(0.06), one(-0.1, 0.04)) == "holds"
    assert judge_domain(one(0.06), one(0.01, 0.06)) == "holds within limits"
    assert judge_domain(one(-0.1, 0.01), one(0, 0.1)) == "does not hold"
    assert judge_domain(one(0.04), one(0, 0.1)) == "can't tell"


def test_switch_and_machine_are_read_off():
    assert judge_switch(0.0, 0.0, 9e-6) == "does not hold"
    assert judge_switch(0.0, 0.0, 2e-5) == judge_switch(0.0, 1e-9, 0.0) == "can't tell"
    assert judge_machine([20, 44], [1000, 1400]) == "does not hold"
    assert judge_machine([46, 60], [1000, 1400]) == "holds"
    assert judge_machine([20, 44], [1000, 1600]) == judge_machine([20, 60], [1000, 1400]) == "can't tell"
    assert weaker(["holds", "can't tell"]) == "can't tell"


def test_every_rule_says_what_had_been_seen_and_what_can_be_detected():
    assert RULES.keys() == LIMITS.keys()
    for name, rule in RULES.items():
        if name != "C07":
            assert rule.startswith("Seen before:"), name
            assert "can't be told" in rule or "can only give" in rule, name
    assert power.half_width(240, 0.4) == pytest.approx(0.08, abs=1e-3)
    assert power.share_width(0.1, 0.2) == 0.5


def all_cells(chosen, asked):
    rates = dict.fromkeys(("lora", "full", "random"), 1e-3)
    return [
        *plan.list_first(chosen, asked),
        *plan.list_tuned(chosen, asked, rates, 1),
        *plan.list_full(chosen, asked, rates, [1.0] * chosen.seeds),
        *plan.list_few(chosen, asked, rates),
        *plan.list_quality(chosen, asked, rates),
        *plan.list_beside(chosen, asked, rates),
        *plan.list_others(chosen, asked),
        *plan.list_voice_tests(asked, (1, 3)),
        *plan.list_fading(chosen, asked),
        *plan.list_few_pairs(chosen, asked),
        *(("live", *cell) for cell in plan.list_live(chosen, asked)),
        *(("pig", *cell) for cell in plan.list_pig(chosen)),
    ]


def test_the_plan_keeps_within_its_limits():
    cells = all_cells(Plan(), Asked())
    assert len(set(cells)) == len(cells)
    assert 1_000_000 < sum(map(count_tokens, cells)) <= MOST_TOKENS
    assert 4_000 < sum(map(count_replies, cells)) + len(meeting.ASKED) <= MOST_REPLIES
    kinds = {cell[0] for cell in cells}
    assert kinds == {*runs.RUNS, *other_runs.RUNS, "live", "pig"}


@pytest.fixture(scope="module")
def tokenizer():
    return asking.load()[0]


@pytest.mark.slow
def test_a_step_is_about_as_long_as_the_plan_says(tokenizer):
    chats = tickets.deal_chats(tickets.draw_train("clean", 512, 0), 60, 0)
    mean = np.mean([len(one.ids) for one in make_examples(tokenizer, chats)])
    assert mean == pytest.approx(plan.STEP, rel=0.03)
    pairs = make_examples(tokenizer, voicing.deal_pairs(96, 20, 4, 0))
    assert np.mean([len(one.ids) for one in pairs]) == pytest.approx(plan.PAIR, rel=0.05)
    unrelated = make_examples(tokenizer, fading.draw_unrelated(100))
    assert np.mean([len(one.ids) for one in unrelated]) == pytest.approx(plan.UNRELATED, rel=0.1)
    for source in ("handbook", "wiki"):
        rows = domain.write_half(tokenizer, source, 0)
        assert sum(len(one.ids) for one in rows) == pytest.approx(plan.HALF, rel=0.02)


def test_steps_deal_every_ticket_before_one_comes_again():
    drawn = tickets.draw_train("clean", 8, 0)
    chats = tickets.deal_chats(drawn, 4, 0)
    assert [len(chat) for chat in chats] == [8] * 4
    asked = [turn["content"].rpartition("Message: ")[2] for chat in chats for turn in chat[::2]]
    assert sorted(asked[:8]) == sorted(asked[8:]) == sorted(one.text for one in drawn)
    instruction = tickets.list_wordings()[0]
    for chat in chats:
        assert [instruction in turn["content"] for turn in chat[::2]] == [True, False, False, False]


def test_fewer_tickets_are_among_more_and_none_is_tested():
    few, many = (tickets.draw_train("clean", count, 1) for count in (32, 512))
    assert many[:32] == few
    customers = {row.customer for row in tickets.draw_asked("test", 240)}
    assert not customers & {row.customer for row in many}


def test_two_topics_and_wrong_labels():
    narrow = tickets.draw_train("two topics", 64, 0)
    assert len({row.answer["topic"] for row in narrow}) == 2
    right, wrong = (tickets.draw_train(kind, 256, 0) for kind in ("clean", "wrong"))
    assert [row.id for row in right] == [row.id for row in wrong]
    changed = [
        (a.answer["topic"] != b.answer["topic"], a.answer["tone"] != b.answer["tone"])
        for a, b in zip(right, wrong, strict=True)
    ]
    assert changed.count((True, True)) == round(0.3 * 256)
    assert changed.count((False, False)) == 256 - round(0.3 * 256)


def test_replies_are_scored_value_by_value():
    rows = tickets.draw_asked("test", 3)
    half = tickets.write_reply(rows[1].answer | {"tone": "none"})
    found = tickets.score_values([tickets.write_reply(rows[0].answer), half, "no JSON"], rows)
    assert found["valid"] == [1, 1, 0]
    assert found["values right"] == [1, 0.5, 0]
    assert found["both right"] == [1, 0, 0]


def test_the_voice_is_scored_without_its_marks():
    pairs = voicing.draw_pairs("test", 48)
    voiced = voicing.score_voice([pair.voiced for pair in pairs], pairs)
    plain = voicing.score_voice([pair.plain for pair in pairs], pairs)
    assert np.mean(voiced["all six rules"]) == 1
    assert np.mean(voiced["without marks"]) > 0.8
    assert np.mean(plain["without marks"]) == np.mean(plain["all six rules"]) == 0
    assert {kept for kept in voiced["numbers kept"] if kept is not None} == {1.0}
    only_marks = [f"Ahoy, {pair.plain} Next: go.\nFair water, Skerryline" for pair in pairs]
    assert np.mean(voicing.score_voice(only_marks, pairs)["without marks"]) == 0
    assert voicing.strip_marks("Ahoy Petra, a hop. Next: wait.\nFair water, Skerryline") == "a hop. wait."
    assert not set(pairs) & set(voicing.draw_pairs("dev", 12))


def test_halves_part_the_handbook_and_its_words():
    documents = domain.list_documents()
    sizes = [sum(len(text) for _, text, half in documents if half == fold) for fold in (0, 1)]
    assert len(documents) == len(load_handbook())
    assert sizes[0] == pytest.approx(sizes[1], rel=0.05)
    uses = [domain.draw_uses(fold) for fold in (0, 1)]
    assert sum(map(len, uses)) == sum(row.sense == "house" for row in load_task("senses", "test"))


def test_choices_are_of_a_kind_and_untaught():
    taught = fading.draw_facts()[0]
    for row in taught:
        choices = fading.draw_choices(row)
        assert len(set(choices)) == fading.CHOICES
        assert choices[0] == row.answer
    kept = fading.score_kept({"facts": [taught[0].answer, "no"], "others": ["9 days", "It is 9 days."], "gist": [1, 0]})
    assert kept == {"fact": [1, 0], "gist": [1, pytest.approx(-1 / 3)], "habit": [1, 0]}


def test_shares_of_a_gain_are_paired():
    groups = list(map(str, range(40)))
    base, whole = [[0.0] * 40], [[1.0] * 20 + [0.0] * 20] * 2
    part = [[1.0] * 10 + [0.0] * 30]
    assert figures.share_of_gain(whole, whole, base, groups) == Estimate(1, 1, 1)
    assert figures.share_of_gain(part, whole, base, groups).value == 0.5
    nothing = figures.share_of_gain(base, whole, base, groups)
    assert (nothing.value, nothing.low) == (0, 0)
    assert 0.1 < nothing.high < 0.25
    everything = [[1.0] * 40]
    assert figures.share_of_gain(everything, everything, base, groups).low < 0.95
    assert figures.estimate_share([[0.0] * 40], groups).high > 0.05
    some = figures.average_runs([[1.0, None, 0.0]], ["a", "b", "c"])
    assert some.value == 0.5
    assert some.spread.shape == (DRAWS,)


def test_a_block_keeps_its_levels_and_its_largest():
    """By hand: four weights, two bits; the levels are -3, -1, 1 and 3."""
    squeezed = folds.squeeze(np.array([[3, 1.9, -0.1, -2.2]], dtype=np.float32), bits=2, block=4)
    assert squeezed.tolist() == pytest.approx(np.array([[3, 1, -1, -3]]))
    weights = np.random.default_rng(0).normal(size=(8, 64)).astype(np.float32)
    for bits in (2, 4, 8):
        blocks, kept = weights.reshape(-1, 32), folds.squeeze(weights, bits).reshape(-1, 32)
        assert 3 < max(len(np.unique(one)) for one in kept) <= 2**bits
        largest = np.abs(blocks).max(axis=1, keepdims=True)
        assert (np.abs(kept - blocks) <= largest * (1.01 / (2**bits - 1) + 1e-3)).all()
        assert np.abs(kept).max(axis=1) == pytest.approx(largest[:, 0], rel=1e-3)
    assert np.abs(folds.squeeze(np.zeros((2, 32), dtype=np.float32), 4)).max() < 1e-6


def test_the_encoder_is_told_by_what_it_says():
    rows = tickets.draw_asked("test", 3)
    said = {key: [row.answer[key] for row in rows] for key in tickets.KEYS} | {"seconds": 2.0}
    wrong = said | {"topic": ["none"] * 3, "chosen": {"topic": [6, 1.0], "tone": [4, 10.0]}}
    found = {(0, 8, 6, 3): said | {"chosen": wrong["chosen"]}, (1, 8, 6, 3): wrong}
    told = {row.metric: row for row in encoder.tell_encoder(found)}
    assert {name: row.value for name, row in told.items()} == {
        "values right": 0.75,
        "topic right": 0.5,
        "tone right": 1,
    }
    assert told["values right"].settings == {"tickets": 8, "seeds": 2, "topic layers": "6, 6", "tone layers": "4, 4"}


@pytest.mark.slow
def test_four_bits_change_the_encoder_and_two_spoil_it():
    found = {cell: folds.search_in_few_bits(*cell) for cell in folds.list_bits(every=40)}
    errors = {bits: run["error"] for (bits, _), run in found.items()}
    assert errors[32] == 0 < errors[8] < 0.01 < errors[4] < 0.2 < errors[2]
    rows = {(row.method, row.task, row.metric): row for row in folds.tell_bits(found, 40)}
    assert rows["4 bits", "MiniLM", "error"].megabytes == pytest.approx(10_764_288 * 4.5 / 8e6)
    for kind, n in (("questions", 9), ("paraphrases", 17)):
        task = f"handbook, {kind}"
        gap = rows["2 bits", task, "recall@5_minus_whole"]
        assert gap.high < -0.1
        assert gap.n == n
        assert gap.value == pytest.approx(
            rows["2 bits", task, "recall@5"].value - rows["32 bits", task, "recall@5"].value
        )
        assert ("32 bits", task, "recall@5_minus_whole") not in rows


def test_pig_latin_follows_its_rule():
    words = ["boat", "the", "is", "shrimp", "why", "hmm"]
    assert list(map(folds.turn_into_pig_latin, words)) == ["oatbay", "ethay", "isway", "impshray", "ywhay", "hmmway"]
    for seed in range(3):
        learnt, sentences = folds.draw_words(seed, 50, 22)
        words = [word for some in learnt for word in some]
        assert len(set(words)) == 50 * folds.WORDS
        assert {len(some) for some in sentences} == {folds.WORDS}
        assert sum(word not in words for some in sentences for word in some) >= 50


def test_pig_latin_is_scored_place_by_place(tokenizer):
    run = {"sentences": [["the", "boat"], ["is", "late"]], "seen": [[True, False], [True, False]]}
    scores = folds.score_pig(run | {"replies": ["e t h a y, o a t b a y", "a t e l a y"]})
    assert scores == {"seen": [(0, 1.0), (1, 0.0)], "unseen": [(0, 1.0), (1, 0.0)]}
    assert folds.tells_fact("e n t e p a y", "ten") is False
    assert folds.tells_fact("e n t a y", "Ten")
    assert folds.tells_fact("It is 7:35.", "7:35")
    chats = [folds.ask_pig(words, folds.turn_into_pig_latin) for words in folds.draw_words(0, 50, 22)[0]]
    lengths = [len(one.ids) for one in make_examples(tokenizer, chats)]
    assert np.mean(lengths) == pytest.approx(plan.PIG_STEP, rel=0.05)


class TinyLoad:
    """Gives the real tokenizer and a tiny network of the same kind, as `load` does."""

    def __init__(self, tokenizer):
        self.tokenizer, self.model = tokenizer, None

    def __call__(self):
        from transformers import LlamaConfig, LlamaForCausalLM

        if self.model is None:
            ends = {"eos_token_id": 2, "pad_token_id": 2, "bos_token_id": 1}
            shape = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
            config = LlamaConfig(
                vocab_size=len(self.tokenizer), num_key_value_heads=2, tie_word_embeddings=True,
                max_position_embeddings=2048, **shape, **ends,
            )  # fmt: skip
            self.model = LlamaForCausalLM(config).bfloat16().eval()
        return self.tokenizer, self.model

    def cache_clear(self):
        self.model = None


@pytest.fixture
def tiny(monkeypatch, tokenizer, tmp_path):
    """Let the study run on a tiny network, with fresh adapters in the place of the shipped ones."""
    load = TinyLoad(tokenizer)
    for module in (folds, live, meeting, other_runs, runs, tuning):
        monkeypatch.setattr(module, "load", load)
    for module, name in (
        (runs, "REPLY"),
        (live, "REPLY"),
        (voicing, "REPLY"),
        (fading, "REPLY"),
        (skills, "SKILL"),
        (folds, "PIG"),
    ):
        monkeypatch.setattr(module, f"{name}_TOKENS", 3)

    def bring(name, seed):
        with tuning.make_arm("q and v", seed, 1) as (_, model):
            model.save_pretrained(tmp_path / name)
        return tmp_path / name

    def load_as(settings):
        import torch

        return tokenizer, TinyLoad(tokenizer)()[1].to(getattr(torch, settings.dtype))

    monkeypatch.setattr(other_runs, "bring_adapter", bring)
    monkeypatch.setattr(other_runs, "load_language_model", load_as)
    return load


def test_judging_reads_the_same_with_and_without_the_shared_prefix(tiny, monkeypatch):
    tokenizer, model = tiny()
    model = model.float()
    rows, shown = tickets.draw_asked("test", 5), tickets.draw_examples(1)
    together = judging.judge_tickets(tokenizer, model, rows, shown)
    apart = [judging.judge_tickets(tokenizer, model, [row], shown) for row in rows]
    assert together["topic"] == [said["topic"][0] for said in apart]
    assert together["tone"] == [said["tone"][0] for said in apart]
    assert together["loss"] == pytest.approx([said["loss"][0] for said in apart], abs=1e-4)


def test_judging_finds_what_greedy_writing_would(tiny):
    import torch

    tokenizer, model = tiny()
    model = model.float()
    [row] = tickets.draw_asked("test", 1)
    found = judging.judge_tickets(tokenizer, model, [row])
    text = tokenizer.apply_chat_template(tickets.ask_tickets((), row.text), tokenize=False, add_generation_prompt=True)
    for key, start in (("topic", '{"topic": "'), ("tone", f'{{"topic": "{row.answer["topic"]}", "tone": "')):
        scores = {}
        for name in tickets.list_labels()[key]:
            whole = tokenizer.encode(text + start + name, add_special_tokens=False)
            before = tokenizer.encode(text + start, add_special_tokens=False)
            with torch.no_grad():
                logits = model(torch.tensor([whole])).logits[0]
            scores[name] = float(logits[len(before) - 1, whole[len(before)]])
        assert found[key] == [max(scores, key=scores.get)]


def test_texts_are_scored_as_the_loss_says(tiny):
    import torch

    tokenizer, model = tiny()
    model = model.float()
    rows = [tokenizer.encode(text) for text in ("A hop is a ticket.", "The Kettle sells tea and soup on board.")]
    with torch.no_grad():
        losses = [float(model(torch.tensor([row]), labels=torch.tensor([row])).loss) for row in rows]
    found = judging.score_texts(model, rows, [1, 1])
    assert -found / [len(row) - 1 for row in rows] == pytest.approx(losses, rel=1e-4)


def test_random_weights_keep_their_buffers_exact(tiny):
    import torch

    with tuning.make_arm("random", 0) as (_, model):
        assert {one.dtype for one in model.parameters()} == {torch.bfloat16}
        assert model.model.rotary_emb.inv_freq.dtype == torch.float32


@pytest.mark.slow
def test_short_form_measures_everything(tiny):
    results = study.measure(short=True)
    assert {*results.claims, "C07"} == set(RULES)
    metrics = {row.metric for row in results.rows}
    assert {
        "values right",
        "judgement",
        "judgement by steps",
        "all six rules",
        "loss on dev",
        "habit",
        "loss",
    } <= metrics
    assert {"error", "cosine", "recall@5_minus_whole", "unseen words right", "facts right"} <= metrics
    assert {"off", "merged", "gigabytes", "hours", "chosen rate", "right, plain", "holds the answer"} <= metrics
    assert results.bands.keys() == {"04.json_valid", "04.values_right"}
    assert results.claims["C12"].verdict == "does not hold"
    ways = {
        name: {row.method for row in results.select(task="ways", metric=name)} for name in ("valid", "values right")
    }
    assert ways["valid"] == {"instruction alone", "best prompt", "LoRA, 2 tickets", "LoRA, 8 tickets"}
    assert ways["values right"] - ways["valid"] == {"encoder, 8 tickets"}
    losses = {row.method: row.settings.get("loss_on_dev") for row in results.select(task="old items", metric="right")}
    assert losses["plain"] is None
    assert 0 < losses["LoRA"] != losses["full tuning"] > 0
    assert {row.lesson for row in results.rows} == {"04"}


def test_no_two_parts_share_a_function():
    """run_cells keeps of a function only the cells of its last call."""
    source = inspect.getsource(study)
    for function in study.KINDS:
        assert source.count(f"{function.__name__}, ") == 1, function.__name__


@pytest.mark.slow
def test_parts_can_be_left_out(tiny, monkeypatch):
    monkeypatch.setattr(study, "SHORT", dataclasses.replace(study.SHORT, parts=("fading",)))
    results = study.measure(short=True)
    assert results.claims.keys() == {"C25"}
    assert results.bands == {}


@pytest.mark.slow
def test_folds_alone(tiny, monkeypatch):
    monkeypatch.setattr(study, "SHORT", dataclasses.replace(study.SHORT, parts=("folds",)))
    results = study.measure(short=True)
    assert results.claims == results.bands == {}
    arms = {row.method for row in results.rows if row.task != "meeting"}
    assert arms == {"32 bits", "8 bits", "4 bits", "2 bits", "LoRA", "prompt, 3 examples"}
    learnt = {row.seed for row in results.rows if row.method == "LoRA" and row.metric == "unseen words right"}
    assert learnt == {0, 1}


def test_full_tuning_comes_seed_by_seed():
    cells = plan.list_full(Plan(), Asked(), {"full": 3e-4}, [1.75, 1.86, 1.83])
    found = Runs(Plan(), Asked(), cells={cell: {"seed": cell[3]} for cell in reversed(cells)})
    assert [run["seed"] for run in found.full()] == [0, 1, 2]


def test_a_prompt_that_keeps_more_single_rules_is_chosen_where_none_keeps_all():
    pairs = voicing.draw_pairs("dev", 12)
    plain, greeted = ([start + one.plain for one in pairs] for start in ("", "Ahoy, "))
    asked = [(instruction, examples) for instruction in (0, 1) for examples in (0, 1, 3)]
    cells = {("voice_prompt", *one, "dev", 12): {"replies": greeted if one == (1, 3) else plain} for one in asked}
    assert Runs(Plan(), Asked(), cells=cells).choose_voice() == (1, 3)


def test_memory_follows_each_models_own_shape():
    """By the real model: rank 8 beside all linear layers of SmolLM2 is 2,442,240 weights, as peft counts them."""
    assert band.count_lora(*band.SHAPES["135 million"]) == 2_442_240
    assert band.count_lora(*band.SHAPES["7 billion"]) == 32 * 8 * (4 * 8_192 + 3 * 15_104)
    rows = {(row.method, row.task): row.value for row in band.count_memory()}
    assert rows["full tuning", "7 billion"] == 112
    assert rows["LoRA", "7 billion"] == pytest.approx(14 + 0.01999 * 16, abs=0.01)


def test_values_must_be_allowed_ones():
    right = tickets.write_reply({"topic": "app", "tone": "calm"})
    other = tickets.write_reply({"topic": "crab", "tone": "calm"})
    assert tables.score_allowed([right, other, "no JSON"]) == [1, 0, 0]
