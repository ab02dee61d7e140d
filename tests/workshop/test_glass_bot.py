"""The glass bot shows what was found, the prompt that the model reads, and which passage holds the answer's words."""

import re
import threading
from html import unescape

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from tests.workshop.tiny_models import make_llama
from workshop.bot import answer, build_prompt, draft_reply, encode_chats
from workshop.data import Passage
from workshop.errors import WorkshopError
from workshop.models import open_language_model
from workshop.settings import Settings
from workshop.widgets import glass_bot
from workshop.widgets.asking import Asking, cite, highlight
from workshop.widgets.glass_bot import build_bot, draw_steps

PASSAGES = [
    Passage("leave", "A colleague has 26 days of leave. The harbour steward signs."),
    Passage("fares <b>", "Ten crowns & a dog.\nThe harbour steward signs."),
    Passage("empty", "  "),
    Passage("seals", "Seals rest on 26 days of the year, and 7:35 is their hour."),
]


class Scored:
    """A retriever that has scores."""

    def __init__(self, passages=PASSAGES):
        self.passages = passages

    def invoke(self, question):
        return self.passages

    def invoke_with_scores(self, question):
        return [(one, 0.5 - place / 8) for place, one in enumerate(self.passages)]


class Plain:
    """A retriever as LangChain has it: without scores."""

    def invoke(self, question):
        return PASSAGES


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = make_llama(tmp_path_factory.mktemp("llama"), context=512)
    return open_language_model(folder, Settings(device="cpu", dtype="float32"))


@pytest.mark.parametrize(
    ("written", "marked", "said"),
    [
        ("26 days", "«26 days» [1][4]", "Its words stand in [1], [4]."),
        ("The Harbour-Steward!", "The «Harbour-Steward!» [1][2]", "Its words stand in [1], [2]."),
        ("It is 26 days of leave.", "It is «26 days of leave.» [1]", "4 of its 6 words stand in [1]."),
        (
            "26 days of leave,\nthe harbour steward signs: ten crowns",
            "«26 days of leave,\nthe harbour steward signs:» [1] ten crowns",
            "7 of its 9 words stand in [1].",
        ),
        ("ten crowns a dog; at 7:35 is their", "«ten crowns a dog;» [2] at «7:35 is their» [4]", "6 of its 7"),
        ("days 26", "days 26", "Its words stand in none of them."),
        ("6 days", "6 days", "Its words stand in none of them."),
        ("and of the sea", "and of the sea", "Its words stand in none of them."),
        (" ", "", "The model wrote nothing."),
        ("I don't know.", "I don't know.", "Its words stand in none of them."),
    ],
)
def test_marks_stand_where_a_passage_holds_the_words_in_a_row(written, marked, said):
    got = cite(draft_reply(Plain(), "Who?"), written)
    assert got[0] == marked
    assert got[1].startswith(said)


def test_passages_that_were_not_read_are_not_cited():
    draft = draft_reply(Plain(), "Who?", budget=12)
    assert draft.read == [0]
    assert cite(draft, "the harbour steward signs")[1] == "Its words stand in [1]."
    assert cite(draft_reply(Plain(), "Who?", budget=0), "26 days") == ("26 days", "No passage was read.")


def test_marks_become_html_and_the_answer_stays_text():
    assert "&lt;i&gt; <mark" in highlight("<i> «26 & days» [1][4] «so»")
    assert "26 &amp; days</mark>&nbsp;<b>[1][4]</b> «so»" in highlight("<i> «26 & days» [1][4] «so»")


def test_of_two_equal_passages_one_may_be_left_out():
    twice = Scored([Passage("a", "one two three"), Passage("b", "one two three")])
    assert draft_reply(twice, "Who?", budget=3).read == [0]
    assert draft_reply(twice, "Who?", budget=6).read == [0, 1]


@pytest.mark.slow
def test_the_still_form_says_all_three_steps(loaded, capsys):
    glass_bot(*loaded, Scored(), ["Who signs?", "When?"], budget=20, max_new_tokens=8)
    told = capsys.readouterr().out
    [ids] = encode_chats(loaded[0], [build_prompt("Who signs?", [one.text for one in PASSAGES], 20)])
    assert told.startswith("Question: Who signs?\n")
    assert "[1] leave · score 0.500\nA colleague has" in told
    assert "[3] empty · score 0.250 · left out of the prompt: blank" in told
    assert "[4] seals · score 0.125 · left out of the prompt: over the budget of 20 words" in told
    prompt = loaded[0].decode(ids)
    assert prompt.startswith("<|user|>Passages:\nA colleague")
    assert prompt.endswith("<|assistant|>")
    assert f"as the model reads it: {len(ids)} tokens\n{prompt}\n" in told
    [written] = answer(*loaded, [build_prompt("Who signs?", [one.text for one in PASSAGES], 20)], max_new_tokens=8)
    assert f"\n{written}\nIts words stand in none of them." in told


