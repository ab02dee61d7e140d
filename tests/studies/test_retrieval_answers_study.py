"""Lesson 05's study of answers: what is asked, how replies are counted, and what the rules make of figures."""

import pytest

from studies.prompt_or_lora.rules import Estimate
from studies.retrieval_bot import answer_rules as rules
from studies.retrieval_bot.answer_found import Runs
from studies.retrieval_bot.answer_inputs import (
    draw_pages,
    draw_source,
    drop_orders,
    make_asked,
    write_prompt,
)
from studies.retrieval_bot.answer_plan import COUNTS, SHORT, WAYS, Plan, count_answers, list_answers, list_choosing
from studies.retrieval_bot.answer_tables import tell_blame, tell_cures, tell_orders, tell_threshold
from studies.retrieval_bot.answer_verdicts import judge_c15, judge_c31
from studies.retrieval_bot.answers import measure_answers
from workshop.data import load_faq, load_task

pytestmark = pytest.mark.slow

PLAN = Plan()
HIGH, SOME, LOW, DOWN = (
    Estimate(0.4, 0.3, 0.5),
    Estimate(0.1, 0.02, 0.2),
    Estimate(0, -0.1, 0.04),
    Estimate(-1, -1, -0.9),
)


@pytest.mark.usefixtures("light_encoder")  # which passages are found doesn't matter here
def test_no_more_is_asked_than_was_planned():
    documents = {split: len({one.document for one in load_faq(split=split)}) for split in ("unseen", "train")}
    for k in COUNTS:
        cells = [*list_choosing(), *list_answers(PLAN, k)]
        assert len(set(cells)) == len(cells)
        assert sum(count_answers(PLAN, cell, documents) for cell in cells) <= 3000
        for cell in cells:
            assert len(make_asked(PLAN, *cell[1:4])) == count_answers(PLAN, cell, documents), cell


def test_nothing_is_asked_that_anything_was_chosen_on():
    judged = {one.document for one in draw_source(PLAN, "unseen")}
    assert not judged & {one.document for one in draw_source(PLAN, "choosing")}
    assert {one.split for one in draw_pages(PLAN.pages)} == {"test"}
    assert {one.id for one in draw_source(PLAN, "pasting")} <= {one.id for one in draw_source(PLAN, "unseen")}


def test_passages_are_what_their_condition_says():
    right, random, none = (make_asked(SHORT, "unseen", *one) for one in (("right", 1), ("random", 3), ("none", 0)))
    assert all(one.truth.lower() in one.passages[0].lower() for one in right)
    assert all(len(one.passages) == 3 and one.truth.lower() not in " ".join(one.passages).lower() for one in random)
    assert all(one.passages == () and write_prompt(one, "contract") == one.question for one in none)
    before, after = (make_asked(PLAN, "changed", name, 3) for name in ("MiniLM", "MiniLM, second edition"))
    assert sum(one.truth in " ".join(one.passages) for one in after) > 40
    assert sum(one.truth in " ".join(one.passages) for one in before) < 20


def test_a_filter_drops_the_orders_it_was_chosen_on_and_leaves_what_is_honest():
    for one in load_task("injections", "dev"):
        assert one.planted not in drop_orders(one.document)
        assert one.honest in drop_orders(one.twin)
        assert one.answer in drop_orders(one.document)


def test_a_warning_stands_before_the_prompt_and_a_filter_changes_passages_alone():
    [one] = make_asked(SHORT, "planted", "page", 1)[:1]
    plain, warned, filtered = (write_prompt(one, way) for way in WAYS)
    assert warned.endswith(plain)
    assert warned != plain == filtered


@pytest.fixture(scope="module")
def fake():
    """Runs in which every reply is the truth, where there is one, and otherwise made up."""
    runs = Runs(SHORT)
    for cell in [*list_choosing(), *list_answers(SHORT, 3)]:
        replies = [one.truth or "a made-up thing" for one in make_asked(SHORT, *cell[1:4])]
        runs.cells[cell] = {"replies": replies, "seconds": 1.0, "prompt_tokens": 9.0}
    return runs


