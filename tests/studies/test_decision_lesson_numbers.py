"""The figures that lesson 06 states in its text are those that were measured, and its sentences hold of them."""

import re

import numpy as np
import pytest

from backstage.lessons.source import read_lesson
from studies.adapters.tasks import make_task as make_earlier
from studies.intervals import bound_all
from studies.keep import read_measured
from studies.runner import RUNS, read_runs
from studies.tune_or_retrieve import rules
from studies.tune_or_retrieve.earlier import read_adapter, read_plain
from studies.tune_or_retrieve.tasks import make_task
from tests.studies.sentences import interval, number, one
from workshop.checks.registry import find_exercise, find_lesson, list_exercises
from workshop.data.scenarios import load_scenarios
from workshop.exercises.tune_or_retrieve import (
    break_even,
    cheapest_that_meets,
    interaction,
    paired_bootstrap,
    total_cost,
)
from workshop.score import exact_match
from workshop.score.replies import contains_short
from workshop.score.results import read_results
from workshop.score.tree import METHODS, TASKS, find_best, find_grid
from workshop.tune.lora import ADAPTERS
from workshop.tune.shipped import read_recipe

STEM = "06_tune_or_retrieve"
BOUND = 52


@pytest.fixture(scope="module")
def results():
    return read_results(STEM)


@pytest.fixture(scope="module")
def text():
    return "\n".join(cell.text for cell in read_lesson(STEM) if cell.kind == "markdown")


def cell(results, task, method, metric="right"):
    return one(results, task=task, method=method, metric=metric)


def gap(results, task, first, second):
    """Return how much more of a task's cases one method has right than another."""
    return cell(results, task, f"{first} minus {second}", "difference")


def part(text, start, end):
    """Return what stands between two marks of the text."""
    found = re.search(rf"{re.escape(start)}(.*?){re.escape(end)}", text, re.DOTALL)
    assert found, (start, end)
    return found[1]


def test_points_and_minutes_are_those_of_the_exercises(text):
    some, room = list_exercises(STEM), ("6.1", "6.3", "6.4")
    assert f"{sum(one.points for one in some)} points. About {find_lesson(STEM).minutes} minutes" in text
    assert {one.id for one in some if one.room} == set(room)
    assert f"({sum(find_exercise(one).minutes for one in room)} minutes of work)" in text
    cards = [len(load_scenarios(room)) for room in (True, False)]
    assert cards == [4, 8]
    assert "Four in the room; the other eight are yours." in text


def test_facts_by_heart_are_those_of_the_adapters(text):
    def said(task, metric):
        return one(read_measured("adapters"), method="facts", task=f"facts/{task}", metric=metric)

    taught, worded, never = (said(task, "short-contained") for task in ("taught", "worded", "never"))
    assert (taught.n, worded.n, never.n) == (90, 90, 60)
    assert f"30 pairs, each seen {read_recipe(ADAPTERS / 'facts').epochs} times" in text
    assert f"as taught {number(taught.value)}, in other words {interval(worded)}, and of 20 other facts none" in text
    assert (never.value, said("never", "abstained").value, said("never", "wrong").value) == (0, 0, 1)
    assert "*I don't know*: what it wasn't taught, it makes up" in text


def test_the_grid_has_nine_lines_of_four_and_the_adapters_that_are_told(results, text):
    grid = find_grid(results.rows)
    assert grid.keys() == {(task, method) for task in TASKS for method in METHODS}
    assert (len(TASKS), len(METHODS)) == (9, 4)
    assert "Nine tasks, four columns." in text
    told = {}
    for line in part(text, "| --- | --- | --- |\n", "\n\n").splitlines():
        tasks, *names = (one.strip(" *").replace("*", "") for one in line.strip("|").split("|"))
        names = [names[0] if one == "the same" else one for one in names]
        told |= dict.fromkeys(tasks.split(", "), names)
    told = {{"known": "known facts"}.get(task, task): names for task, names in told.items()}
    short = {"reader, first edition studied": "reader, old pages studied"}
    short["reader, answers as JSON learnt"] = "reader, tuned on to write JSON"
    made = {task: [grid[task, one].settings["adapter"] for one in ("LoRA", "both")] for task in TASKS}
    assert told == {task: [short.get(name, name) for name in names] for task, names in made.items()}
    assert {grid[task, one].settings["adapter"] for task in TASKS for one in ("prompt", "retrieval")} == {""}
    counts = {task: grid[task, "both"].n for task in ("known facts", "unseen facts", "changed facts")}
    assert "are the {} that *facts* was taught".format(counts["known facts"]) in text
    assert "**Unseen**: {} questions on 40 documents".format(counts["unseen facts"]) in text
    assert "**Changed**: {} answers that the handbook's second edition changes".format(counts["changed facts"]) in text


