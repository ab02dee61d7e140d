import dataclasses
import re
from collections import Counter

import pytest

from tests.workshop.grid_rows import SHARES
from workshop.data.scenarios import ANSWERS, GRID, METHODS, PRICES, load_scenarios
from workshop.errors import WorkshopError
from workshop.score.results import Row, find_results, read_results
from workshop.widgets import scenario_cards
from workshop.widgets.scenario_cards import FIGURE, Deck, build_cards, draw_cards, name_figures

STEM = "06_tune_or_retrieve"
CARDS = load_scenarios()
IDS = [card.id for card in CARDS]
# To try the cards on, a line for a task: prompt, LoRA, retrieval, both; none of it is shown to anybody.
TRIED_PRICES = {
    "price, facts": ((0, 0.2, 40, 0), (1265, 0.22, 40, 1.9), (5, 0.83, 480, 0.2), (370, 0.68, 480, 2.1)),
    "price, tickets": ((0, 1.1, 420, 0), (450, 0.4, 160, 1.9), (5, 1.2, 430, 0.2), (460, 1.2, 430, 2.1)),
    "price, voice": ((0, 2.2, 500, 0), (220, 1.6, 90, 1.9), (5, 2.3, 520, 0.2), (230, 2.3, 520, 2.1)),
}
# Without any language model, beside the grid.
BESIDE = {
    ("known facts, beside", "nearest stored question"): 1.0,
    ("judgement, beside", "nearest ticket's labels"): 0.5,
}
# What the cards' sentences take for granted of the grid: > where intervals are apart, ~ where they are not.
TRUE = """
harbour-notices: changed facts: both > retrieval > LoRA
harbour-notices: changed facts: both > prompt
pump-manuals: unseen facts: both > retrieval > prompt
pump-manuals: unseen facts: retrieval > LoRA
house-letters: voice: LoRA > prompt
house-letters: voice: LoRA > retrieval
house-letters: voice: LoRA ~ both
school-survey: format: prompt ~ LoRA
school-survey: format: prompt ~ retrieval
school-survey: format: prompt ~ both
monthly-notices: voice: LoRA > prompt
monthly-notices: voice: LoRA > retrieval
monthly-notices: voice: LoRA ~ both
fixed-clauses: known facts: LoRA ~ both
fixed-clauses: known facts: LoRA > prompt
fixed-clauses: known facts: LoRA > retrieval
fixed-clauses: changed facts: both > LoRA
kiosk-sums: format: prompt ~ LoRA
kiosk-sums: old skills: prompt > LoRA
kiosk-sums: old skills: prompt > both
labelled-hundred: judgement: retrieval > prompt
labelled-hundred: judgement: retrieval ~ LoRA
labelled-hundred: judgement: retrieval ~ both
rented-glossary: unseen facts: both > retrieval > prompt
rented-glossary: changed facts: retrieval > prompt
press-kit: facts in JSON: both > retrieval
press-kit: facts in JSON: both > LoRA
press-kit: facts in JSON: both > prompt
silent-leaflets: abstaining: both > retrieval
silent-leaflets: abstaining: LoRA > both
silent-leaflets: unseen facts: both > LoRA
stock-counts: changed facts: both > retrieval
"""
# Of prices: the first is the smaller one.
CHEAPER = """
pump-manuals: price, facts: setup_seconds: retrieval < both
house-letters: price, voice: prompt_tokens: LoRA < both
school-survey: price, tickets: setup_seconds: prompt < LoRA
monthly-notices: price, voice: seconds_each: LoRA < prompt
monthly-notices: price, voice: seconds_each: LoRA < retrieval
monthly-notices: price, voice: seconds_each: LoRA < both
monthly-notices: price, voice: prompt_tokens: LoRA < prompt
fixed-clauses: price, facts: seconds_each: LoRA < both
fixed-clauses: price, facts: prompt_tokens: LoRA < retrieval
"""


