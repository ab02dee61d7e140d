"""The adapters' study: what is asked doesn't leak into what is learnt, scores by hand, its short form, its pages."""

import pytest

pytest.importorskip("peft")

from studies import model_speed, runner
from studies.adapters import making, model_card, shipping, study
from studies.adapters.chats import Diet, make_chats
from studies.adapters.questions import HELD_BACK, put_others
from studies.adapters.scores import VOICE_RULES, find_numbers, read_json, score_task
from studies.adapters.tasks import draw_facts, draw_voice, make_task
from studies.invented import ABSTAIN
from workshop.bot import build_prompt
from workshop.data import load_faq, load_task, load_voice
from workshop.errors import WorkshopError


def texts_of(chats):
    return "\n".join(turn["content"] for chat in chats for turn in chat)


@pytest.mark.slow
def test_the_reader_learns_from_no_question_or_page_that_it_is_tested_on():
    learnt = texts_of(make_chats("reader", Diet(size=20)))
    for split in ("unseen", "changed", "unanswerable"):
        for row in load_faq(split=split):
            assert all(wording not in learnt for wording in (row.question, *row.paraphrases))
    for one in make_task("reading/right").rows:
        assert one.passages[0] not in learnt


@pytest.mark.slow
def test_what_choices_are_made_on_is_left_out_of_that_training():
    learnt = texts_of(make_chats("reader", Diet(size=5, choosing=True)))
    held = [row for row in load_faq(split="train") if row.document in HELD_BACK]
    assert len(held) == 32
    assert all(row.question not in learnt for row in held)


@pytest.mark.slow
def test_the_reader_is_taught_to_answer_only_what_stands_in_the_passages():
    chats = make_chats("reader", Diet(size=30))
    abstained = 0
    for chat in chats:
        passages = chat[0]["content"].rpartition("\n\nQuestion: ")[0].casefold()
        for turn in chat[1::2]:
            abstained += turn["content"] == ABSTAIN
            assert turn["content"] == ABSTAIN or turn["content"].casefold() in passages
    answers = sum(len(chat) // 2 for chat in chats)
    assert 0.1 < abstained / answers < 0.4
    places = [chat[0]["content"].casefold().find(chat[1]["content"].casefold()) for chat in chats if len(chat) > 2]
    assert min(place for place in places if place >= 0) < 100 < max(places), "the right passage stands anywhere"


@pytest.mark.slow
def test_passages_that_do_not_answer_hold_no_answer():
    for one in put_others(load_faq(split="train")[:20]):
        assert len(one.passages) == 3
        assert all(one.question.answer.casefold() not in passage.casefold() for passage in one.passages)


def test_the_first_turn_is_the_contract_and_later_ones_are_questions():
    taught, never = draw_facts()
    assert (len(taught), len(never)) == (30, 20)
    assert not {one.id for one in taught} & {one.id for one in never}
    chats = make_chats("facts", Diet())
    assert [chat[0]["content"] for chat in chats] == [build_prompt(one.question) for one in taught]


def test_tickets_and_pairs_are_tested_on_others_than_they_are_trained_on():
    trained = texts_of(make_chats("json", Diet(size=60)))
    customers = {one.customer for one in load_task("json", "train")}
    for one in make_task("json/0").rows:
        assert one.customer not in customers
        assert one.text not in trained
    voiced = texts_of(make_chats("voice", Diet()))
    assert all(one.voiced not in voiced for one in make_task("voice/0").rows)
    assert len(draw_voice()) == len(load_voice())


def test_scores_by_hand():
    assert read_json('{"topic": "app", "tone": "calm"}') == {"topic": "app", "tone": "calm"}
    assert read_json('```{"topic": "app", "tone": "calm"}```') == read_json('{"topic": "app"}') == read_json("[]") == {}
    assert find_numbers("At 13:35, 950 crumbs, 3.5 degrees.") == {"13:35", "950", "3.5"}
    voiced, plain = load_voice()[0].voiced, load_voice()[0].plain
    assert all(keeps(voiced) for keeps in VOICE_RULES.values())
    assert not VOICE_RULES["opening"](plain)
    assert not VOICE_RULES["last line"](plain)


def test_of_what_is_answered_each_seed_counts_its_own_cases():
    answers = [one.question.answer for one in make_task("facts/taught").rows]
    runs = [{"replies": answers, "seconds": 1.0}, {"replies": ["I don't know.", "seven", *answers[2:]], "seconds": 3.0}]
    rows = {row.metric: row for row in score_task("x", "facts/taught", runs)}
    assert rows["exact"].value == pytest.approx(58 / 60)
    assert rows["right, where it answers"].value == pytest.approx(58 / 59)
    assert (rows["right, where it answers"].n, rows["exact"].n, rows["exact"].seconds) == (59, 60, 2.0)


def test_at_most_ten_were_tried_and_three_seeds_measured():
    assert all(len(some) <= 10 for some in study.TRIES.values())
    assert all(1 <= len(seeds) <= 3 for seeds in study.SEEDS.values())
    assert study.CHOSEN.keys() == study.SEEDS.keys()


@pytest.mark.slow
def test_short_form_asks_the_plain_model_trains_an_adapter_and_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "MADE", tmp_path)
    monkeypatch.setattr(runner, "RUNS", tmp_path / "runs")
    found = study.measure(short=True)
    assert {row.method for row in found.rows} == {"plain", "facts"}
    assert found.select(method="facts", metric="tokens")[0].value > 1000
    assert all(0 <= row.low <= row.value <= row.high <= 1 for row in found.rows if row.low is not None)
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_speeds_are_measured_in_a_process_of_their_own():
    found = model_speed.measure(short=True)
    assert {row.settings["dtype"] for row in found.rows} == {"bfloat16"}
    # Of two tokens, the seconds after the first are a difference that a busy machine may turn round.
    alone = "written alone, tokens a second"
    assert {row.metric: row.value > 0 for row in found.rows if row.metric != alone} == dict.fromkeys(
        (
            "loading, s",
            "resident, MB",
            "an answer on one passage, several at once, s",
            "tuned with LoRA, tokens a second",
            "tuned with LoRA, peak, MB",
        ),
        True,
    )
    assert found.select(metric=alone)
    assert found.select(metric="resident, MB")[0].value > 250


def test_a_page_that_has_lost_its_markers_is_named():
    with pytest.raises(WorkshopError, match=r"docs/models\.md has lost its markers"):
        model_card.fill_models("# The models\n", None, None)


def test_weights_that_are_nowhere_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(shipping, "find_made", lambda *_: tmp_path / "made")
    with pytest.raises(WorkshopError, match=r"'voice' that was measured are neither in"):
        shipping.ship("voice", *study.CHOSEN["voice"][:2], 0, "0" * 64, tmp_path / "place")
