"""Skerryline's data keeps every promise of its data card."""

import csv
import re
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from workshop.data import load_baskets, load_faq, load_handbook, load_prices, load_tickets, load_voice
from workshop.data.skerryline import SKERRYLINE

ROOT = Path(__file__).resolve().parents[2]
SPLITS = {"train": 80, "unseen": 200, "changed": 60, "unanswerable": 60}
TOPICS = {"disruption", "refund", "booking", "vehicle", "fares", "stowaway", "onboard", "app"}
TONES = {"calm", "worried", "angry", "sarcastic", "grateful", "confused"}
ISLANDS = {"Ullasey", "Grimmow", "Vaskra", "Hestrow", "Fennoray", "Ottermay", "Tarve", "mainland"}
LONG = {"staff-handbook-core", "operations-manual", "conditions-of-carriage", "shop-manual"}
GIVE_AWAY = re.compile(
    r"\b(worr(y|ied)|angry|furious|sarcas\w+|thanks|grateful|confus\w+|please help)\b", re.IGNORECASE
)
FORBIDDEN = re.compile(r"\b(unfortunately|inconvenience|policy|valued|kindly|regret)\b", re.IGNORECASE)
ABSTAINS = "I don't know: the passages don't say."
MEGABYTES = 12
# Names of ships and places, weekdays and short amounts that other documents hold for another matter.
COMMON_ANSWERS = {
    *("Shed 6", "Stonechat", "Hulda Grey", "Little Auk", "3 crowns", "February", "school sailing", "valid"),
    *("10 hours", "Monday", "50 minutes"),
}


def flat(text):
    return " ".join(text.split())


def holds(text, answer):
    return re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", text) is not None


@cache
def pages(edition):
    return {page.name: flat(page.text) for page in load_handbook(edition=edition)}


@cache
def documents_of(split):
    return frozenset(one.document for one in load_faq(split=split)) - {None}


@cache
def shingles():
    """Return the sets of three words in a row of each ticket."""
    found = []
    for ticket in load_tickets():
        words = re.findall(r"\w+", ticket.text.lower())
        found.append(frozenset(zip(words, words[1:], words[2:], strict=False)))
    return found


@cache
def likeness():
    """Return for pairs of tickets that share three words in a row which share of the shorter one they are."""
    places = defaultdict(list)
    for row, some in enumerate(shingles()):
        for one in some:
            places[one].append(row)
    shared = Counter((a, b) for rows in places.values() for i, a in enumerate(rows) for b in rows[i + 1 :])
    return {(a, b): count / min(len(shingles()[a]), len(shingles()[b])) for (a, b), count in shared.items()}


def test_handbook_has_its_documents_and_lengths():
    lengths = {name: len(text.split()) for name, text in pages(1).items()}
    assert len(lengths) == 64
    assert {name for name, length in lengths.items() if length > 1_000} == LONG
    assert all(1_700 <= lengths[name] <= 2_500 for name in LONG)
    assert all(150 <= length <= 400 for name, length in lengths.items() if name not in LONG)
    assert all(text.startswith("# ") for text in pages(1).values())


def test_second_edition_changes_fourteen_documents():
    changed = {name for name in pages(1) if pages(1)[name] != pages(2)[name]}
    assert changed == documents_of("changed")
    assert len(changed) == 14
    assert pages(1).keys() == pages(2).keys()


def test_pdf_holds_the_text_of_its_page():
    pytest.importorskip("pypdf")
    from workshop.data.pdf import read_pdf

    words = [set(re.findall(r"\w+", text)) for text in (read_pdf(SKERRYLINE / "handbook" / "boarding-foot.pdf"),)]
    own = set(re.findall(r"\w+", pages(1)["boarding-foot"]))
    assert len(own - words[0]) <= 0.03 * len(own)


def test_faq_has_its_splits_and_wordings():
    questions = load_faq()
    assert Counter(one.split for one in questions) == SPLITS
    assert len({one.id for one in questions}) == 400
    wordings = [text for one in questions for text in (one.question, *one.paraphrases)]
    assert all(len(one.paraphrases) == 2 for one in questions)
    assert len({flat(text).lower() for text in wordings}) == 1_200


def test_splits_share_no_document():
    train, unseen, changed = map(documents_of, ("train", "unseen", "changed"))
    assert not train & unseen
    assert not train & changed
    assert not unseen & changed


@pytest.mark.parametrize("split", ["train", "unseen"])
def test_answers_stand_in_their_document(split):
    missing = [one.id for one in load_faq(split=split) if not holds(pages(1)[one.document], one.answer)]
    assert missing == []


def test_changed_answers_stand_in_their_edition_only():
    for one in load_faq(split="changed"):
        first, second = pages(1)[one.document], pages(2)[one.document]
        assert holds(first, one.earlier_answer), one.id
        assert holds(second, one.answer), one.id
        assert not holds(second, one.earlier_answer), one.id
        assert not holds(first, one.answer), one.id


def test_unanswerable_questions_have_no_source():
    assert {(one.document, one.fact, one.answer) for one in load_faq(split="unanswerable")} == {(None, None, ABSTAINS)}


def test_no_answer_stands_in_another_splits_documents():
    leaks = {
        (one.answer, name)
        for one in load_faq()
        if one.document
        for split in ("train", "unseen", "changed")
        if split != one.split
        for name in documents_of(split)
        if holds(pages(2)[name], one.answer)
    }
    assert {answer for answer, _ in leaks} <= COMMON_ANSWERS, sorted(leaks)


