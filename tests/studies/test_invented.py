"""Invented companies: whole sentences, answers that stand in their passage, nothing of Skerryline's."""

import re
from random import Random

import pytest

from studies.invented import ABSTAIN, make_reading_pages, make_reading_tasks
from studies.invented.companies import draw_free, is_reserved, make_company, reserved
from studies.invented.kinds import LISTS, load_kinds, load_words, read_kinds
from studies.invented.tasks import ALIKE, _is_free
from studies.invented.values import SORTS
from workshop.data import load_faq, load_handbook
from workshop.errors import WorkshopError

LINES = 700


@pytest.fixture(scope="module")
def tasks():
    return make_reading_tasks(600, seed=1)


def test_longer_pages_have_several_questions_each_answered_there_or_not_at_all():
    pages = make_reading_pages(200, turns=3, seed=2, unanswerable=0.3)
    asked = [(one, question, answer) for one in pages for question, answer in one.turns]
    assert len(asked) == 600
    assert all(answer == ABSTAIN or answer.casefold() in " ".join(one.passages).casefold() for one, _, answer in asked)
    assert 0.24 < sum(answer == ABSTAIN for *_, answer in asked) / len(asked) < 0.36
    assert all(len({question for question, _ in one.turns}) == 3 for one in pages)
    assert pages == make_reading_pages(200, turns=3, seed=2, unanswerable=0.3)
    assert max(len(" ".join(one.passages).split()) for one in pages) < 400


def words_of(text):
    return re.findall(r"[a-z]+", text.casefold())


def test_there_are_many_kinds_and_each_phrasing_has_its_slots():
    kinds = load_kinds()
    assert len({kind.name for kind in kinds}) == len(kinds) >= 60
    for kind in kinds:
        assert kind.value in SORTS
        assert kind.subject in load_words()
        assert len(set(kind.passages)) >= 12
        assert len(set(kind.questions)) >= 12
        assert [text for text in kind.passages if text.count("{v}") != 1 or "{s}" not in text] == []
        assert [text for text in kind.questions if "{v}" in text or "{s}" not in text] == []
    assert {name for group in ALIKE for name in group} <= {kind.name for kind in kinds}


def test_a_block_that_can_not_be_read_is_named():
    with pytest.raises(WorkshopError, match=r"times.txt: the block 'opens \| time'"):
        read_kinds("# opens | time\nThe {s} opens at {v}.\n?\nWhen?\n", "times.txt")


@pytest.mark.parametrize("sort", SORTS)
def test_a_sort_has_many_values_and_each_begins_as_it_is_said(sort):
    rng = Random(0)
    drawn = {SORTS[sort](rng, "florins") for _ in range(150)}
    assert len(drawn) >= 15
    assert [value for value in drawn if value != value.strip() or "  " in value] == []
    assert [value for value in drawn if re.search(r"\ba [aeiou]", value)] == []


def test_the_answer_stands_in_the_passage_that_the_task_names(tasks):
    for task in tasks:
        if task.place is None:
            assert task.answer == ABSTAIN
        else:
            assert task.answer.casefold() in task.passages[task.place].casefold()


def test_what_is_not_said_is_asked_for_in_the_share_that_was_named(tasks):
    missing = sum(task.place is None for task in tasks)
    assert 0.14 < missing / len(tasks) < 0.26
    assert all(task.place is not None for task in make_reading_tasks(50, unanswerable=0))


def test_no_fact_of_the_page_answers_a_question_without_an_answer():
    company = make_company(Random(3), 8)
    for fact in company.facts:
        assert not _is_free(fact.kind, fact.subject, company)


def test_pages_have_one_to_three_passages_and_companies_differ(tasks):
    assert {len(task.passages) for task in tasks} == {1, 2, 3}
    assert len({task.company for task in tasks}) > 0.95 * len(tasks)
    assert max(len(" ".join(task.passages).split()) for task in tasks) < 400


def test_a_seed_repeats_and_another_differs():
    assert make_reading_tasks(20, seed=4) == make_reading_tasks(20, seed=4)
    assert make_reading_tasks(20, seed=4) != make_reading_tasks(20, seed=5)


def test_texts_are_sentences_without_open_slots(tasks):
    for task in tasks:
        for text in (*task.passages, task.question):
            assert not re.search(r"[{}]|  ", text)
            assert not text[0].islower()
        assert re.search(r"[?.!]$", task.question)


def test_nothing_is_skerrylines(tasks):
    answers, names = reserved()
    assert len(names) > 25
    assert not [task.answer for task in tasks if task.place is not None and task.answer.casefold() in answers]
    said = {word for task in tasks for word in re.findall(r"\b[A-Z][a-z]+", f"{task.company} {task.answer}")}
    assert {word for word in said if word.casefold() in names} == set()
    house = ("bench night", "wake note", "tail list", "dim season", "kelpcard", "driftback", "ropebook", "saltpay")
    text = "\n".join(text for task in tasks for text in (*task.passages, task.question)).casefold()
    lists = "\n".join(path.read_text(encoding="utf-8") for path in sorted(LISTS.glob("*.txt"))).casefold()
    assert [term for term in (*house, "skerryline") if term in text + lists] == []


def test_skerrylines_names_and_answers_are_known_as_such():
    answer = load_faq(split="train")[0].answer
    assert is_reserved(answer)
    assert any("Skerryline" in page.text for page in load_handbook())
    assert is_reserved("Skerryline Trading")
    assert not is_reserved("the second Monday")
    with pytest.raises(WorkshopError, match="too small"):
        draw_free(lambda: answer)


def test_the_generator_stays_slim():
    files = LISTS.parent.glob("*.py")
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) <= LINES
