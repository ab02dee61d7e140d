"""The generator: many kinds and phrasings, held-out things apart, answers that stand in the passages."""

import json
import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop.bot import build_prompt
from workshop.data import load_articles, load_faq, load_handbook
from workshop.errors import WorkshopError
from workshop.pretrain.companies import make_company
from workshop.pretrain.follow import follow, follow_two_keys
from workshop.pretrain.forms import FORMS, answer_as_list, answer_in_one_word
from workshop.pretrain.kinds import SPLITS, is_held_out, load_kinds, load_pools, read_kinds
from workshop.pretrain.mixture import make_group, make_test, shape_at
from workshop.pretrain.passages import Style, fill, write_passages
from workshop.pretrain.sorts import SORTS
from workshop.pretrain.tasks import (
    ABSTAIN,
    LONGEST_REPEAT,
    Shape,
    abstain,
    guess,
    make_page,
    read,
    repeat,
    roughen,
)
from workshop.pretrain.values import draw_for, draw_value, load_words

SEEDS = st.integers(0, 10**6)
FULL = shape_at(10**6)


def texts_of(groups):
    return [message["content"] for group in groups for chat in group for message in chat.messages]


def test_there_are_many_kinds_and_phrasings():
    kinds = load_kinds()
    assert len(kinds) >= 60
    assert len({kind.name for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert len(set(kind.passages)) >= 12, kind.name
        assert len(set(kind.questions)) >= 12, kind.name
        assert kind.value in SORTS, kind.name
        assert kind.subject in load_pools(), kind.name


def test_every_phrasing_has_its_slots():
    for kind in load_kinds():
        for phrasing in kind.passages:
            assert phrasing.count("{v}") == 1, f"{kind.name}: {phrasing}"
            assert "{s}" in phrasing, f"{kind.name}: {phrasing}"
        for phrasing in kind.questions:
            assert "{v}" not in phrasing, f"{kind.name}: {phrasing}"
            assert "{s}" in phrasing, f"{kind.name}: {phrasing}"


def test_held_out_phrasings_are_in_no_training_list():
    for kind in load_kinds():
        for which in ("passages", "questions"):
            train, held = (set(kind.phrasings(which, split)) for split in SPLITS)
            assert held
            assert not train & held
            assert train | held == set(getattr(kind, which))


def test_no_phrasing_serves_a_kind_in_training_and_another_in_evaluation_only_by_its_words():
    held = {(kind.name, text) for kind in load_kinds() for text in kind.phrasings("passages", "held_out")}
    trained = {(kind.name, text) for kind in load_kinds() for text in kind.phrasings("passages", "train")}
    assert not held & trained


@pytest.mark.parametrize("sort", SORTS)
def test_values_of_training_and_evaluation_are_apart(sort):
    rng = Random(0)
    train, held = ({draw_value(sort, rng, "florins", split) for _ in range(150)} for split in SPLITS)
    assert len(train) >= 15
    assert len(held) >= 2
    assert not {text.casefold() for text in train} & {text.casefold() for text in held}


def test_companies_and_subjects_of_training_and_evaluation_are_apart():
    rng = Random(1)
    train, held = ([make_company(rng, 10, split) for _ in range(80)] for split in SPLITS)
    for of in (lambda one: {one.name.casefold()}, lambda one: {fact.subject.casefold() for fact in one.facts}):
        assert not set().union(*map(of, train)) & set().union(*map(of, held))


def test_evaluation_uses_held_out_phrasings_only_where_it_says_so():
    held = [
        re.escape(text).replace(r"\{s\}", ".+")
        for kind in load_kinds()
        for text in kind.phrasings("questions", "held_out")
    ]
    pattern = re.compile("|".join(f"(?:{text})" for text in held), re.IGNORECASE)
    asked = [
        chat.messages[0]["content"].rpartition("\n\nQuestion: ")[2] for _, chat in make_test("read", 60, "held_out", 0)
    ]
    assert all(pattern.fullmatch(question) for question in asked)


def test_a_pool_that_is_too_small_is_named():
    with pytest.raises(WorkshopError, match="too small"):
        draw_for("held_out", lambda: "always the same")


def test_a_block_that_can_not_be_read_is_named():
    with pytest.raises(WorkshopError, match=r"times.txt: the block 'opens \| time'"):
        read_kinds("# opens | time\nThe {s} opens at {v}.\n?\nWhen?\n", "times.txt")


@pytest.fixture(scope="module")
def generated():
    rng = Random(5)
    return [make_group(rng, FULL) for _ in range(700)]


@pytest.mark.slow
def test_nothing_is_called_as_in_skerryline(generated):
    ordinary = {word for article in load_articles() for sentence in article.sentences for word in sentence}
    pages = [page.text for edition in (1, 2) for page in load_handbook(edition=edition)]
    capital = {name.casefold() for page in pages for name in re.findall(r"(?<=[a-z,;] )[A-Z][a-z]+", page)}
    days = {f"{day}s".casefold() for day in load_pools()["weekday"]}
    names = (capital - ordinary - days) | {"skerryline", "kelpcard", "driftback", "ropebook", "saltpay"}
    assert len(names) > 25
    words = {word for text in texts_of(generated) for word in re.findall(r"[a-z]+", text.casefold())}
    assert words & names == set()


def test_house_words_of_skerryline_are_not_used(generated):
    said = "\n".join(texts_of(generated)).casefold()
    said += "\n".join(text for kind in load_kinds() for text in (*kind.passages, *kind.questions)).casefold()
    terms = (
        "bench night",
        "wake note",
        "tail list",
        "dim season",
        "stowaway",
        "the nest",
        "tin surveyor",
        "slate green",
        "home-desk",
    )
    assert [term for term in terms if term in said] == []


def test_no_answer_is_an_answer_of_skerrylines(generated):
    answers = {text.casefold() for one in load_faq() for text in (one.answer, one.earlier_answer) if text} - {
        ABSTAIN.casefold()
    }
    given_out = {chat.answer.casefold() for group in generated for chat in group if chat.skill in ("read", "guess")}
    assert len(given_out) > 500
    assert not given_out & answers


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_the_answer_stands_in_its_passage(seed):
    rng = Random(seed)
    page = make_page(rng, FULL)
    chat = read(page, rng, FULL)
    assert chat.answer.casefold() in page.texts[chat.place].casefold()
    question = chat.messages[0]["content"].rpartition("\n\nQuestion: ")[2]
    assert chat.messages[0]["content"] == build_prompt(question, page.texts, 10_000)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_every_subject_has_one_value_of_a_kind(seed):
    facts = make_company(Random(seed), 18).facts
    assert len(facts) == 18
    assert len({(fact.kind.name, fact.subject) for fact in facts}) == 18


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_what_is_unanswerable_is_not_stated(seed):
    rng = Random(seed)
    page = make_page(rng, FULL)
    chat = abstain(page, rng, FULL)
    assert chat.answer == ABSTAIN
    question = chat.messages[0]["content"].rpartition("\n\nQuestion: ")[2].casefold()
    answered = [
        fact
        for fact in page.company.facts
        for phrasing in fact.kind.questions
        if fill(phrasing, fact).casefold() == question and not _shared(phrasing)
    ]
    assert answered == []


def _shared(phrasing):
    """Tell whether two kinds ask in the very same words ("Where is the {s}?"), which only one of them means."""
    return sum(phrasing in kind.questions for kind in load_kinds()) > 1


def test_passages_state_every_fact_once():
    rng = Random(2)
    company = make_company(rng, 12)
    passages = write_passages(company, rng, Style(), 4)
    assert sorted(map(id, company.facts)) == sorted(id(fact) for passage in passages for fact in passage.facts)
    assert 1 <= len(passages) <= 4


def test_passages_take_several_shapes(generated):
    said = texts_of(generated)
    for mark in ("\n| ", "\n- ", "\n# ", "; ", ", while "):
        assert any(mark in text for text in said), repr(mark)
    counts = {chat.passages for group in generated for chat in group}
    assert {1, 2, 3, 4, 5, 6} <= counts


def test_without_passages_the_prompt_is_the_question_alone():
    chat = guess(Random(0), FULL)
    assert "Passages:" not in chat.messages[0]["content"]
    assert chat.answer != ABSTAIN


def test_forms_by_hand():
    assert answer_in_one_word("12 days") == "12"
    assert answer_in_one_word("moss green") == "green"
    assert answer_as_list("Tuesdays and Fridays") == "- Tuesdays\n- Fridays"
    assert {form.name for form in FORMS} == {"capitals", "one word", "list", "lower case", "quotes", "answer first"}


def test_json_answers_have_the_keys_that_were_asked_for():
    rng, seen = Random(3), 0
    for _ in range(60):
        page = make_page(rng, Shape())
        for chat in (follow(page, rng, Shape()), follow_two_keys(page, rng, Shape())):
            if chat.skill == "follow: json":
                asked = " ".join(message["content"] for message in chat.messages[:-1]).replace("\n", " ")
                keys = list(json.loads(chat.answer))
                assert all(f'"{key}"' in asked for key in keys)
                seen += len(keys)
    assert seen > 60


def test_the_same_seed_makes_the_same_group():
    assert make_group(Random("a"), FULL) == make_group(Random("a"), FULL)
    assert make_group(Random("a"), FULL) != make_group(Random("b"), FULL)


def test_tasks_grow_with_the_steps():
    first, last = shape_at(0), shape_at(10**6)
    assert (first.facts, first.passages) == (6, 2)
    assert (last.facts, last.passages) == (18, 6)
    assert (first.copying, first.rough) == (True, False)
    assert (last.copying, last.rough) == (False, True)


def test_at_first_every_answer_can_be_copied():
    rng = Random(4)
    for group in [make_group(rng, shape_at(0)) for _ in range(100)]:
        for chat in group:
            assert chat.skill in ("read", "repeat")
            # A value that begins a sentence has a capital there.
            shown = chat.messages[0]["content"].casefold()
            assert all(line.casefold() in shown for line in chat.answer.splitlines())


def test_the_passages_are_repeated_whole_and_only_short_ones():
    rng = Random(5)
    pages = [make_page(rng, FULL) for _ in range(100)]
    chats = [(page, repeat(page, rng, FULL)) for page in pages]
    short = [sum(len(text.split()) for text in page.texts) <= LONGEST_REPEAT for page in pages]
    assert [chat.skill == "repeat" for _, chat in chats] == short
    assert 5 < sum(short) < 95
    assert all(chat.answer == "\n".join(page.texts) for page, chat in chats if chat.skill == "repeat")


@given(seed=SEEDS)
def test_a_rough_question_keeps_its_subject_and_the_order_of_its_words(seed):
    question, subject = "How much less do I pay with the staff guest pass?", "staff guest pass"
    rough = roughen(question, subject, Random(seed))
    assert subject in rough
    rest = iter(question.split())
    assert all(word in rest for word in rough.split())


def test_training_draws_values_from_an_open_vocabulary_and_tests_do_not():
    words = set(load_words())
    assert len(words) > 20_000
    rng = Random(6)
    train, held = ([make_company(rng, 3, split).facts for _ in range(150)] for split in SPLITS)
    assert sum(set(fact.value.split()) <= words for facts in train for fact in facts) / 450 > 0.15
    assert all(is_held_out(fact.value) for facts in held for fact in facts)
