"""Lesson 06's study: rules and scores by hand, what is studied and what is asked, equal passages, prices."""

import json

import numpy as np
import pytest

pytest.importorskip("peft")

from studies.adapters.questions import HELD_BACK
from studies.adapters.tasks import VOICE_TRAINED
from studies.adapters.tasks import make_task as make_earlier
from studies.prompt_or_lora.rules import Estimate
from studies.retrieval_bot.answer_inputs import make_asked, write_prompt
from studies.retrieval_bot.answer_plan import Plan as AnswerPlan
from studies.runner import RUNS, read_runs
from studies.tune_or_retrieve import earlier, found, grid, plan, prices, rules, study, tasks, timing
from studies.tune_or_retrieve.form_tasks import find_nearest
from studies.tune_or_retrieve.studying import list_facts, make_json_chats, make_study_chats
from workshop.data import load_faq, load_haystack, load_passages, load_task
from workshop.score.results import VERDICTS

HALVES = tasks.list_halves()
SEEDS = range(plan.Plan().seeds)


def ends(low, high):
    return Estimate((low + high) / 2, low, high)


HIGH, WIDE, DOWN = ends(0.3, 0.5), ends(-0.1, 0.1), ends(-0.3, -0.1)
YES, NO, SOME = (True, True), (False, False), (True, False)


@pytest.mark.parametrize(
    ("judge", "given", "verdict"),
    [
        (rules.judge_change, (ends(0.11, 0.3), ends(0.01, 0.1)), "holds"),
        (rules.judge_change, (ends(0.11, 0.3), ends(0.0, 0.1)), "holds within limits"),
        (rules.judge_change, (ends(0.1, 0.3), HIGH), "can't tell"),
        (rules.judge_change, (ends(-0.1, 0.1), HIGH), "can't tell"),
        (rules.judge_change, (ends(-0.1, 0.09), HIGH), "does not hold"),
        (rules.judge_year, (YES, NO, ends(-0.1, 0.049)), "holds"),
        (rules.judge_year, (YES, NO, ends(-0.1, 0.05)), "holds within limits"),
        (rules.judge_year, (NO, YES, ends(-0.1, 0.049)), "holds within limits"),
        (rules.judge_year, (NO, YES, ends(0.051, 0.2)), "does not hold"),
        (rules.judge_year, (NO, YES, ends(0.05, 0.2)), "can't tell"),
        (rules.judge_year, (SOME, SOME, ends(0.06, 0.2)), "can't tell"),
        (rules.judge_prompt, (ends(0.81, 1.2),), "holds"),
        (rules.judge_prompt, (ends(0.8, 1.2),), "can't tell"),
        (rules.judge_prompt, (ends(0.1, 0.8),), "can't tell"),
        (rules.judge_prompt, (ends(0.1, 0.79),), "does not hold"),
        (rules.judge_study, (ends(0.001, 0.1),), "holds"),
        (rules.judge_study, (ends(0.0, 0.1),), "can't tell"),
        (rules.judge_study, (ends(-0.1, 0.03),), "can't tell"),
        (rules.judge_study, (ends(-0.1, 0.029),), "does not hold"),
        (rules.judge_both, ([HIGH] * 3, [ends(-0.049, 0.2)] * 3), "holds"),
        (rules.judge_both, ([HIGH] * 3, [ends(-0.05, 0.2)] * 3), "holds within limits"),
        (rules.judge_both, ([WIDE, WIDE, HIGH], [DOWN] * 3), "holds within limits"),
        (rules.judge_both, ([ends(0.0, 0.1)] * 3, [HIGH] * 3), "can't tell"),
        (rules.judge_both, ([DOWN, DOWN, ends(-0.1, 0.02)], [DOWN] * 3), "can't tell"),
        (rules.judge_both, ([DOWN, DOWN, ends(-0.1, 0.019)], [DOWN] * 3), "does not hold"),
    ],
)
def test_verdicts_follow_from_the_rules(judge, given, verdict):
    assert judge(*given) == verdict


