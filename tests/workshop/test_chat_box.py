"""The chat box writes answers piece by piece, keeps what was said, and stops when told to."""

import sys
import threading

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from tests.workshop.test_glass_bot import PASSAGES, Plain, Scored, wait_for_threads
from tests.workshop.tiny_models import make_llama
from workshop.bot import build_prompt, stream_answer
from workshop.errors import WorkshopError
from workshop.models import open_language_model
from workshop.settings import Settings
from workshop.widgets import chat_box
from workshop.widgets.chat_box import Talk

pytestmark = pytest.mark.slow

MODULE = sys.modules["workshop.widgets.chat_box"]  # the face shows the function of this name
PROMPT = build_prompt("Who signs?", [one.text for one in PASSAGES])


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = make_llama(tmp_path_factory.mktemp("llama"), context=512)
    return open_language_model(folder, Settings(device="cpu", dtype="float32"))


@pytest.fixture
def slow(monkeypatch):
    """Let the model write a word each time the test says so; closed is set when it is told to stop."""
    word, closed, prompts = threading.Semaphore(0), threading.Event(), []

    def write(tokenizer, model, prompt, *, max_new_tokens):
        prompts.append(prompt)
        try:
            for piece in ("The harbour ", "steward ", "signs."):
                assert word.acquire(timeout=20)
                yield piece
        finally:
            closed.set()

    monkeypatch.setattr(MODULE, "stream_answer", write)
    return word, closed, prompts


def make_talk(loaded, retriever=None, **options):
    return Talk(loaded, retriever, **{"budget": 400, "max_new_tokens": 16, **options})


def test_the_still_form_is_an_exchange_with_its_sources(loaded, capsys):
    chat_box(*loaded, Scored(), start="Who signs?", max_new_tokens=16)
    told = capsys.readouterr().out
    written = "".join(stream_answer(*loaded, PROMPT, max_new_tokens=16))
    assert told.startswith(f"You: Who signs?\nBot: {written}\n")
    assert "Sources: leave [1], fares <b> [2], seals [4]. Its words stand in none of them." in told


def test_without_a_retriever_the_model_answers_by_itself(loaded, capsys):
    chat_box(*loaded, start="hi", max_new_tokens=16)
    told = capsys.readouterr().out
    assert "Bot: " + "".join(stream_answer(*loaded, "hi", max_new_tokens=16)) in told
    assert "No passage was read." in told
    assert "Sources" not in told


def test_each_question_is_asked_as_typed_and_all_is_kept(loaded, slow):
    word, _, prompts = slow
    word.release(6)
    talk = make_talk(loaded, Plain())
    assert talk.write("Who signs?") == talk.write("And <b>?") == "The answer is written."
    assert prompts == [PROMPT, build_prompt("And <b>?", [one.text for one in PASSAGES])]
    html = talk.draw()["text/html"]
    assert html.index("Who signs?") < html.index("And &lt;b&gt;?")
    assert "The <mark" in html
    assert "harbour steward signs.</mark>&nbsp;<b>[1][2]</b>" in html
    assert "fares &lt;b&gt; [2]" in html


def test_passages_of_one_document_are_named_once(loaded, slow):
    slow[0].release(3)
    talk = make_talk(loaded, Scored([PASSAGES[0], PASSAGES[3], PASSAGES[0]]))
    talk.write("Who signs?")
    assert "Sources: leave [1][3], seals [2]. Its words stand in [1], [3]." in talk.draw()["text/plain"]


def test_an_error_adds_nothing_and_says_why(loaded):
    talk = make_talk(loaded, max_new_tokens=9_000)
    with pytest.raises(WorkshopError, match="the model reads 512 in all"):
        talk.write("hi")
    assert talk.turns == []


class TestWidget:
    @pytest.fixture
    def box(self, loaded, slow):
        pytest.importorskip("ipywidgets")
        slow[0].release(3)
        talk = make_talk(loaded, Plain())
        talk.write("first")
        slow[1].clear()
        return talk.build()

    def test_pieces_appear_while_the_field_is_off(self, box, slow):
        word, closed, _ = slow
        log, row, line = box.children
        field, ask, stop = row.children
        pieces = [threading.Event(), threading.Event()]
        written = iter(pieces)
        log.observe(lambda _: next(written, threading.Event()).set(), names="value")
        assert (field.disabled, ask.disabled, stop.disabled) == (False, False, True)
        field.value = "Who signs?"
        ask.click()
        word.release()
        assert pieces[0].wait(20)
        assert log.value.count("harbour") == 2, "the first answer, and the first piece of the second"
        assert (field.disabled, ask.disabled, stop.disabled) == (True, True, False)
        assert "Searching and writing" in line.value
        assert log.value.count("<mark") == 1, "an answer is cited when it is whole"
        assert 'aria-busy="true"' in log.value
        stop.click()
        word.release()
        wait_for_threads()
        assert closed.is_set()
        assert "The answer is stopped." in line.value
        assert "<small>Stopped. Sources: leave [1]" in log.value
        assert 'aria-busy="false"' in log.value
        assert (field.value, field.disabled, ask.disabled, stop.disabled) == ("", False, False, True)

    def test_closing_stops_and_leaves_no_thread(self, loaded, slow, box):
        word, closed, _ = slow
        before = threading.active_count()
        log, row, _ = box.children
        begun = threading.Event()
        log.observe(lambda _: begun.set(), names="value")
        row.children[0].value = "Who signs?"
        row.children[1].click()
        word.release()
        assert begun.wait(20)
        box.close()
        word.release()
        wait_for_threads()
        assert closed.is_set()
        assert threading.active_count() == before

    def test_an_error_leaves_the_question_in_the_field(self, loaded, slow, box, monkeypatch):
        def fail(*_, **__):
            yield "half "
            raise WorkshopError("the model predicts no numbers.")

        monkeypatch.setattr(MODULE, "stream_answer", fail)
        log, row, line = box.children
        row.children[0].value = "Who signs?"
        row.children[1].click()
        wait_for_threads()
        assert "predicts no numbers" in line.value
        assert row.children[0].value == "Who signs?"
        assert "half" in log.value
        assert "Writing" not in log.value
        assert "first" in log.value
        assert (row.children[0].disabled, row.children[2].disabled) == (False, True)


def test_a_real_stream_is_stopped_between_two_pieces(loaded):
    talk, before = make_talk(loaded, max_new_tokens=200), threading.active_count()
    assert talk.write("hi", talk.stop.set) == "The answer is stopped."
    assert threading.active_count() == before
    whole = "".join(stream_answer(*loaded, "hi", max_new_tokens=200))
    assert whole.startswith(talk.turns[0][1])