def test_no_wording_holds_its_answer():
    wrong = [
        one.id
        for one in load_faq()
        if one.document and any(holds(text, one.answer) for text in (one.question, *one.paraphrases))
    ]
    assert wrong == []


def test_tickets_have_their_labels_in_balance():
    tickets = load_tickets()
    assert len(tickets) == 1_000
    assert [one.ticket_id for one in tickets] == [f"T{number:04}" for number in range(1, 1_001)]
    assert Counter(one.topic for one in tickets) == dict.fromkeys(TOPICS, 125)
    tones = Counter(one.tone for one in tickets)
    assert tones.keys() == TONES
    assert max(tones.values()) - min(tones.values()) <= 10
    both = Counter((one.topic, one.tone) for one in tickets)
    assert len(both) == len(TOPICS) * len(TONES)
    assert min(both.values()) >= 15


def test_islands_tell_neither_topic_nor_tone():
    stats = pytest.importorskip("scipy.stats")
    tickets = load_tickets()
    assert {one.home_island for one in tickets} == ISLANDS
    for label, names in (("topic", TOPICS), ("tone", TONES)):
        count = Counter((one.home_island, getattr(one, label)) for one in tickets)
        table = [[count[island, name] for name in sorted(names)] for island in sorted(ISLANDS)]
        assert stats.chi2_contingency(table).pvalue > 0.01


def test_tickets_are_short_dated_and_unlike_one_another():
    tickets = load_tickets()
    assert all(15 <= len(one.text.split()) <= 90 for one in tickets)
    assert len({flat(one.text).lower() for one in tickets}) == 1_000
    dates = [date.fromisoformat(one.date) for one in tickets]
    assert dates == sorted(dates)
    assert date(2024, 3, 1) <= dates[0] <= dates[-1] <= date(2025, 2, 28)
    openings = Counter(" ".join(one.text.lower().split()[:4]) for one in tickets)
    assert max(openings.values()) <= 2


def test_give_away_words_are_rare():
    found = Counter(one.tone for one in load_tickets() if GIVE_AWAY.search(one.text))
    assert sum(found.values()) <= 200


def test_near_duplicates_are_by_the_same_customer():
    customers = [one.customer for one in load_tickets()]
    near = [pair for pair, share in likeness().items() if share >= 0.15]
    assert len(near) >= 25
    assert all(customers[a] == customers[b] for a, b in near)


def test_a_customer_has_one_home():
    homes = defaultdict(set)
    for one in load_tickets():
        homes[one.customer].add(one.home_island)
    assert all(len(some) == 1 for some in homes.values())
    assert sum(count > 1 for count in Counter(one.customer for one in load_tickets()).values()) >= 100


def test_voiced_answers_keep_the_countable_rules_and_plain_ones_do_not():
    pairs = load_voice()
    assert len(pairs) == 150
    assert len({one.voiced for one in pairs}) == len({one.plain for one in pairs}) == 150
    for one in pairs:
        body, _, last = one.voiced.rpartition("\n")
        assert re.match(r"Ahoy( [A-Z]\w+)?, ", one.voiced), one.id
        assert last == "Fair water, Skerryline", one.id
        assert "Next: " in body, one.id
        assert "!" not in one.voiced, one.id
        assert not FORBIDDEN.search(one.voiced), one.id
        sentences = re.split(r"(?<=[.?:])\s+", body)
        assert max(len(sentence.split()) for sentence in sentences) <= 17, one.id
        assert all(25 <= len(text.split()) <= 70 for text in (one.plain, one.voiced)), one.id
        assert not re.search(r"Ahoy|Next:|Fair water", one.plain), one.id


def test_baskets_hold_known_items_once():
    prices = load_prices()
    baskets = load_baskets()
    assert len(baskets) == 3_000
    assert len({one.basket_id for one in baskets}) == 3_000
    assert all(price > 0 for price in prices.values())
    assert {item for one in baskets for item in one.items} <= prices.keys()
    assert all(2 <= len(set(one.items)) == len(one.items) <= 7 for one in baskets)
    assert {one.route for one in baskets} == {"K1", "S2", "D4", "V5", "N7"}


def test_every_file_is_plain_text_of_one_kind():
    for path in SKERRYLINE.rglob("*"):
        if path.is_file() and path.suffix != ".pdf":
            content = path.read_bytes()
            assert b"\r" not in content, path.name
            assert content.decode("utf-8").endswith("\n"), path.name
    with (SKERRYLINE / "tickets.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["ticket_id", "date", "customer", "home_island", "topic", "tone", "text"]


def test_files_are_small_and_none_is_a_pickle():
    assets = ROOT / "workshop" / "assets"
    files = [path for part in ("skerryline", "vectors") for path in (assets / part).rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {".md", ".pdf", ".jsonl", ".csv", ".npy"}
    assert sum(path.stat().st_size for path in files) <= MEGABYTES * 1e6


def test_licence_is_there_and_named_by_the_card():
    card = (SKERRYLINE / "README.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in card
    assert "LICENSE-text-and-data" in card
    assert "workshop/assets" in (ROOT / "LICENSE-text-and-data").read_text(encoding="utf-8")