def test_rules_name_every_verdict_and_what_was_seen():
    assert rules.RULES.keys() == rules.LIMITS.keys()
    wholes = {"C17", "C18"}
    for name, rule in rules.RULES.items():
        if name in wholes:
            assert rule.startswith(f"The weaker of its two parts, {name}/0")
        else:
            assert rule.startswith("Seen before: ")
            assert all(f"{one}:" in rule for one in ("Holds", "Does not hold", "Can't tell")), name
    assert all(rules.judge_whole(["holds", one]) == one for one in VERDICTS[1:4])


def test_of_json_only_the_truth_under_the_one_key_counts():
    name = "json answers/test/none/0"
    truth, other = tasks.make_task(name).truths[0], tasks.make_task(name).truths[1]
    assert truth.casefold() != other.casefold()
    worth = {
        json.dumps({"answer": truth}): 1, json.dumps({"answer": f"It is {truth}."}): 1,
        json.dumps({"answer": truth, "sure": "yes"}): 0, json.dumps({"reply": truth}): 0,
        json.dumps({"answer": [truth]}): 0, json.dumps([truth]): 0, json.dumps(truth): 0, "{}": 0,
        truth: 0, f'```json\n{{"answer": "{truth}"}}\n```': 0, f'{{"answer": "{truth}"}} Done.': 0,
        json.dumps({"answer": other}): 0, '{"answer": "I don\'t know: the passages don\'t say."}': 0,
        json.dumps({"answer": f"{'so ' * 12}{truth}"}): 0, '{"answer": 7}': 0, "": 0,
    }  # fmt: skip
    for reply, right in worth.items():
        assert found.score_json(name, [{"replies": [reply]}]).values == ((right,),), reply


def test_facts_are_right_refused_or_wrong_and_old_answers_are_told_from_new():
    name = "changed/none"
    task = tasks.make_task(name)
    row = task.rows[0]
    replies = [row.answer, f"It's {row.earlier_answer} now.", "I don't know: the passages don't say."]
    scores = [
        [score(name, [{"replies": [reply]}]).values[0][0] for reply in replies]
        for score in (found.score_facts, found.score_wrong, found.score_refusals)
    ]
    assert scores == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    old = [found.score_facts(name, [{"replies": [reply]}], old=True).values[0][0] for reply in replies]
    assert old == [0, 1, 0]
    assert len(task.rows) == 60
    assert len(set(task.groups)) == 14


def test_a_ticket_has_a_form_and_two_values():
    name = "tickets/prompt"
    [truth] = tasks.make_task(name).truths[:1]
    tone = next(one.answer["tone"] for one in load_task("json", "train") if one.answer["tone"] != truth["tone"])
    half, more = {**truth, "tone": tone}, {**truth, "place": "quay"}
    for said, worth in ((truth, (1, 1)), (half, (1, 0.5)), (more, (0, 0)), ([truth], (0, 0)), ("calm", (0, 0))):
        reply = [{"replies": [json.dumps(said)]}]
        assert tuple(found.score_tickets(name, reply, one).values[0][0] for one in ("format", "judgement")) == worth


def test_halves_are_disjoint_and_nothing_studied_is_asked_afterwards():
    assert [len(names) for names in HALVES.values()] == [20, 20]
    assert sorted([*HALVES["a"], *HALVES["b"]]) == sorted({one.document for one in load_faq(split="unseen")})
    studied = {half: tasks.list_studied(half) for half in HALVES}
    asked = tasks.make_task("others/none")
    for half, names in HALVES.items():
        assert sorted(one.document for one in studied[half]) == sorted(names * 3)
        assert not {one.id for one in studied[half]} & {one.id for one in asked.rows}
    assert sorted(asked.groups) == sorted([*HALVES["a"], *HALVES["b"]] * 2)


@pytest.mark.parametrize("what", ["half a", "half b", "first edition", "answers as JSON"])
def test_study_chats_hold_no_question_asked_afterwards_and_no_page_read_then(what):
    sizes = plan.Plan()
    facts = [] if what == "answers as JSON" else list_facts(what)
    for seed in SEEDS:
        chats = make_study_chats(facts, sizes.passes, sizes.practice, seed) if facts else []
        chats = chats or make_json_chats(sizes.learnt, seed)
        assert len(chats) == (len(facts) * sizes.passes + sizes.practice if facts else sizes.learnt)
        text = "\n".join(turn["content"] for chat in chats for turn in chat)
        rows = [one for split in ("unseen", "changed", "unanswerable") for one in load_faq(split=split)]
        assert all(wording not in text for one in rows for wording in one.paraphrases)
        assert {one.id for one in rows if one.question in text} == {one.id for one in facts}
        pages = {one.document for one in rows}
        for edition in (1, 2):
            assert not [one for one in load_passages(edition=edition) if one.document in pages and one.text in text]