def make_rows():
    rows = []
    for task, values in SHARES.items():
        for method, value in zip(METHODS, values, strict=True):
            low, high = max(0, value - 0.1), min(1, value + 0.1)
            rows.append(Row("06", method, task, "right", value, low, high, n=100))
    rows += [Row("06", method, task, "right", value) for (task, method), value in BESIDE.items()]
    for task, lines in TRIED_PRICES.items():
        for method, line in zip(METHODS, lines, strict=True):
            rows += [Row("06", method, task, metric, value) for metric, value in zip(PRICES, line, strict=True)]
    return rows


@pytest.fixture(params=["tried", "measured"])
def rows(request):
    """Give the figures to try cards on, and what was measured as soon as it was."""
    measured = request.param == "measured" and find_results(STEM).is_file()
    return list(read_results(STEM).rows) if measured else make_rows()


def find(rows, task, method, metric="right"):
    (row,) = (one for one in rows if (one.task, one.method, one.metric) == (task, method, metric))
    return row


def test_there_are_twelve_cards_and_four_for_the_room():
    assert len(set(IDS)) == len({card.title for card in CARDS}) == 12
    assert len(load_scenarios(room=True)) == 4
    assert {card.id for card in load_scenarios(room=False)} == set(IDS) - {c.id for c in load_scenarios(room=True)}
    assert len({card.choice for card in load_scenarios(room=True)}) == 4


def test_every_answer_is_right_somewhere():
    counted = Counter(card.choice for card in CARDS)
    assert set(counted) == set(ANSWERS)
    assert all(counted[method] >= 2 for method in METHODS)


@pytest.mark.parametrize("card", CARDS, ids=IDS)
class TestCard:
    def test_its_text_is_short_and_never_names_the_answer(self, card):
        assert 40 <= len(card.text.split()) <= 70
        named = (
            r"(?i)\b(prompt\w*|lora|retriev\w*|both|neither|adapter\w*|tun(e|ed|ing)|fine-tun\w*|search\w*|quer\w*)\b"
        )
        assert not re.search(named, f"{card.title} {card.text}")

    def test_each_answer_has_a_reply_of_at_most_three_sentences(self, card):
        assert tuple(card.reasons) == ANSWERS
        assert card.choice not in card.also
        assert set(card.also) < set(ANSWERS)
        for reason in card.reasons.values():
            assert 1 <= len(re.findall(r"[.?!](?= |$)", FIGURE.sub("figure", reason))) <= 3
            assert len(FIGURE.sub("figure", reason).split()) <= 60

    def test_every_place_for_a_figure_is_in_the_grid(self, card):
        cells = {(task, method) for task in GRID for method in METHODS}
        prices = {(task, method, metric) for task in TRIED_PRICES for method in METHODS for metric in PRICES}
        assert set(card.cells) <= cells
        assert set(card.price) <= {price[:2] for price in prices}
        for reason in card.reasons.values():
            assert {tuple(key.split("|")) for key in FIGURE.findall(reason)} <= cells | prices | set(BESIDE)
            assert not re.search(r"[{}]", FIGURE.sub("", reason))

    def test_its_reason_rests_on_a_cell_that_is_shown(self, card):
        assert card.cells
        used = {tuple(key.split("|")) for key in FIGURE.findall(card.reasons[card.choice])}
        assert used & set(card.cells)
        assert {one[:2] for one in used if len(one) == 3} <= set(card.price)

    def test_no_figure_is_typed_in(self, card):
        given = set(re.findall(r"\d[\d,]*", card.text))
        for reason in card.reasons.values():
            plain = re.sub(r"lesson 0\d", "", FIGURE.sub("", reason), flags=re.IGNORECASE)
            assert set(re.findall(r"\d[\d.,]*\d|\d", plain)) <= given

    def test_what_it_says_of_the_grid_is_so(self, card, rows):
        said = [line.split(": ", 1)[1] for line in TRUE.splitlines() if line.startswith(f"{card.id}: ")]
        assert said
        for line in said:
            task, chain = line.split(": ")
            methods, signs = re.findall(r"\w+", chain), re.findall("[>~]", chain)
            for one, sign, other in zip(methods, signs, methods[1:], strict=False):
                first, second = find(rows, task, one), find(rows, task, other)
                above, below = first.low > second.high, first.high < second.low
                paired = [row for row in rows if (row.task, row.method) == (task, f"{one} minus {other}")]
                above = above or any(row.low > 0 for row in paired if sign == ">")  # asked of the same cases
                assert above if sign == ">" else not above and not below, line

    def test_what_it_says_of_prices_is_so(self, card, rows):
        for line in CHEAPER.splitlines():
            if not line.startswith(f"{card.id}: "):
                continue
            task, metric, pair = line.split(": ")[1:]
            less, more = (find(rows, task, method, metric).value for method in pair.split(" < "))
            assert less < more, line