def test_html_is_escaped_and_the_prompt_stands_in_it_letter_for_letter():
    draft = draft_reply(Plain(), "Who <i>?")
    html = draw_steps(draft, 400, "9 tokens", "<|user|>\n a & b", "26 days of leave")["text/html"]
    assert unescape(re.search(r"<pre[^>]*>(.*)</pre>", html, re.DOTALL)[1]) == "<|user|>\n a & b"
    assert 'tabindex="0"' in html
    assert "score" not in html
    assert "[2] fares &lt;b&gt;</b>" in html
    assert "Who &lt;i&gt;?" in html
    assert ">26 days of leave</mark>&nbsp;<b>[1]</b>" in html


def test_nothing_found_is_said(loaded, capsys):
    glass_bot(*loaded, Scored([]), ["Who?"], max_new_tokens=4)
    told = capsys.readouterr().out
    assert "1. What the retriever found\nnothing\n" in told
    assert "No passage was read." in told


def test_without_questions_skerrylines_are_asked(loaded, capsys):
    glass_bot(*loaded, Scored(), max_new_tokens=4)
    assert "How long is a new colleague on the slipway?" in capsys.readouterr().out


def test_what_cant_be_asked_is_said(loaded):
    with pytest.raises(WorkshopError, match="expected a retriever with invoke"):
        glass_bot(*loaded, PASSAGES, ["Who?"])


class TestWidget:
    @pytest.fixture
    def bot(self):
        pytest.importorskip("ipywidgets")
        asked = []

        def look(question):
            asked.append((question, threading.current_thread()))
            if question == "broken":
                raise WorkshopError("chat 0 has 900 tokens <b>.")
            return {"text/html": f"about {question}"}

        box = build_bot(look, ["Who?", "When?"], {"text/html": "first"})
        return asked, box.children

    def test_an_example_is_asked_off_the_main_thread(self, bot):
        asked, (row, clicks, line, shown) = bot
        assert [row.children[0].value, shown.value] == ["Who?", "first"]
        clicks.children[1].click()
        wait_for_threads()
        assert shown.value == "about When?"
        assert row.children[0].value == "When?"
        assert "Answered below." in line.value
        assert asked[0][1] is not threading.main_thread()
        assert not any(one.disabled for one in (*row.children, *clicks.children))

    def test_enter_asks_what_the_field_holds_a_moment_later(self, bot):
        asked, (row, _, _, shown) = bot
        field = row.children[0]
        field._handle_custom_msg({"event": "submit"}, [])
        field.value = "typed by then"
        wait_for_threads()
        assert shown.value == "about typed by then"
        assert len(asked) == 1

    def test_leaving_the_field_and_blank_questions_ask_nothing(self, bot):
        asked, (row, _, _, shown) = bot
        row.children[0].value = "half a"
        row.children[0].value = "  "
        row.children[1].click()
        wait_for_threads()
        assert (asked, shown.value) == ([], "first")

    def test_an_error_is_shown_and_nothing_is_lost(self, bot):
        _, (row, clicks, line, shown) = bot
        row.children[0].value = "broken"
        row.children[1].click()
        wait_for_threads()
        assert "chat 0 has 900 tokens &lt;b&gt;." in line.value
        assert 'role="status"' in line.value
        assert (row.children[0].value, shown.value) == ("broken", "first")
        clicks.children[0].click()
        wait_for_threads()
        assert shown.value == "about Who?"
        assert "900" not in line.value

    def test_one_question_at_a_time(self):
        pytest.importorskip("ipywidgets")
        go, asked = threading.Event(), []
        asking = Asking(lambda question: asked.append(question) or str(go.wait(20)), "one", ["two"])
        asking.buttons[0].click()
        while not asked:
            pass
        assert all(one.disabled for one in (asking.field, *asking.buttons))
        asking.ask("two")
        go.set()
        wait_for_threads()
        assert asked == ["one"]


def wait_for_threads():
    """Wait until every question that was asked is answered."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(20)
            assert not thread.is_alive()