def test_the_first_edition_is_studied_with_its_own_answers():
    rows = tasks.make_task("changed/none").rows
    assert [one.id for one in list_facts("first edition")] == [one.id for one in rows]
    for fact, row in zip(list_facts("first edition"), rows, strict=True):
        assert fact.answer == row.earlier_answer != row.answer


def test_prompts_are_chosen_on_documents_that_give_neither_examples_nor_tests():
    asked = tasks.make_task("json answers/dev/none/0")
    shown = {one.document for one in tasks._examples()}
    assert (len(asked.chats), set(asked.groups), len(shown)) == (24, set(HELD_BACK), 3)
    assert not shown & set(HELD_BACK)
    assert not (shown | set(HELD_BACK)) & {one.document for one in load_faq(split="unseen")}


def read_kept():
    """Return the kept runs of the study but for its prices."""
    runs = found.Runs(plan.Plan())
    for line in read_runs(RUNS / f"{plan.STEM}.jsonl"):
        if line["kind"] != "time_all":
            (runs.studies if line["kind"] == "study" else runs.asked)[tuple(line["cell"][:2])] = line["found"]
    return runs


def test_no_more_was_trained_and_asked_than_was_planned():
    runs = read_kept()
    planned = {*plan.list_choosing(), *plan.list_asked()}
    assert {task.rpartition("/")[0].split("/")[0] for _, task in runs.asked.keys() - planned} == {
        "reading",
        "json answers",
    }
    assert len(runs.asked) == len(planned) + 3
    assert runs.studies.keys() == {cell[:2] for cell in plan.list_studies(runs.plan)}
    for what, seed, asked in plan.list_studies(runs.plan):
        assert runs.studies[what, seed]["answers"].keys() == set(asked)
    told = [*runs.asked.values(), *(one for run in runs.studies.values() for one in run["answers"].values())]
    priced = runs.plan.repeats * len(grid.METHODS) * runs.plan.timed * len(prices.TASKS)
    assert 2_000 < sum(len(one["replies"]) for one in told) + priced <= plan.MOST_REPLIES
    assert 300_000 < sum(run["tokens"] for run in runs.studies.values()) <= plan.MOST_TOKENS


@pytest.mark.slow
def test_what_was_tested_last_is_what_was_chosen():
    runs = read_kept()
    chosen = plan.list_chosen(*runs.choose_reading(), runs.choose_json())
    assert runs.asked.keys() == {*plan.list_choosing(), *plan.list_asked(), *chosen}
    for (_, task), one in runs.asked.items():
        assert len(one["replies"]) == len(tasks.make_task(task).chats), task


def test_a_dearer_setup_is_paid_once_and_a_change_by_whom_it_concerns():
    run = {
        "encode: handbook": 10.0, "encode: changed pages": 2.0, "encode: tickets": 20.0, "encode: voice": 5.0,
        "search": 0.5, "tune: facts": 1000.0, "tune: reader": 400.0, "tune: json": 300.0, "tune: voice": 200.0,
        **{f"answer: {task}/{one}": each for task in prices.TASKS for one, each in zip(
            grid.METHODS, (0.25, 0.125, 1.0, 0.75), strict=True)},
        **{f"tokens: {task}/{one}": 40.0 for task in prices.TASKS for one in grid.METHODS},
    }  # fmt: skip
    costs = {one: prices.cost(run, "facts", one) for one in grid.METHODS}
    assert costs == {
        "prompt": (0, 0.25, 0), "LoRA": (1000, 0.125, 1000), "retrieval": (10, 1.5, 2), "both": (410, 1.25, 2)
    }  # fmt: skip
    assert prices.cost(run, "tickets", "both") == (320, 1.25, 0)
    assert prices.year([run], "LoRA", 1000) == [1000 + 125 + 52 * 1000]
    rows = {(row.method, row.metric, row.settings.get("against")): row.value for row in prices.tell_prices([run, run])}
    assert rows["both", "questions", "retrieval"] == 400 / 0.25
    assert rows["LoRA", "questions", "retrieval"] == 990 / 1.375
    assert ("prompt", "questions", "retrieval") not in rows


