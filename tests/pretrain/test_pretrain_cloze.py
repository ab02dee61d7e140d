"""Questions about ordinary English: the answer stands in a passage, the question doesn't give it away."""

from itertools import pairwise
from random import Random

import pytest

pytest.importorskip("gensim")

from workshop.pretrain.cloze import SPANS, ask_for, cloze_group, find_spans, load_paragraphs
from workshop.pretrain.kinds import is_held_out
from workshop.pretrain.tasks import ABSTAIN
from workshop.pretrain.values import is_reserved

SENTENCE = "On 5 May 1912 the keeper of Hollow Point counted 40 seals in the cedar boat, a record since 1887."


@pytest.fixture(scope="module")
def chats():
    rng = Random(2)
    return [chat for _ in range(150) for chat in cloze_group(rng, 4, 5)]


def passages_of(chat):
    return chat.messages[0]["content"].removeprefix("Passages:\n").rpartition("\n\nQuestion: ")[0]


def question_of(chat):
    return chat.messages[0]["content"].rpartition("\n\nQuestion: ")[2]


def test_every_sort_of_span_is_found():
    found = {span.sort: SENTENCE[span.start : span.end] for span in find_spans(SENTENCE)}
    assert found == {
        "date": "5 May 1912",
        "year": "1887",
        "amount": "40 seals",
        "name": "Hollow Point",
        "thing": "cedar boat",
    }
    assert set(found) == set(SPANS)


def test_spans_lie_apart_in_every_sentence():
    for paragraph in load_paragraphs()[:300]:
        for sentence in paragraph:
            spans = sorted(find_spans(sentence), key=lambda span: span.start)
            assert all(one.end <= other.start for one, other in pairwise(spans))


def test_a_question_is_made_of_the_sentences_other_words():
    span = next(span for span in find_spans(SENTENCE) if span.sort == "amount")
    question = ask_for(SENTENCE, span, Random(0))
    assert question.endswith("?")
    assert "40" not in question
    assert len(set(question.rstrip("?").split()) & set(SENTENCE.replace(",", "").split())) > 4


def test_an_answer_stands_in_the_passages_and_not_in_its_question(chats):
    answered = [chat for chat in chats if chat.answer != ABSTAIN]
    assert len(answered) > 200
    for chat in answered:
        assert chat.answer in passages_of(chat)
        assert chat.answer not in question_of(chat)
        assert chat.answer in passages_of(chat).splitlines()[chat.place]


def test_no_answer_is_kept_for_evaluation_or_skerrylines(chats):
    answers = {chat.answer for chat in chats} - {ABSTAIN}
    assert not {answer for answer in answers if is_held_out(answer) or is_reserved(answer)}


def test_some_questions_have_no_answer_there(chats):
    share = sum(chat.answer == ABSTAIN for chat in chats) / len(chats)
    assert 0.08 < share < 0.3
    assert all(chat.skill == ("abstain" if chat.answer == ABSTAIN else "cloze") for chat in chats)