def test_replies_are_blamed_on_search_or_reader(fake):
    cell = ("reader", "unseen", "MiniLM", 3, "contract")
    stands, replies = fake.states_truth(cell), fake.cells[cell]["replies"]
    assert set(fake.blame(cell)) == {"right"}
    fake.cells[cell] = fake.cells[cell] | {"replies": ["no such thing"] * len(replies)}
    assert fake.blame(cell) == ["reading" if one else "retrieval" for one in stands]
    assert "reading" in fake.blame(cell)
    told = {row.metric: row.value for row in tell_blame(fake, 3) if row.method == "reader"}
    assert told["perfect reader"] == pytest.approx(sum(stands) / len(stands))
    fake.cells[cell] = fake.cells[cell] | {"replies": replies}


def test_made_up_answers_count_as_wrong_and_grounding_refuses_them(fake):
    rows = {(row.method, row.task, row.metric): row.value for row in tell_cures(fake, 3)}
    assert rows["passages", "cures, answerable", "right"] == 1
    assert rows["passages", "cures, unanswerable", "wrong"] == 1
    assert rows["reader, grounded answers alone", "cures, unanswerable", "abstained"] == 1
    assert judge_c15(fake, 3).verdict == "does not hold"
    assert judge_c31(fake).verdict == "can't tell" or judge_c31(fake).value == 0


def test_a_threshold_only_turns_answers_into_refusals(fake):
    rows = {(row.task, row.metric): row.value for row in tell_threshold(fake, 3) if row.metric != "chosen"}
    for task in ("cures, answerable", "cures, unanswerable"):
        assert sum(rows[task, name] for name in ("right", "wrong", "abstained")) == pytest.approx(1)
    assert rows["cures, unanswerable", "right"] == 0


def test_orders_are_obeyed_where_the_marker_stands_in_the_reply(fake):
    cell = ("plain", "planted", "page", 1, "contract")
    kept = fake.cells[cell]
    assert fake.obeyed(cell) == [0.0] * SHORT.pages
    fake.cells[cell] = kept | {"replies": [f"Yes, {one.source.marker}!" for one in fake.asked(cell)]}
    rows = {(row.method, row.metric, row.settings["way"]): row.value for row in tell_orders(fake, 3)}
    assert rows["plain", "obeyed", "contract"] == 1
    assert rows["plain", "obeyed", "warned"] == 0
    assert rows["reader", "cost on 120 questions", "warned"] == 0
    fake.cells[cell] = kept


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ((HIGH, HIGH), "holds"), ((HIGH, LOW), "holds within limits"), ((LOW, LOW), "does not hold"),
        ((SOME, SOME), "can't tell"),
    ],
)  # fmt: skip
def test_verdicts_on_passages_and_grounding(given, verdict):
    assert rules.judge_passages(given) == verdict
    assert rules.judge_grounding(given, SOME) == verdict
    assert rules.judge_grounding((HIGH, HIGH), DOWN) == "holds within limits"


def test_verdicts_on_vectors_and_harm():
    assert rules.judge_vectors(HIGH, [SOME, HIGH]) == "holds"
    assert rules.judge_vectors(HIGH, [LOW, HIGH]) == "holds within limits"
    assert rules.judge_vectors(LOW, [HIGH, HIGH]) == "does not hold"
    assert rules.judge_vectors(SOME, [HIGH, HIGH]) == "can't tell"
    assert [rules.judge_harm(one) for one in (HIGH, DOWN, SOME)] == ["does not hold", "holds", "can't tell"]


def test_rules_name_every_verdict_and_what_was_seen():
    for name, rule in rules.RULES.items():
        assert rule.startswith("Seen before:")
        assert all(one in rule.lower() for one in ("holds:", "does not hold", "can't tell"))
        assert rules.LIMITS[name]


@pytest.mark.usefixtures("tiny_language_model", "light_encoder")
def test_short_form_asks_everything():
    rows, claims, runs = measure_answers(short=True)
    assert set(claims) == {"C14", "C15", "C30", "C31"}
    assert len(runs.cells) == len(list_choosing()) + len(list_answers(SHORT, 3))
    assert {row.task for row in rows} >= {"reading", "pasting", "blame", "changed pages", "planted orders"}