def test_what_is_indexed_is_what_is_searched():
    searched = {"facts": len(load_passages()), "tickets": len(load_task("json", "train")), "voice": VOICE_TRAINED}
    assert searched == prices.INDEXED
    alone = [timing._drop_examples(chat) for chat in tasks.make_task("tickets/prompt").chats]
    assert alone == [list(chat) for chat in make_earlier("json/0").chats]


@pytest.mark.slow
def test_both_arms_read_the_same_passages():
    for source, passages in (("unseen", "found"), ("changed", "second edition")):
        condition = {"found": "MiniLM"}.get(passages, "MiniLM, second edition")
        asked = make_asked(AnswerPlan(), source, condition, tasks.TOP)
        said = [[{"role": "user", "content": write_prompt(one, "contract")}] for one in asked]
        assert list(tasks.make_task(f"{source}/{passages}").chats) == said
    best = tasks.make_task("reading/test/6/0")
    for one, chat in zip(make_asked(AnswerPlan(), "unseen", "MiniLM", tasks.TOP), best.chats, strict=True):
        assert chat[0]["content"].index(one.passages[2]) < chat[0]["content"].index(one.passages[0])
    shown, bare = (tasks.make_task(f"json answers/test/found/{count}").chats for count in (3, 0))
    assert [chat[-1] for chat in shown] == [chat[-1] for chat in bare]
    assert {len(chat) for chat in shown} == {7}


@pytest.mark.slow
def test_the_haystack_holds_the_handbook_first_and_the_nearest_example_comes_last():
    own = load_passages()
    assert [one.text for one in load_haystack(size=tasks.HAYSTACK)[: len(own)]] == [one.text for one in own]
    near, *_ = find_nearest(["the ferry is late"], ["my dog's fare", "a late ferry", "the ferry is late", "soup"]), 0
    assert near[0][-2:] == [1, 2]
    asked, skills = tasks.make_task("skills/found"), make_earlier("skills/")
    assert all(chat[-1]["content"].endswith(one[-1]["content"])
               for chat, one in zip(asked.chats, skills.chats, strict=True))  # fmt: skip
    right = [{"replies": [one.answers[0] for one in skills.rows]}, {"replies": ["no such thing"] * len(skills.rows)}]
    assert [set(one) for one in found.score_skills(right).values] == [{1}, {0}]


def test_a_pair_of_arms_that_never_differ_leaves_room_on_both_sides():
    same = found.Scored(((0.0,) * 20,), tuple("abcdefghij" * 2))
    gap = grid.difference(same, same)
    assert gap.value == 0
    assert gap.high == -gap.low == pytest.approx(1 - 0.025 ** (1 / 10))


def test_kept_replies_of_other_lessons_are_of_one_recipe_and_three_seeds():
    for name, task in (("facts", "facts/worded"), ("json", "json/0"), ("reader", "skills/"), ("voice", "skills/")):
        assert len(earlier.read_adapter(name, task)) == 3
    kept = [one["cell"] for one in read_runs(RUNS / "adapters.jsonl") if len(one["cell"]) > 1]
    for name in ("facts", "json", "reader", "voice"):
        assert len({json.dumps(cell[1:3]) for cell in kept if cell[0] == name and not cell[2][3]}) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_language_model", "light_encoder")
def test_the_short_form_measures_everything(tmp_path, monkeypatch):
    monkeypatch.setattr("studies.runner.RUNS", tmp_path)
    results = study.measure(short=True)
    cells = [(row.task, row.method) for row in results.rows if row.metric == "right" and row.task in grid.TASKS]
    assert cells == [(task, method) for task in grid.TASKS for method in grid.METHODS]
    assert results.claims.keys() == rules.RULES.keys()
    assert results.bands.keys() == {"06.right"}
    assert {row.task for row in results.rows} >= {f"price, {task}" for task in prices.TASKS}
    assert all(np.isfinite(row.value) for row in results.rows)
    assert not list(tmp_path.iterdir())