def test_the_training_for_tickets_is_repaid_within_a_month_and_not_by_sixty(rows):
    price = {
        (method, metric): find(rows, "price, tickets", method, metric).value
        for method in ("prompt", "LoRA")
        for metric in ("setup_seconds", "seconds_each")
    }
    saved = price["prompt", "seconds_each"] - price["LoRA", "seconds_each"]
    assert 60 * saved < price["LoRA", "setup_seconds"] < 100_000 * saved


def test_what_is_said_of_other_lessons_is_so():
    tickets = read_results("04_prompt_or_lora").select(method="LoRA", task="tickets", metric="judgement")
    hundreds = next(row for row in tickets if row.settings.get("tickets") == 512)
    few = next(row for row in tickets if row.settings.get("tickets") == 64 and row.settings.get("kind") == "clean")
    assert hundreds.low > few.high
    ways = {row.method: row for row in read_results("04_prompt_or_lora").select(task="ways", metric="values right")}
    assert ways["encoder, 512 tickets"].low > ways["LoRA, 512 tickets"].high
    for kind in ("questions", "paraphrases"):
        (found,) = read_results("05_retrieval_bot").select(
            method="MiniLM", task=f"search, handbook, {kind}", metric="recall@5"
        )
        assert found.low > 0.5


def test_figures_are_written_with_intervals_and_units():
    figures = name_figures(make_rows())
    assert figures["unseen facts|retrieval"] == "0.23 [0.13, 0.33]"
    assert figures["price, facts|LoRA|setup_seconds"] == "1,265 s"
    assert figures["price, facts|both|seconds_each"] == "0.68 s"
    assert figures["price, tickets|prompt|prompt_tokens"] == "420 tokens"
    assert figures["price, voice|LoRA|megabytes"] == "1.9 MB"
    assert name_figures([Row("06", "both", "voice", "right", 0.5)]) == {"voice|both": "0.50"}
    assert name_figures([Row("06", "both", "voice", "recall", 0.5)]) == {}


def test_a_missing_figure_is_said():
    rows = [row for row in make_rows() if (row.task, row.method) != ("old skills", "both")]
    with pytest.raises(WorkshopError, match=r"no figure for 'old skills\|both', which the card 'A chatbot"):
        scenario_cards(rows)
    with pytest.raises(WorkshopError, match="Pass the whole grid"):
        scenario_cards([], room=True)
    scenario_cards(rows, room=True, still=True)


def test_a_choice_gets_its_reason_then_the_best_one(rows):
    deck = Deck(rows, CARDS)
    card = next(one for one in CARDS if one.id == "labelled-hundred")
    figure = name_figures(rows)["judgement|LoRA"]
    (verdict, reason), (best, why) = deck.choose(card, "LoRA")
    assert verdict == "You chose LoRA: defensible too."
    assert reason.startswith(f"{figure} of the labels")
    assert (best, why) == (f"Best supported: {card.choice}.", deck.reason(card, card.choice))
    said = deck.choose(card, "prompt")
    assert [start for start, _ in said] == [
        *("You chose prompt: not what fits best here.", f"Best supported: {card.choice}.", "Defensible too:")
    ]
    said = deck.choose(card, card.choice)
    assert said[0][0] == f"You chose {card.choice}: best supported."
    assert said[1] == ("Defensible too:", "retrieval or LoRA.")


