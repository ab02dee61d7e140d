"""Lesson 07's study: rules and scores by hand, equal steps for both arms, disjoint splits, the short form."""

import numpy as np
import pytest

pytest.importorskip("peft")
pytest.importorskip("sacrebleu")

from studies.many_tasks import (
    entities,
    pictures,
    plan,
    reading,
    rivals,
    rules,
    spoken,
    study,
    summaries,
    tables,
    verdict,
)
from studies.prompt_or_lora.rules import Estimate
from tests.workshop.tiny_models import make_bert
from workshop.data import TaggedSentence, load_task
from workshop.models import heads

ABOVE, ACROSS = Estimate(0.2, 0.1, 0.3), Estimate(0.1, -0.1, 0.3)


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        (6, "holds"),
        (5, "holds"),
        (4, "holds within limits"),
        (2, "holds within limits"),
        (1, "does not hold"),
        (0, "does not hold"),
    ],
)
def test_c22_counts_tasks_where_both_differences_are_above_zero(counted, said):
    both = [ABOVE] * counted + [ACROSS] * (6 - counted)
    assert rules.judge_tasks(both, [ABOVE] * 6) == said
    assert rules.judge_tasks([ABOVE] * 6, both) == said


def test_c22_needs_both_differences_of_the_same_task():
    one, other = [ABOVE] * 3 + [ACROSS] * 3, [ACROSS] * 3 + [ABOVE] * 3
    assert rules.judge_tasks(one, other) == "does not hold"


def test_the_rule_names_what_it_could_tell_and_what_was_seen():
    rule = rules.RULES["C22"]
    assert rule.startswith("Seen before")
    assert rules.WIDTHS["spans"] == pytest.approx(1.96 * (0.45 * 1.4 / 200) ** 0.5)
    for width in [*rules.WIDTHS.values(), rules.ROUGE, rules.PICTURES]:
        assert f"{width:.2f} (" in rule


def make(tokens, *spans):
    return TaggedSentence("e", "train", "tickets", "T1", tuple(tokens.split()), spans)


def test_the_list_finds_the_longest_known_name():
    known = [make("the tin mate waits", (1, 3, "role")), make("a mate", (1, 2, "role")), make("Dart", (0, 1, "ship"))]
    find = entities._look_up(known)
    assert find(["ask", "the", "tin", "mate", "of", "Dart"]) == {(2, 4): "role", (5, 6): "ship"}
    assert find(["tin"]) == {}
    assert entities._look_up([make("nothing here")])(["nothing"]) == {}


def test_spans_are_counted_with_both_ends_and_kind():
    rows = [make("a b c", (0, 2, "ship"), (2, 3, "role")), make("d")]
    counts = entities.count_right(rows, [{(0, 2): "ship", (2, 3): "ship"}, {(0, 1): "place"}])
    assert (counts["right"], counts["found"], counts["there"]) == ([1, 0], [2, 1], [2, 0])
    assert entities.score_f1(counts) == pytest.approx(2 / 5)
    assert tables._count_kind(counts["spans"], [one.spans for one in rows], "ship") == (1, 2, 1)


def test_validation_holds_names_that_training_does_not():
    train, validation = entities.deal("train"), entities.deal("validation")
    assert len(train) + len(validation) == len(load_task("entities", "train"))
    held = sorted({name for one in [*train, *validation] for name in entities.list_names(one)})[:: entities.HELD]
    assert not {*held} & {name for one in train for name in entities.list_names(one)}
    assert {*held} == {*held} & {name for one in validation for name in entities.list_names(one)}


def test_capitals_are_marked_for_whoever_is_told_so():
    assert entities.mark(["My", "boat", "D4"], True) == ["^My", "boat", "^D4"]
    assert entities.mark(["My", "boat"], False) == ["My", "boat"]


def test_spans_are_dealt_by_page():
    pages = [{one.document for one in reading.deal_questions(split)} for split in ("train", "validation", "test")]
    assert not (pages[0] & pages[1])
    assert not (pages[0] & pages[2])
    assert not (pages[1] & pages[2])
    assert {one.source for one in reading.deal_questions("train", "handbook")} == {"handbook"}
    assert {one.source for one in reading.deal_questions("validation")} == {"handbook"}


def test_the_rule_takes_the_first_number_of_the_likest_sentence():
    one = reading.deal_questions("test")[0]
    made = type(one)(
        "s", "test", "handbook", "p", "How long is leave?", "Boats go. Leave lasts 29 days, not 3.", "29 days", 20
    )
    assert reading._answer_by_rule(made, "sentence") == "Leave lasts 29 days, not 3."
    assert reading._answer_by_rule(made, "number") == "29 days"


def test_pictures_of_a_draw_are_on_one_side_and_new_digits_alone():
    data, labels = pictures.read_digits(old=False)
    assert data.shape[1:] == (1, 32, 32)
    assert set(labels) == {0, 1, 2, 3, 4}
    parts = pictures.draw_few(5, 0)
    assert sorted(np.concatenate(parts)) == list(range(len(labels)))
    assert [np.bincount(labels[part]).tolist() for part in parts[:2]] == [[5] * 5] * 2
    assert not np.array_equal(parts[0], pictures.draw_few(5, 1)[0])