def test_facts_are_read_line_by_line(results, text):
    known, unseen, changed = ("known facts", "unseen facts", "changed facts")
    heart, read = (number(cell(results, known, one).value) for one in ("LoRA", "both"))
    assert f"**Known** facts: by heart {heart}, read by *reader* {read}; the plain model found none of the 30" in text
    assert cell(results, known, "retrieval").value == 0
    assert cell(results, unseen, "LoRA").value == cell(results, unseen, "prompt").value == 0
    plain, both = (cell(results, unseen, one) for one in ("retrieval", "both"))
    assert f"Retrieval {number(plain.value)}, and {number(both.value)} with an adapter that has learnt to read" in text
    assert f"Is {number(both.value)} not far too little" in text
    old, new = cell(results, changed, "LoRA", "old answer"), cell(results, changed, "both")
    assert f"gives the old answer for {number(old.value)} and the new one for none." in text
    assert cell(results, changed, "LoRA").value == cell(results, changed, "both", "old answer").value == 0
    assert f"behind the new pages, gives the new one for {number(new.value)}." in text


def test_form_skills_and_refusals_are_read_line_by_line(results, text):
    assert {cell(results, "format", one).value for one in METHODS} == {1}
    assert "**Format**: one solved example in the prompt is enough; nothing is left to gain." in text
    assert all(gap(results, "judgement", one, "prompt").low > 0 for one in ("LoRA", "retrieval"))
    assert all(cell(results, "judgement", one).high < 0.5 for one in METHODS)
    assert "**Judgement**: poor everywhere; tuning and nearest examples both beat the prompt." in text
    voice = cell(results, "voice", "LoRA")
    assert f"**Voice**: tuning, {number(voice.value)}; no prompt of ours comes near." in text
    assert all(cell(results, "voice", one).high < voice.low for one in ("prompt", "retrieval"))
    lost, moved = gap(results, "old skills", "LoRA", "prompt"), gap(results, "old skills", "retrieval", "prompt")
    assert f"**Old skills**: *reader* lost {interval(lost, turned=True)}, and passages that have nothing to do" in text
    assert f"cost the plain model {interval(moved, turned=True)}." in text
    assert max(lost.high, moved.high) < 0
    told = cell(results, "abstaining", "prompt")
    assert f"**Abstaining**: told to, the plain model refuses {number(told.value)}; behind passages none." in text
    assert cell(results, "abstaining", "retrieval").value == 0


def test_facts_as_json_come_from_both_and_some_from_retrieval(results, text):
    line = part(text, "comes near. **Facts in JSON**: ", " **Old skills**").replace("only ", "")
    both, retrieved = (cell(results, "facts in JSON", one) for one in ("both", "retrieval"))
    assert retrieved.low > 0, "retrieval alone has some right"
    assert f"both, {number(both.value)}" in line
    assert number(retrieved.value) in line
    assert gap(results, "facts in JSON", "both", "retrieval").low > 0


def test_what_the_table_does_not_say(results, text):
    json, voice = (cell(results, "old skills, beside", one, "minus plain") for one in ("json", "voice"))
    assert (
        f"*json* lost {number(-json.value)}, the adapter *voice* nothing that could be told (+{interval(voice)})"
        in text
    )
    assert json.high < 0
    assert voice.low < 0 < voice.high
    grid = find_grid(results.rows)
    single = {way: [task for task in TASKS if grid[task, way].settings["seeds"] == 1] for way in ("LoRA", "both")}
    assert set(TASKS) - set(single["both"]) == {"facts in JSON"}
    first, *others = single["LoRA"]
    assert f"*both*, but for facts in JSON, and LoRA's {', '.join([first, *others[:-1]])} and {others[-1]}." in text
    most = number(1 - bound_all(10))
    assert number(cell(results, "known facts", "prompt").high) == most
    assert f"with ten documents, it may be up to {most}." in text


def test_the_picture_of_a_draw_can_be_done_by_hand(text):
    said = dict(zip("ABCD", part(text, "A − B of their questions:", "\n").replace("−", "-").split("|"), strict=True))
    gaps = {name: [int(one) for one in some.split()] for name, some in said.items()}
    for drawn, told, mean in re.findall(r"draw \d +((?:[A-D] +)+)→ +(.*?) +mean (.*)", text.replace("−", "-")):
        rows = [gaps[name] for name in drawn.split()]
        assert [[int(one) for one in some.split()] for some in told.split("|")] == rows
        assert float(mean) == np.mean(rows)
    assert len(re.findall(r"draw \d +[A-D]", text)) == 2


