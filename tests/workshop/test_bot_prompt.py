"""The prompt is a contract: its form to the letter, its budget, its order, and what can't become one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.bot.prompt import WORD_BUDGET, build_prompt
from workshop.errors import WorkshopError

QUESTION = "What does a bicycle cost?"
PASSAGES = ["A bicycle costs 6 crowns.", "Dogs travel free.", "The last boat leaves at 22:10."]
texts = st.text(max_size=60)
asked = texts.filter(str.strip)


def test_form_is_the_contracts():
    assert build_prompt(QUESTION, PASSAGES[:2], 100) == (
        "Passages:\nA bicycle costs 6 crowns.\nDogs travel free.\n\nQuestion: What does a bicycle cost?"
    )


def test_without_passages_the_question_stands_alone():
    assert (
        build_prompt(QUESTION) == build_prompt(QUESTION, [], 100) == build_prompt(QUESTION, ["", " \n\t"]) == QUESTION
    )


@pytest.mark.parametrize(("budget", "taken"), [(0, 0), (4, 0), (5, 1), (7, 1), (8, 2), (13, 2), (14, 3), (400, 3)])
def test_budget_counts_words_of_whole_passages(budget, taken):
    prompt = build_prompt(QUESTION, PASSAGES, budget)
    assert [passage in prompt for passage in PASSAGES] == [place < taken for place in range(3)]


def test_a_passage_that_does_not_fit_ends_the_list():
    assert build_prompt(QUESTION, ["one two three four", "five"], 2) == QUESTION


def test_blank_passages_are_left_out_and_the_others_stay_in_order():
    assert build_prompt(QUESTION, ["b", "", "a", "  "], 9).startswith("Passages:\nb\na\n\nQuestion: ")


@given(question=asked, passages=st.lists(texts, max_size=6), budget=st.integers(0, 40))
def test_every_prompt_keeps_question_order_and_budget(question, passages, budget):
    prompt = build_prompt(question, passages, budget)
    assert prompt.endswith(question)
    head = prompt.removesuffix(question)
    if not head:
        return
    inside = head.removeprefix("Passages:\n").removesuffix("\n\nQuestion: ")
    whole = [passage for passage in passages if passage.strip()]
    assert inside in {"\n".join(whole[:count]) for count in range(1, len(whole) + 1)}
    assert 0 < len(inside.split()) <= budget


@given(question=asked, passages=st.lists(texts, max_size=6))
def test_a_larger_budget_never_takes_less(question, passages):
    sizes = [len(build_prompt(question, passages, budget)) for budget in range(0, 30, 3)]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((" \n",), "expected a question, got an empty text"),
        ((None,), "expected a question, got NoneType"),
        ((QUESTION, "one passage"), r"got one string. For one, use build_prompt\(question, \[passage\]\)"),
        ((QUESTION, ["a", 3]), "got int at place 1. Turn it into a text"),
        ((QUESTION, None), "expected a list of passages, got NoneType"),
        ((QUESTION, ["a"], -1), "expected a budget of 0 words or more, got -1"),
    ],
)
def test_what_can_not_become_a_prompt_is_named(arguments, words):
    with pytest.raises(WorkshopError, match=words):
        build_prompt(*arguments)


def test_passages_may_come_one_by_one():
    passages = ["A bicycle costs 6 crowns.", "", "A dog costs 2."]
    assert build_prompt(QUESTION, (one for one in passages)) == build_prompt(QUESTION, passages)
    with pytest.raises(WorkshopError, match="got int at place 1"):
        build_prompt(QUESTION, iter(["a", 3]))


def test_a_passage_record_is_shown_the_way():
    from workshop.data.records import Passage

    with pytest.raises(WorkshopError, match=r"got Passage at place 0. Give its text: passage.text"):
        build_prompt(QUESTION, [Passage("fares", "A bicycle costs 6 crowns.")])


def test_default_budget_is_the_named_one():
    words = ["word"] * WORD_BUDGET
    assert build_prompt(QUESTION, [" ".join(words)]) != QUESTION
    assert build_prompt(QUESTION, [" ".join([*words, "more"])]) == QUESTION