def test_prices_of_the_test_are_never_learnt():
    for draw in range(3):
        train, validation, test = spoken.draw_prices(100, draw)
        assert (len(train), len(validation), len(test)) == (100, 60, 300)
        assert not {*train} & {*validation, *test}
        assert test == spoken.draw_prices(100, 9)[2]


def test_the_lead_is_the_first_sentence_without_heading():
    assert summaries._take_lead("# Leave\n\nYou have 29 days. Ask in May.") == "You have 29 days."
    assert len(summaries.cut("word " * 500).split()) == summaries.WORDS


def test_halves_of_prices_are_looked_up_and_put_together():
    train = [("12.40", "twelve crowns forty"), ("1.05", "one crown and five"), ("30.00", "thirty crowns only")]
    train += [("45.20", "forty five crowns twenty")]
    halves, both = (rivals.list_halves(train, combine=combine) for combine in (False, True))
    assert halves("12.05") == both("12.05") == "twelve crowns and five"
    assert halves("1.00") == "one crown only"
    assert both("35.40") == "thirty five crowns forty"
    assert both("20.05") == "twenty crowns and five"
    assert halves("35.40") == " crowns forty"


def test_rules_of_summaries_take_heading_and_number():
    text = "# Leave\n\nAsk in time. You have 29 days. Enjoy 3 of them."
    assert rivals.take_numbered(text) == "You have 29 days."
    assert rivals.take_headed(text) == "Leave You have 29 days."
    assert rivals.take_numbered("# A\n\nNo digit here. Nor here.") == "No digit here."


def test_the_likest_number_is_of_the_kind_that_is_asked_for():
    one = reading.deal_questions("test")[0]
    text = "Leave lasts 29 days. The gate of Orrahaven closes at 22:00, says the steward."
    made = [
        type(one)("s", "test", "handbook", "p", asked, text, "", 0)
        for asked in ("How long is leave?", "Where is the gate?")
    ]
    assert [rivals.pick_span(some) for some in made] == ["29 days", "Orrahaven"]


def test_features_are_fitted_on_the_sentences_of_the_networks(monkeypatch):
    seen = []
    monkeypatch.setattr(rivals, "fit_features", lambda rows: seen.append(len(rows)) or (lambda tokens: {}))
    rivals.run_rival(rivals.FEATURES, None)
    assert seen == [len(entities.deal("train"))]


def test_draws_of_pictures_are_weighed_by_what_they_test():
    size = len(pictures.draw_few(5, 0)[2])
    figure = tables.measure_draws(["1" * size, "0" * size])
    assert figure.value == 0.5
    assert figure.interval == (0, 1)


def test_both_arms_are_trained_for_as_many_steps():
    whole = plan.Plan()
    for cells in (
        plan.list_entities(whole, {"tuned": 1e-4, "nothing": 3e-4}),
        plan.list_spans(whole, {"tuned": 1e-4, "nothing": 3e-4}),
        plan.list_pictures(whole, None),
        plan.list_spoken(whole, None),
        plan.list_sentiment(whole),
    ):
        steps = {cell[0]: {number for number in cell if isinstance(number, int) and number > 30} for cell in cells}
        assert steps["tuned"] == steps["nothing"] != set()


def test_what_was_chosen_on_validation_stays_chosen():
    runs = tables.Runs(plan.Plan())
    runs.add(
        "run_spoken", {("tuned", 1e-3, 2, 2, 0): {"validation": 0.5}, ("tuned", 3e-3, 2, 2, 0): {"validation": 0.2}}
    )
    assert runs.choose("run_spoken") == {"tuned": 1e-3}
    runs.add("run_spoken", {("tuned", 3e-3, 2, 2, 1): {"validation": 1.0}})
    assert runs.choose("run_spoken") == {"tuned": 1e-3}


def test_best_baseline_is_the_best_on_the_test():
    figure = tables.measure_draws(["1" * 846])
    arms = [
        tables.Arm(tables.TUNED, figure, [{}], 1),
        tables.Arm(tables.NOTHING, figure, [{}], 1),
        tables.Arm("poor", tables.measure_draws(["0" * 846]), [{}], 1, is_baseline=True),
        tables.Arm("good", figure, [{}], 1, is_baseline=True),
    ]
    rows, claim = verdict.judge_c22({"pictures": arms})
    assert [row.settings["other"] for row in rows] == ["good", tables.NOTHING, "good"]
    assert (claim.value, claim.verdict) == (0, "does not hold")


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_language_model")
def test_short_form_measures_everything(tmp_path, monkeypatch):
    bert = make_bert(tmp_path / "bert")
    monkeypatch.setattr(heads, "find_minilm", lambda: bert)
    results = study.measure(short=True)
    assert results.claims.keys() == {"C22"}
    assert results.bands.keys() == {"07.entity_f1"}
    assert {row.task for row in results.rows} == set(tables.TASKS)
    both = [row for row in results.rows if row.metric in ("over_baseline", "over_nothing")]
    assert len(both) == 12
    assert all(row.low <= row.value <= row.high for row in both)