def test_reader_is_better_and_documents_decide(results, text):
    more = gap(results, "unseen facts", "both", "retrieval")
    assert more.n == cell(results, "unseen facts", "both").n == 120
    assert f"of {more.n} questions and 40 documents: +{interval(more)}." in text
    widths = []
    for documents in (8, 32):
        rng = np.random.default_rng(0)
        a, b = rng.integers(0, 2, (2, 2 * documents)).astype(float)
        low, high = paired_bootstrap(a, b, [str(row // 2) for row in range(2 * documents)], 4000, 0)
        widths.append(high - low)
    assert 1.5 < widths[0] / widths[1] < 2.7
    assert "Four times the documents halve the interval." in text


def test_gains_add_up_where_each_does_what_the_other_cannot(results, text):
    known, unseen, in_json = (
        cell(results, f"added up, {name}", "both", "both minus the better") for name in ("known", "unseen", "as JSON")
    )
    assert f"by {interval(unseen)}, as JSON by {interval(in_json)}, and by as much beyond the sum of the gains" in text
    for name, more in (("unseen", unseen), ("as JSON", in_json)):
        assert cell(results, f"added up, {name}", "both", "interaction").value == pytest.approx(more.value, abs=1e-4)
        assert more.low > 0
    assert f"no better than the better one: {interval(known)}, an interval too wide" in text
    assert known.low < 0 < known.high
    assert results.claims["C20"].verdict == "holds within limits"
    [count] = [one["cell"][1][-1] for one in read_kept() if one["cell"][1].startswith("json answers/test/found/")]
    assert f"the prompt had {dict(zip('013', ('no', 'one', 'three'), strict=True))[count]} examples" in text


def test_what_the_cell_prints_of_the_interaction_is_what_was_measured(results, monkeypatch, capsys):
    """Rows lie sorted by method: whoever takes a line of the grid has to name its columns."""
    monkeypatch.setattr("workshop.score.show_verdict", lambda *_: None)
    [code] = [one.text for one in read_lesson(STEM) if "demonstration 6.15" in one.text]
    exec(code, {"measured": results, "ready": lambda function, _: function, "interaction": interaction})
    told = dict(re.findall(r"(known|unseen|JSON)\D* ([+-][\d.]+)", capsys.readouterr().out))
    wanted = {
        name: cell(results, f"added up, {name}", "both", "interaction") for name in ("known", "unseen", "as JSON")
    }
    assert told == {name.removeprefix("as "): f"{row.value:+.2f}" for name, row in wanted.items()}


def test_studying_first_shows_no_difference(results, text):
    claim = results.claims["C19"]
    assert claim.verdict == "can't tell"
    assert claim.low < 0 < claim.high
    assert f"No difference is seen: {interval(claim)}." in text
    least = number(rules.CROSSED)
    assert f"A difference below {least} can't be told from none" in rules.RULES["C19"]
    assert f"less than {least} can't be told from none" in text
    asked, others = ({one.id for one in make_task(f"{name}/none").rows} for name in ("others", "unseen"))
    assert (len(asked), len(others)) == (80, 120)
    assert asked & others, "many of the 120 questions are among these 80, and the others were studied"
    assert f"the other {len(others)} questions" not in text
    halves = [cell(results, "studied facts, in other words", f"half {one}") for one in "ab"]
    said = " and ".join(number(row.value) for row in halves)
    assert f"without passages {said} of the studied facts came out, in other words." in text
    assert cell(results, "studied before", "own half").n == 3 * 80


def test_old_skills_are_named_and_sums_are_lost(text):
    """Of `reader` reading short pages is left, sums are not."""
    rows = make_earlier("skills/").rows
    assert {row.kind for row in rows} == {"arithmetic", "lists", "pages", "plain"}
    assert "spelling" not in part(text, "**Old skills**: ", "**Abstaining**")

    def share(found, kind):
        right = [
            any(exact_match(reply, one) or contains_short(reply, one) for one in row.answers)
            for run in found
            for reply, row in zip(run["replies"], rows, strict=True)
            if row.kind == kind
        ]
        return np.mean(right)

    plain, reader = [read_plain("skills/")], read_adapter("reader", "skills/")
    assert share(reader, "arithmetic") < 0.1 < 0.5 < share(plain, "arithmetic")
    assert "*Can still do sums*: fails." in text


def test_frames_are_of_overlap_and_not_of_differences(results, text):
    grid = find_grid(results.rows)
    assert {"LoRA", "retrieval"} <= set(find_best(grid, "judgement"))
    assert gap(results, "judgement", "retrieval", "LoRA").low > 0
    assert "framed are the best of a line and all whose intervals overlap its interval" in text


def test_the_page_is_believed_and_studying_costs_reading(results, text):
    def share(method, metric):
        return cell(results, "changed, reading", method, metric)

    seeds = results.select(method="studied", task="changed, reading", metric="old answers of a seed")
    total, n = sum(row.value for row in seeds), sum(row.n for row in seeds)
    assert (len(seeds), total) == (3, 1)
    assert f"behind the new pages, over three trainings, for 1 reply of {n}." in text
    assert share("studied minus reader", "old answer").low <= 0
    assert rules.CONFLICT == 0
    assert results.claims["C16"].verdict == "holds within limits"
    new, best = share("studied", "right"), cell(results, "changed facts", "both")
    assert f"it gives the new answer for {interval(new)}, *reader* for {interval(best)}." in text
    assert share("studied minus reader", "right").high < 0, "studying has cost it reading"
    assert f"found by the same search, gave {interval(best)}." in text
    assert f"is right on {number(cell(results, 'changed facts', 'retrieval').value)} of the changed facts." in text


def test_examples_lower_reading_and_the_best_prompt_gains_some(results, text):
    rows = results.select(task="reading, dev", metric="right")
    dev = {(row.settings["wording"], row.settings["examples"]): row.value for row in rows}
    assert (len(dev), {row.n for row in rows}, {count for _, count in dev}) == (12, {24}, {0, 1, 3})
    assert "twelve prompts (four wordings; 0, 1 or 3 solved examples) were tried on 24 questions" in text
    assert all(dev[wording, 1] < dev[wording, 0] for wording, _ in dev)
    assert "in every wording, one example scored lower than none" in text
    best = cell(results, "reading", "plain, best prompt")
    assert max(dev, key=dev.get) == (best.settings["wording"], best.settings["examples"]) == (6, 0)
    assert "puts the best passage last, next to the question, and shows no example." in text
    plain, reader = (number(cell(results, "unseen facts", one).value) for one in ("retrieval", "both"))
    assert f"On {best.n} others the best prompt reaches {number(best.value)}; the plain wording {plain}," in text
    assert f"gave {interval(best)} on unseen facts, the plain wording {plain}." in text
    share = results.claims["C18/06"]
    assert f"*reader* {reader}. That is {interval(share)} of *reader*'s gain" in text
    assert 0 < share.low < 0.1
    assert rules.MOST < share.high < 1
    assert results.claims["C18"].verdict == "does not hold"


def read_kept():
    """Return the study's kept replies of the plain model."""
    return [one for one in read_runs(RUNS / f"{STEM}.jsonl") if one["cell"][0] == "plain"]


def price(results, method, metric):
    return one(results, task="price, facts", method=method, metric=metric)


def ways(results):
    names = ("setup_seconds", "seconds_each", "change_seconds")
    return {one: tuple(price(results, one, name).value for name in names) for one in METHODS}


def test_a_year_is_dearest_for_who_tunes_again(results, text):
    def year(method, questions, cheaper=1.0):
        setup, each, change = ways(results)[method]
        return total_cost(setup, each, questions, change * cheaper, BOUND)

    few, many = ({one: year(one, count) for one in METHODS[1:]} for count in (1_000, 100_000))
    for count, totals in ((1_000, few), (100_000, many)):
        for method, total in totals.items():
            row = one(results, task="a year", method=method, settings={"questions": count})
            assert row.value == pytest.approx(total, rel=1e-4)
    assert f"{few['LoRA']:,.0f} s against {few['retrieval']:,.0f}. At 100,000 it is still the dearest" in text
    assert f"{many['LoRA']:,.0f} s, retrieval {many['retrieval']:,.0f}, both {many['both']:,.0f}, whose answers" in text
    assert sorted(many, key=many.get) == ["both", "retrieval", "LoRA"]
    assert BOUND * ways(results)["LoRA"][2] > 0.9 * few["LoRA"]
    assert 2 * year("LoRA", 100_000, 0.1) < many["both"], "a tenth of the tuning would make it cheapest, by far"
    assert "91 of them are the encoder" in text
    assert int(price(results, "retrieval", "megabytes").value) == 91


def test_where_costs_cross_and_how_sure_that_is(results, text):
    def crossing(method, other="retrieval"):
        return one(results, task="break-even, facts", method=method, settings={"against": other})

    even = break_even(*ways(results)["LoRA"][:2], *ways(results)["retrieval"][:2])
    assert f"LoRA overtakes retrieval after about {round(even, -2):,} questions" in text
    assert round(crossing("LoRA").value, -2) == round(even, -2)
    ends = crossing("both").low, crossing("both").high
    assert (
        "*Both* overtakes it somewhere between {:,} and {:,}:".format(*(round(one, -2) for one in map(int, ends)))
        in text
    )
    assert ends[0] < break_even(*ways(results)["both"][:2], *ways(results)["retrieval"][:2]) < ends[1]
    each = price(results, "both", "seconds_each")
    assert 0.15 < each.high / each.low - 1 < 0.25
    assert "its seconds an answer differed by a fifth between three repeats" in text


def test_retrieval_stays_cheaper_and_loses_little_among_many(results, text):
    claim = results.claims["C17/06"]
    for count in (1_000, 100_000):
        tuned, searched = (
            one(results, task="a year", method=method, settings={"questions": count})
            for method in ("LoRA", "retrieval")
        )
        assert searched.high < tuned.low, "cheaper in every repeat"
    assert "Cheaper at both counts, in every repeat." in text
    lost = cell(results, "among 10,000", "reader", "right, lost")
    assert f"lost none of its right answers on balance: {interval(lost)}." in text
    assert lost.value == 0
    assert claim.high == lost.high >= rules.DROP
    assert f"The rule wanted less than {rules.DROP} lost for sure, so *{claim.verdict}*." in text


def test_needs_are_met_by_who_is_said_to_meet_them(results, text):
    needs = ({"changed facts": 0.1}, {"changed facts": 0.5}, {"changed facts": 0.5, "abstaining": 0.5})
    chosen = {}
    for count in (1_000, 100_000):
        rows = [
            {"method": method, "cost": total_cost(setup, each, count, change, BOUND), "scores": {
                task: (row.value, row.low, row.high) for task in needs[-1] for row in [cell(results, task, method)]}}
            for method, (setup, each, change) in ways(results).items() if method != "prompt"
        ]  # fmt: skip
        chosen[count] = [cheapest_that_meets(rows, need) for need in needs]
    assert chosen == {1_000: ["retrieval", "both", None], 100_000: ["both", "both", None]}
    assert "For a modest need retrieval is the cheapest at 1,000 questions, *both* at 100,000" in text
    assert gap(results, "changed facts", "both", "retrieval").low > 0
    assert "A need of a half leaves *both* alone. The last need nobody meets" in text


def test_the_comparison_with_a_person_holds_for_some_lines(results, text):
    found = part(text, "beside the grid. **Predict**: how many hold?", "Measure.")
    assert cell(results, "format", "prompt").low > 0.9
    bare = read_results("04_prompt_or_lora").select(method="prompt", task="tickets", metric="valid")
    assert {row.value for row in bare if not row.settings["examples"]} == {0}
    assert "*Told how*: holds" not in found, "told alone, none of 128 replies was JSON: the prompt shows an example"
    heart, read = cell(results, "known facts", "LoRA"), cell(results, "unseen facts", "retrieval")
    assert heart.low < 0.5 < heart.high
    assert f"*With the handbook*: holds, but {number(read.value)} is a poor colleague." in found
    assert read.low > 0
    assert gap(results, "unseen facts", "both", "retrieval").low > 0
    assert gap(results, "old skills", "LoRA", "prompt").high < 0
    silent, reader = cell(results, "abstaining", "retrieval"), cell(results, "abstaining", "both")
    assert silent.value == 0
    assert reader.low < 0.5 < reader.high
    assert "*Says so*: fails for the model as it comes, and for *reader* half of the time." in found
    assert [len(re.findall(rf"\*: {one}", found)) for one in ("holds", "half", "fails")] == [4, 1, 2]


def test_two_methods_on_tickets_cannot_be_told_apart(results, text):
    both, nearest = (cell(results, "judgement", one) for one in ("both", "retrieval"))
    less = gap(results, "judgement", "both", "retrieval")
    assert f"score {number(both.value)} and {number(nearest.value)} on {both.n} tickets." in text
    assert f"the interval of the *difference*: {interval(less, turned=True)}." in text
    assert less.low < 0 < less.high
