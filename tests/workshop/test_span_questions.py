"""Questions with the place of their answer: frozen, disjoint, and each answer where the row says."""

import hashlib
import re
from collections import Counter

import pytest

from workshop.data import load_faq, load_handbook, load_span_questions
from workshop.data.spans import FILE
from workshop.errors import WorkshopError

FROZEN = "354c72909359435e3a3fa756c87b87fcc9e6deca92df1d8e877d4cea3429985a"


def test_file_is_frozen():
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == FROZEN


def test_splits_have_the_rows_that_the_card_names_and_share_no_page():
    train, test = load_span_questions("train"), load_span_questions("test")
    assert Counter(one.source for one in train) == {"handbook": 240, "invented": 720}
    assert Counter(one.source for one in test) == {"handbook": 200}
    assert not {one.document for one in train} & {one.document for one in test}
    assert len({one.document for one in train if one.source == "handbook"}) == 10
    assert len({one.document for one in test}) == 40


def test_every_answer_stands_where_its_row_says_as_whole_words():
    pages = {page.name: page.text for page in load_handbook()}
    for one in [*load_span_questions("train"), *load_span_questions("test")]:
        end = one.start + len(one.answer)
        assert one.passage[one.start : end] == one.answer
        assert not re.search(r"\w\w", one.passage[max(0, one.start - 1) : one.start + 1])
        assert not re.search(r"\w\w", one.passage[end - 1 : end + 1])
        if one.source == "handbook":
            assert one.answer in pages[one.document]


def test_questions_are_those_of_the_faq():
    faq = {one.question: one for one in load_faq()}
    for one in load_span_questions("test"):
        assert (faq[one.question].split, faq[one.question].answer) == ("unseen", one.answer)


def test_an_unknown_split_is_refused():
    with pytest.raises(WorkshopError, match=r"unknown split of span questions 'dev'.*test, train"):
        load_span_questions("dev")