def test_the_first_choice_counts_and_what_can_be_defended_is_no_mistake(rows):
    deck = Deck(rows, CARDS)
    assert deck.count().startswith("0 of 12 chosen")
    card = next(one for one in CARDS if one.id == "labelled-hundred")
    deck.choose(card, "LoRA")
    deck.choose(card, "retrieval")
    deck.choose(next(one for one in CARDS if one.id == "press-kit"), "both")
    deck.choose(next(one for one in CARDS if one.id == "stock-counts"), "LoRA")
    assert deck.count().startswith("3 of 12 chosen: 1 best supported, 1 defensible too, 1 to think over.")


def test_the_still_holds_every_card_reason_and_cell(capsys, rows):
    deck = Deck(rows, CARDS)
    still = draw_cards(deck)
    assert still["text/html"].count("<details>") == 12
    assert "<details open" not in still["text/html"]
    for card in CARDS:
        assert f"Best supported: {card.choice}." in still["text/plain"]
        for answer in ANSWERS:
            assert f"  {answer}: {deck.reason(card, answer)}" in still["text/plain"].splitlines()
        for task, method in card.cells:
            assert f"  {task}  {method}  {deck.figures[f'{task}|{method}']}" in still["text/plain"].splitlines()
    assert not re.search(r"[{}]", still["text/plain"])
    scenario_cards(rows, room=True)
    told = capsys.readouterr().out
    assert [f"{n}. {card.title}" in told for n, card in enumerate(load_scenarios(True), 1)] == [True] * 4
    assert "How many are left?" not in told


def test_texts_are_escaped():
    card = dataclasses.replace(CARDS[0], title="<i>A", text="B & <b>C", reasons=CARDS[0].reasons | {"prompt": "1 < 2"})
    html = draw_cards(Deck(make_rows(), [card]))["text/html"]
    assert "&lt;i&gt;A" in html
    assert "B &amp; &lt;b&gt;C" in html
    assert "1 &lt; 2" in html


def list_inside(widget, kind):
    inside = [found for child in getattr(widget, "children", ()) for found in list_inside(child, kind)]
    return ([widget] if type(widget).__name__ == kind else []) + inside


def test_the_widget_shows_one_card_and_keeps_what_was_chosen():
    pytest.importorskip("ipywidgets")
    form = build_cards(Deck(make_rows(), load_scenarios(room=True)))
    buttons = {button.description: button for button in list_inside(form, "Button")}
    assert list(buttons) == [*ANSWERS, "← back", "forward →"]
    card, reply, tally = list_inside(form, "HTML")
    assert "Card 1 of 4: Sixty answers, once" in card.value
    assert "What would you choose" in reply.value
    buttons["LoRA"].click()
    assert "You chose LoRA: not what fits best here." in reply.value
    assert "Best supported: prompt." in reply.value
    assert buttons["LoRA"].description == "✔ LoRA"
    assert "<td" in reply.value
    assert "0.12 [0.02, 0.22]" in reply.value
    assert "1 of 4 chosen: 0 best supported, 0 defensible too, 1 to think over" in tally.value
    buttons["forward →"].click()
    assert "Card 2 of 4" in card.value
    assert buttons["LoRA"].description == "LoRA"
    buttons["LoRA"].click()
    buttons["← back"].click()
    assert "You chose LoRA: not what fits best here." in reply.value
    assert "2 of 4 chosen: 1 best supported" in tally.value
    buttons["← back"].click()
    assert "Card 4 of 4" in card.value
    assert "What would you choose" in reply.value
    buttons["forward →"].click()
    assert "Card 1 of 4" in card.value
